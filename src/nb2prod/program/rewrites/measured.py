"""Code that a magic only measures: `%timeit`, `%%memit`.

What it binds is gone in the notebook too, so that a program can do without it; not so what it
changes (`%timeit model.fit(x)`).
"""

from __future__ import annotations

import ast
import re

from nb2prod.notebook.syntax import NotPython, parse_python
from nb2prod.program.outcome import Outcome, dropped, left_to_person

# Methods that change what they are called on, or write; with what they return nobody does anything.
_CHANGING = re.compile(
    r"fit(?:_\w+)?|partial_fit|train|append|extend|insert|add|update|pop\w*|remove|discard|clear"
    r"|sort|reverse|setdefault|write\w*|save\w*|to_(?:csv|parquet|excel|json|pickle|sql|hdf)|dump"
    r"|step|backward|load_state_dict|compile|execute\w*|commit|put|send"
)


def measured(magic: str, code: str) -> Outcome:
    """What becomes of `code` below a magic that measures it."""
    if changes(code):
        return left_to_person(
            f"{magic} runs code that changes things, which the program leaves out; take the magic"
            " away where they are needed"
        )
    return dropped(f"{magic} measures and binds nothing")


def changes(code: str) -> bool:
    """Whether a statement of the code changes something that outlives it."""
    try:
        tree = parse_python(code)
    except NotPython:
        return False
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            called = node.value.func
            if isinstance(called, ast.Attribute) and _CHANGING.fullmatch(called.attr):
                return True
        elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(
            node.ctx, ast.Store | ast.Del
        ):
            return True
    return False
