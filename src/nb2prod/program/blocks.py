"""Replacing statements inside LibCST's blocks without losing a comment.

LibCST keeps the comments above a statement with that statement. When a statement goes, its comments
move to the next one, or to the end of the block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from nb2prod.analysis.forms import PARAM_COMMENT
from nb2prod.location import Location
from nb2prod.notebook.model import Cell
from nb2prod.program.context import Context
from nb2prod.program.cst_names import comments_inside, statements
from nb2prod.program.ledger import CellFates
from nb2prod.program.outcome import Outcome
from nb2prod.program.replacement import comments_for, quotes_source, source_comment, stop

Lines = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Stop:
    """Why and for which line the program stops, and the name that is missing where one is."""

    reason: str
    line: int
    missing: str | None


_Line = cst.SimpleStatementLine | cst.SimpleStatementSuite


class BlockRewriter(cst.CSTTransformer):
    """The part of a cell's walk that deals with statements as lines in blocks."""

    def __init__(self, cell: Cell, context: Context, fates: CellFates) -> None:
        super().__init__()
        self.cell = cell
        self.context = context
        self.fates = fates
        self._outcomes: dict[int, list[Outcome | None]] = {}
        self._decided: set[int] = set()  # ids of statements that are replaced as a whole
        self._carriers: set[int] = set()  # ids of `pass` lines that only carry comments
        self._kept: list[cst.CSTNode] = []  # keeps carriers alive, so that their ids stay theirs
        self._stops: list[list[_Stop]] = []
        self._elifs: set[int] = set()
        self._shown: cst.SimpleStatementLine | None = None

    # -- hooks that the walk fills in ------------------------------------------------------------

    def lines_of(self, node: cst.CSTNode) -> Lines:
        """The first and last line of a node within the cell, an IPython line's continuation
        included.
        """
        raise NotImplementedError

    def decide_small(self, small: cst.BaseSmallStatement, line: cst.CSTNode) -> Outcome | None:
        """What becomes of a simple statement as a whole; None when only its expressions matter."""
        raise NotImplementedError

    def parse_notebook_code(
        self, code: str, lines: Lines, *, shown: bool
    ) -> list[cst.BaseStatement]:
        """Rewrite code of the author's that stood in a magic's arguments; `shown` when the value
        of its last expression is displayed.
        """
        raise NotImplementedError

    def has_value(self, original: cst.BaseExpression, updated: cst.BaseExpression) -> bool:
        """Whether the expression that ends the cell still has a value to display."""
        raise NotImplementedError

    def note_last_expression(self, line: cst.SimpleStatementLine | None) -> None:
        """The line whose last expression is displayed."""
        self._shown = line

    def is_shown(self, small: cst.BaseSmallStatement, line: cst.CSTNode) -> bool:
        """Whether the notebook displays the value of this statement."""
        return self._shown is not None and line is self._shown and small is self._shown.body[-1]

    # -- statements that must stop the program ---------------------------------------------------

    def stop_before_statement(self, reason: str, line: int, missing: str | None = None) -> None:
        """Make the program stop right before the statement that is being walked.

        `missing` is the name that the statement lacks; a person who provides it has the statement
        as it was.
        """
        self._stops[-1].append(_Stop(reason, line, missing))

    def on_visit(self, node: cst.CSTNode) -> bool:
        if id(node) in self._decided:
            return False
        if isinstance(node, cst.BaseStatement | cst.SimpleStatementSuite):
            self._stops.append([])
            if isinstance(node, cst.If) and isinstance(node.orelse, cst.If):
                self._elifs.add(id(node.orelse))
        return super().on_visit(node)

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]:
        result = super().on_leave(original_node, updated_node)
        if not isinstance(original_node, cst.BaseStatement | cst.SimpleStatementSuite):
            return result
        stops = self._stops.pop()
        if not stops:
            return result
        if id(original_node) in self._elifs:
            self._stops[-1].extend(stops)  # nothing can stand before an `elif`
            return result
        first = stop(stops[0].reason, Location(self.cell.number, stops[0].line))
        missing = dict.fromkeys(found.missing for found in stops if found.missing)
        provided = [line for name in missing for line in statements(f"{name} = None")]
        if isinstance(original_node, cst.SimpleStatementSuite):
            return _after_stop([first, *provided], result)
        lines = list(result) if isinstance(result, cst.FlattenSentinel) else [result]
        comments = [*getattr(lines[0], "leading_lines", ())]
        if len(missing) < len({found.reason for found in stops}):
            comments += self._quoted(original_node)
        lines[0] = lines[0].with_changes(leading_lines=[])  # type: ignore[union-attr]
        return cst.FlattenSentinel([first.with_changes(leading_lines=comments), *provided, *lines])

    def _quoted(self, node: cst.CSTNode) -> list[cst.EmptyLine]:
        if not isinstance(node, cst.SimpleStatementLine):
            return []
        return source_comment(self.cell, *self.lines_of(node))

    # -- simple statements -----------------------------------------------------------------------

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> bool:
        return self._decide(node)

    def visit_SimpleStatementSuite(self, node: cst.SimpleStatementSuite) -> bool:
        return self._decide(node)

    def _decide(self, node: _Line) -> bool:
        outcomes = [self.decide_small(small, node) for small in node.body]
        if any(outcomes):
            self._outcomes[id(node)] = outcomes
        self._decided.update(
            id(small) for small, outcome in zip(node.body, outcomes, strict=True) if outcome
        )
        return not all(outcomes)

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement]:
        outcomes = self._outcomes.get(id(original_node))
        if original_node is self._shown and (outcomes is None or outcomes[-1] is None):
            updated_node = self._displayed(original_node, updated_node)
        if outcomes is None:
            return updated_node
        lines, comments = self._replaced(original_node, updated_node, outcomes)
        comments = [*updated_node.leading_lines, *comments]
        if not lines:
            return self._carrier(comments)
        return cst.FlattenSentinel([self._led_by(comments, lines[0]), *lines[1:]])

    def leave_SimpleStatementSuite(
        self, original_node: cst.SimpleStatementSuite, updated_node: cst.SimpleStatementSuite
    ) -> cst.BaseSuite:
        outcomes = self._outcomes.get(id(original_node))
        if outcomes is None:
            return updated_node
        lines, comments = self._replaced(original_node, updated_node, outcomes)
        if comments:
            lines.append(self._carrier(comments))
        return self._cleaned_block(cst.IndentedBlock(body=lines))

    def _displayed(
        self, original: cst.SimpleStatementLine, updated: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine:
        before, after = original.body[-1], updated.body[-1]
        assert isinstance(before, cst.Expr)
        assert isinstance(after, cst.Expr)
        if not self.has_value(before.value, after.value):
            return updated
        self.fates.set(*self.lines_of(before), "rewritten", "the displayed value is printed")
        argument = cst.Arg(_without_parentheses(after.value))
        kept: list[cst.BaseSmallStatement] = []
        if self.cell.number in self.context.remembered_values:
            target = cst.AssignTarget(cst.Name("_"))
            kept.append(cst.Assign([target], argument.value))
            argument = cst.Arg(cst.Name("_"))
        call = cst.Call(cst.Name(self.context.display()), [argument])
        body = [*updated.body[:-1], *kept, after.with_changes(value=call)]
        return updated.with_changes(body=body)

    def _replaced(
        self, original: _Line, updated: _Line, outcomes: Sequence[Outcome | None]
    ) -> tuple[list[cst.BaseStatement], list[cst.EmptyLine]]:
        """The lines that take a line's place, and the comments in it that no line of them holds."""
        lines: list[cst.BaseStatement] = []
        comments: list[cst.EmptyLine] = []
        for before, after, outcome in zip(original.body, updated.body, outcomes, strict=True):
            if outcome is None:
                small = after.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
                lines.append(cst.SimpleStatementLine(body=[small]))
                continue
            first, last = self.lines_of(before)
            lines += self._outcome_lines(
                outcome, first, last, shown=self.is_shown(before, original)
            )
            if not quotes_source(outcome, self.cell, first, last):
                comments += comments_inside(before)
        trailing = updated.trailing_whitespace
        if trailing.comment is None or self._is_told(original, trailing.comment, outcomes[-1]):
            return lines, comments
        last_line = lines[-1] if lines else None
        if isinstance(last_line, cst.SimpleStatementLine) and id(last_line) not in self._carriers:
            lines[-1] = last_line.with_changes(trailing_whitespace=trailing)
        else:
            comments.append(cst.EmptyLine(comment=trailing.comment))
        return lines, comments

    def _is_told(self, original: _Line, comment: cst.Comment, outcome: Outcome | None) -> bool:
        """Whether a comment beside a statement is in what became of the statement already."""
        if outcome is None:
            return False
        if outcome.fate == "hoisted" and PARAM_COMMENT.search(comment.value):
            return True
        return quotes_source(outcome, self.cell, *self.lines_of(original.body[-1]))

    def _outcome_lines(
        self, outcome: Outcome, first: int, last: int, *, shown: bool
    ) -> list[cst.BaseStatement]:
        """The statements that take a statement's place; its lines' fate is noted."""
        self.fates.set(first, last, outcome.fate, outcome.reason)
        lines: list[cst.BaseStatement] = []
        if outcome.stops:
            lines.append(stop(outcome.reason, Location(self.cell.number, first)))
        if outcome.code and outcome.from_notebook:
            shown = shown and outcome.displays
            lines += self.parse_notebook_code(outcome.code, (first, last), shown=shown)
        elif outcome.code:
            lines += statements(outcome.code)
        comments = comments_for(outcome, self.cell, first, last)
        if comments and not lines:
            return [self._carrier(comments)]
        return [self._led_by(comments, lines[0]), *lines[1:]] if lines else []

    # -- comments of statements that are gone ----------------------------------------------------

    def _carrier(self, comments: Sequence[cst.EmptyLine]) -> cst.SimpleStatementLine:
        carrier = cst.SimpleStatementLine(body=[cst.Pass()], leading_lines=list(comments))
        self._carriers.add(id(carrier))
        self._kept.append(carrier)
        return carrier

    def _led_by(
        self, comments: Sequence[cst.EmptyLine], line: cst.BaseStatement
    ) -> cst.BaseStatement:
        """The line with comments above it; a carrier stays one."""
        own = getattr(line, "leading_lines", ())
        if id(line) in self._carriers:
            return self._carrier([*comments, *own])
        return line.with_changes(leading_lines=[*comments, *own]) if comments else line

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.BaseSuite:
        return self._cleaned_block(updated_node)

    def _cleaned_block(self, block: cst.IndentedBlock) -> cst.IndentedBlock:
        lines, waiting = self._without_carriers(block.body)
        if not lines:
            lines = [cst.SimpleStatementLine(body=[cst.Pass()], leading_lines=waiting)]
            waiting = []
        return block.with_changes(body=lines, footer=[*waiting, *block.footer])

    def _without_carriers(
        self, body: Sequence[cst.BaseStatement]
    ) -> tuple[list[cst.BaseStatement], list[cst.EmptyLine]]:
        """The lines without carriers, and the comments that no line is left to carry."""
        lines: list[cst.BaseStatement] = []
        waiting: list[cst.EmptyLine] = []
        for line in body:
            if id(line) in self._carriers:
                waiting += getattr(line, "leading_lines", ())
                continue
            lines.append(self._led_by(waiting, line))
            waiting = []
        return lines, waiting

    def top_level(self, module: cst.Module) -> list[cst.BaseStatement]:
        """A cell's statements; comments with no statement below them are carried by a `pass`."""
        lines, waiting = self._without_carriers(
            [line for line in module.body if isinstance(line, cst.BaseStatement)]
        )
        if lines:
            lines[0] = self._led_by(module.header, lines[0])
        footer = [*(module.header if not lines else ()), *waiting, *module.footer]
        while footer and footer[0].comment is None:
            footer.pop(0)
        while footer and footer[-1].comment is None:
            footer.pop()
        if footer:
            lines.append(cst.SimpleStatementLine(body=[cst.Pass()], leading_lines=footer))
        return lines


def _after_stop(first: list[cst.BaseStatement], suite: object) -> cst.IndentedBlock:
    """A suite on its header's line as a block that stops first."""
    assert isinstance(suite, cst.SimpleStatementSuite | cst.IndentedBlock)
    if isinstance(suite, cst.IndentedBlock):
        return suite.with_changes(body=[*first, *suite.body])
    lines = [
        cst.SimpleStatementLine(body=[small.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)])
        for small in suite.body
    ]
    lines[-1] = lines[-1].with_changes(trailing_whitespace=suite.trailing_whitespace)
    return cst.IndentedBlock(body=[*first, *lines])


def _without_parentheses(value: cst.BaseExpression) -> cst.BaseExpression:
    """An expression as an argument: its own outer parentheses are the call's now."""
    if isinstance(value, cst.Tuple | cst.GeneratorExp | cst.NamedExpr | cst.Yield):
        if isinstance(value, cst.Tuple) and not value.lpar:
            return value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        return value
    if not value.lpar or "\n" in cst.Module([]).code_for_node(value):
        return value
    return value.with_changes(lpar=value.lpar[1:], rpar=value.rpar[:-1])
