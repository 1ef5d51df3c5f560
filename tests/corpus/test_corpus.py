"""Every notebook of the corpus: no crash, the same bytes twice, an exact ledger."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import nb2prod
from nb2prod.project.files import render

pytestmark = pytest.mark.corpus


def non_blank_lines(path: Path) -> int:
    """The notebook's lines as the contract counts them, read without nb2prod's own reader."""
    document = json.loads(path.read_bytes())
    sheets = document.get("worksheets") or [document]
    cells = [cell for sheet in sheets for cell in sheet.get("cells", [])]
    sources = [
        cell.get("source", cell.get("input", "")) for cell in cells if cell["cell_type"] == "code"
    ]
    texts = ["".join(source) if isinstance(source, list) else source or "" for source in sources]
    return sum(1 for text in texts for line in text.splitlines() if line.strip())


def plans(corpus: list[Path]) -> Iterator[tuple[Path, nb2prod.Migration]]:
    for path in corpus:
        try:
            yield path, nb2prod.plan(nb2prod.read(path))
        except nb2prod.NotebookError:
            continue


def test_every_notebook_converts_twice_to_the_same_bytes(corpus: list[Path]) -> None:
    refused, converted = 0, 0
    for path in corpus:
        try:
            notebook = nb2prod.read(path)
        except nb2prod.NotebookError:
            refused += 1
            continue
        first, second = render(nb2prod.plan(notebook)), render(nb2prod.plan(nb2prod.read(path)))
        assert first == second, path.name
        converted += 1
    assert converted > 100
    assert refused < converted / 4


def test_the_ledger_adds_up(corpus: list[Path]) -> None:
    for path, migration in plans(corpus):
        ledger = migration.ledger
        assert ledger.lines == non_blank_lines(path), path.name
        assert all(entry.reason for entry in ledger.of("attention")), path.name
        assert all(entry.reason for entry in ledger.of("dropped")), path.name
        assert bool(migration.attention) >= bool(ledger.count("attention")), path.name


def test_the_packages_compile_and_hold_nothing_of_the_platform(corpus: list[Path]) -> None:
    forbidden = ("get_ipython", "google.colab", "kaggle_secrets")
    for path, migration in plans(corpus):
        for name, content in render(migration).items():
            if not name.endswith(".py"):
                continue
            tree = ast.parse(content)
            for node in ast.walk(tree):
                text = node.value if isinstance(node, ast.Constant) else getattr(node, "id", "")
                found = [word for word in forbidden if isinstance(text, str) and word in text]
                assert not found, f"{path.name}: {name} line {getattr(node, 'lineno', 0)}: {found}"
