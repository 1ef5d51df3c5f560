"""Which statements of the flow can stand at the top of the module: imports, and functions free of
variables.

An import moves up only when nothing before it could change what it does (`os.environ`, `sys.path`,
a file that the notebook writes first); a function or class only when all it reads is there as well.
"""

from __future__ import annotations

import ast
from collections import Counter

from nb2prod.analysis.names import BUILTINS
from nb2prod.data.standard_library import is_standard
from nb2prod.program.layout import TopStatement
from nb2prod.program.scopes import Scope, class_reads_what_it_binds, scope_of

# Text of a statement after which third-party imports stay where they are.
_BARRIERS = (
    "os.environ",
    "environ[",
    "putenv",
    "sys.path",
    "sys.modules",
    "os.chdir",
    "importlib",
    ".use(",
    "jax.config",
    "enable_eager",
    "multiprocessing",
    "set_start_method",
    "raise NotImplementedError",
)


def movable_imports(
    flow: list[TopStatement], local: frozenset[str], support: str | None
) -> frozenset[int]:
    """Indexes of the imports that can move to the top of the module.

    `local` are modules that the notebook itself makes; `support` names such as `shell` whose calls
    may make files or directories that are imported later.
    """
    bindings = _binding_counts(flow)
    moved: set[int] = set()
    barrier = False
    for index, statement in enumerate(flow):
        tree = statement.tree
        if isinstance(tree, ast.Import | ast.ImportFrom):
            names = scope_of(statement.code).binds
            once = all(bindings[name] == 1 and name not in BUILTINS for name in names)
            roots = _roots(tree)
            if isinstance(tree, ast.ImportFrom) and any(alias.name == "*" for alias in tree.names):
                continue
            standard = all(is_standard(root) for root in roots)
            if (
                (once or _same_everywhere(flow, statement))
                and not (roots & local)
                and (standard or not barrier)
            ):
                moved.add(index)
                continue
            barrier = barrier or not standard
        elif any(text in statement.code for text in _BARRIERS) or _may_make_modules(
            statement, support
        ):
            barrier = True
    return frozenset(moved)


def movable_definitions(flow: list[TopStatement], moved_imports: frozenset[int]) -> frozenset[int]:
    """Indexes of the functions and classes that read nothing but builtins, moved imports and each
    other.
    """
    bindings = _binding_counts(flow)
    available = set(BUILTINS) | {
        name for index in moved_imports for name in scope_of(flow[index].code).binds
    }
    variables = frozenset(bindings)
    candidates: dict[int, tuple[str, Scope]] = {}
    for index, statement in enumerate(flow):
        tree = statement.tree
        if (
            isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and bindings[tree.name] == 1
        ):
            if isinstance(tree, ast.ClassDef) and class_reads_what_it_binds(tree, variables):
                continue
            candidates[index] = (tree.name, scope_of(statement.code))
    # Start from all and take out what reads something that is not there, until nothing more falls.
    changed = True
    while changed:
        changed = False
        names = available | {name for name, _ in candidates.values()}
        earlier: set[str] = set(available)
        for index in sorted(candidates):
            name, scope = candidates[index]
            if not (scope.reads <= names | {name}) or not (scope.at_once <= earlier):
                del candidates[index]
                changed = True
                break
            earlier.add(name)
    return frozenset(candidates)


def _may_make_modules(statement: TopStatement, support: str | None) -> bool:
    """A shell command that fetches or makes something can make what a later import needs; `ls`
    cannot.
    """
    return support is not None and support in statement.code and "check=False" not in statement.code


def _binding_counts(flow: list[TopStatement]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for statement in flow:
        tree = statement.tree
        simple = isinstance(
            tree,
            ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
        )
        for name in scope_of(statement.code).binds:
            counts[name] += 1 if simple else 2
        for node in ast.walk(tree) if "del" in statement.code else ():
            if isinstance(node, ast.Delete):
                counts.update(t.id for t in node.targets if isinstance(t, ast.Name))
    return counts


def _same_everywhere(flow: list[TopStatement], statement: TopStatement) -> bool:
    """Whether all that binds the import's names is this very import again."""
    names = scope_of(statement.code).binds
    text = ast.unparse(statement.tree)
    return all(
        ast.unparse(other.tree) == text
        for other in flow
        if other is not statement and scope_of(other.code).binds & names
    ) and not (names & BUILTINS)


def _roots(tree: ast.Import | ast.ImportFrom) -> frozenset[str]:
    if isinstance(tree, ast.Import):
        return frozenset(alias.name.partition(".")[0] for alias in tree.names)
    return frozenset({(tree.module or "").partition(".")[0]})
