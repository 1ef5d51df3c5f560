"""The Workflow: what Gradient has for a program that runs to its end."""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.data.machines import machines
from nb2prod.project.targets.comments import wrapped
from nb2prod.project.targets.gradient import arguments, datasets
from nb2prod.project.targets.gradient.comments import options_lines, upload_lines
from nb2prod.project.targets.gradient.paths import DEPLOYMENT, WORKFLOW
from nb2prod.project.targets.gradient.secret_names import (
    left_out_lines,
    needed_lines,
    secret_variables,
)
from nb2prod.project.targets.target import DEFAULT, Settings
from nb2prod.project.targets.workload import Workload

_ARGS = "args (a line for each word)"


def workflow_spec(workload: Workload, settings: Settings = DEFAULT) -> dict[str, object]:
    """The Workflow as plain values."""
    spec: dict[str, object] = {}
    if settings.on_push is not None:
        spec["on"] = {"github": {"branches": {"only": settings.on_push}}}
    if settings.timeout is not None:
        spec["timeout"] = settings.timeout
    resources: dict[str, object] = {"instance-type": workload.machine}
    if settings.pull_secret is not None:
        resources["container-registries"] = [settings.pull_secret]
    return {**spec, "defaults": {"resources": resources}, "jobs": {workload.name: job(workload)}}


def job(workload: Workload) -> dict[str, object]:
    """The one job that runs the whole program."""
    words = datasets.in_place(workload, arguments.command(workload))
    found: dict[str, object] = {
        "uses": "container@v1",
        "with": {"image": workload.image, "args": words},
    }
    given = datasets.inputs(workload)
    if given:
        found["inputs"] = datasets.ports(workload, given)
    variables = secret_variables(workload) | datasets.environment(workload)
    if variables:
        found["env"] = variables
    found["outputs"] = datasets.ports(workload, datasets.outputs(workload))
    return found


def workflow_comments(workload: Workload, settings: Settings = DEFAULT) -> tuple[str, ...]:
    """What stands above it, a line each."""
    return (
        f"{workload.name} as a Paperspace Gradient Workflow. Submit it with",
        f"  gradient workflows run --id <workflow id> --path {WORKFLOW}",
        "README.md says what is known of Gradient's state. What has to exist before:",
        "- a Workflow, which this makes:",
        f"  gradient workflows create --name {workload.name} --projectId <project id>",
        f"- the image {workload.image}, in a registry that Gradient can pull it from",
        *(f"- the dataset {name}" for name in datasets.references(workload)),
        *needed_lines(workload),
        *_settings_lines(settings),
        *upload_lines(workload, f"the dataset {datasets.reference(workload, 'work')}", _ARGS),
        *left_out_lines(workload),
        *options_lines(workload, "args"),
        *_limits_lines(workload),
    )


def _settings_lines(settings: Settings) -> Iterator[str]:
    if settings.pull_secret is not None:
        yield f"- the team's connection to the image's registry, called {settings.pull_secret}"
    if settings.on_push is not None:
        yield from wrapped(
            f"A push to the branch {settings.on_push} runs it where Gradient is connected to the"
            " repository and finds this file in its .gradient/workflows/, as in Paperspace's own"
            " examples."
        )
    if settings.timeout is not None:
        yield from wrapped(
            "timeout: Gradient documents no unit; Argo, which runs its Workflows, counts seconds."
        )
    if settings.schedule is not None:
        yield from wrapped(
            f"Workflows have no schedule: nothing here starts at {settings.schedule!r}. The"
            " CronJob of --target kubernetes does, and so does a crontab's line with the command"
            " above."
        )


def _limits_lines(workload: Workload) -> Iterator[str]:
    machine, service, nodes = machines().get(workload.machine), workload.service, workload.nodes
    if machine is not None and not machine.documented:
        yield f"The machine {machine.name} is not documented: only lists by others have its name."
    if service is not None:
        yield from wrapped(
            f"What the notebook serves on port {service.port} cannot be reached in a Workflow;"
            f" {DEPLOYMENT} is for that."
        )
    if nodes is not None:
        yield from wrapped(
            f"The notebook trains over {nodes.machines} machines, and a job here has one;"
            " --target kubernetes writes for several."
        )
