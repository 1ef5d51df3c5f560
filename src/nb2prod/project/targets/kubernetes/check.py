"""Whether the files are what Kubernetes takes, before anything is written.

The published schemas say what one value may be; the functions here say what has to agree between
several: the kustomization and its files, the Pod and what it mounts, the Service and its Pods.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nb2prod.errors import InvalidSpec
from nb2prod.project.targets.kubernetes.kustomization import image_name
from nb2prod.project.targets.kubernetes.paths import (
    CLAIMS,
    COPIER,
    DIRECTORY,
    KUSTOMIZATION,
    RUNS,
    SERVICE,
    in_directory,
)
from nb2prod.project.targets.schema_check import (
    nearest,
    place_of,
    problems,
    require_none,
    text_of,
)
from nb2prod.project.yaml_reading import load

_DOCUMENTS = re.compile(r"^---[ \t]*\n", re.MULTILINE)
# As Kubernetes reads it: two dollars are one, and what follows `$(` is a variable's name.
_REFERENCE = re.compile(r"\$(?:\$|\(([^)]*)\))")
_TEMPLATES = {
    "Job": ("spec", "template", "spec"),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
    "Deployment": ("spec", "template", "spec"),
    "Pod": ("spec",),
}

Document = Mapping[str, Any]


def check(files: Mapping[str, str]) -> None:
    """Raises `InvalidSpec` for the first thing that is wrong in a file below `deploy/kubernetes`;
    other files are not looked at.
    """
    ours = {path: text for path, text in files.items() if path.startswith(f"{DIRECTORY}/")}
    [kustomization, *more] = _documents(KUSTOMIZATION, text_of(ours, KUSTOMIZATION))
    require_none(KUSTOMIZATION, problems(kustomization, "kubernetes-kustomization"))
    if more:
        raise InvalidSpec(f"{KUSTOMIZATION}: it is one document, not {1 + len(more)}.")
    objects = {path: _objects(path, ours[path]) for path in ours if path != KUSTOMIZATION}
    run = _the_run(objects)
    require_none(KUSTOMIZATION, _resource_problems(kustomization, objects))
    claims = objects.get(CLAIMS, [])
    for path in (run, COPIER):
        for found in objects.get(path, []):
            require_none(path, _pod_problems(found, claims))
    [main] = objects[run]
    require_none(KUSTOMIZATION, _image_problems(kustomization, main))
    require_none(run, _run_problems(main, objects.get(SERVICE, [])))
    for found in objects.get(SERVICE, []):
        require_none(SERVICE, _service_problems(found, main))
    require_none(CLAIMS, _claim_problems(claims, main))


def _documents(path: str, text: str) -> list[Any]:
    """The documents of a file. `---` at the start of a line is a border wherever it stands."""
    return [load(path, part) for part in _DOCUMENTS.split(text)]


def _objects(path: str, text: str) -> list[Document]:
    found = _documents(path, text)
    for number, one in enumerate(found):
        where = f"{path}, document {number + 1}" if len(found) > 1 else path
        require_none(where, problems(one, "kubernetes-object"))
    wanted = {CLAIMS: "PersistentVolumeClaim", SERVICE: "Service", COPIER: "Pod", **RUNS}
    if path not in wanted:
        raise InvalidSpec(f"{path}: nothing reads this file{nearest(path, wanted)}.")
    if any(one["kind"] != wanted[path] for one in found):
        raise InvalidSpec(f"{path}: it is for a {wanted[path]}, not for a {found[0]['kind']}.")
    if path != CLAIMS and len(found) > 1:
        raise InvalidSpec(f"{path}: it is one document, not {len(found)}.")
    return found


def _the_run(objects: Mapping[str, list[Document]]) -> str:
    found = [path for path in RUNS if path in objects]
    if len(found) != 1:
        said = " and ".join(found) if found else "none"
        raise InvalidSpec(f"One of {', '.join(RUNS)} has to be there, not {said}.")
    return found[0]


def _resource_problems(kustomization: Document, objects: Mapping[str, Any]) -> Iterator[str]:
    there = {in_directory(path) for path in objects if path != COPIER}
    for number, name in enumerate(kustomization["resources"]):
        if name not in there:
            place = place_of(("resources", number))
            yield f"{place}: there is no file {name!r} for it{nearest(name, there)}"
    for name in sorted(there - set(kustomization["resources"])):
        yield f"$.resources: {name!r} is missing, so that it would not be submitted"


def _image_problems(kustomization: Document, main: Document) -> Iterator[str]:
    image = _container(main)["image"]
    names = [one["name"] for one in kustomization["images"]]
    if image_name(image) not in names:
        near = nearest(image_name(image), names)
        yield f"$.images: the program's image {image!r} is not among them{near}"


def _pod_problems(found: Document, claims: list[Document]) -> Iterator[str]:
    pod, container = _pod(found), _container(found)
    place = place_of((*_TEMPLATES[found["kind"]],))
    volumes = {one["name"]: one for one in pod.get("volumes", [])}
    mounts = container.get("volumeMounts", [])
    yield from _twice(f"{place}.volumes: the name", [one["name"] for one in pod.get("volumes", [])])
    yield from _twice(f"{place}: the directory", [one["mountPath"] for one in mounts])
    mounted = {one["name"] for one in mounts}
    for name in sorted(mounted - set(volumes)):
        yield f"{place}: no volume is called {name!r}, which is mounted{nearest(name, volumes)}"
    for name in sorted(set(volumes) - mounted):
        yield f"{place}: the volume {name!r} is mounted nowhere{nearest(name, mounted)}"
    claimed = {one["metadata"]["name"] for one in claims}
    for one in volumes.values():
        claim = one.get("persistentVolumeClaim", {}).get("claimName")
        if claim is not None and claim not in claimed:
            yield f"{place}: {CLAIMS} has no claim {claim!r}{nearest(claim, claimed)}"
    yield from _word_problems(place, container)
    resources = container["resources"]
    for name in ("memory", "nvidia.com/gpu"):
        if resources["requests"].get(name) != resources["limits"].get(name):
            yield f"{place}: as much of {name} has to be asked for as is allowed"


def _word_problems(place: str, container: Document) -> Iterator[str]:
    """References to variables: in a variable's value only to those before it; none elsewhere."""
    known: list[str] = []
    for one in container.get("env", []):
        for name in _references(one.get("value", "")):
            if name not in known:
                near = nearest(name, known)
                yield f"{place}: no variable {name!r} stands before {one['name']!r}{near}"
        known.append(one["name"])
    yield from _twice(f"{place}: the variable", known)
    for word in (*container["command"], *container.get("args", [])):
        for name in _references(word):
            yield f"{place}: Kubernetes would replace $({name}) in {word!r}; $$({name}) is the text"


def _references(text: str) -> list[str]:
    return [found for found in _REFERENCE.findall(text) if found]


def _run_problems(main: Document, services: list[Document]) -> Iterator[str]:
    """What has to agree in a Job of several machines, and in a Deployment."""
    if main["kind"] == "Deployment":
        selector = main["spec"]["selector"]["matchLabels"]
        if not selector.items() <= _template(main)["metadata"]["labels"].items():
            yield "$.spec.selector.matchLabels: the template's labels do not have them all"
        return
    spec = _template_holder(main)
    if spec.get("completions") != spec.get("parallelism"):
        yield "the machines of a run wait for each other: completions and parallelism are the same"
    subdomain = _pod(main).get("subdomain")
    headless = [
        one["metadata"]["name"] for one in services if one["spec"].get("clusterIP") == "None"
    ]
    if spec.get("completionMode") == "Indexed" and subdomain not in headless:
        yield f"the subdomain {subdomain!r} needs a Service of that name with clusterIP: None"
    if spec.get("completionMode") != "Indexed" and services:
        yield f"nothing here serves, and {SERVICE} is there"


def _service_problems(service: Document, main: Document) -> Iterator[str]:
    labels = _template(main)["metadata"]["labels"]
    if not service["spec"]["selector"].items() <= labels.items():
        yield "$.spec.selector: no Pod of the program has these labels"
    ports = {one["name"] for one in _container(main).get("ports", [])}
    numbers = {one["containerPort"] for one in _container(main).get("ports", [])}
    for number, one in enumerate(service["spec"].get("ports", [])):
        wanted = one.get("targetPort", one["port"])
        if wanted not in ports and wanted not in numbers:
            place = place_of(("spec", "ports", number))
            yield f"{place}: the program has no port {wanted!r}{nearest(str(wanted), ports)}"


def _claim_problems(claims: list[Document], main: Document) -> Iterator[str]:
    yield from _twice("the name", [one["metadata"]["name"] for one in claims])
    several = main["kind"] != "Deployment" and _template_holder(main).get("parallelism", 1) > 1
    for one in claims:
        if several and one["spec"]["accessModes"] != ["ReadWriteMany"]:
            name = one["metadata"]["name"]
            yield f"the claim {name!r} is used by several machines: it has to be ReadWriteMany"


def _twice(what: str, found: Iterable[str]) -> Iterator[str]:
    for name, number in Counter(found).items():
        if number > 1:
            yield f"{what} {name!r} stands there {number} times"


def _template_holder(found: Document) -> Document:
    holder: Document = found["spec"]
    return holder["jobTemplate"]["spec"] if found["kind"] == "CronJob" else holder


def _template(found: Document) -> Document:
    template: Document = _template_holder(found)["template"]
    return template


def _pod(found: Document) -> Document:
    for key in _TEMPLATES[found["kind"]]:
        found = found[key]
    return found


def _container(found: Document) -> Document:
    container: Document = _pod(found)["containers"][0]
    return container
