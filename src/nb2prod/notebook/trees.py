"""Syntax trees without noise: Python warns about odd escapes while parsing, and that is not ours to
tell.
"""

from __future__ import annotations

import ast
import warnings


def tree_of(source: str) -> ast.Module:
    """The syntax tree of Python that is known to parse. Nothing is executed, nothing is printed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)
