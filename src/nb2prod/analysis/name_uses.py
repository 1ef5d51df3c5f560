"""Whether a notebook may read names that nothing binds, or before anything binds them, as far as
what Python compiles of its cells tells.

Compiled code lists names in the order in which they are used, and is made in half the time of a
syntax tree. The answer is never no where the tree tells of such a name, but for code that can never
run, which is not compiled. A name that only a magic, a star or `exec` binds counts as not bound.
"""

from __future__ import annotations

import builtins
from opcode import opmap
from types import CodeType
from typing import NamedTuple

from nb2prod.notebook.statements import AutoCall, CellMagic, LineMagic
from nb2prod.notebook.syntax import REFUSALS
from nb2prod.notebook.trees import shared_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nb2prod.notebook.statements import OwnStatement, ParsedCell

# What every notebook has.
_GIVEN = frozenset(dir(builtins)) | {"display", "get_ipython", "exit", "quit"}
_READS = frozenset(
    opmap[name]
    for name in ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS")
    if name in opmap
)
_BINDS = frozenset(opmap[name] for name in ("STORE_NAME", "STORE_GLOBAL"))
# What is deleted has to be there, as what is read.
_READS |= {opmap["DELETE_NAME"], opmap["DELETE_GLOBAL"]}
_LOAD_GLOBAL, _LOAD_CONST = opmap["LOAD_GLOBAL"], opmap["LOAD_CONST"]
_STORE_NAME = opmap["STORE_NAME"]
_EXTENDED_ARG = opmap["EXTENDED_ARG"]
_WANTED = _READS | _BINDS | {_LOAD_CONST, _EXTENDED_ARG}
# What the compiler sets on code that has variables of its own: functions, no bodies of classes.
_IS_FUNCTION = 0x1
_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})


class NameUses(NamedTuple):
    """Whether the top level may read a name above what binds it, and whether anything may read one
    that nothing binds.
    """

    reads_early: bool
    reads_unbound: bool


class _Seen:
    """The names that are bound so far, and those that were read before, at the top level (`early`)
    or in functions, which run when they are called (`later`).
    """

    def __init__(self) -> None:
        self.bound = set(_GIVEN)
        self.early: set[str] = set()
        self.later: set[str] = set()

    def take(self, code: CodeType, *, later: bool, is_class: bool = False) -> None:
        """Take in what code does with names that are no function's own."""
        names, constants, binary = code.co_names, code.co_consts, code.co_code
        bound = self.bound
        reads = self.later if later else self.early
        own: set[str] = set()  # what the body of a class binds, which is no name of the notebook's
        more = 0
        for operation, low in zip(binary[::2], binary[1::2], strict=True):
            if operation not in _WANTED:
                more = 0
                continue
            argument = low | more
            more = 0
            if operation == _EXTENDED_ARG:
                more = argument << 8
            elif operation == _LOAD_CONST:
                inner = constants[argument]
                if type(inner) is CodeType:
                    function = bool(inner.co_flags & _IS_FUNCTION)
                    comes_later = function and inner.co_name not in _COMPREHENSIONS
                    self.take(inner, later=later or comes_later, is_class=not function)
            elif operation in _BINDS:
                (own if is_class and operation == _STORE_NAME else bound).add(names[argument])
            else:
                name = names[argument >> 1 if operation == _LOAD_GLOBAL else argument]
                if name not in bound and name not in own and not name.startswith("__"):
                    reads.add(name)


def uses_of(cells: Iterable[ParsedCell]) -> NameUses:
    """What the cells of a notebook, in order, do with names."""
    seen = _Seen()
    for cell in cells:
        own = cell.own
        if any(isinstance(found, CellMagic) for found in own):
            from nb2prod.analysis.ipython_names import keeps_names

            if not keeps_names(cell):
                continue
        for found in own:
            _take_magic(found, seen)
        seen.take(shared_code(cell.python), later=False)
    # What is read early and bound nowhere may be bound by a magic.
    return NameUses(bool(seen.early), bool((seen.early | seen.later) - seen.bound))


def _take_magic(found: OwnStatement, seen: _Seen) -> None:
    """Take in what the code behind a magic reads, as if it stood at the top of its cell; what it
    binds counts as not bound.
    """
    from nb2prod.analysis.cell_code import PYTHON_LINE_MAGICS

    if isinstance(found, LineMagic) and found.magic in PYTHON_LINE_MAGICS:
        code = found.arguments
    elif isinstance(found, AutoCall):
        code = found.call
    else:
        return
    inner = _Seen()
    try:
        inner.take(shared_code(code), later=False)
    except REFUSALS:
        return  # options of the magic
    seen.early |= inner.early - seen.bound
    seen.later |= inner.later
