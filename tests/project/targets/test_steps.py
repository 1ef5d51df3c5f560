"""From the project to an image that a place can pull: the first of what a user does."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from nb2prod.migration import Migration
from nb2prod.project.targets import kubernetes
from nb2prod.project.targets.steps import building, push
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import workload

MakeMigration = Callable[..., Migration]

DIGEST = f"@sha256:{'0' * 64}"
BY_HAND = "or `docker build` as README's section Image has it, and `docker push`"


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (
            "tiny:1",
            (
                "Give the image a full name, in a registry that she can pull from: convert again"
                " with `--image registry.example/you/tiny:1`. Then build it and push it:"
                f" `nb2prod build --push`, {BY_HAND}."
            ),
        ),
        (
            "registry.example/team/tiny:1",
            (
                "Build the image `registry.example/team/tiny:1` and push it to where she can pull"
                f" it: `nb2prod build --push`, {BY_HAND}."
            ),
        ),
        (
            f"registry.example/team/tiny{DIGEST}",
            (
                f"See that she can pull `registry.example/team/tiny{DIGEST}`: an image with its"
                " digest is there already."
            ),
        ),
    ],
)
def test_an_image_is_built_before_it_is_pushed(
    make_migration: MakeMigration, image: str, said: str
) -> None:
    found = dataclasses.replace(workload(make_migration()), name="tiny", image=image)
    assert push(found, "she") == said


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (
            None,
            "Build the image under a name in a registry that the cluster pulls from, and push it:"
            " `nb2prod build --tag registry.example/you/{image} --push`, " + BY_HAND + "."
            " Write that name, without its tag, as `newName` into"
            " `deploy/kubernetes/kustomization.yaml`.",
        ),
        (
            "registry.example/team/tiny:1",
            "Build the image `{image}` and push it: `nb2prod build --push`, " + BY_HAND + ".",
        ),
        (
            f"registry.example/team/tiny{DIGEST}",
            "The cluster pulls `{image}`: that image has to be there.",
        ),
    ],
)
def test_a_cluster_s_image(make_migration: MakeMigration, image: str | None, said: str) -> None:
    migration = make_migration()
    if image is not None:
        options = dataclasses.replace(migration.options, image=image)
        migration = dataclasses.replace(migration, options=options)
    first, *_ = kubernetes.next_steps(migration, Settings())
    assert first == said.format(image=migration.image)


def test_a_name_is_quoted_for_a_shell() -> None:
    assert building("a b").startswith("`nb2prod build --tag 'a b' --push`, ")
