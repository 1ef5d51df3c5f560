"""The environments that both sides run in: the Python that runs nb2prod, or one made of the lock.

`nb2prod.verification.images` has the third, the project's image.
"""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import shutil
import site
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Protocol

from nb2prod.environment.lock.uv import without_addresses
from nb2prod.notebook.model import Platform
from nb2prod.verification.model import EnvironmentName
from nb2prod.verification.namespaces import namespaces_work, within
from nb2prod.verification.places import ROOT, Places
from nb2prod.verification.processes import WORD, Limits, run_process

INSIDE = Path(__file__).parent / "inside"
# What runs notebooks, in the environment that they run in.
RUNNERS = ("ipykernel", "nbclient")
_LAST_WORDS = 2000
# Variables that would lead a run to another place, or belong to what calls nb2prod.
_OTHERS = (
    *("XDG_", "JUPYTER_", "IPYTHON", "MPLBACKEND", "MPLCONFIGDIR", "PYTHONSTARTUP"),
    *("COVERAGE_", "COV_CORE_", "PYTEST_", "NB2PROD_"),
)


class DoesNotRun(Exception):
    """The notebook cannot be run here; the message says why, for users."""


class Environment(Protocol):
    """Where programs run. `name` is what `--env` calls it."""

    name: EnvironmentName
    inside: str  # where the programs of `inside/` are, for the run
    notes: list[str]

    def places(self, outside: Path, platform: Platform | None) -> Places:
        """The directories of a run."""
        ...

    def variables(self) -> dict[str, str]:
        """The variables that every run in it has."""
        ...

    def sources(self, project: Path) -> str:
        """The directory that a project's package is in, as a run knows it."""
        ...

    def run(
        self,
        places: Places,
        arguments: Sequence[str],
        *,
        variables: Mapping[str, str],
        project: Path | None = None,
        limits: Limits,
        watch: Callable[[], None] = ...,
        name: str = ...,
    ) -> int:
        """Run `start.py` with these arguments in a run's directory; the exit code. What it writes
        goes to `<name>.out` and `<name>.err` there.
        """
        ...

    def close(self) -> None:
        """Take away what was made for it."""
        ...


class LocalEnvironment:
    """A Python of this machine."""

    def __init__(
        self, name: EnvironmentName, python: Path, scratch: Path, hidden: Sequence[Path] = ()
    ) -> None:
        self.name: EnvironmentName = name
        self.inside = str(INSIDE)
        self.notes: list[str] = []
        self._python = python
        self._scratch = scratch
        self._hidden = hidden
        self._mounted = namespaces_work(scratch)

    def places(self, outside: Path, platform: Platform | None) -> Places:
        """The directories of a run, at a place of their own where the machine allows that."""
        root = ROOT if self._mounted else PurePosixPath(outside)
        return Places(outside, root, platform)

    def variables(self) -> dict[str, str]:
        """This process's own, without those that would lead a run to another place."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(_OTHERS)}
        if self.name == "lock":
            # `python` is the lock's there, and nothing is found but what is locked.
            own["PATH"] = f"{self._python.parent}:{own.get('PATH', os.defpath)}"
            own["VIRTUAL_ENV"] = str(self._python.parent.parent)
            own.pop("PYTHONPATH", None)
        return own

    def sources(self, project: Path) -> str:
        """Where they are."""
        return str(project / "src")

    def run(
        self,
        places: Places,
        arguments: Sequence[str],
        *,
        variables: Mapping[str, str],
        project: Path | None = None,
        limits: Limits,
        watch: Callable[[], None] = lambda: None,
        name: str = "run",
    ) -> int:
        """Run `start.py`, in a mount namespace where the machine allows one."""
        command = [str(self._python), str(INSIDE / "start.py"), *arguments]
        if self._mounted:
            root = self._scratch / "root"
            root.mkdir(exist_ok=True)
            command = within(root, places.directory, self._binds(places, project), command)
        own = {
            **variables,
            "HOME": places.inside("home"),
            "TMPDIR": "/tmp" if self._mounted else places.inside("tmp"),
            "PYTHONUSERBASE": site.getuserbase(),
        }
        return run_process(
            command,
            directory=Path("/") if self._mounted else places.working,
            variables=own,
            out=places.outside / f"{name}.out",
            err=places.outside / f"{name}.err",
            limits=limits,
            watch=watch,
        )

    def close(self) -> None:
        """Nothing was made that does not lie in the scratch directory."""

    def _binds(self, places: Places, project: Path | None) -> list[tuple[Path, str, str]]:
        binds = [(places.outside / "tmp", "/tmp", "rw")]
        # The run has a /tmp of its own; what the interpreter needs may lie in the real one.
        for path in (*_needed(self._python), *self._hidden, *([project] if project else [])):
            if path.is_relative_to("/tmp") and path.exists():
                binds.append((path, str(path), "ro"))
        binds.append((places.outside, str(places.root), "rw"))
        for name in places.platform_roots:
            binds.append((places.outside / name, f"/{name}", "rw"))
        return binds


def _needed(python: Path) -> list[Path]:
    """The directories that a Python reads, this package's own among them."""
    found = [python.parent.parent, INSIDE, Path(sys.base_prefix)]
    if str(python) == sys.executable:
        found += [Path(sys.prefix), *(Path(entry).resolve() for entry in sys.path if entry)]
    real = python.resolve().parent.parent
    return list(dict.fromkeys([*found, real]))


def current_environment(scratch: Path) -> LocalEnvironment:
    """The environment that nb2prod itself runs in. DoesNotRun where it cannot run notebooks."""
    for module in RUNNERS:
        if importlib.util.find_spec(module) is None:
            raise DoesNotRun(f"{module} is not installed here; it comes with nb2prod[verify].")
    # Its list of fonts holds here, too: see `given.lay_out`.
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    if (caches / "matplotlib").is_dir():
        shutil.copytree(caches / "matplotlib", scratch / "own" / "home" / ".cache" / "matplotlib")
    return LocalEnvironment("current", Path(sys.executable), scratch)


def lock_environment(
    project: Path, scratch: Path, python: str, progress: Callable[[str], None]
) -> LocalEnvironment:
    """An environment made by uv of the project's `requirements.lock` and what runs notebooks."""
    directory = scratch / "environment"
    lock = project / "requirements.lock"
    if not lock.is_file():
        raise DoesNotRun("the project has no requirements.lock; convert it with --lock auto.")
    progress(f"making an environment of requirements.lock for Python {python}")
    interpreter = directory / "bin" / "python"
    minor = ".".join(python.split(".")[:2])
    if minor == f"{sys.version_info.major}.{sys.version_info.minor}":
        minor = sys.executable  # of this version, and at hand
    run_uv(
        ["venv", "--quiet", "--no-project", "--python", minor, str(directory)],
        f"there is no Python {minor}, which the lock is for, and uv cannot install it",
    )
    install = ["pip", "install", "--quiet", "--python", str(interpreter)]
    text = lock.read_text("utf-8")
    failure = "no environment could be made of the lock"
    hashes = ["--require-hashes"] if "--hash=" in text else []
    run_uv([*install, *hashes, "-r", str(lock)], failure)
    # What runs notebooks has to go with the lock, not the other way round.
    constraints = _without_hashes(lock, scratch)
    run_uv([*install, "--constraint", str(constraints), *RUNNERS], failure)
    return LocalEnvironment("lock", interpreter, scratch, hidden=[directory])


def _without_hashes(lock: Path, scratch: Path) -> Path:
    """The lock as constraints, which may not have hashes unless everything has."""
    lines = []
    for line in lock.read_text("utf-8").splitlines():
        stripped = line.strip().removesuffix("\\").strip()
        if stripped and not stripped.startswith(("#", "--hash", "-")):
            lines.append(stripped)
    path = scratch / "constraints.txt"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def run_uv(command: Sequence[str], failure: str) -> None:
    """Run uv, with the user's own settings; DoesNotRun with `failure` and its last words."""
    full = [sys.executable, "-m", "uv", *command]
    done = subprocess.run(full, capture_output=True, check=False, encoding="utf-8")
    if done.returncode != 0:
        raise DoesNotRun(f"{failure}: {last_words(without_addresses(done.stderr))}")


def last_words(text: str) -> str:
    """The end of what a program said."""
    return text.strip()[-_LAST_WORDS:]


def variables_for(
    environment: Environment, places: Places, given: Mapping[str, str], word: str, *, notebook: bool
) -> dict[str, str]:
    """The variables of a run: the environment's own, those given, and what both sides need."""
    own = environment.variables()
    inside = environment.inside
    paths = [f"{inside}/installers"]
    if notebook:
        paths.append(f"{inside}/standins")
    if own.get("PYTHONPATH"):
        paths.append(own["PYTHONPATH"])
    commands = places.inside("commands")
    return {
        **own,
        **given,
        WORD: word,
        "PATH": f"{commands}:{own.get('PATH', os.defpath)}",
        "PYTHONPATH": ":".join(paths),
        "PYTHONHASHSEED": "0",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "NB2PROD_INSTALLS": places.inside("installs.txt"),
        "NB2PROD_DRIVE": places.inside("data"),
        "NB2PROD_DOWNLOADS": places.inside("outputs"),
        "NB2PROD_UPLOADS": places.inside("uploads"),
    }


def missing_modules(
    environment: Environment, places: Places, modules: Sequence[str]
) -> tuple[str, list[str]]:
    """The Python of an environment, and which of these modules it has not. DoesNotRun when no
    program can be started in it.
    """
    answer = places.outside / "missing.json"
    code = environment.run(
        places,
        ["missing", places.inside("missing.json"), *modules],
        # A word of its own: with the word of another run, each would end the other's processes.
        variables=variables_for(environment, places, {}, secrets.token_hex(8), notebook=False),
        limits=Limits(300),
        name="missing",
    )
    if code != 0 or not answer.is_file():
        said = last_words((places.outside / "missing.err").read_text("utf-8", "replace"))
        raise DoesNotRun(f"no program can be started in the environment: {said}")
    found = json.loads(answer.read_text("utf-8"))
    return found["python"], found["missing"]
