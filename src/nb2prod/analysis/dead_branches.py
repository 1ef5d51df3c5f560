"""Branches that did not run on the platform: `if "google.colab" in sys.modules: … else: …`.

What they install is for another machine.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from nb2prod.analysis.names import bound_names, dotted_text
from nb2prod.notebook.model import Platform
from nb2prod.notebook.trees import walk

# What is asked for, up to its first `_`, and where → the platform that has it.
_PLATFORMS: Mapping[tuple[str, str], Platform] = {
    ("google.colab", "sys.modules"): "colab",
    ("google.colab", "str(get_ipython())"): "colab",
    ("COLAB", "os.environ"): "colab",
    ("KAGGLE", "os.environ"): "kaggle",
}


def dead_lines(
    trees: Iterable[tuple[int, ast.Module]], platform: Platform
) -> frozenset[tuple[int, int]]:
    """The lines, with their cells, of the branches that a test for the platform leaves out."""
    trees = tuple(trees)
    flags = dict(_flags(trees, platform))
    return frozenset(
        (cell, line)
        for cell, tree in trees
        for node in walk(tree)
        if isinstance(node, ast.If)
        for statement in _dead(node, flags, platform)
        for line in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    )


def _dead(node: ast.If, flags: dict[str, bool], platform: Platform) -> list[ast.stmt]:
    answer = _answer(node.test, flags, platform)
    if answer is None:
        return []
    return node.orelse if answer else node.body


def _where(node: ast.expr) -> str:
    """`sys.modules`, `str(get_ipython())`: names, and calls with one argument or none."""
    if isinstance(node, ast.Call) and len(node.args) <= 1 and not node.keywords:
        inner = [_where(argument) for argument in node.args if isinstance(argument, ast.Call)]
        return f"{dotted_text(node.func)}({''.join(inner)})"
    return dotted_text(node)


def _flags(
    trees: Iterable[tuple[int, ast.Module]], platform: Platform
) -> Iterator[tuple[str, bool]]:
    """Variables that are given the answer to such a test, and nothing else."""
    trees = tuple(trees)
    bound = [name for _, tree in trees for name in bound_names(tree)]
    for _, tree in trees:
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                answer = _answer(node.value, {}, platform)
                name = node.targets[0].id
                if answer is not None and bound.count(name) == 1:
                    yield name, answer


def _answer(test: ast.expr, flags: dict[str, bool], platform: Platform) -> bool | None:
    """What a test for the platform answers there; None for any other test."""
    if isinstance(test, ast.Name):
        return flags.get(test.id)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        answer = _answer(test.operand, flags, platform)
        return None if answer is None else not answer
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return None
    left, operator, right = test.left, test.ops[0], test.comparators[0]
    if not isinstance(left, ast.Constant) or not isinstance(operator, ast.In | ast.NotIn):
        return None
    platform_of = _PLATFORMS.get((str(left.value).partition("_")[0], _where(right)))
    if platform_of is None:
        return None
    on_platform = platform == platform_of
    return on_platform == isinstance(operator, ast.In)
