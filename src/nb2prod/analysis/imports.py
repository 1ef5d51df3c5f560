"""What a notebook imports, and which of it the notebook makes itself."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator

from nb2prod.analysis.facts import Import
from nb2prod.analysis.platform_api import is_platform_module
from nb2prod.analysis.shell import split_commands
from nb2prod.location import Location
from nb2prod.notebook.statements import CellMagic, ParsedCell, Shell

# What generated code does itself, so that IPython is no dependency for its sake.
_REPLACED = {
    "IPython": {"get_ipython"},
    "IPython.display": {"display"},
    "IPython.core.display": {"display"},
    "IPython.core.getipython": {"get_ipython"},
}


def find_imports(tree: ast.AST, cell: int, local: frozenset[str]) -> Iterator[Import]:
    """The modules that the code imports, the standard library's and the platform's own left out.

    An import under `try` with a handler for its failure is optional.
    """
    optional = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.Try) and any(_handles_import(handler) for handler in node.handlers)
        for statement in node.body
        for child in ast.walk(statement)
    }
    for node in ast.walk(tree):
        for module in _modules(node):
            root = module.partition(".")[0]
            if root in sys.stdlib_module_names or is_platform_module(module):
                continue
            assert isinstance(node, ast.expr | ast.stmt)
            place = Location(cell, node.lineno, node.col_offset + 1)
            yield Import(module, place, optional=id(node) in optional, local=root in local)


def _modules(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        if (
            node.module in _REPLACED
            and {alias.name for alias in node.names} <= _REPLACED[node.module]
        ):
            return
        # `from google.cloud import storage` names the module only together with what it imports.
        namespace = node.module in ("google", "google.cloud", "azure", "ruamel", "mpl_toolkits")
        names = [alias.name for alias in node.names] if namespace else [""]
        yield from (f"{node.module}.{name}".rstrip(".") for name in names)
    elif isinstance(node, ast.Call) and ast.unparse(node.func) in (
        "importlib.import_module",
        "__import__",
    ):
        if (
            node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            module = node.args[0].value
            if re.fullmatch(r"[A-Za-z_]\w*(\.\w+)*", module):
                yield module


def _handles_import(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    caught = ast.unparse(handler.type)
    return bool(re.search(r"\b(ImportError|ModuleNotFoundError|Exception|BaseException)\b", caught))


def local_modules(cells: Iterable[ParsedCell]) -> frozenset[str]:
    """Modules that the notebook makes: files it writes (`%%writefile`) and repositories it clones."""
    names: set[str] = set()
    for parsed in cells:
        for statement in parsed.statements:
            if isinstance(statement, CellMagic) and statement.magic in ("writefile", "file"):
                names.update(_module_of_file(statement.arguments.split()))
            elif isinstance(statement, Shell):
                names.update(_cloned(statement.command))
            elif isinstance(statement, CellMagic) and statement.magic in (
                "bash",
                "sh",
                "shell",
                "!",
            ):
                names.update(_cloned(statement.body))
    return frozenset(names)


def _module_of_file(words: list[str]) -> Iterator[str]:
    for word in words:
        parts = [
            part for part in re.split(r"[\\/]", word.strip("'\"")) if part not in ("", ".", "..")
        ]
        if parts and parts[-1].endswith(".py"):
            yield parts[-1].removesuffix(".py")
            yield parts[0].removesuffix(".py")


def _cloned(script: str) -> Iterator[str]:
    for command in split_commands(script):
        words = command.words
        if command.program == "git" and "clone" in words:
            arguments = [
                word for word in words[words.index("clone") + 1 :] if not word.startswith("-")
            ]
            for word in arguments:
                yield word.rstrip("/").rpartition("/")[2].removesuffix(".git")
