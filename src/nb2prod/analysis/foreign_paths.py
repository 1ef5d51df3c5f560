"""Paths that a job cannot have: another machine's, above its own, as Windows writes them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from nb2prod.analysis.facts import Concern, DataPath
from nb2prod.analysis.names import dotted_text
from nb2prod.analysis.path_texts import path_texts
from nb2prod.analysis.paths import PathRoots
from nb2prod.analysis.unportable import FOREIGN_PATH
from nb2prod.location import Location
from nb2prod.notebook.trees import walk

# A part of a path as far down as this lies below the platform's own directories.
_DEEP = 3
_OWN_SERVER = re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?::\d+)?(?:/|\Z)")
_BACKGROUND = re.compile(r"(?<![&>|])&(?![&>])|\bnohup\b|--daemon|service \S+ start")
_CUTTING = frozenset({"split", "rsplit", "partition", "rpartition", "find", "rfind", "rindex"})


def find_foreign_paths(
    trees: Iterable[tuple[int, ast.Module]],
    data: Iterable[DataPath],
    roots: PathRoots,
    scripts: Sequence[str] = (),
) -> Iterator[Concern]:
    """The paths in the cells' trees, and among the notebook's data, that the job does not have; and
    what counts on how long the platform's paths are (`roots`).
    """
    trees = tuple(trees)
    lengths = set(_lengths((tree for _, tree in trees), roots))
    for cell, tree in trees:
        paths = {id(node) for node, _, _ in path_texts(tree)}
        for node in walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if id(node) in paths and FOREIGN_PATH.match(node.value):
                    reason = "a path of another machine, which the job does not have"
                    yield Concern(Location(cell, node.lineno), reason)
                elif _OWN_SERVER.match(node.value) and not _starts(trees, scripts):
                    reason = "asks a server on its own machine, and the job has none"
                    yield Concern(Location(cell, node.lineno), reason)
            elif isinstance(node, ast.Call) and _cuts_as_windows(node):
                reason = "cuts a path where Windows would; the job's paths have `/`"
                yield Concern(Location(cell, node.lineno), reason)
            elif isinstance(node, ast.Subscript) and lengths and _counts(node, lengths):
                reason = "counts on how long the platform's path is; the job's is of another length"
                yield Concern(Location(cell, node.lineno), reason)
    for found in data:
        if found.origin == "local" and found.path.startswith("../"):
            reason = (
                f"{found.path} is outside of the directory that the program runs in, which a job"
                " does not have"
            )
            yield from (Concern(Location(cell), reason) for cell in found.cells)


def _starts(trees: Iterable[tuple[int, ast.Module]], scripts: Iterable[str]) -> bool:
    """Whether the notebook starts something in the background, maybe a server that it asks."""
    return any(_BACKGROUND.search(script) for script in scripts) or any(
        isinstance(node, ast.Call) and dotted_text(node.func).endswith(("Popen", "Thread"))
        for _, tree in trees
        for node in walk(tree)
    )


def _lengths(trees: Iterable[ast.Module], roots: PathRoots) -> Iterator[int]:
    """How long the platform's paths are that the cells name, with and without a `/` at the end."""
    for tree in trees:
        for node in walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            found = roots.beginning(node.value)
            if found is not None and not found.root.anchored:
                yield from (len(node.value), len(node.value) + 1)


def _counts(node: ast.Subscript, lengths: set[int]) -> bool:
    """`path[40:]` with a path's length, `path.split("/")[4]` with a part's number."""
    if isinstance(node.slice, ast.Slice):
        lower = node.slice.lower
        return isinstance(lower, ast.Constant) and lower.value in lengths
    cut = node.value
    return (
        isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, int)
        and node.slice.value >= _DEEP
        and isinstance(cut, ast.Call)
        and isinstance(cut.func, ast.Attribute)
        and cut.func.attr == "split"
        and len(cut.args) == 1
        and _is_separator(cut.args[0])
        and "url" not in dotted_text(cut.func).lower()
    )


def _is_separator(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return node.value == "/"
    return dotted_text(node) in ("os.sep", "os.path.sep")


def _cuts_as_windows(call: ast.Call) -> bool:
    """`path.split("\\\\")[-1]`, unless the text is one of the notebook's own."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _CUTTING:
        return False
    first = call.args[0] if call.args else None
    return (
        isinstance(first, ast.Constant)
        and first.value == "\\"
        and not dotted_text(call.func).startswith("re.")
    )
