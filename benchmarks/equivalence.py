"""How many notebooks run here, and how many packages compute the same, beside what other tools make
of them: `python -m benchmarks.equivalence DIR [--peers DIR …]`, where `--peers` have the programs
of nbconvert and jupytext.

The notebook runs twice, once for all. The package is judged cell by cell, as `nb2prod verify` does.
A peer's script runs in a directory with the same files (and with `/content` or `/kaggle`, where the
notebook has them) and is judged by the same comparer as one cell, against all that the notebook's
cells show together: the lenient way, as a script knows nothing of cells. Three columns tell what
comes out the same: what is printed; what is printed and written, and the variables at the end; and
all of that with displayed values and figures, which scripts do not promise to show.
"""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nb2prod.errors import Nb2prodError
from nb2prod.verification.comparer import Sides, compare
from nb2prod.verification.contents import contents
from nb2prod.verification.given import lay_out
from nb2prod.verification.model import CellRun, Comparison, Equivalence, Finding, Run
from nb2prod.verification.processes import Limits
from nb2prod.verification.sides import Done, run_traced
from tests.verification.judging import Bench, DoesNotRun, LimitReached

_SECONDS = 120
_MODULE = "peer_script"
PEERS: Mapping[str, tuple[str, ...]] = {
    "nbconvert": ("jupyter-nbconvert", "--to", "python", "--output", "{out}", "{notebook}"),
    "jupytext": ("jupytext", "--to", "py", "--output", "{out}", "{notebook}"),
}
_SHOWN = frozenset({"value", "figure", "order", "stderr"})
_OUTCOMES = ("runs to its end", "prints the same", "computes the same", "shows the same")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one program did: what of `_OUTCOMES` is so, its verdict in a word, and the first reason
    against it.
    """

    held: tuple[bool, bool, bool, bool]
    verdict: str
    reason: str = ""


def outcome_of(comparison: Comparison, verdict: str) -> Outcome:
    """What a comparison says of a program. Standard error says little of a result, and is not held
    against any.
    """
    found = comparison.of("different", "except")
    ended = next((one for one in found if one.kind == "error" and one.notebook is None), None)
    against = [one for one in found if one.kind != "stderr"]
    computed = [one for one in against if one.kind not in _SHOWN]
    printed = [one for one in computed if one.kind in ("stdout", "error")]
    runs = ended is None
    held = (runs, runs and not printed, runs and not computed, runs and not against)
    return Outcome(held, verdict, _told(found[0]) if found else "")


def _told(finding: Finding) -> str:
    place = f"cell {finding.cell}" if finding.cell else "at the end"
    words = finding.reason if finding.kind != "error" else (finding.package or finding.reason)
    what = f"{finding.kind} {finding.name}".strip()
    pair = f"{_cut(finding.notebook)} / {_cut(finding.package)}"
    return f"{place}, {what}: {words or pair}"[:160]


def _cut(text: str | None) -> str:
    return "nothing" if text is None else repr(text[:40])


def joined_run(run: Run) -> Run:
    """The run as if all its code were one cell; lines that the conversion drops are part of it."""
    stdout, stderr = "", ""
    shown = []
    for number in sorted(run.cells):
        cell = run.cells[number]
        shown += [replace(one, after=one.after + len(stdout)) for one in cell.shown]
        stdout += cell.stdout + "".join(text for _, text in cell.dropped)
        stderr += cell.stderr
    files = {name: replace(one, cell=1) for name, one in run.files.items()}
    return Run({1: CellRun(stdout, stderr, tuple(shown))}, run.variables, files, run.failure)


def script_of(peer: str, program: Path, notebook: Path, target: Path) -> str | None:
    """What a peer makes of a notebook; None where it makes nothing."""
    out = target / f"{peer}.py"
    words = [
        word.format(out=out.with_suffix("") if peer == "nbconvert" else out, notebook=notebook)
        for word in PEERS[peer][1:]
    ]
    done = subprocess.run([str(program), *words], capture_output=True, check=False)
    if done.returncode != 0 or not out.is_file():
        return None
    return out.read_text("utf-8")


def judged_script(bench: Bench, script: str, name: str, seconds: float = _SECONDS) -> Outcome:
    """Run a script where the notebook ran, and compare all of what it does."""
    try:
        tree = ast.parse(script)
    except SyntaxError as error:
        return Outcome((False,) * 4, "fails", f"no Python: {error.msg}")
    try:
        done = _run(bench, script, tree, name, seconds)
    except LimitReached as error:
        return Outcome((False,) * 4, "fails", str(error))
    first, again = (replace(one, run=joined_run(one.run)) for one in (bench.first, bench.again))
    comparison = compare(
        _sides(bench, first, done, f"{name}-files"),
        None,
        [_sides(bench, first, again, f"{name}-again")],
    )
    if done.run.failure is not None:
        verdict = "fails"
    elif comparison.of("different"):
        verdict = "different"
    else:
        verdict = "equivalent except" if comparison.of("except") else "equivalent"
    return outcome_of(comparison, verdict)


def _sides(bench: Bench, one: Done, other: Done, name: str) -> Sides:
    held, same = contents(bench.task, bench.environment, one, other, bench.fresh(name))
    return Sides(one.run, other.run, one.places.names, other.places.names, held, same)


def _run(bench: Bench, script: str, tree: ast.Module, name: str, seconds: float) -> Done:
    task, environment = bench.task, bench.environment
    project = bench.fresh(f"{name}-project")
    (project / "src").mkdir()
    first = _first_of(tree)
    lines = script.splitlines(keepends=True)
    # What `python script.py` gives, and what runs it here does not.
    line = (tree.body[first - 1].end_lineno or 0) if first else 0
    lines.insert(line, "__builtins__ = __import__('builtins')\n")
    (project / "src" / f"{_MODULE}.py").write_text("".join(lines), encoding="utf-8")
    directory = bench.fresh(name)
    places = environment.places(directory, task.raw.origin.platform)
    lay_out(places, task.given, task.beside, len(task.given.inputs))
    request = {
        "package": _MODULE,
        "arguments": [],
        # All of it is one cell, what has to come first aside.
        "modules": {_MODULE: {"function": None, "cells": [1] * (len(tree.body) - first)}},
        "imports": {},
        "seed": 1,
    }
    script_task = replace(task, project=project, limits=Limits(seconds))
    run = run_traced(script_task, environment, places, request)
    return Done(replace(run, cells={1: joined_run(run).cells[1]}), places)


def _first_of(tree: ast.Module) -> int:
    """The first statement before which another may stand: behind the module's text and imports
    from the future.
    """
    first = int(ast.get_docstring(tree) is not None)
    for index, node in enumerate(tree.body):
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            first = index + 1
    return first


def main(words: Sequence[str]) -> int:
    """Print what became of each notebook, and the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.equivalence")
    parser.add_argument("directory", type=Path, metavar="DIR")
    parser.add_argument("--peers", type=Path, nargs="*", default=[], metavar="DIR")
    given = parser.parse_args(words)
    programs = {
        peer: found
        for peer, (name, *_) in PEERS.items()
        if (found := _program(name, given.peers)) is not None
    }
    paths = sorted(given.directory.rglob("*.ipynb"))
    table: dict[str, list[Outcome]] = {tool: [] for tool in ("nb2prod", *programs)}
    for path in paths:
        for tool, outcome in _outcomes(path, programs).items():
            table[tool].append(outcome)
    print(f"\n{len(paths)} notebooks, of which {len(table['nb2prod'])} run here\n")
    print("\n".join(as_markdown(table)))
    return 0


def _outcomes(path: Path, programs: Mapping[str, Path]) -> dict[str, Outcome]:
    """How each tool did with a notebook; nothing where the notebook does not run here."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch).resolve()
        try:
            bench = Bench(path, place, limits=Limits(_SECONDS))
        except (DoesNotRun, LimitReached, Nb2prodError) as error:
            print(f"{path.stem}: does not run here: {error}", flush=True)
            return {}
        found = {"nb2prod": _package(bench)}
        for peer, program in programs.items():
            script = script_of(peer, program, path, place)
            if script is None:
                found[peer] = Outcome((False,) * 4, "fails", "nothing is made of the notebook")
            else:
                found[peer] = judged_script(bench, script, peer)
        bench.environment.close()
    for tool, outcome in found.items():
        reason = f" ({outcome.reason})" if outcome.reason else ""
        print(f"{path.stem}: {tool}: {outcome.verdict}{reason}", flush=True)
    return found


def _package(bench: Bench) -> Outcome:
    try:
        verdict: Equivalence = bench.package(bench.project)
    except LimitReached as error:
        return Outcome((False,) * 4, "fails", str(error))
    return outcome_of(verdict.comparison, verdict.verdict)


def as_markdown(table: Mapping[str, Sequence[Outcome]]) -> list[str]:
    """The table of all tools, and the first reasons of each."""
    verdicts = ("equivalent", "equivalent except", "different", "fails")
    lines = [
        f"| of the notebooks that run | {' | '.join(_OUTCOMES)} | {' | '.join(verdicts)} |",
        f"|---|{'---|' * (len(_OUTCOMES) + len(verdicts))}",
    ]
    for tool, outcomes in table.items():
        counts = [sum(outcome.held[index] for outcome in outcomes) for index in range(4)]
        named = Counter(outcome.verdict for outcome in outcomes)
        numbers = [*counts, *(named[verdict] for verdict in verdicts)]
        lines.append(f"| {tool} | {' | '.join(map(str, numbers))} |")
    return lines


def _program(name: str, places: Sequence[Path]) -> Path | None:
    return next((place / name for place in places if os.access(place / name, os.X_OK)), None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
