"""What the hooks cost: the size of the environment that pre-commit makes for them, the seconds it
takes, and the seconds of a run: `python -m benchmarks.hooks`.

The repository of hooks is the working tree; pip downloads into its usual cache.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.hygiene.build import written
from tests.hygiene.hooks import environment, guarded_repository, hook_repository, pre_commit, run

_SHOWN = 6
_RUNS = 5


def main() -> None:
    """Print the tables of docs/benchmarks.md."""
    with tempfile.TemporaryDirectory() as directory:
        base = Path(directory)
        home, work = base / "home", base / "work"
        variables = environment(home)
        revision = hook_repository(base / "nb2prod", variables)
        guarded_repository(work, base / "nb2prod", revision, "nb2prod-check", variables)
        started = time.perf_counter()
        pre_commit("install-hooks", cwd=work, variables=variables).check_returncode()
        seconds = time.perf_counter() - started
        [made] = home.glob("*/py_env-*")
        # Files are compiled at the first run; what that writes is a part of the environment.
        runs = {count: _seconds_of_runs(work, count, variables) for count in (1, 20)}
        print(f"made in {seconds:.0f} s, {_megabytes(made):.0f} MB\n\n| of it | MB |\n|---|---|")
        for name, size in _parts(made)[:_SHOWN]:
            print(f"| {name} | {size:.0f} |")
        print("\n| a run on | seconds |\n|---|---|")
        for count, taken in runs.items():
            print(f"| {count} clean notebook{'s' * (count > 1)} | {taken:.2f} |")


def _seconds_of_runs(work: Path, count: int, variables: Mapping[str, str]) -> float:
    """The median of some runs of pre-commit on this many staged notebooks."""
    for number in range(count):
        (work / f"n{number}.ipynb").write_bytes(written(f"x = {number}\nprint(x)"))
    run("git", "add", ".", cwd=work, variables=variables).check_returncode()
    taken = []
    for _ in range(_RUNS):
        started = time.perf_counter()
        pre_commit("run", cwd=work, variables=variables).check_returncode()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def _parts(environment_made: Path) -> list[tuple[str, float]]:
    """The largest programs and packages of an environment, the largest first."""
    [packages] = environment_made.glob("lib/python*/site-packages")
    entries = [*(environment_made / "bin").iterdir(), *packages.iterdir()]
    return sorted(((one.name, _megabytes(one)) for one in entries), key=lambda part: -part[1])


def _megabytes(path: Path) -> float:
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.lstat().st_size for file in files if not file.is_dir()) / 1e6


if __name__ == "__main__":
    main()
