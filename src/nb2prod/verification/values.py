"""Described values (`inside/nb2prod_inside/values.py`), compared leaf by leaf."""

from __future__ import annotations

import base64
import cmath
import math
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from nb2prod.verification.model import Description, Tolerance

_MOST = 50
_SHOWN = 200


class ValueDifference(NamedTuple):
    """A part of a value, by its path from the whole (`.weights[2]`), that differs."""

    path: str
    one: str
    other: str


class Compared(NamedTuple):
    """What comparing two values gave: where they differ, and the parts that nobody can compare,
    each with the reason where it is not their kind.
    """

    differences: list[ValueDifference]
    opaque: list[tuple[str, str]]


def compare_values(
    one: Description,
    other: Description,
    tolerance: Tolerance,
    located: tuple[Callable[[str], str], Callable[[str], str]] = (str, str),
) -> Compared:
    """Compare two described values; `located` gives either side's texts without its directories."""
    comparing = _Comparing(tolerance, located)
    differences = list(islice(comparing.differences(one, other, ""), _MOST))
    return Compared(differences, comparing.opaque)


def shown(value: Description) -> str:
    """A described value in a few words."""
    kind = value["is"]
    if kind == "plain":
        return _cut(f"{value['value']!r}" if value["type"] == "str" else str(value["value"]))
    if kind == "scalar":
        return _cut(f"{value['type']}({_numbers(value)[0]})")
    if kind == "array":
        shape = "x".join(map(str, value["shape"]))
        head = ", ".join(str(number) for number in _numbers(value)[:6]) if "data" in value else ""
        return _cut(f"{value['type']} {value['dtype']} {shape}: {head}")
    if kind in ("sequence", "set"):
        items = ", ".join(shown(item) for item in value["items"][:8])
        return _cut(f"{value['type']} of {value['length']}: {items}")
    if kind == "mapping":
        items = ", ".join(f"{shown(key)}: {shown(item)}" for key, item in value["items"][:6])
        return _cut(f"{value['type']} of {value['length']}: {items}")
    if kind == "table":
        columns = ", ".join(str(label) for label, _ in value["columns"][:8])
        names = f" ({', '.join(value['names'])})" if any(value.get("names", ())) else ""
        return _cut(f"{value['type']}, {value['length']} rows: {columns}{names}")
    if kind == "code":
        return _cut(f"{value['type']} {value['name']}")
    return _cut(str(value.get("type", kind)))


def is_data(value: Description) -> bool:
    """Whether a value is something computed, not code or the machinery of a process."""
    return value["is"] not in ("code", "opaque")


class _Comparing:
    """One comparison under way; `opaque` are the places that nobody can look into."""

    def __init__(
        self, tolerance: Tolerance, located: tuple[Callable[[str], str], Callable[[str], str]]
    ) -> None:
        self._tolerance = tolerance
        self._located = located
        self.opaque: list[tuple[str, str]] = []

    def differences(
        self, one: Description, other: Description, path: str
    ) -> Iterator[ValueDifference]:
        """Where two values differ, in order."""
        kind = one["is"]
        if kind != other["is"] or one.get("type") != other.get("type"):
            yield ValueDifference(path, _typed(one), _typed(other))
        elif kind in ("opaque", "beyond"):
            self.opaque.append((path, ""))
        elif kind == "code" and "defaults" in one and "defaults" in other:
            if one["name"] != other["name"]:
                yield ValueDifference(path, shown(one), shown(other))
            for left, right in zip(one["defaults"], other["defaults"], strict=True):
                yield from self.differences(left, right, f"{path}'s defaults")
        elif kind in _PARTS:
            yield from _PARTS[kind](self, one, other, path)
        elif not self._same(one, other):
            yield ValueDifference(path, shown(one), shown(other))

    def items(self, one: Description, other: Description, path: str) -> Iterator[ValueDifference]:
        """Of sequences and sets."""
        if one["length"] != other["length"] or one.get("sha256") != other.get("sha256"):
            yield ValueDifference(path, shown(one), shown(other))
            return
        self._note_rest(one, path)
        for index, (left, right) in enumerate(zip(one["items"], other["items"], strict=False)):
            yield from self.differences(left, right, f"{path}[{index}]")

    def pairs(self, one: Description, other: Description, path: str) -> Iterator[ValueDifference]:
        """Of mappings, whose order counts as it does in a dict."""
        if one["length"] != other["length"] or one.get("sha256") != other.get("sha256"):
            yield ValueDifference(path, shown(one), shown(other))
            return
        self._note_rest(one, path)
        for (left_key, left), (right_key, right) in zip(one["items"], other["items"], strict=False):
            label = f"{path}[{shown(left_key)}]"
            if any(_Comparing(self._tolerance, self._located).differences(left_key, right_key, "")):
                yield ValueDifference(path, f"key {shown(left_key)}", f"key {shown(right_key)}")
                return
            yield from self.differences(left, right, label)

    def columns(self, one: Description, other: Description, path: str) -> Iterator[ValueDifference]:
        """Of tables."""
        labels = [[label for label, _ in table["columns"]] for table in (one, other)]
        named = one.get("names") != other.get("names")
        if one["length"] != other["length"] or labels[0] != labels[1] or named:
            yield ValueDifference(path, shown(one), shown(other))
            return
        if "index" in one:
            yield from self.differences(one["index"], other["index"], f"{path}.index")
        for (label, left), (_, right) in zip(one["columns"], other["columns"], strict=True):
            yield from self.differences(left, right, f"{path}[{label}]" if label else path)

    def _note_rest(self, one: Description, path: str) -> None:
        """Elements beyond those that are described, and that no hash speaks for."""
        if one.get("cut"):
            self.opaque.append((path, f"beyond its first {len(one['items'])} elements"))

    def state(self, one: Description, other: Description, path: str) -> Iterator[ValueDifference]:
        """Of objects, by their attributes."""
        left, right = dict(one["state"]), dict(other["state"])
        for name in dict.fromkeys([*left, *right]):
            where = f"{path}.{name}"
            if name in left and name in right:
                yield from self.differences(left[name], right[name], where)
            else:
                ours, theirs = (
                    shown(state[name]) if name in state else "nothing" for state in (left, right)
                )
                yield ValueDifference(where, ours, theirs)

    def numbers(self, one: Description, other: Description, path: str) -> Iterator[ValueDifference]:
        """Of arrays, element by element."""
        if one["shape"] != other["shape"] or one["dtype"] != other["dtype"]:
            yield ValueDifference(path, shown(one), shown(other))
            return
        if "data" not in one and one.get("sha256") != other.get("sha256"):
            yield ValueDifference(path, shown(one), shown(other))
            return
        if "items" in one or "items" in other:
            self._note_rest(one, path)
            items = zip(one.get("items", ()), other.get("items", ()), strict=False)
            for index, (left, right) in enumerate(items):
                yield from self.differences(left, right, f"{path}[{index}]")
            return
        import numpy

        ours, theirs = _numbers(one), _numbers(other)
        if "sample" in one:
            # Of whole numbers the hash speaks for those that are not in the sample.
            if one["sha256"] != other["sha256"] and ours.dtype.kind not in "fc":
                if (ours == theirs).all():
                    yield ValueDifference(path, shown(one), shown(other))
                    return
            elif one["sha256"] != other["sha256"]:
                self.opaque.append((path, "all but a sample"))
        if ours.dtype.kind in "fc":
            relative, absolute = self._tolerance.relative, self._tolerance.absolute
            same = numpy.isclose(ours, theirs, rtol=relative, atol=absolute, equal_nan=True)
        else:
            same = ours == theirs
        if not same.all():
            place = int(numpy.flatnonzero(~same)[0])
            differing = int((~same).sum())
            at = f"{path}[{place}]" if one["is"] == "array" else path
            more = f" ({differing} of {ours.size} differ)" if differing > 1 else ""
            yield ValueDifference(at, f"{ours[place]}{more}", str(theirs[place]))

    def _same(self, one: Description, other: Description) -> bool:
        relative, absolute = self._tolerance.relative, self._tolerance.absolute
        if one["is"] == "again":
            return bool(one["level"] == other["level"])
        if one["is"] == "code":
            return _same_code(one["name"], other["name"])
        if one["type"] == "float":
            left, right = float(one["value"]), float(other["value"])
            if math.isnan(left) and math.isnan(right):
                return True
            return math.isclose(left, right, rel_tol=relative, abs_tol=absolute)
        if one["type"] == "complex":
            left_value, right_value = complex(one["value"]), complex(other["value"])
            return cmath.isclose(left_value, right_value, rel_tol=relative, abs_tol=absolute)
        if one["type"] == "str" and "sha256" not in one and "sha256" not in other:
            return self._located[0](one["value"]) == self._located[1](other["value"])
        return {**one} == {**other}


_PARTS = {
    "array": _Comparing.numbers,
    "scalar": _Comparing.numbers,
    "sequence": _Comparing.items,
    "set": _Comparing.items,
    "mapping": _Comparing.pairs,
    "table": _Comparing.columns,
    "object": _Comparing.state,
}


def _same_code(one: str, other: str) -> bool:
    """Whether two names are of one function, class or module."""
    # Bars that a notebook's page draws are drawn as text in a job.
    return one == other or all(name.partition(".")[0] == "tqdm" for name in (one, other))


def _numbers(value: Description) -> Any:
    import numpy

    return numpy.frombuffer(base64.b64decode(value["data"]), dtype=value["code"])


def _typed(value: Description) -> str:
    text = shown(value)
    kind = str(value.get("type", value["is"]))
    return text if kind in text else _cut(f"{kind} {text}")


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
