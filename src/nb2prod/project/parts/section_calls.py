"""The sections of a program that run, as its generated pipeline calls them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from nb2prod.errors import InternalError
from nb2prod.migration import Migration
from nb2prod.notebook.trees import tree_of
from nb2prod.program.head import reading
from nb2prod.project.quoting import Quoted


@dataclass(frozen=True, slots=True)
class SectionJob:
    """A section that runs: `name` is its module. `leaves` are the variables that later sections
    still need once it has run, whichever section gave them. `configured` says that its function
    takes the configuration.
    """

    name: str
    function: str
    reads: tuple[str, ...]
    gives: tuple[str, ...]
    leaves: tuple[str, ...]
    configured: bool


@dataclass(frozen=True, slots=True)
class SetUp:
    """The lines of the pipeline between sections, the section that they precede, and the imports
    that they need.
    """

    section: str
    imports: tuple[Quoted, ...]
    lines: tuple[Quoted, ...]


def section_jobs(migration: Migration) -> tuple[SectionJob, ...]:
    """The sections that run, in order; those with definitions alone are imported by the others."""
    functions = {module.name: module.function for module in migration.program.modules}
    configured = _configured(migration)
    found: list[SectionJob] = []
    needed: set[str] = set()
    given = [name for section in migration.program.sections for name in section.gives]
    for section in reversed(migration.program.sections):
        function = functions[section.module]
        if function is None:
            continue
        leaves = tuple(name for name in dict.fromkeys(given) if name in needed)
        found.append(
            SectionJob(
                section.module,
                function,
                section.reads,
                section.gives,
                leaves,
                function in configured,
            )
        )
        needed = (needed - set(section.gives)) | set(section.reads)
    return tuple(reversed(found))


def first_with_data(migration: Migration) -> str:
    """The first section that may look into the data directory: the one that gets the data."""
    jobs = section_jobs(migration)
    configuration = migration.program.configuration
    if configuration.places or configuration.data_directory is None:
        return jobs[0].name
    sources = {module.name: module.source for module in migration.program.modules}
    use = f".{configuration.data_directory}"
    return next((job.name for job in jobs if use in sources[job.name]), jobs[0].name)


def set_up(migration: Migration) -> SetUp | None:
    """What the pipeline does besides running sections, which is at one place at most."""
    tree, main = _pipeline(migration)
    modules = {one.function: one.name for one in migration.program.modules if one.function}
    lines: list[ast.stmt] = []
    for statement in _without_docstring(main.body):
        called = _called(statement)
        if called in modules:
            if lines:
                return SetUp(modules[called], *_with_imports(lines, tree))
        elif not isinstance(statement, ast.Import | ast.ImportFrom):
            lines.append(statement)
    return None


def _pipeline(migration: Migration) -> tuple[ast.Module, ast.FunctionDef | ast.AsyncFunctionDef]:
    """The generated pipeline's tree and its main function, which any Python can read."""
    program = migration.program
    tree = tree_of(next(one.source for one in program.modules if one.name == "pipeline"))
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    for function in functions:
        if function.name == program.entry_point:
            return tree, function
    raise InternalError(f"pipeline.py has no {program.entry_point}().")


def _call(statement: ast.stmt) -> ast.Call | None:
    """The call of a statement that runs a section."""
    value = statement.value if isinstance(statement, ast.Assign | ast.Expr) else None
    value = value.value if isinstance(value, ast.Await) else value
    is_call = isinstance(value, ast.Call) and isinstance(value.func, ast.Name)
    return value if is_call else None  # type: ignore[return-value]


def _called(statement: ast.stmt) -> str | None:
    call = _call(statement)
    return call.func.id if call is not None and isinstance(call.func, ast.Name) else None


def _configured(migration: Migration) -> frozenset[str]:
    """The functions of sections that are called with the configuration."""
    main = _pipeline(migration)[1]
    parameter = main.args.args[0].arg
    calls = filter(None, map(_call, main.body))
    return frozenset(
        call.func.id
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.args
        and isinstance(call.args[0], ast.Name)
        and call.args[0].id == parameter
    )


def _without_docstring(body: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    first = body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return body[1:] if documented else body


def _with_imports(
    lines: Sequence[ast.stmt], tree: ast.Module
) -> tuple[tuple[Quoted, ...], tuple[Quoted, ...]]:
    """The imports in the module that the lines need, and the lines, as text."""
    read = {node.id for line in lines for node in ast.walk(line) if isinstance(node, ast.Name)}
    imports = [
        text
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for text in reading(ast.unparse(node), read)
    ]
    return (
        tuple(Quoted(text) for text in dict.fromkeys(imports)),
        tuple(Quoted(ast.unparse(line)) for line in lines),
    )
