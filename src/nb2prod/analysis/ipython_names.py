"""The names that IPython's own lines bind: what their magics are documented to leave behind.

Sources: the documentation of IPython's built-in magics (`%time`, `%%capture`, `%%script`, `%store`,
`%run`, `%pylab`, `%sc`, `%macro`), and of the extensions that bring `%%bigquery`, `%sql`, `%%R` and
`%%cython`. Some bind more than can be seen in the notebook: then the set is unknown, as it is for
`from module import *`, and its place is told.
"""

from __future__ import annotations

import ast
import posixpath
import re
import shlex
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nb2prod.analysis.beside import NOTHING_BESIDE, Beside
from nb2prod.analysis.names import bound_names
from nb2prod.location import Location
from nb2prod.notebook.ipython import parse_cell
from nb2prod.notebook.model import Cell
from nb2prod.notebook.scope import STAR, imports_everything, names_in_scope
from nb2prod.notebook.statements import (
    FILE_MAGICS,
    AutoCall,
    CellMagic,
    LineMagic,
    ParsedCell,
    Shell,
    Statement,
)
from nb2prod.notebook.syntax import NotPython, parse_python
from nb2prod.notebook.trees import shared_tree

# A name, or None for names that cannot be seen in the notebook.
_Bound = str | None

# Magics that run their code apart from the notebook's variables, or go with it: nothing stays.
MEASURES = frozenset({"timeit", "memit", "mprun", "lprun"})
_SCRIPTS = frozenset("script bash sh perl ruby python python2 python3 pypy".split())
# What they bind is in a file, in another notebook or in another language.
_UNSEEN = frozenset({"load", "loadpy", "sql", "cython"})
# Line magics that run the Python behind their options, which may have a value of their own.
_RUNS_CODE = {
    "time": re.compile(r"(?:--no-raise-error\s+)?"),
    "prun": re.compile(r"(?:-(?:[DlsT]\s*\S+|[rq]+)\s+)*"),
}
_PYLAB = ("numpy", "matplotlib", "pylab", "mlab", "pyplot", "np", "plt")
_RUN_WITH_VALUE = frozenset({"-N", "-b", "-D", "-l", "-s", "-T", "-m"})


def names_bound_by_ipython(
    parsed: ParsedCell, cells: Sequence[ParsedCell] = (), beside: Beside = NOTHING_BESIDE
) -> Iterator[str]:
    """The names that the magics and shell lines of a cell bind; Python's own are not among them.

    `cells` are those of the notebook: `%run helpers.py` binds what a `%%writefile helpers.py` above
    it binds, or else what the file of that name `beside` the notebook does.
    """
    around = _Around(cells, beside)
    yield from (name for name, _ in _bound_by(parsed, around) if name is not None)


def binds_unknown(
    parsed: ParsedCell, cells: Sequence[ParsedCell] = (), beside: Beside = NOTHING_BESIDE
) -> Iterator[Location]:
    """The places of a cell that bind names which cannot be seen in the notebook.

    They are `from module import *`, `%run` of a file that is not there, a bare `%store -r`,
    `%pylab` and the like. What `%%timeit` binds is gone, whatever it is.
    """
    if STAR.search(parsed.python) is not None and keeps_names(parsed):
        for node in shared_tree(parsed.python).body:
            if imports_everything([node]):
                yield Location(parsed.cell.number, node.lineno, node.col_offset + 1)
    around = _Around(cells, beside)
    yield from (place for name, place in _bound_by(parsed, around) if name is None)


def keeps_names(parsed: ParsedCell) -> bool:
    """Whether the notebook has the names that the cell's Python binds: not below `%%timeit`."""
    return not any(isinstance(found, CellMagic) and found.magic in MEASURES for found in parsed.own)


class _Around(NamedTuple):
    """What is around a cell: the notebook's cells, and the files beside it."""

    cells: Sequence[ParsedCell]
    beside: Beside


def bound_by_statement(
    found: Statement,
    parsed: ParsedCell,
    cells: Sequence[ParsedCell] = (),
    beside: Beside = NOTHING_BESIDE,
) -> Iterator[str | None]:
    """The names that one of IPython's own statements of a cell binds, None for those that cannot be
    seen; of Python's statements there are none.
    """
    if isinstance(found, CellMagic):
        yield from _of_cell_magic(found)
    elif not keeps_names(parsed):
        return
    elif isinstance(found, LineMagic):
        yield from _of_line_magic(found, parsed, _Around(cells, beside))
    elif isinstance(found, Shell):
        yield from _targets(found.target)
    elif isinstance(found, AutoCall):
        yield from _of_code(found.call, parsed, _Around(cells, beside))


def _bound_by(parsed: ParsedCell, around: _Around) -> Iterator[tuple[_Bound, Location]]:
    for found in parsed.own:
        for name in bound_by_statement(found, parsed, around.cells, around.beside):
            yield name, found.location


def _of_cell_magic(found: CellMagic) -> Iterator[_Bound]:
    words = _words(found.arguments)
    if found.magic == "capture":
        yield from [word for word in words if word.isidentifier()][:1]
    elif found.magic in _SCRIPTS:
        yield from _options(words, "--out", "--err", "--proc")
    elif found.magic == "bigquery":
        yield words[0] if words and words[0].isidentifier() else None
    elif found.magic == "R":
        yield from _options(words, "-o", "--output")
    elif found.magic in _UNSEEN:
        yield from _of_sql(found.arguments) if found.magic == "sql" else (None,)


def _of_line_magic(found: LineMagic, parsed: ParsedCell, around: _Around) -> Iterator[_Bound]:
    yield from _targets(found.target)
    words = _words(found.arguments)
    magic = found.magic
    if magic in _RUNS_CODE:
        options = _RUNS_CODE[magic].match(found.arguments)
        yield from _of_code(found.arguments[options.end() if options else 0 :], parsed, around)
    elif magic == "store" and "-r" in words:
        names = [word for word in words if word.isidentifier()]
        yield from names or (None,)
    elif magic == "run":
        yield from _of_file(file_run(found.arguments), found.location, around)
    elif magic == "pylab":
        yield from _PYLAB if "--no-import-all" in words else (*_PYLAB, None)
    elif magic == "sc":
        yield from re.findall(r"(?:^|\s)([^\W\d]\w*)\s*=", found.arguments)[:1]
    elif magic == "macro":
        yield from [word for word in words if word.isidentifier()][:1]
    elif magic == "R":
        yield from _options(words, "-o", "--output")
    elif magic in _UNSEEN:
        yield from _of_sql(found.arguments) if magic == "sql" else (None,)


def _of_code(code: str, parsed: ParsedCell, around: _Around) -> Iterator[_Bound]:
    """The names that code in a magic's arguments binds, which may hold a magic of its own."""
    inner = parse_cell(Cell(parsed.cell.number, "code", code))
    tree = shared_tree(inner.python)
    yield from bound_names(tree)
    if imports_everything(tree.body):
        yield None
    yield from (name for name, _ in _bound_by(inner, around))


def _of_sql(arguments: str) -> Iterator[_Bound]:
    """`%sql name << select …` binds its result; columns may become variables as well."""
    if (name := re.match(r"([^\W\d]\w*)\s*<<", arguments)) is not None:
        yield name[1]
    yield None


def _of_file(name: str | None, place: Location, around: _Around) -> Iterator[_Bound]:
    """The names that a file of the notebook's own or beside it binds; unknown ones for others."""
    text = _written(name, place.cell, around.cells) if name else None
    if text is None and name is not None:
        text = around.beside.at(place).get(name)
    try:
        tree = parse_python(text.removeprefix("\ufeff")) if text is not None else None
    except NotPython:
        tree = None
    if tree is None or imports_everything(tree.body):
        yield None
    if tree is not None:
        yield from names_in_scope(tree.body)


def _written(name: str, before: int, cells: Sequence[ParsedCell]) -> str | None:
    """What the cells above have written to a file; None when they do not write it as a whole."""
    text: str | None = None
    for parsed in cells:
        magic = next(reversed(parsed.cell_magics), None)
        if parsed.cell.number >= before or magic is None:
            continue
        words = _words(magic.arguments)
        files = [word for word in words if not word.startswith("-")]
        if magic.magic not in FILE_MAGICS or [_path(word) for word in files] != [name]:
            continue
        if {"-a", "--append"} & set(words):
            text = None if text is None else f"{text}\n{magic.body}"
        else:
            text = magic.body
    return text


def file_run(arguments: str) -> str | None:
    """The Python file that `%run` runs, by its path; None for a module, a notebook or nothing."""
    skipped = False
    for word in _words(arguments):
        if skipped:
            skipped = False
        elif word == "-m" or word.endswith(".ipynb"):
            return None
        elif word in _RUN_WITH_VALUE:
            skipped = True
        elif not word.startswith("-"):
            return _path(word if word.endswith(".py") else f"{word}.py")
    return None


def _path(word: str) -> str:
    return posixpath.normpath(word)


def _targets(target: str | None) -> list[str]:
    """The names in the left side of an assignment, as it is written."""
    if target is None:
        return []
    # The side is known to parse; a type may stand behind it.
    return list(bound_names(ast.parse(f"{target} = None")))


def _options(words: list[str], *options: str) -> Iterator[str]:
    """The names that options give: `--out name`, `--out=name`, `-o one,two`."""
    for word, following in zip(words, [*words[1:], ""], strict=False):
        option, assigned, value = word.partition("=")
        if option in options:
            names = (value if assigned else following).split(",")
            yield from (name for name in names if name.isidentifier())


def _words(arguments: str) -> list[str]:
    try:
        return shlex.split(arguments)
    except ValueError:  # an unclosed quote
        return arguments.split()
