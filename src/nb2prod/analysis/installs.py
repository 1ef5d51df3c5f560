"""Install commands: pip, uv, conda and apt, on shell lines, magics and in `%%bash` bodies.

Source of the options: `pip install --help`, `uv pip install --help`, `conda install --help`,
apt-get(8).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nb2prod.analysis.arguments import arguments
from nb2prod.analysis.facts import Install
from nb2prod.analysis.pip_requirements import read_requirement, without_credentials
from nb2prod.analysis.shell import ShellCommand, without_redirections
from nb2prod.location import Location

_PIP = re.compile(r"pip(3(\.\d+)?)?")
_PYTHON = re.compile(r"python(3(\.\d+)?)?|\{sys\.executable\}|\$sys\.executable|\$PYTHON")
# Options whose value says where packages come from, and those whose value is a file of them.
_SOURCES = frozenset(
    {"-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--index", "--default-index"}
)
_FILES = frozenset({"-r", "--requirement", "--requirements", "-c", "--constraint", "--constraints"})
_PIP_VALUED = (_SOURCES | _FILES) | frozenset(
    """
    --abi --allow-insecure-host --build --build-constraint --build-constraints --cache-dir --cert
    --client-cert --color --config-file --config-setting --config-settings --directory --editable
    --exclude-newer --exists-action --extra --fork-strategy --global-option --group
    --implementation --index-strategy --install-option --keyring-provider --link-mode --log
    --log-file --no-binary --no-binary-package --no-build-isolation-package --no-build-package
    --only-binary --override --overrides --platform --prefix --prerelease --progress-bar --project
    --proxy --python --python-platform --python-version --refresh-package --reinstall-package
    --report --resolution --resume-retries --retries --root --root-user-action --src --target
    --timeout --torch-backend --trusted-host --upgrade-package --upgrade-strategy
    --use-deprecated --use-feature
    """.split()
)
_PIP_VALUED_SHORT = "bcCefiprtP"
_CONDA_VALUED = frozenset(
    "--channel --name --prefix --file --solver --revision --repodata-fn".split()
)
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


def install_of(command: ShellCommand, location: Location) -> Install | None:
    """The install that a shell command is, or None when it is something else.

    Commands that prepare an install and leave nothing behind (`apt-get update`, `pip uninstall` of
    what the image never had, `pip list`) are installs of nothing.
    """
    return install_of_words(command.words, location)


def install_of_words(words: Sequence[str], location: Location) -> Install | None:
    """Like `install_of`, for a command that is already cut into words."""
    words = _installer(without_redirections(words))
    if not words:
        return None
    program, rest = words[0].rpartition("/")[2], words[1:]
    if _PIP.fullmatch(program):
        return _pip(rest, location)
    if program in {"conda", "mamba", "micromamba"}:
        return _conda(rest, location)
    if program in {"apt", "apt-get", "aptitude"}:
        return _apt(rest, location)
    if program in {"add-apt-repository", "apt-add-repository", "apt-key"}:
        problem = "adds a package archive, which the image does not have"
        return Install("apt", (), location, problem=problem)
    if program == "dpkg" and {"-i", "--install"} & set(rest):
        files = ", ".join(word for word in rest if not word.startswith("-"))
        return Install("apt", (), location, problem=f"installs the local file {files}")
    return None


def _installer(words: Sequence[str]) -> Sequence[str]:
    """`python -m pip install x` and `uv pip install x` as `pip install x`."""
    if words and _PYTHON.fullmatch(words[0].rpartition("/")[2]) and "-m" in words:
        module = words.index("-m")
        if all(word.startswith("-") for word in words[1:module]):
            words = words[module + 1 :]
    if len(words) > 1 and words[0].rpartition("/")[2] == "uv":
        options = [index for index, word in enumerate(words) if word in {"pip", "add"}]
        if options and all(word.startswith("-") for word in words[1 : options[0]]):
            adds = words[options[0]] == "add"
            words = ("pip", "install" if adds else "", *words[options[0] + 1 :])
            words = tuple(word for word in words if word)
    return words


def _pip(words: Sequence[str], location: Location) -> Install | None:
    found = list(arguments(words, _PIP_VALUED, _PIP_VALUED_SHORT))
    action = next((value for option, value in found if not option), "")
    if action in _PIP_NOTHING or not action:
        return Install("pip", (), location)
    if action not in {"install", "sync"}:
        return None
    found.remove(("", action))
    requirements: list[str] = []
    problems: list[str] = []
    for option, value in found:
        if not option:
            if action == "sync":
                problems.append(_of_file(value))
                continue
            requirement, problem = read_requirement(value)
            requirements += [requirement] if requirement else []
            problems += [problem] if problem else []
        elif problem := _problem_of_option(option, value):
            problems.append(problem)
    upgrade = any(option in {"-U", "--upgrade"} for option, _ in found)
    return Install("pip", tuple(requirements), location, upgrade, "; ".join(problems) or None)


def _problem_of_option(option: str, value: str) -> str | None:
    if option in _SOURCES:
        return f"takes packages from another index ({without_credentials(value)})"
    if option in _FILES:
        return _of_file(value)
    if option in {"-e", "--editable"}:
        return f"installs the local project {without_credentials(value) or '.'}"
    if option == "--no-deps":
        return "leaves out the dependencies of what it installs"
    return None


def _of_file(name: str) -> str:
    shown = without_credentials(name) or "a file"
    return f"reads requirements from {shown}, which is not part of the notebook"


def _conda(words: Sequence[str], location: Location) -> Install | None:
    found = list(arguments(words, _CONDA_VALUED, "cnp"))
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
    problems = [_of_file(value) for option, value in found if option == "--file"]
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
