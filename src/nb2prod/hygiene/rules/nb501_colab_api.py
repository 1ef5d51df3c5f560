"""NB501: modules that exist on Colab or Kaggle alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nb2prod.analysis.platform_api import is_platform_module
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.guards import guarded_lines
from nb2prod.hygiene.model import Finding

RULE = rule("NB501")


def check(context: Context) -> Iterator[Finding]:
    """The imports of platform modules, one finding for each statement. One that may fail, or that
    is reached on its platform only, stops nothing.
    """
    for cell in context.code_cells:
        if not any(word in cell.source for word in ("google", "kaggle_")):
            continue
        for node in cell.nodes:
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            module = _module(node)
            if module is not None and node.lineno not in guarded_lines(cell):
                platform = "Colab" if module.startswith("google") else "Kaggle"
                said = f"`{module}` exists on {platform} alone"
                from nb2prod.hygiene.platform_uses import plain_equivalent

                fix = plain_equivalent(context, cell, node)
                yield context.found(RULE, cell.place(node), said, fix=fix)


def _module(node: ast.Import | ast.ImportFrom) -> str | None:
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif node.module and not node.level:
        names = [f"{node.module}.{alias.name}" for alias in node.names]
    else:
        names = []
    return next((name.removesuffix(".*") for name in names if _is_there(name)), None)


def _is_there(name: str) -> bool:
    return is_platform_module(name.removesuffix(".*"))
