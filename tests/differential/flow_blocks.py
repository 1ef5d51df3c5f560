"""Blocks for notebooks that are made up, and what is certain after each of them."""

from __future__ import annotations

from collections.abc import Callable

from tests.differential.flow_maker import Flow, Lines, expression
from tests.differential.flow_state import Value
from tests.differential.flow_statements import statement

DEEPEST = 2


def code(flow: Flow, longest: int) -> Lines:
    """One to `longest` statements, some of them blocks."""
    lines: Lines = []
    for _ in range(flow.pick(range(1, longest + 1))):
        if flow.depth < DEEPEST and flow.chance(25):
            lines += flow.pick(_BLOCKS)(flow)
        else:
            lines += statement(flow)
    return lines


def _body(flow: Flow) -> Lines:
    return flow.block(lambda: code(flow, 2))


def _condition(flow: Flow) -> str:
    name = flow.plain()
    return flow.pick(("True", "False", *([f"{name}", f"not {name}"] if name else [])))


def _if(flow: Flow) -> Lines:
    lines = [f"if {_condition(flow)}:"]
    before = flow.state.copy()
    lines += _body(flow)
    after, flow.state = flow.state, before
    if flow.chance(40):
        lines += ["else:", *_body(flow)]
    flow.state = after.join(flow.state)
    return lines


def _for(flow: Flow) -> Lines:
    variable = flow.pick((*flow.variables, "i"))
    name = flow.known("list", "tuple", "str", "iterator")
    # The body may make the list longer.
    given = f"{name}[:2]" if name and flow.state.values[name].kind != "iterator" else name
    iterable = flow.pick(("(1, 2)", "[]", "range(3)", *([given, given] if given else [])))
    if name and iterable == given:
        flow.use(name)
    before = flow.state.copy()
    flow.assign(variable, Value("int" if iterable != given else "plain"))
    body = _repeated(flow)
    if iterable == "[]":
        flow.state = before  # what stands there never runs
    elif iterable == given:
        flow.state = before.join(flow.state)
    lines = [f"for {variable} in {iterable}:", *body]
    return lines + _else(flow, runs="    break" not in body)


def _repeated(flow: Flow) -> Lines:
    """A body that may run again, unless it takes away what it started from: then it runs once."""
    before = dict(flow.state.values)
    lines = _body(flow)
    if not flow.state.holds(before):
        return [*lines, "    break"]
    if flow.chance(10):
        return [*lines, "    break"]
    return lines


def _else(flow: Flow, *, runs: bool) -> Lines:
    if not flow.chance(20):
        return []
    before = flow.state.copy()
    lines = ["else:", *_body(flow)]
    flow.state = flow.state if runs else before.join(flow.state)
    return lines


def _while(flow: Flow) -> Lines:
    """Counts, unless the body has other plans for the counter: then it runs once."""
    counter = flow.pick(("i", "n", "x"))
    flow.assign(counter, Value("int"))
    before = flow.state.copy()
    body = _repeated(flow)
    counts = not any(counter in line for line in body)
    test = flow.pick((f"{counter} < 2", f"({counter} := {counter} + 1) < 3")) if counts else "True"
    step = [f"    {counter} += 1"] if "<" in test and ":=" not in test else []
    stops = [] if counts or body[-1] == "    break" else ["    break"]
    flow.state = before.join(flow.state)
    lines = [f"{counter} = 0", f"while {test}:", *step, *body, *stops]
    return lines + _else(flow, runs="break" not in (lines[-1].strip(), test))


def _try(flow: Flow) -> Lines:
    """Something is raised half way, or nothing at all."""
    caught, raising = flow.pick(
        (
            ("ValueError", "raise ValueError('v')"),
            ("ZeroDivisionError", "1 / 0"),
            ("KeyError", "{}['k']"),
            ("Exception", "raise ValueError('v')"),
            ("(ValueError, TypeError)", "int('q')"),
        )
    )
    raises = flow.chance(70)
    lines = ["try:", *_body(flow)]
    after = flow.state.copy()
    if raises:
        lines.append(f"    {raising}")
        lines += _body(flow) if flow.chance(50) else []
        flow.state = after.copy()
    error = flow.pick(("", "", *flow.variables))
    lines.append(f"except {caught}{error and f' as {error}'}:")
    if error:
        flow.state.doubt(error)
        lines.append(f"    print('caught', {error})")
        flow.state.unsure.discard(error)
    lines += _body(flow)
    if error:
        # It is unbound at the end of the handler, whatever the handler binds.
        flow.state.unbind(error)
    if not raises:
        flow.state = after
        if flow.chance(30):
            lines += ["else:", *_body(flow)]
    if flow.chance(30):
        lines += ["finally:", *_body(flow)]
    return lines


def _with(flow: Flow) -> Lines:
    name, target = flow.known("manager", "suppressor"), flow.pick(("", *flow.variables))
    bound = target and f" as {target}"
    if name is None:
        lines = ["import contextlib", f"with contextlib.suppress(ValueError){bound}:"]
        flow.state.doubt("contextlib")
        swallows, given = True, None
    else:
        swallows, given = flow.state.values[name].kind == "suppressor", Value("int")
        lines = [f"with {flow.use(name)}(){bound}:"]
    if target and given is not None:
        flow.assign(target, given)
    elif target:
        flow.state.doubt(target)
    held = name is not None and flow.state.values.get(name)
    before = flow.state.copy()
    lines += _body(flow)
    if held and not flow.state.usable(held):
        # What it says when it is left would no longer be there.
        flow.state = before
        return [*lines[:1], "    pass"]
    if swallows and flow.chance(50):
        after = flow.state.copy()
        lines += ["    raise ValueError('swallowed')", *(_body(flow) if flow.chance(50) else [])]
        flow.state = after
    return lines


def _match(flow: Flow) -> Lines:
    subject, _ = expression(flow)
    one, two = flow.pick(flow.variables), flow.pick(("k", "n", "x"))
    case = flow.pick(
        (f"[{one}, *{two}]" if one != two else f"[{one}, *_]", f"{{'k': {one}}}", f"int() as {one}")
    )
    lines = [f"match {subject}:", f"    case {case}:"]
    before = flow.state.copy()
    flow.state.doubt(one)
    flow.state.doubt(two)
    lines += flow.block(lambda: flow.block(lambda: code(flow, 1)))
    taken, flow.state = flow.state, before
    flow.state.doubt(one)
    flow.state.doubt(two)
    last = flow.pick(("_", "c"))
    if last != "_":
        flow.assign(last, Value("plain"))
    lines += [f"    case {last}:"]
    lines += flow.block(lambda: flow.block(lambda: code(flow, 1)))
    flow.state = taken.join(flow.state)
    return lines


_BLOCKS: tuple[Callable[[Flow], Lines], ...] = (
    *(_if, _if, _if, _for, _for, _for, _while, _try, _try, _with, _with, _match),
)
