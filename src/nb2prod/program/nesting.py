"""How deeply code is nested: a limit that is the same on every Python and in every caller."""

from __future__ import annotations

import ast
import tokenize
from io import StringIO

# LibCST walks a tree and prints it by recursion, in about three calls a level, and its parser ends
# the process when it runs out of stack. People's code stays below a tenth of this.
DEEPEST = 250
# What stands in brackets is an element or an argument first: so many levels in all.
_BRACKETED = 3
_TEXTS = frozenset({"STRING", "FSTRING_START"})
_BETWEEN = frozenset({"NL", "COMMENT"})


def is_too_deep(tree: ast.Module, source: str) -> bool:
    """Whether the code is nested more deeply than can be walked. `tree` is that of `source`."""
    if source.count("'") + source.count('"') > 2 * DEEPEST and _longest_text(source) > DEEPEST:
        return True
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            return True
        if isinstance(node, ast.BoolOp):  # `a or b or c` is one node here, and nested in LibCST
            depth += len(node.values)
        inner = depth + isinstance(node, ast.expr | ast.stmt)
        if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict):
            inner = depth + _BRACKETED
        if isinstance(node, ast.Call):
            waiting.append((node.func, inner))
            waiting += [(child, depth + _BRACKETED) for child in (*node.args, *node.keywords)]
            continue
        waiting += [(child, inner) for child in ast.iter_child_nodes(node)]
    return False


def _longest_text(source: str) -> int:
    """The most literals that one text is joined of: `"a" "b"` is one node of a syntax tree, and
    as many levels in LibCST.
    """
    longest = run = inside = 0
    for token in tokenize.generate_tokens(StringIO(source).readline):
        kind = tokenize.tok_name[token.type]
        inside += (kind == "FSTRING_START") - (kind == "FSTRING_END")
        if kind in _TEXTS and inside <= 1:
            run += 1
            longest = max(longest, run)
        elif not inside and kind != "FSTRING_END" and kind not in _BETWEEN:
            run = 0
    return longest
