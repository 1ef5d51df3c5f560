"""Text stays text: whatever a notebook says reaches the program, and changes nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import settings as limit
from hypothesis import strategies as st

from nb2prod.analysis.facts import Nodes, Service
from nb2prod.location import Location
from nb2prod.migration import Migration
from nb2prod.program.model import DirectoryName
from nb2prod.project.parts.secrets import SecretView
from nb2prod.project.targets import kubernetes
from nb2prod.project.targets.carried import is_text
from nb2prod.project.targets.kubernetes import texts
from nb2prod.project.targets.kubernetes.words import object_name, verbatim
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import Volume, Workload, workload
from tests.project.conftest import hostile, make
from tests.project.targets.kubernetes.made import DIRECTORY, container_of, read
from tests.project.targets.kubernetes.policy import breaches

PLACE = Location(3, 1)
TEXT = st.one_of(
    st.text(),
    st.text(st.sampled_from("\"'\\#{}[]%&*!|>-?:@`,$() \n\t\x85\u2028\ufeffé🎉aE01.+~")),
    st.sampled_from("on null 1e3 *a {{x}} $ $$ $(HOME) $$(HOME) ${HOME} $( $() 0o7 ~ = <<".split()),
    st.sampled_from(["---\n", "a\n---\nkind: Pod", "\x1b[0m"]),
)
CARRIED = TEXT.filter(is_text)
NAME = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?", fullmatch=True).filter(
    lambda name: "--" not in name
)


DIRECTORIES: tuple[tuple[DirectoryName, str], ...] = (
    ("data", "/data"),
    ("work", "/work"),
    ("output", "/outputs"),
)


def expanded(text: str, variables: dict[str, str]) -> str:
    """What Kubernetes makes of an argument or a value, transcribed from its documentation: `$(A)`
    is the value of A where there is one, `$$` is `$`, and all else stands for itself.
    """
    out, rest = "", text
    while rest:
        if rest.startswith("$$"):
            out, rest = out + "$", rest[2:]
        elif rest.startswith("$(") and ")" in rest:
            name, _, rest = rest[2:].partition(")")
            out += variables.get(name, f"$({name})")
        else:
            out, rest = out + rest[0], rest[1:]
    return out


@given(TEXT)
@example("$(HOME)")
@example("$$(HOME)")
@example("$$$(HOME)$")
def test_text_is_not_expanded(text: str) -> None:
    assert expanded(verbatim(text), {"HOME": "/root", "": "x"}) == text


def test_expansion_is_what_the_documentation_says() -> None:
    known = {"A": "1"}
    assert expanded("$(A) $$(A) $(B) $A $", known) == "1 $(A) $(B) $A $"


@given(TEXT)
def test_names_are_names(project: str) -> None:
    name = object_name(project)
    assert name.isascii()
    assert name == name.lower()
    assert name[0].isalpha()
    assert name[-1].isalnum()
    assert name.replace("-", "").isalnum()
    # A CronJob's Job is 11 characters longer, and its hosts end in their number.
    assert len(f"{name}-{'0' * 10}-{'9' * 4}") <= 63


@st.composite
def workloads(draw: st.DrawFn) -> Callable[[Workload], Workload]:
    """Changes a workload into any other."""
    secrets = tuple(
        SecretView(name, "used", draw(st.booleans()), name.isidentifier() and name.isascii())
        for name in draw(st.lists(TEXT, unique=True, max_size=3))
    )
    volumes = tuple(
        Volume(name, None, path, draw(TEXT), draw(st.booleans()), draw(st.booleans()))
        for name, path in DIRECTORIES
        if name == "work" or draw(st.booleans())
    )
    service = st.builds(
        Service,
        st.sampled_from(["gradio", "kernel", "flask"]),
        st.integers(1, 65535),
        st.just(PLACE),
        st.lists(st.tuples(st.just("SERVER"), TEXT), max_size=1).map(tuple),
        st.booleans(),
        TEXT.map(lambda text: f"/{text}"),
    )
    nodes = st.builds(
        Nodes,
        st.integers(2, 999),
        st.just(PLACE),
        st.sampled_from(["torch", "lightning", "accelerate", "deepspeed"]),
    )
    changes: dict[str, Any] = {
        "name": draw(NAME),
        "arguments": tuple(draw(st.lists(CARRIED, max_size=4))),
        "secrets": secrets,
        "volumes": volumes,
        "service": draw(st.none() | service),
        "nodes": draw(st.none() | nodes),
        "memory_gb": draw(st.integers(0, 4096)),
        "cpus": draw(st.integers(0, 512)),
    }
    return lambda one: dataclasses.replace(one, **changes)


SETTINGS = st.builds(
    Settings,
    schedule=st.none() | st.just("*/5 0-6 1,15 * ?"),
    timeout=st.none() | st.integers(1, 31622400),
    pull_secret=st.none() | st.just("registry.login"),
)


# Each is a whole project's files, written, checked and read again.
@limit(max_examples=40)
@given(change=workloads(), settings=SETTINGS)
def test_any_workload_is_written_as_what_it_is(
    plain: Workload, change: Callable[[Workload], Workload], settings: Settings
) -> None:
    described = change(plain)
    files = texts(described, settings)
    kubernetes.validate(files, settings)
    found = {
        path.removeprefix(f"{DIRECTORY}/"): list(yaml.safe_load_all(text))
        for path, text in files.items()
    }
    assert len(found.get("claims.yaml", [])) == len(described.volumes)
    for documents in found.values():
        for document in documents:
            # Names of variables that look like a secret's are ours to give, or references.
            assert breaches(document) == []
    container = container_of(found)
    values = {"HOME": "x", "JOB_NAME": "job"}
    said = [expanded(word, values) for word in container.get("args", [])]
    assert tuple(said) == described.arguments
    env = container.get("env", [])
    for one in env:
        if one["name"] == "SERVER" and described.service is not None and "value" in one:
            assert ("SERVER", expanded(one["value"], values)) in described.service.variables
    references = {one["name"] for one in env if "secretKeyRef" in one.get("valueFrom", {})}
    assert references <= {one.name for one in described.secrets}
    for path, text in files.items():
        for line in text.splitlines():
            assert "\0" not in line, path


@pytest.fixture(scope="module")
def plain() -> Workload:
    """The workload of the smallest notebook."""
    return workload(make())


def test_hostile_text_changes_no_structure(hostile_migration: Migration) -> None:
    found = read(hostile_migration)
    made = {path: texts_ for path, texts_ in found.items() if path != "claims.yaml"}
    assert {len(documents) for documents in made.values()} == {1}
    described = workload(hostile_migration)
    # What has a NUL in it no process takes; it is the value that the program has anyhow.
    kept = [
        word
        for option in described.interface.options
        if "\0" not in "".join(option.arguments())
        for word in option.arguments()
    ]
    assert [expanded(word, {"HOME": "x"}) for word in container_of(found)["args"]] == kept
    assert len(kept) < len(described.arguments)


@limit(max_examples=40)
@given(TEXT)
@example("a\0b")
def test_what_the_notebook_says_stays_in_its_place(text: str) -> None:
    made = hostile(text)
    found = read(made)
    variables = {one["name"] for one in container_of(found).get("env", [])}
    assert {"on", "_private"} <= variables
    assert [one["kind"] for one in found["job.yaml"]] == ["Job"]
    for step in kubernetes.next_steps(made, Settings()):
        assert "\n" not in step
