"""Notebooks of many kinds come out equivalent, and what is listed beside that is right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nb2prod.verification.reports import as_text
from nb2prod.verification.verify import verify
from tests.verification.notebooks import SAMPLES, Sample


def test_the_notebooks_have_names_of_their_own() -> None:
    assert len({sample.name for sample in SAMPLES}) == len(SAMPLES)


@pytest.mark.slow
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_notebook_and_its_package_are_equivalent(sample: Sample, tmp_path: Path) -> None:
    if sample.lacks:
        pytest.skip(f"not installed here: {', '.join(sample.lacks)}")
    found = verify(sample.write(tmp_path), **sample.given(tmp_path / "given"))
    assert (found.verdict, found.exit_code) == ("equivalent", 0), as_text(found)
    undecided = {
        (one.kind, _root(one.name) if one.cell is None or one.kind == "file" else one.cell)
        for one in found.comparison.of("not deterministic")
        # A program's own output may come before or behind a value, and bars are drawn by the clock.
        if one.kind != "order" and not (one.kind == "stderr" and "tqdm" in sample.needs)
    }
    assert undecided == sample.undecided
    dropped = {(one.cell, one.line) for one in found.comparison.of("expected")}
    assert dropped == sample.expected
    assert {one.name for one in found.comparison.of("not compared")} == sample.not_compared


def _root(place: str) -> str:
    """The variable or the file of a place within it."""
    if place.startswith("<"):
        return place.partition("[")[0]
    return re.split(r"[.\[]", place, maxsplit=1)[0]
