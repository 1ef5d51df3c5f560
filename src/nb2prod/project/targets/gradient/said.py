"""What the user is told: the steps to take, and what is known of Gradient."""

from __future__ import annotations

from collections.abc import Sequence

from nb2prod.data.machines import documented_driver, machines
from nb2prod.migration import Migration
from nb2prod.project.markdown import code
from nb2prod.project.parts.dependencies import installed_torch_cuda
from nb2prod.project.quoting import rendered
from nb2prod.project.targets.gradient import datasets
from nb2prod.project.targets.gradient.paths import DEPLOYMENT, WORKFLOW
from nb2prod.project.targets.gradient.secret_names import secret_variables
from nb2prod.project.targets.steps import listed, push
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.uploads import upload_sentence, upload_words
from nb2prod.project.targets.workload import Workload, workload

CLOSED = (
    "DigitalOcean documents Gradient's API endpoints as unavailable since 15 July 2024 (page edited"
    " on 17 June 2025); `--target kubernetes` and `--target skypilot` write for what is open."
)


def steps(found: Workload, settings: Settings) -> Sequence[str]:
    """What the user does, in order."""
    make = f"Make what the first lines of `{WORKFLOW}` list: a Workflow{_also(found, settings)}."
    if found.uploads:
        dataset = f"the dataset {code(datasets.reference(found, 'work'))}"
        make += f" {upload_sentence(code(upload_words(found)), dataset, code('args'))}"
    said = [
        push(found, "Gradient"),
        make,
        f"Run it: `gradient workflows run --id <workflow id> --path {WORKFLOW}`",
    ]
    if found.service is not None:
        said.append(
            f"For what it serves: `pspace up --config {DEPLOYMENT} --project-id <project id>`"
        )
    return [*said, CLOSED]


def notes(migration: Migration, settings: Settings) -> str:
    """The rest, for the README."""
    found = workload(migration)
    machine = machines().get(found.machine)
    base = migration.environment.base_image
    given, kept = datasets.inputs(found), datasets.outputs(found)
    return rendered(
        "targets/gradient.md.j2",
        project=found.name,
        machine=found.machine,
        undocumented=machine is not None and not machine.documented,
        data_only_read="data" in given and "data" not in kept,
        data_kept="data" in given and "data" in kept,
        data=datasets.reference(found, "data"),
        beside="work" in given,
        work=datasets.reference(found, "work"),
        results="results" in kept,
        results_dataset=datasets.reference(found, "results"),
        pull_secret=settings.pull_secret,
        on_push=settings.on_push,
        schedule=settings.schedule,
        service=found.service is not None,
        gpu=migration.environment.gpu,
        cuda=base.cuda,
        torch_cuda=installed_torch_cuda(migration),
        driver=documented_driver(),
    )


def _also(found: Workload, settings: Settings) -> str:
    """`, the datasets a and b, and the secrets`."""
    said = ""
    names = [str(code(name)) for name in datasets.references(found)]
    if names:
        several = "s" if len(names) > 1 else ""
        said += f", the dataset{several} {listed(names)}"
    if settings.pull_secret is not None:
        said += f", the registry connection {code(settings.pull_secret)}"
    return said + (", and the secrets" if secret_variables(found) else "")
