"""CPU seconds of `nb2prod check` over a directory, beside ruff on the same notebooks, and what both
take to start: `python -m benchmarks.check DIR`.

Both run as their own processes and take turns, so that a busy machine is busy for both; CPU seconds
are those of the process and of its children. ruff looks for other things (`E` and `F`): it says how
long a check may take that people leave switched on. Python writes its bytecode beforehand, as an
installation does.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from ruff import find_ruff_bin

from tests.hygiene.build import document

_RUFF = (find_ruff_bin(), "check", "--isolated", "--no-cache", "--exit-zero", "--select", "E,F")
_OURS = (sys.executable, "-m", "nb2prod", "check", "--isolated", "--exit-zero")
_BARE = (sys.executable, "-S", "-E", "-c", "pass")
_CONCISE = ("--output-format", "concise")
_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
_ROUNDS = 7
_STARTS = 25


def main(directory: Path) -> None:
    """Print the tables of docs/benchmarks.md."""
    with tempfile.TemporaryDirectory() as scratch:
        variables = {name: text for name, text in os.environ.items() if name != _NO_BYTECODE}
        variables["PYTHONPYCACHEPREFIX"] = scratch
        clean = Path(scratch) / "clean.ipynb"
        clean.write_text(json.dumps(document("x = 1\nprint(x)")), encoding="utf-8")
        over = {
            "ruff check --select E,F": (*_RUFF, *_CONCISE, str(directory)),
            "nb2prod check": (*_OURS, *_CONCISE, "--jobs", "1", str(directory)),
        }
        started = {
            "python -S -E -c pass": _BARE,
            "ruff check --select E,F": (*_RUFF, str(clean)),
            "nb2prod --version": (sys.executable, "-m", "nb2prod", "--version"),
            "nb2prod check": (*_OURS, str(clean)),
        }
        notebooks = list(directory.rglob("*.ipynb"))
        size = sum(path.stat().st_size for path in notebooks) / 1e6
        print(f"{len(notebooks)} notebooks, {size:.0f} MB\n")
        _table(over, _ROUNDS, variables, unit="s", factor=1)
        print("\none clean notebook\n")
        _table(started, _STARTS, variables, unit="ms", factor=1000)


def _table(
    commands: Mapping[str, Sequence[str]],
    rounds: int,
    variables: Mapping[str, str],
    *,
    unit: str,
    factor: int,
) -> None:
    """The median CPU time of each command, and of its ratio to the first one in the same round."""
    for command in commands.values():
        _seconds(command, variables)
    taken: list[list[float]] = [
        [_seconds(command, variables) for command in commands.values()] for _ in range(rounds)
    ]
    print(f"| command | CPU {unit} | of the first's | least and most |\n|---|---|---|---|")
    for place, name in enumerate(commands):
        middle = statistics.median(times[place] for times in taken) * factor
        ratios = [times[place] / times[0] for times in taken]
        shown = f"{middle:.2f}" if factor == 1 else f"{middle:.0f}"
        spread = f"{min(ratios):.1f} to {max(ratios):.1f}"
        print(f"| {name} | {shown} | {statistics.median(ratios):.1f} | {spread} |")


def _seconds(command: Sequence[str], variables: Mapping[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=dict(variables), stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


if __name__ == "__main__":
    main(Path(sys.argv[1]))
