"""NB209: a function or a class that another cell defines anew before anything used it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

from nb2prod.analysis.names import dotted_text
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding

RULE = rule("NB209")

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_DEFINED = re.compile(r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# Decorators after which a definition is still no more than its name. Any other may keep what it
# decorates somewhere: as an overload, a patch, a handler, a tool.
_PLAIN = frozenset(
    "cache cached contextmanager dataclass inference_mode jit lru_cache njit no_grad vmap wraps"
    " tf.function tensorflow.function".split()
)


def check(context: Context) -> Iterator[Finding]:
    """The later definitions, where no line between the two names what they define."""
    earlier: dict[str, tuple[CheckedCell, _Definition]] = {}
    for cell in _with_names_of_others(context):
        here: dict[str, tuple[CheckedCell, _Definition]] = {}
        for node in cell.tree.body:
            if not isinstance(node, _DEFINITIONS):
                continue
            if node.name in earlier and node.name not in here:
                first, old = earlier[node.name]
                if _replaces(old, node) and not _is_used(context, first, old, cell, node):
                    said = (
                        f"`{node.name}` is defined in cell {first.number} already, differently, and"
                        " nothing uses that one; rename one of them, or remove the first"
                    )
                    yield context.found(RULE, cell.place(node), said)
            here[node.name] = (cell, node)
        earlier |= here


def _with_names_of_others(context: Context) -> list[CheckedCell]:
    """The cells that define what another cell defines too, as far as their text tells."""
    names = {cell.number: set(_DEFINED.findall(cell.source)) for cell in context.code_cells}
    times = Counter(name for found in names.values() for name in found)
    return [
        cell for cell in context.code_cells if any(times[name] > 1 for name in names[cell.number])
    ]


def _replaces(old: _Definition, new: _Definition) -> bool:
    """Whether the later one is something else, and no extension or solution of the first."""
    if old.name.strip("_") == "" or not _is_plain(old) or not _is_plain(new) or _is_stub(old):
        return False
    return not _builds_on_itself(new) and ast.dump(old) != ast.dump(new)


def _is_plain(node: _Definition) -> bool:
    for decorator in node.decorator_list:
        name = dotted_text(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if name not in _PLAIN and name.rpartition(".")[2] not in _PLAIN:
            return False
    return True


def _is_stub(node: _Definition) -> bool:
    """Whether there is nothing in it yet: `pass`, `...`, a note, `raise NotImplementedError`."""
    return all(
        isinstance(statement, ast.Pass | ast.Raise)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        or (isinstance(statement, ast.Return) and not isinstance(statement.value, ast.Call))
        for statement in node.body
    )


def _builds_on_itself(node: _Definition) -> bool:
    """Whether what stands around the body names the earlier one: `class A(A)`."""
    around: list[ast.AST] = [*node.decorator_list]
    if isinstance(node, ast.ClassDef):
        around += [*node.bases, *node.keywords]
    else:
        around.append(node.args)
    return any(
        isinstance(part, ast.Name) and part.id == node.name
        for outer in around
        for part in ast.walk(outer)
    )


def _is_used(
    context: Context, first: CheckedCell, old: _Definition, second: CheckedCell, new: _Definition
) -> bool:
    """Whether the name stands anywhere between the two, in magics and shell lines as well."""
    name = re.compile(rf"(?<![\w.]){re.escape(new.name)}(?!\w)")
    if name.search(first.source, first.span(old)[1]):
        return True
    # The second's own name is behind `def` or `class`, where its place begins.
    if name.search(second.source, 0, second.span(new)[0]):
        return True
    return any(
        name.search(cell.source)
        for cell in context.code_cells
        if first.number < cell.number < second.number
    )
