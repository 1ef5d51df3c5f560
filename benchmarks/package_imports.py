"""Whether the modules of a package can import each other, told without running them.

An import of the package's own has to find its module and the name in it; no module may need itself
by way of others; and what stands at the top of a module may read only what stands above it. What
comes from elsewhere is not looked at.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from benchmarks.measures import Reason
from nb2prod.notebook.scope import imports_everything, names_in_scope

_LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def modules_of(files: Mapping[str, str], package: str) -> dict[str, str]:
    """The sources of a package's modules among a project's files, by the modules' names."""
    directory = PurePosixPath("src", package)
    return {
        PurePosixPath(name).stem: text
        for name, text in files.items()
        if PurePosixPath(name).parent == directory and name.endswith(".py")
    }


def broken_imports(
    sources: Mapping[str, str], package: str, run_as_script: Collection[str] = ()
) -> Iterator[Reason]:
    """What stops an import of the package's modules. Those that are run as scripts hold a
    notebook's own statements in its own order, so of these only the imports are looked at.
    """
    trees = {name: ast.parse(text) for name, text in sources.items()}
    for name, tree in trees.items():
        for node in ast.walk(tree):
            for owner, wanted in _own_imports(node, package):
                words = _why_not_found(owner, wanted, trees)
                if words:
                    yield Reason(words, f"{name}.py:{getattr(node, 'lineno', 1)}: {wanted}")
        if name not in run_as_script:
            yield from _read_too_early(name, tree)
    needs = {name: _needed_at_once(tree, package, trees.keys()) for name, tree in trees.items()}
    circle = sorted(name for name in needs if name in _reached(name, needs))
    if circle:
        yield Reason("modules import each other", ", ".join(circle))


def _own_imports(node: ast.AST, package: str) -> Iterator[tuple[str, str]]:
    """The module of the package and the name that an import takes of it; either may be empty."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            root, _, rest = alias.name.partition(".")
            if root == package:
                yield rest, ""
    elif isinstance(node, ast.ImportFrom):
        root, _, rest = (node.module or "").partition(".")
        if node.level:
            root, rest = package, node.module or ""
        if root == package:
            for alias in node.names:
                yield rest, alias.name


def _why_not_found(owner: str, wanted: str, trees: Mapping[str, ast.Module]) -> str:
    """Empty where the import finds what it asks for."""
    if not owner and wanted in {"", *trees}:
        return ""
    source = trees.get(owner or "__init__")
    if source is None:
        return "an import of a module that is not there"
    found = wanted in {"", "*"} or wanted in set(names_in_scope(source.body))
    return (
        "" if found or imports_everything(source.body) else "an import of a name that is not there"
    )


def _read_too_early(name: str, tree: ast.Module) -> Iterator[Reason]:
    """What a class, a decorator or a default reads that the module binds below it alone."""
    bound = set(names_in_scope(tree.body))
    kept_as_text = any(
        isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        for statement in tree.body
    )
    above: set[str] = set()
    for statement in tree.body:
        own = set(names_in_scope([statement]))
        # What one statement both binds and reads (`for a in b: print(a)`) is not told apart.
        early = (set(_read_at_once(statement, annotations=not kept_as_text)) & bound) - above - own
        for word in sorted(early):
            words = "a module reads a name above the line that binds it"
            yield Reason(words, f"{name}.py:{statement.lineno}: {word}")
        above |= own


def _read_at_once(tree: ast.AST, *, annotations: bool) -> Iterator[str]:
    """The names that a statement reads while it runs: what functions do, they do later."""
    if isinstance(tree, ast.Name) and isinstance(tree.ctx, ast.Load):
        yield tree.id
    parts = ast.iter_child_nodes(tree)
    if isinstance(tree, _LATER):
        parts = iter([*getattr(tree, "decorator_list", ()), tree.args])
    hidden = set(names_in_scope(tree.body)) if isinstance(tree, ast.ClassDef) else set()
    asked = {id(getattr(tree, name, None)) for name in ("annotation", "returns")}
    for part in parts:
        if annotations or id(part) not in asked:
            yield from set(_read_at_once(part, annotations=annotations)) - hidden


def _needed_at_once(tree: ast.Module, package: str, modules: Collection[str]) -> frozenset[str]:
    """The modules of the package that an import of this one imports, too."""
    found: set[str] = set()
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _LATER):
            continue
        for owner, wanted in _own_imports(node, package):
            found |= {owner or wanted} & set(modules)
        waiting += ast.iter_child_nodes(node)
    return frozenset(found)


def _reached(start: str, needs: Mapping[str, Collection[str]]) -> set[str]:
    found: set[str] = set()
    waiting: Sequence[str] = [*needs[start]]
    while waiting:
        found |= set(waiting)
        waiting = [one for name in waiting for one in needs[name] if one not in found]
    return found
