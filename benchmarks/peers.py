"""Other converters of notebooks, run as the commands they are, each in an environment of its own.

None of the commands executes a notebook.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PYTHON = "3.11"
# Each with what it needs to do all it can: without IPython, nbconvert leaves magics as they are.
REQUIREMENTS: Mapping[str, tuple[str, ...]] = {
    "nbconvert": ("nbconvert==7.17.2", "ipython==9.18.1"),
    "jupytext": ("jupytext==1.19.6",),
    "soorgeon": ("soorgeon==0.0.20",),
}
SECONDS = 60
_NAME = "notebook.ipynb"


@dataclass(frozen=True, slots=True)
class Peer:
    """A command that makes Python of `notebook.ipynb` in the current directory."""

    label: str
    distribution: str
    program: str
    arguments: tuple[str, ...]


PEERS = (
    Peer("nbconvert --to script", "nbconvert", "jupyter-nbconvert", ("--to", "script", _NAME)),
    Peer("nbconvert --to python", "nbconvert", "jupyter-nbconvert", ("--to", "python", _NAME)),
    Peer("jupytext --to py", "jupytext", "jupytext", ("--to", "py", _NAME)),
    Peer("soorgeon refactor", "soorgeon", "soorgeon", ("refactor", _NAME, "--file-format", "py")),
)


@dataclass(frozen=True, slots=True)
class Converted:
    """The Python files that a peer wrote; or why there are none, and whether it crashed."""

    files: Mapping[str, str]
    refusal: str = ""
    detail: str = ""
    crash: str = ""


def install(
    directory: Path, wanted: Mapping[str, tuple[str, ...]] = REQUIREMENTS
) -> dict[str, str]:
    """Make the environments below `directory`; why a distribution is not there, by its name."""
    uv = shutil.which("uv")
    if uv is None:
        from uv import find_uv_bin

        uv = find_uv_bin()
    absent: dict[str, str] = {}
    for name, requirements in wanted.items():
        place = directory / name
        # An environment that is there already is used again.
        made = [uv, "venv", "--quiet", "--python", PYTHON, "--allow-existing", str(place)]
        python = str(place / "bin" / "python")
        filled = [uv, "pip", "install", "--quiet", "--python", python, *requirements]
        for command in (made, filled):
            done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
            if done.returncode:
                absent[name] = (done.stderr.strip().splitlines() or ["uv failed"])[0]
                break
    return absent


def convert(peer: Peer, environments: Path, notebook: Path) -> Converted:
    """Run a peer on a copy of the notebook and collect all Python that it leaves behind."""
    with tempfile.TemporaryDirectory() as folder:
        # The peer's configuration, caches and whatever else it keeps are gone with the directory.
        home, work = Path(folder, "home"), Path(folder, "work")
        home.mkdir()
        work.mkdir()
        shutil.copyfile(notebook, work / _NAME)
        program = environments / peer.distribution / "bin"
        try:
            done = subprocess.run(
                [program / peer.program, *peer.arguments],
                cwd=work,
                env={
                    "PATH": f"{program}:/usr/bin:/bin",
                    "HOME": str(home),
                    "LANG": "C.UTF-8",
                    "PLOOMBER_STATS_ENABLED": "false",
                },
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Converted({}, f"it does not end within {SECONDS} s")
        written = sorted(path for path in work.rglob("*") if path.is_file())
        files = {
            path.relative_to(work).as_posix(): path.read_text(encoding="utf-8", errors="replace")
            for path in written
            if path.suffix == ".py"
        }
        if done.returncode:
            return _refused(done.stderr)
        if not files:
            others = {path.suffix or path.name for path in written if path.name != _NAME}
            kinds = ", ".join(sorted(others)) or "nothing"
            return Converted({}, f"it writes no Python but {kinds}")
        return Converted(files, crash="a traceback" if "Traceback (" in done.stderr else "")


def _refused(said: str) -> Converted:
    """The class of the error that ended a command, and its first line."""
    lines = [line for line in said.splitlines() if line.strip()]
    errors = [
        line for line in lines if re.match(r"[\w.]+(?:Error|Exception|\w*Invalid\w*)\b", line)
    ]
    plain = [line.removeprefix("Error: ") for line in lines if line.startswith("Error: ")]
    last = (errors or plain or lines or ["it says nothing"])[-1]
    kind = last.partition(":")[0].rpartition(".")[2] or last
    # An input error is how soorgeon says no, with a traceback each time.
    crashed = "Traceback (" in said and kind != "InputError"
    if kind == "InputError":
        sentence = re.split(r"[,.:] ", last.partition(": ")[2])[0]
        kind = f"{kind}: {sentence.rstrip(',.')}"
    return Converted({}, kind[:100], last[:200], last[:200] if crashed else "")
