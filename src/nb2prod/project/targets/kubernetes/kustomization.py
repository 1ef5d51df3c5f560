"""The kustomization: what is submitted, and where the image comes from, said once."""

from __future__ import annotations

from collections.abc import Sequence

from nb2prod.project.targets.kubernetes.words import object_name
from nb2prod.project.targets.workload import Workload


def kustomization(workload: Workload, resources: Sequence[str]) -> dict[str, object]:
    """`kustomization.yaml` for these files beside it."""
    name = object_name(workload.name)
    pairs = {"app.kubernetes.io/part-of": name, "app.kubernetes.io/managed-by": "kustomize"}
    return {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": list(resources),
        "labels": [{"pairs": pairs}],
        "images": [_image(workload.image)],
    }


def image_name(image: str) -> str:
    """An image's name without tag and digest; a registry's port stays."""
    place, slash, last = image.partition("@")[0].rpartition("/")
    return f"{place}{slash}{last.partition(':')[0]}"


def _image(image: str) -> dict[str, object]:
    name = image_name(image)
    found: dict[str, object] = {"name": name, "newName": name}
    tagged, _, digest = image.partition("@")
    if digest:
        # The digest says which image it is; a tag beside it says nothing.
        return found | {"digest": digest}
    tag = tagged.removeprefix(name).removeprefix(":")
    return found | {"newTag": tag} if tag else found
