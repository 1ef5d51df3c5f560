"""Every notebook of the corpus: no crash, the same bytes twice, an exact ledger."""

from __future__ import annotations

import ast
import json
import warnings
from pathlib import Path

import pytest

import nb2prod
from nb2prod.project.files import render

pytestmark = pytest.mark.corpus

PARTS = 8
FORBIDDEN = ("get_ipython", "google.colab", "kaggle_secrets")


@pytest.mark.parametrize("part", range(PARTS))
def test_every_notebook_is_accounted_for(corpus: list[Path], part: int) -> None:
    converted = 0
    for path in corpus[part::PARTS]:
        try:
            notebook = nb2prod.read(path)
        except nb2prod.NotebookError:
            continue
        migration = nb2prod.plan(notebook)
        files = render(migration)
        assert files == render(nb2prod.plan(nb2prod.read(path))), path.name
        check_ledger(path, migration)
        for name, content in files.items():
            if name.endswith(".py"):
                check_module(f"{path.name}: {name}", content)
        converted += 1
    assert converted > len(corpus) / PARTS / 2


def check_ledger(path: Path, migration: nb2prod.Migration) -> None:
    ledger = migration.ledger
    assert ledger.lines == non_blank_lines(path), path.name
    assert all(entry.reason for entry in ledger.of("attention")), path.name
    assert all(entry.reason for entry in ledger.of("dropped")), path.name
    listed = {note.location for note in migration.attention}
    assert all(nb2prod.Location(e.cell, e.line) in listed for e in ledger.of("attention"))


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


def check_module(name: str, content: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # the authors' own odd escapes
        warnings.simplefilter("ignore", DeprecationWarning)
        tree = ast.parse(content)
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else getattr(node, "id", "")
        found = [word for word in FORBIDDEN if isinstance(text, str) and word in text]
        assert not found, f"{name} line {getattr(node, 'lineno', 0)}: {found}"
