"""Constants of a notebook that can be options: `BATCH_SIZE = 32`, bound once and read.

A constant stays one where a class, a lambda, a default, or a function that is passed around reads
it: these look for it in the module that they are in. So does all that is no setting: secrets, long
texts, and paths of the platform, which the options for the directories set.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from nb2prod.analysis.beside import Beside
from nb2prod.analysis.cell_code import PYTHON_LINE_MAGICS
from nb2prod.analysis.facts import Parameter
from nb2prod.analysis.ipython_names import names_bound_by_ipython
from nb2prod.analysis.literals import assigned_literal, behind, place_in, plain_parameter
from nb2prod.analysis.names import bound_names, dotted_text
from nb2prod.analysis.pasted import is_marked
from nb2prod.analysis.paths import PathRoots
from nb2prod.analysis.readers import readers_of
from nb2prod.analysis.secrets import is_secret_name
from nb2prod.analysis.undefined import seem_bound
from nb2prod.location import Location
from nb2prod.notebook.statements import CellMagic, LineMagic, ParsedCell, Shell
from nb2prod.notebook.trees import shared_tree, walk

_NAME = re.compile(r"[A-Z][A-Z0-9_]+")
_WORD = re.compile(r"[^\W\d]\w*")
# A variable in a shell line or in a magic's arguments.
_PUT_IN = re.compile(r"[{$]\s*([^\W\d]\w*)")
_LONGEST = 120
# They see a notebook's variables without naming them.
_SEEING_ALL = frozenset({"exec", "eval", "globals", "locals"})
# Magics whose body is the cell's own code, as if it stood without them.
_HARMLESS = frozenset({"time"})
# Parts of paths that a program's links are made for, where it puts the path together when it runs.
_LINKED = re.compile(r"(?:^|/)(?:MyDrive|My Drive|g?drive|kaggle|content|input|working)(?:/|$)")


def find_constants(
    cells: Sequence[ParsedCell],
    trees: Sequence[ast.Module],
    beside: Beside,
    roots: PathRoots,
    asked: Collection[Location],
    secrets: Collection[str],
) -> Iterator[Parameter]:
    """The constants that can be options, in the order of their cells.

    `trees` are all that the notebook runs among its variables; `asked` are the places of what a
    person is to put in, and `secrets` the names of secrets.
    """
    candidates = [
        (parsed, node)
        for parsed in cells
        for node in _alone(parsed)
        if _is_setting(node, roots, secrets)
        and place_in(parsed, node) not in asked
        and not _asks(parsed, node, asked)
    ]
    if not candidates or _sees_all(trees):
        return
    times = Counter(_bound(cells, trees, beside))
    functions = (name for name, count in times.items() if count > 1)
    readers = readers_of(trees, [*functions, *_words_of_magics(cells)])
    read = readers.read | _put_in(cells)
    for parsed, node in candidates:
        name, _ = assigned_literal(node)
        if name in read and name not in readers.held and times[name] == 1:
            yield plain_parameter(parsed, node, "constant")


def _alone(parsed: ParsedCell) -> Iterator[ast.stmt]:
    """The assignments to names in capitals that have their lines to themselves."""
    if any(magic.magic not in _HARMLESS for magic in parsed.cell_magics) or parsed.cell.may_fail:
        return
    body = shared_tree(parsed.python).body
    lines = parsed.python.split("\n")
    for index, node in enumerate(body):
        name, _ = assigned_literal(node)
        if name is None or not _NAME.fullmatch(name):
            continue
        before = body[index - 1].end_lineno if index else 0
        if node.lineno != before and not behind(lines, node).lstrip(" \t").startswith(";"):
            yield node


def _is_setting(node: ast.stmt, roots: PathRoots, secrets: Collection[str]) -> bool:
    """Whether somebody may want to set the value from outside."""
    name, value = assigned_literal(node)
    if not isinstance(value, str):
        return True
    if len(value) > _LONGEST or len(value.splitlines()) > 1 or value.endswith("\n"):
        return False
    if is_marked(value) or value in secrets or _is_secret(name or ""):
        return False
    return not (any(roots.find(value)) or _LINKED.search(value))


def _is_secret(name: str) -> bool:
    return is_secret_name(name) or name.endswith("USERNAME")


def _asks(parsed: ParsedCell, node: ast.stmt, asked: Collection[Location]) -> bool:
    """Whether the value is a placeholder for what a person is to put in."""
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    if value is None:
        return False
    return Location(parsed.cell.number, value.lineno, value.col_offset + 1) in asked


def _sees_all(trees: Iterable[ast.Module]) -> bool:
    """Whether code gets at variables other than by naming them."""
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, ast.Name) and node.id in _SEEING_ALL:
                return True
            if isinstance(node, ast.Attribute) and node.attr == "user_ns":
                return True
            if isinstance(node, ast.Call) and dotted_text(node.func) == "vars" and not node.args:
                return True
    return False


def _bound(
    cells: Sequence[ParsedCell], trees: Iterable[ast.Module], beside: Beside
) -> Iterator[str]:
    """Every binding of a name, and all else that may give a name another value."""
    for tree in trees:
        yield from bound_names(tree)
        for node in walk(tree):
            if isinstance(node, ast.Global):
                yield from node.names
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del):
                yield node.id
    for found in _lines(cells):
        if found.location.column > 1:  # in a function perhaps, whose variables it would be given
            yield from _PUT_IN.findall(found.command if isinstance(found, Shell) else "")
    for parsed in cells:
        yield from names_bound_by_ipython(parsed, cells, beside)
        if parsed.unparsed is not None:
            yield from seem_bound(parsed)


def _words_of_magics(cells: Iterable[ParsedCell]) -> Iterator[str]:
    """What magics name, which may be functions that they call or look into."""
    for parsed in cells:
        for found in parsed.own:
            if isinstance(found, LineMagic | CellMagic) and found.magic not in PYTHON_LINE_MAGICS:
                yield from _WORD.findall(found.arguments)


def _put_in(cells: Iterable[ParsedCell]) -> frozenset[str]:
    """The variables that shell lines and magics are given, installs aside: those run no more."""
    return frozenset(
        name
        for found in _lines(cells)
        for text in [found.command if isinstance(found, Shell) else found.arguments]
        if "install" not in text
        for name in _PUT_IN.findall(text)
    )


def _lines(cells: Iterable[ParsedCell]) -> Iterator[Shell | LineMagic]:
    return (
        found for parsed in cells for found in parsed.own if isinstance(found, Shell | LineMagic)
    )
