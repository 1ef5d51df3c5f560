"""Where the sections of a program cannot be jobs of their own."""

from __future__ import annotations

import ast

from nb2prod.errors import OptionError
from nb2prod.migration import Migration
from nb2prod.notebook.trees import tree_of
from nb2prod.program.model import Module
from nb2prod.project.parts.section_calls import section_jobs


def refuse(migration: Migration) -> None:
    """Refuse sections as jobs where they cannot be. Raises `OptionError` with the reason.

    Whether a target can take them is told by `nb2prod.project.targets.chosen`.
    """
    layout = migration.program.layout
    if not migration.options.jobs_per_section:
        return
    if layout.rung != "sections":
        where = f" ({layout.location})" if layout.location else ""
        said = f": {layout.reason}{where}" if layout.reason else ""
        raise OptionError(
            f"--jobs-per-section needs sections, and the code is not split into any{said}."
        )
    if migration.facts.service is not None:
        raise OptionError(
            "--jobs-per-section is for a program that ends, and this notebook serves something"
            f" ({migration.facts.service.location})."
        )
    if len(section_jobs(migration)) < 2:
        raise OptionError(
            "--jobs-per-section needs at least two sections that run, and the code has one."
        )
    _require_portable(migration)


def _require_portable(migration: Migration) -> None:
    """Refuse what is certain not to reach another process: functions and classes that are made
    while a section runs, lambdas and open files. Raises `OptionError` with the first.
    """
    sources = {module.name: module for module in migration.program.modules}
    for job in section_jobs(migration)[:-1]:
        for name in job.leaves:
            if name in job.gives and _stays(name, sources[job.name]):
                raise OptionError(
                    f"--jobs-per-section is not possible: the section {job.name} hands on {name},"
                    " which only exists in the process that made it (a function, class or file of"
                    " the section's own)."
                )


def _stays(name: str, module: Module) -> bool:
    """Whether the section's function itself makes a function, class or open file of that name."""
    [function] = [
        node
        for node in tree_of(module.source).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == module.function
    ]
    for node in ast.walk(function):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if node is not function and node.name == name:
                return True
        elif isinstance(node, ast.Assign) and _is_of_the_process(node.value):
            names = {one.id for one in node.targets if isinstance(one, ast.Name)}
            if name in names:
                return True
    return False


def _is_of_the_process(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id == "open"
    return isinstance(value, ast.Lambda)
