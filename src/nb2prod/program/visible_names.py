"""Which names a line of a notebook can read, for expansions such as `!echo $name`.

IPython evaluates such names in the variables of the notebook and of the function that the line
stands in, and in no other: a name that only another function binds is left to the shell.
"""

from __future__ import annotations

import ast

from nb2prod.notebook.scope import names_in_scope


def names_of_functions(tree: ast.Module) -> dict[int, frozenset[str]]:
    """The names of the innermost function around the statement that begins on a line, by line;
    lines at the top level are not among them.
    """
    names: dict[int, frozenset[str]] = {}
    waiting: list[tuple[ast.AST, frozenset[str] | None]] = [(tree, None)]
    while waiting:
        node, own = waiting.pop()
        if isinstance(node, ast.stmt) and own is not None:
            names[node.lineno] = own
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = {found.arg for found in ast.walk(node.args) if isinstance(found, ast.arg)}
            own = frozenset({*arguments, *names_in_scope(node.body)})
        waiting += [(child, own) for child in ast.iter_child_nodes(node)]
    return names
