"""`gather`: from a notebook to its facts, in one pass over its cells."""

from __future__ import annotations

import ast
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from nb2prod.analysis.asked import find_asked, login_of_command
from nb2prod.analysis.cell_code import INSTALL_MAGICS, python_of, separate_code, shell_scripts
from nb2prod.analysis.clones import find_clones
from nb2prod.analysis.data_paths import find_data
from nb2prod.analysis.facts import Asked, Command, Facts, Import, Install, Mount, Parameter, Secret
from nb2prod.analysis.fetched import find_fetched
from nb2prod.analysis.forms import assigned_literal, find_parameters
from nb2prod.analysis.imports import find_imports
from nb2prod.analysis.installs import install_of, install_of_words
from nb2prod.analysis.ipython_names import keeps_names, names_bound_by_ipython
from nb2prod.analysis.joined_paths import joined_paths
from nb2prod.analysis.local_modules import local_modules
from nb2prod.analysis.names import bound_names
from nb2prod.analysis.pasted import Pasted, is_marked
from nb2prod.analysis.paths import PathRoots, find_roots
from nb2prod.analysis.platform_api import dotted_name, platform_names
from nb2prod.analysis.python_calls import python_commands
from nb2prod.analysis.secrets import find_secrets
from nb2prod.analysis.shell import ShellCommand, every_command, split_commands
from nb2prod.location import Location
from nb2prod.notebook.ipython import parse_notebook
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.statements import CellMagic, LineMagic, ParsedCell
from nb2prod.notebook.trees import shared_tree, walk

_BUILTINS = frozenset(
    ". : [ [[ alias bg cd command do done echo esac eval exec exit export false fg fi for hash jobs"
    " kill let local printf pwd read return select set shift source test trap true type ulimit"
    " umask unalias unset wait case function in".split()
)
_PROGRAM = re.compile(r"[A-Za-z0-9_][\w.+-]*")


class _Placed(Protocol):
    @property
    def location(self) -> Location: ...


_P = TypeVar("_P", bound=_Placed)


def gather(
    notebook: Notebook,
    cells: tuple[ParsedCell, ...] | None = None,
    pasted: tuple[Pasted, ...] = (),
) -> Facts:
    """Read the facts off a notebook. `cells` are its parsed code cells, where they are at hand;
    `pasted` are the secrets that were taken out of it.

    Facts with a place are in the order of their places.
    """
    cells = parse_notebook(notebook) if cells is None else cells
    # What a magic only measures is no part of the program.
    cells = tuple(parsed for parsed in cells if keeps_names(parsed))
    trees = [(parsed, tree) for parsed in cells for tree in python_of(parsed)]
    names = platform_names(tree for _, tree in trees)
    local = local_modules(cells)
    ignored = frozenset(id(node) for _, tree in trees for node in _mount_arguments(tree, names))
    scripts = [script for parsed in cells for script in shell_scripts(parsed)]
    started = [
        (found, _place(parsed, found.node))
        for parsed, tree in trees
        for found in python_commands(tree)
    ]
    lines = [(found.line, place) for found, place in started if found.line is not None]
    lists = [(found.words, place) for found, place in started if found.words]
    commands = [
        (command, place)
        for script, place in [*scripts, *lines]
        for command in every_command(script)
    ]
    constants = _constants([tree for _, tree in trees])
    secrets = _in_order(
        secret
        for parsed, tree in trees
        for secret in find_secrets(tree, parsed.cell.number, names, constants)
    )
    asks = tuple(find_asked((parsed.cell.number, tree) for parsed, tree in trees))
    logins = [
        Secret(name, place)
        for command, place in commands
        if (name := login_of_command(command.words)) is not None
    ]
    roots = _roots(notebook, cells, trees, names, pasted)
    placed = _by_place(commands)
    clones = find_clones(placed)
    return Facts(
        imports=_in_order(
            [
                found
                for parsed, tree in [*trees, *separate_code(cells)]
                for found in find_imports(tree, parsed.cell.number, local)
            ]
            + [found for parsed in cells for found in _imports_of_magics(parsed)]
        ),
        installs=_in_order(_installs(cells, commands, lists)),
        mounts=_in_order(_all_mounts(trees, names)),
        parameters=_distinct(
            _in_order(
                parameter
                for parsed in cells
                for parameter in find_parameters(parsed)
                if not is_marked(parameter.default)
            )
        ),
        secrets=_in_order(
            [secret for secret in secrets if secret.name]
            + [one for one in asks if isinstance(one, Secret)]
            + logins
            # Column 0: no expression that asks for a secret stands there.
            + [
                Secret(found.name, Location(found.location.cell, found.location.line, 0))
                for found in pasted
                if found.in_code
            ]
        ),
        data=find_data(trees, scripts, roots, ignored),
        commands=_in_order(
            [
                Command(command.program, place)
                for command, place in commands
                if _is_program(command.program) and install_of(command, place) is None
            ]
            # `subprocess.run(["ffmpeg", …])`
            + [
                Command(name, place)
                for words, place in lists
                if _is_program(name := words[0].rpartition("/")[2])
                and install_of_words(words, place) is None
            ]
        ),
        accelerator=notebook.accelerator or _accelerator_in_code(notebook),
        gpu_type=notebook.gpu_type,
        bound_names=frozenset(
            [name for _, tree in trees for name in bound_names(tree)]
            + [name for parsed in cells for name in names_bound_by_ipython(parsed, cells)]
        ),
        unnamed_secrets=tuple(secret.location for secret in secrets if not secret.name),
        pasted=pasted,
        foreign_paths=tuple(_foreign_paths(trees)),
        clones=clones,
        fetched=find_fetched(
            ((parsed.cell.number, tree) for parsed, tree in trees), placed, lists, clones, roots
        ),
        asked=tuple(one for one in asks if isinstance(one, Asked)),
    )


def _constants(trees: Iterable[ast.Module]) -> dict[str, str]:
    """The variables that are given one text, once."""
    trees = tuple(trees)
    times = Counter(name for tree in trees for name in bound_names(tree))
    literals = [assigned_literal(node) for tree in trees for node in tree.body]
    return {
        name: value
        for name, value in literals
        if name and times[name] == 1 and isinstance(value, str)
    }


_GPU_CODE = re.compile(
    r"\.cuda\(|['\"]cuda(:\d)?['\"]|\bnvidia-smi\b|cuda\.is_available"
    r"|list_physical_devices\(['\"]GPU|\bimport (cupy|cudf|cuml)\b|device_map\s*="
    r"|load_in_[48]bit\s*=\s*True"
)


def _accelerator_in_code(notebook: Notebook) -> str | None:
    """A notebook without metadata may still show that it uses a GPU."""
    return "GPU" if any(_GPU_CODE.search(cell.source) for cell in notebook.code_cells) else None


def _imports_of_magics(parsed: ParsedCell) -> Iterator[Import]:
    """The libraries that magics import themselves."""
    for found in parsed.statements:
        if isinstance(found, LineMagic) and found.magic == "pylab":
            yield from (Import(module, found.location) for module in ("numpy", "matplotlib"))


def notebook_roots(
    notebook: Notebook, cells: tuple[ParsedCell, ...], pasted: tuple[Pasted, ...] = ()
) -> PathRoots:
    """The directories of the platform that this notebook names, and what stands for each; the
    secrets that were taken out of it as well.
    """
    trees = [(parsed, shared_tree(parsed.python)) for parsed in cells]
    return _roots(notebook, cells, trees, platform_names(tree for _, tree in trees), pasted)


def _roots(
    notebook: Notebook,
    cells: tuple[ParsedCell, ...],
    trees: list[tuple[ParsedCell, ast.Module]],
    names: dict[str, str],
    pasted: tuple[Pasted, ...],
) -> PathRoots:
    mount_arguments = {id(node) for _, tree in trees for node in _mount_arguments(tree, names)}
    joined = [path for _, tree in trees for path in joined_paths(tree)]
    told = {*mount_arguments, *(id(path.parts[0]) for path in joined)}
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
        for statement in parsed.statements
        if isinstance(statement, LineMagic | CellMagic)
    ]
    taken_out = dict.fromkeys(found.name for found in pasted)
    return find_roots(notebook.origin.platform, _all_mounts(trees, names), texts, taken_out)


def _installs(
    cells: tuple[ParsedCell, ...],
    commands: Iterable[tuple[ShellCommand, Location]],
    lists: Iterable[tuple[Sequence[str], Location]],
) -> Iterator[Install]:
    found = [install_of(command, place) for command, place in commands]
    for parsed in cells:
        for statement in parsed.statements:
            if isinstance(statement, LineMagic) and statement.magic in INSTALL_MAGICS:
                line = f"{statement.magic} {statement.arguments}"
                commands_of_line = split_commands(line)
                found += [install_of(command, statement.location) for command in commands_of_line]
    found += [install_of_words(words, place) for words, place in lists]
    yield from (install for install in found if install is not None)


def _is_program(name: str) -> bool:
    return name not in _BUILTINS and _PROGRAM.fullmatch(name) is not None


def _mount_arguments(tree: ast.Module, names: dict[str, str]) -> Iterator[ast.expr]:
    for node in walk(tree):
        if isinstance(node, ast.Call) and dotted_name(node.func, names) == _MOUNT:
            yield from node.args[:1]
            yield from (keyword.value for keyword in node.keywords if keyword.arg == "mountpoint")


_MOUNT = "google.colab.drive.mount"


def _all_mounts(
    trees: Iterable[tuple[ParsedCell, ast.Module]], names: dict[str, str]
) -> Iterator[Mount]:
    for parsed, tree in trees:
        for argument in _mount_arguments(tree, names):
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield Mount(argument.value, _place(parsed, argument))


def _place(parsed: ParsedCell, node: ast.expr) -> Location:
    return Location(parsed.cell.number, node.lineno, node.col_offset + 1)


def _in_order(found: Iterable[_P]) -> tuple[_P, ...]:
    """Facts by their place; those of one place as they were found."""
    return tuple(sorted(found, key=lambda fact: fact.location))


# A path below somebody's home, as texts begin with; Colab's root and Jupyter's own users are not
# somebody's.
_FOREIGN = re.compile(
    r"/Users/[^/\s]+/|/home/(?!jovyan/|jupyter/|ec2-user/|app/|user/|sagemaker)[^/\s{}]+/"
    r"|[A-Za-z]:[\\/](?:Users|Documents)[\\/]"
    # Colab's own sample data
    r"|(?:/content/|\./)?sample_data/"
)


def _foreign_paths(trees: Iterable[tuple[ParsedCell, ast.Module]]) -> Iterator[Location]:
    for parsed, tree in trees:
        for node in walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and _FOREIGN.match(node.value)
            ):
                yield Location(parsed.cell.number, node.lineno)


def _by_place(
    commands: Iterable[tuple[ShellCommand, Location]],
) -> list[tuple[ShellCommand, Location]]:
    return sorted(commands, key=lambda found: found[1])


def _distinct(parameters: Iterable[Parameter]) -> tuple[Parameter, ...]:
    """One parameter a name: the first; a form that sets the name again stays an assignment."""
    found: dict[str, Parameter] = {}
    for parameter in parameters:
        found.setdefault(parameter.name, parameter)
    return tuple(found.values())
