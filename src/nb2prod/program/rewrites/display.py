"""Displayed values: the expression that ends a cell is printed, as the notebook shows it."""

from __future__ import annotations

import re

import libcst as cst

# Calls that return nothing, so that there is nothing to show; anything else is left to run time.
_SILENT = re.compile(
    r"^(print|pprint|display|exit|quit|help|exec|setattr|sleep)$"
    r"|\.(show|info|append|extend|seed|sleep|filterwarnings|simplefilter|makedirs|mkdir|chdir|set_option"
    r"|manual_seed|savefig|tight_layout|basicConfig|clear_output|close|wait|close_all|disable|enable|clear_session)$"
)


def shown(expression: cst.BaseExpression) -> bool:
    """Whether an expression at a cell's end may have a value that the notebook shows."""
    if isinstance(expression, cst.Call):
        name = _name(expression.func)
        return not (name and _SILENT.search(name))
    return not (isinstance(expression, cst.Name) and expression.value == "None")


def _name(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Name):
        return node.value
    return f".{node.attr.value}" if isinstance(node, cst.Attribute) else ""
