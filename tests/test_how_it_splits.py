"""Every example of docs/how-it-splits.md goes through nb2prod: what it shows is what comes out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import nb2prod
from nb2prod.notebook.model import Cell, Notebook, Origin
from nb2prod.program.model import Program

TEXT = (Path(__file__).parents[1] / "docs" / "how-it-splits.md").read_text(encoding="utf-8")
# A notebook begins with a heading, a form's title or, where it has neither, with an import.
_CELL = re.compile(r"^(?:## (?P<heading>.*)|# %%|(?=#@title))\n?", re.MULTILINE)
_FILE = re.compile(r"^# (\w+)\.py\n", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Example:
    """A notebook as the page shows it, and what is shown of each module that it becomes."""

    notebook: str
    modules: tuple[tuple[str, str], ...]


def examples() -> Iterator[Example]:
    found = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    for notebook, result in zip(found[::2], found[1::2], strict=True):
        before, *parts = _FILE.split(result)
        assert not before, f"a result names its file first: {before}"
        yield Example(notebook, tuple(zip(parts[::2], parts[1::2], strict=True)))


def program(cells: Sequence[tuple[str | None, str]]) -> Program:
    """The program of cells, each below a heading or not."""
    made: list[Cell] = []
    for heading, source in cells:
        if heading is not None:
            made.append(Cell(len(made) + 1, "markdown", f"# {heading}"))
        made.append(Cell(len(made) + 1, "code", source))
    origin = Origin("jupyter", ())
    return nb2prod.plan(Notebook("job", "0" * 64, "4.5", tuple(made), origin, {}, {})).program


def cells_of(notebook: str) -> list[tuple[str | None, str]]:
    marks = list(_CELL.finditer(notebook))
    if not marks or marks[0].start():
        return [(None, one) for one in notebook.split("# %%\n")]
    ends = [*(mark.start() for mark in marks[1:]), len(notebook)]
    return [
        (mark["heading"], notebook[mark.end() : end].strip())
        for mark, end in zip(marks, ends, strict=True)
    ]


@pytest.mark.parametrize("example", [*examples()], ids=lambda one: one.notebook.splitlines()[0])
def test_an_example_becomes_what_is_shown(example: Example) -> None:
    made = program(cells_of(example.notebook))
    assert made.layout.rung == "sections"
    sources = {module.name: module.source for module in made.modules}
    for name, shown in example.modules:
        at = 0
        for part in shown.split("# ...\n"):
            # Whole lines, in their order: no part of a line stands for it.
            found = f"\n{sources[name]}".find(f"\n{part.rstrip()}\n" if part.strip() else "", at)
            assert found >= 0, f"{name}.py has no\n{part}\nbut\n{sources[name]}"
            at = found + len(part.rstrip())
        if not shown.startswith("# ..."):
            assert sources[name].startswith(shown.partition("# ...")[0].rstrip())


def rows(head: str) -> list[list[str]]:
    """The rows of the table with these heads."""
    lines = TEXT[TEXT.index(f"| {head} |") :].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def reason(cell: str) -> str:
    return cell.replace("\\_", "_")


@pytest.mark.parametrize(
    ("first", "second", "why"), rows("first section | second section | reason")
)
def test_sections_merge_for_the_reason_that_is_told(first: str, second: str, why: str) -> None:
    sections = [(title, _CODE.findall(codes)) for title, codes in (("A", first), ("B", second))]
    made = program(
        [
            (None if at else title, code)
            for title, codes in sections
            for at, code in enumerate(codes)
        ]
    )
    assert (made.layout.rung, made.layout.reason) == ("main", reason(why))


@pytest.mark.parametrize(("code", "why"), rows("code | reason"))
def test_a_script_stays_one_for_the_reason_that_is_told(code: str, why: str) -> None:
    made = program([("A", one) for one in _CODE.findall(code)])
    assert (made.layout.rung, made.layout.reason) == ("script", reason(why))


@pytest.mark.parametrize(("heading", "module"), rows("heading | module"))
def test_a_heading_gives_the_name_that_is_told(heading: str, module: str) -> None:
    made = program([("Begin", "x = int('1')"), (heading, "print(x)")])
    assert f"`{made.sections[1].module}`" == module


def test_what_awaits_is_a_coroutine_and_no_script() -> None:
    wait = ("Wait", "import asyncio\nawait asyncio.sleep(0)\nx = 1")
    made = program([wait, ("Report", "print(x)")])
    assert made.layout.rung == "sections"
    assert "    x = await wait()\n    report(x)\n" in made.modules[0].source
    made = program([wait, ("Report", 'exec("x = 2")')])
    assert made.layout.rung == "main"
    assert "    global x\n" in made.modules[0].source


def test_the_page_has_examples() -> None:
    assert len([*examples()]) >= 11
