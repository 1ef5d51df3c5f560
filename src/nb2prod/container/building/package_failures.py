"""What the installing of packages ends a build with: the system's, Python and its own, git's."""

from __future__ import annotations

import re

from nb2prod.container.building.askers import asks_for_package, asks_for_system_package
from nb2prod.container.building.failure import Failure, is_changed, rule
from nb2prod.container.project import Project

_PIN = r"`?([A-Za-z0-9][\w.-]*(?:==[^`\s,]+)?)`?"


def _no_system_package(found: re.Match[str], _: Failure, project: Project) -> str:
    name = (found["name"] or found["of"]).split(":")[0]
    what = f"version {found['version']} of {name}" if found["version"] else name
    return (
        f"The release of the base image has no system package {what}."
        f"{asks_for_system_package(project, name)} Name the one that the release has in the"
        " notebook's apt-get line, or another base with --base."
    )


def _old_release(_: re.Match[str], __: Failure, ___: Project) -> str:
    return (
        "The archive has the packages of the base image's release no more: name a newer base with"
        " --base, or convert the notebook again with --cuda."
    )


def _archive_unreached(_: re.Match[str], __: Failure, ___: Project) -> str:
    return (
        "The build does not reach the archive of the system's packages: see whether its commands"
        " have a network (--network host gives them the machine's own, --build-arg HTTP_PROXY=… a"
        " proxy)."
    )


def _no_python(found: re.Match[str], _: Failure, __: Project) -> str:
    return (
        f"Neither the base image nor uv has {found[1] or found[2]}: name another with --build-arg"
        " PYTHON_VERSION=…, a newer uv with --build-arg UV_IMAGE=…, or convert the notebook again"
        " with --python."
    )


def _other_python(found: re.Match[str], _: Failure, __: Project) -> str:
    return (
        f"The image is to have Python {found[1]}, and uv found {found[2]}: name another with"
        " --build-arg PYTHON_VERSION=…, or convert the notebook again with --python."
    )


def _hash(found: re.Match[str], _: Failure, project: Project) -> str:
    return (
        f"The index gives another file for {found[1]} than the one whose hash is in"
        f" requirements.lock.{asks_for_package(project, found[1])}"
        f"{_edited_lock(project) or _TRUSTED}"
    )


_TRUSTED = " Where the index is to be trusted, convert the notebook again, which locks it anew."


def _edited_lock(project: Project) -> str:
    """A sentence, with a blank before it, where a person has changed the lock."""
    if not is_changed(project, "requirements.lock"):
        return ""
    return (
        " requirements.lock was changed since nb2prod wrote it: see whether that is why, or convert"
        " the notebook again."
    )


def _not_built(found: re.Match[str], _: Failure, project: Project) -> str:
    return (
        f"{found[1]} has no wheel for this Python, and does not build from its source."
        f"{asks_for_package(project, found[1])} Choose a version that has a wheel, or install what"
        " its last lines miss with an apt-get line in the notebook."
    )


def _no_version(found: re.Match[str], _: Failure, project: Project) -> str:
    name = found[1] or found[2] or found[3]
    if found[3]:
        what = f"{name} has no wheel for the image's Python and platform."
    else:
        what = f"The package index has no {name}."
    return (
        f"{what}{asks_for_package(project, name)}{_edited_lock(project)} Choose a version that"
        " there is, or name the index that has it: nb2prod's docs/images.md says how."
    )


def _unsolvable(_: re.Match[str], __: Failure, ___: Project) -> str:
    return (
        "The versions that the project asks for do not go together. Convert the notebook again with"
        " --lock always, which says between whom the conflict is."
    )


def _index_refuses(_: re.Match[str], failure: Failure, project: Project) -> str:
    if "index" in failure.secrets:
        return (
            "A package index refuses the login that it is given: see whether the name and the"
            " password in UV_INDEX are right (what is not a letter or a digit is written as %40),"
            " and whether they may read that index."
        )
    private = (project.root / "Dockerfile.private").is_file()
    return "A package index wants to know who asks." + (
        " Give its address with user and password in the variable UV_INDEX; build then passes it on"
        " as a secret."
        if private
        else " Private indexes are for notebooks that name one: nb2prod's docs/images.md says how."
    )


def _index_unreached(_: re.Match[str], __: Failure, ___: Project) -> str:
    return (
        "The build does not reach the package index: see whether its commands have a network"
        " (--network host gives them the machine's own, --build-arg HTTPS_PROXY=… a proxy)."
    )


def _git(_: re.Match[str], failure: Failure, __: Project) -> str:
    return (
        "git does not fetch a repository that the notebook names: it is gone, is private, has no"
        " such commit, or cannot be reached. Private ones need Dockerfile.private and a login:"
        " nb2prod's docs/images.md says how."
    )


PACKAGE_RULES = (
    # What is not fetched is not found either.
    rule(
        r"temporary failure resolving|could not resolve '|could not connect to \S+:\d+"
        r"|failed to fetch http|unable to connect to \S+:http",
        _archive_unreached,
        at="apt-get",
    ),
    rule(
        r"unable to locate package (?P<name>\S+)"
        r"|version '(?P<version>[^']*)' for '(?P<of>[^']+)' was not found",
        _no_system_package,
    ),
    rule(
        r"package '(?P<name>[^']+)' has no installation candidate(?P<version>)(?P<of>)",
        _no_system_package,
    ),
    rule(r"does not have a release file|404\s+Not Found.*\n?.*Release", _old_release),
    rule(r"no interpreter found for (Python \S+)|no download found for request: (\S+)", _no_python),
    rule(r"is to have Python ([^\s,]+), and uv found ([^\s]+?)\.?$", _other_python, quoted=False),
    rule(rf"hash mismatch for {_PIN}", _hash),
    rule(
        r"git operation failed|failed to clone|failed to fetch (?:commit|branch|tag)"
        r"|fatal: (?:unable to access|could not read|repository|not a valid object|not a valid"
        r"|remote error|clone of)",
        _git,
    ),
    rule(rf"failed to (?:download and )?build {_PIN}", _not_built),
    rule(
        r"401 unauthorized|403 forbidden|missing credentials|could not be queried due to",
        _index_refuses,
    ),
    rule(
        rf"no version of {_PIN}|because {_PIN} was not found in the (?:package registry|provided)"
        rf"|because {_PIN} has no (?:wheels with|usable wheels)",
        _no_version,
    ),
    rule(r"no solution found", _unsolvable),
    rule(
        r"error sending request|request failed after|dns error|failed to fetch: `?http|tcp connect",
        _index_unreached,
        at="uv",
    ),
)
