"""`get_ipython()` in plain Python: its shell and magic calls are the lines that they stand for."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nb2prod.location import Location
from nb2prod.notebook.statements import CellMagic, IPythonStatement, LineMagic, Shell


def statement_of(node: ast.stmt, place: Location) -> IPythonStatement | CellMagic | None:
    """The statement that `get_ipython().system("ls")` and the like stand for.

    None when the Python statement is something else, or its arguments are only known when it runs.
    """
    target: str | None = None
    value: ast.expr
    if isinstance(node, ast.Expr):
        value = node.value
    elif isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = ast.unparse(node.targets[0]), node.value
    else:
        return None
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute):
        return None
    owner = value.func.value
    if not (
        isinstance(owner, ast.Call) and ast.unparse(owner.func).split(".")[-1] == "get_ipython"
    ):
        return None
    arguments = _texts(value.args)
    if arguments is None:
        return None
    method = value.func.attr
    if method in ("system", "system_raw", "system_piped", "getoutput") and arguments:
        captured = target or ("_" if method == "getoutput" else None)
        return Shell(place, place.line, arguments[0], captured, "")
    if method in ("magic", "line_magic") and arguments:
        name, _, rest = arguments[0].lstrip("%").partition(" ")
        return LineMagic(place, place.line, name, rest.strip(), target, "")
    if method == "run_line_magic" and arguments:
        return LineMagic(place, place.line, arguments[0], "".join(arguments[1:2]), target, "")
    if method == "run_cell_magic" and len(arguments) == 3:
        return CellMagic(place, place.line, arguments[0], arguments[1], arguments[2], python=False)
    return None


def _texts(arguments: Sequence[ast.expr]) -> list[str] | None:
    texts: list[str] = []
    for argument in arguments:
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            return None
        texts.append(argument.value)
    return texts
