"""Paths that are put together from literals, where only some of them together name a directory of
the platform: `os.path.join("/content", "drive/MyDrive")`, `Path("/content") / "drive" / "MyDrive"`.
"""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from nb2prod.analysis.joined_paths import JOINING_CALLS
from nb2prod.analysis.paths import PathRoots
from nb2prod.program.cst_names import dotted
from nb2prod.program.rewrites.strings import text_of


@dataclass(frozen=True, slots=True)
class JoinedRoot:
    """The part of a path that names the platform's directory.

    `node` is that part, `call` the call in it; `parts` are the literals that together make `text`.
    """

    node: cst.Call | cst.BinaryOperation
    call: cst.Call
    parts: tuple[cst.BaseExpression, ...]
    text: str


def joined_root(node: cst.Call | cst.BinaryOperation, roots: PathRoots) -> JoinedRoot | None:
    """What of a joined path names a directory of the platform that its first literal alone does
    not; None when nothing does.
    """
    divisions: list[cst.BinaryOperation] = []
    current: cst.BaseExpression = node
    while isinstance(current, cst.BinaryOperation) and isinstance(current.operator, cst.Divide):
        divisions.insert(0, current)
        current = current.left
    if not isinstance(current, cst.Call) or not taking_paths(current):
        return None
    operands = [(argument.value, current) for argument in current.args if not argument.star]
    if len(operands) < len(current.args) or any(argument.keyword for argument in current.args):
        return None
    wholes: list[tuple[cst.BaseExpression, cst.Call | cst.BinaryOperation]] = [
        *operands,
        *((division.right, division) for division in divisions),
    ]
    literals: list[str] = []
    for operand, _ in wholes:
        if not isinstance(operand, cst.SimpleString) or "b" in operand.prefix.lower():
            break
        literals.append(text_of(operand))
    covering = roots.covering(literals) if len(literals) > 1 else None
    if covering is None:
        return None
    count, text = covering
    parts = tuple(operand for operand, _ in wholes[:count])
    return JoinedRoot(wholes[count - 1][1], current, parts, text)


def taking_paths(call: cst.Call) -> bool:
    """Whether a call puts a path together, of texts and of `Path` alike."""
    return dotted(call.func) in JOINING_CALLS


def with_plain_directories(original: cst.Call, updated: cst.Call) -> cst.Call:
    """Such a call with `config.data_dir` for what became `str(config.data_dir)` in it."""
    literals = {
        position
        for position, argument in enumerate(original.args)
        if isinstance(argument.value, cst.SimpleString)
    }
    return updated.with_changes(
        args=[
            argument.with_changes(value=without_str(argument.value))
            if position in literals
            else argument
            for position, argument in enumerate(updated.args)
        ]
    )


def without_str(value: cst.BaseExpression) -> cst.BaseExpression:
    """`config.data_dir` for `str(config.data_dir)`; anything else as it is."""
    if isinstance(value, cst.Call) and dotted(value.func) == "str":
        return value.args[0].value
    return value


def with_text(found: JoinedRoot, call: cst.Call, text: cst.BaseExpression) -> cst.Call:
    """The rewritten `call` of a joined path with one argument for the parts that make its text."""
    first = cst.Arg(text)
    rest = call.args[len(found.parts) :] if found.node is found.call else ()
    return call.with_changes(args=[first, *rest])
