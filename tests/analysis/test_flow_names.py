"""What a statement does with names: bound for certain or perhaps, read before, read later."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.analysis.flow_names import NameFlow, name_flow


def flow(code: str, **options: object) -> NameFlow:
    """What the one statement does."""
    (statement,) = ast.parse(code).body
    return name_flow(statement, **options)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Told:
    """What is to be told of a statement, as words."""

    code: str
    certain: str = ""
    perhaps: str = ""
    exposed: str = ""
    captured: str = ""
    unbound: str = ""
    late: str | None = field(default=None)


TABLE = (
    Told("x = y", certain="x", exposed="y"),
    Told("x += 1", certain="x", exposed="x"),
    Told("x: int", exposed="int"),
    Told("x: int = y", certain="x", exposed="int y"),
    Told("a, *b = c", certain="a b", exposed="c"),
    Told("a.b = c[d]", exposed="a c d"),
    Told("del x", exposed="x", unbound="x"),
    Told("import a.b, c as d", certain="a d"),
    Told("if x:\n    a = b = 1\nelse:\n    a = 2", certain="a", perhaps="b", exposed="x"),
    Told("if x:\n    raise y\nelse:\n    a = 2", certain="a", exposed="x y"),
    Told("for i in rows:\n    last = i", perhaps="i last", exposed="rows"),
    Told("for i in (1, 2):\n    last = i", certain="i last"),
    Told("for i in range(3):\n    last = i", certain="i last", exposed="range"),
    Told("for i in range(0):\n    last = i", perhaps="i last", exposed="range"),
    Told(
        "for i in (1, 2):\n    if a:\n        break\n    b = 1",
        certain="i",
        perhaps="b",
        exposed="a",
    ),
    Told("for i in rows:\n    pass\nelse:\n    x = 1", certain="x", perhaps="i", exposed="rows"),
    Told("while x:\n    a = 1", perhaps="a", exposed="x"),
    Told("while True:\n    a = 1\n    break", certain="a"),
    Told("while True:\n    if b:\n        break\n    a = 1", perhaps="a", exposed="b"),
    Told("try:\n    a = f()\nexcept E:\n    pass", perhaps="a", exposed="f E"),
    Told("try:\n    a = f()\nexcept E:\n    a = 1", certain="a", exposed="f E"),
    Told("try:\n    a = f()\nexcept E:\n    raise", certain="a", exposed="f E"),
    Told(
        "try:\n    f()\nexcept E as e:\n    print(e)", perhaps="e", exposed="f E print", unbound="e"
    ),
    Told("try:\n    f()\nfinally:\n    a = 1", certain="a", exposed="f"),
    Told("try:\n    a = 1\nfinally:\n    print(a)", certain="a", exposed="print a"),
    Told("with a as b:\n    c = 1", certain="b c", exposed="a"),
    Told("with suppress(E) as b:\n    c = 1", certain="b", perhaps="c", exposed="suppress E"),
    Told("match x:\n    case [a]:\n        b = 1\n    case _:\n        b = 2", "b", "a", "x"),
    Told("match x:\n    case [a]:\n        b = 1", perhaps="a b", exposed="x"),
    Told("x = (y := 1) and (z := 2)", certain="x y", perhaps="z"),
    Told("x = [i + j for i in a if i for j in b]", certain="x", exposed="a b"),
    Told("x = [y := i for i in a]", certain="x", perhaps="y", exposed="a"),
    Told("f = lambda a, b=c: a + d", certain="f", exposed="c", captured="c d"),
    Told("x = sum(i * k for i in a)", certain="x", exposed="sum a k"),
    Told("x = (i * k for i in a)", certain="x", exposed="a k", captured="a k"),
    Told("x = sorted(a, key=lambda r: r[k])", certain="x", exposed="sorted a k"),
    Told("x = t.apply(lambda r: r[k])", certain="x", exposed="t k"),
    Told("x = later(lambda r: r[k])", certain="x", exposed="later", captured="k"),
    Told("def f(a=b):\n    return a + c", certain="f", exposed="b", captured="b c"),
    Told("@d\ndef f():\n    global g\n    g = 1", certain="f", exposed="d", captured="d"),
    Told("class A(B):\n    x = y\n    def f(self):\n        return z", "A", "", "B y", "B y z"),
    Told("for i in a:\n    f.append(lambda: i)", "", "i", "a f", "i", late=""),
    Told("n = (lambda: n)()", "n", "", "", "n", late="n"),
)


def words(names: str) -> set[str]:
    """A set of names from words."""
    return set(names.split())


@pytest.mark.parametrize("told", TABLE, ids=lambda told: told.code)
def test_what_a_statement_does_with_names(told: Told) -> None:
    found = flow(told.code)
    assert found.certain == words(told.certain)
    assert found.possible - found.certain == words(told.perhaps)
    assert found.exposed == words(told.exposed)
    assert found.captured == words(told.captured)
    assert found.unbound == words(told.unbound)
    if told.late is not None:
        assert found.late == words(told.late)


def test_a_call_asks_for_the_variables_that_its_function_is_given() -> None:
    found = flow("x = f(1) + g(lambda: f(2))", calls={"f": ("a", "b")})
    assert found.exposed == {"f", "g", "a", "b"}
    assert found.captured == {"f", "a", "b"}
    assert found.owed == {"a": "f", "b": "f"}


def test_what_the_notebook_s_own_context_manager_does_is_unknown() -> None:
    assert flow("with q:\n    a = 1").certain == {"a"}
    assert flow("with q:\n    a = 1", swallowing=frozenset("q")).certain == set()


def test_a_name_that_is_read_when_it_may_be_gone() -> None:
    assert flow("while True:\n    del a\n    print(a)\n    break").lost == {"a"}
    assert flow("if b:\n    del a\n    a = 1\n    print(a)").lost == set()


def test_names_are_told_in_the_order_in_which_they_are_bound() -> None:
    assert flow("z, (y, x) = w = v").order == ("z", "y", "x", "w")


_NAMES = st.sampled_from("abc")
_SIMPLE = st.one_of(
    st.builds("{} = 1".format, _NAMES),
    st.builds("del {}".format, _NAMES),
    st.builds("{}".format, _NAMES),
    st.just("raise ValueError"),
)


def _indented(lines: list[str]) -> str:
    return "\n".join(f"    {line}" for text in lines for line in text.split("\n"))


_BODY = st.deferred(lambda: st.lists(_STATEMENT, min_size=1, max_size=3).map(_indented))
_STATEMENT: st.SearchStrategy[str] = st.deferred(
    lambda: st.one_of(
        _SIMPLE,
        st.builds("if way():\n{}\nelse:\n{}".format, _BODY, _BODY),
        st.builds("for {} in ways():\n{}".format, _NAMES, _BODY),
        st.builds("for {} in (1, 2):\n{}\n    break".format, _NAMES, _BODY),
        st.builds("while way():\n{}".format, _BODY),
        st.builds("try:\n{}\nexcept ValueError:\n{}".format, _BODY, _BODY),
        st.builds("try:\n{}\nfinally:\n{}".format, _BODY, _BODY),
    )
)


@given(_STATEMENT, st.lists(st.booleans(), max_size=12), st.sets(_NAMES))
def test_what_is_certain_is_so_on_every_way_that_a_run_takes(
    code: str, ways: list[bool], before: set[str]
) -> None:
    found = flow(code)
    left = iter(ways)
    names: dict[str, object] = dict.fromkeys(before, 0)
    names["way"] = lambda: next(left, False)
    names["ways"] = lambda: [1] if next(left, False) else []
    missing: str | None = None
    try:
        exec(compile(code, "<statement>", "exec"), names)
    except NameError as error:
        missing = error.name
    except ValueError:
        return
    if missing is not None:
        assert missing in found.exposed
        return
    own = names.keys() & set("abc")
    assert found.certain <= own
    assert own - before <= found.possible
    assert before - own <= found.unbound
