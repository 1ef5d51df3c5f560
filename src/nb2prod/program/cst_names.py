"""Small answers about LibCST's trees."""

from __future__ import annotations

import libcst as cst


def dotted(node: cst.BaseExpression) -> str | None:
    """`a.b.c` as text, calls in between as `a().b`; None for anything else."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr.value}" if owner else None
    if isinstance(node, cst.Call):
        owner = dotted(node.func)
        return f"{owner}()" if owner else None
    return None


def is_none(node: cst.BaseExpression) -> bool:
    """Whether an expression is `None`: nothing is left of it, and Python warns of calling None or
    looking into it.
    """
    return isinstance(node, cst.Name) and node.value == "None"


def statements(code: str) -> list[cst.BaseStatement]:
    """Source as statements that can stand in any block."""
    return [
        line.with_changes(leading_lines=[]) if isinstance(line, cst.SimpleStatementLine) else line
        for line in cst.parse_module(code).body
        if isinstance(line, cst.BaseStatement)
    ]


def comment_lines(text: str) -> list[cst.EmptyLine]:
    """Text as comment lines of their own, whatever characters it holds."""
    return [
        cst.EmptyLine(comment=cst.Comment(f"# {_printable(line)}".rstrip()))
        for line in text.splitlines() or [""]
    ]


def comments_inside(node: cst.CSTNode) -> list[cst.EmptyLine]:
    """The comments within a statement, as comment lines of their own."""
    collector = _Comments()
    node.visit(collector)
    return collector.lines


class _Comments(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[cst.EmptyLine] = []

    def visit_Comment(self, node: cst.Comment) -> None:
        self.lines.append(cst.EmptyLine(comment=node))


def _printable(line: str) -> str:
    """A null would end Python's reading of the file; other control characters hide the text."""
    return "".join(char if char.isprintable() or char == "\t" else " " for char in line)
