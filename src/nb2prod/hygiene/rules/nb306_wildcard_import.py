"""NB306: `from module import *`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding

RULE = rule("NB306")


def check(context: Context) -> Iterator[Finding]:
    """The imports of everything, one finding for each."""
    for cell in context.code_cells:
        if "*" not in cell.source:
            continue
        for node in cell.nodes:
            if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
                module = f"{'.' * node.level}{node.module or ''}"
                said = f"`from {module} import *` hides which names it binds; import those in use"
                yield context.found(RULE, cell.place(node), said)
