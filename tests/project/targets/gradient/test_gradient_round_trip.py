"""Whatever the notebook holds, it arrives as it was, or it is left out and that is said."""

from __future__ import annotations

import json
import re
import shlex

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from nb2prod.analysis.facts import Service
from nb2prod.location import Location
from nb2prod.project.targets.gradient.arguments import carried, left_out
from nb2prod.project.targets.gradient.deployment import deployment_comments, deployment_spec
from nb2prod.project.targets.gradient.job import job_comments, job_options
from nb2prod.project.targets.gradient.workflow import workflow_comments, workflow_spec
from nb2prod.project.yaml_text import yaml_text
from tests.project.targets.gradient.workloads import DATA, OUTPUT, READ_ONLY, WORK, make

AWKWARD = st.sampled_from(
    [
        *("on", "null", "1e3", "0x1", "12:30", "*a", "&a", "!!x", "# a", "- a", ": ", "\\"),
        *("{{ x }}", "{{", "}}", "{", "$", "$$", "$(TOKEN)", "$(", "${x}", "'", '"', "\n", ""),
        *("é🎉", "\x00", "\u2028"),
    ]
)
VALUES = st.one_of(st.text(), st.lists(AWKWARD, max_size=4).map("".join))


def word(value: str) -> tuple[str, ...]:
    """An option with a value, as `ProgramOption.arguments` writes it."""
    return (f"--an-option={value}",) if value.startswith("-") else ("--an-option", value)


def arrives(text: str) -> str:
    """What is left of a word of a command after Argo and Kubernetes, which know every name."""
    text = re.sub(r"\{\{.*?\}\}", "replaced by Argo", text, flags=re.DOTALL)
    return re.sub(
        r"\$\$|\$\([^)]*\)", lambda m: "$" if m[0] == "$$" else "the secret's value", text
    )


@given(
    value=VALUES,
    other=VALUES,
    volumes=st.sampled_from([(), (DATA, WORK, OUTPUT), (READ_ONLY, OUTPUT), (WORK,)]),
)
@example(value="{{workflow.name}}", other="$(TOKEN)", volumes=(WORK,))
@example(value="-$$(x)", other="${x} $x $", volumes=())
def test_round_trip(value: str, other: str, volumes: tuple[object, ...]) -> None:
    service = Service("gradio", 7860, Location(1), (("A", value),))
    arguments = (*word(value), "--flag", *word(other), "--no-other")
    found = make(arguments=arguments, volumes=volumes, service=service)  # type: ignore[arg-type]
    documents = [
        (workflow_spec(found), workflow_comments(found)),
        (job_options(found), job_comments(found)),
        (deployment_spec(found) or {}, deployment_comments(found)),
    ]
    for document, comments in documents:
        read = yaml.safe_load(yaml_text(document, comments))
        assert read == document
        assert json.loads(json.dumps(read)) == document
    words = shlex.split(str(job_options(found)["command"]))
    assert words[-len(arguments) :] == list(arguments)

    words = carried(found)
    assert list(map(arrives, words)) == words
    options = [word(value), ("--flag",), word(other), ("--no-other",)]
    plain = [one for one in options if not re.search(r"\{\{|\}\}|\$\(|\$\$", "".join(one))]
    assert words == [one for option in plain for one in option]
    assert len(left_out(found)) == len(options) - len(plain)
    for comments in (workflow_comments(found), deployment_comments(found)):
        assert " ".join(comments).count("--an-option is left out") == len(left_out(found))


@pytest.mark.parametrize(
    ("arguments", "kept", "flags"),
    [
        ((), [], []),
        (("--a", "1", "--b"), ["--a", "1", "--b"], []),
        (("--a", "{{ x }}", "--b"), ["--b"], ["--a"]),
        (("--a=-{{", "--b", ""), ["--b", ""], ["--a"]),
        (("--a", "$(id)", "--no-b"), ["--no-b"], ["--a"]),
        (("--a", "$$", "--c", "$HOME ${x} { } $"), ["--c", "$HOME ${x} { } $"], ["--a"]),
    ],
)
def test_what_is_left_out(arguments: tuple[str, ...], kept: list[str], flags: list[str]) -> None:
    found = make(arguments=arguments)
    assert carried(found) == kept
    assert left_out(found) == flags
