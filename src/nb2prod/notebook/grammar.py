"""Which Python a piece of code needs, where the Python that runs nb2prod refuses it.

LibCST brings its own parser, which knows grammars newer than the running Python's; what it finds
says from which version on the code is valid. Source of the versions: the "What's New" page of each
Python and the enhancement proposals named below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst as cst

Version = tuple[int, int]

# A cell beyond this is data more than code, and takes a while to look at.
_LARGEST = 100_000
# CPython refuses brackets nested deeper; LibCST's time grows with the square of the depth.
_DEEPEST = 200
# Code without any of these has nothing newer than Python 3.11 in it; LibCST need not be loaded.
_HINT = re.compile(
    r"\btype\s+\w|\blazy\s|\b(?:def|class)\s+\w+\s*\[|\bexcept\b[^:\n]*,|[\[({]\s*\*"
    r"|\b(?:[fFtT][rR]?|[rR][fFtT])['\"]"
)


def needed_python(source: str) -> Version | None:
    """The oldest Python that accepts the code, as far as its grammar is newer than 3.11.

    (3, 11) where nothing in it is newer; None for what no grammar known here accepts, or where
    nothing hints at a newer one. LibCST is
    more lenient than Python in places, so only a version above the running one means anything.
    """
    if len(source) > _LARGEST or not _HINT.search(source) or _depth(source) > _DEEPEST:
        return None
    import libcst as cst

    try:
        module = cst.parse_module(source)
    except cst.ParserSyntaxError:
        return None
    waiting: list[cst.CSTNode] = [module]
    needed: Version = (3, 11)
    while waiting:
        node = waiting.pop()
        needed = max([needed, *_needs(node, module)])
        waiting.extend(node.children)
    return needed


def _depth(source: str) -> int:
    """How deep brackets are nested, those in texts and comments counted too."""
    steps = (1 if bracket in "([{" else -1 for bracket in re.findall(r"[\[\](){}]", source))
    return max(accumulate(steps), default=0)


def _needs(node: cst.CSTNode, module: cst.Module) -> Iterator[Version]:
    kind = type(node).__name__
    if kind in ("TypeAlias", "TypeParameters"):  # PEP 695
        yield (3, 12)
    elif kind == "TypeParam" and getattr(node, "default", None) is not None:  # PEP 696
        yield (3, 13)
    elif kind in ("FormattedString", "TemplatedString"):
        if kind == "TemplatedString":  # PEP 750
            yield (3, 14)
        elif _is_free_form(node, module):
            yield (3, 12)
    elif kind in ("ExceptHandler", "ExceptStarHandler"):
        caught = getattr(node, "type", None)
        if type(caught).__name__ == "Tuple" and not getattr(caught, "lpar", ()):  # PEP 758
            yield (3, 14)
    elif kind in ("LazyImport", "LazyImportFrom") or _unpacks(node):  # PEP 810, PEP 798
        yield (3, 15)


def _unpacks(node: cst.CSTNode) -> bool:
    """Whether a comprehension has a star before its element."""
    return type(getattr(node, "elt", None)).__name__ == "StarredElement"


def _is_free_form(node: cst.CSTNode, module: cst.Module) -> bool:
    """Whether an f-string's expressions hold what PEP 701 allowed: its quotes, `\\`, comments."""
    quote: str = getattr(node, "end", "")
    for part in getattr(node, "parts", ()):
        if type(part).__name__ == "FormattedStringExpression":
            code = "".join(
                module.code_for_node(piece)
                for piece in (
                    part.whitespace_before_expression,
                    part.expression,
                    part.whitespace_after_expression,
                )
            )
            refused = ("\\", "#", quote, *(("\n",) if len(quote) == 1 else ()))
            if any(text in code for text in refused):
                return True
    return False
