"""Displayed values: the expression that ends a cell is printed, as the notebook shows it."""

from __future__ import annotations

import re
from collections.abc import Container

import libcst as cst

from nb2prod.program.cst_names import dotted

# Calls that never return anything, so that there is nothing to show; a method is in here only when
# it returns nothing in all libraries that have it. Anything else is left to run time.
_SILENT = re.compile(
    r"^(?:print|pprint|display|exit|quit|help|exec|setattr)$|^(?:.*\.)?random\.seed$|^sys\.(?:exit|path\.\w+)$"
    r"|\.(?:show|sleep|filterwarnings|simplefilter|makedirs|mkdir|chdir|set_option|savefig"
    r"|tight_layout|basicConfig|clear_output|pprint|close|clear_session)$"
    r"|(?<!^nx)(?<!networkx)\.info$"  # networkx.info returns a text
)

# Methods of tables that write where they are told to, and then return nothing.
_WRITES_TO = re.compile(r"\.to_(?:csv|excel|feather|hdf|json|parquet|pickle|sql)$")


def shown(expression: cst.BaseExpression, returns_nothing: Container[str] = frozenset()) -> bool:
    """Whether an expression at a cell's end may have a value that the notebook shows.

    `returns_nothing` are functions of the notebook's that have none.
    """
    if isinstance(expression, cst.Call):
        name = dotted(expression.func) or _last_part(expression.func)
        if expression.args and name and _WRITES_TO.search(name):
            return False
        return not (name and (name in returns_nothing or _SILENT.search(name)))
    return not (isinstance(expression, cst.Name) and expression.value == "None")


def _last_part(node: cst.BaseExpression) -> str:
    return f".{node.attr.value}" if isinstance(node, cst.Attribute) else ""
