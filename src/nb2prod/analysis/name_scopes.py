"""What each top-level statement of a notebook's flow binds and reads: CPython's own answer, by
`symtable`.
"""

from __future__ import annotations

import ast
import symtable
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from nb2prod.notebook.scope import names_in_scope
from nb2prod.notebook.trees import tree_of

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class Scope:
    """A statement's view from outside.

    `binds` are the names it binds at the top level, `reads` the names of that level it reads, then
    or later; `at_once` those of them that it reads while the statement itself runs.
    """

    binds: frozenset[str]
    reads: frozenset[str]
    at_once: frozenset[str]


@lru_cache(maxsize=4096)
def scope_of(code: str) -> Scope:
    """The scope of one or more statements as source."""
    table = _table(tree_of(code), code)
    symbols = table.get_symbols()
    binds = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
    # A comprehension's `:=` binds here, which the table tells only of some.
    binds.update(names_in_scope(tree_of(code).body))
    at_once = {s.get_name() for s in symbols if s.is_referenced()} | set(_reads_at_once(table))
    later = set(_reads(table))
    return Scope(frozenset(binds), frozenset(at_once | later), frozenset(at_once))


class _Comprehensions(ast.NodeTransformer):
    """Puts each comprehension into a lambda of its own: from Python 3.12 on its variables would
    otherwise show up among those of the scope around it, and answers would depend on the Python
    that runs this.
    """

    def _wrap(self, node: ast.expr) -> ast.expr:
        self.generic_visit(node)
        if any(isinstance(child, ast.NamedExpr | ast.Await) for child in ast.walk(node)):
            return node
        nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
        return ast.Call(func=ast.Lambda(args=nothing, body=node), args=[], keywords=[])

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _wrap


def _table(tree: ast.Module, code: str) -> symtable.SymbolTable:
    source = code
    if any(isinstance(node, _COMPREHENSIONS) for node in ast.walk(tree)):
        source = ast.unparse(ast.fix_missing_locations(_Comprehensions().visit(tree)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return symtable.symtable(source, "<statement>", "exec")


def _globals_of(table: symtable.SymbolTable) -> Iterator[str]:
    return (s.get_name() for s in table.get_symbols() if s.is_global() and s.is_referenced())


def _reads(table: symtable.SymbolTable) -> Iterator[str]:
    for child in table.get_children():
        yield from _globals_of(child)
        yield from _reads(child)


def _reads_at_once(table: symtable.SymbolTable) -> Iterator[str]:
    """Reads of class bodies, comprehensions and lambdas, which may well run with the statement."""
    for child in table.get_children():
        if child.get_type() != "function" or child.get_name() in ("lambda", "genexpr", "listcomp"):
            yield from _globals_of(child)
            yield from _reads_at_once(child)


def class_reads_what_it_binds(node: ast.ClassDef, outer: frozenset[str]) -> bool:
    """Whether a class body reads a notebook variable under a name that it binds itself (`x = x`).

    At module level the read finds the global; inside a function it would find nothing.
    """
    code = ast.unparse(node)
    return any(
        symbol.is_assigned() and symbol.is_referenced() and symbol.get_name() in outer
        for child in _table(tree_of(code), code).get_children()
        if child.get_type() == "class"
        for symbol in child.get_symbols()
    )
