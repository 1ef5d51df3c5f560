"""NB502: paths that one platform, or one machine, has and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from nb2prod.analysis.names import called_name, dotted_text, literal_text
from nb2prod.analysis.notebook_roots import find_mounts, mount_arguments
from nb2prod.analysis.path_texts import path_texts
from nb2prod.analysis.paths import Directory, find_roots
from nb2prod.analysis.platform_api import platform_names
from nb2prod.analysis.unportable import FOREIGN_PATH
from nb2prod.hygiene.added_imports import import_of, imports_module, joined
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.guards import guarded_lines
from nb2prod.hygiene.model import Finding, Fix, SourceEdit
from nb2prod.hygiene.owners import owners
from nb2prod.location import Location
from nb2prod.notebook.model import Platform
from nb2prod.notebook.statements import CellMagic, LineMagic

RULE = rule("NB502")

# One of them is in every cell that names such a path.
_HINT = re.compile(
    r"/content|/kaggle|/root|/home/|/Users/|My\\?\s?Drive|/dbfs|dbfs:|\.\./(?:input|working)"
    r"|sample_data/|/mnt/|/opt/ml|/workspace|/Volumes|/notebooks|/storage|/datasets"
    r"|\b[A-Za-z]:(?:\\|/(?:Users|Documents))"
)
_WHOSE = (
    (re.compile(r".*My\\?\s?Drive|/content/g?drive|/gdrive"), "Google Drive as Colab mounts it"),
    (re.compile(r"/content|.*sample_data/"), "Colab"),
    (re.compile(r"/kaggle|\.\./(?:input|working)"), "Kaggle"),
    (re.compile(r"/?dbfs|/Volumes"), "Databricks"),
)

# The project's own variables, and everybody's for the home directory.
_NAMES: dict[Directory, str] = {"data": "DATA_DIR", "work": "WORK_DIR", "home": "HOME"}
# How FastAPI, Flask and the like call what gives a function its address.
_ROUTING = frozenset("delete get head options patch post put route websocket".split())
_READS = ("environ.get", "getenv", "environ.setdefault")
# A literal that is nothing but one text: no prefix that changes what it means, no second piece.
_LITERAL = re.compile(r"(?P<sign>[rRuU]?)(?P<quote>\"\"\"|'''|\"|')(?P<text>[^'\"\n]*)(?P=quote)")
# In a pattern, and in a text that is put together, there is no place for a call.
_NO_CALL = (ast.pattern, ast.JoinedStr, ast.FormattedValue)


def check(context: Context) -> Iterator[Finding]:
    """The paths in texts, shell lines and magics; a line that names one several times once."""
    hints = [text for text in RULE.texts if text in context.code]
    cells = [cell for cell in context.code_cells if any(text in cell.source for text in hints)]
    cells = [cell for cell in cells if _HINT.search(cell.source)]
    mounts = "drive.mount" in hints
    if mounts:
        cells = list(context.code_cells)
    if not cells:
        return
    platform = context.platform
    trees = [(cell.parsed, cell.tree) for cell in context.code_cells] if mounts else []
    names = platform_names(tree for _, tree in trees)
    roots = find_roots(platform, find_mounts(trees, names), ())
    variables: dict[str, str] | None = None
    for cell in cells:
        mounted = {id(node) for node in mount_arguments(cell.tree, names)} if mounts else set()
        guarded = guarded_lines(cell)
        seen: set[tuple[int, str]] = set()
        for text, place, node in _texts(cell, mounted):
            found = next(roots.find(text), None)
            # A program that asks where it is has places of its own elsewhere.
            if found is not None and place.line in guarded:
                continue
            path = found.root.prefix if found else _foreign(text, platform)
            if path is None or (place.line, path) in seen:
                continue
            seen.add((place.line, path))
            fix = None
            if node is not None and text.startswith(path):
                if variables is None:
                    variables = _variables(context.code_cells)
                directory = found.root.directory if found else "data"
                fix = _fix(context, cell, node, path, directory, variables)
            yield context.found(RULE, place, _message(path), fix=fix)


def _foreign(text: str, platform: Platform) -> str | None:
    """The directory of somebody's own machine that a text begins with."""
    foreign = FOREIGN_PATH.match(text)
    if foreign is None or ("sample_data" in foreign[0] and platform != "colab"):
        return None
    return foreign[0]


def _message(path: str) -> str:
    whose = next((name for pattern, name in _WHOSE if pattern.match(path)), None)
    said = f"is a path of {whose}" if whose else "is a path of one machine"
    return f"`{path}` {said}, and is nowhere else; read the directory from a setting instead"


def _routes(cell: CheckedCell) -> Iterator[int]:
    """The texts, by `id`, that are addresses of a service: `@app.get("/content/{name}")`."""
    for node in cell.nodes if "@" in cell.source else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and called_name(decorator) in _ROUTING:
                    yield from (id(part) for part in ast.walk(decorator))


def _texts(
    cell: CheckedCell, ignored: set[int]
) -> Iterator[tuple[str, Location, ast.Constant | None]]:
    """Each text with its place; with its node where it is a literal and nothing else. What is
    there for a variable of the environment that is not set is somebody's setting already.
    """
    ignored = ignored | {id(default) for _, default in _settings(cell)} | set(_routes(cell))
    for node, text, whole in path_texts(cell.tree):
        if id(node) not in ignored:
            yield text, cell.place(whole), node if node is whole else None
    for script, place in cell.shell:
        yield script, cell.shown(place), None
        yield from ((word, cell.shown(place), None) for word in script.split())
    for found in cell.parsed.own:
        if isinstance(found, LineMagic | CellMagic):
            place = cell.shown(found.location)
            yield found.arguments, place, None
            yield from ((word, place, None) for word in found.arguments.split())


def _settings(cell: CheckedCell) -> Iterator[tuple[str, ast.expr]]:
    """The variables of the environment that the code reads, each with the default beside it."""
    if "environ" not in cell.source and "getenv" not in cell.source:
        return
    for node in cell.nodes:
        if isinstance(node, ast.Call) and len(node.args) == 2:
            name = literal_text(node.args[0])
            if name is not None and dotted_text(node.func).endswith(_READS):
                yield name, node.args[1]


def _variables(cells: Iterable[CheckedCell]) -> dict[str, str]:
    """The directories that variables stand for already, by the variables' names."""
    found: dict[str, str] = {}
    for cell in cells:
        for name, default in _settings(cell):
            found.setdefault(name, literal_text(default) or "")
    return found


def _fix(
    context: Context,
    cell: CheckedCell,
    node: ast.Constant,
    path: str,
    directory: Directory,
    variables: dict[str, str],
) -> Fix | None:
    """The directory that the literal begins with is read from the environment, and is what it was
    where no variable is set.
    """
    start, end = cell.span(node)
    written = _LITERAL.fullmatch(cell.source[start:end])
    owner = owners(cell.tree).get(id(node))
    if written is None or written["text"] != node.value or isinstance(owner, _NO_CALL):
        return None
    # A field of a form of Colab's holds a literal, and is a setting for whoever is there.
    line = cell.source[start:].partition("\n")[0]
    if re.search(r"#\s*@param\b", line):
        return None
    default, rest = _cut(written["text"], path.rstrip("/\\"))
    if not default or rest == "\\":
        return None
    name = _variable(_NAMES[directory], default, variables)
    sign, quote = written["sign"], written["quote"]
    mark = quote[0]
    text = f"os.environ.get({mark}{name}{mark}, {sign}{quote}{default}{quote})"
    if rest:
        text += f" + {sign}{quote}{rest}{quote}"
        if isinstance(owner, ast.Attribute | ast.Subscript | ast.BinOp):
            text = f"({text})"
    more = () if imports_module(context, cell, node, "os") else import_of(cell, "os")
    edits = joined(more, SourceEdit(cell.number, start, end, text))
    return Fix(f"read the directory from `{name}`, by default `{default}`", edits, "unsafe")


def _cut(text: str, begins: str) -> tuple[str, str]:
    """A path cut behind the directory that it begins with, or in which that is half a name."""
    end = len(begins)
    if text[end : end + 1] not in ("", "/", "\\"):
        further = re.compile(r"[/\\]").search(text, end)
        end = further.start() if further else max(begins.rfind("/"), begins.rfind("\\"))
    return text[: max(end, 0)], text[max(end, 0) :]


def _variable(name: str, default: str, variables: dict[str, str]) -> str:
    """The variable for a directory: the same for the same, another for another."""
    tried, number = name, 2
    while variables.setdefault(tried, default) != default:
        tried, number = f"{name}_{number}", number + 1
    return tried
