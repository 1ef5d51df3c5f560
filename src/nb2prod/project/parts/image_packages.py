"""The packages of the image's distribution, by the stage of the Dockerfile that installs them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nb2prod.migration import Migration
from nb2prod.project.parts.repositories import repositories

# A package's name (Debian policy, 5.6.1), with an architecture and a version where given. A minus
# at the end is left out, because apt-get would take the package away.
_PACKAGE = re.compile(
    r"[a-z0-9][a-z0-9+.-]*[a-z0-9+.](:[a-z0-9-]*[a-z0-9])?(=[A-Za-z0-9.+:~-]*[A-Za-z0-9])?"
)
_COMPILERS = "build-essential"


@dataclass(frozen=True, slots=True)
class ImagePackages:
    """The packages to install with apt-get, sorted: those that the program runs with, those that
    only its packages are built or fetched with, and the names that can be no package's. `links`
    says that something is compiled, which may be linked against libraries of the system.
    """

    run: list[str]
    build: list[str]
    refused: list[str]
    links: bool


def image_packages(migration: Migration) -> ImagePackages:
    """The packages of both stages; what the program runs with, the build has too."""
    found = migration.environment.system_packages
    build = {package.name for package in found if package.build_only}
    run = {package.name for package in found if not package.build_only}
    names = run | build
    usable = {name for name in names if _PACKAGE.fullmatch(name)}
    run = run & usable | {"ca-certificates"}
    if repositories(migration.facts.clones):
        run.add("git")
    build = build & usable - run
    links = bool(build) or migration.lock.compiles
    if migration.environment.vcs:
        build.add("git")
    if migration.lock.compiles:
        build.add(_COMPILERS)
    return ImagePackages(sorted(run), sorted(build - run), sorted(names - usable), links)
