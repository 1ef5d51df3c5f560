"""Which imports can stand at the top of a module: those that nothing before them could change
(`os.environ`, `sys.path`, a file that the notebook writes first).
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence, Set

from nb2prod.analysis.names import BUILTINS
from nb2prod.data.distributions import distribution_for
from nb2prod.data.standard_library import is_standard
from nb2prod.program.bindings import binding_counts, is_read_before
from nb2prod.program.pieces import TopStatement

# Text of a statement after which third-party imports stay where they are: libraries look at what
# it sets.
_SETTINGS = (
    "os.environ",
    "environ[",
    "putenv",
    ".use(",
    "jax.config",
    "enable_eager",
    "multiprocessing",
    "set_start_method",
)
# Text of one after which modules can be there that were not there before.
_MODULES = ("sys.path", "sys.modules", "os.chdir", "importlib", "raise NotImplementedError")


def movable_imports(
    flow: Sequence[TopStatement],
    local: frozenset[str],
    support: str | None,
    generated: Set[str] = frozenset(),
    cloned: Set[str] = frozenset(),
) -> frozenset[int]:
    """Indexes of the imports that can move to the top of the module.

    `local` are modules that the notebook itself makes; `support` names such as `shell` whose calls
    may make files or directories that are imported later. `generated` are modules that code of
    nb2prod's asks for: they are imported at the top in any case. `cloned` are the names of the
    repositories that the notebook clones, whose modules may have these names.
    """
    bindings = binding_counts(flow)
    moved: set[int] = set()
    texts: set[str] = set()
    are_set = more_modules = False
    for index, statement in enumerate(flow):
        tree = statement.tree
        if isinstance(tree, ast.Import | ast.ImportFrom):
            names = statement.scope.binds
            roots = _roots(tree)
            standard = all(is_standard(root) for root in roots)
            known = standard or not (more_modules and _may_be_new(roots, cloned))
            text = ast.unparse(tree)
            if (
                _means_one_thing(flow, statement, bindings)
                and not (roots & local)
                and (text in texts or standard or (known and not are_set))
                and (names <= generated or not _is_late(flow, index, names))
            ):
                moved.add(index)
                texts.add(text)
                continue
            more_modules |= not standard
        else:
            are_set |= any(word in statement.code for word in _SETTINGS)
            more_modules |= _may_make_modules(statement, support)
    return frozenset(moved)


def _may_be_new(roots: Set[str], cloned: Set[str]) -> bool:
    """Whether a module may be one that the notebook fetches or makes: none that is known."""
    return any(distribution_for(root) is None or root.lower() in cloned for root in roots)


def late_imports(
    flow: Sequence[TopStatement], imports: Set[int], support: str | None
) -> tuple[int, ...]:
    """Further imports, which modules can have that are imported when the run has come to the first
    of them: those behind it, up to where something may change what an import does.
    """
    bindings = binding_counts(flow)
    found: list[int] = []
    for index, statement in enumerate(flow):
        if not isinstance(statement.tree, ast.Import | ast.ImportFrom):
            if found and _is_barrier(statement, support):
                break
            continue
        names = statement.scope.binds
        alone = sum(1 for one in flow if one.piece == statement.piece) == 1
        if index not in imports and alone and _means_one_thing(flow, statement, bindings):
            if _is_late(flow, index, names):
                continue
            found.append(index)
    return tuple(found)


def _is_barrier(statement: TopStatement, support: str | None) -> bool:
    return any(word in statement.code for word in _SETTINGS) or _may_make_modules(
        statement, support
    )


def _may_make_modules(statement: TopStatement, support: str | None) -> bool:
    """A shell command that fetches or makes something can make what a later import needs; `ls`
    cannot.
    """
    if any(word in statement.code for word in _MODULES):
        return True
    return support is not None and support in statement.code and "check=False" not in statement.code


def _is_late(flow: Sequence[TopStatement], index: int, names: frozenset[str]) -> bool:
    """Whether something looks for the import's names before it: it is to find none."""
    first = next(i for i, one in enumerate(flow) if i == index or one.scope.binds & names)
    return is_read_before(flow, first, names)


def _means_one_thing(
    flow: Sequence[TopStatement], statement: TopStatement, bindings: Mapping[str, int]
) -> bool:
    """Whether the import's names are its own, wherever they are read."""
    names = statement.scope.binds
    once = all(bindings[name] == 1 and name not in BUILTINS for name in names)
    return once or _same_everywhere(flow, statement)


def _same_everywhere(flow: Sequence[TopStatement], statement: TopStatement) -> bool:
    """Whether all that binds the import's names makes the same of them; `import a` and `import a.b`
    do.
    """
    names = statement.scope.binds
    own = _bound_to(statement.tree)
    return not (names & BUILTINS) and all(
        all(_bound_to(other.tree).get(name) == own[name] for name in names & bound)
        for other in flow
        if other is not statement and (bound := other.scope.binds) & names
    )


def _bound_to(tree: ast.stmt) -> dict[str, str]:
    """What each name of an import stands for; empty for other statements."""
    if isinstance(tree, ast.Import):
        return {
            alias.asname or alias.name.partition(".")[0]: alias.name
            if alias.asname
            else alias.name.partition(".")[0]
            for alias in tree.names
        }
    if isinstance(tree, ast.ImportFrom):
        module = "." * tree.level + (tree.module or "")
        return {alias.asname or alias.name: f"{module}:{alias.name}" for alias in tree.names}
    return {}


def _roots(tree: ast.Import | ast.ImportFrom) -> frozenset[str]:
    if isinstance(tree, ast.Import):
        return frozenset(alias.name.partition(".")[0] for alias in tree.names)
    return frozenset({(tree.module or "").partition(".")[0]})
