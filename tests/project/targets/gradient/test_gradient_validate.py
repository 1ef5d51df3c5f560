"""Which job specs are refused before they are sent, what is said, and which are not."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

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


DEFAULTS = "defaults:\n  resources:\n    instance-type: A4000\n"
IMAGE = "registry.example.invalid/train:1"
# Nine lines that would be a thousand million values.
BOMB = "      a0: &a0 {type: string}\n" + "".join(
    f"      a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)


def clone(line: str = "timeout: 60") -> str:
    """A job that has the output `repo`, with one more line."""
    return (
        f"  clone:\n    {line}\n    uses: git-checkout@v1\n"
        "    with: {url: git.example.invalid/a, ref: main, username: a, password: secret:GIT}\n"
        "    outputs: {repo: {type: volume}}\n"
    )


def taking(what: str, needs: str = "clone") -> str:
    """The line `    uses:` of the job `train`, after an input for it and a job to take it from."""
    return (
        f"    inputs:\n      repo: {what}\n    needs: [{needs}]\n    uses: container@v1\n"
        f"    with: {{image: a}}\n{clone()}  other:\n    uses:"
    )


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
    (JOB, "name: train", "name: a\x01b", ("YAML",)),
    (JOB, "name: train", "name: 2026-13-45", ("YAML",)),
    (JOB, "name: train", 'name: "\\UFFFFFFFF"', ("YAML",)),  # no such character
    (JOB, "name: train", "name: 0x_", ("YAML",)),
    (JOB, GOOD[JOB], "]" * 3000, ("YAML", "line 1")),
    # YAML that a spec has no use for
    (JOB, "name: train", "name: *a", ("anchors and aliases", "line 1")),
    (JOB, "name: train", "name: &a train", ("anchors and aliases", "line 1")),
    (WORKFLOW, "with:\n      image", "with: &a\n      image", ("anchors and aliases", "line 7")),
    (WORKFLOW, "    uses:", f"    inputs:\n{BOMB}    uses:", ("anchors and aliases", "line 7")),
    (JOB, "name: train", "name: !!timestamp x", ("tags", "line 1")),
    (JOB, "name: train", "name: !!bool x", ("tags", "line 1")),
    (JOB, "name: train", 'name: !!int ""', ("tags", "line 1")),
    (JOB, "name: train", "name: !!binary x", ("tags", "line 1")),
    (JOB, "name: train", "name: !train x", ("tags", "line 1")),
    (JOB, "name: train", "name: !!str [train]", ("YAML", "line 1")),
    (JOB, GOOD[JOB], "[" * 3000 + "]" * 3000, ("too deeply", "line 1")),
    (JOB, GOOD[JOB], "{a: " * 3000 + "}" * 3000, ("too deeply", "line 1")),
    (JOB, GOOD[JOB], "- " * 3000 + "a", ("too deeply", "line 1")),
    (JOB, GOOD[JOB], "? " * 3000 + "a", ("too deeply", "line 1")),
    (JOB, GOOD[JOB], "".join(" " * n + "a:\n" for n in range(200)), ("too deeply", "line 33")),
    (JOB, "name: train", "name: train\nname: other", ("'name'", "twice", "line 2")),
    (JOB, "name: train", "name: train\n'name': other", ("'name'", "twice", "line 2")),
    (WORKFLOW, "secret:TOKEN", "a\n      TOKEN: b", ("'TOKEN'", "twice", "line 12")),
    (WORKFLOW, "jobs:", "jobs: {}\njobs:", ("'jobs'", "twice", "line 5")),
    (JOB, "name: train", "? [a]\n: b\nname: train", ("a key", "line 1")),
    (JOB, "name: train", "? {a: b}\n: b\nname: train", ("a key", "line 1")),
    (WORKFLOW, "defaults:", "on: {}\ndefaults:", ("'on'", "bool", "quotes", "line 1")),
    (WORKFLOW, "TOKEN:", "NO:", ("'NO'", "bool", "quotes", "line 11")),
    (WORKFLOW, "TOKEN:", "1:", ("'1'", "int", "quotes")),
    (WORKFLOW, "TOKEN:", "~:", ("'~'", "null", "quotes")),
    (WORKFLOW, "TOKEN:", "2026-01-02:", ("'2026-01-02'", "timestamp")),
    (WORKFLOW, "TOKEN: secret:TOKEN", "<<: {A: b}", ("'<<'", "merge")),
    (WORKFLOW, "  train:", "  2026:", ("'2026'", "int", "quotes")),
    (JOB, "TOKEN:", "yes:", ("'yes'", "bool", "quotes")),
    *(
        (WORKFLOW, "defaults:", f"timeout: {number}\ndefaults:", (number[:32], "line 1", "sent"))
        for number in (
            ".nan",
            ".inf",
            "-.Inf",
            "1.0e+999",
            "9" * 5000,
            "1:1" * 999,
            "0x" + "f" * 99,
        )
    ),
    (JOB, "name: train", f"name: 0x{'f' * 5000}", ("line 1", "0xff", "no number")),
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
    # no machine anywhere, for one job of two
    (WORKFLOW, DEFAULTS, "", ("$.jobs.train", "no machine")),
    (WORKFLOW, "    instance-type: A4000", "    container-registries: [a]", ("no machine",)),
    (WORKFLOW, "  resources:\n    instance-type: A4000", "  env: {A: b}", ("no machine",)),
    (
        WORKFLOW,
        DEFAULTS + "jobs:",
        f"jobs:\n{clone('resources: {instance-type: C3}')}".rstrip("\n"),
        ("$.jobs.train", "no machine"),
    ),
    # actions, and what they take
    (
        WORKFLOW,
        "container@v1",
        "container@v9",
        ("train.uses", "'container@v9'", "; 'container@v1'"),
    ),
    (WORKFLOW, "container@v1", "container", ("train.uses", "; 'container@v1'")),
    (WORKFLOW, "container@v1", "actions/checkout@v4", ("train.uses", "actions/checkout@v4")),
    (WORKFLOW, "container@v1", "git-checkout@v1", ("train.with", "'image'", "'args'")),
    (WORKFLOW, IMAGE, "a b", ("train.with.image", "'a b'", "white space")),
    (WORKFLOW, IMAGE, '"a\\n"', ("train.with.image", "white space")),
    (WORKFLOW, IMAGE, "''", ("train.with.image", "''")),
    (JOB, IMAGE, "a b", ("$.container", "'a b'", "white space")),
    (JOB, IMAGE, "' a'", ("$.container", "white space")),
    (JOB, IMAGE, "''", ("$.container",)),
    (JOB, "project-1", "'my project'", ("$.projectId", "'my project'")),
    (JOB, "python -m train --epochs 3", "' '", ("$.command",)),
    (JOB, "name: train", "name: train\nworkspace: none", ("$.workspace", "'none'")),
    (JOB, "name: train", "name: train\nworkspace: ''", ("$.workspace", "''")),
    (JOB, "name: train", "name: train\nnodeAttrs: {a: 2026-01-02}", ("$.nodeAttrs.a", "date")),
    # how long
    (WORKFLOW, "defaults:", "timeout: 0\ndefaults:", ("$.timeout", "0")),
    (WORKFLOW, "defaults:", "timeout: -1\ndefaults:", ("$.timeout", "-1")),
    (WORKFLOW, "defaults:", "timeout: yes\ndefaults:", ("$.timeout", "True")),
    (WORKFLOW, "    uses:", "    timeout: -0.5\n    uses:", ("$.jobs.train.timeout", "-0.5")),
    (WORKFLOW, "    uses:", "    timeout: .nan\n    uses:", ("line 6", ".nan")),
    # the ids of jobs
    (WORKFLOW, "  train:", "  my_job:", ("$.jobs", "'my_job'", "id of a job")),
    (WORKFLOW, "  train:", '  "train\\n":', ("$.jobs", "train\\n", "id of a job")),
    (WORKFLOW, "  train:", '  "":', ("$.jobs", "''")),
    (WORKFLOW, "  train:", f"  {'a' * 64}:", ("$.jobs", "63")),
    # waiting for what never comes
    (WORKFLOW, "    uses:", "    needs: [missing]\n    uses:", ("train.needs", "'missing'")),
    (WORKFLOW, "    uses:", "    needs: [Train]\n    uses:", ("'Train'", "; 'train'")),
    (WORKFLOW, "    uses:", "    needs: [train]\n    uses:", ("$.jobs", "'train', 'train'")),
    (WORKFLOW, "    uses:", "    needs: train\n    uses:", ("$.jobs.train.needs", "array")),
    (
        WORKFLOW,
        "  train:\n",
        f"{clone('needs: [train]')}  train:\n    needs: [clone]\n",
        ("$.jobs", "each other", "'clone', 'train'"),
    ),
    # taking what nobody gives
    (WORKFLOW, "    uses:", taking("zz.outputs.y"), ("$.jobs.train.inputs.repo", "'zz'")),
    (WORKFLOW, "    uses:", taking("workflow.inputs.x"), ("train.inputs.repo", "no input 'x'")),
    (WORKFLOW, "    uses:", taking("clone.outputs.repo", ""), ("train.inputs", "'clone'", "needs")),
    (WORKFLOW, "    uses:", taking("clone.outputs.repos"), ("'repos'", "; 'repo'")),
    (WORKFLOW, "    uses:", taking("clone.inputs.repo"), ("inputs.repo", "JOB.outputs.NAME")),
    (WORKFLOW, "    uses:", taking("clone.repo"), ("inputs.repo", "JOB.outputs.NAME")),
    (WORKFLOW, "    uses:", taking("'clone.outputs.repo '"), ("JOB.outputs.NAME",)),
    (WORKFLOW, "    uses:", taking("{type: data}"), ("inputs.repo.type", "; 'dataset'")),
    (WORKFLOW, "    uses:", taking("[]"), ("inputs.repo", "object")),
    (WORKFLOW, "data:\n        type", '"a\\nb":\n        type', ("train.outputs", "a\\nb")),
    (WORKFLOW, "data:\n        type", "a/b:\n        type", ("train.outputs", "a/b")),
    # datasets that nobody can find
    (WORKFLOW, "        with:\n          ref: train-data\n", "", ("outputs.data", "'with'")),
    (WORKFLOW, "          ref: train-data", "          {}", ("outputs.data.with", "'ref'")),
    (WORKFLOW, "ref: train-data", "ref: 1", ("outputs.data.with.ref", "1")),
    (WORKFLOW, "ref: train-data", "id:", ("outputs.data.with.id", "None")),
    (WORKFLOW, "ref: train-data", "ref: ''", ("outputs.data.with.ref", "''")),
    (WORKFLOW, "ref: train-data", "ref: my data", ("outputs.data.with.ref", "'my data'")),
    (WORKFLOW, "ref: train-data", "reff: data", ("outputs.data.with", "'reff'", "'ref'")),
    (WORKFLOW, "    uses:", taking("{type: dataset}"), ("train.inputs.repo", "'with'")),
    (WORKFLOW, "    uses:", taking("{type: dataset, with: {ref: 1}}"), ("inputs.repo.with.ref",)),
    (WORKFLOW, "jobs:", "inputs: {a: {type: dataset, with: {}}}\njobs:", ("$.inputs.a.with",)),
    # paths that nothing is mounted at
    (WORKFLOW, "secret:TOKEN", "/outputs/dta", ("$.jobs.train.env.TOKEN", "'data' is near it")),
    (WORKFLOW, "secret:TOKEN", "/inputs/data/x", ("$.jobs.train.env.TOKEN", "no input 'data'")),
    (
        WORKFLOW,
        "['--epochs', '3']",
        "[sh, -c, 'cp -R /inputs/work/. . && exec \"$@\"', sh, python]",
        ("$.jobs.train.with.args[2]", "no input 'work'"),
    ),
    # variables that are no text
    (WORKFLOW, "TOKEN: secret:TOKEN", "SEED: 1", ("$.jobs.train.env.SEED", "string")),
    (WORKFLOW, "TOKEN: secret:TOKEN", "DEBUG: yes", ("$.jobs.train.env.DEBUG", "string")),
    (WORKFLOW, "TOKEN: secret:TOKEN", "DAY: 2026-01-02", ("$.jobs.train.env.DAY", "string")),
    (WORKFLOW, "TOKEN: secret:TOKEN", "EMPTY:", ("$.jobs.train.env.EMPTY", "string")),
    (WORKFLOW, "TOKEN: secret:TOKEN", "- TOKEN=secret:TOKEN", ("$.jobs.train.env", "object")),
    (WORKFLOW, "defaults:", "defaults:\n  env: {SEED: 1}", ("$.defaults.env.SEED", "string")),
    (WORKFLOW, "'3'", "3", ("$.jobs.train.with.args[1]", "string")),
    # what no process takes
    (WORKFLOW, "'3'", '"a\\0b"', ("$.jobs.train.with.args[1]", "text without NUL")),
    (WORKFLOW, "secret:TOKEN", '"a\\0"', ("$.jobs.train.env.TOKEN", "text without NUL")),
    (JOB, "python -m train --epochs 3", '"a \\0"', ("$.command", "without NUL")),
    (JOB, "secret:TOKEN", '"\\0"', ("$.envVars.TOKEN", "text without NUL")),
    (JOB, "TOKEN: secret:TOKEN", "SEED: 1", ("$.envVars.SEED", "string")),
    (JOB, "TOKEN: secret:TOKEN", "RATE: 0.1", ("$.envVars.RATE", "string")),
    (JOB, "TOKEN: secret:TOKEN", "NESTED: {A: b}", ("$.envVars.NESTED", "string")),
    (JOB, "TOKEN: secret:TOKEN", "- TOKEN=secret:TOKEN", ("$.envVars", "object")),
    (JOB, "envVars:\n  TOKEN: secret:TOKEN", "envVars: SEED=1", ("$.envVars", "object")),
    (JOB, "envVars:\n  TOKEN: secret:TOKEN", 'envVars: \'{"SEED": "1"}\'', ("$.envVars",)),
    (JOB, "envVars:\n  TOKEN: secret:TOKEN", "envVars: {}", ("$.envVars",)),
    (JOB, "TOKEN: secret:TOKEN", "with-dash: x", ("$.envVars", "with-dash")),
    *(
        (path, "TOKEN: secret:TOKEN", f"{name}: x", ("nv", shown, "name of a variable"))
        for path in GOOD
        for name, shown in (
            ("A B", "'A B'"),
            ('""', "''"),
            ("'1'", "'1'"),
            ("a-b", "'a-b'"),
            ('"A\\n"', r"'A\n'"),
        )
    ),
    (WORKFLOW, "defaults:", "defaults:\n  env: {A B: c}", ("$.defaults.env", "'A B'")),
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


@pytest.mark.parametrize("document", ["[" + "a, " * 2_000 + "]", "a" * 9999])
def test_a_message_does_not_hold_the_whole_file(document: str) -> None:
    with pytest.raises(InvalidSpec) as caught:
        validate({**GOOD, JOB: document})
    assert len(str(caught.value)) < 600


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
    (WORKFLOW, "secret:TOKEN", "/outputs/data"),
    (WORKFLOW, "secret:TOKEN", "/elsewhere/inputs/data"),
    (WORKFLOW, "secret:TOKEN", "a note on /inputs/data"),
    (WORKFLOW, "['--epochs', '3']", "[sh, -c, 'ls /outputs/data']"),
    (WORKFLOW, "'3'", "/inputs/text-of-the-notebook"),
    (WORKFLOW, DEFAULTS + "jobs:\n  train:", "jobs:\n  train:\n    resources: {instance-type: C3}"),
    (WORKFLOW, "'3'", "'secret:A B'"),
    (WORKFLOW, "secret:TOKEN", "!!str 1"),
    (WORKFLOW, "secret:TOKEN", "a\n      'NO': 'no'"),
    (WORKFLOW, "jobs:\n", f"jobs:\n{clone()}"),
    (WORKFLOW, "    uses:", taking("clone.outputs.repo")),
    (WORKFLOW, "    uses:", taking("{type: volume}")),
    (WORKFLOW, "    uses:", taking("{type: string, with: {value: a}}")),
    (WORKFLOW, "    uses:", taking("{type: dataset, with: {ref: 'data:latest'}}")),
    (WORKFLOW, "    uses:", taking("{type: dataset, with: {id: data}, optional: true}")),
    (
        WORKFLOW,
        "jobs:\n  train:",
        (
            "inputs: {a: {type: dataset}, b: {type: string, with: {value: c}}}\njobs:\n  train:\n"
            "    inputs: {a: workflow.inputs.a, b: workflow.inputs.b}"
        ),
    ),
    (WORKFLOW, "ref: train-data", "id: dst5y"),
    (WORKFLOW, "data:\n        type", "text: {type: string}\n      data:\n        type"),
    (
        WORKFLOW,
        f"container@v1\n    with:\n      image: {IMAGE}\n      args: ['--epochs', '3']",
        "script@v1\n    with:\n      script: |-\n        echo a\n        echo b",
    ),
    (
        WORKFLOW,
        f"container@v1\n    with:\n      image: {IMAGE}\n      args: ['--epochs', '3']",
        "s3-download@v1\n    with: {url: 's3://a/', access-key: A, secret-access-key: secret:KEY}",
    ),
    (
        WORKFLOW,
        f"container@v1\n    with:\n      image: {IMAGE}\n      args: ['--epochs', '3']",
        "create-model@v1\n    with: {name: a model, type: Tensorflow}",
    ),
    (WORKFLOW, "  train:", f"  {'a' * 63}:"),
    (WORKFLOW, "    uses:", "    timeout: 0.5\n    uses:"),
    (JOB, "name: train", "name: train\nworkspace: nonesuch"),
    (JOB, "name: train", "name: train\nnodeAttrs: {a: 1, b: [c]}"),
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
        if key == "envVars":  # all that may be left out
            validate(edited)
        else:
            with pytest.raises(InvalidSpec, match=rf"\b{key}\b"):
                validate(edited)


# Pieces of what YAML and the specs are made of: text of any kind at all is seldom worth a look.
PIECES = st.sampled_from(
    [
        *"[]{}:,-?!&*#|>%@'\"\n ~<=.0",
        *("\n  ", "\n    ", ": ", "- ", "? ", "!!int ", "!!str ", "&a ", "*a", "<<: ", "---\n"),
        *("%TAG ! !a\n", "2026-13-45", "0x_", "1:1", ".nan", "\\UFFFFFFFF", "secret:", "A4000"),
        *("jobs", "needs", "inputs", "outputs", "with", "env", "uses", "train"),
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join))


@settings(max_examples=200)
@given(
    path=st.sampled_from([WORKFLOW, JOB]),
    text=TEXTS,
    start=st.none() | st.integers(0, 400),
    length=st.integers(0, 40),
)
@example(path=JOB, text="9" * 9999, start=6, length=5)
@example(path=WORKFLOW, text='{"a\\nb": 1, "\\uD800": 1}', start=None, length=0)
def test_any_text_is_taken_or_refused(path: str, text: str, start: int | None, length: int) -> None:
    """Text alone, or in place of some of a good file."""
    good = GOOD[path]
    written = text if start is None else good[:start] + text + good[start + length :]
    try:
        validate({**GOOD, path: written})
    except InvalidSpec as error:
        message = str(error)
        assert message.startswith(f"{path}:")
        assert len(message.splitlines()) == 1
        assert message.isprintable()
