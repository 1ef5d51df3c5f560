"""What a top-level statement does with the names of the level that it stands at.

Definite assignment, as compilers know it: which names a statement binds on every way through it,
which on some, which it reads before it has bound them itself, and which are read later, when a
function, a lambda or a generator that it makes is run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from nb2prod.analysis.flow_expressions import Expressions, Names
from nb2prod.analysis.flow_signs import (
    may_swallow,
    names_deleted,
    runs_once,
    takes_all,
)
from nb2prod.notebook.scope import names_bound_by

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


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


class _Walk(Expressions):
    """Walks statements in the order in which they run; None is the state behind what never ends."""

    def __init__(self, calls: Mapping[str, Iterable[str]], swallowing: Set[str]) -> None:
        super().__init__(calls)
        self._swallowing = swallowing
        self._breaks: list[list[Names]] = []
        self._continues: list[list[Names]] = []

    # -- statements ------------------------------------------------------------------------------

    def block(self, body: Sequence[ast.stmt], state: Names | None) -> Names | None:
        """The state behind the statements."""
        for statement in body:
            if state is None:
                # What follows never runs, but it makes its names those of the function around it.
                state = self._statement(statement, set())
                state = None
            else:
                state = self._statement(statement, state)
        return state

    def _statement(self, node: ast.stmt, state: Names) -> Names | None:
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
            self.parts(node, state)
            return None
        if isinstance(node, ast.Break | ast.Continue):
            ways = self._breaks if isinstance(node, ast.Break) else self._continues
            if ways:
                ways[-1].append(set(state))
            return None
        self._simple(node, state)
        return state

    def _simple(self, node: ast.stmt, state: Names) -> None:
        if isinstance(node, _FUNCTIONS):
            self.function(node, state)
        elif isinstance(node, ast.ClassDef):
            self.made_class(node, state)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for name in names_bound_by(node):
                self.bind(name, state)
        elif isinstance(node, ast.Assign):
            self.read(node.value, state)
            for target in node.targets:
                self.read(target, state)
        elif isinstance(node, ast.AugAssign):
            if isinstance(node.target, ast.Name):
                self.load(node.target.id, state)
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
            self.parts(node, state)

    def _if(self, node: ast.If, state: Names) -> Names | None:
        self.read(node.test, state)
        one = self.block(node.body, set(state))
        other = self.block(node.orelse, set(state))
        return _meet(one, other)

    def _for(self, node: ast.For | ast.AsyncFor, state: Names) -> Names | None:
        self.read(node.iter, state)
        inside = set(state)
        self.read(node.target, inside)
        ends, breaks = self._loop(node.body, inside)
        through = ends if runs_once(node.iter) else set(state)
        # A name that the body may delete is not certain after it.
        done = None if through is None else self.block(node.orelse, through - names_deleted(node))
        for way in breaks:
            done = _meet(done, way)
        return done

    def _while(self, node: ast.While, state: Names) -> Names | None:
        self.read(node.test, state)
        forever = isinstance(node.test, ast.Constant) and bool(node.test.value)
        _, breaks = self._loop(node.body, set(state))
        self.read(node.test, set(state) - names_deleted(node))
        done = None if forever else self.block(node.orelse, set(state) - names_deleted(node))
        for way in breaks:
            done = _meet(done, way)
        return done

    def _loop(self, body: Sequence[ast.stmt], state: Names) -> tuple[Names | None, list[Names]]:
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

    def _try(self, node: ast.Try, state: Names) -> Names | None:
        start = set(state) - names_deleted(node)
        end = self.block(node.body, set(state))
        if end is not None:
            end = self.block(node.orelse, end)
        for handler in node.handlers:
            inside = set(start)
            if handler.type is not None:
                self.read(handler.type, inside)
            if handler.name:
                self.bind(handler.name, inside)
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

    def _with(self, node: ast.With | ast.AsyncWith, state: Names) -> Names | None:
        swallows = False
        for item in node.items:
            self.read(item.context_expr, state)
            if item.optional_vars is not None:
                self.read(item.optional_vars, state)
            swallows |= may_swallow(item.context_expr, self._swallowing)
        before = set(state)
        end = self.block(node.body, state)
        return _meet(end, before - names_deleted(node)) if swallows else end

    def _match(self, node: ast.Match, state: Names) -> Names | None:
        self.read(node.subject, state)
        left: Names | None = set(state)
        end: Names | None = None
        for case in node.cases:
            inside = set(state)
            for part in ast.walk(case.pattern):
                if isinstance(part, ast.expr):
                    if not isinstance(part, ast.Name | ast.Attribute | ast.Constant):
                        continue
                    self.read(part, inside)
            for part in ast.walk(case.pattern):
                for name in names_bound_by(part):
                    self.bind(name, inside)
            if case.guard is not None:
                self.read(case.guard, inside)
            elif takes_all(case.pattern):
                left = None
            end = _meet(end, self.block(case.body, inside))
        return _meet(end, left)


def _meet(one: Names | None, other: Names | None) -> Names | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other
