"""One cell's Python, statement by statement, made portable.

Statements are decided from the top down (a magic, an import of the platform's module, a form
parameter); what no statement rewrite claims is walked for expressions (a call of the platform's
API, a path in a string).
"""

from __future__ import annotations

import ast
from collections.abc import Container, Mapping, Sequence
from functools import cached_property
from textwrap import dedent

import libcst as cst
from libcst.metadata import (
    CodeRange,
    ExpressionContext,
    ExpressionContextProvider,
    MetadataWrapper,
    PositionProvider,
)

from nb2prod.analysis.ipython_names import MEASURES
from nb2prod.location import Location
from nb2prod.notebook.ipython import parse_cell
from nb2prod.notebook.model import Cell
from nb2prod.notebook.statements import CellMagic, IPythonStatement, ParsedCell
from nb2prod.notebook.syntax import syntax_tree
from nb2prod.notebook.trees import shared_tree
from nb2prod.program.blocks import Lines
from nb2prod.program.cell_frame import going_on_after_errors, showing_figures, under_magics
from nb2prod.program.context import Context
from nb2prod.program.cst_names import dotted
from nb2prod.program.expressions import ExpressionRewriter
from nb2prod.program.ledger import CellFates
from nb2prod.program.nesting import is_too_deep
from nb2prod.program.options import hoisted_reason
from nb2prod.program.ordinary import is_ordinary
from nb2prod.program.outcome import Outcome, dropped, needs_person
from nb2prod.program.replacement import source_comment, stop, whole_cell
from nb2prod.program.rewrites import install_calls, strings
from nb2prod.program.rewrites.display import shown
from nb2prod.program.rewrites.ipython_calls import statement_of
from nb2prod.program.rewrites.magics import without_timing
from nb2prod.program.rewrites.measured import measured
from nb2prod.program.rewrites.platform import (
    DROPPED_CALLS,
    REPLACED_CALLS,
    SHOWN_PORT,
    names_module,
    no_counterpart,
)
from nb2prod.program.rewrites.progress import progress_bar
from nb2prod.program.rewrites.registry import decide
from nb2prod.program.visible_names import names_of_functions

# Cell magics that `get_ipython().run_cell_magic` may be called with, whose body simply runs.
_TIMING = frozenset({"time", "prun"})


class CellRewriter(ExpressionRewriter):
    """The walk over one cell. Use `rewrite_cell`.

    `tree` is the cell's code as Python itself sees it, `wrapper` as LibCST does. `within` is given
    for code that stood in the arguments of a magic: the lines of that magic, which all messages and
    fates then name.
    """

    def __init__(
        self,
        cell: Cell,
        parsed: ParsedCell,
        context: Context,
        fates: CellFates,
        tree: ast.Module,
        wrapper: MetadataWrapper,
        within: Lines | None = None,
    ) -> None:
        super().__init__(cell, context, fates)
        self._placeholders = parsed.placeholders
        self._within = within
        self._tree = tree
        self._wrapper = wrapper
        self._try_bodies: set[int] = set()

    # Each of these walks the whole cell, and many a cell needs none of them.

    @cached_property
    def _positions(self) -> Mapping[cst.CSTNode, CodeRange]:
        return self._wrapper.resolve(PositionProvider)

    @cached_property
    def _local_names(self) -> Mapping[int, frozenset[str]]:
        return names_of_functions(self._tree)

    @cached_property
    def _targets(self) -> Container[cst.CSTNode]:
        contexts = self._wrapper.resolve(ExpressionContextProvider)
        return {node for node, found in contexts.items() if found is not ExpressionContext.LOAD}

    def is_target(self, node: cst.CSTNode) -> bool:
        return node in self._targets

    # -- places ----------------------------------------------------------------------------------

    def lines_of(self, node: cst.CSTNode) -> Lines:
        if self._within is not None:
            return self._within
        value = getattr(node, "value", None)
        statement = self._placeholders.get(value.value) if isinstance(value, cst.Name) else None
        if statement is None and self._shown is not None and node is self._shown.body[-1]:
            last = self._tree.body[-1]
            return last.lineno, last.end_lineno or last.lineno
        position = self._positions[node]
        return position.start.line, statement.end_line if statement else position.end.line

    def place_of(self, node: cst.CSTNode) -> Location:
        if self._within is not None:
            return Location(self.cell.number, self._within[0], 0)  # no column of the cell's own
        start = self._positions[node].start
        return Location(self.cell.number, start.line, start.column + 1)

    def _context_at(self, small: cst.BaseSmallStatement, line: cst.CSTNode) -> Context:
        number = self._positions[small].start.line
        return self.context.at(self._local_names.get(number), displayed=self.is_shown(small, line))

    def visit_Name(self, node: cst.Name) -> None:
        if self.context.undefined:
            line = self._within[0] if self._within else self._positions[node].start.line
            missing = self.context.undefined.get((self.cell.number, line), {})
            if node.value in missing and id(node) not in self._labels and not self.is_target(node):
                self.stop_before_statement(missing[node.value], line, node.value)
        super().visit_Name(node)

    # -- statements ------------------------------------------------------------------------------

    def decide_small(self, small: cst.BaseSmallStatement, line: cst.CSTNode) -> Outcome | None:
        if isinstance(small, cst.Import | cst.ImportFrom):
            without_page = progress_bar(small)
            if without_page is not None:
                return without_page
            return self.use.import_outcome(small, in_try=id(line) in self._try_bodies)
        if isinstance(small, cst.Del):
            gone = self.use.meaning(small.target) is not None
            return dropped("deletes a name that exists on the platform alone") if gone else None
        if not isinstance(small, cst.Expr | cst.Assign | cst.AnnAssign):
            return None
        value = small.value
        if isinstance(value, cst.Name) and value.value in self._placeholders:
            return decide(self._placeholders[value.value], self._context_at(small, line))
        if isinstance(small, cst.Assign | cst.AnnAssign):
            options = self.context.options
            option = self.context.option_at(self.place_of(small)) if options else None
            if option is not None:
                code = f"{option.parameter.name} = {self.context.option(option)}"
                return Outcome("hoisted", hoisted_reason(option), code)
        if isinstance(value, cst.SimpleString | cst.ConcatenatedString):
            return self._idle_text(value, small, line)
        return self._call_statement(small, value, line) if isinstance(value, cst.Call) else None

    def _idle_text(
        self,
        value: cst.SimpleString | cst.ConcatenatedString,
        small: cst.BaseSmallStatement,
        line: cst.CSTNode,
    ) -> Outcome | None:
        """A text that stands for itself as a comment does and names the platform becomes one."""
        if (
            not isinstance(small, cst.Expr)
            or self.is_docstring(value)
            or self.is_shown(small, line)
        ):
            return None
        text = strings.text_of(value)
        if not text or not (names_module(text) or any(self.context.roots.find(text))):
            return None
        return Outcome(
            "rewritten", "a text that does nothing is a comment", comment=dedent(text).strip()
        )

    def _call_statement(
        self, small: cst.BaseSmallStatement, call: cst.Call, line: cst.CSTNode
    ) -> Outcome | None:
        name = self.use.meaning(call.func) or ""
        if name in DROPPED_CALLS and (isinstance(small, cst.Expr) or name.startswith("kaggle_")):
            return dropped(DROPPED_CALLS[name])
        service = self.context.facts.service
        if service is not None and self.place_of(call) in service.shown:
            return dropped(SHOWN_PORT)
        asked = self.asked_by(call)
        if asked is not None and asked.kind == "login" and isinstance(small, cst.Expr):
            code = f"{self.context.secret()}({asked.secret})"
            return Outcome("rewritten", "the library finds the token in the environment", code)
        written = dotted(call.func) or ""
        kills = written == "os.kill" and "os.getpid()" in cst.Module([]).code_for_node(call)
        if kills or written == "os._exit":
            return dropped("restarts the runtime after an install; the image makes it unnecessary")
        starts = written.partition(".")[0] in ("os", "subprocess")
        source = cst.Module([]).code_for_node(small) if starts or "get_ipython()" in written else ""
        if starts:
            statement = syntax_tree(source).body[0]
            context = self._context_at(small, line)
            installs = install_calls.outcome_of(statement, self.place_of(small), context)
            if installs is not None:
                return installs
        if "get_ipython()" in written:
            stands_for = statement_of(syntax_tree(source).body[0], self.place_of(small))
            if stands_for is not None:
                return self._stands_for(stands_for, small, line)
        if name and name not in REPLACED_CALLS and isinstance(small, cst.Expr):
            return needs_person(no_counterpart(name))
        return None

    def _stands_for(
        self,
        statement: IPythonStatement | CellMagic,
        small: cst.BaseSmallStatement,
        line: cst.CSTNode,
    ) -> Outcome:
        if isinstance(statement, CellMagic) and statement.magic in _TIMING:
            return without_timing(statement.body)
        return decide(statement, self._context_at(small, line))

    def parse_notebook_code(
        self, code: str, lines: Lines, *, shown: bool
    ) -> list[cst.BaseStatement]:
        parsed = parse_cell(Cell(self.cell.number, "code", code))
        if parsed.unparsed is not None or parsed.cell_magic is not None:
            why = parsed.unparsed.reason if parsed.unparsed else "it is a magic of its own"
            reason = f"the code behind the magic does not run: {why}"
            self.fates.set(*lines, "attention", reason)
            line = stop(reason, Location(self.cell.number, lines[0]))
            return [line.with_changes(leading_lines=source_comment(self.cell, *lines))]
        # Code within code is on no line that the names are known by; the outer code's serve it.
        names = None if self._within else self._local_names.get(lines[0])
        context = self.context.at(names, displayed=False)
        return _walked(self.cell, parsed, context, self.fates, lines, displays=shown)

    def visit_Try(self, node: cst.Try) -> None:
        self._try_bodies.update(id(line) for line in node.body.body)


def rewrite_cell(
    parsed: ParsedCell, context: Context, fates: CellFates
) -> Sequence[cst.BaseStatement]:
    """The cell's statements, portable. Comments below the last statement become leading lines of a
    `pass` that `assemble` takes out again; every line's fate is noted in `fates`.
    """
    cell = parsed.cell
    if parsed.unparsed is not None:
        reason = f"the cell does not run: {parsed.unparsed.reason}"
        return whole_cell(needs_person(reason), cell, fates, line=parsed.unparsed.location.line)
    context = context.in_cell(cell.number)
    magics = parsed.cell_magics
    measure = next((magic for magic in magics if magic.magic in MEASURES), None)
    if measure is not None:
        outcome = measured(f"%%{measure.magic}", measure.body)
        return whole_cell(outcome, cell, fates, first=magics[0].location.line)
    if magics and not magics[-1].python:
        inner = magics[-1]
        body = whole_cell(decide(inner, context), cell, fates, first=inner.location.line)
        return under_magics(magics[:-1], cell, context, fates, body)
    try:
        body = _walked(cell, parsed, context, fates)
    except cst.ParserSyntaxError as error:
        reason = f"its grammar is newer than this version of nb2prod reads ({error.message})"
        return whole_cell(needs_person(reason), cell, fates, line=error.raw_line)
    except RecursionError:
        reason = "its code is nested too deeply to be rewritten"
        return whole_cell(needs_person(reason), cell, fates)
    if cell.number in context.drawing_cells and body:
        body = showing_figures(body, context)
    body = under_magics(magics, cell, context, fates, body)
    # Where something is left to a person the program has to stop.
    if cell.may_fail and not fates.has("attention"):
        body = going_on_after_errors(body, context)
    return body


def _walked(
    cell: Cell,
    parsed: ParsedCell,
    context: Context,
    fates: CellFates,
    within: Lines | None = None,
    *,
    displays: bool = True,
) -> list[cst.BaseStatement]:
    tree = shared_tree(parsed.python)
    if is_too_deep(tree, parsed.python):
        raise RecursionError
    module = cst.parse_module(parsed.python)
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    rewriter = CellRewriter(cell, parsed, context, fates, tree, wrapper, within)
    line = _displayed(module, context) if displays else None
    rewriter.note_last_expression(line)
    if not is_ordinary(parsed, tree, context):
        return rewriter.top_level(module.visit(rewriter))
    if line is not None:
        shown_line = cst.ensure_type(line.visit(rewriter), cst.SimpleStatementLine)
        module = module.with_changes(body=[*module.body[:-1], shown_line])
    return rewriter.top_level(module)


def _displayed(module: cst.Module, context: Context) -> cst.SimpleStatementLine | None:
    """The line whose last expression the notebook shows; a `;` behind it silences, as there."""
    last = module.body[-1] if module.body else None
    if not isinstance(last, cst.SimpleStatementLine):
        return None
    small = last.body[-1]
    if not isinstance(small, cst.Expr) or isinstance(small.semicolon, cst.Semicolon):
        return None
    return last if shown(small.value, context.returns_nothing) else None
