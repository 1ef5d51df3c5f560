"""Whatever the notebook holds, it arrives as it was, or it is left out and that is said."""

from __future__ import annotations

import itertools
import json
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
from tests.project.targets.workloads import FILLED, VOLUMES, WORK, make

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


def argo(words: list[str]) -> list[str] | None:
    """The words after Argo, which takes the whole template as one text of JSON and replaces what
    stands between `{{` and the next `}}`, also of another word; None for an error without an end.
    """
    text, done = json.dumps(words), ""
    while "{{" in text:
        before, _, rest = text.partition("{{")
        _, end, text = rest.partition("}}")
        if not end:
            return None
        done += f"{before}replaced by Argo"
    found: list[str] = json.loads(done + text)
    return found


def kubernetes(word: str) -> str:
    """A word after Kubernetes that knows every name, read from left to right as in `expand.go`."""
    done, place = "", 0
    while place < len(word):
        character, following = word[place], word[place + 1 : place + 2]
        end = word.find(")", place + 2)
        if character == "$" and following == "$":
            done, place = f"{done}$", place + 2
        elif character == "$" and following == "(" and end >= 0:
            done, place = f"{done}the secret's value", end + 1
        else:
            done, place = done + character, place + 1
    return done


def arrives(words: list[str]) -> list[str] | None:
    """What a process gets of these words; None where none can be started with them."""
    replaced = argo(words)
    if replaced is None or any("\0" in word for word in replaced):
        return None
    return list(map(kubernetes, replaced))


@pytest.mark.parametrize(
    ("words", "got"),
    [
        (["a", "{ } $ ${x} $("], ["a", "{ } $ ${x} $("]),
        (["{{a}}", "}}"], ["replaced by Argo", "}}"]),
        (["a{{", "b", "}}c"], ["areplaced by Argoc"]),
        (["{{"], None),
        (["$$(A)", "$(A)$"], ["$(A)", "the secret's value$"]),
        (["\0"], None),
    ],
)
def test_the_model(words: list[str], got: list[str] | None) -> None:
    assert arrives(words) == got


@given(
    value=VALUES,
    other=VALUES,
    volumes=st.sampled_from(VOLUMES),
)
@example(value="{{workflow.name}}", other="$(TOKEN)", volumes=(FILLED,))
@example(value="-$$(x)", other="${x} $x $", volumes=(WORK,))
@example(value="a{{", other="}}", volumes=(WORK,))
@example(value="\0", other="", volumes=(WORK,))
def test_round_trip(value: str, other: str, volumes: tuple[object, ...]) -> None:
    service = Service("gradio", 7860, Location(1), (("A", value),))
    arguments = (*word(value), "--flag", *word(other), "--no-other")
    found = make(arguments=arguments, volumes=volumes, service=service)
    documents = [
        (workflow_spec(found), workflow_comments(found)),
        (job_options(found), job_comments(found)),
        (deployment_spec(found) or {}, deployment_comments(found)),
    ]
    for document, comments in documents:
        read = yaml.safe_load(yaml_text(document, comments))
        assert read == document
        assert json.loads(json.dumps(read)) == document
    options = [word(value), ("--flag",), word(other), ("--no-other",)]
    words = shlex.split(str(job_options(found)["command"]))
    passed = [one for option in options if "\0" not in "".join(option) for one in option]
    assert words[-len(passed) :] == passed

    words = carried(found)
    assert arrives(words) == words
    # What is left out is whole options, and none that nothing could happen to.
    lacking = left_out(found)
    assert len(lacking) <= len([one for one in options if set("{}$\0") & set("".join(one))])
    ways = itertools.combinations(options, len(options) - len(lacking))
    assert words in [[one for option in way for one in option] for way in ways]
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
        (("--a", "\0", "--b"), ["--b"], ["--a"]),
        (("--a", "$$", "--c", "$HOME ${x} { } $"), ["--c", "$HOME ${x} { } $"], ["--a"]),
    ],
)
def test_what_is_left_out(arguments: tuple[str, ...], kept: list[str], flags: list[str]) -> None:
    found = make(arguments=arguments)
    assert carried(found) == kept
    assert left_out(found) == flags
