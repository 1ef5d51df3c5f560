"""What is said about the files: at their heads, and in the README."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nb2prod.project.markdown import code
from nb2prod.project.quoting import one_line, rendered
from nb2prod.project.targets.comments import wrapped
from nb2prod.project.targets.kubernetes import copying
from nb2prod.project.targets.kubernetes.gpus import preferences
from nb2prod.project.targets.kubernetes.paths import (
    CLAIMS,
    COPIER,
    DIRECTORY,
    KUSTOMIZATION,
    RUNS,
    Kind,
    runs_as,
)
from nb2prod.project.targets.kubernetes.pod import (
    carried_secrets,
    claim_name,
    left_out,
    moves,
)
from nb2prod.project.targets.kubernetes.words import object_name
from nb2prod.project.targets.steps import EXAMPLE_REGISTRY, building
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.uploads import UPLOADED, upload_sentence, upload_words
from nb2prod.project.targets.workload import HOME, Workload

_WIDTH = 98
SUBMIT = f"kubectl apply --kustomize {DIRECTORY}"
_ARTICLES: dict[Kind, str] = {
    "Job": "a Kubernetes Job",
    "CronJob": "a Kubernetes CronJob",
    "Deployment": "a Kubernetes Deployment",
}


def comments(path: str, workload: Workload, settings: Settings) -> tuple[str, ...]:
    """The head of a file, in lines of a page's width; commands, which are indented, stay whole."""
    return tuple(line for text in _head(path, workload, settings) for line in _lines(text))


def _head(path: str, workload: Workload, settings: Settings) -> Iterator[str]:
    if path in RUNS:
        return _of_the_run(workload, settings)
    if path == KUSTOMIZATION:
        return _of_the_kustomization(workload)
    if path == CLAIMS:
        return _of_the_claims(workload)
    if path == COPIER:
        return _of_the_copier(workload)
    return _of_the_service(workload)


def _lines(text: str) -> list[str]:
    if text.startswith(" "):
        return [text]
    return wrapped(one_line(text), _WIDTH, hanging="  " if text.startswith("- ") else "")


def _of_the_run(workload: Workload, settings: Settings) -> Iterator[str]:
    kind = runs_as(workload, settings)
    yield f"{workload.name} as {_ARTICLES[kind]}. Submit it with"
    yield f"  {SUBMIT}"
    yield "What has to exist before:"
    yield f"- the image {workload.image}, in the registry that kustomization.yaml names"
    needed = [one.name for one in carried_secrets(workload) if one.required]
    if needed:
        yield f"- the secret {object_name(workload.name)} with {', '.join(needed)}"
    if settings.pull_secret is not None:
        yield f"- the secret {settings.pull_secret}, which the image is pulled with:"
        yield (
            f"  kubectl create secret docker-registry {settings.pull_secret} --docker-server=SERVER"
            " --docker-username=NAME --docker-password=PASSWORD"
        )
    filled = [one.path for one in workload.volumes if one.filled]
    if filled:
        yield f"- the files that the program looks for in {' and '.join(filled)}; see files.yaml"
    if workload.uploads:
        key = "args, beside command (a line for each word)"
        yield upload_sentence(upload_words(workload), UPLOADED, key)
    yield from left_out(workload)
    if moves(workload.image):
        yield (
            "The image's name can mean another image tomorrow, so that it is pulled at each start;"
            " a fixed tag makes runs repeatable."
        )
    yield from _of_the_attempts(workload, settings, kind)
    if workload.gpu is not None:
        yield from _of_the_gpu(workload)


def _of_the_attempts(workload: Workload, settings: Settings, kind: Kind) -> Iterator[str]:
    if kind == "Deployment":
        yield (
            "The notebook's own work comes before it serves, at each start anew: startupProbe gives"
            " it a day for that."
        )
        if workload.service is not None and workload.service.local:
            yield "It listens to its own machine alone: no Service and no probe would reach it."
        return
    yield (
        "backoffLimit is 0: a second attempt would begin at the first cell, among the files that"
        " the first one left. Raise it if that does no harm."
    )
    if settings.timeout is None:
        yield "A run has no time limit; activeDeadlineSeconds, beside backoffLimit, would be one."
    if kind == "CronJob":
        yield "The schedule is in UTC. A run that could not begin within an hour is left out."
        if workload.service is not None:
            yield (
                "The notebook serves something and does not end by itself: a run lasts until it is"
                " stopped, and no other begins. Take that part out, or convert without --schedule"
                " for a Deployment."
            )


def _of_the_gpu(workload: Workload) -> Iterator[str]:
    assert workload.gpu is not None
    count = workload.gpu.count
    yield f"It asks for {count} {'GPU' if count == 1 else 'GPUs'} ({workload.gpu.said})."
    if preferences(workload.gpu, None):
        yield (
            "nodeAffinity prefers nodes that suit, by the labels of GPU feature discovery. To"
            " demand one, put all matchExpressions into one of the nodeSelectorTerms below"
            " requiredDuringSchedulingIgnoredDuringExecution."
        )


def _of_the_kustomization(workload: Workload) -> Iterator[str]:
    yield f"What runs {workload.name}, as one: {SUBMIT}"
    yield "newName is where the image is pulled from: put your registry's name in front of it."


def _of_the_claims(workload: Workload) -> Iterator[str]:
    yield (
        "Where the files are kept that outlive a run. The sizes are guesses: the notebook does not"
        " say how much it reads and writes. Without a storageClassName it is the cluster's default."
    )
    if workload.nodes is not None:
        yield "ReadWriteMany, since several machines use them at once: not every storage class can."
    yield "Deleting a claim deletes what is in it."


def _of_the_copier(workload: Workload) -> Iterator[str]:
    yield (
        "A Pod to copy files with. It is there only meanwhile, since most storage serves one node"
        " at a time, and ends after an hour."
    )
    for when, commands in (
        ("Before the program starts:", copying.before(workload)),
        ("After it has ended:", copying.after(workload)),
    ):
        if commands:
            yield when
            yield from (f"  {command}" for command in commands)


def _of_the_service(workload: Workload) -> Iterator[str]:
    if workload.nodes is not None:
        yield "The names that the machines of one run find each other by: the first is"
        yield f"<name of the Job>-0.{object_name(workload.name)}"
    else:
        yield "The name and the port that the program has within the cluster. From elsewhere:"
        yield f"  kubectl port-forward service/{object_name(workload.name)} 8080:80"


def steps(workload: Workload, settings: Settings) -> list[str]:
    """From the image to the results: sentences in Markdown."""
    name, kind = object_name(workload.name), runs_as(workload, settings)
    found = [_image_step(workload)]
    if carried_secrets(workload):
        command = f"kubectl create secret generic {name} --from-env-file=.env"
        found.append(f"Fill in `.env` (see Secrets) and keep it in the cluster: `{command}`.")
    before, after = copying.before(workload), copying.after(workload)
    if workload.uploads:
        words = code(upload_words(workload))
        found.append(upload_sentence(words, code(UPLOADED), code("args")))
    if before:
        put = f"Put the program's files where it looks for them: {_listed(before)}."
        # The files to upload go with them.
        found.append(f"{found.pop()} {put}" if workload.uploads else put)
    found.append(_submit_step(name, kind, workload))
    if after:
        ended = "When it has ended"
        if kind == "Deployment":
            ended = f"When it is stopped (`kubectl scale deployment/{name} --replicas=0`)"
        found.append(f"{ended}, fetch what it wrote: {_listed(after)}.")
    return found


def _listed(commands: Sequence[str]) -> str:
    return ", ".join(map(code, commands))


def _image_step(workload: Workload) -> str:
    if "@" in workload.image:
        return f"The cluster pulls {code(workload.image)}: that image has to be there."
    if "/" in workload.image:
        return f"Build the image {code(workload.image)} and push it: {building()}."
    tag = f"{EXAMPLE_REGISTRY}/{workload.image}"
    return (
        "Build the image under a name in a registry that the cluster pulls from, and push it:"
        f" {building(tag)}. Write that name, without its tag, as `newName` into"
        f" {code(KUSTOMIZATION)}."
    )


def _submit_step(name: str, kind: Kind, workload: Workload) -> str:
    if kind == "CronJob":
        now = f"kubectl create job {name}-now --from=cronjob/{name}"
        return f"Submit it: `{SUBMIT}`; `{now}` runs it at once, too."
    if kind == "Deployment":
        local = workload.service is not None and workload.service.local
        port = workload.service.port if workload.service is not None else 0
        forward = (
            f"kubectl port-forward deployment/{name} 8080:{port}"
            if local
            else f"kubectl port-forward service/{name} 8080:80"
        )
        return f"Submit it: `{SUBMIT}`; `{forward}` brings it to port 8080 of your machine."
    return f"Submit it: `{SUBMIT}`; `kubectl logs --follow job/{name}` shows what it prints."


def notes(workload: Workload, settings: Settings) -> str:
    """What the README says besides."""
    kind = runs_as(workload, settings)
    nodes, gpu = workload.nodes, workload.gpu
    return rendered(
        "targets/kubernetes.md.j2",
        name=object_name(workload.name),
        kind=kind,
        directory=DIRECTORY,
        submit=SUBMIT,
        claims=[claim_name(workload, one) for one in workload.volumes],
        home=HOME,
        gpus=gpu.count if gpu else 0,
        gpu=gpu.name if gpu else "",
        cuda=workload.cuda or "",
        timeout=settings.timeout or 0,
        by_section=settings.jobs_per_section,
        serves=workload.service is not None,
        local=workload.service is not None and workload.service.local,
        machines=nodes.machines if nodes else 0,
        launcher=nodes.launcher if nodes else "",
        place=str(nodes.location) if nodes else "",
        processes=gpu.count if gpu else 1,
    )
