"""IPython's syntax: a code cell becomes typed statements and a Python text with the same lines.

The rules are those of `IPython.core.inputtransformer2`: a magic, a shell line, a help look-up or a
call without brackets is one only where a line begins, at any depth, and never inside a string,
brackets or a continued line; so `x = 1; !ls` is none. An assignment takes the output of a magic or
a shell line behind the first `=` of its line, which may stand behind a `;` or a `:`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Literal

from nb2prod.location import Location
from nb2prod.notebook.automagic import Bound, automagic, bound_in, is_automagic
from nb2prod.notebook.model import Cell, Notebook
from nb2prod.notebook.statements import (
    AutoCall,
    CellMagic,
    Help,
    IPythonStatement,
    LineMagic,
    ParsedCell,
    Shell,
    Unparsed,
)
from nb2prod.notebook.syntax import (
    REFUSALS,
    NotPython,
    is_expression,
    require_python,
    syntax_tree,
)
from nb2prod.notebook.trees import shared_code, without_warnings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nb2prod.notebook.scan import LogicalLine

# Cell magics whose body is Python that runs in the notebook's own namespace (`timeit` runs it in a
# function of its own, and is Python all the same). What `python3` and its like run is a script in a
# process of its own, which shares no name with the notebook: to the notebook it is a text.
PYTHON_CELL_MAGICS = frozenset(
    "time timeit capture prun debug memit mprun lprun snakeviz wandb".split()
)

_CELL_MAGIC = re.compile(r"%%(?!\w+\?)(\S*)\s*(.*)", re.DOTALL)
# What IPython looks up when a line ends in a question mark; the name is right before it.
_ASKED = re.compile(r"(%{0,2}(?!\d)[\w*]+(?:\.(?!\d)[\w*]+|\[-?\d+\])*)(\?\??)\Z")
_LONGEST_NAME = 400
_ASKED_MAGIC = re.compile(r"%?[\w.*]+\?\??")
_MAGIC = re.compile(r"\s*(%?[A-Za-z_][\w.]*|%?\S?)\s*(.*)", re.DOTALL)
# The signs of calls without brackets, as the type that they have.
_AUTO_CALLS: dict[str, Literal[",", ";", "/"]] = {",": ",", ";": ";", "/": "/"}
# What rules a question mark at a magic's end out as a look-up: it may be in a string or a comment.
_MAYBE_INSIDE = re.compile(r"[\"'#()\[\]{}]")
# What Python does not take, or takes for something else: a sign that begins a line or what is
# assigned, a question mark that ends one, a prompt.
_NOT_PLAIN = re.compile(r"^[ \t]*(?:[%!?]|In \[)|=[ \t]*[!%]|\?[ \t]*$", re.MULTILINE)
_PROMPT = re.compile(r"(?:(?:>>>|\.\.\.)(?: |$)|(?:In \[\d+\]: |\s*\.{3,}: ?))")
_FIRST_PROMPT = re.compile(r">>>(?: |$)|In \[\d+\]: ")


def parse_notebook(notebook: Notebook) -> tuple[ParsedCell, ...]:
    """Cut every code cell of the notebook into statements, in order."""
    return parse_cells(notebook.code_cells)


def parse_cells(cells: Iterable[Cell]) -> tuple[ParsedCell, ...]:
    """Cut code cells, which are all of a notebook's in order, into statements."""
    with without_warnings():
        parsed = [_parsed(cell) for cell in cells]
    # `ls` alone is Python as well; it is the magic where nothing above it has that name.
    bound, seen = Bound(), 0
    for index, one in enumerate(parsed):
        if is_automagic(one):
            bound = bound_in(parsed[seen:index], bound)
            seen = index
            parsed[index] = automagic(one, bound) or one
    return tuple(parsed)


def parse_cell(cell: Cell) -> ParsedCell:
    """Cut one code cell into statements. A cell that is not valid Python 3 becomes one `Unparsed`.

    Columns count in the text without the indentation or the prompts that the whole cell has. Only
    `parse_notebook` knows of names that go before a magic without its sign.
    """
    parsed = _parsed(cell)
    return (automagic(parsed, Bound()) if parsed.unparsed else None) or parsed


def _parsed(cell: Cell) -> ParsedCell:
    return _plain(cell) or _with_signs(cell)


def _plain(cell: Cell) -> ParsedCell | None:
    """The cell where it is Python as it stands, which most are and Python tells fastest; None for
    any other.
    """
    source = cell.source
    code = source.lstrip()
    margin = source[: len(source) - len(code)]
    if (margin and margin[-1] != "\n") or "\r" in source or _has_signs(source):
        return None
    python = source.removesuffix("\n")
    try:
        shared_code(python)
    except REFUSALS:
        return None
    return ParsedCell(cell, python)


def _has_signs(source: str) -> bool:
    """Whether a line looks like one of IPython's own. Looking for single characters is faster than
    the pattern by far, and most cells have none of them.
    """
    if not any(sign in source for sign in ("%", "!", "?", "In [")):
        return False
    return _NOT_PLAIN.search(source) is not None


def _with_signs(cell: Cell) -> ParsedCell:
    lines = plain_lines(cell)
    magics = _cell_magics(cell, lines)
    if magics and not magics[-1].python:
        return ParsedCell(cell, "\n" * max(len(lines) - 1, 0), tuple(magics))
    for magic in magics:
        lines[magic.location.line - 1] = ""
    python, found = _replace_escapes(cell, lines)
    try:
        require_python(python)
    except NotPython as error:
        last = max(len(lines), 1)
        place = Location(cell.number, min(error.line, last), 1)
        unparsed = Unparsed(place, last, error.reason, error.kind)
        return ParsedCell(cell, "\n" * (last - 1), (unparsed,))
    return ParsedCell(cell, python, (*magics, *found))


def python_statements(parsed: ParsedCell) -> Iterator[ast.stmt]:
    """The cell's top-level statements as syntax trees, placeholders included."""
    yield from syntax_tree(parsed.python).body if parsed.unparsed is None else ()


def plain_lines(cell: Cell) -> list[str]:
    """The cell's lines without the indentation or the prompts that the whole cell has: the text in
    which columns count.
    """
    return _without_prompts(_without_leading_indent(list(cell.lines)))


def _without_leading_indent(lines: list[str]) -> list[str]:
    """A cell whose first line is indented is taken as a whole block that is, as IPython does."""
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    return [line.removeprefix(indent) for line in lines] if indent else lines


def _without_prompts(lines: list[str]) -> list[str]:
    """A session that was pasted with its prompts loses them, as in IPython."""
    first = next((line for line in lines if line.strip()), "")
    if not _FIRST_PROMPT.match(first):
        return lines
    return [_PROMPT.sub("", line, count=1) if _PROMPT.match(line) else line for line in lines]


def _cell_magics(cell: Cell, lines: list[str]) -> list[CellMagic]:
    """The `%%` magics that open the cell, the outermost first.

    Comment lines (Colab's `#@title`) may stand above the first; another one may follow where the
    body of the one before it is Python (`%%time` over `%%bash`). Only the last may be of another
    language.
    """
    magics: list[CellMagic] = []
    for index, line in enumerate(lines):
        if not line.strip() or (not magics and line.lstrip().startswith("#")):
            continue
        match = _CELL_MAGIC.fullmatch(line.rstrip()) if line.startswith("%%") else None
        if match is None:
            break
        magic = CellMagic(
            location=Location(cell.number, index + 1),
            end_line=len(lines),
            magic=match.group(1),
            arguments=match.group(2).strip(),
            body="\n".join(lines[index + 1 :]),
            python=match.group(1) in PYTHON_CELL_MAGICS,
        )
        magics.append(magic)
        if not magic.python:
            break
    return magics


def _replace_escapes(cell: Cell, lines: list[str]) -> tuple[str, list[IPythonStatement]]:
    """Put a placeholder where IPython's own statements stand; keep the number of lines."""
    from nb2prod.notebook.scan import logical_lines

    found: list[IPythonStatement] = []
    result: list[str] = []
    for logical in logical_lines(lines):
        part = lines[logical.start : logical.stop]
        name = f"__ipython_{cell.number}_{len(found)}__"
        statement = _statement(cell, part, logical, name)
        if statement is None:
            result.extend(part)
            continue
        found.append(statement)
        line, column = _placeholder_place(part, logical)
        result.extend(part[:line])
        result.append(part[line][:column] + name)
        result.extend("" for _ in part[line + 1 :])
    return "\n".join(result), found


def _placeholder_place(part: list[str], logical: LogicalLine) -> tuple[int, int]:
    """Where the placeholder begins within the logical line: what stands before it is Python."""
    if logical.sign is not None:
        return logical.sign[0] - logical.start, logical.sign[1]
    return 0, len(part[0]) - len(part[0].lstrip())


def _statement(
    cell: Cell, part: list[str], logical: LogicalLine, name: str
) -> IPythonStatement | None:
    if logical.sign is None:
        return _asked(cell, part, logical, name) if logical.asks else None
    line, column = logical.sign[0] - logical.start, logical.sign[1]
    sign = part[line][column]
    text = _joined([part[line][column + 1 :], *part[line + 1 :]])
    target = None
    place = Location(cell.number, logical.start + line + 1, column + 1)
    if logical.target is not None:
        first, start = logical.target[0] - logical.start, logical.target[1]
        written = "\n".join(part[first : line + 1])
        end = len(written) - (len(part[line]) - column)
        target = written[start:end].rstrip().removesuffix("=").rstrip()
        place = Location(cell.number, logical.target[0] + 1, start + 1)
    if sign == "!":
        # `!!command` differs only in how IPython shows what the command prints.
        command = text.removeprefix("!") if target is None else text
        return Shell(place, logical.stop, command.strip(), target, name)
    if sign == "?":
        return Help(place, logical.stop, text.strip().strip("?").strip(), name)
    if target is None and (asked := _asked_behind(sign, text)):
        return Help(place, logical.stop, asked, name)
    if sign in _AUTO_CALLS:
        return _auto_call(place, logical.stop, _AUTO_CALLS[sign], text, name)
    parts = _MAGIC.fullmatch(text)
    magic, arguments = (parts.group(1), parts.group(2)) if parts else (text.strip(), "")
    return LineMagic(place, logical.stop, magic, arguments.strip(), target, name)


def _asked_behind(sign: str, text: str) -> str | None:
    """What `%magic?`, `%magic of this?` and `,f this?` look up; None for any other line."""
    text = text.strip()
    if not text.endswith("?"):
        return None
    if sign == "%" and _ASKED_MAGIC.fullmatch(text):
        return "%" + text.rstrip("?")
    match = None if _MAYBE_INSIDE.search(text) else _ASKED.search(text[-_LONGEST_NAME:])
    return match[1] if match else None


def _auto_call(
    place: Location, end_line: int, sign: Literal[",", ";", "/"], text: str, name: str
) -> AutoCall | None:
    """None for what is no call: IPython's own text would not be Python either."""
    function, _, rest = text.partition(" ")
    if sign == "/" and not function:
        return None
    words = [rest] if sign == ";" else rest.split()
    arguments = tuple(words) or (() if sign == "/" else ("",))
    found = AutoCall(place, end_line, sign, function, arguments, name)
    return found if is_expression(found.call) else None


def _asked(cell: Cell, part: list[str], logical: LogicalLine, name: str) -> Help | None:
    match = _ASKED.search(part[-1].rstrip()[-_LONGEST_NAME:])
    if match is None:
        return None
    column = len(part[0]) - len(part[0].lstrip())
    return Help(Location(cell.number, logical.start + 1, column + 1), logical.stop, match[1], name)


def _joined(parts: list[str]) -> str:
    """Join continued lines the way IPython does: the backslash goes, a blank comes."""
    return " ".join(
        [*(part.rstrip().removesuffix("\\") for part in parts[:-1]), parts[-1].rstrip()]
    )
