"""Where a notebook mounts Drive, and the directories of the platform that it names."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterable, Iterator

from nb2prod.analysis.cell_code import shell_scripts
from nb2prod.analysis.facts import Mount
from nb2prod.analysis.joined_paths import joined_paths
from nb2prod.analysis.pasted import Pasted
from nb2prod.analysis.paths import PathRoots, find_roots
from nb2prod.analysis.platform_api import dotted_name, platform_names
from nb2prod.location import Location
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.statements import CellMagic, LineMagic, ParsedCell
from nb2prod.notebook.trees import shared_tree, walk

_MOUNT = "google.colab.drive.mount"


def notebook_roots(
    notebook: Notebook, cells: tuple[ParsedCell, ...], pasted: tuple[Pasted, ...] = ()
) -> PathRoots:
    """The directories of the platform that this notebook names, and what stands for each; the
    secrets that were taken out of it as well.
    """
    trees = [(parsed, shared_tree(parsed.python)) for parsed in cells]
    return roots_of(notebook, cells, trees, platform_names(tree for _, tree in trees), pasted)


def roots_of(
    notebook: Notebook,
    cells: tuple[ParsedCell, ...],
    trees: list[tuple[ParsedCell, ast.Module]],
    names: dict[str, str],
    pasted: tuple[Pasted, ...],
) -> PathRoots:
    """The same for cells whose trees, and names for the platform's modules, are at hand."""
    arguments = {id(node) for _, tree in trees for node in mount_arguments(tree, names)}
    joined = [path for _, tree in trees for path in joined_paths(tree)]
    told = {*arguments, *(id(path.parts[0]) for path in joined)}
    texts = [
        node.value
        for _, tree in trees
        for node in walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    ]
    texts += [posixpath.join(*path.texts) for path in joined]
    texts += [script for parsed in cells for script, _ in shell_scripts(parsed)]
    texts += [
        statement.arguments
        for parsed in cells
        for statement in parsed.own
        if isinstance(statement, LineMagic | CellMagic)
    ]
    taken_out = dict.fromkeys(found.name for found in pasted)
    return find_roots(notebook.origin.platform, find_mounts(trees, names), texts, taken_out)


def mount_arguments(tree: ast.Module, names: dict[str, str]) -> Iterator[ast.expr]:
    """What `drive.mount` is called with: where Drive is to appear."""
    for node in walk(tree):
        if isinstance(node, ast.Call) and dotted_name(node.func, names) == _MOUNT:
            yield from node.args[:1]
            yield from (keyword.value for keyword in node.keywords if keyword.arg == "mountpoint")


def find_mounts(
    trees: Iterable[tuple[ParsedCell, ast.Module]], names: dict[str, str]
) -> Iterator[Mount]:
    """The Drive mounts at places that the code says literally."""
    for parsed, tree in trees:
        for argument in mount_arguments(tree, names):
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield Mount(argument.value, place_of(parsed, argument))


def place_of(parsed: ParsedCell, node: ast.expr) -> Location:
    """Where an expression of a cell begins."""
    return Location(parsed.cell.number, node.lineno, node.col_offset + 1)
