"""What became of one notebook in one tool's hands, stage by stage."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sysconfig
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nb2prod
from benchmarks.measures import Reason, compiles, no_new_undefined, portable, undefined
from benchmarks.peers import Converted
from benchmarks.promises import Promises, Url, promises_of
from nb2prod.errors import InternalError, InvalidSpec, Nb2prodError, UnsupportedLanguage
from nb2prod.notebook.model import Notebook
from nb2prod.project.files import render
from nb2prod.project.targets import target
from nb2prod.project.targets.target import DEFAULT

OWN = "nb2prod"
READ, UNDERSTOOD, PORTABLE, COMPILES = "read", "understood", "portable", "compiles"
DEFINED, LEDGER = "no new undefined name", "ledger exact"
DOCKERFILE, SPECS = "Dockerfile clean", "specs valid"
STAGES = (READ, UNDERSTOOD, PORTABLE, COMPILES, DEFINED, LEDGER, DOCKERFILE, SPECS)
PEER_STAGES = (READ, PORTABLE, COMPILES, DEFINED)
NOT_CONVERTED = "there is nothing to judge"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Why a notebook does not pass each measure that the tool can be judged by; no reasons where
    it passes. `valid` tells a notebook in Python without a cell that is not Python.
    """

    notebook: str
    tool: str
    measures: Mapping[str, tuple[Reason, ...]]
    valid: bool
    crash: str = ""

    @property
    def reached(self) -> tuple[str, ...]:
        """The stages that the notebook reached: all up to the first that it does not pass."""
        found: list[str] = []
        for stage, reasons in self.measures.items():
            if reasons:
                break
            found.append(stage)
        return tuple(found)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**dataclasses.asdict(self), "reached": list(self.reached)}


@dataclass(frozen=True, slots=True)
class Subject:
    """A notebook before anything is made of it; `refusal` says why our reader does not take it."""

    path: Path
    notebook: Notebook | None
    promises: Promises
    refusal: Reason | None = None
    other_language: bool = False
    crash: str = ""

    @property
    def valid(self) -> bool:
        """Whether every cell is Python."""
        return self.notebook is not None and not self.promises.unparsed


def subject(path: Path) -> Subject:
    """Read a notebook and what it promises."""
    try:
        notebook = nb2prod.read(path)
    except UnsupportedLanguage as error:
        reason = Reason("it is in another language than Python", str(error))
        return Subject(path, None, Promises(), reason, other_language=True)
    except Nb2prodError as error:
        return Subject(path, None, Promises(), Reason(type(error).__name__, str(error)))
    except Exception:  # noqa: BLE001 - whatever it is, it is a crash, and the others go on
        crash = traceback.format_exc()
        return Subject(path, None, Promises(), Reason("a crash", crash), crash=crash)
    return Subject(path, notebook, promises_of(notebook, undefined))


def own_outcome(found: Subject) -> Outcome:
    """Convert with nb2prod, in memory."""
    nothing = (Reason(NOT_CONVERTED),)
    if found.notebook is None:
        read = (found.refusal or Reason("it cannot be read"),)
        rest = dict.fromkeys(STAGES[1:], nothing)
        return Outcome(found.path.name, OWN, {READ: read, **rest}, False, found.crash)
    understood = tuple(
        Reason(f"a cell is not Python ({kind})", place) for kind, place in found.promises.unparsed
    )
    measures: dict[str, tuple[Reason, ...]] = {READ: (), UNDERSTOOD: understood}
    crash = ""
    try:
        contents = render(nb2prod.plan(found.notebook))
        files = {name: content.decode("utf-8") for name, content in contents.items()}
        measures |= _own_measures(files, found)
    except Exception as error:  # noqa: BLE001 - as above
        refused = isinstance(error, Nb2prodError) and not isinstance(error, InternalError)
        crash = "" if refused else traceback.format_exc()
        words = f"refused: {error}" if refused else "a crash"
        measures |= {PORTABLE: (Reason(words, crash),), **dict.fromkeys(STAGES[3:], nothing)}
    return Outcome(found.path.name, OWN, measures, found.valid, crash)


def _own_measures(files: Mapping[str, str], found: Subject) -> dict[str, tuple[Reason, ...]]:
    ledger = json.loads(files["nb2prod.json"])["ledger"]
    assert found.notebook is not None
    dropped = dropped_lines(ledger, found.notebook)
    urls = tuple(_fated(url, dropped) for url in found.promises.urls)
    promises = dataclasses.replace(found.promises, urls=urls)
    return {
        PORTABLE: tuple(portable(files, promises)),
        COMPILES: tuple(compiles(files)),
        DEFINED: tuple(no_new_undefined(files, promises)),
        LEDGER: tuple(ledger_reasons(ledger, lines_by_cell(found.path))),
        DOCKERFILE: tuple(
            reason
            for name in ("Dockerfile", "Dockerfile.private")
            if name in files
            for reason in dockerfile_reasons(files[name])
        ),
        SPECS: tuple(spec_reasons(files)),
    }


def _fated(url: Url, dropped: set[tuple[int, int]]) -> Url:
    return dataclasses.replace(url, dropped=(url.cell, url.line) in dropped)


def peer_outcome(label: str, converted: Converted, found: Subject) -> Outcome:
    """Judge what a peer made of the notebook by the measures that one file of Python allows."""
    nothing = (Reason(NOT_CONVERTED),)
    refusal = Reason(converted.refusal, converted.detail) if converted.refusal else None
    if found.other_language:  # text with the ending .py makes no Python of another language
        refusal = found.refusal
    if refusal is not None:
        refused = {READ: (refusal,), **dict.fromkeys(PEER_STAGES[1:], nothing)}
        return Outcome(found.path.name, label, refused, found.valid, converted.crash)
    files, promises = converted.files, found.promises
    measures: dict[str, tuple[Reason, ...]] = {
        READ: (),
        PORTABLE: tuple(portable(files, promises)),
        COMPILES: tuple(compiles(files)),
        DEFINED: tuple(no_new_undefined(files, promises)),
    }
    return Outcome(found.path.name, label, measures, found.valid, converted.crash)


def lines_by_cell(path: Path) -> Counter[int]:
    """The lines that a ledger has to account for, by cell, read without nb2prod's own reader."""
    document = json.loads(path.read_bytes().decode("utf-8-sig"))
    sheets = document.get("worksheets") or [document]
    cells = [cell for sheet in sheets for cell in sheet.get("cells", [])]
    found: Counter[int] = Counter()
    for number, cell in enumerate(cells, start=1):
        if cell.get("cell_type") == "code":
            source = cell.get("source", cell.get("input")) or ""
            text = source if isinstance(source, str) else "".join(source)
            found[number] = sum(1 for line in text.splitlines() if line.strip())
    return found


def ledger_reasons(ledger: Mapping[str, Any], expected: Counter[int]) -> Iterator[Reason]:
    """Every line has one fate, the totals are the entries', and what is gone has a reason."""
    entries = ledger["entries"]
    found: Counter[int] = Counter()
    fates: Counter[str] = Counter()
    for entry in entries:
        found[entry["cell"]] += entry["lines"]
        fates[entry["fate"]] += entry["lines"]
        if entry["fate"] in ("dropped", "attention") and not entry["reason"]:
            yield Reason("a line that is gone has no reason", f"cell {entry['cell']}")
    for cell in sorted(expected | found):
        if expected[cell] != found[cell]:
            yield Reason("a cell's lines do not add up", f"cell {cell}: {found[cell]}")
    totals = {fate: ledger[fate] for fate in "kept rewritten hoisted dropped attention".split()}
    if ledger["lines"] != sum(totals.values()) or +Counter(totals) != +fates:
        yield Reason("the totals do not add up")


def dropped_lines(ledger: Mapping[str, Any], notebook: Notebook) -> set[tuple[int, int]]:
    """The cell and line of each line that the ledger has dropped."""
    lines = {cell.number: cell.lines for cell in notebook.code_cells}
    found: set[tuple[int, int]] = set()
    for entry in ledger["entries"]:
        if entry["fate"] == "dropped":
            cell, first = entry["cell"], entry["line"]
            numbers = range(first, len(lines[cell]) + 1)
            written = [number for number in numbers if lines[cell][number - 1].strip()]
            found.update((cell, number) for number in written[: entry["lines"]])
    return found


def dockerfile_reasons(dockerfile: str) -> Iterator[Reason]:
    """What hadolint finds with its default settings."""
    hadolint = Path(sysconfig.get_path("scripts")) / "hadolint"
    with tempfile.TemporaryDirectory() as folder:  # no configuration file is read from here
        Path(folder, "Dockerfile").write_text(dockerfile, encoding="utf-8")
        done = subprocess.run(
            [hadolint, "--no-color", "--format", "json", "Dockerfile"],
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    for found in json.loads(done.stdout):
        yield Reason(f"hadolint {found['code']}", f"line {found['line']}: {found['message']}")


def spec_reasons(files: Mapping[str, str]) -> Iterator[Reason]:
    """Every file below `deploy/` passes the check of the place that it is for."""
    names = json.loads(files["nb2prod.json"])["targets"]
    for name in names:
        try:
            target(name).validate(files, DEFAULT)
        except InvalidSpec as error:
            yield Reason(f"{name} does not take it", str(error))
    for name in files:
        if name.startswith("deploy/") and name.split("/")[1] not in names:
            yield Reason("a spec that nothing here can check", name)
