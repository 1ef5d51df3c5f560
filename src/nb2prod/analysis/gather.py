"""`gather`: from a notebook to its facts, in one pass over its cells."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nb2prod.analysis.data_paths import find_data
from nb2prod.analysis.facts import Command, Facts, Install, Mount, Parameter
from nb2prod.analysis.forms import find_parameters
from nb2prod.analysis.imports import find_imports, local_modules
from nb2prod.analysis.installs import install_of, install_of_words
from nb2prod.analysis.names import bound_names
from nb2prod.analysis.paths import PathRoots, find_roots
from nb2prod.analysis.platform_api import dotted_name, platform_names
from nb2prod.analysis.secrets import find_secrets
from nb2prod.analysis.shell import split_commands
from nb2prod.location import Location
from nb2prod.notebook.ipython import parse_notebook
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.statements import CellMagic, LineMagic, ParsedCell, Shell
from nb2prod.notebook.trees import tree_of

SHELL_CELL_MAGICS = frozenset({"bash", "sh", "shell", "!", "script", "system", "sx"})
SHELL_LINE_MAGICS = frozenset({"sh", "shell", "system", "sx"})
INSTALL_MAGICS = frozenset({"pip", "conda", "mamba", "uv"})


def gather(notebook: Notebook, cells: tuple[ParsedCell, ...] | None = None) -> Facts:
    """Read the facts off a notebook. `cells` are its parsed code cells, where they are at hand."""
    cells = parse_notebook(notebook) if cells is None else cells
    trees = [(parsed, tree_of(parsed.python)) for parsed in cells]
    names = platform_names(tree for _, tree in trees)
    local = local_modules(cells)
    scripts = [script for parsed in cells for script in shell_scripts(parsed)]
    mounts = tuple(
        mount for parsed, tree in trees for mount in _mounts(tree, parsed.cell.number, names)
    )
    mount_arguments = frozenset(
        id(node) for _, tree in trees for node in _mount_arguments(tree, names)
    )
    roots = notebook_roots(notebook, cells)
    return Facts(
        imports=tuple(
            found
            for parsed, tree in trees
            for found in find_imports(tree, parsed.cell.number, local)
        ),
        installs=tuple(_installs(cells)),
        mounts=mounts,
        parameters=_distinct(
            parameter for parsed in cells for parameter in find_parameters(parsed)
        ),
        secrets=tuple(
            secret
            for parsed, tree in trees
            for secret in find_secrets(tree, parsed.cell.number, names)
        ),
        data=find_data(trees, scripts, roots, mount_arguments),
        commands=tuple(
            Command(command.program, place)
            for script, place in scripts
            for command in split_commands(script)
            if command.program and install_of(command, place) is None
        ),
        accelerator=notebook.accelerator or _accelerator_in_code(notebook),
        gpu_type=notebook.gpu_type,
        bound_names=frozenset(name for _, tree in trees for name in bound_names(tree)),
    )


_GPU_CODE = re.compile(
    r"\.cuda\(|['\"]cuda(:\d)?['\"]|\bnvidia-smi\b|cuda\.is_available|list_physical_devices\(['\"]GPU"
    r"|\bimport (cupy|cudf|cuml)\b|device_map\s*=|load_in_[48]bit\s*=\s*True"
)


def _accelerator_in_code(notebook: Notebook) -> str | None:
    """A notebook without metadata may still show that it uses a GPU."""
    return "GPU" if any(_GPU_CODE.search(cell.source) for cell in notebook.code_cells) else None


def notebook_roots(notebook: Notebook, cells: tuple[ParsedCell, ...]) -> PathRoots:
    """The platform's directories that this notebook names, and what stands for each in a project."""
    trees = [(parsed, tree_of(parsed.python)) for parsed in cells]
    names = platform_names(tree for _, tree in trees)
    mounts = [mount for parsed, tree in trees for mount in _mounts(tree, parsed.cell.number, names)]
    mount_arguments = {
        id(argument) for _, tree in trees for argument in _mount_arguments(tree, names)
    }
    texts = [
        node.value
        for _, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in mount_arguments
    ]
    texts += [script for parsed in cells for script, _ in shell_scripts(parsed)]
    texts += [
        statement.arguments
        for parsed in cells
        for statement in parsed.statements
        if isinstance(statement, LineMagic | CellMagic)
    ]
    return find_roots(notebook.origin.platform, mounts, texts)


def shell_scripts(parsed: ParsedCell) -> Iterator[tuple[str, Location]]:
    """The shell texts of a cell with their places: `!` lines, `%sx` and the like, `%%bash` bodies."""
    for statement in parsed.statements:
        if isinstance(statement, Shell):
            yield statement.command, statement.location
        elif isinstance(statement, LineMagic) and statement.magic in SHELL_LINE_MAGICS:
            yield statement.arguments, statement.location
        elif isinstance(statement, CellMagic) and statement.magic in SHELL_CELL_MAGICS:
            start = statement.location.line
            for offset, line in enumerate(statement.body.split("\n"), start=1):
                if line.strip():
                    yield line, Location(statement.location.cell, start + offset)


def _installs(cells: tuple[ParsedCell, ...]) -> Iterator[Install]:
    for parsed in cells:
        for script, place in shell_scripts(parsed):
            for command in split_commands(script):
                install = install_of(command, place)
                if install is not None:
                    yield install
        for statement in parsed.statements:
            if isinstance(statement, LineMagic) and statement.magic in INSTALL_MAGICS:
                install = install_of_words(magic_words(statement), statement.location)
                if install is not None:
                    yield install


def magic_words(statement: LineMagic) -> tuple[str, ...]:
    """`%pip install x` as the words of the command that it stands for."""
    command = split_commands(f"{statement.magic} {statement.arguments}")
    return command[0].words if command else ()


def _mount_arguments(tree: ast.AST, names: dict[str, str]) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and dotted_name(node.func, names) == "google.colab.drive.mount"
        ):
            yield from node.args[:1]
            yield from (keyword.value for keyword in node.keywords if keyword.arg == "mountpoint")


def _mounts(tree: ast.AST, cell: int, names: dict[str, str]) -> Iterator[Mount]:
    for argument in _mount_arguments(tree, names):
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield Mount(argument.value, Location(cell, argument.lineno, argument.col_offset + 1))


def _distinct(parameters: Iterator[Parameter]) -> tuple[Parameter, ...]:
    """One parameter a name: the first; a form that sets the same name again stays an assignment."""
    found: dict[str, Parameter] = {}
    for parameter in parameters:
        found.setdefault(parameter.name, parameter)
    return tuple(found.values())
