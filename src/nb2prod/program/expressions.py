"""Expressions inside statements that stay: the platform's API, its paths, its secrets."""

from __future__ import annotations

from collections.abc import Container

import libcst as cst

from nb2prod.analysis.facts import Asked
from nb2prod.analysis.secrets import ENVIRONMENT_READS
from nb2prod.notebook.model import Cell
from nb2prod.program.context import Context
from nb2prod.program.cst_names import dotted, is_none
from nb2prod.program.ledger import CellFates
from nb2prod.program.literals import LiteralRewriter, in_place
from nb2prod.program.platform_use import PlatformUse
from nb2prod.program.rewrites.joined import (
    taking_paths,
    with_plain_directories,
)
from nb2prod.program.rewrites.platform import (
    COLOURING,
    DOWNLOAD,
    DROPPED_CALLS,
    EXCEPTIONS,
    IMAGE,
    SECRET_CALLS,
    TABLE,
    UPLOAD,
    no_counterpart,
)
from nb2prod.program.rewrites.strings import text_of

_SECRET = "the secret comes from the environment"
_NO_KEYBOARD = "asks the person at the keyboard for input, and a job has none"


class ExpressionRewriter(LiteralRewriter):
    """The part of a cell's walk that deals with expressions."""

    def __init__(self, cell: Cell, context: Context, fates: CellFates) -> None:
        super().__init__(cell, context, fates)
        self.use = PlatformUse(context)
        self._labels: set[int] = set()

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
        return not is_none(updated) and self.use.claimed(original) not in (DOWNLOAD, IMAGE)

    # -- the platform's API and secrets ----------------------------------------------------------

    def visit_Call(self, node: cst.Call) -> bool:
        self.note_joined(node)
        self.note_whole_paths(node)
        # What a dropped call is called with is gone with it.
        return self.use.claim(node) not in DROPPED_CALLS

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        name = self.use.claimed(original_node)
        if name is None:
            if id(original_node) in self.joined:
                updated_node = self.with_root(self.joined[id(original_node)], updated_node)
            if taking_paths(original_node):
                updated_node = with_plain_directories(original_node, updated_node)
            value = self.use.platform_variable(original_node)
            if value is not None:
                self.mark(original_node, "tells the platform; the branch that ran there stays")
                return in_place(cst.SimpleString(f'"{value}"'), original_node)
            asked = self.asked_by(original_node)
            if asked is not None and asked.kind in ("secret", "input"):
                return in_place(self._answered(asked, original_node), original_node)
            return cst.Name("None") if is_none(updated_node.func) else updated_node
        return in_place(self._claimed_call(name, original_node, updated_node), original_node)

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
            self.mark(call, "the answer is an option of the program")
            return cst.parse_expression(answer)
        self.mark(call, _SECRET)
        return cst.parse_expression(f"{self.context.secret()}({asked.secret})")

    def _claimed_call(self, name: str, original: cst.Call, updated: cst.Call) -> cst.BaseExpression:
        arguments = [argument.value for argument in updated.args]
        if name in SECRET_CALLS and arguments:
            self.mark(original, _SECRET)
            return cst.Call(cst.Name(self.context.secret()), [cst.Arg(arguments[0])])
        if name in DROPPED_CALLS:
            self.mark(original, DROPPED_CALLS[name])
            return cst.Name("None")
        if name == DOWNLOAD and arguments:
            self.mark(original, "a download is a copy in the output directory")
            copy = cst.parse_expression(f"{self.context.module('shutil')}.copy")
            output = cst.parse_expression(self.context.directory("output"))
            return cst.Call(copy, [cst.Arg(arguments[0]), cst.Arg(output)])
        if name.startswith(COLOURING) and arguments:
            self.mark(original, "the text without the colours of Colab's editor")
            return arguments[0]
        if name == IMAGE and arguments:
            self.mark(original, "the image is saved in the output directory")
            return cst.Call(cst.Name(self.context.show_image()), [cst.Arg(arguments[0])])
        if name == UPLOAD:
            self.mark(original, "the files to upload are an option of the program")
            return cst.parse_expression(self.context.upload(self.place_of(original)))
        if name == TABLE and arguments:
            self.mark(original, "the table without Colab's frame")
            return arguments[0]
        return self._no_counterpart(original, name)

    def leave_BooleanOperation(
        self, original_node: cst.BooleanOperation, updated_node: cst.BooleanOperation
    ) -> cst.BaseExpression:
        """`os.getenv("KEY") or secret("KEY")` asks the same place twice."""
        left, right = updated_node.left, updated_node.right
        if not isinstance(updated_node.operator, cst.Or):
            return updated_node
        same = (
            called_with(left, ENVIRONMENT_READS)
            == called_with(right, {self.context.secret_function})
            is not None
        )
        return right if same else updated_node

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
        if original_node.value == "__builtins__":
            # A module where a program starts, as in a notebook; a dict in any other module.
            self.mark(original_node, "a module where a program starts, and a dict in others")
            return cst.Name(self.context.module("builtins"))
        return self._leave_use(original_node, updated_node)

    def _leave_use(
        self, original: cst.Attribute | cst.Name, updated: cst.BaseExpression
    ) -> cst.BaseExpression:
        name = self.use.claimed(original)
        if name is None:
            return updated
        shell = self.use.shell_name(original)
        if shell is not None:
            self.mark(original, "asks for IPython; the branch that ran in the notebook stays")
            return in_place(cst.SimpleString(f'"{shell}"'), original)
        if name in EXCEPTIONS:
            self.mark(original, f"the error that is {EXCEPTIONS[name]} here")
            return in_place(cst.Name(EXCEPTIONS[name]), original)
        return in_place(self._no_counterpart(original, name), original)

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
            return cst.Name("None") if is_none(updated_node.value) else updated_node
        self.mark(original_node, _SECRET)
        call = cst.parse_expression(f"{self.context.secret()}({secret!r})")
        return in_place(call, original_node)

    def visit_Comparison(self, node: cst.Comparison) -> bool:
        return self.use.platform_test(node) is None

    def leave_Comparison(
        self, original_node: cst.Comparison, updated_node: cst.Comparison
    ) -> cst.BaseExpression:
        answer = self.use.platform_test(original_node)
        if answer is None:
            answer = self.use.variable_test(original_node)
        if answer is None:
            return updated_node
        self.mark(original_node, "asks for the platform; the branch that ran there stays")
        return in_place(cst.Name(str(answer)), original_node)

    def _no_counterpart(self, node: cst.BaseExpression, name: str) -> cst.BaseExpression:
        self.unsupported(node, no_counterpart(name))
        # Behind the stop something has to stand that can stand there.
        return cst.Name("_" if self.is_target(node) else "None")


def called_with(node: cst.BaseExpression, names: Container[str]) -> str | None:
    """The text that one of these functions is called with; None for anything else."""
    if not isinstance(node, cst.Call) or dotted(node.func) not in names or len(node.args) != 1:
        return None
    text = node.args[0].value
    return text_of(text) if isinstance(text, cst.SimpleString) else None
