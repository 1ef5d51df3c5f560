"""What a package has besides when each section is to be a job of its own: `jobs.py`."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nb2prod.errors import InternalError, OptionError
from nb2prod.migration import Migration
from nb2prod.notebook.trees import tree_of
from nb2prod.program.formatting import format_modules
from nb2prod.program.head import reading
from nb2prod.program.model import DirectoryName, Module
from nb2prod.project.interface import Interface, interface
from nb2prod.project.quoting import Quoted, rendered

STATE_DIRECTORIES: Mapping[DirectoryName, str] = {"data": "data", "output": "results"}
"""What the directories of a program are called in a state."""


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
class Flags:
    """The options that run one section, none of them the program's own."""

    section: str
    state_from: str
    state_to: str


@dataclass(frozen=True, slots=True)
class _SetUp:
    """The lines of the pipeline between sections, the section that they precede, and the imports
    that they need.
    """

    section: str
    imports: tuple[Quoted, ...]
    lines: tuple[Quoted, ...]


def files(migration: Migration) -> dict[str, str]:
    """`jobs.py`, if it is asked for. Raises what `check` raises."""
    if not migration.options.jobs_per_section:
        return {}
    check(migration)
    name = f"{module_name(migration)}.py"
    written = format_modules({name: _source(migration)}, migration.environment.python.minor)
    return {f"src/{migration.package}/{name}": written[name]}


def check(migration: Migration) -> None:
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


def module_name(migration: Migration) -> str:
    """The module's name within the package, which no other module has."""
    taken = {module.name for module in migration.program.modules} | migration.program.support
    name = "jobs"
    while name in taken:
        name = f"section_{name}"
    return name


def flags(found: Interface) -> Flags:
    """The names of the options, in another form where the program has options of these names."""
    taken = {"--help", *(option.flag for option in found.options)}
    taken |= {f"--no-{option.flag[2:]}" for option in found.options}
    taken |= {directory.flag for directory in found.directories}
    taken |= {upload.flag for upload in found.uploads}
    taken |= {one.flag for one in (found.data_from, found.file) if one is not None}
    names = ["section", "state-from", "state-to"]
    while taken & {f"--{name}" for name in names}:
        names = [f"job-{name}" for name in names]
    return Flags(*(f"--{name}" for name in names))


def main_values(migration: Migration) -> dict[str, object]:
    """What the template of `__main__.py` is told: how to import the module, None for not at all."""
    if not migration.options.jobs_per_section:
        return {"jobs": None}
    name = module_name(migration)
    return {"jobs": Quoted(name if name == "jobs" else f"{name} as jobs")}


def epilog(migration: Migration) -> str | None:
    """What `--help` says of the options; None where there are none."""
    if not migration.options.jobs_per_section:
        return None
    given = flags(interface(migration.program.configuration))
    names = ", ".join(job.name for job in section_jobs(migration))
    text = (
        f"{given.section} NAME runs one section alone, {given.state_from} DIR has what the section"
        f" before left, {given.state_to} DIR takes what later ones need. The sections: {names}."
    )
    return text.replace("%", "%%")


def _source(migration: Migration) -> str:
    found = interface(migration.program.configuration)
    given = flags(found)
    return rendered(
        "package/jobs.py.j2",
        package=migration.package,
        call=f"python -m {migration.package}",
        flags={
            "section": Quoted(given.section),
            "state_from": Quoted(given.state_from),
            "state_to": Quoted(given.state_to),
        },
        need_section=f"{given.state_from} and {given.state_to} need {given.section}",
        sections=section_jobs(migration),
        set_up=_set_up(migration),
        asynchronous=migration.program.asynchronous,
        outputs="outputs" in migration.program.support,
        directories=[
            {"name": STATE_DIRECTORIES[one.kind], "field": one.field}
            for one in found.directories
            if one.kind in STATE_DIRECTORIES
        ],
    )


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


def _set_up(migration: Migration) -> _SetUp | None:
    """What the pipeline does besides running sections, which is at one place at most."""
    tree, main = _pipeline(migration)
    modules = {one.function: one.name for one in migration.program.modules if one.function}
    lines: list[ast.stmt] = []
    for statement in _without_docstring(main.body):
        called = _called(statement)
        if called in modules:
            if lines:
                return _SetUp(modules[called], *_with_imports(lines, tree))
        elif not isinstance(statement, ast.Import | ast.ImportFrom):
            lines.append(statement)
    return None


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
