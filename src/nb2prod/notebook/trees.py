"""Syntax trees as the later stages use them: without noise, and with columns in characters.

Python warns about odd escapes while parsing, and that is not ours to tell; and it counts columns in
bytes, where a `Location` and LibCST count characters.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import accumulate
from types import CodeType

_FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
# More than the cells of a long notebook.
_REMEMBERED = 1024


_trees: dict[str, ast.Module] = {}
# What else is in the fields of nodes.
_NO_NODES = frozenset((str, bytes, int, float, complex, bool, type(None), type(...)))
_codes: dict[str, CodeType] = {}
# The filter that `simplefilter("ignore")` puts first.
_IGNORED = ("ignore", None, Warning, None, 0)


@contextmanager
def without_warnings() -> Iterator[None]:
    """Keep Python's warnings about code back; around many calls it costs as much as around one."""
    if warnings.filters[:1] == [_IGNORED]:
        yield
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


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


def shared_code(source: str) -> CodeType:
    """What Python compiles of a cell's source, top-level `await` allowed; never executed.

    It is made in half the time of a tree and says which names are bound and read. Made once for all
    that ask. Raises what `compile` raises for what is no Python.
    """
    if source not in _codes:
        with without_warnings():
            code = compile(source, "<cell>", "exec", _FLAGS, dont_inherit=True)
        if len(_codes) >= _REMEMBERED:
            del _codes[next(iter(_codes))]
        _codes[source] = code
    return _codes[source]


def forget_trees() -> None:
    """Forget all trees that are shared: those of one notebook are of no use to the next."""
    _trees.clear()
    _codes.clear()
    walk.cache_clear()


@lru_cache(maxsize=_REMEMBERED)
def walk(tree: ast.Module) -> tuple[ast.AST, ...]:
    """The nodes of a tree that nobody changes, in the order of `ast.walk`, walked only once: all
    but what says how a node is meant and consists of nothing itself (`Load`, `Add`).
    """
    nodes: list[ast.AST] = [tree]
    for node in nodes:  # which grows meanwhile; `ast.walk` takes thrice the time
        for name in node._fields:
            value = getattr(node, name, None)
            kind = type(value)
            if kind is list:
                nodes += [item for item in value if isinstance(item, ast.AST)]  # type: ignore[union-attr]
            elif kind not in _NO_NODES and value._fields:  # type: ignore[union-attr]
                nodes.append(value)  # type: ignore[arg-type]
    return tuple(nodes)


def tree_of(source: str) -> ast.Module:
    """The syntax tree of Python that is known to parse. Nothing is executed, nothing is printed."""
    with without_warnings():
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
