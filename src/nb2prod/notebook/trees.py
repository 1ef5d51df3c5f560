"""Syntax trees as the later stages use them: without noise, and with columns in characters.

Python warns about odd escapes while parsing, and that is not ours to tell; and it counts columns in
bytes, where a `Location` and LibCST count characters.
"""

from __future__ import annotations

import ast
import warnings
from functools import lru_cache
from itertools import accumulate

# More than the cells of a long notebook.
_REMEMBERED = 1024


_trees: dict[str, ast.Module] = {}


def shared_tree(source: str) -> ast.Module:
    """The tree of `tree_of`, made once for all stages that ask for it; nobody changes it."""
    if source not in _trees:
        share_tree(source, tree_of(source))
    return _trees[source]


def share_tree(source: str, tree: ast.Module) -> None:
    """Let `shared_tree` give a tree that was made already, and that nobody changes any more."""
    if len(_trees) >= _REMEMBERED:
        del _trees[next(iter(_trees))]
    _trees[source] = tree


def forget_trees() -> None:
    """Forget all trees that are shared: those of one notebook are of no use to the next."""
    _trees.clear()
    walk.cache_clear()


@lru_cache(maxsize=_REMEMBERED)
def walk(tree: ast.Module) -> tuple[ast.AST, ...]:
    """All nodes of a tree that nobody changes, in the order of `ast.walk`, walked only once."""
    nodes: list[ast.AST] = [tree]
    for node in nodes:  # which grows meanwhile; `ast.walk` takes twice the time
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                nodes += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST):
                nodes.append(value)
    return tuple(nodes)


def tree_of(source: str) -> ast.Module:
    """The syntax tree of Python that is known to parse. Nothing is executed, nothing is printed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(source)
    return counting_characters(tree, source)


def counting_characters(tree: ast.Module, source: str) -> ast.Module:
    """The tree of `source`, changed so that its columns count characters."""
    if source.isascii():
        return tree
    lines = [line.encode("utf-8", "surrogatepass") for line in source.split("\n")]
    # For each line that has other characters than ASCII's: how many begin before each byte.
    counts = {
        number: [0, *accumulate((byte & 0xC0) != 0x80 for byte in line)]
        for number, line in enumerate(lines, start=1)
        if not line.isascii()
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.expr | ast.stmt):
            if node.lineno in counts:
                node.col_offset = counts[node.lineno][node.col_offset]
            if node.end_lineno in counts and node.end_col_offset is not None:
                node.end_col_offset = counts[node.end_lineno][node.end_col_offset]
    return tree
