"""Replacing statements inside LibCST's blocks without losing a comment.

LibCST keeps the comments above a statement with that statement. When a statement goes, its comments move
to the next one, or to the end of the block.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from nb2prod.notebook.model import Cell
from nb2prod.program.context import Context
from nb2prod.program.cst_names import comment_lines, statements
from nb2prod.program.ledger import CellFates
from nb2prod.program.outcome import Outcome
from nb2prod.program.text import string

_LONGEST_REASON = 300


class BlockRewriter(cst.CSTTransformer):
    """The part of the cell's walk that deals with statements as lines in blocks."""

    def __init__(self, cell: Cell, context: Context, fates: CellFates) -> None:
        super().__init__()
        self.cell = cell
        self.context = context
        self.fates = fates
        self._outcomes: dict[int, list[Outcome | None]] = {}
        self._carriers: set[int] = set()  # ids of `pass` lines that only carry comments
        self._kept: list[cst.CSTNode] = []  # keeps carriers alive, so that their ids stay theirs
        self._stops: list[list[tuple[str, int]]] = []
        self._elifs: set[int] = set()
        self._shown: cst.SimpleStatementLine | None = None

    # -- hooks that the walk fills in ----------------------------------------------------------------

    def lines_of(self, node: cst.CSTNode) -> tuple[int, int]:
        """The first and last line of a node within the cell."""
        raise NotImplementedError

    def decide_small(self, small: cst.BaseSmallStatement, line: cst.CSTNode) -> Outcome | None:
        """What becomes of a simple statement as a whole."""
        raise NotImplementedError

    def parse_notebook_code(self, code: str, lines: tuple[int, int]) -> list[cst.BaseStatement]:
        """Rewrite Python of the author's that stood in a magic's arguments."""
        raise NotImplementedError

    def note_last_expression(self, line: cst.SimpleStatementLine | None) -> None:
        """The line whose last expression is displayed."""
        self._shown = line

    # -- statements that must stop the program -------------------------------------------------------

    def stop_before_statement(self, reason: str, line: int) -> None:
        """Make the program stop right before the statement that is being walked."""
        if self._stops:
            self._stops[-1].append((reason, line))

    def stop_here(self, reason: str, line: int) -> list[cst.BaseStatement]:
        """A `raise` that names the place in the notebook and the reason."""
        short = reason if len(reason) <= _LONGEST_REASON else reason[:_LONGEST_REASON] + "…"
        for word, plain in (("google.colab", "Colab"), ("kaggle_secrets", "Kaggle secrets"), ("get_ipython", "IPython")):
            short = short.replace(word, plain)
        return statements(f"raise NotImplementedError({string(f'cell {self.cell.number} line {line}: {short}')})")

    def on_visit(self, node: cst.CSTNode) -> bool:
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
        raises = [line for reason, number in stops[:1] for line in self.stop_here(reason, number)]
        if isinstance(original_node, cst.SimpleStatementSuite):
            assert isinstance(result, cst.SimpleStatementSuite | cst.IndentedBlock)
            return cst.IndentedBlock(body=[*raises, *_as_lines(result)])
        lines = list(result) if isinstance(result, cst.FlattenSentinel) else [result]
        comments = getattr(lines[0], "leading_lines", ())
        raises[0] = raises[0].with_changes(leading_lines=[*comments, *self._source_comment(original_node)])
        lines[0] = lines[0].with_changes(leading_lines=[])  # type: ignore[union-attr]
        return cst.FlattenSentinel([*raises, *lines])  # type: ignore[list-item]

    def _source_comment(self, node: cst.CSTNode) -> list[cst.EmptyLine]:
        if not isinstance(node, cst.SimpleStatementLine):
            return []
        first, last = self.lines_of(node)
        return comment_lines("\n".join(self.cell.lines[first - 1 : last]))

    # -- simple statements ---------------------------------------------------------------------------

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> bool:
        return self._decide(node)

    def visit_SimpleStatementSuite(self, node: cst.SimpleStatementSuite) -> bool:
        return self._decide(node)

    def _decide(self, node: cst.SimpleStatementLine | cst.SimpleStatementSuite) -> bool:
        outcomes = [self.decide_small(small, node) for small in node.body]
        if any(outcomes):
            self._outcomes[id(node)] = outcomes
        return not all(outcomes)

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement]:
        if original_node is self._shown and original_node.body and not self._is_replaced(original_node):
            updated_node = self._display(original_node, updated_node)
        outcomes = self._outcomes.get(id(original_node))
        if outcomes is None:
            return updated_node
        lines = self._replaced(original_node, updated_node, outcomes)
        comments = list(updated_node.leading_lines)
        if not lines:
            return self._carrier(comments)
        lines[0] = lines[0].with_changes(leading_lines=[*comments, *getattr(lines[0], "leading_lines", ())])
        trailing = updated_node.trailing_whitespace.comment
        if trailing is not None and outcomes[-1] is None and isinstance(lines[-1], cst.SimpleStatementLine):
            lines[-1] = lines[-1].with_changes(trailing_whitespace=updated_node.trailing_whitespace)
        return cst.FlattenSentinel(lines)

    def leave_SimpleStatementSuite(
        self, original_node: cst.SimpleStatementSuite, updated_node: cst.SimpleStatementSuite
    ) -> cst.BaseSuite:
        outcomes = self._outcomes.get(id(original_node))
        if outcomes is None:
            return updated_node
        lines = self._replaced(original_node, updated_node, outcomes)
        return self._cleaned_block(cst.IndentedBlock(body=lines))

    def _is_replaced(self, node: cst.SimpleStatementLine) -> bool:
        outcomes = self._outcomes.get(id(node))
        return outcomes is not None and outcomes[-1] is not None

    def _display(
        self, original: cst.SimpleStatementLine, updated: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine:
        last = updated.body[-1]
        assert isinstance(last, cst.Expr)
        first_line, last_line = self.lines_of(original.body[-1])
        self.fates.set(first_line, last_line, "rewritten", "the displayed value is printed")
        call = cst.Call(cst.Name(self.context.display()), [cst.Arg(_without_parentheses(last.value))])
        return updated.with_changes(body=[*updated.body[:-1], last.with_changes(value=call)])

    def _replaced(
        self,
        original: cst.SimpleStatementLine | cst.SimpleStatementSuite,
        updated: cst.SimpleStatementLine | cst.SimpleStatementSuite,
        outcomes: Sequence[Outcome | None],
    ) -> list[cst.BaseStatement]:
        lines: list[cst.BaseStatement] = []
        for before, after, outcome in zip(original.body, updated.body, outcomes, strict=True):
            if outcome is None:
                small = after.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
                lines.append(cst.SimpleStatementLine(body=[small]))
                continue
            first, last = self._span(before)
            lines += self.outcome_lines(outcome, first, last)
        return lines

    def _span(self, small: cst.BaseSmallStatement) -> tuple[int, int]:
        """A statement's lines; one of IPython's own also covers the lines it continues on."""
        first, last = self.lines_of(small)
        value = getattr(small, "value", None)
        statement = self.placeholder(value.value) if isinstance(value, cst.Name) else None
        return (first, statement.end_line) if statement is not None else (first, last)

    def placeholder(self, name: str):  # type: ignore[no-untyped-def]
        """The IPython statement that a name stands for, if it is one's placeholder."""
        return getattr(self, "_placeholders", {}).get(name)

    def outcome_lines(self, outcome: Outcome, first: int, last: int) -> list[cst.BaseStatement]:
        """The statements that take a statement's place; its lines' fate is noted."""
        self.fates.set(first, last, outcome.fate, outcome.reason)
        lines: list[cst.BaseStatement] = []
        if outcome.stops:
            lines += self.stop_here(outcome.reason, first)
        if outcome.code:
            new = self.parse_notebook_code(outcome.code, (first, last)) if outcome.from_notebook else statements(outcome.code)
            lines += new
        comments = self._comment(outcome, first, last)
        if comments and lines:
            lines[0] = lines[0].with_changes(leading_lines=comments)
        elif comments:
            lines = [self._carrier(comments)]
        return lines

    def _comment(self, outcome: Outcome, first: int, last: int) -> list[cst.EmptyLine]:
        """What a statement that is gone leaves behind: its text, where a person or an address is concerned."""
        source = "\n".join(self.cell.lines[first - 1 : last])
        gone = outcome.fate in ("dropped", "attention") and not outcome.from_notebook
        if outcome.fate == "attention":
            return comment_lines(f"Needs a person: {outcome.reason}\n{source}" if not outcome.stops else source)
        if gone and "://" in source:
            return comment_lines(f"Left out ({outcome.reason}):\n{source}")
        return []

    # -- comments of statements that are gone --------------------------------------------------------

    def _carrier(self, comments: Sequence[cst.EmptyLine]) -> cst.SimpleStatementLine:
        carrier = cst.SimpleStatementLine(body=[cst.Pass()], leading_lines=list(comments))
        self._carriers.add(id(carrier))
        self._kept.append(carrier)
        return carrier

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
        lines: list[cst.BaseStatement] = []
        waiting: list[cst.EmptyLine] = []
        for line in body:
            if id(line) in self._carriers:
                waiting += line.leading_lines  # type: ignore[attr-defined]
            elif waiting:
                lines.append(line.with_changes(leading_lines=[*waiting, *getattr(line, "leading_lines", ())]))
                waiting = []
            else:
                lines.append(line)
        return lines, waiting

    def top_level(self, module: cst.Module) -> list[cst.BaseStatement]:
        """A cell's statements; comments with no statement below them are carried by a `pass`."""
        body = [line for line in module.body if isinstance(line, cst.BaseStatement)]
        if body and module.header:
            body[0] = body[0].with_changes(leading_lines=[*module.header, *getattr(body[0], "leading_lines", ())])
            if id(module.body[0]) in self._carriers:
                self._carriers.add(id(body[0]))
                self._kept.append(body[0])
        lines, waiting = self._without_carriers(body)
        footer = [*waiting, *([] if body else module.header), *module.footer]
        if any(line.comment for line in footer):
            lines.append(cst.SimpleStatementLine(body=[cst.Pass()], leading_lines=footer))
        return lines

    def replace_statement(
        self, outcome: Outcome, first: int, last: int, *, heading: Sequence[str] = (), at: int | None = None
    ) -> list[cst.BaseStatement]:
        """A whole cell's worth of statements for one outcome; `at` is the line that messages name."""
        self.fates.set(first, last, outcome.fate, outcome.reason)
        lines: list[cst.BaseStatement] = []
        if outcome.stops:
            lines += self.stop_here(outcome.reason, at or first)
        lines += statements(outcome.code) if outcome.code else []
        comments = [*_commented(heading), *self._comment(outcome, first, last)]
        if comments and not lines:
            lines = [cst.SimpleStatementLine(body=[cst.Pass()])]
        if comments:
            lines[0] = lines[0].with_changes(leading_lines=comments)
        return lines


def _commented(lines: Sequence[str]) -> list[cst.EmptyLine]:
    return [
        cst.EmptyLine(comment=cst.Comment(line.strip()) if line.strip() else None)
        for line in lines
        if not line.strip() or line.lstrip().startswith("#")
    ]


def _as_lines(suite: cst.BaseSuite) -> list[cst.BaseStatement]:
    if isinstance(suite, cst.SimpleStatementSuite):
        return [
            cst.SimpleStatementLine(body=[small.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)])
            for small in suite.body
        ]
    return [line for line in suite.body if isinstance(line, cst.BaseStatement)]


def _without_parentheses(value: cst.BaseExpression) -> cst.BaseExpression:
    """An expression as an argument: its own outer parentheses are the call's now."""
    if isinstance(value, cst.Tuple | cst.GeneratorExp | cst.NamedExpr | cst.Yield):
        if isinstance(value, cst.Tuple) and not value.lpar:
            return value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        return value
    return value.with_changes(lpar=value.lpar[1:], rpar=value.rpar[:-1]) if _one_line(value) else value


def _one_line(value: cst.BaseExpression) -> bool:
    if not value.lpar:
        return False
    code = cst.Module([]).code_for_node(value)
    return "\n" not in code
