"""What `nb2prod check` costs beside other tools on the same notebooks, and where its time goes:
`python -m benchmarks.check DIR [--peers DIR …]`, where `--peers` have the other tools' programs.

The notebooks of the directory that are valid Python are copied, again and again, until there are
200. All tools are processes of their own and take turns, so that a busy machine is busy for all;
CPU seconds are those of a process and its children. ruff looks for other things (`E` and `F`): it
says how long a check takes that people leave switched on. Python writes its bytecode beforehand, as
an installation does.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path

from ruff import find_ruff_bin

from nb2prod.hygiene.context import Context
from nb2prod.hygiene.engine import DEFAULT, findings_of
from nb2prod.notebook.trees import forget_trees, without_warnings
from tests.hygiene.build import document

_RUFF = (find_ruff_bin(), *"check --isolated --no-cache --exit-zero --select E,F".split())
_OURS = (sys.executable, "-m", "nb2prod", "check", "--isolated", "--exit-zero")
_CONCISE = ("--output-format", "concise")
_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
_COUNT = 200
_ROUNDS = 5
_STARTS = 9


def main(directory: Path, peers: Sequence[Path]) -> None:
    """Print the tables of docs/benchmarks.md."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        variables = {name: text for name, text in os.environ.items() if name != _NO_BYTECODE}
        variables |= {"PYTHONPYCACHEPREFIX": scratch, "NB2PROD_CACHE_DIR": str(place / "cache")}
        notebooks = _copies(directory, place / "notebooks")
        size = sum(path.stat().st_size for path in notebooks)
        print(f"{len(notebooks)} notebooks, {size / 1e6:.0f} MB\n")
        listed = [str(path) for path in notebooks]
        below = str(place / "notebooks")
        over = {
            "ruff check --select E,F": (*_RUFF, *_CONCISE, below),
            "nb2prod check --no-cache": (*_OURS, *_CONCISE, "--no-cache", "--jobs", "1", below),
            "nb2prod check, unchanged notebooks": (*_OURS, *_CONCISE, below),
            **_peer("nbstripout", peers, "--verify", *listed),
            **_peer("betterleaks", peers, "auto", "--no-banner", "--log-level=error", below),
        }
        _table(over, _ROUNDS, variables, _cpu)
        middle = str(sorted(notebooks, key=lambda path: path.stat().st_size)[len(notebooks) // 2])
        clean = place / "clean.ipynb"
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        metadata = {**kernel, "language_info": {"name": "python"}}
        text = json.dumps(document("x = 1\nprint(x)", metadata=metadata))
        clean.write_text(text, encoding="utf-8")
        for what, path in (("clean", str(clean)), ("of middle size", middle)):
            print(f"\none notebook, {what}, seconds on the clock\n")
            one = {
                "ruff check --select E,F": (*_RUFF, path),
                "python -S -E -c pass": (sys.executable, "-S", "-E", "-c", "pass"),
                "nb2prod check --no-cache": (*_OURS, "--no-cache", path),
                "nb2prod check, unchanged": (*_OURS, path),
                **_peer("nbstripout", peers, "--verify", path),
                **_peer("nbqa", peers, "flake8", "--isolated", path),
                **_peer("pynblint", peers, "-q", path),
            }
            _table(one, _STARTS, variables, _wall)
        print("\nwhere the time goes: CPU seconds over all notebooks, in one process\n")
        _stages(notebooks)


def _copies(directory: Path, target: Path) -> list[Path]:
    """The valid Python notebooks of a directory, as copies, as often as needed."""
    target.mkdir()
    valid = [path for path in sorted(directory.rglob("*.ipynb")) if _is_valid(path)]
    copies = []
    for number, path in enumerate(islice(cycle(valid), _COUNT)):
        copies.append(Path(shutil.copy(path, target / f"{number}-{path.name}")))
    return copies


def _is_valid(path: Path) -> bool:
    context = Context(str(path), path.read_bytes(), DEFAULT)
    found = {finding.code for finding in findings_of(context)}
    return not found & {"NB101", "NB104", "NB107", "NB108"} and context.nbformat >= "4"


def _peer(program: str, peers: Sequence[Path], *arguments: str) -> dict[str, Sequence[str]]:
    """The command of another tool by its name; nothing where it is not there."""
    found = next((peer / program for peer in peers if (peer / program).exists()), None)
    return {} if found is None else {program: (str(found), *arguments)}


def _table(
    commands: Mapping[str, Sequence[str]],
    rounds: int,
    variables: Mapping[str, str],
    measure: Callable[[Sequence[str], Mapping[str, str]], float],
) -> None:
    """The median of each command, and of its ratio to the first one in the same round."""
    for command in commands.values():
        measure(command, variables)
    taken = [[measure(command, variables) for command in commands.values()] for _ in range(rounds)]
    print("| command | s | of the first's | least and most |\n|---|---|---|---|")
    for place, name in enumerate(commands):
        middle = statistics.median(times[place] for times in taken)
        ratios = [times[place] / times[0] for times in taken]
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        print(f"| {name} | {middle:.3f} | {statistics.median(ratios):.2f} | {spread} |")


def _run(command: Sequence[str], variables: Mapping[str, str]) -> None:
    quiet = subprocess.DEVNULL
    subprocess.run(command, env=dict(variables), stdout=quiet, stderr=quiet, check=False)


def _cpu(command: Sequence[str], variables: Mapping[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _run(command, variables)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _wall(command: Sequence[str], variables: Mapping[str, str]) -> float:
    before = time.perf_counter()
    _run(command, variables)
    return time.perf_counter() - before


def _stages(notebooks: Sequence[Path]) -> None:
    """The parts of a check, one after the other, each over all notebooks."""
    contents: list[tuple[Path, bytes]] = []
    contexts: list[Context] = []

    def read() -> None:
        contents[:] = [(path, path.read_bytes()) for path in notebooks]

    def decode() -> None:
        for _, content in contents:
            json.loads(content)

    def build() -> None:
        contexts[:] = [Context(str(path), content, DEFAULT) for path, content in contents]

    def parse() -> None:
        for context in contexts:
            with without_warnings():
                _ = context.parsed
            forget_trees()

    def everything() -> None:
        for path, content in contents:
            findings_of(Context(str(path), content, DEFAULT))

    print("| part | CPU s |\n|---|---|")
    for name, part in (
        ("read", read),
        ("read JSON", decode),
        ("read JSON, make cells", build),
        ("let Python compile the cells", parse),
        ("all of it, rules included", everything),
    ):
        before = time.process_time()
        part()
        print(f"| {name} | {time.process_time() - before:.2f} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--peers", type=Path, action="append", default=[])
    given = parser.parse_args()
    main(given.directory, given.peers)
