"""The lines at the top of each file: what it is, what has to exist before, how it is submitted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nb2prod.analysis.facts import Service
from nb2prod.project.targets.carried import flags_left_out, missing_answers, sentences
from nb2prod.project.targets.comments import wrapped
from nb2prod.project.targets.low_ports import SYSCTL, low_port
from nb2prod.project.targets.skypilot import accelerators, commands, paperspace
from nb2prod.project.targets.skypilot.names import (
    BUCKET,
    DOCKER_LOGIN,
    carried,
    left_out,
    task_name,
)
from nb2prod.project.targets.skypilot.paths import RESULTS, RUN
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.uploads import UPLOADED, upload_sentence, upload_words
from nb2prod.project.targets.workload import Workload


def of_task(workload: Workload, settings: Settings) -> tuple[str, ...]:
    """Above `task.yaml`."""
    return (
        f"{workload.name} as a SkyPilot task: it runs the image on the cheapest machine that one",
        "of your providers has for it. In the project's directory:",
        f"  {commands.launch(workload, settings)}",
        *_needed(workload, settings),
        *_bucket(workload),
        *_served(workload),
        *_left_out(workload),
    )


def of_job(workload: Workload, settings: Settings) -> tuple[str, ...]:
    """Above `job.yaml`."""
    scheduled: tuple[str, ...] = ()
    if settings.schedule is not None:
        scheduled = (
            "SkyPilot has no schedule. In a crontab whose clock is UTC:",
            f"  {commands.crontab(workload, settings)}",
        )
    return (
        f"{workload.name} as a SkyPilot managed job: SkyPilot watches it, and gives the machine",
        "back when it ends. In the project's directory:",
        f"  {commands.launch_job(workload, settings)}",
        *_needed(workload, settings),
        *_bucket(workload),
        "A machine that is lost is replaced, and the program starts there from its beginning. It",
        f"goes on from a checkpoint only if the notebook saves one below {RESULTS} and looks for",
        "it. Think of that before you add use_spot: true, which is cheaper and lost more often.",
        *scheduled,
        *_left_out(workload),
    )


def of_paperspace(workload: Workload, settings: Settings) -> tuple[str, ...]:
    """Above `paperspace.yaml`."""
    found = paperspace.accelerator(workload)
    return (
        f"{workload.name} on a machine of Paperspace, without the image: setup installs what is",
        "locked. It needs no registry and no bucket. In the project's directory:",
        f"  {commands.launch_paperspace(workload)}",
        "What has to exist before:",
        "- Paperspace among the providers that `sky check` lists",
        *_directories(workload),
        *_secrets(workload),
        f"All that the program writes stays in ~/{RUN} on that machine. Bring it here, and give",
        "the machine back:",
        f"  {commands.fetch(workload)}",
        f"  sky down {task_name(workload)}",
        "What the image has besides Python and its packages, such as CUDA's own libraries, is not",
        "there. The image runs at Paperspace, too: with a bucket for the results by",
        f"  {commands.launch(workload, settings, infra='paperspace')}",
        "and on a machine that you are logged in to by README.md's docker run.",
        *(_stands_in(workload, [found.partition(":")[0]]) if found is not None else ()),
        *_machines(workload, "What it writes stays on the machine that it runs on."),
        *_served(workload),
        *_low_port(workload),
        *_left_out(workload),
    )


def _needed(workload: Workload, settings: Settings) -> Iterator[str]:
    yield "What has to exist before:"
    yield f"- the image {workload.image}, in a registry that the machine can pull it from"
    yield "- a store for buckets: `sky check` lists yours"
    yield from _directories(workload)
    yield from _secrets(workload)
    if settings.pull_secret is not None:
        yield f"- to log in to the registry: {', '.join(DOCKER_LOGIN)}"
        yield "  in the environment of the shell that you launch from"


def _directories(workload: Workload) -> Iterator[str]:
    for volume in workload.volumes:
        if volume.filled:
            yield f"- the directory {volume.local}, with what the notebook reads; it is copied"
    if workload.uploads:
        sentence = upload_sentence(upload_words(workload), UPLOADED, "run's last line")
        yield from wrapped(sentence, 88)


def _secrets(workload: Workload) -> Iterator[str]:
    found = carried(workload)
    if found:
        yield f"- .env, with {', '.join(one.name for one in found)}"
    optional = [one.name for one in found if not one.required]
    if optional:
        yield f"  (the notebook can do without {', '.join(optional)}: leave the value empty)"


def _bucket(workload: Workload) -> Iterator[str]:
    yield f"All that the program writes lies in the bucket, as {RESULTS}, and outlives the machine."
    yield f"{BUCKET} is its name. SkyPilot makes it. Names are shared by all users of a"
    yield "store: choose another one if it is taken."
    if workload.gpu is not None:
        yield from _stands_in(workload, accelerators.names(workload.gpu))
    yield from _machines(workload, "Each of them writes to the same directories.")


def _machines(workload: Workload, written: str) -> Iterator[str]:
    if workload.nodes is not None:
        yield f"The program starts on {workload.nodes.machines} machines at once, and MASTER_ADDR"
        yield f"and its like tell it where the first of them is. {written}"


def _stands_in(workload: Workload, names: Sequence[str]) -> Iterator[str]:
    """Which GPU runs what was made for another."""
    asked = workload.gpu.name if workload.gpu is not None else ""
    chip = accelerators.gpu_of(asked)
    if chip is None or chip not in map(accelerators.gpu_of, names):
        said = workload.gpu.said if workload.gpu is not None else ""
        yield f"{' or '.join(names)} stands in for the GPU ({said})."


def _served(workload: Workload) -> Iterator[str]:
    if workload.service is not None:
        yield from _reached(workload.service, task_name(workload))
        yield f"It runs, and costs, until `sky down {task_name(workload)}`."


def _low_port(workload: Workload) -> Iterator[str]:
    """In the image the program is root; here it is whoever logs in."""
    port = low_port(workload.service)
    if port is not None:
        yield f"Only root may serve on port {port}. This line at the end of setup allows it to all:"
        yield f"  sudo sysctl --write {SYSCTL}={port}"


def _reached(service: Service, name: str) -> Iterator[str]:
    # Here, too, only root may open a port below 1024.
    here = service.port if low_port(service) is None else 8000 + service.port
    tunnel = f"`ssh -L {here}:localhost:{service.port} {name}`"
    if service.local:
        yield f"The program listens to its own machine alone: {tunnel} reaches it."
    else:
        yield f"Port {service.port} is open to everybody who knows the address, which is shown by"
        yield f"`sky status --endpoint {service.port} {name}`. Without `ports` in this file only"
        yield f"{tunnel} reaches it."


def _left_out(workload: Workload) -> Iterator[str]:
    yield from sentences(left_out(workload))
    yield from missing_answers(workload)
    for flag in flags_left_out(workload):
        yield f"{flag} is left out: no command line can hold its value, which is the default."
