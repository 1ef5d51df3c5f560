"""NB307: an import below the first cell that does something."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from nb2prod.analysis.names import called_name
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding, Fix, SourceEdit
from nb2prod.notebook.scope import BINDING, names_bound_by

RULE = rule("NB307")

_IMPORTS = (ast.Import, ast.ImportFrom)
# What an import may have to wait for: an install, a file, a directory, a variable of the
# environment, a module that is written here.
_AWAITED = re.compile(
    r"^[ \t]*(?:!|%%(?!time|capture)|%(?:pip|conda|mamba|uv|cd|run|env|set_env|load_ext"
    r"|tensorflow_version|sx|system)\b)|sys\.path|chdir\(|environ|subprocess|os\.system"
    r"|get_ipython\(|=[ \t]*!|\bgit\b|^[ \t]*(?:pip|conda|cd)[ \t]",
    re.MULTILINE,
)
# Calls by which a notebook sets itself up, by their last names.
_SETTINGS = re.compile(
    r"set\w*|\w*seed\w*|\w*seed_all|filterwarnings|simplefilter|use|style|reset_\w+|\w*option\w*"
    r"|basicConfig|getLogger|login|notebook_login|print|display|mount|\w*mode|enable\w*|disable\w*"
    r"|init\w*|register\w*|\w*config\w*|insert|append|get|getenv|Path|device|is_available|update"
    r"|load_dotenv|getpass|input|setLevel|cuda|join|abspath|exists|makedirs|mkdir|system"
)
_MOST_NAMED = 4


def check(context: Context) -> Iterator[Finding]:
    """The cells that import something late, one finding for each, at its first such line."""
    home: CheckedCell | None = None
    works = waits = False
    for cell in context.code_cells:
        if not cell.source.strip():
            continue
        imports = _imports(cell) if "import" in cell.source else []
        waits = waits or (works and _AWAITED.search(cell.source) is not None)
        late = [node for node in imports if getattr(node, "module", "") != "__future__"]
        if works and late and not waits:
            names = list(dict.fromkeys(f"`{_module(node)}`" for node in late))
            listed = ", ".join(names[:_MOST_NAMED])
            more = len(names) - _MOST_NAMED
            listed += f" and {more} more" if more > 0 else ""
            said = f"{listed} {'is' if len(names) == 1 else 'are'} imported below cells that work"
            said += " already; import at the top, so that what is missing shows at once"
            fix = _fix(context, home, cell, late) if home is not None else None
            yield context.found(RULE, cell.place(late[0]), said, fix=fix)
        if home is None and imports:
            home = cell
        works = works or not all(map(_is_setting_up, cell.tree.body))


def _imports(cell: CheckedCell) -> list[ast.Import | ast.ImportFrom]:
    return [node for node in cell.tree.body if isinstance(node, _IMPORTS)]


def _module(node: ast.Import | ast.ImportFrom) -> str:
    if isinstance(node, ast.Import):
        return node.names[0].name
    return f"{'.' * node.level}{node.module or ''}"


def _is_setting_up(node: ast.stmt) -> bool:
    """Whether a statement is an import, an install or a setting: nothing that needs data."""
    if isinstance(node, ast.If | ast.Try | ast.With):
        bodies = [*node.body, *getattr(node, "orelse", ())]
        return all(map(_is_setting_up, bodies))
    if isinstance(node, ast.Expr):
        return _is_plain(node.value)
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return node.value is None or _is_plain(node.value)
    return isinstance(node, ast.Import | ast.ImportFrom | ast.Pass | ast.Raise)


def _is_plain(value: ast.expr) -> bool:
    """Whether an expression is a value that is written out, or calls nothing but settings."""
    for part in ast.walk(value):
        if isinstance(part, ast.Call):
            if not _SETTINGS.fullmatch(called_name(part).rpartition(".")[2]):
                return False
        elif isinstance(part, ast.Lambda | ast.ListComp | ast.DictComp | ast.GeneratorExp):
            return False
    return True


def _fix(
    context: Context,
    home: CheckedCell,
    cell: CheckedCell,
    late: Sequence[ast.Import | ast.ImportFrom],
) -> Fix | None:
    """The imports below the first ones of the notebook; None where they may mean something else
    there.
    """
    last = _last_of_first_block(home)
    stop = _line_end(home, last)
    if _AWAITED.search(home.source, stop) or _margin(home, last) or not _are_alike(context, late):
        return None
    # A line twice would be one more to find by hand.
    there = {ast.unparse(node) for node in _imports(home)}
    lines: list[str] = []
    spans: list[list[int]] = []
    for node in late:
        start, end = cell.span(node)
        begin, after = cell.source.rfind("\n", 0, start) + 1, _line_end(cell, node)
        rest = cell.source[end:after].strip()
        if start != begin or (rest and not rest.startswith("#")):
            return None
        if ast.unparse(node) not in there:
            lines.append(cell.source[begin:after].rstrip())
            there.add(ast.unparse(node))
        after = min(after + 1, len(cell.source))
        if spans and spans[-1][1] == begin:
            spans[-1][1] = after
        else:
            spans.append([begin, after])
        if spans[-1][0] == 0:  # no blank lines at the top
            while cell.source.startswith("\n", spans[-1][1]):
                spans[-1][1] += 1
    edits = [SourceEdit(cell.number, begin, after, "") for begin, after in spans]
    if lines:
        text = "".join(f"\n{line}" for line in lines)
        edits.append(SourceEdit(home.number, stop, stop, text))
    return Fix(f"move the imports to cell {home.number}", tuple(edits), "unsafe")


def _last_of_first_block(home: CheckedCell) -> ast.stmt:
    body = home.tree.body
    index = next(index for index, node in enumerate(body) if isinstance(node, _IMPORTS))
    while index + 1 < len(body) and isinstance(body[index + 1], _IMPORTS):
        index += 1
    return body[index]


def _line_end(cell: CheckedCell, node: ast.stmt) -> int:
    """The end of the line that a statement ends on."""
    stop = cell.source.find("\n", cell.span(node)[1])
    return len(cell.source) if stop < 0 else stop


def _margin(cell: CheckedCell, node: ast.stmt) -> str:
    start = cell.span(node)[0]
    before = cell.source[cell.source.rfind("\n", 0, start) + 1 : start]
    return before if not before.strip() or before.lstrip().startswith((">", ".", "I")) else ""


def _are_alike(context: Context, late: Iterable[ast.Import | ast.ImportFrom]) -> bool:
    """Whether what the imports bind is bound to nothing else anywhere in the notebook."""
    meanings: dict[str, set[str]] = {}
    for cell in context.code_cells:
        for node in cell.nodes:
            if isinstance(node, _IMPORTS):
                for alias in node.names:
                    bound = alias.asname or alias.name.partition(".")[0]
                    module = "" if isinstance(node, ast.Import) else f"{_module(node)}."
                    whole = alias.name if alias.asname or module else bound
                    meanings.setdefault(bound, set()).add(f"{module}{whole}")
            elif type(node) in BINDING:
                for name in names_bound_by(node):
                    meanings.setdefault(name, set()).add("")
    names = [alias.asname or alias.name.partition(".")[0] for node in late for alias in node.names]
    return "*" not in names and all(len(meanings.get(name, ())) == 1 for name in names)
