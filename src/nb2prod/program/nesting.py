"""How deeply code is nested: a limit that is the same on every Python and in every caller."""

from __future__ import annotations

import ast

# LibCST walks a tree by recursion, in several calls a level, and its parser ends the process when
# it runs out of stack. People's code stays below a tenth of this.
DEEPEST = 250


def is_too_deep(tree: ast.Module) -> bool:
    """Whether the code is nested more deeply than can be walked."""
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            return True
        if isinstance(node, ast.BoolOp):  # `a or b or c` is one node here, and nested in LibCST
            depth += len(node.values)
        inner = depth + isinstance(node, ast.expr | ast.stmt)
        waiting += [(child, inner) for child in ast.iter_child_nodes(node)]
    return False
