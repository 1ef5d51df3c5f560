"""What the notebook asks somebody to upload: every target says where it goes and who names it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from nb2prod.analysis.facts import Service
from nb2prod.location import Location
from nb2prod.migration import Migration
from nb2prod.program.model import Upload
from nb2prod.project.targets import compose, gradient, kubernetes, skypilot
from nb2prod.project.targets.target import Settings, Target
from nb2prod.project.targets.workload import workload

MakeMigration = Callable[..., Migration]

PLACE = Location(3, 1)
BY_THE_CLOCK = Settings(schedule="0 3 * * *")
SERVICE = Service("gradio", 7860, PLACE)
# A target, one of its files, where that says the files go, and what it says of the words.
SAID: list[tuple[Target, str, str, str]] = [
    (gradient, "deploy/gradient/workflow.yaml", "the dataset tiny-work", "the end of args"),
    (gradient, "deploy/gradient/job.yaml", "/storage/tiny/work", "the end of command"),
    (kubernetes, "deploy/kubernetes/cronjob.yaml", "them into work,", "the end of args"),
    (skypilot, "deploy/skypilot/task.yaml", "them into work,", "end of run's last line"),
    (skypilot, "deploy/skypilot/job.yaml", "them into work,", "end of run's last line"),
    (skypilot, "deploy/skypilot/paperspace.yaml", "them into work,", "end of run's last line"),
    (compose, "compose.yaml", "put them into work/", "FILE stands for"),
]
SERVED: list[tuple[Target, str, str, str]] = [
    (gradient, "deploy/gradient/deployment.yaml", "/work of such an image", "the end of command"),
    (kubernetes, "deploy/kubernetes/deployment.yaml", "them into work,", "the end of args"),
    (compose, "compose.yaml", "put them into work/", "the end of command"),
]


def uploading(migration: Migration) -> Migration:
    """The same notebook with an upload."""
    uploads = (Upload("upload", PLACE),)
    configuration = dataclasses.replace(migration.program.configuration, uploads=uploads)
    program = dataclasses.replace(migration.program, configuration=configuration)
    return dataclasses.replace(migration, program=program)


def serving(migration: Migration) -> Migration:
    """The same notebook, serving something."""
    facts = dataclasses.replace(migration.facts, service=SERVICE)
    return dataclasses.replace(migration, facts=facts)


def head(target: Target, migration: Migration, path: str, settings: Settings) -> str:
    """The comments of a file as one line."""
    files = target.files(migration, settings)
    target.validate(files, settings)
    lines = [line[2:] for line in files[path].splitlines() if line.startswith("# ")]
    return " ".join(" ".join(lines).split())


def test_there_is_a_directory_for_them(make_migration: MakeMigration) -> None:
    assert workload(make_migration()).uploads == ()
    found = workload(uploading(make_migration()))
    assert found.uploads == ("--upload",)
    [work] = found.volumes
    assert (work.name, work.path, work.filled) == ("work", "/work", True)


@pytest.mark.parametrize(("target", "path", "place", "words"), SAID)
def test_the_head_says_so(
    make_migration: MakeMigration, target: Target, path: str, place: str, words: str
) -> None:
    said = head(target, uploading(make_migration()), path, BY_THE_CLOCK)
    for one in ("--upload FILE", place, words):
        assert one in said
    assert "FILE" not in head(target, make_migration(), path, BY_THE_CLOCK)


@pytest.mark.parametrize(("target", "path", "place", "words"), SERVED)
def test_the_head_of_what_serves_says_so(
    make_migration: MakeMigration, target: Target, path: str, place: str, words: str
) -> None:
    said = head(target, serving(uploading(make_migration())), path, Settings())
    for one in ("--upload FILE", place, words):
        assert one in said
    assert "FILE" not in head(target, serving(make_migration()), path, Settings())


@pytest.mark.parametrize("target", [gradient, kubernetes, skypilot, compose])
def test_the_steps_say_so(make_migration: MakeMigration, target: Target) -> None:
    steps = target.next_steps(uploading(make_migration()), Settings())
    assert 2 <= len(steps) <= 5
    assert "--upload FILE`" in " ".join(steps)
    assert "work`" in " ".join(steps)
    assert "FILE" not in " ".join(target.next_steps(make_migration(), Settings()))


def test_what_serves_with_compose_names_them_in_the_file(make_migration: MakeMigration) -> None:
    served = serving(uploading(make_migration()))
    assert "`--upload FILE` goes to the end of `command`" in compose.notes(served, Settings())
    assert "FILE" not in compose.notes(serving(make_migration()), Settings())
