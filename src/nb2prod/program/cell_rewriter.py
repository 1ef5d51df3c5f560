"""One cell's Python, statement by statement, made portable.

Statements are decided from the top down (a magic, an import of the platform's module, a form parameter);
what no statement rewrite claims is walked for expressions (a call of the platform's API, a path in a string).
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from nb2prod.location import Location
from nb2prod.notebook.statements import ParsedCell
from nb2prod.program.blocks import BlockRewriter
from nb2prod.program.context import Context
from nb2prod.program.cst_names import dotted
from nb2prod.program.ledger import CellFates
from nb2prod.program.outcome import Outcome, dropped, needs_person
from nb2prod.program.platform_use import PlatformUse
from nb2prod.program.rewrites import strings
from nb2prod.program.rewrites.display import shown
from nb2prod.program.rewrites.ipython_calls import statement_of
from nb2prod.program.rewrites.platform import DROPPED_CALLS, EXCEPTIONS, SECRET_CALLS, short_name
from nb2prod.program.rewrites.registry import decide

_FORBIDDEN_TEXT = ("google.colab", "kaggle_secrets", "get_ipython")


class CellRewriter(BlockRewriter):
    """LibCST's walk over one cell. Use `rewrite_cell`."""

    def __init__(
        self,
        parsed: ParsedCell,
        context: Context,
        fates: CellFates,
        positions: Mapping[cst.CSTNode, object],
        lines: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(parsed.cell, context, fates)
        self._placeholders = parsed.placeholders
        self._positions = positions
        self._fixed_lines = lines
        self._parsed = parsed
        self._use = PlatformUse(context)
        self._docstrings: set[int] = set()
        self._within_concatenation: set[int] = set()
        self._after_plus: set[int] = set()
        self._first_parts: set[int] = set()
        self._patterns = 0
        self._try_bodies: set[int] = set()

    # -- places --------------------------------------------------------------------------------------

    def lines_of(self, node: cst.CSTNode) -> tuple[int, int]:
        """The first and last line of a node within the cell."""
        position = self._positions.get(node)
        if position is None or self._fixed_lines is not None:
            return self._fixed_lines or (1, 1)
        return position.start.line, position.end.line  # type: ignore[attr-defined]

    def _place(self, node: cst.CSTNode) -> Location:
        position = self._positions.get(node)
        if position is None or self._fixed_lines is not None:
            return Location(self.cell.number, self.lines_of(node)[0])
        return Location(self.cell.number, position.start.line, position.start.column + 1)  # type: ignore[attr-defined]

    # -- statements ----------------------------------------------------------------------------------

    def decide_small(self, small: cst.BaseSmallStatement, line: cst.CSTNode) -> Outcome | None:
        """What becomes of a simple statement as a whole; None when only its expressions matter."""
        value = small.value if isinstance(small, cst.Expr | cst.Assign | cst.AnnAssign) else None
        if isinstance(value, cst.Name) and value.value in self._placeholders:
            return decide(self._placeholders[value.value], self.context)
        if isinstance(small, cst.Import | cst.ImportFrom):
            return self._use.import_outcome(small, in_try=id(line) in self._try_bodies)
        if isinstance(small, cst.Assign | cst.AnnAssign) and self._is_parameter(small):
            return self._parameter(small)
        if value is None:
            return None
        if isinstance(value, cst.Call):
            return self._call_statement(small, value)
        return None

    def _is_parameter(self, small: cst.Assign | cst.AnnAssign) -> bool:
        return self.context.option_at(self._place(small)) is not None

    def _parameter(self, small: cst.Assign | cst.AnnAssign) -> Outcome:
        option = self.context.option_at(self._place(small))
        assert option is not None
        target = option.parameter.name
        return Outcome("hoisted", "a form parameter: an option of the program", f"{target} = {self.context.option(option)}")

    def _call_statement(self, small: cst.BaseSmallStatement, call: cst.Call) -> Outcome | None:
        name = self._use.dotted(call.func)
        if name in DROPPED_CALLS and (isinstance(small, cst.Expr) or name.startswith("kaggle_secrets")):
            return dropped(DROPPED_CALLS[name])
        written = dotted(call.func) or ""
        if written == "os.kill" and "os.getpid()" in cst.Module([]).code_for_node(call):
            return dropped("restarts the runtime after an install, which the image makes unnecessary")
        if "get_ipython()" in written:
            source = cst.Module([]).code_for_node(small)
            stands_for = statement_of(ast.parse(source).body[0], self._place(small))
            if stands_for is not None:
                return decide(stands_for, self.context)
        return None

    def parse_notebook_code(self, code: str, lines: tuple[int, int]) -> list[cst.BaseStatement]:
        """Rewrite a piece of the author's own Python that stood in a magic's arguments."""
        try:
            module = cst.parse_module(code)
        except cst.ParserSyntaxError:
            self.fates.set(*lines, "attention", "the statement behind the magic is not valid Python")
            return self.stop_here("the statement behind the magic is not valid Python", lines[0])
        nested = CellRewriter(self._parsed, self.context, self.fates, {}, lines)
        result = module.visit(nested)
        return [line for line in result.body if isinstance(line, cst.BaseStatement)]

    # -- what expressions need to know of their surroundings -----------------------------------------

    def visit_Try(self, node: cst.Try) -> None:
        self._try_bodies.update(id(line) for line in node.body.body)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self._note_docstring(node.body)

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        self._note_docstring(node.body)

    def _note_docstring(self, body: cst.BaseSuite) -> None:
        first = body.body[0] if body.body else None
        if isinstance(first, cst.SimpleStatementLine) and isinstance(first.body[0], cst.Expr):
            self._docstrings.add(id(first.body[0].value))

    def visit_ConcatenatedString(self, node: cst.ConcatenatedString) -> bool:
        self._within_concatenation.update((id(node.left), id(node.right)))
        return id(node) not in self._docstrings

    def visit_BinaryOperation(self, node: cst.BinaryOperation) -> None:
        if isinstance(node.operator, cst.Add) and not isinstance(node.left, cst.SimpleString):
            self._after_plus.add(id(node.right))

    def visit_FormattedString(self, node: cst.FormattedString) -> None:
        if node.parts and id(node) not in self._after_plus:
            self._first_parts.add(id(node.parts[0]))

    def visit_MatchCase(self, node: cst.MatchCase) -> None:
        self._patterns += 1

    def leave_MatchCase(self, original_node: cst.MatchCase, updated_node: cst.MatchCase) -> cst.MatchCase:
        self._patterns -= 1
        return updated_node

    # -- strings -------------------------------------------------------------------------------------

    def leave_SimpleString(
        self, original_node: cst.SimpleString, updated_node: cst.SimpleString
    ) -> cst.BaseExpression:
        node_id = id(original_node)
        if node_id in self._docstrings:
            return updated_node
        text = original_node.evaluated_value
        if isinstance(text, str) and any(word in text for word in _FORBIDDEN_TEXT):
            return self._without_platform_names(original_node)
        concatenated = node_id in self._within_concatenation
        if node_id in self._after_plus and next(iter(self.context.roots.find(original_node.raw_value)), None):
            found = next(iter(self.context.roots.find(original_node.raw_value)))
            if found.start == 0:
                return updated_node  # the rest of a longer path, not the platform's own directory
        replaced = strings.plain(original_node, self.context, concatenated=concatenated)
        if replaced is None:
            return updated_node
        self._mark(original_node, "the platform's path comes from the configuration")
        return replaced

    def _without_platform_names(self, node: cst.SimpleString) -> cst.BaseExpression:
        body = node.raw_value
        for word, plain_word in zip(_FORBIDDEN_TEXT, ("Colab", "Kaggle secrets", "IPython"), strict=True):
            body = body.replace(word, plain_word)
        self.fates.set(*self.lines_of(node), "attention", "a text names the platform's module; check what it is used for")
        return cst.SimpleString(f"{node.prefix}{node.quote}{body}{node.quote}")

    def leave_FormattedStringText(
        self, original_node: cst.FormattedStringText, updated_node: cst.FormattedStringText
    ) -> cst.BaseFormattedStringContent | cst.FlattenSentinel[cst.BaseFormattedStringContent]:
        first = id(original_node) in self._first_parts
        parts = strings.formatted(original_node, self.context, first=first)
        if parts is None:
            return updated_node
        self._mark(original_node, "the platform's path comes from the configuration")
        return cst.FlattenSentinel(parts)

    # -- the platform's API and secrets --------------------------------------------------------------

    def visit_Call(self, node: cst.Call) -> bool:
        # Claimed calls are replaced whole; what they are called by is not looked at on its own.
        self._use.claim(node)
        return True

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        name = self._use.claimed(original_node)
        if name is None:
            return updated_node
        arguments = [argument.value for argument in updated_node.args]
        if name in SECRET_CALLS and arguments:
            self._mark(original_node, "the secret comes from the environment")
            return cst.Call(cst.Name(self.context.secret()), [cst.Arg(arguments[0])])
        if name in DROPPED_CALLS:
            self._mark(original_node, DROPPED_CALLS[name])
            return cst.Name("None")
        if name == "google.colab.files.download" and arguments:
            self._mark(original_node, "a download is a copy in the output directory")
            copy = cst.parse_expression(f"{self.context.module('shutil')}.copy")
            output = cst.parse_expression(self.context.directory("output"))
            return cst.Call(copy, [cst.Arg(arguments[0]), cst.Arg(output)])
        if name == "google.colab.data_table.DataTable" and arguments:
            self._mark(original_node, "the table without Colab's frame")
            return arguments[0]
        return self._unsupported(original_node, f"{short_name(name)} has no counterpart outside the platform")

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        if self._use.is_claimed_part(original_node):
            return updated_node
        name = self._use.dotted(original_node)
        if name is None:
            return updated_node
        if name in EXCEPTIONS:
            self._mark(original_node, "a missing secret raises RuntimeError")
            return cst.Name(EXCEPTIONS[name])
        return self._unsupported(original_node, f"{short_name(name)} has no counterpart outside the platform")

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        if original_node.value == "get_ipython" and not self._use.is_claimed_part(original_node):
            return self._unsupported(original_node, "IPython's own interface does not exist in a program")
        return updated_node

    def leave_Subscript(self, original_node: cst.Subscript, updated_node: cst.Subscript) -> cst.BaseExpression:
        secret = self._use.environment_secret(self._place(original_node))
        if secret is None:
            return updated_node
        self._mark(original_node, "the secret comes from the environment")
        return cst.parse_expression(f"{self.context.secret()}({secret!r})")

    def visit_Comparison(self, node: cst.Comparison) -> bool:
        return self._use.platform_test(node) is None

    def leave_Comparison(
        self, original_node: cst.Comparison, updated_node: cst.Comparison
    ) -> cst.BaseExpression:
        answer = self._use.platform_test(original_node)
        if answer is None:
            return updated_node
        self._mark(original_node, "asks for the platform; the branch that ran there stays")
        return cst.Name(str(answer))

    def _mark(self, node: cst.CSTNode, reason: str) -> None:
        self.fates.set(*self.lines_of(node), "rewritten", reason)

    def _unsupported(self, node: cst.CSTNode, reason: str) -> cst.BaseExpression:
        first, last = self.lines_of(node)
        self.fates.set(first, last, "attention", reason)
        self.stop_before_statement(reason, first)
        return cst.Name("None")


def rewrite_cell(parsed: ParsedCell, context: Context, fates: CellFates) -> Sequence[cst.BaseStatement]:
    """The cell's statements, portable. Comments below the last statement become leading lines of a `pass`
    that `assemble` takes out again; every line's fate is noted in `fates`."""
    if parsed.unparsed is not None:
        return _unparsed(parsed, context, fates)
    magic = parsed.cell_magic
    if magic is not None and not magic.python:
        outcome = decide(magic, context)
        block = BlockRewriter(parsed.cell, context, fates)
        first, last = magic.location.line, max(len(parsed.cell.lines), 1)
        return block.replace_statement(outcome, first, last, heading=parsed.cell.lines[: first - 1])
    try:
        wrapper = MetadataWrapper(cst.parse_module(parsed.python), unsafe_skip_copy=True)
    except cst.ParserSyntaxError as error:
        reason = f"the cell's grammar is newer than this version of nb2prod reads ({error.message})"
        return _stopped(parsed, context, fates, reason, error.raw_line)
    rewriter = CellRewriter(parsed, context, fates, wrapper.resolve(PositionProvider))
    rewriter.note_last_expression(_displayed(wrapper.module))
    module = wrapper.module.visit(rewriter)
    result = rewriter.top_level(module)
    if magic is not None:
        result = _under_magic(parsed, context, fates, result)
    return result


def _displayed(module: cst.Module) -> cst.SimpleStatementLine | None:
    """The line whose last expression the notebook shows: IPython's rule, a trailing `;` silences it."""
    last = module.body[-1] if module.body else None
    if not isinstance(last, cst.SimpleStatementLine):
        return None
    small = last.body[-1]
    if not isinstance(small, cst.Expr) or isinstance(small.semicolon, cst.Semicolon):
        return None
    return last if shown(small.value) else None


def _unparsed(parsed: ParsedCell, context: Context, fates: CellFates) -> Sequence[cst.BaseStatement]:
    unparsed = parsed.unparsed
    assert unparsed is not None
    return _stopped(parsed, context, fates, f"the cell does not run: {unparsed.reason}", unparsed.location.line)


def _stopped(
    parsed: ParsedCell, context: Context, fates: CellFates, reason: str, line: int
) -> Sequence[cst.BaseStatement]:
    block = BlockRewriter(parsed.cell, context, fates)
    return block.replace_statement(needs_person(reason), 1, max(len(parsed.cell.lines), 1), at=line)


def _under_magic(
    parsed: ParsedCell, context: Context, fates: CellFates, body: Sequence[cst.BaseStatement]
) -> Sequence[cst.BaseStatement]:
    """A Python cell under `%%time`, `%%capture`, `%%timeit`: the header goes, the body mostly stays."""
    magic = parsed.cell_magic
    assert magic is not None
    first, last = magic.location.line, max(len(parsed.cell.lines), 1)
    if magic.magic in ("timeit", "memit", "mprun", "lprun"):
        block = BlockRewriter(parsed.cell, context, fates)
        return block.replace_statement(dropped(f"%%{magic.magic} measures and binds nothing"), first, last)
    if magic.magic != "capture":
        fates.set(first, first, "dropped", f"%%{magic.magic} measures; the cell itself stays")
        return body
    name = next((word for word in magic.arguments.split() if not word.startswith("-")), None)
    if name is not None and name in context.used_names:
        reason = f"%%capture keeps the cell's output in {name}, which later cells use"
        block = BlockRewriter(parsed.cell, context, fates)
        fates.set(first, first, "attention", reason)
        return [*block.stop_here(reason, first), *cst.parse_module(f"{name} = None").body, *body]  # type: ignore[list-item]
    fates.set(first, first, "rewritten", "what the cell prints is kept quiet")
    lines = [line for line in body if not block_marker(line)]
    if not lines:
        return body
    redirect = context.module("contextlib")
    quiet = f"with {redirect}.redirect_stdout({context.module('io')}.StringIO()):\n    pass\n"
    with_statement = cst.parse_module(quiet).body[0]
    assert isinstance(with_statement, cst.With)
    return [with_statement.with_changes(body=cst.IndentedBlock(body=list(body)))]


def block_marker(line: cst.BaseStatement) -> bool:
    """Whether a statement is only there to carry comments."""
    return isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 and isinstance(line.body[0], cst.Pass)
