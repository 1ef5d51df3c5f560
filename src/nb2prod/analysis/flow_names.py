"""What a top-level statement does with the names of the level that it stands at.

Definite assignment, as compilers know it: which names a statement binds on every way through it,
which on some, which it reads before it has bound them itself, and which are read later, when a
function, a lambda or a generator that it makes is run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from nb2prod.analysis.name_scopes import scope_of
from nb2prod.notebook.scope import names_bound_by

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# What takes everything out of a generator before it returns.
_CONSUMERS = frozenset(
    "all any dict frozenset join list max min set sorted sum tuple update extend Counter".split()
)
# What calls a function that it is given before it returns, and keeps it no longer: methods of
# tables and data sets (which trace it), and what sorts by a key.
_CALLERS = frozenset(
    "agg aggregate apply applymap assign filter map max min pipe sort sort_index sort_values sorted"
    " transform".split()
)
_IN_QUERY = re.compile(r"@([^\W\d]\w*)")
# Words of calls that swallow what is raised in their `with` block.
_SWALLOWING = ("suppress", "raises")
# A run of a loop at least once is certain for these, written out.
_LITERALS = (ast.List, ast.Tuple, ast.Set)

_Names = set[str]


@dataclass(frozen=True, slots=True)
class NameFlow:
    """Seen from before the statement.

    `certain` names are bound whenever it has ended, `possible` ones on some way through; `deleted`
    ones may be gone. `exposed` names are read while it runs, before it has certainly bound them;
    `captured` ones later, by what it made; of these, it has not bound the `late` ones by then.
    `lost` ones are read when it may have deleted them. `owed` are those of these that a call of a
    function asks for and not the statement itself. `order` has the possible names as they are
    bound. `itself` is the name of the function or class that it makes.
    """

    certain: frozenset[str]
    possible: frozenset[str]
    deleted: frozenset[str]
    exposed: frozenset[str]
    captured: frozenset[str]
    late: frozenset[str]
    lost: frozenset[str]
    owed: Mapping[str, str]
    order: tuple[str, ...]
    itself: str | None = None

    @property
    def unbound(self) -> frozenset[str]:
        """Names that may be gone when the statement has ended."""
        return self.deleted - self.certain


def name_flow(
    statement: ast.stmt,
    calls: Mapping[str, Iterable[str]] | None = None,
    swallowing: Set[str] = frozenset(),
) -> NameFlow:
    """What a statement does with names.

    `calls` are the functions that are given variables wherever they are called, with those
    variables. What is made of a name in `swallowing` may swallow what is raised in its `with`.
    """
    walk = _Walk(calls or {}, swallowing)
    end = walk.block([statement], set())
    return NameFlow(
        frozenset(walk.possible if end is None else end),
        frozenset(walk.possible),
        frozenset(walk.deleted),
        frozenset(walk.exposed),
        frozenset(walk.captured),
        frozenset(walk.late),
        frozenset(walk.lost),
        walk.owed,
        tuple(walk.possible),
        statement.name if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)) else None,
    )


class _Walk:
    """Walks statements in the order in which they run. A state is the set of names that are bound
    for certain; None is the state behind what never goes on.
    """

    def __init__(self, calls: Mapping[str, Iterable[str]], swallowing: Set[str]) -> None:
        self.calls = calls
        self._swallowing = swallowing
        self.possible: dict[str, None] = {}  # in order
        self.deleted: _Names = set()
        self.exposed: _Names = set()
        self.captured: _Names = set()
        self.late: _Names = set()
        self.lost: _Names = set()
        self.owed: dict[str, str] = {}
        self._hidden: list[frozenset[str]] = []  # the variables of comprehensions around
        self._breaks: list[list[_Names]] = []
        self._continues: list[list[_Names]] = []

    # -- statements ------------------------------------------------------------------------------

    def block(self, body: Sequence[ast.stmt], state: _Names | None) -> _Names | None:
        """The state behind the statements."""
        for statement in body:
            if state is None:
                # What follows never runs, but it makes its names those of the function around it.
                state = self._statement(statement, set())
                state = None
            else:
                state = self._statement(statement, state)
        return state

    def _statement(self, node: ast.stmt, state: _Names) -> _Names | None:
        if isinstance(node, ast.If):
            return self._if(node, state)
        if isinstance(node, ast.For | ast.AsyncFor):
            return self._for(node, state)
        if isinstance(node, ast.While):
            return self._while(node, state)
        if isinstance(node, ast.Try) or type(node).__name__ == "TryStar":
            return self._try(node, state)  # type: ignore[arg-type]
        if isinstance(node, ast.With | ast.AsyncWith):
            return self._with(node, state)
        if isinstance(node, ast.Match):
            return self._match(node, state)
        if isinstance(node, ast.Raise):
            self._parts(node, state)
            return None
        if isinstance(node, ast.Break | ast.Continue):
            ways = self._breaks if isinstance(node, ast.Break) else self._continues
            if ways:
                ways[-1].append(set(state))
            return None
        self._simple(node, state)
        return state

    def _simple(self, node: ast.stmt, state: _Names) -> None:
        if isinstance(node, _FUNCTIONS):
            self._function(node, state)
        elif isinstance(node, ast.ClassDef):
            self._class(node, state)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for name in names_bound_by(node):
                self._bind(name, state)
        elif isinstance(node, ast.Assign):
            self.read(node.value, state)
            for target in node.targets:
                self.read(target, state)
        elif isinstance(node, ast.AugAssign):
            if isinstance(node.target, ast.Name):
                self._load(node.target.id, state)
            self.read(node.value, state)
            self.read(node.target, state)
        elif isinstance(node, ast.AnnAssign):
            self.read(node.annotation, state)
            if node.value is not None:
                self.read(node.value, state)
                self.read(node.target, state)
            elif not isinstance(node.target, ast.Name):
                self.read(node.target, state)
        else:
            self._parts(node, state)

    def _if(self, node: ast.If, state: _Names) -> _Names | None:
        self.read(node.test, state)
        one = self.block(node.body, set(state))
        other = self.block(node.orelse, set(state))
        return _meet(one, other)

    def _for(self, node: ast.For | ast.AsyncFor, state: _Names) -> _Names | None:
        self.read(node.iter, state)
        inside = set(state)
        self.read(node.target, inside)
        ends, breaks = self._loop(node.body, inside)
        through = ends if _runs(node.iter) else set(state)
        # A name that the body may delete is not certain after it.
        done = None if through is None else self.block(node.orelse, through - _gone(node))
        for way in breaks:
            done = _meet(done, way)
        return done

    def _while(self, node: ast.While, state: _Names) -> _Names | None:
        self.read(node.test, state)
        forever = isinstance(node.test, ast.Constant) and bool(node.test.value)
        _, breaks = self._loop(node.body, set(state))
        self.read(node.test, set(state) - _gone(node))
        done = None if forever else self.block(node.orelse, set(state) - _gone(node))
        for way in breaks:
            done = _meet(done, way)
        return done

    def _loop(self, body: Sequence[ast.stmt], state: _Names) -> tuple[_Names | None, list[_Names]]:
        """The state where a run of the body ends, and those where it breaks out of the loop."""
        self._breaks.append([])
        self._continues.append([])
        before = set(self.deleted)
        start = set(state)
        end = self.block(body, state)
        if self.deleted - before:  # what one run deletes the next one may read
            self.block(body, start - (self.deleted - before))
        for way in self._continues.pop():
            end = _meet(end, way)
        return end, self._breaks.pop()

    def _try(self, node: ast.Try, state: _Names) -> _Names | None:
        start = set(state) - _gone(node)
        end = self.block(node.body, set(state))
        if end is not None:
            end = self.block(node.orelse, end)
        for handler in node.handlers:
            inside = set(start)
            if handler.type is not None:
                self.read(handler.type, inside)
            if handler.name:
                self._bind(handler.name, inside)
            way = self.block(handler.body, inside)
            if handler.name:
                self.deleted.add(handler.name)
                if way is not None:
                    way.discard(handler.name)
            end = _meet(end, way)
        if not node.finalbody:
            return end
        handled = {handler.name for handler in node.handlers if handler.name}
        last = self.block(node.finalbody, start - handled)
        if end is None or last is None:
            return None
        # Behind a clean end the last block has bound its names as well.
        again = self.block(node.finalbody, set(end))
        return again

    def _with(self, node: ast.With | ast.AsyncWith, state: _Names) -> _Names | None:
        swallows = False
        for item in node.items:
            self.read(item.context_expr, state)
            if item.optional_vars is not None:
                self.read(item.optional_vars, state)
            swallows |= self._may_swallow(item.context_expr)
        before = set(state)
        end = self.block(node.body, state)
        return _meet(end, before - _gone(node)) if swallows else end

    def _may_swallow(self, context: ast.expr) -> bool:
        return any(word in ast.unparse(context) for word in _SWALLOWING) or any(
            isinstance(node, ast.Name) and node.id in self._swallowing for node in ast.walk(context)
        )

    def _match(self, node: ast.Match, state: _Names) -> _Names | None:
        self.read(node.subject, state)
        left: _Names | None = set(state)
        end: _Names | None = None
        for case in node.cases:
            inside = set(state)
            for part in ast.walk(case.pattern):
                if isinstance(part, ast.expr):
                    if not isinstance(part, ast.Name | ast.Attribute | ast.Constant):
                        continue
                    self.read(part, inside)
            for part in ast.walk(case.pattern):
                for name in names_bound_by(part):
                    self._bind(name, inside)
            if case.guard is not None:
                self.read(case.guard, inside)
            elif _takes_all(case.pattern):
                left = None
            end = _meet(end, self.block(case.body, inside))
        return _meet(end, left)

    # -- what is made and run later --------------------------------------------------------------

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, state: _Names) -> None:
        arguments = node.args
        defaults = [*arguments.defaults, *(one for one in arguments.kw_defaults if one is not None)]
        annotations = [one.annotation for one in ast.walk(arguments) if isinstance(one, ast.arg)]
        for part in (*node.decorator_list, *defaults, *annotations, node.returns):
            if part is not None:
                self.read(part, state)
        self._capture(scope_of(ast.unparse(node)).reads, state)
        self._bind(node.name, state)

    def _class(self, node: ast.ClassDef, state: _Names) -> None:
        scope = scope_of(ast.unparse(node))
        for name in sorted(scope.at_once):
            self._load(name, state)
        self._capture(scope.reads, state)
        self._bind(node.name, state)

    def _capture(self, names: Iterable[str], state: _Names) -> None:
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

    def read(self, node: ast.AST, state: _Names) -> None:
        """Take an expression in: what it reads and, by `:=` or as a target, binds."""
        reader = _READERS.get(type(node), _Walk._parts)
        reader(self, node, state)

    def _name(self, node: ast.Name, state: _Names) -> None:
        if isinstance(node.ctx, ast.Store):
            self._bind(node.id, state)
            return
        self._load(node.id, state)
        if isinstance(node.ctx, ast.Del):
            self.deleted.add(node.id)
            state.discard(node.id)

    def _named(self, node: ast.NamedExpr, state: _Names) -> None:
        self.read(node.value, state)
        self._bind(node.target.id, state)

    def _boolean(self, node: ast.BoolOp, state: _Names) -> None:
        self.read(node.values[0], state)
        inside = set(state)  # what comes first may decide
        for value in node.values[1:]:
            self.read(value, inside)

    def _either(self, node: ast.IfExp, state: _Names) -> None:
        self.read(node.test, state)
        for way in (node.body, node.orelse):
            self.read(way, set(state))

    def _lambda(self, node: ast.Lambda, state: _Names) -> None:
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.read(default, state)
        self._capture(scope_of(ast.unparse(node)).reads, state)

    def _generator(self, node: ast.GeneratorExp, state: _Names) -> None:
        self._comprehension(node, state)
        self._capture(scope_of(ast.unparse(node)).reads, state)

    def _call(self, node: ast.Call, state: _Names) -> None:
        self.read(node.func, state)
        for name in sorted(names_in_texts(node)):
            self._load(name, state)
        consumed = _consumes(node)
        for part in (*node.args, *node.keywords):
            value = part.value if isinstance(part, ast.keyword) else part
            if consumed and isinstance(part, ast.GeneratorExp):
                self._comprehension(part, state)
            elif isinstance(value, ast.Lambda) and _calls(node):
                for name in sorted(scope_of(ast.unparse(value)).reads):
                    self._load(name, state)
            else:
                self.read(part, state)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, state: _Names
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

    def _parts(self, node: ast.AST, state: _Names) -> None:
        for part in ast.iter_child_nodes(node):
            self.read(part, state)

    def _load(self, name: str, state: _Names) -> None:
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

    def _bind(self, name: str, state: _Names) -> None:
        state.add(name)
        self.possible.setdefault(name)


_READERS: dict[type[ast.AST], Callable[[_Walk, Any, _Names], None]] = {
    ast.Name: _Walk._name,
    ast.NamedExpr: _Walk._named,
    ast.BoolOp: _Walk._boolean,
    ast.IfExp: _Walk._either,
    ast.Lambda: _Walk._lambda,
    ast.GeneratorExp: _Walk._generator,
    ast.ListComp: _Walk._comprehension,
    ast.SetComp: _Walk._comprehension,
    ast.DictComp: _Walk._comprehension,
    ast.Call: _Walk._call,
}


def _meet(one: _Names | None, other: _Names | None) -> _Names | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _gone(node: ast.AST) -> _Names:
    """The names that are deleted somewhere in it."""
    return {
        found.id
        for found in ast.walk(node)
        if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Del)
    }


def _runs(iterable: ast.expr) -> bool:
    """Whether a loop over this certainly runs at least once."""
    if isinstance(iterable, _LITERALS):
        return any(not isinstance(item, ast.Starred) for item in iterable.elts)
    if isinstance(iterable, ast.Constant):
        return bool(iterable.value)
    if not isinstance(iterable, ast.Call) or ast.unparse(iterable.func) != "range":
        return False
    numbers = [one.value for one in iterable.args if isinstance(one, ast.Constant)]
    if len(numbers) != len(iterable.args) or not all(type(one) is int for one in numbers):
        return False
    try:
        return bool(range(*numbers))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False


def _takes_all(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def _consumes(call: ast.Call) -> bool:
    """Whether a generator that is the call's argument is run to its end by it."""
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in _CONSUMERS


def _calls(call: ast.Call) -> bool:
    """Whether a function that is the call's argument is done with when it returns."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr in _CALLERS
    return isinstance(function, ast.Name) and function.id in ("max", "min", "sorted")


def names_in_texts(call: ast.Call) -> frozenset[str]:
    """The variables that the text of a query names: `@limit` in `table.query("a > @limit")`."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in ("query", "eval"):
        return frozenset()
    texts = [one.value for one in ast.walk(call) if isinstance(one, ast.Constant)]
    return frozenset(
        name for text in texts if isinstance(text, str) for name in _IN_QUERY.findall(text)
    )
