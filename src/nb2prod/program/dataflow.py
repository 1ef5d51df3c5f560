"""What the parts of a flow have to hand to each other, and where a cut would change a result.

A part becomes a function: it is given what it reads of earlier parts, and returns what later ones
read. That is right as long as every variable that crosses a cut has a value there, and nothing that
was made before the cut and is used behind it looks at variables which change behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from nb2prod.analysis.flow_names import NameFlow


@dataclass(frozen=True, slots=True)
class Passed:
    """What a part is given (`reads`, `given` names aside) and returns (`gives`), in the order in
    which the notebook binds them. `repeats` are the statements of earlier parts that it runs again
    for the names they bind.
    """

    reads: tuple[str, ...]
    gives: tuple[str, ...]
    given: frozenset[str]
    repeats: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Clash:
    """Why the parts from `first` to `last` have to be one, and the statement that asks for it.

    `caller` is the function that is to be given a variable, where that is what goes wrong: then
    nothing has to be one, but that function cannot be given its variables.
    """

    first: int
    last: int
    statement: int
    reason: str
    caller: str | None = None


@dataclass(slots=True)
class _Part:
    """One part, seen from before it: names with the statement that is first to do it."""

    exposed: dict[str, int] = field(default_factory=dict)
    captured: dict[str, int] = field(default_factory=dict)
    late: dict[str, int] = field(default_factory=dict)  # captured, not certain by then
    repeated: set[str] = field(default_factory=set)
    possible: dict[str, int] = field(default_factory=dict)
    certain: set[str] = field(default_factory=set)
    gone: dict[str, int] = field(default_factory=dict)  # may not be there at the end
    dead: set[str] = field(default_factory=set)  # certainly not there at the end
    owed: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def asked(self) -> dict[str, int]:
        """The names that have to be there before, if they ever are."""
        return {**self.late, **self.exposed}

    @property
    def changed(self) -> dict[str, int]:
        return {**self.gone, **self.possible}


def connect(
    parts: Sequence[Sequence[int]],
    names: Mapping[int, NameFlow],
    given: Set[str],
    repeated: Mapping[str, int],
    written: Mapping[str, Set[str]],
    kept: Set[str] = frozenset(),
) -> list[Passed] | Clash:
    """What each part is given and gives; or the first reason why that cannot be.

    `names` says by index what each statement of the parts does. `given` names are there from the
    start. `repeated` names are bound by a statement that may run in each part that reads them, and
    that means the same everywhere. `written` are the variables that functions assign, each with the
    names of all from which such a function may be called. `kept` variables are given back although
    nobody reads them: their values have to live on.
    """
    seen = [_part(part, names, repeated) for part in parts]
    for clash in _clashes(seen, given, written):
        return clash
    order = _order(parts, names)
    passed: list[Passed] = []
    live = {name for name in kept if all(name not in one.gone for one in seen)}
    live -= {name for one in seen for name in one.possible if name not in one.certain}
    bound: list[set[str]] = [set()]
    for one in seen:
        bound.append((bound[-1] | set(one.possible)) - one.dead)
    for index in range(len(seen) - 1, -1, -1):
        one, before = seen[index], bound[index]
        gives = live & set(one.possible)
        live = (live - one.certain) | (set(one.asked) & before)
        reads = live & before & (set(one.asked) | gives)
        own = min(parts[index], default=0)
        passed.append(
            Passed(
                tuple(sorted(reads, key=order.__getitem__)),
                tuple(sorted(gives, key=order.__getitem__)),
                frozenset(given & {*one.exposed, *one.captured}),
                tuple(sorted(n for n in {repeated[name] for name in one.repeated} if n < own)),
            )
        )
    return passed[::-1]


def _part(
    statements: Sequence[int], names: Mapping[int, NameFlow], repeated: Mapping[str, int]
) -> _Part:
    found = _Part()
    for number in statements:
        flow = names[number]
        for name in flow.exposed - found.certain - repeated.keys():
            found.exposed.setdefault(name, number)
        for name in flow.captured - repeated.keys():
            found.captured.setdefault(name, number)
            if name in flow.late and name not in found.certain and name != flow.itself:
                found.late.setdefault(name, number)
        for name, caller in flow.owed.items():
            if name not in found.certain | repeated.keys():
                found.owed.setdefault(name, (number, caller))
        asked = (flow.exposed | flow.captured) - found.certain
        found.repeated |= asked & repeated.keys()
        found.certain = (found.certain - flow.unbound) | flow.certain
        for name in flow.possible - repeated.keys():
            found.possible.setdefault(name, number)
        for name in flow.unbound:
            found.gone[name] = number
        for name in flow.certain:
            found.gone.pop(name, None)
        found.dead = (found.dead | (flow.unbound - flow.possible)) - flow.possible
    return found


def _clashes(
    parts: Sequence[_Part], given: Set[str], written: Mapping[str, Set[str]]
) -> Iterator[Clash]:
    certain: set[str] = set(given)
    bound: set[str] = set(given)
    for index, part in enumerate(parts):
        for name, (statement, caller) in part.owed.items():
            if name not in certain:
                yield Clash(index, index, statement, f"{caller}() may not find {name}", caller)
        for name, statement in part.asked.items():
            if name in bound and name not in certain:
                yield Clash(
                    _last(parts[:index], name), index, statement, f"{name} may not have a value"
                )
        bound = (bound | part.possible.keys()) - part.dead
        certain = (certain - part.gone.keys()) | part.certain
    yield from _lost(parts, given)
    yield from _changed_behind(parts)
    yield from _written(parts, written)


def _last(parts: Sequence[_Part], name: str) -> int:
    """The last of the parts that may bind or delete the name."""
    return max((index for index, part in enumerate(parts) if name in part.changed), default=0)


def _lost(parts: Sequence[_Part], given: Set[str]) -> Iterator[Clash]:
    """A part that may end without a name which a later part reads."""
    before: list[set[str]] = [set(given)]
    for part in parts:
        before.append((before[-1] - part.gone.keys()) | part.certain)
    live: dict[str, int] = {}
    for index in range(len(parts) - 1, -1, -1):
        part = parts[index]
        for name, reader in live.items():
            if name not in part.changed or name in part.certain:
                continue
            if name in part.gone or name not in before[index]:
                statement = part.changed[name]
                yield Clash(index, reader, statement, f"{name} may be without a value")
        live = {name: reader for name, reader in live.items() if name not in part.certain}
        live |= dict.fromkeys(part.asked, index)


def _changed_behind(parts: Sequence[_Part]) -> Iterator[Clash]:
    """A function or the like that looks at a variable which a later part binds."""
    for index, part in enumerate(parts):
        for name, statement in part.captured.items():
            for later in range(len(parts) - 1, index, -1):
                if name in parts[later].changed:
                    reason = f"a function reads {name}, which is bound again later"
                    yield Clash(index, later, statement, reason)


def _written(parts: Sequence[_Part], written: Mapping[str, Set[str]]) -> Iterator[Clash]:
    """A variable that functions assign."""
    for name, callers in written.items():
        concerned = {name, *callers}
        found = [
            index
            for index, part in enumerate(parts)
            if concerned & {*part.exposed, *part.captured, *part.changed}
        ]
        if found and found[0] != found[-1]:
            part = parts[found[0]]
            places = {**part.exposed, **part.captured, **part.changed}
            statement = min(places[one] for one in concerned if one in places)
            yield Clash(found[0], found[-1], statement, f"a function assigns {name} (`global`)")


def _order(parts: Sequence[Sequence[int]], names: Mapping[int, NameFlow]) -> dict[str, int]:
    """Where each name is bound first."""
    order: dict[str, int] = {}
    for part in parts:
        for number in part:
            for name in names[number].order:
                order.setdefault(name, len(order))
    return order
