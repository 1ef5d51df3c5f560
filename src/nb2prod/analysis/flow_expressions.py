"""What expressions do with the names of the level that they stand at: see `flow_names`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from nb2prod.analysis.flow_signs import consumes, is_done_with_functions, names_in_texts
from nb2prod.analysis.name_scopes import scope_of

Names = set[str]


class Expressions:
    """Takes expressions in, in the order in which they run, and what they make.

    A state is the set of names that are bound for certain. `calls` are the functions that are given
    variables wherever they are called, with those variables.
    """

    def __init__(self, calls: Mapping[str, Iterable[str]]) -> None:
        self.calls = calls
        self.possible: dict[str, None] = {}  # in order
        self.deleted: Names = set()
        self.exposed: Names = set()
        self.captured: Names = set()
        self.late: Names = set()
        self.lost: Names = set()
        self.owed: dict[str, str] = {}
        self._hidden: list[frozenset[str]] = []  # the variables of comprehensions around

    # -- what is made and run later --------------------------------------------------------------

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, state: Names) -> None:
        arguments = node.args
        defaults = [*arguments.defaults, *(one for one in arguments.kw_defaults if one is not None)]
        annotations = [one.annotation for one in ast.walk(arguments) if isinstance(one, ast.arg)]
        for part in (*node.decorator_list, *defaults, *annotations, node.returns):
            if part is not None:
                self.read(part, state)
        self._capture(scope_of(ast.unparse(node)).reads, state)
        self.bind(node.name, state)

    def made_class(self, node: ast.ClassDef, state: Names) -> None:
        scope = scope_of(ast.unparse(node))
        for name in sorted(scope.at_once):
            self.load(name, state)
        self._capture(scope.reads, state)
        self.bind(node.name, state)

    def _capture(self, names: Iterable[str], state: Names) -> None:
        hidden = frozenset().union(*self._hidden)
        for name in names:
            if name in hidden:
                continue
            self.captured.add(name)
            owed = list(self.calls.get(name, ()))
            self.captured.update(owed)
            for one in owed:
                self.owed.setdefault(one, name)
            self.late.update(one for one in (name, *owed) if one not in state)

    # -- expressions -----------------------------------------------------------------------------

    def read(self, node: ast.AST, state: Names) -> None:
        """Take an expression in: what it reads and, by `:=` or as a target, binds."""
        reader = _READERS.get(type(node), Expressions.parts)
        reader(self, node, state)

    def _name(self, node: ast.Name, state: Names) -> None:
        if isinstance(node.ctx, ast.Store):
            self.bind(node.id, state)
            return
        self.load(node.id, state)
        if isinstance(node.ctx, ast.Del):
            self.deleted.add(node.id)
            state.discard(node.id)

    def _named(self, node: ast.NamedExpr, state: Names) -> None:
        self.read(node.value, state)
        self.bind(node.target.id, state)

    def _boolean(self, node: ast.BoolOp, state: Names) -> None:
        self.read(node.values[0], state)
        inside = set(state)  # what comes first may decide
        for value in node.values[1:]:
            self.read(value, inside)

    def _either(self, node: ast.IfExp, state: Names) -> None:
        self.read(node.test, state)
        for way in (node.body, node.orelse):
            self.read(way, set(state))

    def _lambda(self, node: ast.Lambda, state: Names) -> None:
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.read(default, state)
        self._capture(scope_of(ast.unparse(node)).reads, state)

    def _generator(self, node: ast.GeneratorExp, state: Names) -> None:
        self._comprehension(node, state)
        self._capture(scope_of(ast.unparse(node)).reads, state)

    def _call(self, node: ast.Call, state: Names) -> None:
        self.read(node.func, state)
        for name in sorted(names_in_texts(node)):
            self.load(name, state)
        consumed = consumes(node)
        for part in (*node.args, *node.keywords):
            value = part.value if isinstance(part, ast.keyword) else part
            if consumed and isinstance(part, ast.GeneratorExp):
                self._comprehension(part, state)
            elif isinstance(value, ast.Lambda) and is_done_with_functions(node):
                for name in sorted(scope_of(ast.unparse(value)).reads):
                    self.load(name, state)
            else:
                self.read(part, state)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, state: Names
    ) -> None:
        self.read(node.generators[0].iter, state)
        own = frozenset(
            part.id
            for generator in node.generators
            for part in ast.walk(generator.target)
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
        )
        self._hidden.append(own)
        inside = set(state)
        for index, generator in enumerate(node.generators):
            if index:
                self.read(generator.iter, inside)
            for test in generator.ifs:
                self.read(test, inside)
        values = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for value in values:
            self.read(value, inside)
        self._hidden.pop()

    def parts(self, node: ast.AST, state: Names) -> None:
        for part in ast.iter_child_nodes(node):
            self.read(part, state)

    def load(self, name: str, state: Names) -> None:
        if any(name in hidden for hidden in self._hidden):
            return
        if name not in state:
            self.exposed.add(name)
            if name in self.deleted:
                self.lost.add(name)
        for owed in self.calls.get(name, ()):
            if owed not in state:
                self.exposed.add(owed)
                self.owed.setdefault(owed, name)

    def bind(self, name: str, state: Names) -> None:
        state.add(name)
        self.possible.setdefault(name)


_READERS: dict[type[ast.AST], Callable[[Expressions, Any, Names], None]] = {
    ast.Name: Expressions._name,
    ast.NamedExpr: Expressions._named,
    ast.BoolOp: Expressions._boolean,
    ast.IfExp: Expressions._either,
    ast.Lambda: Expressions._lambda,
    ast.GeneratorExp: Expressions._generator,
    ast.ListComp: Expressions._comprehension,
    ast.SetComp: Expressions._comprehension,
    ast.DictComp: Expressions._comprehension,
    ast.Call: Expressions._call,
}
