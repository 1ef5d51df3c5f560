"""Displayed values: what a notebook shows below a cell, as text on standard output.

A container that does not fit on a line gets a line for each element. Lines are indented by a blank
for each bracket that is open, wherever on its line that bracket stands, as notebooks do it.
"""

from __future__ import annotations

import inspect
import sys
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from types import BuiltinFunctionType, FunctionType
from typing import Any, NamedTuple

_WIDTH = 79
_LONGEST = 1000


class Handle:
    """What `display(…, display_id=True)` gives: a value shown anew is printed once more."""

    def display(self, value: object) -> None:
        display(value)

    update = display


def display(*values: object, display_id: object = None, **options: object) -> Handle | None:
    """Print each value as the notebook shows it; None shows nothing, and options mean nothing."""
    for value in values:
        own = getattr(type(value), "_ipython_display_", None)
        if callable(own):
            own(value)
        elif value is not None:
            sys.stdout.write(f"{_laid_out(_part(value, ()), 0, 0, 0)}\n")
    return Handle() if display_id else None


class _Group(NamedTuple):
    """Items in brackets; an item is parts that stand side by side."""

    opening: str
    items: Sequence[Sequence[_Part]]
    closing: str


_Part = str | _Group


def _part(value: Any, outer: tuple[int, ...]) -> _Part:
    """What is shown of a value; `outer` holds the ids of the containers around it."""
    for kind in type(value).__mro__:
        maker = _MAKERS.get(kind)
        if maker is not None:
            return maker(value, (*outer, id(value)), id(value) in outer)
        if kind is object:
            return f"<{_name(type(value))} at {id(value):#x}>"
        if "_repr_pretty_" in vars(kind):
            printer = _Printer((*outer, id(value)))
            kind._repr_pretty_(value, printer, id(value) in outer)
            return "".join(printer.texts)
        if "__repr__" in vars(kind):
            break
    return "\n".join(repr(value).splitlines())


class _Printer:
    """What a class that knows of notebooks writes its text with (`_repr_pretty_`)."""

    def __init__(self, outer: tuple[int, ...]) -> None:
        self.texts: list[str] = []
        self._outer = outer

    def text(self, text: str) -> None:
        self.texts.append(text)

    def pretty(self, value: object) -> None:
        self.text(_flat(_part(value, self._outer)))

    def breakable(self, separator: str = " ") -> None:
        self.text(separator)

    def break_(self) -> None:
        self.text("\n")

    def begin_group(self, indent: int = 0, opening: str = "") -> None:
        self.text(opening)

    def end_group(self, dedent: int = 0, closing: str = "") -> None:
        self.text(closing)

    @contextmanager
    def group(self, indent: int = 0, opening: str = "", closing: str = "") -> Iterator[None]:
        self.begin_group(indent, opening)
        yield
        self.end_group(indent, closing)

    @contextmanager
    def indent(self, indent: int) -> Iterator[None]:
        yield


def _sequence(brackets: str) -> Callable[[Any, tuple[int, ...], bool], _Part]:
    def maker(value: Any, outer: tuple[int, ...], cycle: bool) -> _Part:
        if cycle:
            return f"{brackets[0]}...{brackets[1]}"
        closing = f",{brackets[1]}" if brackets == "()" and len(value) == 1 else brackets[1]
        return _Group(brackets[0], _items((_part(item, outer),) for item in value), closing)

    return maker


def _set(value: Any, outer: tuple[int, ...], cycle: bool) -> _Part:
    if not value:
        return f"{type(value).__name__}()"
    elements = _ordered(value) if len(value) < _LONGEST else value
    items = _items((_part(item, outer),) for item in elements)
    return _Group("{", items, "}") if isinstance(value, set) else _Group("frozenset({", items, "})")


def _dict(value: Any, outer: tuple[int, ...], cycle: bool) -> _Part:
    if cycle:
        return "{...}"
    pairs = ((_part(key, outer), ": ", _part(item, outer)) for key, item in value.items())
    return _Group("{", _items(pairs), "}")


def _call(*parts: Callable[[Any], Any]) -> Callable[[Any, tuple[int, ...], bool], _Part]:
    """A value shown as a call of its class with the parts that are taken from it."""

    def maker(value: Any, outer: tuple[int, ...], cycle: bool) -> _Part:
        name = f"{type(value).__name__}("
        if cycle:
            return f"{name}...)"
        arguments = [part(value) for part in parts] if value or len(parts) > 1 else []
        return _Group(name, [(_part(argument, outer),) for argument in arguments], ")")

    return maker


def _type(value: Any, outer: tuple[int, ...], cycle: bool) -> _Part:
    own = next(kind for kind in type(value).__mro__ if "__repr__" in vars(kind))
    return _name(value) if own is type else repr(value)


def _function(value: Any, outer: tuple[int, ...], cycle: bool) -> _Part:
    try:
        arguments = str(inspect.signature(value))
    except (TypeError, ValueError):
        arguments = ""
    return f"<function {_name(value)}{arguments}>"


def _name(value: Any) -> str:
    """The full name of a class or function; this package's own are those of `__main__`."""
    module, name = value.__module__, value.__qualname__
    if module and module.partition(".")[0] == __name__.partition(".")[0]:
        module, name = "__main__", name.rpartition("<locals>.")[2]
    return name if module in (None, "builtins") else f"{module}.{name}"


_MAKERS: dict[type, Callable[[Any, tuple[int, ...], bool], _Part]] = {
    list: _sequence("[]"),
    tuple: _sequence("()"),
    set: _set,
    frozenset: _set,
    dict: _dict,
    type: _type,
    FunctionType: _function,
    BuiltinFunctionType: _function,
    defaultdict: _call(lambda value: value.default_factory, dict),
    OrderedDict: _call(lambda value: list(value.items())),
    Counter: _call(lambda value: dict(value.most_common())),
}


def _items(items: Iterable[Sequence[_Part]]) -> list[Sequence[_Part]]:
    """The first items of many, and a mark for the others."""
    found = list(islice(items, _LONGEST + 1))
    return found if len(found) <= _LONGEST else [*found[:_LONGEST], ("...",)]


def _ordered(elements: Iterable[Any]) -> list[Any]:
    """A set's elements in an order that is the same in each run, where they have one."""
    try:
        return sorted(elements)
    except Exception:  # noqa: BLE001 - what comparing raises is up to the elements
        return sorted(elements, key=str)


def _flat(part: _Part) -> str:
    """A part on one line, but for the line ends within it."""
    if isinstance(part, str):
        return part
    items = ("".join(map(_flat, item)) for item in part.items)
    return f"{part.opening}{', '.join(items)}{part.closing}"


def _laid_out(part: _Part, column: int, indent: int, following: int) -> str:
    """A part that begins at a column, with `following` characters right behind it on its line.

    The lines that it breaks into are indented by `indent`.
    """
    flat = _flat(part)
    if isinstance(part, str):
        return flat.replace("\n", "\n" + " " * indent)
    if "\n" not in flat and column + len(flat) + following <= _WIDTH:
        return flat
    indent += len(part.opening)
    text, column = part.opening, column + len(part.opening)
    for number, item in enumerate(part.items):
        if number:
            text, column = f"{text},\n{' ' * indent}", indent
        last = number == len(part.items) - 1
        for place, piece in enumerate(item):
            behind = len(part.closing) + following if last else 1
            rest = item[place + 1 :]
            width = _head(rest, behind) if rest else behind
            laid_out = _laid_out(piece, column, indent, width)
            _, line_end, end = laid_out.rpartition("\n")
            column = len(end) if line_end else column + len(end)
            text += laid_out
    return text + part.closing


def _head(parts: Sequence[_Part], behind: int) -> int:
    """The width of what stands side by side, up to the first place where it can be broken."""
    width = 0
    for part in parts:
        if isinstance(part, _Group) and len(part.items) > 1:
            return width + len(part.opening) + len("".join(map(_flat, part.items[0]))) + 1
        width += len(_flat(part))
    return width + behind
