"""Which rung of the ladder is safe: functions that run the flow, or the statements as a module run
as a script.

Inside a function, names are looked up differently than at the top of a notebook. Each rule below
names a construct for which that would change what the code does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence, Set

from nb2prod.analysis.flow_names import NameFlow
from nb2prod.analysis.flow_signs import names_in_texts
from nb2prod.analysis.name_scopes import class_reads_what_it_binds
from nb2prod.analysis.names import BUILTINS, dotted_text
from nb2prod.notebook.scope import names_in_scope
from nb2prod.program.bindings import declared_globals
from nb2prod.program.model import Layout
from nb2prod.program.pieces import TopStatement

_NAMESPACE_CALLS = frozenset({"exec", "eval", "globals", "locals", "vars", "dir", "execfile"})
# These see the variables of the function that calls them, and no others.
_OWN_NAMESPACE = frozenset({"locals", "vars", "dir"})
# Modules that find functions and classes again by module and name.
_BY_NAME = frozenset(
    "cloudpickle dill joblib mpire multiprocess multiprocessing pandarallel pathos pickle ray"
    " shelve torch".split()
)
_TEST_RUNNERS = frozenset({"unittest", "doctest", "ipytest"})


def objection(
    flow: Sequence[TopStatement],
    moved: Set[int],
    names: Mapping[int, NameFlow],
    python: tuple[int, int],
) -> Layout | None:
    """Why no function can hold the flow, with the first place; None where one can.

    `moved` holds the indexes of the statements that go to module level as they are, `names` what
    each other statement does with names. `python` is the version that the program runs on.
    """
    inside = {index: flow[index] for index in names}
    for statement, reason in _objections(flow, inside, moved, names, python):
        return Layout("script", reason, statement.location)
    return None


def _objections(
    flow: Sequence[TopStatement],
    inside: Mapping[int, TopStatement],
    moved: Set[int],
    names: Mapping[int, NameFlow],
    python: tuple[int, int],
) -> Iterator[tuple[TopStatement, str]]:
    bound = frozenset(name for one in inside.values() for name in one.scope.binds)
    made = frozenset(
        one.tree.name
        for one in inside.values()
        if isinstance(one.tree, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )
    by_name = _found_by_name(flow, python)
    runners = frozenset(root for one in flow for root in _imported_roots(one.tree)) & _TEST_RUNNERS
    values = _used_as_values(flow)
    looked_into = _only_looked_into(flow)
    for index, statement in enumerate(flow):
        for reason in _needs_module_level(statement.tree, free=index in moved):
            yield statement, reason
    star = next((one for one in flow if _is_star(one.tree)), None)
    certain: set[str] = set()
    for index, statement in inside.items():
        tree, found = statement.tree, names[index]
        if _is_star(tree):
            yield statement, f"`{ast.unparse(tree)}` binds names that only the run knows"
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and class_reads_what_it_binds(node, bound):
                reason = f"class {node.name} reads a variable under a name that it binds itself"
                yield statement, reason
        asked = ((found.exposed | found.captured) - certain) | found.lost
        early = asked & bound & BUILTINS
        if early:
            yield statement, f"{min(early)} is a builtin's name that the notebook also binds"
        early = (asked & bound) - (found.captured & made)
        if star is not None and early:
            name, source = min(early), ast.unparse(star.tree)
            yield statement, f"{name} may come from `{source}`, and is bound as well"
        if isinstance(tree, ast.ClassDef) and "dataclass" in _decorators(tree):
            yield statement, f"what {tree.name} prints would name the function that it is in"
        certain = (certain - found.unbound) | found.certain
        if runners:
            yield statement, "a test runner looks the notebook's functions up by name"
        if isinstance(tree, ast.ClassDef) and by_name and tree.name not in looked_into:
            yield (
                statement,
                f"{min(by_name)} finds class {tree.name} by its module, and it reads variables",
            )
        function = tree.name if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef) else None
        if by_name and function in values:
            yield (
                statement,
                f"{min(by_name)} may look {function}() up by its module, and it reads variables",
            )
    yield from _assigned_by_functions(inside)


def _assigned_by_functions(
    inside: Mapping[int, TopStatement],
) -> Iterator[tuple[TopStatement, str]]:
    """`global` names that no function around can own."""
    own = {
        name
        for statement in inside.values()
        if not isinstance(statement.tree, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
        for name in statement.scope.binds
    }
    for statement in inside.values():
        for name in sorted(declared_globals(statement.tree)):
            if name not in own:
                yield statement, f"only functions assign {name} (`global`)"
        for node in ast.walk(statement.tree):
            if isinstance(node, ast.Global) and not _is_in_outer_function(node, statement.tree):
                yield statement, "`global` in a class, or in a function within another"


def _is_star(tree: ast.stmt) -> bool:
    return isinstance(tree, ast.ImportFrom) and tree.names[0].name == "*"


def _decorators(tree: ast.ClassDef) -> str:
    return " ".join(map(ast.unparse, tree.decorator_list))


def _is_in_outer_function(found: ast.Global, tree: ast.stmt) -> bool:
    """Whether the innermost scope around is a function at the top, alone."""
    scopes = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    waiting: list[tuple[ast.AST, int, bool]] = [(tree, 0, True)]
    while waiting:
        node, depth, functions = waiting.pop()
        if node is found:
            return depth == 1 and functions
        if isinstance(node, scopes):
            depth += 1
            functions &= not isinstance(node, ast.ClassDef | ast.Lambda)
        waiting += [(child, depth, functions) for child in ast.iter_child_nodes(node)]
    return False


def _needs_module_level(tree: ast.stmt, *, free: bool) -> Iterator[str]:
    """Why the notebook's variables have to be a module's own for this statement; `free` when it
    goes to module level.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = node.func.id
            if name not in _NAMESPACE_CALLS or (name in ("vars", "dir") and node.args):
                continue
            if free and name in _OWN_NAMESPACE and isinstance(tree, ast.FunctionDef):
                continue
            if name in _OWN_NAMESPACE and isinstance(tree, ast.FunctionDef):
                yield f"{name}() in {tree.name}() would have variables that it has not"
            else:
                yield f"{name}() works on the notebook's own namespace"
        elif isinstance(node, ast.Name) and node.id in ("__name__", "__file__", "__doc__"):
            yield f"{node.id} is asked for"
        elif isinstance(node, ast.Constant) and "from __main__ import" in str(node.value):
            yield "a text imports from __main__"
        elif isinstance(node, ast.Import) and any(one.name == "__main__" for one in node.names):
            yield "__main__ is imported"
    yield from _texts_in_functions(tree, free=free)


def _texts_in_functions(tree: ast.stmt, *, free: bool) -> Iterator[str]:
    """`@name` in a query, in a function: it is looked for among the variables of the function, and
    among those of its module, where a variable of the flow is not.
    """
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.Lambda):
            continue
        own = {part.arg for part in ast.walk(function.args) if isinstance(part, ast.arg)}
        body = function.body if isinstance(function.body, list) else [function.body]
        own |= set(names_in_scope(body))
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and names_in_texts(node) - own:
                yield f"the text of {ast.unparse(node.func)}() in a function names variables"


def _found_by_name(flow: Sequence[TopStatement], python: tuple[int, int]) -> frozenset[str]:
    """The imported libraries that look functions and classes up by their names."""
    roots = frozenset(root for one in flow for root in _imported_roots(one.tree)) & _BY_NAME
    if "torch" in roots and not any(_torch_looks_up(one, python) for one in flow):
        roots -= {"torch"}
    return roots


def _torch_looks_up(statement: TopStatement, python: tuple[int, int]) -> bool:
    """Whether PyTorch pickles objects here: a whole model is saved, or processes are started that
    are no copies of this one, as loaders do from Python 3.14 on.
    """
    code = statement.code
    if "multiprocessing" in code or "spawn" in code:
        return True
    if python >= (3, 14) and "num_workers" in code:
        return True
    return any(
        isinstance(node, ast.Call)
        and dotted_text(node.func) == "torch.save"
        and node.args
        and not isinstance(node.args[0], ast.Dict)
        and "state_dict" not in ast.unparse(node.args[0])
        for node in ast.walk(statement.tree)
    )


def _imported_roots(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
            if any(alias.name == "concurrent.futures" for alias in node.names):
                yield "multiprocessing"
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]
            names = {alias.name for alias in node.names}
            if node.module == "concurrent.futures" or (
                node.module == "concurrent" and "futures" in names
            ):
                yield "multiprocessing"


def _used_as_values(flow: Sequence[TopStatement]) -> frozenset[str]:
    """Names that are read other than to be called on the spot."""
    names: set[str] = set()
    for statement in flow:
        called = {id(node.func) for node in ast.walk(statement.tree) if isinstance(node, ast.Call)}
        names.update(
            node.id
            for node in ast.walk(statement.tree)
            if isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and id(node) not in called
        )
    return frozenset(names)


def _only_looked_into(flow: Sequence[TopStatement]) -> frozenset[str]:
    """Names that are read for their attributes alone (`CFG.seed`): nothing is made of such a class
    that could be found again by its module.
    """
    reads: set[str] = set()
    others: set[str] = set()
    for statement in flow:
        owners = {
            id(node.value) for node in ast.walk(statement.tree) if isinstance(node, ast.Attribute)
        }
        for node in ast.walk(statement.tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                (reads if id(node) in owners else others).add(node.id)
    return frozenset(reads - others)
