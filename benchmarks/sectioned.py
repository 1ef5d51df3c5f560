"""What became of one notebook on each rung of the ladder, and in soorgeon's hands."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath

import nb2prod
from benchmarks.measures import Reason, compiles, no_new_undefined
from benchmarks.outcomes import Subject, subject
from benchmarks.package_imports import broken_imports, modules_of
from benchmarks.peers import PEERS, convert
from benchmarks.promises import Promises
from benchmarks.stubbed_imports import import_failures
from nb2prod.errors import LayoutError
from nb2prod.migration import Migration
from nb2prod.notebook.model import Notebook
from nb2prod.options import Options
from nb2prod.program.headings import headings_of
from nb2prod.program.model import Rung, Section
from nb2prod.project.files import render

RUNGS: tuple[Rung, ...] = ("sections", "main", "script")
COMPILES, DEFINED, FOUND = "compiles", "no new undefined name", "its imports find each other"
IMPORTED = "imported, with what it depends on stubbed"
SOORGEON = next(peer for peer in PEERS if peer.distribution == "soorgeon")
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Split:
    """A notebook's highest rung with the reason, its headings, how many of them have a section of
    their own, and how many section modules there are.

    `rungs` has the rungs that are safe, highest first: why each measure is not passed there.
    `peer` has soorgeon's modules and why they do not pass; None where it made nothing.
    """

    notebook: str
    rung: Rung
    reason: str
    headings: int
    with_section: int
    modules: int
    rungs: Mapping[Rung, Mapping[str, tuple[Reason, ...]]]
    peer: tuple[int, tuple[Reason, ...]] | None = None

    @property
    def is_split(self) -> bool:
        """Whether there are two section modules or more."""
        return self.rung == "sections" and self.modules > 1


@dataclass(frozen=True, slots=True)
class Failed:
    """A notebook that nothing could be made of, and why."""

    notebook: str
    reason: str


def split_of(
    path: Path, environments: Path | None = None, *, run: bool = False
) -> Split | Failed | None:
    """Judge a notebook; None for one with fewer than two headings or with a cell that is not valid
    Python. Its packages are imported where `run` says so; soorgeon is in `environments`.
    """
    found = subject(path)
    if found.notebook is None or not found.valid:
        return Failed(path.name, found.crash) if found.crash else None
    headings = [one for one in headings_of(found.notebook.cells) if one.level <= _DEEPEST]
    if len(headings) < 2:
        return None
    try:
        highest, rungs = _rungs(found.notebook, found.promises, run=run)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
        return Failed(path.name, f"{type(error).__name__}: {error}")
    program = highest.program
    return Split(
        path.name,
        program.layout.rung,
        program.layout.reason,
        len(headings),
        sections_with_headings(program.sections, [one.cell for one in headings]),
        len(program.sections),
        rungs,
        _peer(found, environments) if environments else None,
    )


def _rungs(
    notebook: Notebook, promises: Promises, *, run: bool
) -> tuple[Migration, dict[Rung, dict[str, tuple[Reason, ...]]]]:
    """The conversion at the highest rung that is safe, and what every safe rung is worth."""
    highest = nb2prod.plan(notebook, Options(lock="never"))
    rungs = {highest.program.layout.rung: _measures(highest, promises, run=run)}
    for lower in RUNGS[RUNGS.index(highest.program.layout.rung) + 1 :]:
        try:
            options = Options(lock="never", layout=lower)
            rungs[lower] = _measures(nb2prod.plan(notebook, options), promises, run=run)
        except LayoutError:
            continue  # a coroutine cannot be a script
    return highest, rungs


def _measures(
    migration: Migration, promises: Promises, *, run: bool
) -> dict[str, tuple[Reason, ...]]:
    files = {name: content.decode("utf-8") for name, content in render(migration).items()}
    found = {COMPILES: tuple(compiles(files))}
    if found[COMPILES]:
        return found
    sources = modules_of(files, migration.package)
    flow = {"pipeline"} if migration.program.layout.rung == "script" else set()
    found[DEFINED] = tuple(no_new_undefined(files, promises))
    found[FOUND] = tuple(broken_imports(sources, migration.package, flow))
    if run:
        # Importing the module of a script would run the whole notebook.
        ready = {name: text for name, text in sources.items() if name not in flow}
        failures = import_failures(ready, migration.package)
        found[IMPORTED] = tuple(Reason(f"{name}: {why}") for name, why in failures.items())
    return found


def sections_with_headings(sections: Sequence[Section], headings: Sequence[int]) -> int:
    """How many sections stand under a heading, of which the cells are given: each section that has
    one between the code of the section before and its own last cell.
    """
    ends = [0, *(max(section.cells) for section in sections if section.cells)]
    return sum(any(start < cell < end for cell in headings) for start, end in pairwise(ends))


def _peer(found: Subject, environments: Path) -> tuple[int, tuple[Reason, ...]] | None:
    """How many modules soorgeon makes of a notebook, and why they are not as good as it was."""
    converted = convert(SOORGEON, environments, found.path)
    if converted.refusal:
        return None
    tasks = [name for name in converted.files if PurePosixPath(name).parent.name == "tasks"]
    return len(tasks), tuple(no_new_undefined(converted.files, found.promises))


def worker(environments: Path | None, *, run: bool) -> functools.partial[Split | Failed | None]:
    """`split_of` with its options, as a process can be given it."""
    return functools.partial(split_of, environments=environments, run=run)
