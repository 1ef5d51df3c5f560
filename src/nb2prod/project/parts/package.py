"""The Python package of a generated project, and the tests beside it."""

from __future__ import annotations

from nb2prod.errors import InternalError
from nb2prod.migration import Migration
from nb2prod.program.formatting import format_modules
from nb2prod.program.model import Layout
from nb2prod.project.interface import interface
from nb2prod.project.parts import beside, examples, section_jobs
from nb2prod.project.parts.configuration import configuration_source, has_toml, missing_errors
from nb2prod.project.parts.files_needed import files_beside
from nb2prod.project.parts.secrets import in_files
from nb2prod.project.quoting import rendered
from nb2prod.project.templates import templates_directory
from nb2prod.project.titles import title

# Importing any of these loads matplotlib, which looks for a screen unless it is told not to.
_DRAWING = frozenset({"matplotlib", "mpl_toolkits", "plotnine", "pylab", "seaborn"})


def files(migration: Migration) -> dict[str, str]:
    """The package below `src/` and `tests/test_pipeline.py`.

    Raises `InternalError` when two modules of the package have one name.
    """
    sources = {
        "__init__.py": rendered("package/__init__.py.j2", docstring=_docstring(migration)),
        "__main__.py": _main_source(migration),
        "config.py": configuration_source(migration),
        "test_pipeline.py": _test_source(migration),
    }
    written = format_modules(sources, migration.environment.python.minor)
    tests = written.pop("test_pipeline.py")
    modules = [(f"{module.name}.py", module.source) for module in migration.program.modules]
    modules += [(f"{name}.py", support(name)) for name in sorted(migration.program.support)]
    for name, source in modules:
        if name in written:
            raise InternalError(f"The package would hold two modules of the name {name}.")
        written[name] = source
    package = f"src/{migration.package}"
    return {
        **{f"{package}/{name}": source for name, source in written.items()},
        "tests/test_pipeline.py": tests,
    }


def _docstring(migration: Migration) -> str:
    text = title(migration.notebook)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _main_source(migration: Migration) -> str:
    entry_point = migration.program.entry_point
    return rendered(
        "package/__main__.py.j2",
        entry_point=entry_point,
        **section_jobs.main_values(migration),
        **start_facts(migration),
    )


def start_facts(migration: Migration) -> dict[str, object]:
    """What a template has to know that sets a program up and runs it."""
    program = migration.program
    return {
        "package": migration.package,
        "asynchronous": program.asynchronous and not _is_script(program.layout),
        "script": _is_script(program.layout),
        "matplotlib": draws(migration),
        "figures": "figures" in program.support,
        "outputs": program.configuration.output_directory if "outputs" in program.support else None,
        "current_directory": imports_from_where_it_is(migration),
        "directories": bool(interface(program.configuration).directories),
        "secrets": in_files(migration),
        "missing": missing_errors(migration),
    }


def draws(migration: Migration) -> bool:
    """Whether the notebook loads matplotlib, itself or by what it installs."""
    imported = any(found.root in _DRAWING for found in migration.facts.imports)
    return imported or any(pin.name == "matplotlib" for pin in migration.environment.pins)


def imports_from_where_it_is(migration: Migration) -> bool:
    """Whether the notebook may import modules from the directory it is in at the moment.

    A kernel has that directory on its path, `python -m` only the one it was started in.
    """
    unknown = ("local", "same-name-unverified", "nobody")
    carried = beside.carried(migration)
    for found in migration.environment.dependencies:
        root = found.module.partition(".")[0]
        if found.answered_by in unknown and root not in carried:
            return True
    return any("chdir(" in module.source for module in migration.program.modules)


def _is_script(layout: Layout) -> bool:
    return layout.rung == "script"


def support(name: str) -> str:
    """A helper module as it is kept with the templates; it is the same in every project."""
    return (templates_directory() / "package" / f"{name}.py").read_text(encoding="utf-8")


def _test_source(migration: Migration) -> str:
    found = interface(migration.program.configuration)
    return rendered(
        "tests/test_pipeline.py.j2",
        package=migration.package,
        options=found.options,
        file=found.file,
        examples=examples.taken(found),
        contested=examples.contested(found),
        refused=examples.refused(found),
        toml=has_toml(migration.environment.python.minor),
        directories=found.directories,
        data_from=found.data_from,
        entry_point=migration.program.entry_point,
        script=_is_script(migration.program.layout),
        sections=migration.program.layout.rung == "sections",
        work=any(True for _ in files_beside(migration)),
        gpu=migration.facts.accelerator == "GPU" and migration.environment.gpu is not None,
    )
