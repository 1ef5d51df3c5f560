"""Values described in one process and compared in another: what is the same, and what differs."""

from __future__ import annotations

import base64
import collections
import copy
import decimal
import enum
import fractions
import functools
import json
import math
import random
import sys
import threading
import types
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.verification.inside.nb2prod_inside.values import Describer
from nb2prod.verification.model import Description, Tolerance
from nb2prod.verification.values import compare_values, is_data, shown
from tests.verification.build import TOLERANCE, compared, described, differing

CLASSES = """
import collections, dataclasses, enum, typing

class Plain:
    kept = 0
    def __init__(self, weights=(1, 2), name="a"):
        self.weights = list(weights)
        self.name = name

class Slotted:
    __slots__ = ("first", "second")
    def __init__(self, first=1):
        self.first = first

class Both(Slotted):
    def __init__(self, first=1, third=3):
        super().__init__(first)
        self.third = third

@dataclasses.dataclass
class Record:
    x: int = 1
    y: typing.Any = None

@dataclasses.dataclass(frozen=True, slots=True)
class Frozen:
    x: int = 1

class Colour(enum.Enum):
    RED = 1
    BLUE = 2

class Bag(dict):
    pass

class Pair(typing.NamedTuple):
    left: int
    right: int = 2

class Mistake(Exception):
    pass

class Hidden:
    def __init__(self):
        self._inner = 1

class Callable:
    def __init__(self, factor=2):
        self.factor = factor
    def __call__(self, x):
        return x * self.factor

class Unwilling:
    def __getattribute__(self, name):
        raise RuntimeError(name)

def function(x):
    return x

def within():
    class Local:
        def __init__(self, x=1):
            self.x = x
    return Local
"""


def loaded(module: str) -> Any:
    """The classes of `CLASSES` as a module of this name has them."""
    made = types.ModuleType(module)
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(sys.modules, module, made)  # dataclasses look there
        exec(CLASSES, vars(made))
    return made


MASKED: Any = np.ma
NOTEBOOK, PACKAGE = loaded("__main__"), loaded("job.pipeline")


class Estimator:
    """A library's object: its state is what pickle keeps."""

    def __init__(self, coefficient: float = 0.5, *, depth: int = 3) -> None:
        self.depth = depth
        self.coef_ = np.array([coefficient, 1.0])
        self.lock = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {"depth": self.depth, "coef_": self.coef_}


@functools.lru_cache
def remembered(x: int) -> int:
    return x


def plain(x: int) -> int:
    return x


def cycle(end: int) -> list[Any]:
    made: list[Any] = [1, {"a": end}]
    made.append(made)
    return made


def itself(key: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    made[key] = made
    return made


class Point(NamedTuple):
    x: int
    y: int


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


# Makes of one value after the other what differs from it, by the path that has to be told.
LEAVES: dict[str, tuple[Any, Any, str]] = {
    "None": (None, 0, ""),
    "a bool": (True, False, ""),
    "a bool and its number": (True, 1, ""),
    "a whole number": (1, 2, ""),
    "a whole number and a real one": (1, 1.0, ""),
    "a large whole number": (10**30, 10**30 + 1, ""),
    "a real number": (0.5, 0.6, ""),
    "a real number and none": (0.5, math.nan, ""),
    "an infinite number": (math.inf, -math.inf, ""),
    "a complex number": (1 + 2j, 1 + 3j, ""),
    "a text": ("a", "b", ""),
    "a text's last line end": ("a\n", "a", ""),
    "a long text": ("a" * 30_000, "a" * 29_999 + "b", ""),
    "bytes": (b"a", b"b", ""),
    "long bytes": (b"a" * 300, b"a" * 299 + b"b", ""),
    "bytes and an array of them": (b"a", bytearray(b"a"), ""),
    "an element": ([1, 2, 3], [1, 2, 4], "[2]"),
    "a length": ([1, 2], [1, 2, 3], ""),
    "a list and a tuple": ([1], (1,), ""),
    "an order": ([1, 2], [2, 1], "[0]"),
    "a set": ({1, 2}, {1, 3}, "[1]"),
    "a set's size": ({1}, {1, 2}, ""),
    "a set and a frozen one": ({1}, frozenset({1}), ""),
    "a key's value": ({"a": 1, "b": 2}, {"a": 1, "b": 3}, "['b']"),
    "a key": ({"a": 1}, {"b": 1}, ""),
    "a key more": ({"a": 1}, {"a": 1, "b": 2}, ""),
    "a dict's order": ({"a": 1, "b": 2}, {"b": 2, "a": 1}, ""),
    "deep down": (
        {"a": [(1, {"b": {2: "x"}})]},
        {"a": [(1, {"b": {2: "y"}})]},
        "['a'][0][1]['b'][2]",
    ),
    "an ordered dict": (
        collections.OrderedDict(a=1),
        collections.OrderedDict(a=2),
        ".pairs[0][1]",
    ),
    "a counter": (collections.Counter("aab"), collections.Counter("abb"), ".made of[0]['a']"),
    "a deque": (collections.deque([1, 2]), collections.deque([1, 3]), ".items[1]"),
    "a default dict": (
        collections.defaultdict(list, a=[1]),
        collections.defaultdict(list, a=[2]),
        ".pairs[0][1][0]",
    ),
    "a named tuple": (Point(1, 2), Point(1, 3), ".made of[2]"),
    "an enumeration": (Level.LOW, Level.HIGH, ".made of[0]"),
    "a decimal": (decimal.Decimal("1.10"), decimal.Decimal("1.11"), ".made of[0]"),
    "a fraction": (fractions.Fraction(1, 3), fractions.Fraction(2, 3), ".made of[0]"),
    "a range": (range(3), range(4), ".made of[1]"),
    "a path": (PurePosixPath("a"), PurePosixPath("b"), ".made of[0]"),
    "an exception": (ValueError("a"), ValueError("b"), ".args[0]"),
    "the class of an exception": (ValueError("a"), TypeError("a"), ""),
    "a random state": (random.Random(1), random.Random(2), ".state[1][1]"),
    "a cycle": (cycle(1), cycle(2), "[1]['a']"),
    "functions of other names": (plain, len, ""),
    "remembering functions": (remembered, functools.lru_cache(plain), ""),
    "a function's arguments": (
        functools.partial(plain, 1),
        functools.partial(plain, 2),
        ".state[1][0]",
    ),
    "an estimator's number": (Estimator(0.5), Estimator(0.6), ".coef_[0]"),
    "an estimator's setting": (Estimator(depth=3), Estimator(depth=4), ".depth"),
    "modules": (math, random, ""),
    "classes": (int, str, ""),
    "classes of one library": (np.float32, np.float64, ""),
    "modules of one library": (np.linalg, np.fft, ""),
}
ARRAYS: dict[str, tuple[Any, Any, str]] = {
    "an element": (np.array([1.0, 2.0]), np.array([1.0, 2.5]), "[1]"),
    "an element of rows": (np.zeros((2, 2)), np.array([[0.0, 0.0], [1.0, 0.0]]), "[2]"),
    "a whole number": (np.arange(3), np.array([0, 1, 3]), "[2]"),
    "a bool": (np.array([True]), np.array([False]), "[0]"),
    "a text": (np.array(["a", "b"]), np.array(["a", "c"]), "[1]"),
    "an object": (np.array(["a", None]), np.array(["b", None]), "[0]"),
    "a date": (np.array(["2026-10-05"], "M8[D]"), np.array(["2026-10-06"], "M8[D]"), "[0]"),
    "a complex number": (np.array([1 + 1j]), np.array([1 + 2j]), "[0]"),
    "a number that became none": (np.array([1.0]), np.array([np.nan]), "[0]"),
    "a record": (
        np.array([(1, 2.0)], [("a", int), ("b", float)]),
        np.array([(1, 3.0)], [("a", int), ("b", float)]),
        "[1][0]",
    ),
    "a shape": (np.zeros(4), np.zeros((2, 2)), ""),
    "a type": (np.zeros(2, "f4"), np.zeros(2, "f8"), ""),
    "a scalar": (np.float64(0.5), np.float64(0.6), ""),
    "a scalar's type": (np.float32(0.5), np.float64(0.5), ""),
    "a scalar and a number": (np.float64(0.5), 0.5, ""),
    "within a list": ([np.zeros(2)], [np.array([0.0, 1.0])], "[0][1]"),
}
OWN: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any], str]] = {
    "an attribute": (lambda m: m.Plain(), lambda m: m.Plain((1, 3)), ".weights[1]"),
    "a private attribute": (lambda m: m.Hidden(), lambda m: _set(m.Hidden(), _inner=2), "._inner"),
    "an attribute more": (lambda m: m.Plain(), lambda m: _set(m.Plain(), more=1), ".more"),
    "another class": (lambda m: m.Plain(), lambda m: m.Record(), ""),
    "a slot": (lambda m: m.Slotted(1), lambda m: m.Slotted(2), ".first"),
    "a slot that is set": (
        lambda m: m.Slotted(1),
        lambda m: _set(m.Slotted(1), second=2),
        ".second",
    ),
    "a slot of a base": (lambda m: m.Both(1), lambda m: m.Both(2), ".first"),
    "an attribute beside slots": (lambda m: m.Both(), lambda m: m.Both(third=4), ".third"),
    "a field": (lambda m: m.Record(1, [2]), lambda m: m.Record(1, [3]), ".y[0]"),
    "a frozen field": (lambda m: m.Frozen(1), lambda m: m.Frozen(2), ".x"),
    "a member": (lambda m: m.Colour.RED, lambda m: m.Colour.BLUE, "._value_"),
    "a dict of its own": (lambda m: m.Bag(a=1), lambda m: m.Bag(a=2), ".value['a']"),
    "a pair": (lambda m: m.Pair(1), lambda m: m.Pair(1, 3), ".value[1]"),
    "an exception": (lambda m: m.Mistake("a"), lambda m: m.Mistake("b"), ".args[0]"),
    "what can be called": (lambda m: m.Callable(2), lambda m: m.Callable(3), ".factor"),
    "in a list": (lambda m: [m.Plain()], lambda m: [m.Plain(name="b")], "[0].name"),
    "of a function": (lambda m: m.within()(1), lambda m: m.within()(2), ".x"),
    "a class": (lambda m: m.Plain, lambda m: m.Slotted, ""),
    "a function": (lambda m: m.function, lambda m: m.within, ""),
}


def _set(value: Any, **attributes: Any) -> Any:
    for name, item in attributes.items():
        setattr(value, name, item)
    return value


@pytest.mark.parametrize(("one", "other", "path"), LEAVES.values(), ids=LEAVES)
def test_a_changed_leaf_is_found_where_it_is(one: object, other: object, path: str) -> None:
    assert differing(one, one) == []
    assert differing(one, other)[:1] == [path]
    assert differing(other, one)[:1] == [path]


@pytest.mark.parametrize(("one", "other", "path"), ARRAYS.values(), ids=ARRAYS)
def test_a_changed_element_of_an_array(one: object, other: object, path: str) -> None:
    assert differing(one, copy.deepcopy(one)) == []
    assert differing(one, other) == [path]


@pytest.mark.parametrize(("one", "other", "path"), OWN.values(), ids=OWN)
def test_the_notebooks_own_classes_are_those_of_the_package(
    one: Callable[[Any], object], other: Callable[[Any], object], path: str
) -> None:
    assert compared(one(NOTEBOOK), one(PACKAGE), "job").differences == []
    found = compared(one(NOTEBOOK), other(PACKAGE), "job").differences
    assert [difference.path for difference in found][:1] == [path]


def test_a_class_of_another_package_is_another_class() -> None:
    assert compared(NOTEBOOK.Plain(), loaded("jobs.pipeline").Plain(), "job").differences


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (0.1, 0.1 + 1e-12),
        (1e12, 1e12 + 1),
        (math.nan, math.nan),
        (0.0, -0.0),
        (1 + 1e-12j, 1 + 0j),
        ([1.0, {"a": 2.0}], [1.0 + 1e-12, {"a": 2.0}]),
        (np.array([1.0, np.nan]), np.array([1.0 + 1e-12, np.nan])),
        (np.float32(0.1), np.float32(0.1) + np.float32(1e-9)),
        (np.array([]), np.array([])),
        ({3, 1, 2}, {2, 3, 1}),
        ({"b", "a"}, {"a", "b"}),
        ({(1, "a"), (2, "b")}, {(2, "b"), (1, "a")}),
        (np.arange(6).reshape(2, 3), np.asfortranarray(np.arange(6).reshape(2, 3))),
        (np.array([1], ">i4"), np.array([1], ">i4")),
        (itself("a"), itself("a")),
        ([0.1] * 20_000, [0.1] * 20_000),
    ],
)
def test_the_same(one: object, other: object) -> None:
    assert compared(one, other) == ([], [])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["a"] * 20_000, ["a"] * 19_999 + ["b"]),
        ([1] * 20_000, [1] * 19_999 + [2]),
        (dict.fromkeys(range(20_000)), {**dict.fromkeys(range(19_999)), 19_999: 1}),
        (np.zeros(3_000_000, "i8"), np.append(np.zeros(2_999_999, "i8"), 1)),
        (np.array(["a"] * 20_000, "O"), np.array(["a"] * 19_999 + ["b"], "O")),
        (
            MASKED.MaskedArray([1, 2], mask=[False, True]),
            MASKED.MaskedArray([1, 2], mask=[False, False]),
        ),
    ],
    ids=["texts", "numbers", "keys", "an array", "objects", "a mask"],
)
def test_a_difference_far_behind_is_found_or_told_to_be_beyond(one: object, other: object) -> None:
    found = compared(one, other)
    assert found.differences or found.opaque


def test_numbers_of_a_long_list_within_the_tolerance() -> None:
    assert compared([0.1] * 20_000, [0.1] * 19_999 + [0.1 + 1e-12]).differences == []


@pytest.mark.parametrize(
    "value",
    [
        (one for one in "a"),
        threading.Lock(),
        threading.current_thread(),
        memoryview(b"a"),
    ],
    ids=["a generator", "a lock", "a thread", "a view"],
)
def test_what_cannot_be_looked_into_is_no_difference(value: object) -> None:
    assert compared(value, value).differences == []
    assert json.dumps(described(value))
    assert not is_data(described(value))


def test_a_value_that_lets_nobody_look_at_it() -> None:
    assert described(NOTEBOOK.Unwilling()) == {"is": "opaque", "type": "__main__.Unwilling"}
    assert differing(NOTEBOOK.Unwilling(), NOTEBOOK.Plain()) == [""]


def test_an_opaque_part_is_told_and_the_rest_compared() -> None:
    one, other = [threading.Lock(), 1], [threading.Lock(), 2]
    found = compared(one, other)
    assert ([difference.path for difference in found.differences], found.opaque) == (
        ["[1]"],
        [("[0]", "")],
    )


@pytest.mark.parametrize("value", [plain, len, math, int, remembered, "".join, np.add])
def test_code_is_no_data(value: object) -> None:
    assert not is_data(described(value))


@pytest.mark.parametrize("value", [1, None, [], {}, np.zeros(1), Estimator(), ValueError()])
def test_data(value: object) -> None:
    assert is_data(described(value))


def test_depth_without_end_is_beyond() -> None:
    one: list[Any] = []
    other: list[Any] = ["a"]
    for _ in range(100):
        one, other = [one], [other]
    found = compared(one, other)
    assert found.differences == []
    assert found.opaque


def test_the_differences_of_one_value_have_an_end() -> None:
    assert len(differing(list(range(1000)), list(range(1, 1001)))) == 50


def test_how_many_elements_differ_is_told() -> None:
    found = compared(np.zeros(10), np.ones(10)).differences
    assert [tuple(one) for one in found] == [("[0]", "0.0 (10 of 10 differ)", "1.0")]


def test_tolerance() -> None:
    one, other = described([1.0, np.array([1.0])]), described([1.1, np.array([1.1])])
    assert compare_values(one, other, Tolerance(relative=0.2)).differences == []
    assert len(compare_values(one, other, Tolerance(relative=0.01)).differences) == 2


def test_texts_are_compared_without_their_directories() -> None:
    def of(place: str) -> Callable[[str], str]:
        return lambda text: text.replace(place, "<data>")

    one, other = described(["/one/a"]), described(["/two/a"])
    assert compare_values(one, other, TOLERANCE, (of("/one"), of("/two"))).differences == []
    assert compare_values(one, other, TOLERANCE).differences != []


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1, "1"),
        ("a", "'a'"),
        (None, "None"),
        (True, "True"),
        ([1, "a"], "list of 2: 1, 'a'"),
        ({"a": [1]}, "dict of 1: 'a': list of 1: 1"),
        ({1}, "set of 1: 1"),
        (np.float64(0.5), "numpy.float64(0.5)"),
        (np.arange(8), "numpy.ndarray int64 8: 0, 1, 2, 3, 4, 5"),
        (np.array(["a", None]), "numpy.ndarray object 2: "),
        (len, "function len"),
        (NOTEBOOK.Plain(), "__main__.Plain"),
        ("a" * 500, "'" + "a" * 199 + "…"),
        (list(range(100)), "list of 100: 0, 1, 2, 3, 4, 5, 6, 7"),
    ],
)
def test_a_value_in_a_few_words(value: object, words: str) -> None:
    assert shown(described(value)) == words


# -- tables ---------------------------------------------------------------------------------------


def frames() -> dict[str, tuple[Any, Any, str | None]]:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pandas.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    return {
        "a number": (frame, frame.assign(a=[1, 3]), "[0: a][1]"),
        "a text": (frame, frame.assign(b=["x", "z"]), "[1: b][1]"),
        "a column's name": (frame, frame.rename(columns={"b": "c"}), ""),
        "the order of columns": (frame, frame[["b", "a"]], ""),
        "a row less": (frame, frame[:1], ""),
        "the order of rows": (frame, frame[::-1], ".index[0]"),
        "the index": (frame, frame.set_axis([1, 2]), ".index[0]"),
        "a number's type": (frame, frame.astype({"a": float}), "[0: a]"),
        "a missing number": (frame.astype({"a": float}), frame.assign(a=[1.0, None]), "[0: a][1]"),
        "a date": (
            frame.assign(a=pandas.to_datetime(["2026-10-05", "2026-10-06"])),
            frame.assign(a=pandas.to_datetime(["2026-10-05", "2026-10-07"])),
            "[0: a][1]",
        ),
        "a column": (frame["a"], frame["a"] + 1, "[a][0]"),
        "a column's name alone": (frame["a"], frame["a"].rename("c"), ""),
        "an index alone": (pandas.Index([1, 2]), pandas.Index([1, 3]), "[1]"),
        "a moment": (pandas.Timestamp(2026, 10, 5), pandas.Timestamp(2026, 10, 6), None),
    }


@pytest.mark.parametrize(
    "name",
    [
        "a number",
        "a text",
        "a column's name",
        "the order of columns",
        "a row less",
        "the order of rows",
        "the index",
        "a number's type",
        "a missing number",
        "a date",
        "a column",
        "a column's name alone",
        "an index alone",
        "a moment",
    ],
)
def test_tables(name: str) -> None:
    one, other, path = frames()[name]
    assert differing(one, copy.deepcopy(one)) == []
    found = differing(one, other)
    assert found
    assert path is None or found[0] == path


# -- properties -----------------------------------------------------------------------------------

_KEYS = st.one_of(st.integers(), st.text(max_size=3), st.booleans())
_PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.binary(max_size=5),
    st.complex_numbers(allow_nan=False),
)
VALUES = st.recursive(
    st.one_of(_PLAIN, st.sets(st.integers(), max_size=3), st.just(np.arange(3.0))),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(_KEYS, inner, max_size=3),
        st.builds(Estimator, st.floats(allow_nan=False)),
        st.builds(NOTEBOOK.Record, inner, inner),
    ),
    max_leaves=8,
)


@given(VALUES)
def test_a_value_equals_itself_across_processes(value: object) -> None:
    one = described(value)
    carried: Description = json.loads(json.dumps(one))
    assert compare_values(one, carried, TOLERANCE).differences == []
    again = Describer().describe(value)
    assert again == one


def _places(value: Any, path: str = "") -> list[tuple[str, Callable[[Any], Any]]]:
    """Each leaf of lists and dicts, by its path and what puts another value there."""
    found: list[tuple[str, Callable[[Any], Any]]] = []
    if isinstance(value, list):
        for index, item in enumerate(value):
            found += [
                (where, _at(index, change)) for where, change in _places(item, f"{path}[{index}]")
            ]
    elif isinstance(value, dict):
        for key, item in value.items():
            found += [
                (where, _at(key, change)) for where, change in _places(item, f"{path}[{key!r}]")
            ]
    else:
        found.append((path, lambda old: f"not {old!r}"))
    return found


def _at(key: Any, change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def changed(whole: Any) -> Any:
        made = copy.copy(whole)
        made[key] = change(whole[key])
        return made

    return changed


NESTED = st.recursive(
    _PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.dictionaries(st.integers(), inner, min_size=1, max_size=3),
    ),
    max_leaves=8,
)


@given(NESTED, st.data())
def test_one_changed_leaf_is_found_with_its_path(value: Any, data: st.DataObject) -> None:
    path, change = data.draw(st.sampled_from(_places(value)))
    assert differing(value, change(value)) == [path]


@given(st.lists(st.floats(allow_nan=False, width=32), min_size=1, max_size=20), st.data())
def test_one_changed_element_is_found_in_an_array(
    numbers: list[float], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(numbers) - 1))
    one = np.array(numbers)
    other = one.copy()
    other[place] = 1.0 if abs(one[place]) > 2 or one[place] < 0 else one[place] + 5
    assert differing(one, other) == [f"[{place}]"]


def test_a_description_holds_the_bytes_of_an_array() -> None:
    found = described(np.array([1, 2], "<i4"))
    assert base64.b64decode(found["data"]) == b"\1\0\0\0\2\0\0\0"
