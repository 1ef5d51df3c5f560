"""Code that runs only where it belongs: `if IN_COLAB: …`, `try: import google.colab`."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from nb2prod.hygiene.cells import CheckedCell

_PLATFORMS = ("colab", "kaggle", "sagemaker", "databricks", "paperspace")
_PLATFORM_NAME = re.compile("|".join(_PLATFORMS), re.IGNORECASE)
_ENVIRONMENT = frozenset({"environ", "getenv"})


@lru_cache(maxsize=1)  # which rules ask for one import after the other
def guarded_lines(cell: CheckedCell) -> frozenset[int]:
    """The lines of statements that ask first which platform they are on: a condition that names
    one, an import of one's module that may fail. Both branches count.
    """
    lowered = cell.source.lower()
    if not any(name in lowered for name in _PLATFORMS):
        return frozenset()
    found: set[int] = set()
    for node in cell.nodes:
        if isinstance(node, ast.If | ast.IfExp):
            asks = _names_a_platform(node.test)
        elif isinstance(node, ast.Try | ast.TryStar):
            asks = bool(node.handlers) and any(map(_imports_a_platform, node.body))
        else:
            continue
        if asks:
            found.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return frozenset(found)


def asks_environment(node: ast.AST) -> bool:
    """Whether an expression reads a variable of the environment."""
    return any(
        (isinstance(part, ast.Attribute) and part.attr in _ENVIRONMENT)
        or (isinstance(part, ast.Name) and part.id in _ENVIRONMENT)
        for part in ast.walk(node)
    )


def _names_a_platform(test: ast.expr) -> bool:
    return any(
        _PLATFORM_NAME.search(text)
        for part in ast.walk(test)
        for text in (
            getattr(part, "id", None),
            getattr(part, "attr", None),
            getattr(part, "value", None),
        )
        if isinstance(text, str)
    )


def _imports_a_platform(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom) and any(
        _PLATFORM_NAME.search(f"{getattr(statement, 'module', '')}.{alias.name}")
        for alias in statement.names
    )
