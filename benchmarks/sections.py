"""How notebooks with headings are split into modules: `python benchmarks/sections.py DIR`.

Judged are the notebooks of the directory that have two headings or more (of levels 1 to 3, outside
code fences) and whose cells are all valid Python: the rung that each reaches and why it is no
higher one, how much of its headings is left, and whether what is written is sound there and on
every lower rung. soorgeon goes through the same notebooks in the same run; uv makes its
environment. No notebook is executed, and no module is imported, unless `--import` asks for it.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from statistics import median

# Run by its path, a script finds its neighbours only where it looks for them.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.peers import REQUIREMENTS, install
from benchmarks.sectioned import COMPILES, DEFINED, FOUND, IMPORTED, RUNGS, Failed, Split, worker

WORKERS = 2
# What differs between two notebooks in the same reason: what is between backquotes or called, and
# names where the sentence has one.
_REASONS = (
    (r"a function reads \w+, which", "a function reads a variable, which"),
    (r"a function assigns \w+ ", "a function assigns a variable "),
    (r"only functions assign \w+ ", "only functions assign a variable "),
    (r"^\w+ (may not have|may be without) a value", r"a variable \1 a value"),
    (r"^\w+ is a builtin's name", "a variable has a builtin's name"),
    (r"^\w+ may come from `.*`, and", "a variable may come from `import *`, and"),
    (r"`from .* import \*`", "`import *`"),
    (r"^\w+ finds class \w+ by", "a library finds a class by"),
    (r"^\w+ may look \w+\(\) up by", "a library may look a function up by"),
    (r"^class \w+ reads", "a class reads"),
    (r"^what \w+ prints", "what a dataclass prints"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the directory's notebooks and print the tables; 1 when one could not be converted."""
    options = _parser().parse_args(arguments)
    notebooks = sorted(options.directory.rglob("*.ipynb"))
    if not notebooks:
        print(f"{options.directory} holds no notebook.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        environments = None
        if options.peer:
            absent = install(Path(folder), {"soorgeon": REQUIREMENTS["soorgeon"]})
            environments = None if absent else Path(folder)
            for reason in absent.values():
                print(f"soorgeon could not be installed: {reason}", file=sys.stderr)
        judged = judge(notebooks, environments, run=options.run)
    splits = [one for one in judged if isinstance(one, Split)]
    failed = [one for one in judged if isinstance(one, Failed)]
    print(
        "\n".join(report(splits, len(failed), names=options.names, peer=environments is not None))
    )
    for one in failed:
        print(f"\n{one.notebook} could not be converted: {one.reason}")
    return 1 if failed else 0


def judge(
    notebooks: Sequence[Path], environments: Path | None, *, run: bool
) -> list[Split | Failed | None]:
    """What became of every notebook; None for those that are not looked at."""
    # A process that is forked takes the threads' locks of this one with it; a new one has its own.
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        return list(pool.map(worker(environments, run=run), notebooks))


def report(
    splits: Sequence[Split], failed: int = 0, *, names: bool = False, peer: bool = False
) -> Iterator[str]:
    """The tables, as Markdown for docs/benchmarks.md; those that `failed` count, too."""
    total = len(splits) + failed
    if not splits:
        yield "No notebook has two headings and valid Python."
        return
    yield from _rung_table(splits, total)
    yield ""
    yield from _quality_table(splits, names=names)
    yield ""
    yield from _reason_table(splits, names=names)
    if peer:
        yield ""
        yield from _peer_table(splits, total)


def _rung_table(splits: Sequence[Split], total: int) -> Iterator[str]:
    rungs = Counter(one.rung for one in splits)
    split = sum(one.is_split for one in splits)
    shares = [one.with_section / one.headings for one in splits]
    yield f"| of the {total} notebooks with two headings and valid Python | |"
    yield "|---|---|"
    yield f"| sections, two modules or more | {_share(split, total)} |"
    if rungs["sections"] > split:
        yield f"| sections, one module | {_share(rungs['sections'] - split, total)} |"
    for rung in RUNGS[1:]:
        yield f"| {rung} | {_share(rungs[rung], total)} |"
    if total > len(splits):
        yield f"| could not be converted | {_share(total - len(splits), total)} |"
    yield f"| headings with a section of their own, median | {median(shares):.1%} |"
    modules = [one.modules for one in splits if one.is_split]
    if modules:
        yield f"| section modules where there are two or more, median | {median(modules):g} |"


def _share(count: int, total: int) -> str:
    return f"{count} ({count / total:.1%})"


def _quality_table(splits: Sequence[Split], *, names: bool) -> Iterator[str]:
    """How many notebooks pass each measure on each rung that is safe for them."""
    yield f"| of those for which the rung is safe | {' | '.join(RUNGS)} |"
    yield f"|---{'|---' * len(RUNGS)}|"
    safe = {rung: [one.rungs[rung] for one in splits if rung in one.rungs] for rung in RUNGS}
    yield f"| notebooks | {' | '.join(str(len(safe[rung])) for rung in RUNGS)} |"
    for measure in (COMPILES, DEFINED, FOUND, IMPORTED):
        judged = [any(measure in one for one in safe[rung]) for rung in RUNGS]
        if any(judged):
            passed = [sum(one.get(measure) == () for one in safe[rung]) for rung in RUNGS]
            yield f"| {measure} | {' | '.join(map(str, passed))} |"
    yield from _flaws(splits, names=names)


def _flaws(splits: Sequence[Split], *, names: bool) -> Iterator[str]:
    """Why measures are not passed, and in how many notebooks."""
    for rung in RUNGS:
        places: dict[str, dict[str, str]] = defaultdict(dict)
        for one in splits:
            for reason in chain.from_iterable(one.rungs.get(rung, {}).values()):
                places[reason.words].setdefault(one.notebook, reason.detail)
        for words, found in sorted(places.items()):
            named = "".join(f"\n- {name}: {place}" for name, place in found.items())
            yield f"\n{rung}: {words} ({len(found)}){named if names else ''}"


def _reason_table(splits: Sequence[Split], *, names: bool) -> Iterator[str]:
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in splits:
        if not one.is_split:
            groups[one.rung, grouped(one.reason)].append(one.notebook)
    yield f"| rung | why not a higher one | notebooks |{' which |' if names else ''}"
    yield f"|---|---|---|{'---|' if names else ''}"
    for (rung, reason), notebooks in sorted(
        groups.items(), key=lambda item: (item[0][0], -len(item[1]), item[0][1])
    ):
        named = f" {', '.join(notebooks)} |" if names else ""
        yield f"| {rung} | {reason} | {len(notebooks)} |{named}"


def grouped(reason: str) -> str:
    """A reason without what is special to one notebook."""
    for pattern, words in _REASONS:
        reason = re.sub(pattern, words, reason)
    return reason.replace("|", "\\|")


def _peer_table(splits: Sequence[Split], total: int) -> Iterator[str]:
    peers = [one.peer for one in splits if one.peer is not None]
    safe = [one.rungs[one.rung] for one in splits]
    split = [one for one in splits if one.is_split]
    sound = [one for one in split if not any(one.rungs["sections"].values())]
    rows = (
        ("converted", len(safe), len(peers)),
        ("two modules or more", len(split), sum(count > 1 for count, _ in peers)),
        (
            "and all compiles without a new undefined name",
            len(sound),
            sum(count > 1 and not reasons for count, reasons in peers),
        ),
    )
    yield "| | nb2prod | soorgeon refactor |"
    yield "|---|---|---|"
    for label, own, other in rows:
        yield f"| {label} | {_share(own, total)} | {_share(other, total)} |"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("directory", type=Path, metavar="DIR")
    parser.add_argument("--names", action="store_true", help="name the notebooks of each reason")
    parser.add_argument(
        "--import",
        dest="run",
        action="store_true",
        help="import every package with its dependencies stubbed, which runs what stands at the top"
        " of its modules: for notebooks that are trusted",
    )
    parser.add_argument(
        "--peer",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="run soorgeon on the same notebooks, too",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
