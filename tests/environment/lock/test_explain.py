"""Why nothing can be locked, told by the notebook's own lines, and what would go instead."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nb2prod.environment.lock.explain import explain
from nb2prod.environment.lock.ladder import Ground, Refused, settle
from nb2prod.environment.lock.pythons import on_another_python
from nb2prod.environment.lock.uv import ask
from nb2prod.environment.model import Attention, Pin
from nb2prod.location import Location
from tests.environment.lock.asking import ground, pin
from tests.environment.lock.index import Index

Explain = Callable[[Ground], Attention]


@pytest.fixture
def explained(environment: dict[str, str]) -> Explain:
    """What a person is told of a ground that cannot be met."""

    def explained(start: Ground) -> Attention:
        refused = settle(start, lambda question: ask(question, environment))
        assert isinstance(refused, Refused)
        other = on_another_python(
            start, refused, lambda question: ask(question, environment), thoroughly=False
        )
        return explain(refused, start, lambda question: ask(question, environment), other)

    return explained


@pytest.fixture
def frames(index: Index) -> Index:
    index.wheel("pandas", "1.5.0", "numpy<2")
    index.wheel("pandas", "2.2.0", "numpy>=2")
    index.wheel("numpy", "1.26.0")
    index.wheel("numpy", "2.0.0")
    index.wheel("six", "1.16.0")
    return index


def test_who_asks_for_what_is_told_by_cell_and_line(frames: Index, explained: Explain) -> None:
    said = explained(
        ground(
            pin("six==1.16.0", cell=1), pin("pandas==1.5.0", cell=3), pin("numpy==2.0.0", cell=7)
        )
    )
    assert said.location == Location(3, 1)
    assert said.reason.startswith(
        "pandas==1.5.0 (cell 3 line 1), numpy==2.0.0 (cell 7 line 1) cannot be installed together: "
    )
    assert "numpy<2" in said.reason
    assert "six" not in said.reason


@pytest.mark.parametrize(
    ("pandas", "numpy", "way"),
    [
        # The last word is the likeliest to be meant.
        (3, 7, "What would go: pandas==2.2.0 instead of 1.5.0."),
        (7, 3, "What would go: numpy==1.26.0 instead of 2.0.0."),
    ],
)
def test_the_nearest_set_leaves_the_last_word(
    frames: Index, explained: Explain, pandas: int, numpy: int, way: str
) -> None:
    said = explained(ground(pin("pandas==1.5.0", cell=pandas), pin("numpy==2.0.0", cell=numpy)))
    assert said.reason.endswith(way)


def test_where_nothing_near_goes_no_way_is_named(index: Index, explained: Explain) -> None:
    index.wheel("pandas", "1.5.0", "numpy<2")
    index.wheel("numpy", "2.0.0")
    said = explained(ground(pin("pandas==1.5.0"), pin("numpy==2.0.0")))
    assert "What would go" not in said.reason


def test_a_version_that_does_not_exist_is_told_with_one_that_does(
    frames: Index, explained: Explain
) -> None:
    said = explained(ground(pin("six==9.9.9", cell=2)))
    assert said.reason.startswith("six==9.9.9 (cell 2 line 1) cannot be installed: ")
    assert "no version of six==9.9.9" in said.reason
    assert said.reason.endswith("What would go: six==1.16.0 instead of 9.9.9.")


@pytest.mark.parametrize(
    ("asked", "name"), [("tqdm==4.0", "tqdm"), ("pandas==9.0", "tqdm"), ("docopt==0.6.1", "docopt")]
)
def test_what_would_have_to_be_built_is_named_with_its_option(
    index: Index, explained: Explain, asked: str, name: str
) -> None:
    index.source("tqdm", "4.0")
    index.source("docopt", "0.6.1")
    index.wheel("pandas", "9.0", "tqdm==4.0")
    said = explained(ground(pin(asked)))
    assert said.reason.endswith(f": --allow-build {name}.")


def test_another_python_is_named_where_everything_goes_there(
    index: Index, explained: Explain
) -> None:
    index.wheel("numpy", "1.21.0", tag="cp39-cp39-manylinux2014_x86_64")
    index.wheel("numpy", "1.21.0", tag="cp310-cp310-manylinux2014_x86_64")
    index.wheel("numpy", "1.26.0", tag="cp312-cp312-manylinux2014_x86_64")
    said = explained(ground(pin("numpy==1.21.0")))
    assert "What would go: --python 3.10 or numpy==1.26.0 instead of 1.21.0." in said.reason


@pytest.mark.parametrize(
    ("tags", "thoroughly", "found"),
    [
        (["cp39", "cp310"], True, "3.10"),
        (["cp313", "cp314"], True, "3.13"),
        (["cp39", "cp313"], True, "3.9"),
        (["cp27"], True, None),
        (["cp39", "cp310"], False, "3.10"),
        (["cp39", "cp313"], False, None),
    ],
)
def test_the_nearest_older_python_is_tried_first(
    index: Index,
    environment: dict[str, str],
    tags: list[str],
    thoroughly: bool,
    found: str | None,
) -> None:
    for tag in tags:
        index.wheel("numpy", "1.21.0", tag=f"{tag}-{tag}-manylinux2014_x86_64")
    start = ground(pin("numpy==1.21.0"))
    refused = settle(start, lambda question: ask(question, environment))
    assert isinstance(refused, Refused)
    other = on_another_python(
        start, refused, lambda question: ask(question, environment), thoroughly=thoroughly
    )
    assert (other.version.rpartition(".")[0] if other else None) == found
    if other is not None:
        assert other.settled.resolved.versions == {"numpy": "1.21.0"}
        assert other.settled.question.python == other.version


def test_a_pin_of_the_user_s_is_told_without_a_place(frames: Index, explained: Explain) -> None:
    user = Pin("numpy", "2.0.0", (), pin("numpy==2.0.0", "user").evidence)
    said = explained(ground(user, pin("pandas==1.5.0", cell=2)))
    assert said.reason.startswith("numpy==2.0.0, pandas==1.5.0 (cell 2 line 1) cannot be")
    assert said.location == Location(2, 1)
