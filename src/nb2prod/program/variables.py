"""Functions that take the notebook's variables as parameters, and those that assign them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar, cast

import libcst as cst

Statement = TypeVar("Statement", bound=cst.BaseStatement)


def with_variables_passed(
    statement: Statement, keywords: Mapping[str, Sequence[str]], *, inside: bool
) -> Statement:
    """The statement with the functions in `keywords` taking the variables that they read, and with
    every call of them passing these on; `inside` a function, `global` means the variables of that
    function.
    """
    if not keywords and not inside:
        return statement
    return cast("Statement", statement.visit(_Passing(keywords, inside=inside)))


class _Passing(cst.CSTTransformer):
    def __init__(self, keywords: Mapping[str, Sequence[str]], *, inside: bool) -> None:
        super().__init__()
        self._keywords = keywords
        self._inside = inside
        self._depth = 0

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        self._depth += 1
        return True

    def leave_FunctionDef(
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        self._depth -= 1
        variables = self._keywords.get(original_node.name.value, ())
        if self._depth or not variables:
            return updated_node
        parameters = updated_node.params
        added = [cst.Param(cst.Name(name)) for name in variables]
        star = parameters.star_arg
        if not isinstance(star, cst.Param):
            star = cst.ParamStar()
        kwonly = [*parameters.kwonly_params, *added]
        return updated_node.with_changes(
            params=parameters.with_changes(star_arg=star, kwonly_params=kwonly)
        )

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        function = original_node.func
        if not isinstance(function, cst.Name) or function.value not in self._keywords:
            return updated_node
        equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
        added = [
            cst.Arg(cst.Name(name), cst.Name(name), equal=equal)
            for name in self._keywords[function.value]
        ]
        generator = (
            len(updated_node.args) == 1
            and isinstance(updated_node.args[0].value, cst.GeneratorExp)
            and not updated_node.args[0].value.lpar
        )
        given = list(updated_node.args)
        if generator:  # it needs parentheses of its own beside other arguments
            bare = given[0].value
            lpar, rpar = [cst.LeftParen()], [cst.RightParen()]
            given[0] = given[0].with_changes(value=bare.with_changes(lpar=lpar, rpar=rpar))
        return updated_node.with_changes(args=[*given, *added])

    def leave_Global(self, original_node: cst.Global, updated_node: cst.Global) -> cst.Global:
        if not self._inside or not self._depth:
            return updated_node
        return cast("cst.Global", cst.Nonlocal(updated_node.names))


def without_annotations(statement: Statement) -> Statement:
    """The statement without annotations of variables: a global one cannot have any."""
    return cast("Statement", statement.visit(_Bare()))


class _Bare(cst.CSTTransformer):
    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        return False

    def leave_AnnAssign(
        self, original_node: cst.AnnAssign, updated_node: cst.AnnAssign
    ) -> cst.BaseSmallStatement:
        if not isinstance(original_node.target, cst.Name):
            return updated_node
        semicolon = updated_node.semicolon
        if updated_node.value is None:
            return cst.Pass(semicolon=semicolon)
        target = cst.AssignTarget(updated_node.target)
        return cst.Assign([target], updated_node.value, semicolon=semicolon)
