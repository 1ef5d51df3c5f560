"""Which module of a split notebook holds what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nb2prod.analysis.name_scopes import scope_of
from nb2prod.analysis.names import BUILTINS
from nb2prod.program.bodies import body_of
from nb2prod.program.dataflow import Passed
from nb2prod.program.headings import plain_words
from nb2prod.program.pieces import Piece, code_of, has_top_level_await
from nb2prod.program.section_model import Parts, SectionModule
from nb2prod.program.section_names import unique
from nb2prod.program.sections import Split
from nb2prod.program.stretches import Stretch, joined

# Names of modules that a package has besides.
_OWN = frozenset(
    "capture common config display figures images outputs pipeline shell start __main__".split()
)


class Plan:
    """The sections' modules in order, the module of each name that is defined at the top of one
    (`places`), and the pieces of definitions that several need and no one can own (`common`).

    The pieces in `elsewhere` are statements that only other sections need, which run them again
    themselves.
    """

    def __init__(self, parts: Parts, split: Split) -> None:
        self.parts, self.split = parts, split
        self.context = parts.context
        self.elsewhere = frozenset(
            piece
            for passed, own in zip(split.passed, split.statements, strict=True)
            for piece in self._elsewhere(own, passed.gives)
        )
        self.modules = self._modules()
        self.places = self._places()
        self.common: list[int] = []
        self._share()

    # -- what goes where ---------------------------------------------------------------------------

    def _modules(self) -> list[SectionModule]:
        found: list[SectionModule] = []
        reserved = _OWN | {found.root for found in self.context.facts.imports}
        names: set[str] = set()
        for stretch, passed, own in self._with_something():
            name = _no_test(stretch.name)
            # An own word tells more than a number.
            name = unique(f"{name}_section" if name in reserved else name, names)
            names.add(name)
            function = self.context.name(name, f"run_{name}", f"{name}_section")
            result = self.context.name(f"{name}_result", f"{function}_result")
            pieces = {index: self.parts.pieces[index] for index in stretch.pieces}
            body = body_of(
                _without_heading(pieces, (*stretch.titles, self.parts.title)),
                self.parts.imports | self.elsewhere,
                self.parts.top,
                self.parts.set_up,
                quiet=self.elsewhere,
            )
            module = SectionModule(name, stretch, function, result, passed, own, body)
            module.above = dict(body.above)
            module.asynchronous = has_top_level_await(self.parts.flow[index] for index in own)
            found.append(module)
        return found

    def _with_something(self) -> list[tuple[Stretch, Passed, tuple[int, ...]]]:
        """The sections with what they pass on and their statements; not those of which all goes to
        the sections that read it.
        """
        split, pieces = self.split, self.parts.pieces
        keep = []
        gone = self.parts.imports | self.elsewhere
        for stretch in split.stretches:
            full = {index for index in stretch.pieces if pieces[index].statement is not None}
            keep.append(bool(full - gone))
        whole = zip(split.passed, split.statements, keep, strict=True)
        rest = [(passed, own) for passed, own, kept in whole if kept]
        if not rest:
            return list(zip(split.stretches, split.passed, split.statements, strict=True))
        stretches = joined(split.stretches, keep)
        return [(stretch, *other) for stretch, other in zip(stretches, rest, strict=True)]

    def _elsewhere(self, own: Sequence[int], gives: Sequence[str]) -> frozenset[int]:
        """The pieces of a section that only others need, which run them again themselves."""
        again = {index for passed in self.split.passed for index in passed.repeats}
        flow = self.parts.flow
        found = set()
        for index in again.intersection(own):
            read = {
                name
                for other in own
                if other != index
                for name in (*self.split.names[other].exposed, *self.split.names[other].captured)
            }
            if not flow[index].scope.binds & {*read, *gives}:
                found.add(flow[index].piece)
        # A line of several statements goes as a whole or not at all.
        staying = {flow[index].piece for index in own if index not in again}
        return frozenset(found - staying)

    def _places(self) -> dict[str, str]:
        """The module of each name that is defined at the top of one."""
        return {
            name: module.name
            for module in self.modules
            for statement in module.above.values()
            for name in scope_of(code_of(statement)).binds
        }

    def _share(self) -> None:
        """Put definitions into a module of their own where modules would import each other."""
        while circle := _circle(self.imports_between()):
            shared = {
                name
                for module in self.modules
                if module.name in circle
                for name in self._asked(module)
                if self.places.get(name) in circle and self.places[name] != module.name
            }
            self._move(shared)

    def imports_between(self) -> dict[str, set[str]]:
        """By module: the others whose definitions it reads."""
        return {
            module.name: {
                self.places[name]
                for name in self._asked(module)
                if name in self.places and self.places[name] not in (module.name, "common")
            }
            for module in self.modules
        }

    def _asked(self, module: SectionModule) -> frozenset[str]:
        code = [
            code_of(statement) for statement in (*module.above.values(), *module.body.statements)
        ]
        return frozenset(name for one in code for name in scope_of(one).reads)

    def _move(self, names: set[str]) -> None:
        """Move these definitions, and those that they read, to the common module."""
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if self.places.get(name, "common") == "common":
                continue
            owner = next(one for one in self.modules if one.name == self.places[name])
            index = next(
                index
                for index, statement in owner.above.items()
                if name in scope_of(code_of(statement)).binds
            )
            statement = owner.above.pop(index)
            scope = scope_of(code_of(statement))
            self.common.append(index)
            for bound in scope.binds:
                self.places[bound] = "common"
            waiting += scope.reads & self.places.keys()

    def is_tangled(self) -> bool:
        """Whether an early module asks for something of a late one, or of what a star brings."""
        if self.parts.late is None:
            return False
        if self.common:
            return True
        late = {module.name for module in self.modules if self.is_late(module)}
        flow = self.parts.flow
        theirs = {name for one in flow if one.piece in self.parts.later for name in one.scope.binds}
        known: frozenset[str] | None = None  # no star, and nothing else can bring a name
        if any("*" in one.code for one in flow if one.piece in self.parts.later):
            known = self.context.generated_names() | BUILTINS
            known |= {name for one in flow for name in one.scope.binds}
        between = self.imports_between()
        for module in self.modules:
            if module.name in late:
                continue
            asked = self._asked(module)
            if asked & theirs or late & between[module.name]:
                return True
            if known is not None and asked - known:
                return True
        return False

    def is_late(self, module: SectionModule) -> bool:
        """Whether it is imported when the run has come to it."""
        late = self.parts.late
        return late is not None and min(module.stretch.pieces) >= late


def _no_test(name: str) -> str:
    """A name that no test runner takes for one of tests."""
    name = "evaluate" + name[4:] if name == "test" or name.startswith("test_") else name
    return f"{name}_section" if name.endswith("_test") else name


def _without_heading(pieces: Mapping[int, Piece], titles: Iterable[str]) -> dict[int, Piece]:
    """The pieces, without the comment lines that say what the docstring says."""
    said = {plain_words(title) for title in titles}
    found = dict(pieces)
    for index, piece in pieces.items():
        if piece.statement is None:
            lines = [line for line in piece.comment if plain_words(line) not in said]
            while lines and not lines[0].strip():
                lines.pop(0)
            found[index] = Piece(piece.cell, None, tuple(lines))
            if not lines:
                del found[index]
    return found


def _circle(imports: Mapping[str, Iterable[str]]) -> set[str]:
    """The modules of a circle of imports; empty where there is none."""
    return {name for name in imports if name in _reached(name, imports)}


def _reached(start: str, imports: Mapping[str, Iterable[str]]) -> set[str]:
    """All modules that a module imports, by way of others, too."""
    found: set[str] = set()
    waiting = [*imports[start]]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += imports.get(name, ())
    return found
