"""Texts inside statements that stay: the paths of the platform in them, and its modules' names."""

from __future__ import annotations

import libcst as cst

from nb2prod.analysis.pasted import is_marked
from nb2prod.analysis.paths import PUT_BEFORE
from nb2prod.location import Location
from nb2prod.notebook.model import Cell
from nb2prod.program.blocks import BlockRewriter
from nb2prod.program.context import Context
from nb2prod.program.cst_names import dotted
from nb2prod.program.ledger import CellFates
from nb2prod.program.rewrites import strings
from nb2prod.program.rewrites.joined import JoinedRoot, joined_root, with_text, without_str
from nb2prod.program.rewrites.platform import NAMED, names_module, without_module_names
from nb2prod.program.text import string

_PATH = "the platform's path comes from the configuration"
_PLACEHOLDER = "words stand where a secret belongs, which comes from the environment"
_BYTES = "a secret was pasted into bytes, where none can be read from the environment"
_PATTERN = "a pattern holds the platform's path, and patterns cannot read the configuration"


class LiteralRewriter(BlockRewriter):
    """The part of a cell's walk that deals with texts."""

    def __init__(self, cell: Cell, context: Context, fates: CellFates) -> None:
        super().__init__(cell, context, fates)
        self._docstrings: set[int] = set()
        self._before: dict[int, str] = {}  # id of a text → the character that it follows
        self._raw_parts: set[int] = set()
        self._quotes: dict[int, str] = {}
        self._concatenated: set[int] = set()
        self._rewritten_whole: set[int] = set()
        self.joined: dict[int, JoinedRoot] = {}  # by the id of the node that is replaced
        self._joined_parts: set[int] = set()
        self._whole_paths: set[int] = set()  # ids of texts that nothing is put before
        self._patterns = 0

    def place_of(self, node: cst.CSTNode) -> Location:
        """Where a node begins."""
        raise NotImplementedError

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
        asked = self.context.asked_at(self.place_of(original_node))
        if asked is not None and asked.kind == "placeholder":
            self.mark(original_node, _PLACEHOLDER)
            secret = cst.parse_expression(f"{self.context.secret()}({asked.secret})")
            return in_place(secret, original_node)
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
        self.mark(original_node, _PATH)
        return in_place(replaced, original_node)

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
        self.mark(original_node, _PATH)
        before = self._before_of(original_node)
        return in_place(strings.anew(original_node, self.context, before), original_node)

    def visit_BinaryOperation(self, node: cst.BinaryOperation) -> None:
        before = self._before_of(node)
        self._before[id(node.left)] = before
        if isinstance(node.operator, cst.Divide):
            self._whole_paths.update((id(node.left), id(node.right)))
        if isinstance(node.operator, cst.Add):
            self._before[id(node.right)] = strings.last_character(node.left) or before
        self.note_joined(node)

    def leave_BinaryOperation(
        self, original_node: cst.BinaryOperation, updated_node: cst.BinaryOperation
    ) -> cst.BaseExpression:
        found = self.joined.get(id(original_node))
        if found is None:
            return updated_node
        call: cst.BaseExpression = updated_node
        while isinstance(call, cst.BinaryOperation):
            call = call.left
        assert isinstance(call, cst.Call)
        return in_place(self.with_root(found, call), original_node)

    def _before_of(self, node: cst.CSTNode) -> str:
        """The character that a text follows, where one does."""
        return self._before.get(id(node), "" if id(node) in self._whole_paths else PUT_BEFORE)

    def note_whole_paths(self, call: cst.Call) -> None:
        """A library takes a path as a whole; the notebook's own functions may put it together."""
        called = dotted(call.func) or "."
        if called.endswith(".") or ("." not in called and self.context.is_bound(called)):
            return
        if not called.endswith((".format", ".replace")):
            self._whole_paths.update(id(argument.value) for argument in call.args)

    def note_joined(self, node: cst.Call | cst.BinaryOperation) -> None:
        found = joined_root(node, self.context.roots)
        if found is not None and not self._joined_parts.intersection(map(id, found.parts)):
            self.joined[id(found.node)] = found
            self._joined_parts.update(map(id, found.parts))

    def with_root(self, found: JoinedRoot, call: cst.Call) -> cst.Call:
        """A joined path, with the directory that its first parts name from the configuration."""
        literal = cst.SimpleString(string(found.text))
        text = strings.plain(literal, self.context, before="", alone=True)
        self.mark(found.node, _PATH)
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
        self.mark(original_node, _PATH)
        return cst.FlattenSentinel(parts)

    def visit_MatchCase_pattern(self, node: cst.MatchCase) -> None:
        self._patterns += 1

    def leave_MatchCase_pattern(self, node: cst.MatchCase) -> None:
        self._patterns -= 1

    def mark(self, node: cst.CSTNode, reason: str) -> None:
        self.fates.set(*self.lines_of(node), "rewritten", reason)

    def unsupported(self, node: cst.CSTNode, reason: str) -> None:
        """Note that an expression cannot be converted: the program stops before its statement."""
        first, last = self.lines_of(node)
        self.fates.set(first, last, "attention", reason)
        self.stop_before_statement(reason, first)


def in_place(new: cst.BaseExpression, old: cst.BaseExpression) -> cst.BaseExpression:
    """The new expression in the old one's parentheses, which may hold comments."""
    return new.with_changes(lpar=[*old.lpar, *new.lpar], rpar=[*new.rpar, *old.rpar])
