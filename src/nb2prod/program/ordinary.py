"""Cells with nothing in them for a rewrite to claim.

Most cells are such. What they hold is told from the syntax tree that the analysis walked already,
so that the costly walk over LibCST's tree is for the others. When in doubt, a cell is not ordinary.
"""

from __future__ import annotations

import ast

from nb2prod.analysis.joined_paths import joined_paths
from nb2prod.analysis.platform_api import PLATFORM_MODULES
from nb2prod.notebook.statements import ParsedCell, Python
from nb2prod.notebook.trees import walk
from nb2prod.program.context import Context
from nb2prod.program.rewrites.platform import names_module

_NAMES = frozenset(
    {"__builtins__", "get_ipython", *(module.partition(".")[0] for module in PLATFORM_MODULES)}
)
_ATTRIBUTES = frozenset({"get_ipython", "get_secret", "kill", "_exit"})
_MODULES = ("IPython", "google", "kaggle_", "tqdm")
_VARIABLES = ("COLAB_", "KAGGLE_")


def is_ordinary(parsed: ParsedCell, tree: ast.Module, context: Context) -> bool:
    """Whether every statement of the cell stays as it is. `tree` is the tree of the cell's Python.

    Only what its last expression shows is still to be seen to.
    """
    if not all(isinstance(statement, Python) for statement in parsed.statements):
        return False
    cell = parsed.cell.number
    if any(number == cell for number, _ in context.undefined):
        return False
    if any(option.parameter.location.cell == cell for option in context.options):
        return False
    if any(secret.location.cell == cell for secret in context.facts.secrets):
        return False
    if any(install.location.cell == cell for install in context.facts.installs):
        return False
    if any(asked.location.cell == cell for asked in context.facts.asked):
        return False
    # Texts are searched as they are written and, below, as they are meant.
    if _names_platform(parsed.python, context):
        return False
    if any(context.roots.covering(path.texts) for path in joined_paths(tree)):
        return False
    return not any(_may_be_claimed(node, context) for node in walk(tree))


def _may_be_claimed(node: ast.AST, context: Context) -> bool:
    if isinstance(node, ast.Name):
        return node.id in _NAMES or node.id in context.platform_names
    if isinstance(node, ast.Attribute):
        return node.attr in _ATTRIBUTES
    if isinstance(node, ast.Constant):
        return _text_may_be_claimed(node.value, context)
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").startswith(_MODULES)
    if isinstance(node, ast.Import):
        return any(alias.name.startswith(_MODULES) for alias in node.names)
    return False


def _text_may_be_claimed(value: object, context: Context) -> bool:
    if isinstance(value, bytes):  # what looks like a path in bytes stays, what is marked does not
        value = value.decode("latin-1")
    if not isinstance(value, str):
        return False
    return value.startswith(_VARIABLES) or _names_platform(value, context)


def _names_platform(text: str, context: Context) -> bool:
    return names_module(text) or any(context.roots.find(text))
