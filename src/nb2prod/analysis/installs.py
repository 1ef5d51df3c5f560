"""Install commands: pip, uv, conda and apt, on shell lines, magics and in `%%bash` bodies.

Source of the options: `conda install --help`, apt-get(8), and those of `pip_options`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from nb2prod.analysis.arguments import arguments
from nb2prod.analysis.facts import Install
from nb2prod.analysis.install_words import CONDA_VALUED, CONDAS, PIP, installer_words
from nb2prod.analysis.package_sources import git_source, index_source
from nb2prod.analysis.pip_options import (
    CONSTRAINT_FILES,
    REQUIREMENT_FILES,
    VALUED,
    VALUED_SHORT,
    missing_file,
    problem_of_option,
)
from nb2prod.analysis.pip_requirements import read_requirement
from nb2prod.analysis.requirement_files import Listed, read_lists
from nb2prod.analysis.shell import ShellCommand
from nb2prod.location import Location

NO_FILES: Mapping[str, str] = MappingProxyType({})

_APT_VALUED = frozenset({"--option", "--target-release", "--config-file", "--default-release"})

# What prepares an environment or looks at one, and leaves nothing behind that an image needs.
_PIP_NOTHING = frozenset(
    "uninstall list freeze show check cache config search index debug help inspect hash".split()
)
_CONDA_NOTHING = frozenset(
    "activate clean config deactivate info init list remove search uninstall".split()
)
_APT_NOTHING = frozenset(
    "update upgrade dist-upgrade full-upgrade autoremove clean autoclean list search show policy"
    " build-dep remove purge".split()
)


def install_of(
    command: ShellCommand, location: Location, files: Mapping[str, str] = NO_FILES
) -> Install | None:
    """The install that a shell command is, or None when it is something else.

    `files` are the texts of the requirement files that the command finds, by path; what they list
    is asked for where they are named.

    Commands that prepare an install and leave nothing behind (`apt-get update`, `pip uninstall` of
    what the image never had, `pip list`) are installs of nothing.
    """
    return install_of_words(command.words, location, files)


def install_of_words(
    words: Sequence[str], location: Location, files: Mapping[str, str] = NO_FILES
) -> Install | None:
    """Like `install_of`, for a command that is already cut into words."""
    words = installer_words(words)
    if not words:
        return None
    program, rest = words[0].rpartition("/")[2], words[1:]
    if PIP.fullmatch(program):
        return _pip(rest, location, files)
    if program in CONDAS:
        return _conda(rest, location)
    if program in {"apt", "apt-get", "aptitude"}:
        return _apt(rest, location)
    if program in {"add-apt-repository", "apt-add-repository", "apt-key"}:
        problem = "adds a package archive, which the image does not have"
        return Install("apt", (), location, problem=problem)
    if program == "dpkg" and {"-i", "--install"} & set(rest):
        named = ", ".join(word for word in rest if not word.startswith("-"))
        return Install("apt", (), location, problem=f"installs the local file {named}")
    return None


def _pip(words: Sequence[str], location: Location, files: Mapping[str, str]) -> Install | None:
    found = list(arguments(words, VALUED, VALUED_SHORT))
    action = next((value for option, value in found if not option), "")
    if action in _PIP_NOTHING or not action:
        return Install("pip", (), location)
    if action not in {"install", "sync"}:
        return None
    found.remove(("", action))
    asked = Listed()
    for option, value in found:
        if option in CONSTRAINT_FILES | REQUIREMENT_FILES or (action == "sync" and not option):
            if posixpath.normpath(value) in files:
                read_lists(value, files, asked, constrains=option in CONSTRAINT_FILES)
            else:
                asked.problems.append(missing_file(value))
        elif option:
            problem = problem_of_option(option, value)
            asked.take(index_source(option, value))
            asked.problems += [problem] if problem else []
        else:
            requirement, problem = read_requirement(value)
            asked.take(git_source(value, requirement))
            asked.requirements += [requirement] if requirement else []
            asked.problems += [problem] if problem else []
    return Install(
        "pip",
        tuple(asked.requirements),
        location,
        upgrade=any(option in {"-U", "--upgrade"} for option, _ in found),
        problem="; ".join(asked.problems) or None,
        constraints=tuple(asked.constraints),
        sources=tuple(asked.sources),
    )


def _conda(words: Sequence[str], location: Location) -> Install | None:
    found = list(arguments(words, CONDA_VALUED, "cnp"))
    action = next((value for option, value in found if not option), "")
    if action in _CONDA_NOTHING or not action:
        return Install("conda", (), location)
    if action in {"create", "env"}:
        problem = "makes a conda environment of its own, which the image does not have"
        return Install("conda", (), location, problem=problem)
    if action not in {"install", "update", "upgrade"}:
        return None
    found.remove(("", action))
    names = [value for option, value in found if not option]
    problems = [missing_file(value) for option, value in found if option == "--file"]
    requirements: list[str] = []
    for name in names:
        requirement = _conda_requirement(name)
        if re.search(r"[{}$`]", name):
            problems.append(f"{name} is only known when the notebook runs")
        elif re.match(r"python(?![\w-])", requirement):
            problems.append(f"installs Python itself ({name}); say which with --python")
        else:
            requirements.append(requirement)
    upgrade = action != "install"
    return Install("conda", tuple(requirements), location, upgrade, "; ".join(problems) or None)


def _conda_requirement(name: str) -> str:
    """conda's way to write a requirement as pip's: `channel::name=version=build`.

    conda takes one `=` for every version that begins so; the version itself is what people mean.
    """
    name = name.rpartition("::")[2]
    match = re.fullmatch(r"([\w.-]+)=([^=<>!~,]+)(?:=.*)?", name)
    if match is None:
        return name
    return f"{match[1]}=={match[2]}"


def _apt(words: Sequence[str], location: Location) -> Install | None:
    found = list(arguments(words, _APT_VALUED, "otc"))
    action = next((value for option, value in found if not option), "")
    if action in _APT_NOTHING:
        return Install("apt", (), location)
    if action != "install":
        return None
    found.remove(("", action))
    names = [value for option, value in found if not option]
    local = [name for name in names if re.search(r"[/{}$`]|\.deb$", name)]
    problem = f"installs {', '.join(local)}, which no archive has by that name" if local else None
    kept = tuple(name for name in names if name not in local)
    return Install("apt", kept, location, problem=problem)
