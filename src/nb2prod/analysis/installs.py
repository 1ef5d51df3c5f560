"""Install commands: pip, conda and apt, on shell lines, magics and in `%%bash` bodies."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nb2prod.analysis.facts import Install, InstallTool
from nb2prod.analysis.shell import ShellCommand
from nb2prod.location import Location

_PIP = re.compile(r"pip(3(\.\d+)?)?$")
_PYTHON = re.compile(r"(python(3(\.\d+)?)?|\{sys\.executable\})$")
# pip's options that take a value; for those in _SOURCES the value says where packages come from.
_SOURCES = {"-i", "--index-url", "--extra-index-url", "-f", "--find-links"}
_FILES = {"-r", "--requirement", "-c", "--constraint"}
_VALUED = {
    *_SOURCES,
    *_FILES,
    "-e",
    "--editable",
    "-t",
    "--target",
    "--prefix",
    "--root",
    "--progress-bar",
    "--timeout",
    "--python-version",
    "--platform",
    "--only-binary",
    "--no-binary",
    "--cache-dir",
    "--global-option",
    "--install-option",
    "--config-settings",
    "--retries",
    "--trusted-host",
    "--python",
}
_CONDA_VALUED = {"-c", "--channel", "-n", "--name", "-p", "--prefix"}
_APT_VALUED = {"-t", "-o", "-c", "--target-release"}


def install_of(command: ShellCommand, location: Location) -> Install | None:
    """The install that a shell command is, or None when it is something else.

    Commands that prepare an install and leave nothing behind (`apt-get update`, `pip uninstall` of what the
    image never had, `pip list`) are installs of nothing.
    """
    return install_of_words(command.words, location)


def install_of_words(words: Sequence[str], location: Location) -> Install | None:
    """Like `install_of`, for a command that is already cut into words ("pip", "install", "pandas")."""
    words = list(words)
    if len(words) > 2 and _PYTHON.match(words[0].rpartition("/")[2]) and words[1] == "-m":
        words = words[2:]
    if words and words[0] == "uv" and len(words) > 1 and words[1] == "pip":
        words = words[1:]
    if not words:
        return None
    program = words[0].rpartition("/")[2]
    action = next((word for word in words[1:] if not word.startswith("-")), "")
    rest = words[words.index(action) + 1 :] if action else []
    if _PIP.match(program):
        return _pip(action, rest, location)
    if program in {"conda", "mamba", "micromamba"} and action in {"install", "update"}:
        return _conda(rest, location)
    if program in {"apt", "apt-get", "aptitude"}:
        return _apt(action, rest, location)
    if program in {"add-apt-repository", "apt-add-repository"}:
        return Install(
            "apt", (), location, problem="adds a package archive, which the image does not have"
        )
    return None


def _pip(action: str, words: list[str], location: Location) -> Install | None:
    if action in {
        "uninstall",
        "list",
        "freeze",
        "show",
        "check",
        "cache",
        "config",
        "--version",
        "",
    }:
        return Install("pip", (), location)
    if action != "install":
        return None
    requirements: list[str] = []
    problems: list[str] = []
    upgrade = False
    position = 0
    while position < len(words):
        word = words[position]
        option, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        if option in _VALUED and not equals:
            position += 1
            value = words[position] if position < len(words) else ""
        if option in {"-U", "--upgrade"}:
            upgrade = True
        elif option in _SOURCES:
            problems.append(f"takes packages from another index ({value})")
        elif option in _FILES:
            problems.append(
                f"reads requirements from {value or 'a file'}, which is not part of the notebook"
            )
        elif option in {"-e", "--editable"}:
            problems.append(f"installs the local project {value or '.'}")
        elif option == "--no-deps":
            problems.append("leaves out the dependencies of what it installs")
        elif not word.startswith("-") and not re.match(r"\d?[<>]|\|", word):
            problem = _problem_of(word)
            if problem:
                problems.append(problem)
            if problem is None or word.startswith("git+"):
                requirements.append(word.strip())
        elif word.startswith((">", "<", "1>", "2>", "&>")) and word.rstrip("&12").endswith(">"):
            position += 1  # a redirection with its file as the next word
        position += 1
    return Install("pip", tuple(requirements), location, upgrade, "; ".join(problems) or None)


def _problem_of(requirement: str) -> str | None:
    from nb2prod.analysis.requirements import is_requirement

    if re.search(r"[{}$]", requirement):
        return f"{requirement} is only known when the notebook runs"
    if requirement.startswith("git+"):
        pinned = re.search(r"@[0-9a-f]{40}(?=#|$)", requirement)
        return (
            None
            if pinned
            else f"{requirement} names no commit; pin one to get the same code every time"
        )
    if re.match(r"(https?|ftp|file):", requirement):
        return f"{requirement} is a direct download, which is not pinned by a hash"
    if requirement.startswith((".", "/", "~")) or requirement.endswith((".whl", ".tar.gz", ".zip")):
        return f"installs the local file {requirement}"
    return (
        None
        if is_requirement(requirement)
        else f"{requirement} is not a requirement that pip understands"
    )


def _conda(words: list[str], location: Location) -> Install:
    names = _names(words, _CONDA_VALUED)
    # conda writes a pin with one "=": the version is what matters for the pip distribution of that name.
    requirements = tuple(
        re.sub(r"(?<![=<>!~])=(?!=)", "==", name).removesuffix("=*") for name in names
    )
    return Install("conda", requirements, location)


def _apt(action: str, words: list[str], location: Location) -> Install | None:
    tool: InstallTool = "apt"
    if action == "install":
        names = _names(words, _APT_VALUED)
        local = [
            name
            for name in names
            if "/" in name or name.endswith(".deb") or re.search(r"[{}$]", name)
        ]
        problem = (
            f"installs {', '.join(local)}, which no archive has by that name" if local else None
        )
        return Install(
            tool, tuple(name for name in names if name not in local), location, problem=problem
        )
    if action in {
        "update",
        "upgrade",
        "dist-upgrade",
        "autoremove",
        "clean",
        "autoclean",
        "list",
        "build-dep",
    }:
        return Install(tool, (), location)
    if action in {"remove", "purge"}:
        return Install(tool, (), location)
    return None


def _names(words: list[str], valued: set[str]) -> list[str]:
    names: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = word in valued
        elif re.match(r"\d?&?[<>]", word):
            skip = word.endswith((">", "<"))
        else:
            names.append(word)
    return names
