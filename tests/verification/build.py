"""Runs, values and pictures for the tests of the comparer, written in as few words as can be."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PIL import Image, ImageDraw

from nb2prod.core import plan
from nb2prod.migration import Migration
from nb2prod.notebook.model import Cell, Notebook, Origin, Platform
from nb2prod.verification.comparer import Sides, compare
from nb2prod.verification.inside.nb2prod_inside.values import Describer
from nb2prod.verification.model import (
    CellRun,
    Comparison,
    Description,
    Finding,
    Run,
    Shown,
    Tolerance,
)
from nb2prod.verification.texts import Normaliser, differing_lines
from nb2prod.verification.values import Compared, compare_values

TOLERANCE = Tolerance()
Places = Sequence[tuple[str, str]]


def agree(one: str, other: str, places: Places = (), other_places: Places = ()) -> bool:
    """Whether two printed texts count as the same."""
    left, right = Normaliser(places).text(one), Normaliser(other_places).text(other)
    return not differing_lines(left, right, TOLERANCE, Counter())


def described(value: object, own: str = "__main__") -> Description:
    """A value as a run's record has it."""
    return Describer(own).describe(value)


def compared(one: object, other: object, own: str = "__main__") -> Compared:
    """What comparing two values gives; the second one's classes may be a package's."""
    return compare_values(described(one), described(other, own), TOLERANCE)


def differing(one: object, other: object) -> list[str]:
    """The paths at which two values differ."""
    return [difference.path for difference in compared(one, other).differences]


def run(*cells: CellRun | str, **variables: object) -> Run:
    """A run of cells, texts being what they print; without variables these are not known."""
    known = {name: described(value) for name, value in variables.items()}
    return Run(
        {
            number: CellRun(cell) if isinstance(cell, str) else cell
            for number, cell in enumerate(cells, start=1)
        },
        known or None,
    )


def showing(*values: Shown | str, stdout: str = "") -> CellRun:
    """A cell that shows these values, behind all that it prints."""
    shown = [Shown(one, after=len(stdout)) if isinstance(one, str) else one for one in values]
    return CellRun(stdout, shown=tuple(shown))


def judged(
    notebook: Run,
    package: Run,
    repeated: Iterable[tuple[Run, Run]] = (),
    hide: Callable[[str], str] = str,
    **more: Any,
) -> Comparison:
    """The comparison of two runs; `repeated` are pairs of runs of one side."""
    pairs = [Sides(one, other, hide=hide, **more) for one, other in repeated]
    return compare(Sides(notebook, package, hide=hide, **more), TOLERANCE, pairs)


def told(findings: Iterable[Finding]) -> list[tuple[str, str, int | None, int | None, str]]:
    """What is found, where, and under which name."""
    return [(one.fate, one.kind, one.cell, one.line, one.name) for one in findings]


def picture(
    lines: int = 3,
    size: tuple[int, int] = (200, 100),
    shade: int = 255,
    form: str = "PNG",
    width: int = 6,
) -> bytes:
    """A picture of some lines on a ground of one shade."""
    image = Image.new("RGB", (200, 100), (shade, shade, shade))
    draw = ImageDraw.Draw(image)
    for number in range(lines):
        draw.line((10, 20 + 25 * number, 190, 40 + 25 * number), fill="navy", width=width)
    kept = io.BytesIO()
    image.resize(size, Image.Resampling.BOX).save(kept, form)
    return kept.getvalue()


def changed(content: bytes, *pixels: tuple[int, int]) -> bytes:
    """The picture with these pixels in another colour."""
    image = Image.open(io.BytesIO(content))
    for place in pixels:
        image.putpixel(place, (255, 0, 0))
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return kept.getvalue()


def migration(*cells: str, platform: Platform = "jupyter") -> Migration:
    """What is made of a notebook of code cells."""
    numbered = tuple(Cell(number, "code", cell) for number, cell in enumerate(cells, start=1))
    return plan(Notebook("job", "0" * 64, "4.5", numbered, Origin(platform, ()), {}, {}))
