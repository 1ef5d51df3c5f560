"""The options file of the retired `gradient jobs create`."""

from __future__ import annotations

import shlex

from nb2prod.project.targets.carried import options
from nb2prod.project.targets.gradient.comments import upload_lines
from nb2prod.project.targets.gradient.paths import JOB
from nb2prod.project.targets.gradient.secret_names import left_out_lines, secret_variables
from nb2prod.project.targets.target import DEFAULT, Settings
from nb2prod.project.targets.uploads import UPLOADED
from nb2prod.project.targets.workload import Workload

PROJECT_ID = "REPLACE-WITH-YOUR-PROJECT-ID"


def job_options(workload: Workload, settings: Settings = DEFAULT) -> dict[str, object]:
    """The options of `gradient jobs create` as plain values.

    A registry's login is none of them: the command sent it in the request's address.
    """
    said: dict[str, object] = {
        "name": workload.name,
        "projectId": PROJECT_ID,
        "machineType": workload.machine,
        "container": workload.image,
        "command": shlex.join(_command(workload)),
    }
    variables = secret_variables(workload)
    for volume in workload.volumes:
        if volume.variable is not None:
            variables[volume.variable] = _stored(workload, volume.local)
    if variables:
        said["envVars"] = variables
    return said


def job_comments(workload: Workload, settings: Settings = DEFAULT) -> tuple[str, ...]:
    """What stands above them, a line each."""
    lines = [
        "LEGACY: the options file of `gradient jobs create`, which only version 1.11.0 of the",
        "gradient command and older ones have. Gradient has no jobs now; prefer workflow.yaml.",
        f"  gradient jobs create --optionsFile {JOB}",
        "projectId is a placeholder for the id of your own project.",
        "The directories lie on Gradient's shared storage, which a job saw as /storage.",
    ]
    if settings.pull_secret is not None:
        lines.append(
            "A private registry's password is not here: the command sent it in the request's"
            " address."
        )
    return (
        *lines,
        *upload_lines(workload, _stored(workload, UPLOADED), "command"),
        *left_out_lines(workload),
    )


def _command(workload: Workload) -> list[str]:
    """The program, started where the files beside it lie."""
    # The command goes through a shell, not through Argo.
    command = [*workload.program, *(word for option in options(workload) for word in option)]
    place = shlex.quote(_stored(workload, workload.work.local))
    return ["sh", "-c", f'mkdir -p {place} && cd {place} && exec "$@"', "sh", *command]


def _stored(workload: Workload, local: str) -> str:
    return f"/storage/{workload.name}/{local}"
