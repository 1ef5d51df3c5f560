"""Which job specs are refused before they are sent, what is said, and which are not."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from nb2prod.analysis.facts import Secret
from nb2prod.data.machines import machines
from nb2prod.errors import InvalidSpec, Nb2prodError
from nb2prod.location import Location
from nb2prod.migration import Migration
from nb2prod.options import Options
from nb2prod.project.targets.gradient import files, validate

MakeMigration = Callable[..., Migration]

WORKFLOW = "deploy/gradient/workflow.yaml"
JOB = "deploy/gradient/job.yaml"
GOOD = {
    WORKFLOW: """\
defaults:
  resources:
    instance-type: A4000
jobs:
  train:
    uses: container@v1
    with:
      image: registry.example.invalid/train:1
      args: ['--epochs', '3']
    env:
      TOKEN: secret:TOKEN
    outputs:
      data:
        type: dataset
        with:
          ref: train-data
""",
    JOB: """\
name: train
projectId: project-1
machineType: A4000
container: registry.example.invalid/train:1
command: python -m train --epochs 3
envVars:
  TOKEN: secret:TOKEN
""",
}


def changed(path: str, old: str, new: str) -> dict[str, str]:
    """Both files, one of them with one text in place of another."""
    assert GOOD[path].count(old) == 1, f"{old!r} stands {GOOD[path].count(old)} times in {path}"
    return {**GOOD, path: GOOD[path].replace(old, new)}


def test_what_the_tables_change_is_right() -> None:
    validate(GOOD)


# The file, what stands in it, what is written instead, and what the message has to say.
REFUSED = [
    # not YAML at all
    (WORKFLOW, "defaults:", "defaults: [", ("YAML", "line 3")),
    (WORKFLOW, "  train:", "\ttrain:", ("YAML", "line 5")),
    (WORKFLOW, "'3'", "'3", ("YAML",)),
    (JOB, "name: train", "name: [train", ("YAML", "line 2")),
    (JOB, "name: train", "name: @train", ("YAML", "line 1")),
    (JOB, "name: train", "name: *a", ("YAML", "line 1")),
    (JOB, "name: train", "name: a\x01b", ("YAML",)),
    (JOB, "name: train", "name: 2026-13-45", ("YAML",)),
    # not a map
    (JOB, GOOD[JOB], "", ("object",)),
    (JOB, GOOD[JOB], "- name: train\n", ("object",)),
    (WORKFLOW, GOOD[WORKFLOW], "a line of text\n", ("object",)),
    # a key is missing
    (WORKFLOW, GOOD[WORKFLOW], "foo: 1\n", ("foo",)),
    (WORKFLOW, GOOD[WORKFLOW], "timeout: 1\n", ("jobs", "required")),
    (WORKFLOW, GOOD[WORKFLOW], "jobs: {}\n", ("$.jobs",)),
    (WORKFLOW, GOOD[WORKFLOW], "jobs:\n", ("$.jobs",)),
    (WORKFLOW, "      image: registry.example.invalid/train:1\n", "", ("train.with", "image")),
    (WORKFLOW, "    uses: container@v1\n", "", ("train", "uses")),
    (WORKFLOW, "        type: dataset\n", "", ("outputs.data", "type")),
    (JOB, "name: train\n", "", ("name", "required")),
    (JOB, "projectId: project-1\n", "", ("projectId", "required")),
    (JOB, "machineType: A4000\n", "", ("machineType", "required")),
    (JOB, "container: registry.example.invalid/train:1\n", "", ("container", "required")),
    (JOB, "command: python -m train --epochs 3\n", "", ("command", "required")),
    # a key is misspelt, or stands where it is not known
    (WORKFLOW, "jobs:", "job:", ("'job'", "'jobs'")),
    (WORKFLOW, "defaults:", "Defaults:", ("'Defaults'", "'defaults'")),
    (WORKFLOW, "instance-type", "instance_type", ("'instance_type'", "'instance-type'")),
    (WORKFLOW, "    env:", "    enviroment:", ("$.jobs.train", "'enviroment'")),
    (WORKFLOW, "      image:", "      imag:", ("$.jobs.train.with", "'imag'", "'image'")),
    (WORKFLOW, "      args:", "      command:", ("$.jobs.train.with", "'command'")),
    (WORKFLOW, "defaults:", "on: {}\ndefaults:", ("True",)),  # YAML's own trap: `on` is true
    (JOB, "machineType:", "machineTypo:", ("'machineTypo'", "'machineType'")),
    (JOB, "machineType:", "machinetype:", ("'machinetype'", "'machineType'")),
    (JOB, "projectId:", "projectID:", ("'projectID'", "'projectId'")),
    (JOB, "name: train", "name: train\nisPublik: true", ("'isPublik'", "'isPublic'")),
    (JOB, "name: train", "name: train\nzzz: true", ("'zzz'",)),
    # keys that would put something secret into an address, or that the command takes apart
    (JOB, "name: train", "name: train\nregistryPassword: x", ("'registryPassword'",)),
    (JOB, "name: train", "name: train\napiKey: x", ("'apiKey'",)),
    (JOB, "name: train", "name: train\ntags: [a]", ("'tags'",)),
    # a machine that nobody has documented
    (WORKFLOW, "A4000", "A400", ("$.defaults.resources.instance-type", "'A400'", "'A4000'")),
    (WORKFLOW, "A4000", "rtx5000", ("'rtx5000'", "'RTX5000'")),
    (WORKFLOW, "A4000", "NOTAMACHINE", ("'NOTAMACHINE'",)),
    (WORKFLOW, "A4000", "''", ("instance-type",)),
    (WORKFLOW, "A4000", "4000", ("instance-type", "4000")),
    (
        WORKFLOW,
        "    uses:",
        "    resources: {instance-type: V10}\n    uses:",
        ("$.jobs.train.resources.instance-type", "'V10'", "'V100'"),
    ),
    (JOB, "A4000", "NOTAMACHINE", ("$.machineType", "'NOTAMACHINE'")),
    (JOB, "A4000", "P500", ("$.machineType", "'P500'", "'P5000'")),
    (JOB, "A4000", "", ("$.machineType",)),
    # variables that are no text
    (WORKFLOW, "TOKEN: secret:TOKEN", "SEED: 1", ("$.jobs.train.env.SEED", "string")),
    (WORKFLOW, "TOKEN: secret:TOKEN", "DEBUG: yes", ("$.jobs.train.env.DEBUG", "string")),
    (WORKFLOW, "TOKEN: secret:TOKEN", "DAY: 2026-01-02", ("$.jobs.train.env.DAY", "string")),
    (WORKFLOW, "TOKEN: secret:TOKEN", "EMPTY:", ("$.jobs.train.env.EMPTY", "string")),
    (WORKFLOW, "TOKEN: secret:TOKEN", "- TOKEN=secret:TOKEN", ("$.jobs.train.env", "object")),
    (WORKFLOW, "defaults:", "defaults:\n  env: {SEED: 1}", ("$.defaults.env.SEED", "string")),
    (WORKFLOW, "'3'", "3", ("$.jobs.train.with.args[1]", "string")),
    (JOB, "TOKEN: secret:TOKEN", "SEED: 1", ("$.envVars.SEED", "string")),
    (JOB, "TOKEN: secret:TOKEN", "RATE: 0.1", ("$.envVars.RATE", "string")),
    (JOB, "TOKEN: secret:TOKEN", "NESTED: {A: b}", ("$.envVars.NESTED", "string")),
    (JOB, "TOKEN: secret:TOKEN", "- TOKEN=secret:TOKEN", ("$.envVars", "object")),
    (JOB, "envVars:\n  TOKEN: secret:TOKEN", "envVars: SEED=1", ("$.envVars", "object")),
    (JOB, "envVars:\n  TOKEN: secret:TOKEN", 'envVars: \'{"SEED": "1"}\'', ("$.envVars",)),
    (JOB, "envVars:\n  TOKEN: secret:TOKEN", "envVars: {}", ("$.envVars",)),
    (JOB, "TOKEN: secret:TOKEN", "with-dash: x", ("$.envVars", "with-dash")),
    # secrets by names that no secret can have
    (WORKFLOW, "secret:TOKEN", "secret:my-token", ("$.jobs.train.env.TOKEN", "my-token")),
    (WORKFLOW, "secret:TOKEN", "secret:1st", ("$.jobs.train.env.TOKEN", "1st")),
    (WORKFLOW, "secret:TOKEN", "secret:_TOKEN", ("$.jobs.train.env.TOKEN", "_TOKEN")),
    (WORKFLOW, "secret:TOKEN", '"secret:"', ("$.jobs.train.env.TOKEN",)),
    (WORKFLOW, "secret:TOKEN", "'secret: TOKEN'", ("$.jobs.train.env.TOKEN",)),
    (WORKFLOW, "secret:TOKEN", '"secret:TOKEN\\n"', ("$.jobs.train.env.TOKEN",)),
    (WORKFLOW, "secret:TOKEN", "secret:ÄTOKEN", ("$.jobs.train.env.TOKEN",)),
    (JOB, "secret:TOKEN", "secret:my-token", ("$.envVars.TOKEN", "my-token")),
    (JOB, "secret:TOKEN", "secret:1st", ("$.envVars.TOKEN", "1st")),
]


@pytest.mark.parametrize(("path", "old", "new", "words"), REFUSED)
def test_refused(path: str, old: str, new: str, words: tuple[str, ...]) -> None:
    with pytest.raises(InvalidSpec) as caught:
        validate(changed(path, old, new))
    message = str(caught.value)
    assert message.startswith(path)
    for word in words:
        assert word in message
    assert "\n" not in message


@pytest.mark.parametrize("missing", [WORKFLOW, JOB])
def test_a_file_is_missing(missing: str) -> None:
    with pytest.raises(InvalidSpec, match=missing):
        validate({path: text for path, text in GOOD.items() if path != missing})


def test_a_refusal_is_one_of_our_errors() -> None:
    assert issubclass(InvalidSpec, Nb2prodError)


ACCEPTED = [
    (WORKFLOW, "TOKEN: secret:TOKEN", "SEED: '1'"),
    (WORKFLOW, "TOKEN: secret:TOKEN", "T: secret:a_1"),
    (WORKFLOW, "TOKEN: secret:TOKEN", "EMPTY: ''"),
    (WORKFLOW, "TOKEN: secret:TOKEN", "NOTE: a secret:with-dash inside a text"),
    (WORKFLOW, "TOKEN: secret:TOKEN", "machineType: a variable of the program's own"),
    (WORKFLOW, "    env:\n      TOKEN: secret:TOKEN\n", ""),
    (WORKFLOW, "      args: ['--epochs', '3']\n", ""),
    (WORKFLOW, "'3'", "'secret:no-variable'"),
    (WORKFLOW, "defaults:\n  resources:\n    instance-type: A4000\n", ""),
    (WORKFLOW, "defaults:", "'on': {github: {branches: {only: main}}}\ndefaults:"),
    (WORKFLOW, "defaults:", "timeout: 3600\ndefaults:"),
    (WORKFLOW, "  resources:", "  resources:\n    container-registries: [ours]"),
    (WORKFLOW, "    uses:", "    resources: {instance-type: V100}\n    uses:"),
    (JOB, "TOKEN: secret:TOKEN", "SEED: '1'"),
    (JOB, "TOKEN: secret:TOKEN", "machineType: a variable of the program's own"),
    (JOB, "envVars:\n  TOKEN: secret:TOKEN\n", ""),
    (JOB, "name: train", "name: train\nisPublic: true\nclusterId: cluster-1\ntag: [a, b]"),
    (JOB, "project-1", "REPLACE-WITH-YOUR-PROJECT-ID"),
    (JOB, "python -m train", "train --secret secret:no-variable"),
]


@pytest.mark.parametrize(("path", "old", "new"), ACCEPTED)
def test_accepted(path: str, old: str, new: str) -> None:
    written = changed(path, old, new)
    yaml.safe_load(written[path])  # or the row says nothing
    validate(written)


@pytest.mark.parametrize("machine", machines())
def test_every_documented_machine_is_accepted(machine: str) -> None:
    for path in GOOD:
        validate(changed(path, "A4000", machine))


def test_what_is_written_is_accepted(
    make_migration: MakeMigration, churn_migration: Migration, hostile_migration: Migration
) -> None:
    image = "registry.example.invalid:5000/team/churn:1"
    named = dataclasses.replace(churn_migration, options=Options(image=image))
    for migration in (make_migration(), churn_migration, named, hostile_migration):
        written = files(migration)
        assert set(written) == set(GOOD)
        validate(written)


@pytest.mark.parametrize("name", ["machineType", "instance-type", "env", "secret"])
def test_a_secret_may_have_any_name(make_migration: MakeMigration, name: str) -> None:
    """It is a variable in the files, whatever else the name means in them."""
    validate(files(make_migration(secrets=(Secret(name, Location(3, 1)),))))


@pytest.mark.parametrize("path", [WORKFLOW, JOB])
def test_a_written_file_that_was_edited_wrongly_is_refused(
    churn_migration: Migration, path: str
) -> None:
    written = files(churn_migration)
    document: dict[str, Any] = yaml.safe_load(written[path])
    for key in document:
        rest = {name: value for name, value in document.items() if name != key}
        edited = {**written, path: yaml.safe_dump(rest)}
        if key in ("defaults", "envVars"):  # all that may be left out
            validate(edited)
        else:
            with pytest.raises(InvalidSpec, match=key):
                validate(edited)
