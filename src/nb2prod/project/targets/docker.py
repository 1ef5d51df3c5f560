"""The Dockerfile of a generated project, and what keeps other files out of the image."""

from __future__ import annotations

import re

from nb2prod.migration import Migration
from nb2prod.project.interface import interface
from nb2prod.project.quoting import rendered
from nb2prod.project.titles import title
from nb2prod.version import __version__

# A package's name (Debian policy, 5.6.1), with an architecture and a version where given. A minus
# at the end is left out, because apt-get would take the package away.
_PACKAGE = re.compile(
    r"[a-z0-9][a-z0-9+.-]*[a-z0-9+.](:[a-z0-9-]*[a-z0-9])?(=[A-Za-z0-9.+:~-]*[A-Za-z0-9])?"
)


def files(migration: Migration) -> dict[str, str]:
    """`Dockerfile` and `.dockerignore`."""
    packages, refused = system_packages(migration)
    found = interface(migration.program.configuration)
    dockerfile = rendered(
        "docker/Dockerfile.j2",
        project=migration.project,
        package=migration.package,
        image=migration.image,
        title=title(migration.notebook),
        version=__version__,
        sha256=migration.notebook.sha256,
        base_image=migration.environment.base_image.reference,
        python=migration.environment.python.version,
        torch_backend=torch.backend if (torch := migration.environment.torch_build) else None,
        packages=packages,
        refused_packages=refused,
        directories=[directory for directory in found.directories if directory.container],
    )
    return {"Dockerfile": dockerfile, ".dockerignore": rendered("docker/dockerignore.j2")}


def system_packages(migration: Migration) -> tuple[list[str], list[str]]:
    """The packages to install with apt-get, sorted, and the names that can be no package's."""
    names = {package.name for package in migration.environment.system_packages}
    usable = {name for name in names if _PACKAGE.fullmatch(name)}
    always = {"ca-certificates", "git"} if migration.environment.vcs else {"ca-certificates"}
    return sorted(usable | always), sorted(names - usable)
