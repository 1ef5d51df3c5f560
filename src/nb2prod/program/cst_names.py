"""Names in LibCST's trees."""

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


def statements(code: str) -> list[cst.BaseStatement]:
    """Source as statements that can stand in any block."""
    return [
        line.with_changes(leading_lines=[]) if isinstance(line, cst.SimpleStatementLine) else line
        for line in cst.parse_module(code).body
        if isinstance(line, cst.BaseStatement)
    ]


def comment_lines(text: str) -> list[cst.EmptyLine]:
    """Text as comment lines of their own."""
    return [
        cst.EmptyLine(comment=cst.Comment(f"# {line}".rstrip())) for line in text.splitlines() or [""]
    ]
