"""What a package has besides when each section is to be a job of its own: `jobs.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nb2prod.migration import Migration
from nb2prod.program.formatting import format_modules
from nb2prod.program.model import DirectoryName
from nb2prod.project.interface import Interface, interface
from nb2prod.project.parts.section_calls import section_jobs, set_up
from nb2prod.project.parts.section_refusals import refuse
from nb2prod.project.quoting import Quoted, rendered

STATE_DIRECTORIES: Mapping[DirectoryName, str] = {"data": "data", "output": "results"}
"""What the directories of a program are called in a state."""


@dataclass(frozen=True, slots=True)
class Flags:
    """The options that run one section, none of them the program's own."""

    section: str
    state_from: str
    state_to: str


def files(migration: Migration) -> dict[str, str]:
    """`jobs.py`, if it is asked for. Raises what `refuse` raises."""
    if not migration.options.jobs_per_section:
        return {}
    refuse(migration)
    name = f"{module_name(migration)}.py"
    written = format_modules({name: _source(migration)}, migration.environment.python.minor)
    return {f"src/{migration.package}/{name}": written[name]}


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
        set_up=set_up(migration),
        asynchronous=migration.program.asynchronous,
        outputs="outputs" in migration.program.support,
        directories=[
            {"name": STATE_DIRECTORIES[one.kind], "field": one.field}
            for one in found.directories
            if one.kind in STATE_DIRECTORIES
        ],
    )
