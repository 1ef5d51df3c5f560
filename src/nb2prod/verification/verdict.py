"""The verdict on a comparison."""

from __future__ import annotations

from collections.abc import Mapping

from nb2prod.hygiene.reporting import counted
from nb2prod.verification.model import (
    Against,
    Comparison,
    EnvironmentName,
    Equivalence,
    Finding,
    Run,
    Tolerance,
    Verdict,
)


def judged(
    comparison: Comparison,
    against: Against,
    env: EnvironmentName,
    python: str | None,
    tolerance: Tolerance,
    notes: tuple[str, ...] = (),
    figures: Mapping[str, bytes] | None = None,
) -> Equivalence:
    """The verdict on a comparison."""
    different, lesser = comparison.of("different"), comparison.of("except")
    if different:
        reason = f"{counted(len(different), 'difference')}, the first in {_where(different[0])}"
        verdict: Verdict = "different"
    elif lesser:
        reason = f"except for {counted(len(lesser), 'place')}, the first in {_where(lesser[0])}"
        verdict = "equivalent except"
    else:
        agreed = sum(comparison.compared.values())
        reason = f"{counted(agreed, 'result')} compared, none differs"
        verdict = "equivalent"
    return Equivalence(
        verdict,
        reason,
        against,
        env,
        python,
        comparison,
        tolerance,
        notes,
        dict(figures or {}),
    )


def figures_of(one: Run, other: Run) -> dict[str, bytes]:
    """The pictures of both sides, by names for files."""
    found = {}
    for side, run in (("notebook", one), ("package", other)):
        for number, cell in run.cells.items():
            for index, shown in enumerate(cell.shown, start=1):
                if shown.picture is not None:
                    ending = "jpg" if shown.picture.startswith(b"\xff\xd8") else "png"
                    found[f"cell-{number:03}-{index}-{side}.{ending}"] = shown.picture
    return found


def _where(found: Finding) -> str:
    place = f"cell {found.cell}" if found.cell else found.kind
    return f"{place}, {found.name}" if found.name else place
