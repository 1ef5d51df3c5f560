"""The typed statements that a code cell consists of."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal, NamedTuple

from nb2prod.location import Location
from nb2prod.notebook.model import Cell
from nb2prod.notebook.trees import shared_tree

# The cell magics that write the rest of their cell to the file that they name.
FILE_MAGICS = frozenset({"writefile", "file"})


class Python(NamedTuple):
    """A top-level Python statement. `end_line` is its last line, counted like `location.line`."""

    location: Location
    end_line: int


class Shell(NamedTuple):
    """`!command`, `!!command` or `x = !command`, at any depth of the cell.

    `command` is the text after the sign with continued lines joined as IPython joins them; `target`
    is the left side of an assignment as written; `name` is the placeholder that stands for it in
    the cell's Python.
    """

    location: Location
    end_line: int
    command: str
    target: str | None
    name: str


class LineMagic(NamedTuple):
    """`%magic arguments` or `x = %magic arguments`, at any depth of the cell.

    A `%%magic` that does not open its cell is one by the name of "%magic", which IPython never has.
    """

    location: Location
    end_line: int
    magic: str
    arguments: str
    target: str | None
    name: str


class CellMagic(NamedTuple):
    """`%%magic arguments` and the rest of the cell.

    When `python` is true the rest of the cell is Python and is in the cell's statements like any
    other code, another such magic below the first included; otherwise `body` is text in another
    language or a file's content, and nothing else follows.
    """

    location: Location
    end_line: int
    magic: str
    arguments: str
    body: str
    python: bool


class Help(NamedTuple):
    """`name?`, `?name`, `name??`: a look-up of documentation."""

    location: Location
    end_line: int
    subject: str
    name: str


class AutoCall(NamedTuple):
    """`,f a b`, `;f a b` or `/f a b`: a call whose brackets IPython adds.

    A comma quotes each argument, a semicolon all of them together, a slash none. `call` is the
    Python that it stands for.
    """

    location: Location
    end_line: int
    sign: Literal[",", ";", "/"]
    function: str
    arguments: tuple[str, ...]
    name: str

    @property
    def call(self) -> str:
        """The call as IPython writes it: it puts quotes around a text and escapes nothing in it."""
        quote = "" if self.sign == "/" else '"'
        written = ", ".join(f"{quote}{argument}{quote}" for argument in self.arguments)
        return f"{self.function}({written})"


UnparsedKind = Literal["syntax", "prose", "python-2", "unfinished", "newer-grammar"]


class Unparsed(NamedTuple):
    """A whole cell that is not valid Python 3, with the reason in words and its kind.

    "unfinished" is half a cell: a bracket, a string or a block without its end, or without its
    beginning. "newer-grammar" is Python that only a newer one than the running accepts. "syntax" is
    everything else.
    """

    location: Location
    end_line: int
    reason: str
    kind: UnparsedKind


IPythonStatement = Shell | LineMagic | Help | AutoCall
OwnStatement = Shell | LineMagic | CellMagic | Help | AutoCall | Unparsed
Statement = Python | OwnStatement


class ParsedCell:
    """A code cell cut into statements, in the order of their lines.

    `python` is the cell as Python with as many lines as the cell: each of IPython's own statements
    is replaced by its placeholder name, and what is not Python is blank. It is empty of meaning
    (all lines blank) for a cell that does not parse. It always parses; use `syntax_tree` for it.
    `own` are the statements that are not Python's.
    """

    def __init__(self, cell: Cell, python: str, own: tuple[OwnStatement, ...] = ()) -> None:
        self.cell = cell
        self.python = python
        self.own = own

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ParsedCell):
            return NotImplemented
        return (self.cell, self.python, self.own) == (other.cell, other.python, other.own)

    def __hash__(self) -> int:
        return hash((self.cell.number, self.python))

    def __repr__(self) -> str:
        return f"ParsedCell({self.cell!r}, {self.python!r}, {self.own!r})"

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """All statements, Python's as well. They need the syntax tree, which is made for them."""
        found: list[Statement] = [*self.own, *self._pythons()]
        found.sort(key=lambda statement: (statement.location.line, statement.location.column))
        return tuple(found)

    @property
    def cell_magic(self) -> CellMagic | None:
        """The cell's `%%` magic, where it has one; the outermost."""
        return next(iter(self.cell_magics), None)

    @property
    def cell_magics(self) -> tuple[CellMagic, ...]:
        """The cell's `%%` magics, the outermost first. The body of all but the last is Python."""
        return tuple(found for found in self.own if isinstance(found, CellMagic))

    @property
    def unparsed(self) -> Unparsed | None:
        """The reason why the cell does not parse, where it does not."""
        return next((found for found in self.own if isinstance(found, Unparsed)), None)

    @cached_property
    def placeholders(self) -> Mapping[str, IPythonStatement]:
        """IPython's own statements by the name that stands for them in `python`."""
        return {
            found.name: found
            for found in self.own
            if isinstance(found, Shell | LineMagic | Help | AutoCall)
        }

    def _pythons(self) -> Iterator[Python]:
        names = self.placeholders
        ends = {found.location.line: found.end_line for found in names.values()}
        for node in shared_tree(self.python).body:
            value = node.value if isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign) else None
            if isinstance(value, ast.Name) and value.id in names:
                continue
            decorators = getattr(node, "decorator_list", [])
            first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
            last = node.end_lineno or node.lineno
            # A block may end in a shell line that continues over the next ones.
            place = Location(self.cell.number, first, node.col_offset + 1)
            yield Python(place, ends.get(last, last))
