"""What a notebook imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nb2prod.analysis.facts import Import
from nb2prod.analysis.local_modules import local_modules
from nb2prod.analysis.names import dotted_text
from nb2prod.analysis.platform_api import is_platform_module
from nb2prod.data.distributions import is_namespace
from nb2prod.data.standard_library import is_standard
from nb2prod.location import Location
from nb2prod.notebook.trees import walk

__all__ = ["find_imports", "local_modules"]

# What generated code does itself, so that IPython is no dependency for its sake.
_REPLACED = {
    "IPython": {"get_ipython"},
    "IPython.display": {"display"},
    "IPython.core.display": {"display"},
    "IPython.core.getipython": {"get_ipython"},
}
# Packages with a distribution of their own that others share all the same: only together with what
# is imported from one of them does its name say which. `is_namespace` knows those without.
_NAMESPACES = frozenset({"ruamel", "mpl_toolkits"})
# The functions that import a module by its name.
IMPORTING = frozenset({"importlib.import_module", "import_module", "__import__"})
_FAILURES = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def find_imports(
    tree: ast.Module, cell: int, local: frozenset[str], *, as_it_is: bool = False
) -> Iterator[Import]:
    """The modules that the code imports, the standard library's and the platform's own left out.

    An import under `try` with a handler for its failure is optional. `local` are the modules that
    the notebook makes itself and those beside it. What stays `as_it_is` imports IPython's `display`
    from IPython; in the notebook's own code something of the package takes its place.
    """
    optional = {
        id(child)
        for node in walk(tree)
        if isinstance(node, ast.Try | ast.TryStar)
        and any(_handles_import(handler) for handler in node.handlers)
        for statement in node.body
        for child in ast.walk(statement)
    }
    for node in walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom | ast.Call):
            continue
        for module in _modules(node, as_it_is=as_it_is):
            if is_standard(module) or is_platform_module(module):
                continue
            place = Location(cell, node.lineno, node.col_offset + 1)
            is_local = module.partition(".")[0] in local
            yield Import(module, place, optional=id(node) in optional, local=is_local)


def _modules(
    node: ast.Import | ast.ImportFrom | ast.Call, *, as_it_is: bool = False
) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        if not node.module or node.level:
            return
        names = {alias.name for alias in node.names}
        if not as_it_is and names <= _REPLACED.get(node.module, set()):
            return
        if node.module in _NAMESPACES or is_namespace(node.module):
            yield from (f"{node.module}.{alias.name}".removesuffix(".*") for alias in node.names)
        else:
            yield node.module
    elif dotted_text(node.func) in IMPORTING and node.args:
        named = node.args[0]
        value = named.value if isinstance(named, ast.Constant) else None
        if isinstance(value, str) and _MODULE.fullmatch(value):
            yield value


def _handles_import(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(dotted_text(one).rpartition(".")[2] in _FAILURES for one in caught)
