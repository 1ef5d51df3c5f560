"""Single statements for notebooks that are made up."""

from __future__ import annotations

from collections.abc import Callable

from tests.differential.flow_definitions import definition
from tests.differential.flow_maker import (
    BUILTINS,
    CONSTANTS,
    Flow,
    Lines,
    expression,
)
from tests.differential.flow_state import Value

Emitter = Callable[[Flow], Lines | None]


def statement(flow: Flow) -> Lines:
    """One statement that runs, given what is bound here."""
    return flow.pick(_STATEMENTS)(flow) or _assign(flow)


def _assign(flow: Flow) -> Lines:
    often = flow.variables
    target = flow.pick((*often, *often, *often, *CONSTANTS, *flow.functions, "sum", "A"))
    text, value = expression(flow)
    flow.assign(target, value)
    note = ": object" if flow.chance(5) else ""
    return [f"{target}{note} = {text}"]


def _assign_callable(flow: Flow) -> Lines | None:
    """A function under another name, what a maker or a producer gives, or functions in a list."""
    name = flow.known("thunk", "countdown", "maker", "producer", "class")
    if name is None:
        return None
    value, target = flow.state.values[name], flow.pick((*flow.variables, "f", "g"))
    if value.kind == "maker":
        text, value = f"{name}()", Value("thunk", value.needs)
    elif value.kind == "producer":
        text, value = f"{name}()", Value("iterator", value.needs)
    elif value.kind == "class":
        text, value = f"{flow.use(name)}()", Value("instance", value.needs)
    elif flow.chance(50):
        text, value = f"[{name}]", Value("table", value.needs, value.binds, value.deletes)
    else:
        text = name
    flow.assign(target, value)
    return [f"{target} = {text}"]


def _lazy(flow: Flow) -> Lines | None:
    """A generator expression that is consumed later: all but its first iterable is read then."""
    need, target = flow.sometime(), flow.pick(flow.variables)
    variable = flow.pick([name for name in flow.variables if name != need[0]])
    flow.assign(target, Value("iterator", (need,)))
    return [f"{target} = ([{variable}, {need[0]}] for {variable} in [1, 2])"]


def _several(flow: Flow) -> Lines:
    one, two = flow.pick(flow.variables), flow.pick(("c", "n", "x", "SIZE"))
    first, second = flow.plain(), flow.plain()
    forms = [
        "{0}, {1} = 1, 's'",
        "{0}, *{1} = [1, 2, 3]",
        "{0} = {1} = []",
        "({0}), [{1}] = 1, [2]",
    ]
    kinds: list[tuple[str, str]] = [
        ("int", "str"),
        ("int", "list"),
        ("list", "list"),
        ("int", "int"),
    ]
    index = flow.pick(range(len(forms) + (first is not None)))
    if index == len(forms):
        values = (flow.state.values[str(first)], flow.state.values[str(second)])
        flow.assign(one, values[0])
        flow.assign(two, values[1])
        return [f"{one}, {two} = {first}, {second}"]
    for target, kind in zip((one, two), kinds[index], strict=True):
        flow.assign(target, Value(kind))  # type: ignore[arg-type]
    return [forms[index].format(one, two)]


def _augmented(flow: Flow) -> Lines | None:
    name = flow.known("int", "str", "list", "tuple")
    if name is None:
        return None
    more = {"int": "1", "str": "'t'", "list": "[3]", "tuple": "(3,)"}
    return [f"{name} += {more[flow.state.values[name].kind]}"]


def _print(flow: Flow) -> Lines:
    names = [name for name in (flow.plain(), flow.plain()) if name is not None]
    if not names or flow.chance(40):
        return [f"print({expression(flow)[0]})"]
    return [f"print({', '.join(names)})"]


def _show(flow: Flow) -> Lines | None:
    """An expression that a notebook shows where it ends a cell."""
    name = flow.plain()
    return None if name is None else [name]


def _change(flow: Flow) -> Lines | None:
    name = flow.known("list", "dict")
    if name is None:
        return None
    is_list = flow.state.values[name].kind == "list"
    return [f"{name}.append(9)" if is_list else f"{name}['q'] = 2"]


def _same(flow: Flow) -> Lines | None:
    one, two = flow.known("list", "dict"), flow.known("list", "dict")
    return None if one is None else [f"print({one} is {two})"]


def _delete(flow: Flow) -> Lines | None:
    names = [name for name in flow.state.values if name != "asyncio"]
    if not names:
        return None
    name = flow.pick(names)
    flow.state.unbind(name)
    return [f"del {name}"]


def _guarded(flow: Flow) -> Lines:
    """Reads a name that may be unbound, or be bound to anything."""
    names = sorted(flow.state.unsure) or flow.variables
    name = flow.pick(
        (*names, flow.pick((*flow.variables, *flow.functions, "math", "math", "math")))
    )
    flow.named.add(name)
    read = f"print('{name}', type({name}).__name__)"
    error = flow.pick(("NameError", "NameError", "Exception"))
    return ["try:", f"    {read}", f"except {error}:", f"    print('no {name}')"]


def _guarded_delete(flow: Flow) -> Lines:
    name = flow.pick(flow.variables)
    flow.named.add(name)
    flow.state.unbind(name)
    return ["try:", f"    del {name}", "except NameError:", f"    print('no {name}')"]


def _define(flow: Flow) -> Lines:
    often = flow.functions
    name = flow.pick((*often, *often, *often, *flow.classes, flow.pick(flow.variables)))
    return definition(flow, name)


def _use(flow: Flow) -> Lines | None:
    """Calls what can be called, or takes the next of what is left."""
    name = flow.known("thunk", "countdown", "override", "table", "iterator", "key")
    if name is None:
        return None
    form = {"thunk": "{}()", "table": "{}[0]()", "iterator": "next({}, None)", "key": "{}(2)"}
    call = form.get(flow.state.values[name].kind, "{}()").format(name)
    flow.use(name)
    return [call] if flow.chance(15) else [f"print('{name}', {call})"]


def _use_object(flow: Flow) -> Lines | None:
    name = flow.known("instance", "class")
    if name is None:
        return None
    if flow.state.values[name].kind == "class":
        return flow.pick(([f"print({name}.size)"], [f"{name}.size = 8"]))
    return [f"print({flow.use(name)}.get())"]


def _import(flow: Flow) -> Lines:
    form, name, use = flow.pick(
        (
            ("import math", "math", "math.floor(2.5)"),
            ("import math as n", "n", "n.floor(2.5)"),
            ("from math import floor as a", "a", "a(2.5)"),
            ("from math import *", "", "floor(2.5)"),
            ("import os.path as x", "x", "x.join('p', 'q')"),
            ("import collections", "collections", "collections.Counter('aab')['a']"),
        )
    )
    if not name:
        # A star cannot stand in a block of code that is to become a function's.
        if flow.depth or not flow.chance(20):
            return ["import math", "print(math.ceil(1.5))"][: 1 if flow.chance(50) else 2]
        flow.state.doubt("floor")
    elif name == "math":
        flow.assign(name, Value("module"))
    else:
        flow.state.doubt(name)
    return [form, f"print({use})"] if flow.chance(70) else [form]


def _shadow(flow: Flow) -> Lines | None:
    """A name of a builtin, which is that builtin again once it is deleted."""
    name = flow.pick(BUILTINS)
    calls = {"sum": "sum([1, 2])", "list": "list('ab')", "id": "type(id(1)).__name__"}
    call = calls.get(name, "max(1, 2)")
    bound, unsure = name in flow.state.values, name in flow.state.unsure
    if unsure:
        return None
    if name == "max" and flow.chance(50):
        flow.assign(name, Value("override"))
        return ["def max(*values):", "    return [7]"]
    if bound and flow.state.values[name].kind == "override":
        return [f"print({call})"]
    if not bound and flow.chance(50):
        return [f"print({call})"]
    if bound and flow.chance(40):
        flow.state.unbind(name)
        return [f"del {name}", f"print({call})"]
    text, value = expression(flow)
    flow.assign(name, value)
    return [f"{name} = {text}"]


def _await(flow: Flow) -> Lines | None:
    if "asyncio" not in flow.state.values:
        return None
    target = flow.pick(flow.variables)
    coroutine = flow.known("coroutine")
    flow.assign(target, Value("plain"))
    if coroutine is None:
        return [f"{target} = await asyncio.sleep(0, result={flow.pick('12')})"]
    return [f"{target} = await {coroutine}()"]


def _coroutine(flow: Flow) -> Lines | None:
    if "asyncio" not in flow.state.values:
        return None
    need, name = flow.sometime(), flow.pick(flow.functions)
    flow.assign(name, Value("coroutine", (need, ("asyncio", "module"))))
    return [f"async def {name}():", "    await asyncio.sleep(0)", f"    return {need[0]}"]


def _declared(flow: Flow) -> Lines:
    """A name with a type and no value: nothing is bound, but in a function it is its own."""
    return [f"{flow.pick(flow.variables)}: int"]


def stopping(flow: Flow) -> Lines:
    """A statement that ends the notebook, or may end it."""
    name = flow.pick(flow.variables)
    flow.named.add(name)
    return [
        flow.pick(
            ("raise ValueError('stop')", "1 / 0", f"print({name})", f"del {name}", f"{name} += 1")
        )
    ]


_STATEMENTS: tuple[Emitter, ...] = (
    *(_assign, _assign, _assign, _assign, _assign, _several, _several, _augmented, _augmented),
    *(
        _print,
        _print,
        _print,
        _print,
        _print,
        _print,
        _print,
        _show,
        _change,
        _same,
        _delete,
        _guarded,
        _guarded_delete,
    ),
    *(_define, _define, _define, _define, _define, _define, _assign_callable, _assign_callable),
    *(_assign_callable, _lazy, _use_object, _use_object, _import, _shadow, _await, _await),
    *(_coroutine, _declared, _use, _use, _use, _use, _use, _use),
)
