"""A Workflow with a job for each section, one after the other, where that is asked for.

What a section needs of earlier ones goes from job to job in a volume. Variables may hold paths, so
that the program's directories are the same in every job: those of the image, and neither an input
nor an output. What the last section leaves in /outputs lies where its datasets are taken from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nb2prod.migration import Migration
from nb2prod.project.interface import interface
from nb2prod.project.parts.section_calls import SectionJob, first_with_data, section_jobs
from nb2prod.project.parts.section_jobs import STATE_DIRECTORIES, flags
from nb2prod.project.quoting import Quoted, rendered
from nb2prod.project.targets.comments import wrapped
from nb2prod.project.targets.gradient import arguments, datasets
from nb2prod.project.targets.gradient.secret_names import secret_variables
from nb2prod.project.targets.workload import WORK, Volume, Workload

_LONGEST_ID = 63
_STATE = {"type": "volume"}


def jobs_of(migration: Migration, workload: Workload) -> dict[str, object]:
    """The jobs of a migration's sections."""
    return job_specs(workload, section_jobs(migration), first_with_data(migration))


def job_specs(
    workload: Workload, sections: Sequence[SectionJob], data_at: str
) -> dict[str, object]:
    """The Workflow's jobs by their ids, in the order in which they run; the section `data_at` is
    the first that needs the data.
    """
    ids = job_ids([section.name for section in sections])
    found: dict[str, object] = {}
    for number, section in enumerate(sections):
        before = ids[number - 1] if number else None
        last = number == len(sections) - 1
        found[ids[number]] = _job(workload, section, before, last=last, data_at=data_at)
    return found


def job_ids(names: Sequence[str]) -> list[str]:
    """Ids for jobs of these names: at most 63 letters, digits and `-`, each once, and none that
    `workflow.inputs` could be taken for.
    """
    found: list[str] = []
    for name in names:
        base = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:_LONGEST_ID].rstrip("-")
        given, number = base or "section", 2
        while given in ("workflow", *found):
            end = f"-{number}"
            given = (base or "section")[: _LONGEST_ID - len(end)].rstrip("-") + end
            number += 1
        found.append(given)
    return found


def comments(migration: Migration) -> tuple[str, ...]:
    """What there is to say of the jobs, a line each."""
    said = (
        "Each section of the notebook is a job of its own. The volume called state takes to the"
        " next one what later sections need: variables, settings and the program's files."
    )
    if interface(migration.program.configuration).uploads:
        said += (
            " The job whose section asks for files to upload is the one to name them; from the"
            " second job on they lie in /inputs/state/work."
        )
    return tuple(wrapped(said))


def notes(migration: Migration) -> str:
    """What goes from job to job and what does not, for the README."""
    sections = section_jobs(migration)
    found = flags(interface(migration.program.configuration))
    return rendered(
        "targets/gradient_sections.md.j2",
        package=migration.package,
        first=sections[0].name,
        second=sections[1].name,
        section=Quoted(found.section),
        state_from=Quoted(found.state_from),
        state_to=Quoted(found.state_to),
    )


def _job(
    workload: Workload, section: SectionJob, before: str | None, *, last: bool, data_at: str
) -> dict[str, object]:
    """The job of one section; `data_at` is the one that the data directory is filled in."""
    names = flags(workload.interface)
    kept = datasets.outputs(workload)
    words = [names.section, section.name]
    if before is not None:
        words += [names.state_from, "/inputs/state"]
    words += [names.state_to, "/outputs" if last else "/outputs/state"]
    command = [*workload.program, *words, *arguments.carried(workload)]
    given = [name for name in datasets.inputs(workload) if name != "data" and before is None]
    if "data" in datasets.inputs(workload) and ("data" not in kept or section.name == data_at):
        # What is only read is read where it lies, in each job; what may change goes with the state.
        given.append("data")
    found: dict[str, object] = {
        "uses": "container@v1",
        "with": {
            "image": workload.image,
            "args": command if before else datasets.in_place(workload, command, keep=False),
        },
    }
    inputs = datasets.ports(workload, given)
    if before is not None:
        found["needs"] = [before]
        inputs["state"] = f"{before}.outputs.state"
    if inputs:
        found["inputs"] = inputs
    variables = secret_variables(workload) | _environment(workload, given)
    if variables:
        found["env"] = variables
    found["outputs"] = datasets.ports(workload, kept) if last else {"state": _STATE}
    return found


def _environment(workload: Workload, given: Sequence[str]) -> dict[str, str]:
    """The variables of the directories: what is only read is where it is for one job alone."""
    found = datasets.environment(workload)
    source = workload.interface.data_from
    if source is not None and "data" not in given:
        found.pop(source.variable, None)
    for volume in workload.volumes:
        if volume.variable is not None and _name(volume) in datasets.outputs(workload):
            found[volume.variable] = _place(volume)
    return found


def _name(volume: Volume) -> str:
    return STATE_DIRECTORIES.get(volume.name, volume.name)


def _place(volume: Volume) -> str:
    """A directory that every job has, and that none of its inputs and outputs lies in."""
    return f"{WORK}/{volume.local}" if volume.name == "output" else volume.path
