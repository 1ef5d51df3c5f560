"""What a notebook that is being made up knows of its variables: which are bound, and to what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "int",
    "str",
    "list",
    "dict",
    "tuple",
    "plain",
    "module",
    "thunk",
    "countdown",
    "key",
    "maker",
    "producer",
    "iterator",
    "coroutine",
    "decorator",
    "table",
    "class",
    "owner",
    "instance",
    "manager",
    "suppressor",
    "override",
    "builtin",
]
PLAIN: tuple[Kind, ...] = ("int", "str", "list", "dict", "tuple", "plain")
_SERVES = {
    ("thunk", "countdown"),
    ("thunk", "override"),
    ("owner", "class"),
    ("builtin", "override"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """What a name is bound to.

    Kinds: `plain` is data of any kind; a `thunk` is called without an argument and a `key` with a
    number; a `countdown` is a thunk that may call itself through others, each time with a smaller
    number; a `maker` gives thunks and a `producer` iterators; a `table` is a list of thunks; a
    `manager` is a class for with-blocks and a `suppressor` one that swallows a ValueError. What
    needs an `owner` reads an attribute of a class, and calls nothing of it. An `override` is a
    function in the place of a builtin, and what needs a `builtin` calls either.

    `needs` are the names, and what they have to be, that it reads when it is used; `binds` are
    those that it binds then, and `deletes` the one that it deletes.
    """

    kind: Kind
    needs: tuple[tuple[str, Kind], ...] = ()
    binds: tuple[tuple[str, Kind], ...] = ()
    deletes: str = ""


@dataclass(slots=True)
class State:
    """The names that are certainly bound, with their values, and those that may be."""

    values: dict[str, Value] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)

    def copy(self) -> State:
        return State(dict(self.values), set(self.unsure))

    def bind(self, name: str, value: Value) -> None:
        self.values[name] = value
        self.unsure.discard(name)

    def unbind(self, name: str) -> None:
        """After `del`: certainly not bound."""
        self.values.pop(name, None)
        self.unsure.discard(name)

    def doubt(self, name: str) -> None:
        """From here on nothing is known of this name."""
        self.values.pop(name, None)
        self.unsure.add(name)

    def bound(self, *kinds: Kind) -> list[str]:
        """Names that are bound to one of these kinds and can be used now."""
        return [
            name
            for name, value in self.values.items()
            if value.kind in kinds and self.usable(value)
        ]

    def usable(self, value: Value, path: tuple[Value, ...] = ()) -> bool:
        """Whether all is there that a value reads when it is used, and it comes to an end."""
        if value in path:
            return value.kind == "countdown"
        return all(self._meets(name, kind, (*path, value)) for name, kind in value.needs)

    def _meets(self, name: str, kind: Kind, path: tuple[Value, ...]) -> bool:
        if kind == "builtin" and name not in self.values:
            return name not in self.unsure
        if name not in self.values or not fits(kind, self.values[name].kind):
            return False
        return kind == "owner" or self.usable(self.values[name], path)

    def use(self, name: str) -> None:
        """What using a value does to the names."""
        self._follow(self.values[name], ())

    def _follow(self, value: Value, path: tuple[Value, ...]) -> None:
        if value in path:
            return
        for name, kind in value.needs:
            if name in self.values and kind != "owner":
                self._follow(self.values[name], (*path, value))
        for name, kind in value.binds:
            self.bind(name, Value(kind))
        if value.deletes:
            self.unbind(value.deletes)

    def join(self, other: State) -> State:
        """What is certain after one of two ways, whichever was taken."""
        joined = State({}, self.unsure | other.unsure)
        for name in self.values.keys() | other.values.keys():
            one, two = self.values.get(name), other.values.get(name)
            both = one if one == two else _either(one, two)
            if both is None:
                joined.unsure.add(name)
            else:
                joined.values[name] = both
        joined.values = {name: joined.values[name] for name in sorted(joined.values)}
        return joined

    def holds(self, before: Mapping[str, Value]) -> bool:
        """Whether all is still as it was."""
        return all(self.values.get(name) == value for name, value in before.items())


def fits(wanted: Kind, kind: Kind) -> bool:
    """Whether a value of this kind serves where another is wanted."""
    if wanted == "plain":
        return kind in PLAIN
    return kind == wanted or (wanted, kind) in _SERVES


def _either(one: Value | None, two: Value | None) -> Value | None:
    if one is None or two is None or one.kind not in PLAIN or two.kind not in PLAIN:
        return None
    return Value("plain")
