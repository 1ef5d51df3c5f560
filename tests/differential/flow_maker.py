"""Makes up a notebook's code: what is drawn, what is bound by then, and expressions over that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.differential.flow_state import PLAIN, Kind, State, Value

# Few names, so that they collide: any of them may become anything.
VARIABLES: tuple[str, ...] = ("a", "b", "c", "n", "x")
FUNCTIONS: tuple[str, ...] = ("f", "g", "h")
CLASSES: tuple[str, ...] = ("A", "B")
CONSTANTS = ("SIZE", "RATE")
# Many more, so that most are bound once; some are like the headings.
MORE_VARIABLES = ("rows", "rate", "names", "step", "table", "seed", "weights", "score", "data")
MORE_FUNCTIONS = ("load", "clean", "train", "report", "wrap", "helper", "each", "main")
MORE_CLASSES = ("Model", "Guard", "Point")
# Nothing that is made up calls these, but for what is about them.
BUILTINS = ("sum", "list", "id", "max")

_LITERALS: tuple[tuple[str, Kind], ...] = (
    *(("0", "int"), ("1", "int"), ("2", "int"), ("7", "int"), ("'s'", "str"), ("''", "str")),
    *(("[1, 2]", "list"), ("[]", "list"), ("{'k': 1}", "dict"), ("(1, 2)", "tuple")),
)

T = TypeVar("T")
Lines = list[str]


@dataclass(slots=True)
class Flow:
    """A notebook in the making. `depth` counts the blocks around the place of writing.

    `named` are the names that code asks for without their being bound, `ever_bound` all that the
    notebook binds somewhere.
    """

    draw: DrawFn
    state: State = field(default_factory=State)
    variables: tuple[str, ...] = VARIABLES
    functions: tuple[str, ...] = FUNCTIONS
    classes: tuple[str, ...] = CLASSES
    depth: int = 0
    named: set[str] = field(default_factory=set)
    ever_bound: set[str] = field(default_factory=set)

    def pick(self, options: Sequence[T]) -> T:
        return self.draw(st.sampled_from(options))

    def chance(self, percent: int) -> bool:
        """True in about so many of a hundred cases; false is the simpler one."""
        return self.draw(st.integers(0, 99)) >= 100 - percent

    def known(self, *kinds: Kind) -> str | None:
        """A name that is bound to one of these kinds, if there is one."""
        names = self.state.bound(*kinds)
        return self.pick(names) if names else None

    def plain(self) -> str | None:
        """A name of data, if there is one."""
        return self.known(*PLAIN)

    def sometime(self) -> tuple[str, Kind]:
        """A name for code that runs later, with what it has to be by then: not always bound yet."""
        name = self.plain()
        if name is None or self.chance(30):
            name = self.pick((*self.variables, *CONSTANTS))
            self.named.add(name)
            return name, "plain"
        return name, "plain"

    def use(self, name: str) -> str:
        self.state.use(name)
        return name

    def assign(self, target: str, value: Value) -> None:
        """Note that the notebook binds a name, to this value."""
        self.state.bind(target, value)
        self.ever_bound.add(target)

    def block(self, lines: Callable[[], Lines]) -> Lines:
        """The lines of a block, indented."""
        self.depth += 1
        found = indented(lines())
        self.depth -= 1
        return found


def indented(lines: Lines) -> Lines:
    return [f"    {line}" for line in lines]


def expression(flow: Flow) -> tuple[str, Value]:
    """An expression of data, and what it gives."""
    made = flow.pick(_EXPRESSIONS)(flow)
    if made is None:
        text, kind = flow.pick(_LITERALS)
        return text, Value(kind)
    text, kind = made
    return text, Value(kind)


Made = tuple[str, Kind] | None


def _literal(flow: Flow) -> Made:
    return flow.pick(_LITERALS)


def _name(flow: Flow) -> Made:
    name = flow.plain()
    return None if name is None else (name, flow.state.values[name].kind)


def _sum(flow: Flow) -> Made:
    one, two = flow.known("int"), flow.known("int")
    if one is None or two is None:
        return None
    return f"{one} {flow.pick('+-')} {two if flow.chance(50) else 1}", "int"


def _size(flow: Flow) -> Made:
    name = flow.plain()
    return None if name is None else (f"len(str({name}))", "int")


def _call(flow: Flow) -> Made:
    name = flow.known("thunk", "countdown")
    return None if name is None else (f"{flow.use(name)}()", "plain")


def _key_call(flow: Flow) -> Made:
    name = flow.known("key")
    return None if name is None else (f"{flow.use(name)}(3)", "int")


def _method(flow: Flow) -> Made:
    name = flow.known("instance")
    return None if name is None else (f"{flow.use(name)}.get()", "plain")


def _from_table(flow: Flow) -> Made:
    name = flow.known("table")
    return None if name is None else (f"{flow.use(name)}[0]()", "plain")


def _next(flow: Flow) -> Made:
    name = flow.known("iterator")
    return None if name is None else (f"next({flow.use(name)}, None)", "plain")


def _rest(flow: Flow) -> Made:
    name = flow.known("iterator")
    return None if name is None else (f"[*{flow.use(name)}]", "list")


def _mapped(flow: Flow) -> Made:
    name = flow.known("key")
    form = flow.pick(("[*map({}, [1, 2])]", "sorted([3, 1, 2], key={})", "[{}(i) for i in [1, 2]]"))
    return None if name is None else (form.format(flow.use(name)), "list")


def _comprehension(flow: Flow) -> Made:
    variable, name = flow.pick(flow.variables), flow.plain()
    inner = variable if name is None else f"({variable}, len(str({name})))"
    form = flow.pick(
        ("[{0} for {1} in (1, 2)]", "[*({0} for {1} in (1, 2))]", "[{0} for {1} in ()]")
    )
    return form.format(inner, variable), "list"


def _dictionary(flow: Flow) -> Made:
    variable = flow.pick(flow.variables)
    return f"{{{variable}: {variable} for {variable} in 'pq'}}", "dict"


def _in_comprehension(flow: Flow) -> Made:
    """The first iterable is read outside, the rest inside."""
    variable, name = flow.pick(flow.variables), flow.plain()
    return (
        None if name is None else (f"[{variable} for {variable} in [{name}, {name}]][:1]", "list")
    )


def _lambda(flow: Flow) -> Made:
    name = flow.plain()
    return None if name is None else (f"(lambda: {name})()", flow.state.values[name].kind)


def _walrus(flow: Flow) -> Made:
    target = flow.pick(flow.variables)
    flow.assign(target, Value("int"))
    return f"({target} := {flow.pick('123')})", "int"


def _kept_by_walrus(flow: Flow) -> Made:
    variable, target = flow.pick((("i", "a"), ("a", "b"), ("x", "n")))
    flow.assign(target, Value("int"))
    return f"[{target} := {variable} for {variable} in (4, 5)]", "list"


def _choice(flow: Flow) -> Made:
    name = flow.plain()
    return None if name is None else (f"({name} if {name} else 1)", "plain")


def _text(flow: Flow) -> Made:
    name = flow.plain()
    return None if name is None else (f"f'<{{{name}}}>'[:9]", "str")


_EXPRESSIONS: tuple[Callable[[Flow], Made], ...] = (
    *(_literal, _literal, _literal, _literal, _name, _name, _sum, _sum, _size, _call, _call, _call),
    *(_key_call, _method, _method, _from_table, _next, _next, _rest, _mapped, _comprehension),
    *(_dictionary, _in_comprehension, _lambda, _walrus, _kept_by_walrus, _choice, _text),
)
