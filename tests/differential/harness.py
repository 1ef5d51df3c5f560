"""Both sides of a comparison: what a notebook does in IPython, and what its program does.

Whether they are the same is for verification's comparer to say.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import nb2prod
from nb2prod import errors
from nb2prod.core import plan
from nb2prod.migration import Migration
from nb2prod.notebook.model import Cell, Notebook, Origin, Platform
from nb2prod.options import Options
from nb2prod.program.model import Rung
from nb2prod.project.parts.configuration import configuration_source
from nb2prod.project.templates import templates_directory
from nb2prod.verification import comparer, model
from nb2prod.verification.inside.nb2prod_inside.values import Describer
from nb2prod.verification.texts import Normaliser
from nb2prod.verification.values import compare_values

# Nothing is computed twice here: numbers are the same or they are not.
_EXACTLY = model.Tolerance(relative=0.0, absolute=0.0)

RUNGS: tuple[Rung, ...] = ("sections", "main", "script")
# What a conversion raises where it is asked for a rung that is not safe.
_LayoutError: type[Exception] | tuple[()] = getattr(errors, "LayoutError", ())
_HAS_LAYOUT = "layout" in {option.name for option in fields(Options)}


@dataclass(frozen=True, slots=True)
class Run:
    """What one side did: the commands it ran in order, what it printed (as the comparer reads it),
    the plain values that its variables have at the end, and the name of the exception that stopped
    it. `said` is all that it printed.
    """

    commands: tuple[tuple[str, ...], ...]
    stdout: str
    values: Mapping[str, str]
    error: str | None = None
    said: str = field(default="", compare=False)


def differences(notebook: Run, program: Run) -> list[object]:
    """In what a program does something else than its notebook; what it has beyond counts as
    nothing.
    """
    found: list[object] = [
        (name, getattr(notebook, name), getattr(program, name))
        for name in ("commands", "error")
        if getattr(notebook, name) != getattr(program, name)
    ]
    one, other = (model.Run({1: model.CellRun(side.stdout)}) for side in (notebook, program))
    found += comparer.compare(comparer.Sides(one, other), _EXACTLY).of("different")
    for name, value in notebook.values.items():
        if name not in program.values:
            found.append((name, value, None))
            continue
        described = [_described(text) for text in (value, program.values[name])]
        compared = compare_values(described[0], described[1], _EXACTLY)
        found += [(name, difference) for difference in compared.differences]
        found += [(name, f"{path} cannot be compared") for path, _ in compared.opaque]
    return found


def _described(text: str) -> model.Description:
    """A value as the comparer has it, of `TYPE LITERAL`."""
    name, _, literal = text.partition(" ")
    value = ast.literal_eval(literal)
    found = Describer().describe(value)
    # A library's own kind of text or list is not the language's.
    return found if name == type(value).__name__ else {**found, "type": name}


@dataclass(slots=True)
class Sides:
    """The process that runs both sides, and the directory that they run in, one after the other."""

    base: Path
    _process: subprocess.Popen[str] = field(init=False)
    _served: int = 0

    def __post_init__(self) -> None:
        sources = Path(nb2prod.__file__).resolve().parents[1]
        environment = {
            **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            "PYTHONPATH": str(sources),
            "IPYTHONDIR": str(self.base / "ipython"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("sides.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            cwd=self.base,
            env=environment,
        )

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def notebook(self, cells: Sequence[str | Cell], files: Mapping[str, str] | None = None) -> Run:
        """Run the code cells in IPython, in an empty directory but for `files`."""
        work = self._fresh(files or {})
        sources = [cell.source for cell in notebook_of(cells).cells if cell.kind == "code"]
        return self._asked(
            work, {"cells": [text.replace("/content", str(work)) for text in sources]}
        )

    def program(
        self,
        cells: Sequence[str | Cell],
        files: Mapping[str, str] | None = None,
        *,
        platform: Platform = "jupyter",
        work_name: str = "work",
    ) -> Run:
        """Convert cells and run the program, in an empty directory but for `files`."""
        found = plan(notebook_of(cells, platform))
        return self._run_program(found, self._fresh(files or {}, work_name))

    def ladder(self, cells: Sequence[str | Cell]) -> dict[Rung, Run | None]:
        """Convert cells at their highest rung and at every lower one, and run each program.

        None stands for a rung that is refused, because it is not safe for these cells.
        """
        notebook = notebook_of(cells)
        highest = plan(notebook)
        rung = highest.program.layout.rung
        found: dict[Rung, Run | None] = {rung: self._run_program(highest, self._fresh({}))}
        if _HAS_LAYOUT:
            for lower in RUNGS[RUNGS.index(rung) + 1 :]:
                migration = _planned_at(notebook, lower)
                found[lower] = (
                    None if migration is None else self._run_program(migration, self._fresh({}))
                )
        return found

    def _run_program(self, found: Migration, work: Path) -> Run:
        sources = self.base / "project"
        shutil.rmtree(sources, ignore_errors=True)
        directory = sources / "src" / found.package
        directory.mkdir(parents=True)
        (directory / "__init__.py").touch()
        (directory / "config.py").write_text(configuration_source(found), encoding="utf-8")
        for module in found.program.modules:
            (directory / f"{module.name}.py").write_text(module.source, encoding="utf-8")
        for name in found.program.support:
            shutil.copy(templates_directory() / "package" / f"{name}.py", directory)
        script = found.program.layout.rung == "script"
        request = {
            "package": found.package,
            "sources": str(sources / "src"),
            "entry_point": found.program.entry_point,
            "script": script,
            "modules": [module.name for module in found.program.modules],
            "flow": [
                (module.name, module.function)
                for module in found.program.modules
                if module.function is not None
            ],
            "shell": "shell" in found.program.support,
        }
        return self._asked(work, request)

    def _fresh(self, files: Mapping[str, str], name: str = "work") -> Path:
        for directory in (self.base / "place", self.base / "home"):
            shutil.rmtree(directory, ignore_errors=True)
            directory.mkdir()
        work = self.base / "place" / name
        work.mkdir()
        for file, text in files.items():
            (work / file).parent.mkdir(parents=True, exist_ok=True)
            (work / file).write_text(text, encoding="utf-8")
        return work

    def _asked(self, work: Path, request: dict[str, Any]) -> Run:
        self._served += 1
        answer, output = (self.base / f"{self._served}.{kind}" for kind in ("json", "txt"))
        request |= {
            "directory": str(work),
            "home": str(self.base / "home"),
            "answer": str(answer),
            "output": str(output),
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        found = json.loads(self._process.stdout.readline())

        places = [(str(work), "<work>"), (str(self.base / "home"), "<home>")]

        def placed(text: str) -> str:
            for path, name in places:
                text = text.replace(path, name)
            return text

        return Run(
            # Blanks and line ends around a command mean nothing to a shell.
            tuple(
                tuple(placed(word).strip(" \n") for word in words) for words in found["commands"]
            ),
            # What magics say while they work is no result; a program does the work in silence.
            "\n".join(Normaliser(places).text(found["stdout"])),
            {name: placed(value) for name, value in found["values"].items()},
            found["error"],
            placed(found["stdout"]),
        )


def _planned_at(notebook: Notebook, rung: Rung) -> Migration | None:
    """The migration with its code at this rung; None where that is refused."""
    chosen: dict[str, Any] = {"layout": rung}
    try:
        found = plan(notebook, Options(**chosen))
    except _LayoutError:
        return None
    assert found.program.layout.rung == rung
    return found


def notebook_of(cells: Sequence[str | Cell], platform: Platform = "jupyter") -> Notebook:
    """A notebook of cells, code where they are texts; they are numbered here."""
    numbered = tuple(
        Cell(number, "code", cell) if isinstance(cell, str) else cell._replace(number=number)
        for number, cell in enumerate(cells, start=1)
    )
    return Notebook("job", "0" * 64, "4.5", numbered, Origin(platform, ()), {}, {})
