"""What stands around the nodes of a cell's tree, worked out once for all that is found in it."""

from __future__ import annotations

import ast
from functools import lru_cache

from nb2prod.notebook.scope import parts_of
from nb2prod.notebook.trees import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@lru_cache(maxsize=1)
def owners(tree: ast.Module) -> Mapping[int, ast.AST]:
    """The node that each node is directly below, by its `id`."""
    return {id(child): node for node in walk(tree) for child in parts_of(node)}


@lru_cache(maxsize=1)
def literals(tree: ast.Module) -> Mapping[str, Sequence[ast.Constant]]:
    """The texts that are written out, by what they are, in the order of `ast.walk`."""
    found: dict[str, list[ast.Constant]] = {}
    for node in walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.setdefault(node.value, []).append(node)
    return found
