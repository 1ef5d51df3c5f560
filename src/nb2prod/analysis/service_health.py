"""A path of a web service that answers whoever asks whether it is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from nb2prod.analysis.made_objects import MadeObjects
from nb2prod.analysis.running_code import Code
from nb2prod.notebook.trees import walk

# Names that such paths have, the one that is meant for nothing else first.
_NAMED = ("healthz", "health", "livez", "readyz", "ping", "status")
# Nothing in it that has to be written another way, or that anything expands.
_PLAIN = re.compile(r"/[A-Za-z0-9/._~-]*")
_METHODS = frozenset({"get", "route", "api_route"})


def health_of(kind: str, code: Iterable[tuple[Code, MadeObjects]]) -> str | None:
    """The path of a FastAPI or Flask service: one for the purpose, "/", or FastAPI's page of
    documentation, in this order. None where none of them is known to answer.
    """
    code = tuple(code)
    paths = [path for each, made in code for path in _paths(each, made, kind)]
    for name in _NAMED:
        found = next((path for path in paths if path.rstrip("/").rpartition("/")[2] == name), None)
        if found is not None:
            return found
    if "/" in paths:
        return "/"
    if kind == "fastapi":
        return next((path for each, made in code for path in _documentation(each, made)), None)
    return None


def is_plain_path(path: str) -> bool:
    """Whether a path can be asked for as it is written, without parameters in it."""
    return _PLAIN.fullmatch(path) is not None


def _paths(code: Code, made: MadeObjects, kind: str) -> Iterator[str]:
    """The paths that an application answers without being given anything."""
    for cell, tree in code.trees:
        for node in walk(tree):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for decorator in node.decorator_list:
                if not isinstance(decorator, ast.Call) or not decorator.args:
                    continue
                path, called = decorator.args[0], decorator.func
                if (
                    isinstance(called, ast.Attribute)
                    and called.attr in _METHODS
                    and _answers_get(decorator)
                    and isinstance(path, ast.Constant)
                    and isinstance(path.value, str)
                    and is_plain_path(path.value)
                    and made.maker(called.value, cell) == _MAKERS[kind]
                ):
                    yield path.value


_MAKERS = {"fastapi": "fastapi.FastAPI", "flask": "flask.Flask"}


def _answers_get(decorator: ast.Call) -> bool:
    methods = next((one.value for one in decorator.keywords if one.arg == "methods"), None)
    if not isinstance(methods, ast.List | ast.Tuple | ast.Set):
        return methods is None
    return any(isinstance(one, ast.Constant) and one.value == "GET" for one in methods.elts)


def _documentation(code: Code, made: MadeObjects) -> Iterator[str]:
    for _, tree in code.trees:
        for node in walk(tree):
            if isinstance(node, ast.Call) and made.named(node.func) == _MAKERS["fastapi"]:
                given = {one.arg: one.value for one in node.keywords}
                if {"root_path", "openapi_url", None} & given.keys():
                    continue
                page = given.get("docs_url", ast.Constant("/docs"))
                if isinstance(page, ast.Constant) and is_plain_path(str(page.value)):
                    yield str(page.value)
