"""The Dockerfile of a generated project, and what keeps other files out of the image."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nb2prod.analysis.clones import is_commit
from nb2prod.analysis.facts import Clone
from nb2prod.environment.model import BaseImage
from nb2prod.migration import Migration
from nb2prod.project.interface import interface
from nb2prod.project.parts import dependencies
from nb2prod.project.quoting import rendered
from nb2prod.project.titles import title
from nb2prod.version import __version__

# A package's name (Debian policy, 5.6.1), with an architecture and a version where given. A minus
# at the end is left out, because apt-get would take the package away.
_PACKAGE = re.compile(
    r"[a-z0-9][a-z0-9+.-]*[a-z0-9+.](:[a-z0-9-]*[a-z0-9])?(=[A-Za-z0-9.+:~-]*[A-Za-z0-9])?"
)

_URL = re.compile(r"https?://[\w.-]+(?::\d+)?(?:/[\w.~-]+)+/?")


def files(migration: Migration) -> dict[str, str]:
    """`Dockerfile` and `.dockerignore`."""
    packages, refused = system_packages(migration)
    found = interface(migration.program.configuration)
    dockerfile = rendered(
        "docker/Dockerfile.j2",
        project=migration.project,
        package=migration.package,
        image=migration.build_tag,
        title=title(migration.notebook),
        version=__version__,
        sha256=migration.notebook.sha256,
        base_image=_pinned(migration.environment.base_image),
        python=migration.environment.python.version,
        torch_backend=dependencies.torch_backend(migration),
        requirement_files=requirement_files(migration),
        locked=migration.lock.mode == "locked",
        hashes=migration.lock.complete and migration.lock.hashed,
        # What source distributions are built with is of the same day as they are.
        build_day=migration.lock.exclude_newer if migration.lock.from_source else None,
        compiles=migration.lock.compiles,
        vcs=bool(migration.environment.vcs),
        constraints=bool(dependencies.constraints(migration)),
        packages=packages,
        refused_packages=refused,
        repositories=repositories(migration.facts.clones),
        directories=[directory for directory in found.directories if directory.container],
    )
    return {
        "Dockerfile": dockerfile,
        ".dockerignore": rendered(
            "docker/dockerignore.j2", requirement_files=requirement_files(migration)
        ),
    }


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


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository in the image: its address, the commits that are taken, and its directory."""

    url: str
    commits: tuple[str, ...]
    directory: str


def repositories(clones: tuple[Clone, ...]) -> tuple[Repository, ...]:
    """The repositories that the notebook clones at a commit, by their plain public addresses.

    git replaces the beginnings of addresses; one that is the beginning of another stays out.
    """
    urls = dict.fromkeys(clone.url for clone in clones)
    found: list[Repository] = []
    for url in urls:
        commits = tuple(
            dict.fromkeys(clone.revision for clone in clones if clone.url == url and clone.revision)
        )
        longer = any(other != url and other.startswith(url) for other in urls)
        if longer or not commits or not all(map(is_commit, commits)) or not _URL.fullmatch(url):
            continue
        name = url.rstrip("/").rpartition("/")[2].removesuffix(".git")
        found.append(Repository(url, commits, f"/opt/repositories/{len(found) + 1}-{name}.git"))
    return tuple(found)


def system_packages(migration: Migration) -> tuple[list[str], list[str]]:
    """The packages to install with apt-get, sorted, and the names that can be no package's."""
    names = {package.name for package in migration.environment.system_packages}
    usable = {name for name in names if _PACKAGE.fullmatch(name)}
    git = migration.environment.vcs or repositories(migration.facts.clones)
    always = {"ca-certificates", "git"} if git else {"ca-certificates"}
    return sorted(usable | always), sorted(names - usable)
