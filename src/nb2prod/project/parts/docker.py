"""The Dockerfile of a generated project, the one with secrets where its packages need them, and
what keeps other files out of the image.
"""

from __future__ import annotations

import json

from nb2prod.environment.model import BaseImage
from nb2prod.migration import Migration
from nb2prod.project.health import probe
from nb2prod.project.interface import interface
from nb2prod.project.parts import dependencies
from nb2prod.project.parts.image_packages import image_packages
from nb2prod.project.parts.private import PrivateBuild, private_build
from nb2prod.project.parts.repositories import repositories
from nb2prod.project.quoting import Quoted, one_line, rendered
from nb2prod.project.titles import title
from nb2prod.version import __version__


def files(migration: Migration) -> dict[str, str]:
    """`Dockerfile`, `.dockerignore` and, where packages come from private places,
    `Dockerfile.private`.
    """
    found = {
        "Dockerfile": _dockerfile(migration, None),
        ".dockerignore": rendered(
            "docker/dockerignore.j2", requirement_files=requirement_files(migration)
        ),
    }
    private = private_build(migration)
    if private is not None:
        found["Dockerfile.private"] = _dockerfile(migration, private)
    return found


def _dockerfile(migration: Migration, private: PrivateBuild | None) -> str:
    environment, lock = migration.environment, migration.lock
    packages = image_packages(migration)
    found = interface(migration.program.configuration)
    return rendered(
        "docker/Dockerfile.j2",
        project=migration.project,
        package=migration.package,
        image=migration.build_tag,
        private=private,
        title=title(migration.notebook),
        version=__version__,
        sha256=migration.notebook.sha256,
        runtime=environment.as_of.runtime,
        day=environment.as_of.day,
        base_image=_pinned(environment.base_image),
        base_digest=_digest(environment.base_image),
        python=environment.python.version,
        torch_backend=dependencies.torch_backend(migration),
        requirement_files=requirement_files(migration),
        locked=lock.mode == "locked",
        hashes=lock.complete and lock.hashed,
        # What source distributions are built with is of the same day as they are.
        build_day=lock.exclude_newer if lock.from_source else None,
        vcs=bool(environment.vcs),
        constraints=bool(dependencies.constraints(migration)),
        packages=packages.run,
        build_packages=packages.build,
        refused_packages=packages.refused,
        links=packages.links,
        repositories=repositories(migration.facts.clones),
        directories=[directory for directory in found.directories if directory.container],
        health=_health(migration),
    )


def requirement_files(migration: Migration) -> list[str]:
    """The files that say what is installed, in their order."""
    return [
        "requirements.lock",
        *(["requirements-vcs.lock"] if migration.environment.vcs else []),
        *(["constraints.txt"] if dependencies.constraints(migration) else []),
    ]


def _pinned(base: BaseImage) -> str:
    """The base as `FROM` takes it: with its digest, where one is known, which decides then. The tag
    stays for those who read it.
    """
    if base.digest is None or "@" in base.reference:
        return base.reference
    return f"{base.reference}@{base.digest}"


def _digest(base: BaseImage) -> str | None:
    return _pinned(base).partition("@")[2] or None


def _health(migration: Migration) -> Quoted | None:
    """The check of a service as `HEALTHCHECK` takes a command, in JSON; None where no path is known
    to answer.
    """
    service = migration.facts.service
    if service is None or service.health is None:
        return None
    return Quoted(json.dumps([one_line(word) for word in probe(service)]))
