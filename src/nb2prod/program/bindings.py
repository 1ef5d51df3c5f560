"""How often and where a flow binds its names."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set

from nb2prod.program.pieces import TopStatement

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


_CONSTANT_PARTS = (
    *(ast.Constant, ast.UnaryOp, ast.BinOp, ast.Tuple, ast.operator, ast.unaryop, ast.expr_context),
)


def binding_counts(flow: Sequence[TopStatement]) -> Counter[str]:
    """How often each name is bound or deleted; more than once as well where that may be in a loop
    or on one way only.
    """
    counts: Counter[str] = Counter()
    for statement in flow:
        tree = statement.tree
        simple = isinstance(
            tree,
            ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
        )
        simple |= constant_name(tree) is not None
        for name in statement.scope.binds:
            counts[name] += 1 if simple else 2
        for node in ast.walk(tree) if "del" in statement.code else ():
            if isinstance(node, ast.Delete):
                counts.update(t.id for t in node.targets if isinstance(t, ast.Name))
    return counts


def is_read_before(flow: Sequence[TopStatement], index: int, names: Set[str]) -> bool:
    """Whether anything above a statement may read these names: at once, or by calling a function
    that does.
    """
    reach = set(names)
    changed = True
    while changed:
        changed = False
        for statement in flow:
            name = getattr(statement.tree, "name", None)
            if name and name not in reach and statement.scope.reads & reach:
                reach.add(name)
                changed = True
    for statement in flow[:index]:
        scope = statement.scope
        making = isinstance(statement.tree, (*_FUNCTIONS, ast.ClassDef))
        if (scope.at_once if making else scope.reads) & reach:
            return True
    return False


def global_names(trees: Iterable[ast.stmt]) -> Iterator[str]:
    """The names that functions declare to be the notebook's."""
    for tree in trees:
        yield from declared_globals(tree)


def declared_globals(tree: ast.AST) -> frozenset[str]:
    """The names after `global`, anywhere in the code."""
    return frozenset(
        name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names
    )


def constant_name(tree: ast.stmt) -> str | None:
    """The name that is given a constant: numbers, texts and tuples of them, written out."""
    if isinstance(tree, ast.Assign) and len(tree.targets) == 1:
        target, value = tree.targets[0], tree.value
    elif isinstance(tree, ast.AnnAssign) and tree.value is not None:
        target, value = tree.target, tree.value
    else:
        return None
    constant = all(isinstance(node, _CONSTANT_PARTS) for node in ast.walk(value))
    return target.id if constant and isinstance(target, ast.Name) else None
