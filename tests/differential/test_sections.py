"""Notebooks of several sections: at every rung, a program does what its notebook does.

A long session looks for more: `NB2PROD_EXAMPLES=20000 pytest --hypothesis-profile explore -n 2
tests/differential/test_sections.py`. The number is that of the notebooks, all tests together; each
is run in IPython once, and as a program at its highest rung and at every lower one that is safe.
`--hypothesis-show-statistics` tells how many of them stood on which rung, and how many rungs were
refused. What fails there goes to `section_cases.py`, as small as it gets.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings

from nb2prod.errors import Nb2prodError
from nb2prod.notebook.model import Cell
from nb2prod.program.model import Rung
from tests.differential.flows import heading, notebooks, shown
from tests.differential.harness import RUNGS, Run, Sides, differences
from tests.differential.reduction import reduced
from tests.differential.section_cases import CASES

_EXAMPLES = int(os.environ.get("NB2PROD_EXAMPLES", "500"))
# Sections, fewest and most; each of these has its share of the examples, and may have a process.
_SIZES = [(1, 1), (2, 2), (3, 4), (5, 8)]


@pytest.fixture(autouse=True)
def _unformatted() -> Iterator[None]:
    """Leave out ruff, a process for each program: its layout says nothing about what code does, and
    running the code shows whether it is Python.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("nb2prod.program.build.format_modules", lambda sources, _: dict(sources))
        yield


@pytest.mark.slow
@pytest.mark.parametrize(("fewest", "most"), _SIZES)
def test_a_notebook_and_its_program_agree(sides: Sides, fewest: int, most: int) -> None:
    seen: Counter[str] = Counter()
    failing: list[list[str | Cell]] = []

    @settings(
        max_examples=_EXAMPLES // len(_SIZES),
        phases=[Phase.reuse, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(notebooks(fewest, most))
    def agrees(cells: list[str | Cell]) -> None:
        found = _compared(sides, cells)
        if any(found.differences.values()):
            failing.append(cells)
            raise AssertionError("a program does something else than its notebook")
        for what in found.seen:
            seen[what] += 1
            event(what)

    try:
        agrees()
    except AssertionError:
        pytest.fail(_told(sides, reduced(failing[0], lambda cells: _fails_alike(sides, cells))))
    # A notebook that stops early, or prints and keeps nothing, shows little.
    assert seen["ended by itself"] >= 0.75 * seen["notebooks"]
    assert seen["printed"] >= 0.4 * seen["notebooks"]


@pytest.mark.parametrize("cells", [pytest.param(cells, id=name) for name, cells in CASES.items()])
def test_each_construct(sides: Sides, cells: list[str | Cell]) -> None:
    if any(_compared(sides, cells).differences.values()):
        pytest.fail(_told(sides, cells))


def test_a_failing_notebook_is_made_small() -> None:
    """Down to the statements that it takes to fail, also where they stand in a block."""
    cells: list[str | Cell] = [
        "a = 1\nb = 2",
        heading("X"),
        "if a:\n    print(b)\n    print(a)",
        "c",
    ]
    found = reduced(cells, lambda tried: "print(a)" in shown(tried))
    assert shown(found) == "print(a)"


@dataclass(frozen=True, slots=True)
class _Compared:
    """What a notebook did, and by rung in what its program differs; None where it is refused."""

    notebook: Run
    differences: dict[Rung, list[object] | None]

    @property
    def seen(self) -> list[str]:
        """What is counted of it."""
        return [
            "notebooks",
            *(["ended by itself"] if self.notebook.error is None else []),
            *(["printed"] if self.notebook.stdout.strip() else []),
            f"at its best {next(rung for rung in RUNGS if rung in self.differences)}",
            *(f"refused: {rung}" for rung, told in self.differences.items() if told is None),
            *(f"agreed: {rung}" for rung, told in self.differences.items() if told == []),
        ]


def _compared(sides: Sides, cells: list[str | Cell]) -> _Compared:
    notebook = sides.notebook(cells)
    ran = sides.ladder(cells)
    return _Compared(
        notebook,
        {rung: None if run is None else differences(notebook, run) for rung, run in ran.items()},
    )


def _fails_alike(sides: Sides, cells: list[str | Cell]) -> bool:
    """Whether a smaller notebook still differs, and not just because it asks for what is gone."""
    try:
        found = _compared(sides, cells)
    except (SyntaxError, Nb2prodError):
        return False
    told = str(list(found.differences.values()))
    return (
        found.notebook.error is None and any(found.differences.values()) and "NotImpl" not in told
    )


def _told(sides: Sides, cells: list[str | Cell]) -> str:
    found = _compared(sides, cells).differences
    lines = [f"{rung}: {difference}" for rung, told in found.items() for difference in told or ()]
    return "\n".join([shown(cells), "", *lines])
