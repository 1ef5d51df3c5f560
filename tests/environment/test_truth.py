"""Which distributions notebooks of the corpus need: by a truth made by hand, before any tool ran on
them, and module by module for what several notebooks import.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from nb2prod.analysis.gather import gather
from nb2prod.analysis.pasted import without_pasted_secrets
from nb2prod.environment.decide import decide_environment
from nb2prod.environment.model import Environment
from nb2prod.errors import NotebookError
from nb2prod.notebook.reader import read
from nb2prod.options import Options

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

HERE = Path(__file__).parent
TRUTH: list[dict[str, Any]] = json.loads((HERE / "truth.json").read_text())["notebooks"]
REVIEWED = {
    module: names.split()
    for module, names in (
        line.split("\t")
        for line in (HERE / "corpus_modules.tsv").read_text().splitlines()
        if not line.startswith("#")
    )
}


@cache
def environment(path: Path) -> Environment:
    notebook, pasted = without_pasted_secrets(read(path))
    return decide_environment(notebook, gather(notebook, pasted=pasted), Options())


def found(path: Path) -> set[str]:
    """The distributions that nb2prod answers for: what is pinned, what comes from a repository, and
    what the notebook cannot do without although no version is known.
    """
    result = environment(path)
    named = {pin.name for pin in result.pins}
    return named | {
        one.distribution
        for one in result.dependencies
        if one.distribution and not one.optional and one.answered_by != "same-name-unverified"
    }


@pytest.fixture(scope="module")
def judged(corpus: list[Path]) -> list[tuple[dict[str, Any], Path]]:
    by_hash = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in corpus}
    return [(entry, by_hash[entry["sha256"]]) for entry in TRUTH]


def test_precision_and_recall(judged: list[tuple[dict[str, Any], Path]]) -> None:
    right = missed = wrong = 0
    detail = []
    for entry, path in judged:
        answer = found(path)
        lost = [names[0] for names in entry["required"] if not set(names) & answer]
        accepted = {name for names in entry["required"] for name in names} | set(entry["allowed"])
        invented = sorted(answer - accepted)
        right += len(entry["required"]) - len(lost)
        missed += len(lost)
        wrong += len(invented)
        if lost or invented:
            detail.append((entry["sha256"][:8], lost, invented))
    assert len(judged) == 60
    assert right / (right + wrong) >= 0.98, detail
    assert right / (right + missed) >= 0.98, detail


def test_what_a_notebook_makes_itself_is_never_a_distribution(
    judged: list[tuple[dict[str, Any], Path]],
) -> None:
    local = {
        (entry["sha256"][:8], module): answered
        for entry, path in judged
        for module in entry["local"]
        for answered in _answers_pinned(path, module)
    }
    assert local == {}


def _answers_pinned(path: Path, module: str) -> Iterator[str]:
    for one in environment(path).dependencies:
        if one.module.partition(".")[0] == module and one.version is not None:
            yield one.answered_by


def test_what_several_notebooks_import_is_reviewed_and_right(corpus: list[Path]) -> None:
    notebooks: dict[str, set[str]] = defaultdict(set)
    wrong: dict[str, set[str]] = defaultdict(set)
    for path in corpus:
        try:
            dependencies = environment(path).dependencies
        except NotebookError:
            continue
        for one in dependencies:
            if one.answered_by in ("implied", "local"):
                continue
            notebooks[one.module].add(path.name)
            unverified = one.answered_by in ("same-name-unverified", "nobody")
            right = REVIEWED.get(one.module, [])
            answered = one.distribution if one.version or not unverified else None
            if answered is not None and answered not in right:
                wrong[one.module].add(answered)
    common = {module for module, places in notebooks.items() if len(places) >= 2}
    assert len(common) > 60
    assert sorted(common - set(REVIEWED)) == []
    assert {module: names for module, names in wrong.items() if module in common} == {}
