"""A cell as the rules see it: everything is worked out once, when a rule first asks for it."""

from __future__ import annotations

from functools import cached_property

from nb2prod.location import Location
from nb2prod.notebook.ipython import plain_lines
from nb2prod.notebook.statements import ParsedCell
from nb2prod.notebook.trees import shared_tree, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping
    from typing import Any

    from nb2prod.analysis.python_calls import PythonCommand
    from nb2prod.analysis.tokens import Token
    from nb2prod.hygiene.context import Context
    from nb2prod.notebook.lean import JsonPath, LeanCell
    from nb2prod.notebook.model import Cell, CellKind

# One of them is in all code that starts a command.
_STARTS = ("system", "popen", "subprocess", "get_ipython")


class CheckedCell:
    """A cell with what the file holds of it. `found` is its JSON, which may be malformed."""

    def __init__(self, context: Context, lean: LeanCell) -> None:
        self._context = context
        self.cell: Cell = lean.cell
        self.found: Mapping[str, Any] = lean.found
        self.path: JsonPath = lean.path
        self.text_path: JsonPath | None = lean.text

    @property
    def number(self) -> int:
        return self.cell.number

    @property
    def kind(self) -> CellKind:
        return self.cell.kind

    @property
    def source(self) -> str:
        return self.cell.source

    @property
    def metadata(self) -> Mapping[str, object]:
        return self.cell.metadata

    @property
    def is_code(self) -> bool:
        """Whether it is a code cell of a Python notebook."""
        return self.kind == "code" and self._context.is_python

    @cached_property
    def outputs(self) -> tuple[Mapping[str, Any], ...]:
        """The outputs that are objects; the index of one is not its place in the JSON."""
        outputs = self.found.get("outputs")
        found = outputs if isinstance(outputs, list) else []
        return tuple(output for output in found if isinstance(output, dict))

    @property
    def count(self) -> int | None:
        """The execution count that is recorded; `prompt_number` is what old versions call it."""
        count = self.found.get("execution_count", self.found.get("prompt_number"))
        return count if isinstance(count, int) and not isinstance(count, bool) else None

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """The cell's tags."""
        tags = self.metadata.get("tags")
        return tuple(t for t in tags if isinstance(t, str)) if isinstance(tags, list) else ()

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines of the source."""
        return self.cell.lines

    @cached_property
    def parsed(self) -> ParsedCell:
        """The cell cut into statements. A cell that is no code, or no Python, consists of none."""
        return self._context.parsed_by_number.get(self.number) or ParsedCell(self.cell, "")

    @property
    def tree(self) -> ast.Module:
        """The cell's Python; empty for a cell that does not parse. Nobody changes it."""
        return shared_tree(self.parsed.python)

    @property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes of the tree, walked once for all rules."""
        return walk(self.tree)

    @cached_property
    def shell(self) -> tuple[tuple[str, Location], ...]:
        """The shell texts of the cell: `!` lines, `%sx` and the like, the lines of `%%bash`."""
        from nb2prod.analysis.cell_code import shell_scripts

        return tuple(shell_scripts(self.parsed))

    @cached_property
    def python_commands(self) -> tuple[PythonCommand, ...]:
        """The commands that the cell's Python starts."""
        if not any(word in self.source for word in _STARTS):
            return ()
        from nb2prod.analysis.python_calls import python_commands

        return tuple(python_commands(self.tree))

    def place(self, node: ast.expr | ast.stmt) -> Location:
        """Where a node of `tree` is."""
        return self.shown(Location(self.number, node.lineno, node.col_offset + 1))

    def shown(self, location: Location) -> Location:
        """A place that the parser tells, in the cell as it stands: with the indentation and the
        prompts that the parser takes off a whole cell.
        """
        return location._replace(column=location.column + self._shift(location.line))

    def offset(self, location: Location) -> int:
        """Where in the source a place is. The source ends at the last one."""
        starts = self._starts
        start = starts[min(location.line, len(starts)) - 1]
        return min(start + location.column - 1, len(self.source))

    def place_at(self, offset: int) -> Location:
        """The place of an offset in the source."""
        before = self.source[:offset]
        line_start = before.rfind("\n") + 1
        return Location(self.number, before.count("\n") + 1, offset - line_start + 1)

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """The offsets in the source at which a node of `tree` begins and ends."""
        end = Location(self.number, node.end_lineno or node.lineno, (node.end_col_offset or 0) + 1)
        return self.offset(self.place(node)), self.offset(self.shown(end))

    @cached_property
    def tokens(self) -> list[Token]:
        """The secrets in the source that it shows to be some itself, in order."""
        from nb2prod.hygiene.secrets import in_source

        return in_source(self)

    @cached_property
    def hidden(self) -> str:
        """The source with the values of secrets blanked: all that anybody is shown of it."""
        shown = self.source
        if self._context.signs.may_hold_secrets:
            from nb2prod.hygiene.shown import hidden

            shown = hidden(shown, code=self.kind == "code", values=self._context.secrets)
        for leak in self._context.leaks:
            if leak.cell == self.number and leak.output is None:
                stars = "*" * (leak.end - leak.start)
                shown = shown[: leak.start] + stars + shown[leak.end :]
        return shown

    @cached_property
    def _starts(self) -> list[int]:
        starts, position = [0], 0
        while (position := self.source.find("\n", position) + 1) > 0:
            starts.append(position)
        return starts

    @cached_property
    def _plain(self) -> list[str]:
        return plain_lines(self.cell)

    def _shift(self, line: int) -> int:
        """How many characters the parser takes off the beginning of a line."""
        opening = self.source[:1]
        if not (opening.isspace() or opening in (">", "I")) or line > len(self.lines):
            return 0
        return len(self.lines[line - 1]) - len(self._plain[line - 1])
