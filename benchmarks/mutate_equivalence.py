"""How many defects a verification catches: `python -m benchmarks.mutate_equivalence DIR`.

Each notebook of the directory that runs here is run, converted, and its package mutated: statements
deleted and swapped, numbers and texts changed, comparisons negated, arguments of the support
modules replaced, defaults of `config.py` changed. Half of the mutants of a notebook (`--limit`) are
of statements that the conversion wrote anew, as far as there are as many.

A mutant that survives is run once more with a full stop before the statement that was changed. When
it survives that as well, the statement is never reached, and the mutant cannot differ. The other
survivors are printed as diffs, to be judged by a person; `--samples` takes the notebooks of the
tests instead of a directory's.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.mutants import Mutant, mutants_of, mutants_of_configuration, support_of
from nb2prod.errors import Nb2prodError
from tests.verification.judging import Bench, DoesNotRun, LimitReached
from tests.verification.notebooks import SAMPLES

_SECONDS = 60
_LIMIT = 20


def chosen(mutants: Sequence[Mutant], limit: int, seed: int) -> list[Mutant]:
    """As many of them as wanted, half of what the conversion wrote anew."""
    order = random.Random(seed)
    anew = [mutant for mutant in mutants if mutant.anew]
    rest = [mutant for mutant in mutants if not mutant.anew]
    order.shuffle(anew)
    order.shuffle(rest)
    half = max(limit // 2, limit - len(rest))
    first = anew[:half]
    return first + rest[: limit - len(first)]


def _mutants(bench: Bench) -> list[Mutant]:
    package = bench.project / "src" / bench.migration.package
    cells = [cell.source for cell in bench.migration.notebook.code_cells]
    source = (package / "pipeline.py").read_text("utf-8")
    found = list(mutants_of(source, cells, support_of(source, bench.migration.package)))
    return found + list(mutants_of_configuration((package / "config.py").read_text("utf-8")))


def _judged(bench: Bench, project: Path, mutant: Mutant, source: str, seconds: float) -> str:
    """The verdict on the package with this source in the mutant's module."""
    path = project / "src" / bench.migration.package / f"{mutant.module}.py"
    original = path.read_text("utf-8")
    path.write_text(source, encoding="utf-8")
    try:
        return bench.package(project, seconds=seconds).verdict
    except LimitReached:
        return "does not end"
    finally:
        path.write_text(original, encoding="utf-8")


def _fate(bench: Bench, project: Path, mutant: Mutant, seconds: float) -> str:
    """What became of a mutant: caught, survived or never reached."""
    verdict = _judged(bench, project, mutant, mutant.after, seconds)
    if verdict != "equivalent":
        return "caught"
    if mutant.stopped is not None:
        stopped = _judged(bench, project, mutant, mutant.stopped, seconds)
        if stopped == "equivalent":
            return "never reached"
    return "survived"


def _notebooks(directory: Path | None, scratch: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The notebooks with what a person gives to them."""
    if directory is not None:
        for path in sorted(directory.rglob("*.ipynb")):
            yield path, {}
        return
    for sample in SAMPLES:
        if not sample.lacks:
            place = scratch / "samples" / sample.name
            yield sample.write(place), sample.given(place / "given")


def main(words: Sequence[str]) -> int:
    """Print the numbers and the survivors; 1 where less than 95 % of the mutants are caught, with
    all survivors counted as if they could differ.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutate_equivalence")
    parser.add_argument("directory", type=Path, nargs="?", metavar="DIR")
    parser.add_argument("--samples", action="store_true", help="the notebooks of the tests")
    parser.add_argument("--only", action="append", metavar="NAME", help="notebooks of this name")
    parser.add_argument("--limit", type=int, default=_LIMIT, metavar="N", help="of each notebook")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--longest", type=float, default=15, metavar="SECONDS")
    given = parser.parse_args(words)
    if (given.directory is None) != given.samples:
        parser.error("a directory, or --samples")
    fates: Counter[tuple[str, str, bool]] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        for path, more in _notebooks(given.directory, Path(scratch)):
            if not given.only or path.stem in given.only:
                _mutate(path, more, given, fates)
    return _told(fates)


def _mutate(
    path: Path,
    more: dict[str, Any],
    given: argparse.Namespace,
    fates: Counter[tuple[str, str, bool]],
) -> None:
    """Run a notebook's mutants, and count what became of them."""
    with tempfile.TemporaryDirectory() as place:
        try:
            bench = Bench(path, Path(place), **more)
            begun = time.monotonic()
            verdict = bench.package(bench.project).verdict
            taken = time.monotonic() - begun
        except (DoesNotRun, LimitReached, Nb2prodError) as error:
            print(f"## {path.stem}: {error}", flush=True)
            return
        if verdict != "equivalent" or taken > given.longest:
            print(f"## {path.stem}: {verdict}, {taken:.0f} s: left out", flush=True)
            return
        project = Path(place).resolve() / "mutated"
        shutil.copytree(bench.project, project)
        mutants = _mutants(bench)
        here: Counter[str] = Counter()
        for mutant in chosen(mutants, given.limit, given.seed):
            fate = _fate(bench, project, mutant, seconds=min(_SECONDS, 5 * taken + 10))
            fates[mutant.kind, fate, mutant.anew] += 1
            here[fate] += 1
            if fate == "survived":
                anew = "anew" if mutant.anew else "as it was"
                print(f"{path.stem}: survived: {mutant.kind} ({anew})\n{mutant.diff}", flush=True)
        bench.environment.close()
        counts = ", ".join(f"{count} {fate}" for fate, count in here.most_common())
        print(f"## {path.stem}: {counts} (of {len(mutants)})", flush=True)


def _told(fates: Counter[tuple[str, str, bool]]) -> int:
    """Print the table by kind, and the shares."""
    print("\n| mutation | caught | survived | never reached |\n|---|---|---|---|")
    for kind in sorted({kind for kind, _, _ in fates}):
        counts = [
            sum(count for (name, what, _), count in fates.items() if (name, what) == (kind, fate))
            for fate in ("caught", "survived", "never reached")
        ]
        print(f"| {kind} | {' | '.join(map(str, counts))} |")
    shares = []
    for words, wanted in (("all", (True, False)), ("written anew", (True,))):
        caught, survived = (
            sum(
                count for (_, what, anew), count in fates.items() if what == fate and anew in wanted
            )
            for fate in ("caught", "survived")
        )
        shares.append(caught / max(caught + survived, 1))
        print(f"{words}: {caught} of {caught + survived} that are reached caught, {shares[-1]:.1%}")
    return int(min(shares) < 0.95)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
