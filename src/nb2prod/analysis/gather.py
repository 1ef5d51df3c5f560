"""`gather`: from a notebook to its facts, in one pass over its cells."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from nb2prod.analysis.accelerator import accelerator_in_code
from nb2prod.analysis.all_facts import Facts
from nb2prod.analysis.asked import find_asked, login_of_command
from nb2prod.analysis.beside import beside_of
from nb2prod.analysis.cell_code import python_of, separate_code, shell_scripts
from nb2prod.analysis.clones import find_clones
from nb2prod.analysis.commands import find_installs, programs_started
from nb2prod.analysis.data_paths import find_data
from nb2prod.analysis.dead_branches import dead_lines
from nb2prod.analysis.facts import Asked, Import, Secret
from nb2prod.analysis.fetched import find_fetched
from nb2prod.analysis.foreign_paths import find_foreign_paths
from nb2prod.analysis.gpus import find_gpus
from nb2prod.analysis.implied import find_implied
from nb2prod.analysis.imports import find_imports
from nb2prod.analysis.ipython_names import keeps_names, names_bound_by_ipython
from nb2prod.analysis.kaggle_command import kaggle_commands, kaggle_secrets
from nb2prod.analysis.left_commands import left_running
from nb2prod.analysis.literals import assigned_literal
from nb2prod.analysis.local_modules import local_modules
from nb2prod.analysis.names import bound_names
from nb2prod.analysis.nodes import find_nodes, find_own_ranks
from nb2prod.analysis.notebook_roots import find_mounts, mount_arguments, place_of, roots_of
from nb2prod.analysis.parameters import parameters_of
from nb2prod.analysis.pasted import Pasted
from nb2prod.analysis.people import find_needs_of_people
from nb2prod.analysis.placeholders import find_placeholders
from nb2prod.analysis.platform_api import platform_names
from nb2prod.analysis.public_addresses import find_public_addresses
from nb2prod.analysis.python_calls import python_commands
from nb2prod.analysis.recorded_versions import recorded_outputs
from nb2prod.analysis.running_code import running_code
from nb2prod.analysis.scopes import values_of
from nb2prod.analysis.secrets import find_secrets
from nb2prod.analysis.services import find_service
from nb2prod.analysis.shell import ShellCommand, every_command
from nb2prod.analysis.siblings import follow
from nb2prod.location import Location
from nb2prod.notebook.ipython import parse_notebook
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.statements import LineMagic, ParsedCell


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
    beside = beside_of(notebook, cells)
    local = local_modules(cells) | beside.modules
    ignored = frozenset(id(node) for _, tree in trees for node in mount_arguments(tree, names))
    scripts = [script for parsed in cells for script in shell_scripts(parsed)]
    started = [
        (found, place_of(parsed, found.node))
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
    numbered = [(parsed.cell.number, tree) for parsed, tree in trees]
    asks = (
        *find_asked(numbered),
        *(one for cell, tree in numbered for one in find_placeholders(tree, cell)),
    )
    logins = [
        Secret(name, place)
        for command, place in commands
        if (name := login_of_command(command.words)) is not None
    ]
    roots = roots_of(notebook, cells, trees, names, pasted)
    placed = _by_place(commands)
    clones = find_clones(placed)
    every_tree = [*trees, *separate_code(cells)]
    programs = [*((command.words, place) for command, place in commands), *lists]
    followed = follow(beside, every_tree, cells, programs, roots, local)
    imports = _in_order(
        [
            found
            for parsed, tree in every_tree
            for found in find_imports(tree, parsed.cell.number, local)
        ]
        + [found for parsed in cells for found in _imports_of_magics(parsed)]
        + followed.imports
    )
    imports = tuple(one._replace(beside=one.root in beside.modules) for one in imports)
    started_programs = _in_order(programs_started(commands, lists))
    kaggle = tuple(kaggle_commands(started_programs, numbered))
    dead = dead_lines(numbered, notebook.origin.platform)
    values = values_of(numbered)
    data = find_data(trees, scripts, values.scopes, roots, ignored)
    left = left_running(scripts, started)
    running = running_code(cells, numbered, values, dead, programs, left)
    modules = {one.root for one in imports}
    served = find_service(running, programs, names, modules, left)
    return Facts(
        imports=imports,
        installs=_in_order(
            install
            for install in find_installs(cells, commands, lists, beside)
            if (install.location.cell, install.location.line) not in dead
        ),
        mounts=_in_order(find_mounts(trees, names)),
        parameters=parameters_of(
            cells,
            [tree for _, tree in trees],
            beside,
            roots,
            {one.location for one in asks},
            {secret.name for secret in secrets},
        ),
        secrets=_in_order(
            [secret for secret in secrets if secret.name]
            + [one for one in asks if isinstance(one, Secret)]
            + logins
            + list(kaggle_secrets(notebook, kaggle))
            + followed.secrets
            # Column 0: no expression that asks for a secret stands there.
            + [
                Secret(found.name, Location(found.location.cell, found.location.line, 0))
                for found in pasted
                if found.in_code
            ]
        ),
        data=data,
        commands=started_programs,
        accelerator=notebook.accelerator or accelerator_in_code(notebook, followed.texts),
        gpu_type=notebook.gpu_type,
        bound_names=frozenset(
            [name for _, tree in trees for name in bound_names(tree)]
            + [name for parsed in cells for name in names_bound_by_ipython(parsed, cells, beside)]
        ),
        unnamed_secrets=tuple(secret.location for secret in secrets if not secret.name),
        pasted=pasted,
        concerns=_in_order(
            # What serves is found by two rules, which may say the same of it.
            dict.fromkeys(
                [
                    *find_needs_of_people(
                        notebook, running[0], served.service.location if served else None
                    ),
                    *find_foreign_paths(numbered, data, roots, [script for script, _ in scripts]),
                    *(served.concerns if served else ()),
                    *find_public_addresses(running, programs, modules),
                    *find_own_ranks(programs, running[0]),
                ]
            )
        ),
        clones=clones,
        fetched=find_fetched(numbered, values, placed, lists, clones, roots),
        asked=tuple(one for one in asks if isinstance(one, Asked)),
        recorded_outputs=recorded_outputs(notebook, cells),
        implied=find_implied(
            [*numbered, *followed.code],
            [one.module for one in imports if not one.local],
            [*started_programs, *kaggle],
        ),
        beside=followed.files,
        service=served.service if served else None,
        nodes=find_nodes(running, programs, modules),
        gpus=find_gpus(running, programs, modules),
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


def _imports_of_magics(parsed: ParsedCell) -> Iterator[Import]:
    """The libraries that magics import themselves."""
    for found in parsed.statements:
        if isinstance(found, LineMagic) and found.magic == "pylab":
            yield from (Import(module, found.location) for module in ("numpy", "matplotlib"))


def _in_order(found: Iterable[_P]) -> tuple[_P, ...]:
    """Facts by their place; those of one place as they were found."""
    return tuple(sorted(found, key=lambda fact: fact.location))


def _by_place(
    commands: Iterable[tuple[ShellCommand, Location]],
) -> list[tuple[ShellCommand, Location]]:
    return sorted(commands, key=lambda found: found[1])
