"""Printed values that a cell's code ties to a module: `print("torch", torch.__version__)`.

A line of an output counts only when exactly one statement can have printed it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nb2prod.notebook.trees import shared_tree

_VERSION = r"\d[\w.+!-]*"
# A longer line is data, and slow to compare.
_LONGEST_LINE = 500


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that a `print` writes: a pattern with a group for each module's version in it."""

    pattern: str
    modules: tuple[str, ...]
    number: int

    @property
    def bare(self) -> bool:
        """Whether it is nothing but one version."""
        return self.pattern == f"({_VERSION})"


def printed_versions(
    source: str, printed: str, values: Sequence[str]
) -> Iterator[tuple[str, str, int]]:
    """Each module's name in the cell, its version, and the line of the code that shows it.

    `source` is the cell as Python, `printed` its streams, `values` what its last line showed.
    """
    if "__version__" not in source:
        return
    body = shared_tree(source).body
    templates = [line for statement in body if (line := _printed_by(statement)) is not None]
    lines = [line.rstrip() for line in printed.split("\n") if len(line) <= _LONGEST_LINE]
    told = [one for one in templates if not one.bare]
    for template in told:
        matches = [match for line in lines if (match := re.fullmatch(template.pattern, line))]
        # The same words twice, or twice over, say nothing of which module is meant.
        if len(matches) == sum(other.pattern == template.pattern for other in told) == 1:
            for module, version in zip(template.modules, matches[0].groups(), strict=True):
                yield module, version, template.number
    bare = [one for one in templates if one.bare]
    alone = [line for line in lines if re.fullmatch(_VERSION, line)]
    if len(bare) == len(alone):
        for template, version in zip(bare, alone, strict=True):
            yield template.modules[0], version, template.number
    last = body[-1] if body else None
    if isinstance(last, ast.Expr) and (shown := _module_of(last.value)) and len(values) == 1:
        match = re.fullmatch(rf"(['\"])({_VERSION})\1", values[0].strip())
        if match:
            yield shown, match[2], last.lineno


def _printed_by(statement: ast.stmt) -> _Line | None:
    """The line of a `print` on a cell's top level that shows a version; None for other code."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if (
        not isinstance(call, ast.Call)
        or not isinstance(call.func, ast.Name)
        or call.func.id != "print"
        or call.keywords
        or not call.args
    ):
        return None
    parts: list[str | ast.expr] = []
    for index, argument in enumerate(call.args):
        parts += [" "] if index else []
        parts += _parts(argument)
    pattern = ""
    modules: list[str] = []
    for part in parts:
        if isinstance(part, str):
            pattern += re.escape(part)
        elif (shown := _module_of(part)) is not None:
            pattern += f"({_VERSION})"
            modules.append(shown)
        else:
            pattern += ".*?"
    if not modules or "\n" in pattern:
        return None
    return _Line(pattern, tuple(modules), statement.lineno)


def _parts(node: ast.expr) -> list[str | ast.expr]:
    """What an argument of `print` is put together of: texts, and expressions as they are."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.JoinedStr):
        return [
            part
            for value in node.values
            for part in (
                [value.value]
                if isinstance(value, ast.FormattedValue) and value.format_spec is None
                else _parts(value)
            )
        ]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _parts(node.left) + _parts(node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        values = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        return _filled(node.left, r"%s", values) or [node]
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
        and not node.keywords
    ):
        return _filled(node.func.value, r"\{\}", node.args) or [node]
    return [node]


def _filled(
    template: ast.expr, gap: str, values: Sequence[ast.expr]
) -> list[str | ast.expr] | None:
    """The parts of `"…%s…" % values`; None where the gaps are others or not as many."""
    if not isinstance(template, ast.Constant) or not isinstance(template.value, str):
        return None
    texts = re.split(gap, template.value)
    if len(texts) != len(values) + 1 or any(re.search(r"[%{}]", text) for text in texts):
        return None
    parts: list[str | ast.expr] = [texts[0]]
    for value, text in zip(values, texts[1:], strict=True):
        parts += [value, text]
    return parts


def _module_of(node: ast.expr) -> str | None:
    """The name before `.__version__`, also inside `str()`."""
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "str"
        and len(node.args) == 1
    ):
        node = node.args[0]
    if (
        isinstance(node, ast.Attribute)
        and node.attr == "__version__"
        and isinstance(node.value, ast.Name)
    ):
        return node.value.id
    return None
