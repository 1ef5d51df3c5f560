"""Functions and classes for notebooks that are made up: each reads, binds or keeps in its own way.

Each maker gives the lines of a definition and what its name is bound to afterwards.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.differential.flow_maker import Flow, Lines, expression, indented
from tests.differential.flow_state import Value

Defined = tuple[Lines, Value] | None
Maker = Callable[[Flow, str], Defined]


def definition(flow: Flow, name: str) -> Lines:
    """A function or class of this name, also behind a decorator of the notebook's own."""
    made = flow.pick(_MAKERS)(flow, name) or _reading(flow, name)
    lines, value = made
    decorator = flow.known("decorator")
    if decorator is not None and lines[0].startswith("def ") and value.kind in ("thunk", "key"):
        around = flow.state.values[decorator]
        lines = [f"@{flow.use(decorator)}", *lines]
        value = Value(value.kind, (*value.needs, *around.needs), value.binds, value.deletes)
    flow.assign(name, value)
    return lines


def function(flow: Flow, name: str) -> Lines:
    """A function that is called without an argument."""
    made = flow.pick(_THUNKS)(flow, name) or _reading(flow, name)
    flow.assign(name, made[1])
    return made[0]


def _def(name: str, *body: str, takes: str = "") -> Lines:
    return [f"def {name}({takes}):", *indented(list(body))]


# -- functions that are called without an argument ------------------------------------------------


def _reading(flow: Flow, name: str) -> tuple[Lines, Value]:
    need = flow.sometime()
    text = flow.pick(("return {0}", "return [{0}]", "print('{1}', {0})"))
    return _def(name, *text.format(need[0], name).split("\n")), Value("thunk", (need,))


def _saying(flow: Flow, name: str) -> Defined:
    one, two = flow.sometime(), flow.sometime()
    body = [f"print('{name}', {one[0]}, {two[0]})", f"return {one[0]}"]
    return _def(name, *body), Value("thunk", (one, two))


def _calling(flow: Flow, name: str) -> Defined:
    other = flow.pick([known for known in flow.functions if known != name])
    flow.named.add(other)
    text = flow.pick((f"return {other}()", f"return [{other}()]", f"return (lambda: {other}())()"))
    return _def(name, text), Value("thunk", ((other, "thunk"),))


def _own_variable(flow: Flow, name: str) -> Defined:
    variable = flow.pick(flow.variables)
    if flow.chance(50):
        return _def(name, f"return {variable}", takes=f"{variable}=3"), Value("thunk")
    return _def(name, f"{variable} = 5", f"return {variable}"), Value("thunk")


def _default(flow: Flow, name: str) -> Defined:
    text = "print('default')" if flow.chance(30) else expression(flow)[0]
    need = flow.sometime()
    body = f"return [k, {need[0]}]" if flow.chance(40) else "return k"
    return _def(name, body, takes=f"k={text}"), Value(
        "thunk", (need,) if need[0] in body.split("k", 1)[1] else ()
    )


def _remembering(flow: Flow, name: str) -> Defined:
    return _def(name, "seen.append(1)", "return seen", takes="seen=[]"), Value("thunk")


def _annotated(flow: Flow, name: str) -> Defined:
    variable = flow.plain()
    if variable is None:
        return None
    return [f"def {name}(k: {variable} = 1) -> {variable}:", "    return k"], Value("thunk")


def _nested(flow: Flow, name: str) -> Defined:
    need = flow.sometime()
    if flow.chance(50):
        body = [f"return [{need[0]} for i in (1, 2)][:1]"]
    else:
        body = ["def inner():", f"    return {need[0]}", "return inner()"]
    return _def(name, *body), Value("thunk", (need,))


def _writing(flow: Flow, name: str) -> Defined:
    variable = flow.pick(flow.variables)
    if flow.state.values.get(variable, Value("plain")).kind == "int":
        body = [f"global {variable}", f"{variable} += 1", f"return {variable}"]
        value = Value("thunk", ((variable, "int"),), ((variable, "int"),))
    else:
        body = [f"global {variable}", f"{variable} = 4"]
        value = Value("thunk", (), ((variable, "int"),))
    return _def(name, *body), value


def _deleting(flow: Flow, name: str) -> Defined:
    variable = flow.plain()
    if variable is None or not flow.chance(30):
        return None
    body = [f"global {variable}", f"del {variable}", "return 0"]
    return _def(name, *body), Value("thunk", ((variable, "plain"),), deletes=variable)


def _instance_maker(flow: Flow, name: str) -> Defined:
    owner = flow.pick(flow.classes)
    flow.named.add(owner)
    return _def(name, f"return {owner}().get()"), Value("thunk", ((owner, "class"),))


def _importing(flow: Flow, name: str) -> Defined:
    if flow.chance(50):
        flow.named.add("math")
        return _def(name, "return math.floor(2.5)"), Value("thunk", (("math", "module"),))
    return _def(name, "import math", "return math.floor(2.5)"), Value("thunk")


def _of_builtin(flow: Flow, name: str) -> Defined:
    """Calls a builtin, or what the notebook puts in its place by then."""
    return _def(name, "return max([1, 2])"), Value("thunk", (("max", "builtin"),))


def _lambda(flow: Flow, name: str) -> Defined:
    need = flow.sometime()
    return [f"{name} = lambda: {need[0]}"], Value("thunk", (need,))


def _countdown(flow: Flow, name: str) -> Defined:
    """Calls itself, or another one that is to do the same."""
    need, other = flow.sometime(), flow.pick(flow.functions)
    flow.named.add(other)
    body = ["if k <= 0:", f"    return {need[0]}", f"return {other}(k - 1)"]
    return _def(name, *body, takes="k=2"), Value("countdown", (need, (other, "countdown")))


# -- others ---------------------------------------------------------------------------------------


def _key(flow: Flow, name: str) -> Defined:
    need = flow.sometime()
    text = flow.pick(("i + len(str({}))", "-i", "i % 2")).format(need[0])
    needs = (need,) if need[0] in text and "str" in text else ()
    if flow.chance(30):
        return [f"{name} = lambda i: {text}"], Value("key", needs)
    return _def(name, f"return {text}", takes="i"), Value("key", needs)


def _maker(flow: Flow, name: str) -> Defined:
    need = flow.sometime()
    step = flow.pick(("return count", "return [count, {}]")).format(need[0])
    body = [
        *("count = 0", "def step():", "    nonlocal count", "    count += 1", f"    {step}"),
        "return step",
    ]
    return _def(name, *body), Value("maker", (need,) if "[" in step else ())


def _producer(flow: Flow, name: str) -> Defined:
    one, two = flow.sometime(), flow.sometime()
    body = [f"yield {one[0]}", f"print('{name}', {two[0]})", "yield 2", f"yield [{two[0]}]"]
    return _def(name, *body), Value("producer", (one, two))


def _decorator(flow: Flow, name: str) -> Defined:
    need = flow.sometime()
    if flow.chance(50):
        return _def(name, f"print('{name} decorates')", "return k", takes="k"), Value("decorator")
    body = [
        *("def wrapper(*values):", f"    print('wrapped', {need[0]})", "    return k(*values)"),
        "return wrapper",
    ]
    return _def(name, *body, takes="k"), Value("decorator", (need,))


def _class(flow: Flow, name: str) -> Defined:
    base, variable = flow.known("class"), flow.plain()
    body, needs = [], []
    if base is not None and flow.chance(60):
        inherited = flow.state.values[base]
        head = f"class {name}({base}):"
        needs += [need for need in inherited.needs if need not in needs]
    else:
        base, head = None, f"class {name}:"
        size = variable if variable is not None else "1"
        body.append(f"size = {size}")
    if variable is not None and flow.chance(40):
        more = ("{0} = {0}", "print('{1}', {0})", "row = [{0} for i in (1,)]", "x, n = {0}, 2")
        body.append(flow.pick(more).format(variable, name))
    if flow.chance(20):
        body.append(f"print('in {name}')")
    need = flow.sometime()
    if flow.chance(30):
        body += ["def __init__(self):", f"    self.own = {need[0]}"]
        needs.append(need)
    if base is not None and flow.chance(30):
        return [head, *indented(body or ["pass"])], Value("class", tuple(needs))
    result, read = flow.pick(
        (
            ("self.size", None),
            (f"[self.size, {need[0]}]", need),
            (f"{name}.size", (name, "owner")),
            ("f()", ("f", "thunk")),
            *([("[super().get()]", None)] if base is not None else []),
        )
    )
    body += ["def get(self):", f"    return {result}"]
    if read is not None:
        flow.named.add(read[0])
        needs.append(read)
    return [head, *indented(body)], Value("class", tuple(needs))


def _manager(flow: Flow, name: str) -> Defined:
    need, swallows = flow.sometime(), flow.chance(50)
    lines = [
        *(f"class {name}:", "    def __enter__(self):", f"        print('enter', {need[0]})"),
        *("        return 5", "    def __exit__(self, *details):"),
        *(f"        print('leave', {need[0]})", f"        return {swallows}"),
    ]
    return lines, Value("suppressor" if swallows else "manager", (need,))


_THUNKS: tuple[Maker, ...] = (
    *(_reading, _saying, _calling, _calling, _own_variable, _default, _remembering, _annotated),
    *(
        _nested,
        _writing,
        _deleting,
        _instance_maker,
        _importing,
        _of_builtin,
        _lambda,
        _countdown,
        _countdown,
    ),
)
_MAKERS: tuple[Maker, ...] = (
    *_THUNKS,
    *(_key, _key, _maker, _maker, _producer, _producer, _decorator, _class, _class, _class),
    *(_manager, _manager),
)
