"""The one door to uv: a question in, an answer out. No code of any package runs, unless the
question says so.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from nb2prod.environment.lock.question import Question

# Most answers come within seconds; a search that has not ended by then may not end today.
_TIMEOUT_S = 120
# Which index is asked, and how it is reached, is the user's to say; all else that could change the
# answer is not taken from the environment.
_KEPT = re.compile(
    r"UV_(DEFAULT_INDEX|INDEX|INDEX_URL|EXTRA_INDEX_URL|INDEX_\w+_(USERNAME|PASSWORD)|CACHE_DIR"
    r"|NATIVE_TLS|SYSTEM_CERTS|INSECURE_HOST|KEYRING_PROVIDER|OFFLINE|HTTP_\w+"
    r"|CONCURRENT_DOWNLOADS|REQUEST_TIMEOUT|PYTHON_DOWNLOADS|PYTHON_INSTALL_(DIR|MIRROR))"
)
INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL")
_PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.MULTILINE)
_WHEELS_REQUIRED = re.compile(r"Wheels are required for `([^`]+)`")
_TOO_NEW = re.compile(
    r"`([^`]+)` was filtered by `exclude-newer`[^\n]*?(?:was published at ([0-9T:.-]+Z))"
)
_UNREACHED = re.compile(
    r"Failed to fetch|error sending request|Request failed after|dns error|timed out"
    r"|network was disabled|Could not connect|HTTP status (?:client|server) error"
    # What is not shown to strangers looks to uv as if it were not there.
    r"|could not be queried due to|returned a \d+ [^\n]* error"
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """Everything that is required: the text of the lock, and its versions by name."""

    text: str
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unsolvable:
    """No set of versions meets the requirements. `why` is uv's derivation; `wheels_required` are
    distributions of which only source would do, and `too_new` those whose version came later than
    the day, with the moment (RFC 3339) when it came.
    """

    why: str
    wheels_required: tuple[str, ...] = ()
    too_new: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No index answered. `why` names no address; `refused` says that one wants credentials."""

    why: str
    refused: bool = False


Answer = Resolved | Unsolvable | Unreachable


def ask(question: Question, environment: Mapping[str, str] = os.environ) -> Answer:
    """Resolve by uv, with the index that the environment names, else uv's own."""
    return _read(run(question, environment))


def run(
    question: Question,
    environment: Mapping[str, str] = os.environ,
    *options: str,
    output: str = "requirements.lock",
) -> subprocess.CompletedProcess[str]:
    """Run uv on a question; what it writes to `output` is given as the process's stdout."""
    given = {"pyproject.toml": question.project(), "uv.toml": question.settings()}
    if question.preferred:
        given[output] = question.preferences()
    command: list[str] = [
        "pip",
        "compile",
        "pyproject.toml",
        "--output-file",
        output,
        "--quiet",
        *options,
    ]
    # Any Python will do to ask for another; this one is at hand.
    command += ["--config-file", "uv.toml", "--python", sys.executable]
    return in_directory(command, given, output, {**environment, "UV_PYTHON_DOWNLOADS": "never"})


def in_directory(
    command: list[str],
    given: Mapping[str, str],
    output: str,
    environment: Mapping[str, str] = os.environ,
) -> subprocess.CompletedProcess[str]:
    """Run uv in a directory of its own with the files `given`; what it writes to `output` is given
    as the process's stdout. Nobody's own settings are read.
    """
    with tempfile.TemporaryDirectory(prefix="nb2prod-lock-") as name:
        directory = Path(name)
        for file, text in given.items():
            (directory / file).write_text(text, encoding="utf-8")
        done = _uv(command, directory, environment)
        return subprocess.CompletedProcess(
            done.args,
            done.returncode,
            (directory / output).read_text(encoding="utf-8") if done.returncode == 0 else "",
            done.stderr,
        )


def named_in(names: Iterable[str], text: str) -> list[str]:
    """Which of some distributions a text of uv's names."""
    words = set(re.findall(r"[a-z0-9][a-z0-9._-]*[a-z0-9]|[a-z0-9]", text))
    return [name for name in names if name in words]


def uv_version() -> str:
    """The version of the uv that answers."""
    from importlib.metadata import version

    return version("uv")


def _uv(
    command: list[str], directory: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    from uv import find_uv_bin

    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith("UV_") or _KEPT.fullmatch(name)
    }
    kept["NO_COLOR"] = "1"
    # Where uv looks for settings of the user's and the system's.
    kept |= {"XDG_CONFIG_HOME": str(directory), "XDG_CONFIG_DIRS": str(directory)}
    full = [find_uv_bin(), *command]
    try:
        return subprocess.run(
            full,
            cwd=directory,
            env=kept,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        why = f"error: uv found no answer within {_TIMEOUT_S} s"
        return subprocess.CompletedProcess(full, 2, "", why)


def _read(done: subprocess.CompletedProcess[str]) -> Answer:
    if done.returncode == 0:
        # What pins a source to the version that we know is no requirement of the notebook's.
        text = done.stdout.replace("    #   -c (workspace)\n", "")
        return Resolved(text, MappingProxyType(dict(_PINNED.findall(text))))
    if _UNREACHED.search(done.stderr):
        refused = re.search(r"\b(?:401|403|Unauthorized|Forbidden)\b", done.stderr) is not None
        return Unreachable(without_addresses(last_cause(done.stderr)), refused)
    why, _, hints = done.stderr.partition("\nhint: ")
    return Unsolvable(
        without_addresses(_told(why)),
        tuple(dict.fromkeys(_WHEELS_REQUIRED.findall(hints))),
        MappingProxyType(dict(_TOO_NEW.findall(hints))),
    )


def last_cause(text: str) -> str:
    """The innermost of the causes that uv lists."""
    lines = [line.partition(": ")[2] for line in text.splitlines() if ": " in line]
    return next((line for line in reversed(lines) if line), text.strip())


def _told(text: str) -> str:
    """uv's derivation as one paragraph."""
    lines = [re.sub(r"^\s*(error|cause): ", "", line).strip() for line in text.splitlines()]
    first = "No solution found when resolving dependencies"
    return " ".join(line for line in lines if line and line != first)


def without_addresses(text: str) -> str:
    """Addresses may hold credentials, and say where somebody works."""
    return re.sub(r"(?:An index (?:URL )?)?\(?[a-z+]+://\S+", "an index", text)
