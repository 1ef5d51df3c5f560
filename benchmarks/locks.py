"""How many notebooks of a directory get a lock: `python benchmarks/locks.py DIR`.

Each is planned and locked as `convert` does it, with the package index that uv is told of, and
without running any package's code. With `--allow-build`, those that name distributions to allow are
tried again with them, which runs these distributions' code. No notebook is executed.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from nb2prod.core import lock, plan_file
from nb2prod.errors import Nb2prodError
from nb2prod.migration import Migration

# uv waits for the network most of the time.
WORKERS = 3
_ALLOWED = re.compile(r"--allow-build ([a-z0-9]+(?:[._-]+[a-z0-9]+)*)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one notebook: `outcome` is "complete", "default torch" where only PyTorch's
    own index is missing, "not complete" or the lock's mode; `yielded` are pins that gave way.
    """

    notebook: str
    outcome: str
    reason: str
    packages: int
    seconds: float
    yielded: tuple[str, ...]
    same_image: bool
    settled_notes: int
    allowed: tuple[str, ...] = ()


def main(arguments: Sequence[str] | None = None) -> int:
    """Lock every notebook with third-party imports and print the tables."""
    options = _parser().parse_args(arguments)
    notebooks = sorted(options.directory.glob("*.ipynb"))
    migrations = [found for path in notebooks if (found := _planned(path)) is not None]
    with ThreadPoolExecutor(WORKERS) as pool:
        outcomes = list(pool.map(_judged, migrations))
        if options.allow_build:
            pairs = zip(migrations, outcomes, strict=True)
            outcomes = list(pool.map(lambda pair: _allowed(*pair), pairs))
    print("\n".join(report(outcomes, len(notebooks))))
    if options.json is not None:
        text = json.dumps([asdict(one) for one in outcomes], indent=1)
        options.json.write_text(f"{text}\n", encoding="utf-8")
    return 0


def report(outcomes: Sequence[Outcome], notebooks: int) -> Iterator[str]:
    """The tables, as Markdown."""
    total = len(outcomes)
    yield f"{notebooks} notebooks, {total} of them with distributions to install"
    yield ""
    yield "| lock | notebooks |"
    yield "|---|---|"
    counts = Counter(one.outcome for one in outcomes)
    for name, count in counts.most_common():
        yield f"| {name} | {count} ({count / total:.1%}) |"
    resolved = counts["complete"] + counts["default torch"] + counts["not complete"]
    yield f"| resolved in all | {resolved} ({resolved / total:.1%}) |"
    by_leave = sum(1 for one in outcomes if one.allowed)
    if by_leave:
        yield f"| of these with `--allow-build` | {by_leave} |"
    yield ""
    seconds = sorted(one.seconds for one in outcomes)
    yield f"median {seconds[total // 2]:.1f} s, longest {seconds[-1]:.1f} s"
    yielded = sum(1 for one in outcomes if one.yielded)
    yield f"{yielded} locks with a pin that gave way"
    yield f"{sum(one.settled_notes for one in outcomes)} doubts settled"
    yield f"{sum(not one.same_image for one in outcomes)} other images than without a network"
    yield ""
    for one in outcomes:
        if one.outcome not in ("complete", "default torch"):
            yield f"- {one.notebook}: {one.outcome}: {one.reason}"


def _planned(path: Path) -> Migration | None:
    try:
        migration = plan_file(path)
    except Nb2prodError:
        return None
    environment = migration.environment
    return migration if environment.pins or environment.unpinned or environment.vcs else None


def _judged(migration: Migration) -> Outcome:
    started = time.monotonic()
    locked = lock(migration)
    seconds = time.monotonic() - started
    before = {pin.name: pin.version for pin in migration.environment.pins}
    now = locked.environment.pins
    state = locked.lock
    outcome: str = state.mode if state.mode != "locked" else "not complete"
    if state.complete:
        outcome = "complete"
    elif "PyTorch's own index could not be reached" in state.reason:
        outcome = "default torch"
    return Outcome(
        notebook=migration.notebook.name,
        outcome=outcome,
        reason=state.reason,
        packages=len(state.versions),
        seconds=seconds,
        yielded=tuple(
            f"{pin.name} {before[pin.name]} → {pin.version}"
            for pin in now
            if before.get(pin.name, pin.version) != pin.version
        ),
        same_image=locked.environment.base_image.reference
        == migration.environment.base_image.reference,
        settled_notes=len(set(migration.attention) - set(locked.attention)),
    )


def _allowed(migration: Migration, outcome: Outcome) -> Outcome:
    """The outcome once more with the names that it says have to be allowed, until it says none."""
    names: tuple[str, ...] = ()
    while outcome.outcome == "failed":
        wanted = set(_ALLOWED.findall(outcome.reason)) - set(names)
        if not wanted:
            break
        names = (*names, *sorted(wanted))
        options = replace(migration.options, allow_build=names)
        outcome = replace(_judged(replace(migration, options=options)), allowed=names)
    return outcome if outcome.outcome != "failed" else replace(outcome, allowed=())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="How many notebooks get a lock.")
    parser.add_argument("directory", type=Path)
    parser.add_argument(
        "--allow-build", action="store_true", help="try again with the names to allow; runs code"
    )
    parser.add_argument("--json", type=Path, help="write the outcomes there")
    return parser


if __name__ == "__main__":
    sys.exit(main())
