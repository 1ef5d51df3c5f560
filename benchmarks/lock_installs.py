"""Whether locks install and their packages import: `python benchmarks/lock_installs.py [NAME...]`.

Plans and locks notebooks of our own, of several years and frameworks, with the package index that
uv is told of; installs each lock into a clean environment as the generated Dockerfile does it, runs
the notebook's import statements there, and prints the table of docs/benchmarks.md. The Python is
one at hand (pyenv's, or what else uv finds): where it has another patch version than the project's,
the table says so. System packages are this machine's.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from uv import find_uv_bin

import nb2prod
from benchmarks.lock_notebooks import CASES, Case
from nb2prod.core import lock
from nb2prod.data.distributions import normalise
from nb2prod.migration import Migration
from nb2prod.project.files import render

_TIMEOUT_S = 1800
# How much of an error is shown.
_MOST_LINES = 2
_WHAT_IS_THERE = """
import json, platform
from importlib.metadata import distributions
installed = [(one.metadata["Name"], one.version) for one in distributions()]
print(json.dumps({"python": platform.python_version(), "installed": installed}))
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """What came of one lock: the Python that was used, how long the installation took, what went
    wrong ("" where all statements ran), and the versions that are installed, by name.
    """

    python: str
    seconds: float
    failed: str
    versions: Mapping[str, str] = field(default_factory=dict)


def main(arguments: Sequence[str] | None = None) -> int:
    """Lock and install, one at a time, and print a row for each; 1 where one failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="only the notebooks so called")
    names = parser.parse_args(arguments).names
    print("| notebook | day | Python: wanted, used | packages | lock | install | imported |")
    print("|---|---|---|---|---|---|---|")
    failures: list[str] = []
    for case in CASES:
        if names and case.name not in names:
            continue
        with tempfile.TemporaryDirectory(prefix="nb2prod-installs-") as folder:
            # An answer of before would take no time.
            os.environ["NB2PROD_CACHE_DIR"] = str(Path(folder, "cache"))
            print(_row(case, Path(folder), failures), flush=True)
    print("".join(f"\n- {text}" for text in failures), end="\n" if failures else "")
    return 1 if failures else 0


def _row(case: Case, folder: Path, failures: list[str]) -> str:
    started = time.monotonic()
    options = nb2prod.Options(allow_build=case.allow_build)
    migration = lock(nb2prod.plan(case.notebook(), options))
    seconds = time.monotonic() - started
    wanted = migration.environment.python.version
    shown = f"| {case.name} | {case.day} | {wanted}"
    if migration.lock.mode != "locked":
        failures.append(f"{case.name}: {migration.lock.mode}: {migration.lock.reason}")
        return f"{shown} | | {seconds:.0f} s | | {migration.lock.mode} |"
    if not migration.lock.complete:
        failures.append(f"{case.name}: {migration.lock.reason}")
    done = install(migration, case.statements, folder)
    if done.failed:
        failures.append(f"{case.name}: {done.failed}")
    source = len(migration.lock.from_source)
    packages = f"{len(migration.lock.versions)}{f', {source} from source' if source else ''}"
    number = len(case.statements)
    return (
        f"{shown}, {done.python} | {packages} | {seconds:.0f} s | {done.seconds:.0f} s"
        f" | {'no' if done.failed else f'{number} of {number}'} |"
    )


def install(
    migration: Migration,
    statements: Sequence[str],
    folder: Path,
    interpreter: str | None = None,
) -> Installed:
    """Install a lock into a new environment in `folder`, as the generated Dockerfile does it, and
    run import statements there. The Python is `interpreter`, else the one at hand that is nearest
    to the project's.
    """
    environment = _environment()
    wanted = migration.environment.python
    (folder / "requirements.lock").write_bytes(render(migration)["requirements.lock"])
    python = folder / "venv" / "bin" / "python"
    for version in [interpreter] if interpreter else [wanted.version, wanted.minor]:
        made = _run([find_uv_bin(), "venv", "--python", version, "venv"], folder, environment)
        if made.returncode == 0:
            break
    else:
        return Installed("none", 0, f"there is no Python {wanted.minor} at hand")
    command: list[str | Path] = [find_uv_bin(), "pip", "install", "--python", python]
    command += ["-r", "requirements.lock"]
    if migration.lock.complete:
        command += ["--require-hashes"]
    if migration.lock.from_source and migration.lock.exclude_newer is not None:
        # What source distributions are built with is of the same day as they are.
        command += ["--exclude-newer", migration.lock.exclude_newer]
    started = time.monotonic()
    done = _run(command, folder, environment)
    seconds = time.monotonic() - started
    failed = _told(done) if done.returncode != 0 else _imported(python, statements, folder)
    found = json.loads(_run([python, "-c", _WHAT_IS_THERE], folder, environment).stdout)
    versions = {normalise(name): version for name, version in found["installed"]}
    if not failed and versions != dict(migration.lock.versions):
        failed = f"other than locked: {dict(versions.items() ^ migration.lock.versions.items())}"
    return Installed(found["python"], seconds, failed, versions)


def _imported(python: Path, statements: Sequence[str], folder: Path) -> str:
    """Why the statements do not run there, one after another in one process; "" where they do."""
    done = _run([python, "-c", "\n".join(statements)], folder, _environment())
    return _told(done) if done.returncode != 0 else ""


def _told(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return " / ".join(lines[-_MOST_LINES:]) or f"exit code {done.returncode}"


def _environment() -> dict[str, str]:
    """This process's, without what would let its own packages be found, and with pyenv's Pythons;
    nothing is taken from uv's cache, as in an image's build.
    """
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    pythons = [str(path) for path in sorted(root.glob("versions/*/bin"))]
    paths = os.pathsep.join([*pythons, os.environ.get("PATH", "")])
    return {**kept, "PATH": paths, "UV_NO_CACHE": "1", "UV_PYTHON_DOWNLOADS": "never"}


def _run(
    command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=_TIMEOUT_S,
        check=False,
    )


if __name__ == "__main__":
    sys.exit(main())
