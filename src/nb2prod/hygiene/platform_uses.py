"""What becomes of an import of Colab's or Kaggle's modules where a plain equivalent exists.

Source of the functions: the modules' own documentation. Drive is a directory without a mount, a
secret is a variable of the environment, a file that is there needs no download, and an output is
cleared by IPython's own function.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from nb2prod.analysis.names import bound_names, dotted_text, literal_text
from nb2prod.analysis.secrets import is_environ
from nb2prod.hygiene.added_imports import imports_module
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.guards import guarded_lines
from nb2prod.hygiene.model import Fix, SourceEdit
from nb2prod.hygiene.owners import owners
from nb2prod.location import Location

_VARIABLE = re.compile(r"[A-Za-z_]\w*")
# Calls that leave nothing behind outside the platform's page.
_GOES = frozenset({"drive.mount", "drive.flush_and_unmount", "files.download"})
_MODULES = frozenset({"drive", "files", "output", "userdata"})
_CLIENT = "UserSecretsClient"


class _Use(NamedTuple):
    """An edit for one use of a name, and what it needs: `os`, `clear_output`, or nothing."""

    edit: SourceEdit
    needs: str = ""


def plain_equivalent(context: Context, cell: CheckedCell, node: ast.stmt) -> Fix | None:
    """The fix for an import statement: all uses of what it binds give way to plain Python, and the
    import goes. None where one of them has no equivalent, or where the names mean something else
    too.
    """
    names = _names(node)
    if not names:
        return None
    uses: list[_Use] = []
    for name, meaning in names.items():
        found = _uses(context, name, meaning)
        if found is None:
            return None
        uses += found
    needed = {use.needs for use in uses} - {""}
    lines = []
    if "os" in needed and not imports_module(context, cell, node, "os"):
        lines.append("import os")
    if "clear_output" in needed:
        lines.append("from IPython.display import clear_output")
    taken = _replaced(cell, node, lines) if lines else _without(cell, node)
    edits = _joined([taken, *(use.edit for use in uses)])
    if edits is None:
        return None
    return Fix(f"do without {', '.join(f'`{name}`' for name in names)}", edits, "unsafe")


def _joined(edits: list[SourceEdit]) -> tuple[SourceEdit, ...] | None:
    """The edits, each once, and those that touch as one; None where they are about the same."""
    found: list[SourceEdit] = []
    for edit in sorted(set(edits), key=lambda one: (one.cell, one.start, one.end)):
        last = found[-1] if found else None
        if last is None or last.cell != edit.cell or last.end < edit.start:
            found.append(edit)
        elif last.end == edit.start:
            found[-1] = SourceEdit(edit.cell, last.start, edit.end, last.text + edit.text)
        else:
            return None
    return tuple(found)


def _names(node: ast.stmt) -> dict[str, str]:
    """What an import binds, with what that is; nothing where it is not one of those known here."""
    if not isinstance(node, ast.ImportFrom):
        return {}
    known = {"google.colab": _MODULES, "kaggle_secrets": {_CLIENT}}.get(node.module or "", set())
    if node.level or not all(alias.name in known for alias in node.names):
        return {}
    return {alias.asname or alias.name: alias.name for alias in node.names}


def _uses(context: Context, name: str, meaning: str) -> list[_Use] | None:
    """The edits for all uses of a name; None where one of them has to stay."""
    found: list[_Use] = []
    clients: set[str] = set()
    for cell in context.code_cells:
        if name not in cell.source:
            continue
        if cell.parsed.unparsed is not None or _is_beyond_python(cell, name):
            return None
        if not _is_bound_by_imports(cell, name, meaning):
            return None
        made = list(_in_cell(cell, name, meaning, clients))
        if None in made:
            return None
        found += [use for use in made if use is not None]
    for client in clients:
        # `secrets = UserSecretsClient()` in one cell, its methods in others.
        for cell in context.code_cells:
            made = list(_of_client(cell, client))
            if None in made or _is_beyond_python(cell, client):
                return None
            found += [use for use in made if use is not None]
    return found


def _is_beyond_python(cell: CheckedCell, name: str) -> bool:
    """Whether a magic or a shell line may use the name."""
    if not re.search(
        rf"[%!].*\b{re.escape(name)}\.\w|\{{[^}}\n]*\b{re.escape(name)}\.", cell.source
    ):
        return False
    rest = "\n".join(
        getattr(found, "arguments", "") or getattr(found, "command", "")
        for found in cell.parsed.own
        if isinstance(getattr(found, "arguments", getattr(found, "command", None)), str)
    )
    return re.search(rf"\b{re.escape(name)}\.\w", rest) is not None


def _is_bound_by_imports(cell: CheckedCell, name: str, meaning: str) -> bool:
    """Whether all that binds the name in a cell are imports of the same, outside of what asks for
    the platform first.
    """
    imports = [
        node
        for node in cell.nodes
        if isinstance(node, ast.ImportFrom)
        and name in (one.asname or one.name for one in node.names)
    ]
    if sum(bound == name for bound in bound_names(cell.tree)) != len(imports):
        return False
    guarded = guarded_lines(cell) if imports else frozenset()
    return all(_names(node).get(name) == meaning and node.lineno not in guarded for node in imports)


def _in_cell(
    cell: CheckedCell, name: str, meaning: str, clients: set[str]
) -> Iterator[_Use | None]:
    above_of = owners(cell.tree)
    for node in cell.nodes:
        if not isinstance(node, ast.Name) or node.id != name:
            continue
        if meaning == _CLIENT:
            yield _made_client(cell, node, above_of, clients)
            continue
        attribute = above_of.get(id(node))
        call = above_of.get(id(attribute))
        if (
            not isinstance(attribute, ast.Attribute)
            or not isinstance(call, ast.Call)
            or call.func is not attribute
        ):
            yield None
            continue
        statement = above_of.get(id(call))
        called = f"{meaning}.{attribute.attr}"
        if called in _GOES and isinstance(statement, ast.Expr):
            yield _Use(_without(cell, statement))
        elif called == "userdata.get":
            yield _secret(cell, call, statement)
        elif called == "output.clear" and all(one.arg == "wait" for one in call.keywords):
            start, end = cell.span(attribute)
            edit = SourceEdit(cell.number, start, end, "clear_output")
            fits = len(call.args) < 2 and _is_written(cell, attribute)
            yield _Use(edit, "clear_output") if fits else None
        else:
            yield None


def _made_client(
    cell: CheckedCell, node: ast.Name, above_of: Mapping[int, ast.AST], clients: set[str]
) -> _Use | None:
    """`secrets = UserSecretsClient()` goes, and `UserSecretsClient().get_secret("X")` is read from
    the environment.
    """
    call = above_of.get(id(node))
    above = above_of.get(id(call))
    if not isinstance(call, ast.Call) or call.args or call.keywords:
        return None
    if isinstance(above, ast.Assign) and isinstance(above.targets[0], ast.Name):
        if len(above.targets) > 1:
            return None
        clients.add(above.targets[0].id)
        return _Use(_without(cell, above))
    secret = above_of.get(id(above))
    asks = isinstance(above, ast.Attribute) and above.attr == "get_secret"
    if asks and isinstance(secret, ast.Call) and secret.func is above:
        return _secret(cell, secret, above_of.get(id(secret)))
    return None


def _of_client(cell: CheckedCell, client: str) -> Iterator[_Use | None]:
    if client not in cell.source:
        return
    if cell.parsed.unparsed is not None:
        yield None
    above_of = owners(cell.tree)
    for node in cell.nodes:
        if isinstance(node, ast.arg) and node.arg == client:
            yield None
        if not isinstance(node, ast.Name) or node.id != client:
            continue
        above = above_of.get(id(node))
        call = above_of.get(id(above))
        if isinstance(node.ctx, ast.Store):
            # Bound by `UserSecretsClient()` alone.
            value = above.value if isinstance(above, ast.Assign) else None
            called = dotted_text(value.func) if isinstance(value, ast.Call) else ""
            if not called.endswith(_CLIENT):
                yield None
        elif (
            isinstance(above, ast.Attribute)
            and above.attr == "get_secret"
            and isinstance(call, ast.Call)
            and call.func is above
        ):
            yield _secret(cell, call, above_of.get(id(call)))
        else:
            yield None


def _secret(cell: CheckedCell, call: ast.Call, owner: ast.AST | None) -> _Use | None:
    """`userdata.get("X")` as `os.environ["X"]`. What the environment would be given from itself
    has to be there already.
    """
    literal = call.args[0] if len(call.args) == 1 and not call.keywords else None
    key = literal_text(literal)
    if literal is None or key is None or not _VARIABLE.fullmatch(key):
        return None
    # The places of what stands in an f-string are known from Python 3.12 on.
    if not _is_written(cell, call):
        return None
    written = cell.source[slice(*cell.span(literal))]
    if isinstance(owner, ast.Assign) and owner.value is call and len(owner.targets) == 1:
        target = owner.targets[0]
        if (
            isinstance(target, ast.Subscript)
            and is_environ(target.value)
            and literal_text(target.slice) == key
        ):
            text = f"assert {written} in {dotted_text(target.value)}"
            return _Use(SourceEdit(cell.number, *cell.span(owner), text))
    text = f"os.environ[{written}]"
    return _Use(SourceEdit(cell.number, *cell.span(call), text), "os")


def _is_written(cell: CheckedCell, node: ast.expr) -> bool:
    """Whether the source has an expression where the tree says."""
    start, end = cell.span(node)
    try:
        there = ast.parse(f"({cell.source[start:end]}\n)", mode="eval").body
    except (SyntaxError, ValueError):
        return False
    return ast.dump(there) == ast.dump(node)


def _replaced(cell: CheckedCell, node: ast.stmt, lines: list[str]) -> SourceEdit:
    start, end = cell.span(node)
    opening = cell.source[cell.source.rfind("\n", 0, start) + 1 : start]
    separator = f"\n{opening}" if not opening.strip() else "; "
    return SourceEdit(cell.number, start, end, separator.join(lines))


def _without(cell: CheckedCell, node: ast.stmt) -> SourceEdit:
    """A statement with its line; `pass` where the line or the block has nothing else."""
    start, end = cell.span(node)
    first = cell.offset(Location(cell.number, cell.place(node).line))
    last = cell.source.find("\n", end)
    last = len(cell.source) if last < 0 else last
    before, behind = cell.source[first:start], cell.source[end:last].strip()
    alone = not before.strip() and (not behind or behind.startswith("#"))
    if not alone or _is_whole_block(cell, node):
        return SourceEdit(cell.number, start, end, "pass")
    return SourceEdit(cell.number, first, min(last + 1, len(cell.source)), "")


def _is_whole_block(cell: CheckedCell, node: ast.stmt) -> bool:
    for owner in cell.nodes:
        if isinstance(owner, ast.Module):
            continue
        for block in ("body", "orelse", "finalbody"):
            statements = getattr(owner, block, None)
            if isinstance(statements, list) and node in statements:
                # Of several that all go nothing would be left.
                return all(isinstance(one, ast.Expr | ast.ImportFrom) for one in statements)
    return False
