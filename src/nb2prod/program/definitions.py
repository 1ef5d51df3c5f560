"""Which functions, classes and constants of the notebook go to module level, and which functions
are given the variables that they read wherever they are called.

To module level goes what reads no variable of the notebook: as it is, with the constants that it
reads. A function that reads variables and is only ever called by its name takes them as keyword
parameters. Everything else stays in the flow, a closure over the variables beside it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from nb2prod.analysis.name_scopes import Scope, class_reads_what_it_binds, scope_of
from nb2prod.analysis.names import BUILTINS
from nb2prod.program.bindings import (
    binding_counts,
    constant_name,
    declared_globals,
    global_names,
    is_read_before,
)
from nb2prod.program.calls import Uses, uses_of
from nb2prod.program.making import (
    depends_on_the_moment,
    is_generator,
    only_wraps,
    read_later,
    run_at_once,
    timely_names,
)
from nb2prod.program.pieces import TopStatement

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Definitions:
    """`top` holds the indexes of the statements that go to module level, as they are. `keywords`
    holds the functions (there as well) that take variables, by name, with these in order.
    """

    top: frozenset[int]
    keywords: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Definition:
    """A function, a class or a constant that may go to module level."""

    index: int
    name: str
    tree: ast.stmt
    scope: Scope


def definitions(
    flow: Sequence[TopStatement],
    imports: Set[int],
    given: Set[str],
    unwanted: Set[str] = frozenset(),
    *,
    passing: bool = True,
) -> Definitions:
    """What can go to module level. `imports` are the indexes of the imports that are there, `given`
    names that the flow has without binding them (`config`). The functions in `unwanted` are not
    given variables; without `passing` none is.
    """
    return _Search(flow, imports, given, unwanted).found(passing=passing)


class _Search:
    def __init__(
        self, flow: Sequence[TopStatement], imports: Set[int], given: Set[str], unwanted: Set[str]
    ) -> None:
        self.flow = flow
        self.counts = binding_counts(flow)
        imported = {name for index in imports for name in flow[index].scope.binds}
        self.variables = frozenset({*self.counts, *given} - imported)
        self.uses = uses_of(statement.tree for statement in flow)
        self.unwanted = unwanted
        self.timely = frozenset(timely_names(flow))
        self._tells = any("__init_subclass__" in statement.code for statement in flow)
        self.written = frozenset(global_names(statement.tree for statement in flow))
        self.candidates = {found.name: found for found in self._candidates()}

    def found(self, *, passing: bool) -> Definitions:
        keywords = self._keywords(self._free(frozenset())) if passing else {}
        free = [self.candidates[name] for name in self._free(frozenset(keywords))]
        made = {found.name for found in free if constant_name(found.tree) is None}
        read = {name for found in free if found.name in made for name in found.scope.reads}
        # A constant that only the flow reads stays in it.
        indexes = {found.index for found in free if found.name in made | read}
        return Definitions(frozenset(indexes), keywords)

    # -- what may go ------------------------------------------------------------------------------

    def _candidates(self) -> Iterator[_Definition]:
        for index, statement in enumerate(self.flow):
            tree, scope = statement.tree, statement.scope
            name = getattr(tree, "name", None) or constant_name(tree)
            if name is None or self.counts[name] != 1 or name in self.written:
                continue
            if declared_globals(tree) or name.startswith("__"):
                continue
            if isinstance(tree, ast.ClassDef) and class_reads_what_it_binds(tree, self.variables):
                continue
            if self._does_something(tree):
                continue
            found = _Definition(index, name, tree, scope)
            if scope.binds != {name}:  # `:=` in a default
                continue
            # What reads a constant too early stops; what reads a builtin's name finds another.
            early = isinstance(tree, ast.Assign | ast.AnnAssign) or name in BUILTINS
            if early and is_read_before(self.flow, index, frozenset({name})):
                continue
            yield found

    def _does_something(self, tree: ast.stmt) -> bool:
        """Whether making the function or class does more than that, or depends on the moment."""
        made = self.variables | self.timely
        if any(depends_on_the_moment(node, made) for node in run_at_once(tree)):
            return True
        if isinstance(tree, ast.ClassDef) and self._is_told_of(tree):
            return True
        return any(
            isinstance(node, ast.Name) and node.id in self.variables and not self._wraps(node.id)
            for node in getattr(tree, "decorator_list", ())
        )

    def _is_told_of(self, tree: ast.ClassDef) -> bool:
        """Whether code of the notebook's may run when a class is derived."""
        bases = {
            node.id for base in tree.bases for node in ast.walk(base) if isinstance(node, ast.Name)
        }
        return bool(tree.keywords) or (bool(bases & self.variables) and self._tells)

    def _wraps(self, name: str) -> bool:
        """Whether a decorator of the notebook's does nothing but wrap."""
        return any(
            isinstance(statement.tree, ast.FunctionDef)
            and statement.tree.name == name
            and self.counts[name] == 1
            and only_wraps(statement.tree)
            for statement in self.flow
        )

    # -- what reads no variables -------------------------------------------------------------------

    def _free(self, provided: Set[str]) -> frozenset[str]:
        """The candidates that read no variable but each other; `provided` functions get theirs."""
        left = dict(self.candidates)
        changed = True
        while changed:
            changed = False
            earlier: set[str] = set()
            for name, found in left.items():  # in the notebook's order
                reads = found.scope.at_once if name in provided else found.scope.reads
                outside = self.variables - (left.keys() - provided) - {name}
                at_once = (found.scope.at_once & self.variables) - earlier
                if reads & outside or at_once:
                    del left[name]
                    changed = True
                    break
                earlier.add(name)
        return frozenset(left)

    # -- what is given its variables ---------------------------------------------------------------

    def _keywords(self, top: Set[str]) -> dict[str, tuple[str, ...]]:
        """The functions that can take their variables as parameters, with these."""
        taking = {
            name: found
            for name, found in self.candidates.items()
            if name not in top
            and isinstance(found.tree, ast.FunctionDef)
            and self._may_take(found.tree)
        }
        while True:
            variables = {name: self._variables(name, taking, top) for name in taking}
            refused = {
                name
                for name, found in taking.items()
                if not self._fits(found, variables[name], taking)
            }
            if not refused:
                return {name: tuple(sorted(variables[name])) for name in taking}
            taking = {name: found for name, found in taking.items() if name not in refused}

    def _may_take(self, tree: ast.FunctionDef) -> bool:
        uses = self.uses.get(tree.name)
        return (
            tree.name not in self.unwanted
            and not tree.decorator_list
            and (uses is None or uses.only_called)
            and not is_generator(tree)
            and not (scope_of(ast.unparse(tree)).at_once & self.variables)
        )

    def _variables(
        self, name: str, taking: Mapping[str, _Definition], top: Set[str]
    ) -> frozenset[str]:
        """What a function reads of the flow, itself and by the functions that it calls."""
        found: set[str] = set()
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            for read in taking[current].scope.reads & self.variables:
                if read in taking:
                    waiting.append(read)
                elif read not in top:
                    found.add(read)
        return frozenset(found)

    def _fits(
        self, found: _Definition, variables: Set[str], taking: Mapping[str, _Definition]
    ) -> bool:
        assert isinstance(found.tree, ast.FunctionDef)
        # A class would mangle names with two underscores.
        if variables & self.written or any(name.startswith("__") for name in variables):
            return False
        own = {argument.arg for argument in ast.walk(found.tree) if isinstance(argument, ast.arg)}
        uses = self.uses.get(found.name, Uses())
        # Where it is called, the names have to mean the notebook's variables.
        if variables & (own | uses.hidden) or found.name in uses.hidden:
            return False
        later = read_later(found.tree)
        asked = {*variables, *(name for name in taking if name in later)}
        if later & asked:
            held = {one for name in later & asked for one in ({name} & variables or variables)}
            return all(self.counts[name] == 1 for name in held)
        return True
