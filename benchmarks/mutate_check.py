"""Checking and fixing mutated notebooks: `python -m benchmarks.mutate_check N [DIR]`.

N notebooks, by the seeds from 0 (from `--first`), of the tests' own cells, and where a DIR is given
most of them of the notebooks in it; with all rules on, half of them with the unsafe fixes. Printed
is what tests/hygiene/watching.py calls a trouble: an exception, a hang, a process that died, JSON
that is none after a fix, a second fixing that changes something. The exit code is 1 for any.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.hygiene.mutations import mutated
from tests.hygiene.watching import SECONDS, watched

# Larger ones make few mutants and long waits.
_LARGEST = 300_000


def main(words: Sequence[str]) -> int:
    """Print each trouble as it is found, and how many there were of each kind."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutate_check")
    parser.add_argument("number", type=int, metavar="N")
    parser.add_argument("directory", type=Path, nargs="?", metavar="DIR")
    parser.add_argument("--first", type=int, default=0, metavar="SEED")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="write the notebooks here")
    given = parser.parse_args(words)
    others = _notebooks(given.directory) if given.directory is not None else []
    seeds = range(given.first, given.first + given.number)
    kinds: Counter[str] = Counter()
    begun = time.monotonic()
    for trouble in watched(seeds, others, processes=given.jobs, seconds=SECONDS):
        kinds[trouble.kind] += 1
        print(f"seed {trouble.seed}: {trouble.kind}\n{trouble.said}", flush=True)
        if given.keep is not None:
            given.keep.mkdir(parents=True, exist_ok=True)
            (given.keep / f"{trouble.seed}.ipynb").write_bytes(mutated(trouble.seed, others))
    told = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()) or "no troubles"
    print(f"{len(seeds)} notebooks, {len(others)} to start from: {told}", end="")
    print(f" ({time.monotonic() - begun:.0f} s)")
    return int(bool(kinds))


def _notebooks(directory: Path) -> list[bytes]:
    paths = sorted(directory.rglob("*.ipynb"))
    return [path.read_bytes() for path in paths if path.stat().st_size <= _LARGEST]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
