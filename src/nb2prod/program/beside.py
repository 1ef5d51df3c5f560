"""What the files beside a notebook mean for the shape of its program."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from nb2prod.analysis.all_facts import Facts
from nb2prod.analysis.beside import Beside
from nb2prod.analysis.ipython_names import file_run
from nb2prod.notebook.statements import LineMagic, ParsedCell
from nb2prod.notebook.syntax import parse_text
from nb2prod.notebook.trees import shared_tree
from nb2prod.program.figures import may_draw

# Statements of a module that make what can be imported from it and do nothing else.
_MAKING = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def modules_that_do_something(beside: Beside, facts: Facts) -> frozenset[str]:
    """The modules beside the notebook whose import has to stay where it is: all of them, unless
    every one is copied and only makes what can be imported from it.
    """
    modules = [found for found in facts.beside if found.use == "module"]
    trees = [parse_text(beside.files.get(found.path)) for found in modules if found.copied]
    if len(trees) == len(modules) and all(tree and _only_makes(tree) for tree in trees):
        return frozenset()
    return beside.modules


def drawing_cells(cells: Sequence[ParsedCell], beside: Beside, facts: Facts) -> list[ParsedCell]:
    """The cells behind which a figure may be open: they draw, or files beside the notebook do."""
    paths = list(dict.fromkeys(f.path for f in facts.beside if f.use == "module"))
    trees = {path: tree for path in paths if (tree := parse_text(beside.files.get(path)))}
    draws = may_draw([*(shared_tree(cell.python) for cell in cells), *trees.values()])
    files = {path for path, drawn in zip(trees, draws[len(cells) :], strict=True) if drawn}
    return [
        cell
        for cell, drawn in zip(cells, draws[: len(cells)], strict=True)
        if drawn or files.intersection(_run(cell))
    ]


def _run(cell: ParsedCell) -> Iterator[str | None]:
    for found in cell.statements:
        if isinstance(found, LineMagic) and found.magic == "run":
            yield file_run(found.arguments)


def _only_makes(tree: ast.Module) -> bool:
    return all(
        isinstance(statement, _MAKING)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        or (isinstance(statement, ast.Assign) and _is_literal(statement.value))
        or (isinstance(statement, ast.If) and _asks_for_main(statement.test))
        for statement in tree.body
    )


def _asks_for_main(test: ast.expr) -> bool:
    """Whether it is `__name__ == "__main__"`, which no imported module is."""
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
        and isinstance(test.ops[0], ast.Eq)
    )


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return False
    return True
