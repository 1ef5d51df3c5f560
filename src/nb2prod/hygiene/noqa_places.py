"""Where in a cell a suppression can stand without a change of what the cell does."""

from __future__ import annotations

import ast
import re

from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Edit, Finding, SetValue, SourceEdit
from nb2prod.location import Location
from nb2prod.notebook.statements import CellMagic, Python, Unparsed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nb2prod.hygiene.suppression import Directive
    from nb2prod.notebook.lean import JsonPath

# Colab reads the rest of such a line as the form of its cell.
_FORM = re.compile(r"#\s*@\w")
# A pasted session: IPython takes the prompts off only where the first line has one.
_PROMPT = re.compile(r">>>|\.\.\.|In \[")


class CellPlan:
    """The suppressions of one cell: `take` gathers findings, `edits` says what is to be written.

    `tag_list` are a list of tags and what is to be added to it, where it is there already; `count`
    is how many codes are written.
    """

    def __init__(self, context: Context, cell: CheckedCell) -> None:
        self._context = context
        self._cell = cell
        self._lines: dict[int, set[str]] = {}
        self._comment: set[str] = set()
        self._tag: set[str] = set()
        self.tag_list: tuple[JsonPath, list[str]] | None = None
        listed = [
            one for one in context.directives if one.cell == cell.number and one.codes is not None
        ]
        self._noqa = {one.place.line: one for one in listed if one.is_noqa and one.place}
        self._own = next((one for one in listed if one.span and not one.is_noqa), None)
        self._tagged = next((one for one in listed if one.path is not None), None)
        self._usable = _usable_lines(context, cell)
        self._ends = _ends_of_statements(cell)

    def take(self, finding: Finding, *, in_source: bool) -> None:
        """Find the narrowest place for a finding; without `in_source` it is a tag."""
        is_source = finding.part == "source" and finding.location is not None
        line = self._line_for(finding) if is_source and in_source else None
        if line is not None:
            self._lines.setdefault(line, set()).add(finding.code)
        elif in_source and (self._own is not None or (is_source and self._takes_comment())):
            self._comment.add(finding.code)
        else:
            self._tag.add(finding.code)

    @property
    def count(self) -> int:
        """How many codes are written."""
        return sum(map(len, (*self._lines.values(), self._comment, self._tag)))

    def edits(self) -> tuple[Edit, ...] | None:
        """The changes of the notebook; None where the cell has no place for its tag."""
        for line in list(self._lines):
            # What is kept back in all of the cell needs no word on a line.
            self._lines[line] -= self._comment | self._tag
            if not self._lines[line]:
                del self._lines[line]
        edits: list[Edit] = [
            self._noqa_edit(line, sorted(codes)) for line, codes in self._lines.items()
        ]
        if self._comment:
            edits.append(self._comment_edit(sorted(self._comment)))
        if self._tag:
            tagged = self._tag_edit("+".join(sorted(self._tag)))
            if tagged is None and self.tag_list is None:
                return None
            edits += [tagged] if tagged else []
        return tuple(edits)

    def _line_for(self, finding: Finding) -> int | None:
        """The line that a noqa about a finding can stand on: its own, or the statement's last."""
        line = finding.location.line if finding.location else 0
        return next((one for one in (line, self._ends.get(line)) if one in self._usable), None)

    def _noqa_edit(self, line: int, codes: list[str]) -> SourceEdit:
        there = self._noqa.get(line)
        if there is not None and there.list_span is not None:
            return self._listed(there, codes)
        text = self._cell.lines[line - 1]
        blanks = "  "[len(text) - len(text.rstrip(" \t")) :]
        end = self._cell.offset(Location(self._cell.number, line, len(text) + 1))
        return SourceEdit(self._cell.number, end, end, f"{blanks}# noqa: {', '.join(codes)}")

    def _comment_edit(self, codes: list[str]) -> SourceEdit:
        if self._own is not None:
            return self._listed(self._own, codes)
        source, said = self._cell.source, f"# nb2prod: ignore[{', '.join(codes)}]"
        # Below the comments on top: forms and options of other tools have to come first.
        start = 0
        for line in self._cell.lines:
            if not line.startswith("#"):
                return SourceEdit(self._cell.number, start, start, f"{said}\n")
            start += len(line) + 1
        end = len(source)
        text = f"{said}\n" if source.endswith("\n") else f"\n{said}"
        return SourceEdit(self._cell.number, end, end, text)

    def _tag_edit(self, codes: str) -> SetValue | None:
        """The tag, alone or with more codes; a list that is there gets it by `tag_list`."""
        tags = self._cell.metadata.get("tags")
        if self._tagged is not None and self._tagged.path is not None and isinstance(tags, list):
            path = self._tagged.path
            return SetValue(path, f"{tags[int(path[-1])]}+{codes}")
        tag, where = f"nb2prod:ignore={codes}", (*self._cell.path, "metadata")
        metadata = self._cell.found.get("metadata", {})
        if not isinstance(metadata, dict):
            return None
        if "metadata" not in self._cell.found:
            return SetValue(where, {"tags": [tag]})
        if "tags" not in metadata:
            return SetValue((*where, "tags"), [tag])
        if isinstance(metadata["tags"], list):
            self.tag_list = ((*where, "tags"), [tag])
        return None

    def _listed(self, there: Directive, codes: list[str]) -> SourceEdit:
        """More codes in a list that is there."""
        start, end = there.list_span or (0, 0)
        comma = ", " if self._cell.source[start:end].strip() else ""
        return SourceEdit(self._cell.number, end, end, f"{comma}{', '.join(codes)}")

    def _takes_comment(self) -> bool:
        """Whether a new comment on top is wanted, and nothing but a comment."""
        cell = self._cell
        if cell.kind != "code" or not self._context.is_python or cell.parsed.cell_magics:
            return False
        if self._tagged is not None:
            return False  # all in one place
        first = next((line for line in cell.lines if line.strip()), "")
        below = next((one for one in cell.lines if one.strip() and not one.startswith("#")), "")
        return bool(first) and not any(
            line[:1].isspace() or line.startswith("%%") or _PROMPT.match(line)
            for line in (first, below)
        )


def reading(cell: CheckedCell) -> list[object]:
    """What a cell consists of, without places and comments: two that are equal do the same.

    Nodes come in one order, each list with its length, so that equal lists are equal trees, however
    deep these are.
    """
    found: list[object] = [cell.kind]
    for node in cell.nodes:
        found.append(type(node))
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                found.append([None if isinstance(one, ast.AST) else repr(one) for one in value])
            else:
                found.append(None if isinstance(value, ast.AST) else repr(value))
    for one in cell.parsed.statements:
        if isinstance(one, Unparsed):
            found.append(one.kind)
        elif isinstance(one, CellMagic):
            found.append((one.magic, one.arguments, one.python, "" if one.python else one.body))
        elif not isinstance(one, Python):
            kept = ("command", "target", "magic", "arguments", "subject", "sign", "function")
            found.append((type(one), *(getattr(one, name, None) for name in kept)))
    return found


def _usable_lines(context: Context, cell: CheckedCell) -> frozenset[int]:
    """The lines of a cell at whose ends a comment of Python's may stand."""
    if cell.kind != "code" or not context.is_python or cell.parsed.unparsed is not None:
        return frozenset()
    usable = {
        number
        for number, line in enumerate(cell.lines, start=1)
        if line.strip() and not line.rstrip().endswith("\\") and not _FORM.search(line)
    }
    for found in cell.parsed.statements:
        if isinstance(found, CellMagic):
            last = found.location.line if found.python else found.end_line
            usable.difference_update(range(found.location.line, last + 1))
        elif not isinstance(found, Python):
            usable.difference_update(range(found.location.line, found.end_line + 1))
    for node in cell.nodes:
        # Between the parts of a text that is put together no noqa is read either.
        if isinstance(node, ast.expr) and _is_text(node):
            usable.difference_update(range(node.lineno, node.end_lineno or node.lineno))
    return frozenset(usable)


def _ends_of_statements(cell: CheckedCell) -> dict[int, int]:
    """The last line of the innermost statement without a block, by each line of it."""
    simple = [n for n in cell.nodes if isinstance(n, ast.stmt) and not hasattr(n, "body")]
    ends: dict[int, int] = {}
    for node in sorted(simple, key=lambda node: node.lineno):
        last = node.end_lineno or node.lineno
        ends.update(dict.fromkeys(range(node.lineno, last + 1), last))
    return ends


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str | bytes)
    return type(node).__name__ in ("JoinedStr", "TemplateStr")
