"""What was converted once is ordinary Python: converted again, it stays as it is."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from tests.differential.cases import TABLES

pytestmark = pytest.mark.usefixtures("every_name_defined")


def _body(source: str) -> list[ast.stmt]:
    """The statements of `main`, or of a script, without what the head of the module is made of."""
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _runs_the_notebook(node):
            return node.body[1:]
    return [node for node in tree.body[1:] if not _is_head(node)]


def _runs_the_notebook(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return (ast.get_docstring(node) or "").startswith("Run the notebook from its first cell")


def _is_head(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom) or (
        isinstance(node, ast.Assign) and ast.unparse(node.value) == "current()"
    )


def _without_imports(body: list[ast.stmt]) -> str:
    """Imports may still move; the rest is compared."""
    kept = [node for node in body if not isinstance(node, ast.Import | ast.ImportFrom | ast.Pass)]
    return "\n".join(ast.unparse(node) for node in kept)


@pytest.mark.parametrize("table", TABLES)
def test_a_converted_cell_is_converted_no_further(
    module_of: Callable[..., str], table: str
) -> None:
    for case in TABLES[table]:
        once = _body(module_of(*case.cells))
        # The value of a cell's last expression is displayed, which a program's is not.
        code = "\n".join([*map(ast.unparse, once), "pass"])
        again = _body(module_of(code))
        assert _without_imports(again) == _without_imports(once), case.name
