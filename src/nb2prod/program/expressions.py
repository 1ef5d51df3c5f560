"""Expressions inside statements that stay: the platform's API, its paths, its secrets."""

from __future__ import annotations

import libcst as cst

from nb2prod.analysis.facts import Asked
from nb2prod.analysis.pasted import is_marked
from nb2prod.analysis.paths import PUT_BEFORE
from nb2prod.location import Location
from nb2prod.notebook.model import Cell
from nb2prod.program.blocks import BlockRewriter
from nb2prod.program.context import Context
from nb2prod.program.cst_names import dotted
from nb2prod.program.ledger import CellFates
from nb2prod.program.platform_use import PlatformUse
from nb2prod.program.rewrites import strings
from nb2prod.program.rewrites.joined import (
    JoinedRoot,
    joined_root,
    taking_paths,
    with_plain_directories,
    with_text,
    without_str,
)
from nb2prod.program.rewrites.platform import (
    DOWNLOAD,
    DROPPED_CALLS,
    EXCEPTIONS,
    NAMED,
    SECRET_CALLS,
    TABLE,
    UPLOAD,
    names_module,
    no_counterpart,
    without_module_names,
)
from nb2prod.program.text import string

_PATH = "the platform's path comes from the configuration"
_SECRET = "the secret comes from the environment"
_BYTES = "a secret was pasted into bytes, where none can be read from the environment"
_NO_KEYBOARD = "asks the person at the keyboard for input, and a job has none"
_PATTERN = "a pattern holds the platform's path, and patterns cannot read the configuration"


class ExpressionRewriter(BlockRewriter):
    """The part of a cell's walk that deals with expressions."""

    def __init__(self, cell: Cell, context: Context, fates: CellFates) -> None:
        super().__init__(cell, context, fates)
        self.use = PlatformUse(context)
        self._docstrings: set[int] = set()
        self._before: dict[int, str] = {}  # id of a text → the character that it follows
        self._raw_parts: set[int] = set()
        self._quotes: dict[int, str] = {}
        self._concatenated: set[int] = set()
        self._rewritten_whole: set[int] = set()
        self._joined: dict[int, JoinedRoot] = {}  # by the id of the node that is replaced
        self._joined_parts: set[int] = set()
        self._whole_paths: set[int] = set()  # ids of texts that nothing is put before
        self._patterns = 0
        self._labels: set[int] = set()

    def place_of(self, node: cst.CSTNode) -> Location:
        """Where a node begins."""
        raise NotImplementedError

    def is_target(self, node: cst.CSTNode) -> bool:
        """Whether an expression is assigned to or deleted."""
        raise NotImplementedError

    def has_value(self, original: cst.BaseExpression, updated: cst.BaseExpression) -> bool:
        """Platform calls that returned nothing showed nothing, whatever stands for them returns;
        and nobody shows a secret.
        """
        asked = self.asked_by(original)
        if asked is not None and asked.kind in ("secret", "login"):
            return False
        return not _is_none(updated) and self.use.claimed(original) != DOWNLOAD

    # -- strings ---------------------------------------------------------------------------------

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self._note_docstring(node.body)

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        self._note_docstring(node.body)

    def _note_docstring(self, body: cst.BaseSuite) -> None:
        first = body.body[0] if body.body else None
        small = first.body[0] if isinstance(first, cst.SimpleStatementLine) else first
        if isinstance(small, cst.Expr):
            self._docstrings.add(id(small.value))

    def is_docstring(self, node: cst.BaseExpression) -> bool:
        """Whether an expression is a function's or a class's docstring."""
        return id(node) in self._docstrings

    def visit_SimpleString(self, node: cst.SimpleString) -> bool:
        return False

    def leave_SimpleString(
        self, original_node: cst.SimpleString, updated_node: cst.SimpleString
    ) -> cst.BaseExpression:
        node_id = id(original_node)
        if self.is_docstring(original_node) or node_id in self._joined_parts:
            return updated_node
        if names_module(strings.text_of(original_node)):
            self.fates.set(*self.lines_of(original_node), "attention", NAMED)
            return strings.without_names(original_node)
        replaced = strings.plain(
            original_node,
            self.context,
            before=self._before_of(original_node),
            alone=node_id not in self._concatenated,
        )
        if replaced is None:
            value = strings.evaluated(original_node)
            if isinstance(value, bytes) and is_marked(value.decode("latin-1")):
                self.unsupported(original_node, _BYTES)
            return updated_node
        if self._patterns:
            self.unsupported(original_node, _PATTERN)
            return cst.SimpleString('""')
        self._mark(original_node, _PATH)
        return _in_place(replaced, original_node)

    def visit_ConcatenatedString(self, node: cst.ConcatenatedString) -> bool:
        if self.is_docstring(node):
            return False
        before = self._before_of(node)
        if id(node) not in self._concatenated and strings.splits_path(node, self.context, before):
            self._rewritten_whole.add(id(node))
            return False
        self._concatenated.update((id(node.left), id(node.right)))
        self._before[id(node.left)] = before
        self._before[id(node.right)] = strings.last_character(node.left) or before
        return True

    def leave_ConcatenatedString(
        self, original_node: cst.ConcatenatedString, updated_node: cst.ConcatenatedString
    ) -> cst.BaseExpression:
        if id(original_node) not in self._rewritten_whole:
            return updated_node
        if names_module(strings.text_of(original_node)):
            self.fates.set(*self.lines_of(original_node), "attention", NAMED)
        self._mark(original_node, _PATH)
        before = self._before_of(original_node)
        return _in_place(strings.anew(original_node, self.context, before), original_node)

    def visit_BinaryOperation(self, node: cst.BinaryOperation) -> None:
        before = self._before_of(node)
        self._before[id(node.left)] = before
        if isinstance(node.operator, cst.Divide):
            self._whole_paths.update((id(node.left), id(node.right)))
        if isinstance(node.operator, cst.Add):
            self._before[id(node.right)] = strings.last_character(node.left) or before
        self._note_joined(node)

    def leave_BinaryOperation(
        self, original_node: cst.BinaryOperation, updated_node: cst.BinaryOperation
    ) -> cst.BaseExpression:
        found = self._joined.get(id(original_node))
        if found is None:
            return updated_node
        call: cst.BaseExpression = updated_node
        while isinstance(call, cst.BinaryOperation):
            call = call.left
        assert isinstance(call, cst.Call)
        return _in_place(self._with_root(found, call), original_node)

    def _before_of(self, node: cst.CSTNode) -> str:
        """The character that a text follows, where one does."""
        return self._before.get(id(node), "" if id(node) in self._whole_paths else PUT_BEFORE)

    def _note_whole_paths(self, call: cst.Call) -> None:
        """A library takes a path as a whole; the notebook's own functions may put it together."""
        called = dotted(call.func) or "."
        if called.endswith(".") or ("." not in called and self.context.is_bound(called)):
            return
        if not called.endswith((".format", ".replace")):
            self._whole_paths.update(id(argument.value) for argument in call.args)

    def _note_joined(self, node: cst.Call | cst.BinaryOperation) -> None:
        found = joined_root(node, self.context.roots)
        if found is not None and not self._joined_parts.intersection(map(id, found.parts)):
            self._joined[id(found.node)] = found
            self._joined_parts.update(map(id, found.parts))

    def _with_root(self, found: JoinedRoot, call: cst.Call) -> cst.Call:
        """A joined path, with the directory that its first parts name from the configuration."""
        literal = cst.SimpleString(string(found.text))
        text = strings.plain(literal, self.context, before="", alone=True)
        self._mark(found.node, _PATH)
        return with_text(found, call, without_str(text or literal))

    def visit_FormattedString(self, node: cst.FormattedString) -> None:
        before = self._before_of(node)
        for part in node.parts:
            if isinstance(part, cst.FormattedStringText):
                self._before[id(part)] = before
                self._quotes[id(part)] = node.quote
                if "r" in node.prefix:
                    self._raw_parts.add(id(part))
            before = "x"

    def leave_FormattedStringText(
        self, original_node: cst.FormattedStringText, updated_node: cst.FormattedStringText
    ) -> cst.BaseFormattedStringContent | cst.FlattenSentinel[cst.BaseFormattedStringContent]:
        node_id = id(original_node)
        if names_module(original_node.value):
            self.fates.set(*self.lines_of(original_node), "attention", NAMED)
            return cst.FormattedStringText(without_module_names(original_node.value))
        parts = strings.formatted(
            original_node,
            self.context,
            before=self._before_of(original_node),
            raw_literal=node_id in self._raw_parts,
            quote=self._quotes.get(node_id, '"'),
        )
        if parts is None:
            return updated_node
        self._mark(original_node, _PATH)
        return cst.FlattenSentinel(parts)

    def visit_MatchCase_pattern(self, node: cst.MatchCase) -> None:
        self._patterns += 1

    def leave_MatchCase_pattern(self, node: cst.MatchCase) -> None:
        self._patterns -= 1

    # -- the platform's API and secrets ----------------------------------------------------------

    def visit_Call(self, node: cst.Call) -> bool:
        self._note_joined(node)
        self._note_whole_paths(node)
        # What a dropped call is called with is gone with it.
        return self.use.claim(node) not in DROPPED_CALLS

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        name = self.use.claimed(original_node)
        if name is None:
            if id(original_node) in self._joined:
                updated_node = self._with_root(self._joined[id(original_node)], updated_node)
            if taking_paths(original_node):
                updated_node = with_plain_directories(original_node, updated_node)
            value = self.use.platform_variable(original_node)
            if value is not None:
                self._mark(original_node, "tells the platform; the branch that ran there stays")
                return _in_place(cst.SimpleString(f'"{value}"'), original_node)
            asked = self.asked_by(original_node)
            if asked is not None and asked.kind in ("secret", "input"):
                return _in_place(self._answered(asked, original_node), original_node)
            return cst.Name("None") if _is_none(updated_node.func) else updated_node
        return _in_place(self._claimed_call(name, original_node, updated_node), original_node)

    def asked_by(self, call: cst.BaseExpression) -> Asked | None:
        """What a call asks the person at the keyboard for, if anything."""
        if not self.context.facts.asked or not isinstance(call, cst.Call):
            return None
        # `ask().strip()` begins where `ask()` does.
        if "()" in (dotted(call.func) or "()"):
            return None
        return self.context.asked_at(self.place_of(call))

    def _answered(self, asked: Asked, call: cst.Call) -> cst.BaseExpression:
        if asked.kind == "input":
            answer = self.context.answer(asked)
            if answer is None:
                self.unsupported(call, _NO_KEYBOARD)
                return cst.Name("None")
            self._mark(call, "the answer is an option of the program")
            return cst.parse_expression(answer)
        self._mark(call, _SECRET)
        return cst.parse_expression(f"{self.context.secret()}({asked.secret})")

    def _claimed_call(self, name: str, original: cst.Call, updated: cst.Call) -> cst.BaseExpression:
        arguments = [argument.value for argument in updated.args]
        if name in SECRET_CALLS and arguments:
            self._mark(original, _SECRET)
            return cst.Call(cst.Name(self.context.secret()), [cst.Arg(arguments[0])])
        if name in DROPPED_CALLS:
            self._mark(original, DROPPED_CALLS[name])
            return cst.Name("None")
        if name == DOWNLOAD and arguments:
            self._mark(original, "a download is a copy in the output directory")
            copy = cst.parse_expression(f"{self.context.module('shutil')}.copy")
            output = cst.parse_expression(self.context.directory("output"))
            return cst.Call(copy, [cst.Arg(arguments[0]), cst.Arg(output)])
        if name == UPLOAD:
            self._mark(original, "the files to upload are an option of the program")
            return cst.parse_expression(self.context.upload(self.place_of(original)))
        if name == TABLE and arguments:
            self._mark(original, "the table without Colab's frame")
            return arguments[0]
        return self._no_counterpart(original, name)

    def visit_Attribute(self, node: cst.Attribute) -> None:
        self._labels.add(id(node.attr))
        self.use.claim(node)

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        return self._leave_use(original_node, updated_node)

    def visit_Name(self, node: cst.Name) -> None:
        if id(node) in self._labels or self.use.meaning(node) is None:
            return
        if not self.is_target(node):
            self.use.claim(node)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        return self._leave_use(original_node, updated_node)

    def _leave_use(
        self, original: cst.Attribute | cst.Name, updated: cst.BaseExpression
    ) -> cst.BaseExpression:
        name = self.use.claimed(original)
        if name is None:
            return updated
        if name in EXCEPTIONS:
            self._mark(original, f"the error that is {EXCEPTIONS[name]} here")
            return _in_place(cst.Name(EXCEPTIONS[name]), original)
        return _in_place(self._no_counterpart(original, name), original)

    # Names that name no value: an attribute's or an argument's label, what an import or a
    # declaration binds.

    def visit_Arg(self, node: cst.Arg) -> None:
        if node.keyword is not None:
            self._labels.add(id(node.keyword))

    def visit_MatchKeywordElement(self, node: cst.MatchKeywordElement) -> None:
        self._labels.add(id(node.key))

    def visit_Import(self, node: cst.Import) -> bool:
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        return False

    def visit_Global(self, node: cst.Global) -> bool:
        return False

    def visit_Nonlocal(self, node: cst.Nonlocal) -> bool:
        return False

    def leave_Decorator(
        self, original_node: cst.Decorator, updated_node: cst.Decorator
    ) -> cst.Decorator | cst.RemovalSentinel:
        gone = self.use.claimed(original_node.decorator) is not None
        return cst.RemoveFromParent() if gone else updated_node

    def leave_WithItem(
        self, original_node: cst.WithItem, updated_node: cst.WithItem
    ) -> cst.WithItem:
        if self.use.claimed(original_node.item) not in DROPPED_CALLS:
            return updated_node
        nothing = cst.parse_expression(f"{self.context.module('contextlib')}.nullcontext()")
        return updated_node.with_changes(item=nothing)

    def leave_Subscript(
        self, original_node: cst.Subscript, updated_node: cst.Subscript
    ) -> cst.BaseExpression:
        asked = self.context.facts.secrets
        secret = self.use.environment_secret(self.place_of(original_node)) if asked else None
        if secret is None:
            return cst.Name("None") if _is_none(updated_node.value) else updated_node
        self._mark(original_node, _SECRET)
        call = cst.parse_expression(f"{self.context.secret()}({secret!r})")
        return _in_place(call, original_node)

    def visit_Comparison(self, node: cst.Comparison) -> bool:
        return self.use.platform_test(node) is None

    def leave_Comparison(
        self, original_node: cst.Comparison, updated_node: cst.Comparison
    ) -> cst.BaseExpression:
        answer = self.use.platform_test(original_node)
        if answer is None:
            return updated_node
        self._mark(original_node, "asks for the platform; the branch that ran there stays")
        return _in_place(cst.Name(str(answer)), original_node)

    def _mark(self, node: cst.CSTNode, reason: str) -> None:
        self.fates.set(*self.lines_of(node), "rewritten", reason)

    def unsupported(self, node: cst.CSTNode, reason: str) -> None:
        """Note that an expression cannot be converted: the program stops before its statement."""
        first, last = self.lines_of(node)
        self.fates.set(first, last, "attention", reason)
        self.stop_before_statement(reason, first)

    def _no_counterpart(self, node: cst.BaseExpression, name: str) -> cst.BaseExpression:
        self.unsupported(node, no_counterpart(name))
        # Behind the stop something has to stand that can stand there.
        return cst.Name("_" if self.is_target(node) else "None")


def _is_none(node: cst.BaseExpression) -> bool:
    """Whether nothing is left of an expression. Python warns of calling None or looking into it."""
    return isinstance(node, cst.Name) and node.value == "None"


def _in_place(new: cst.BaseExpression, old: cst.BaseExpression) -> cst.BaseExpression:
    """The new expression in the old one's parentheses, which may hold comments."""
    return new.with_changes(lpar=[*old.lpar, *new.lpar], rpar=[*new.rpar, *old.rpar])
