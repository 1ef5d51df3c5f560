"""Calls with what they are given: on the spot, or by a thread that is told what to call."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nb2prod.analysis.daemon_calls import daemon_calls
from nb2prod.analysis.known_values import Known, Value, possible
from nb2prod.analysis.names import called_name, dotted_text
from nb2prod.analysis.running_code import Code
from nb2prod.analysis.scopes import Scope
from nb2prod.location import Location

Values = tuple[Value, ...]

# They are given a function first, and then what to call it with.
_CALLING_FIRST = frozenset({"partial", "submit", "to_thread"})
_ENVIRONMENT = frozenset({"os.environ.get", "os.getenv", "environ.get", "getenv"})


class StartedCall(NamedTuple):
    """What is called, and the arguments with the values that the text shows: none where it does
    not. `whole` is false where some arguments are only known when the program runs (`**options`).
    What a daemon calls, which ends with the program, is in the `background`.
    """

    called: ast.expr
    positional: tuple[Values, ...]
    named: dict[str, Values]
    whole: bool
    place: Location
    background: bool = False

    def argument(self, name: str, index: int | None = None) -> Values | None:
        """The values of an argument, None where it is not given."""
        if name in self.named:
            return self.named[name]
        if index is not None and index < len(self.positional):
            return self.positional[index]
        return None


def started_calls(code: Code) -> Iterator[StartedCall]:
    """The calls of a program that run, and what its threads and processes are told to call."""
    ending = daemon_calls(code)
    for node, scope, place in code.calls():
        call = _call(node.func, node.args, node.keywords, scope, place)
        yield call._replace(background=id(node) in ending)
        target = next((one.value for one in node.keywords if one.arg == "target"), None)
        if target is not None:
            given = {one.arg: one.value for one in node.keywords}
            apart = _apart(given.get("args"), given.get("kwargs"))
            call = _call(target, *apart, scope, place)
            yield call._replace(background=id(target) in ending)
        elif called_name(node) in _CALLING_FIRST and node.args:
            yield _call(node.args[0], node.args[1:], node.keywords, scope, place)


def values_of(node: ast.expr, known: Known) -> Values:
    """The values that an expression can have, as `possible` says; of a question to the environment
    the answer where nothing is set.
    """
    if isinstance(node, ast.Call):
        name = dotted_text(node.func)
        if name in ("int", "str") and len(node.args) == 1:
            return values_of(node.args[0], known)
        if name in _ENVIRONMENT and len(node.args) == 2:
            return values_of(node.args[1], known)
    return possible(node, known)


def _call(
    called: ast.expr,
    args: Sequence[ast.expr],
    keywords: Sequence[ast.keyword],
    scope: Scope,
    place: Location,
) -> StartedCall:
    named: dict[str, Values] = {}
    whole = not any(isinstance(one, ast.Starred) for one in args)
    for keyword in keywords:
        if keyword.arg is not None:
            named[keyword.arg] = values_of(keyword.value, scope.known)
        else:
            found = possible(keyword.value, scope.known)
            options = found[0] if len(found) == 1 else None
            whole &= isinstance(options, dict)
            for name, value in options.items() if isinstance(options, dict) else ():
                # A value that is not known is None there.
                named[str(name)] = () if value is None else (value,)
    positional = tuple(values_of(one, scope.known) for one in args)
    return StartedCall(called, positional, named, whole, place)


def _apart(
    args: ast.expr | None, kwargs: ast.expr | None
) -> tuple[Sequence[ast.expr], Sequence[ast.keyword]]:
    """The arguments of `Thread(args=…, kwargs=…)` as those of a call."""
    positional: Sequence[ast.expr] = ()
    if isinstance(args, ast.List | ast.Tuple):
        positional = args.elts
    elif args is not None:
        positional = (ast.Starred(args, ast.Load()),)
    if isinstance(kwargs, ast.Call) and dotted_text(kwargs.func) == "dict" and not kwargs.args:
        return positional, kwargs.keywords
    if isinstance(kwargs, ast.Dict):
        pairs = zip(kwargs.keys, kwargs.values, strict=True)
        return positional, [
            ast.keyword(str(key.value) if isinstance(key, ast.Constant) else None, value)
            for key, value in pairs
        ]
    return positional, [ast.keyword(None, kwargs)] if kwargs is not None else ()
