"""Which of several problems is named first, and where."""

from __future__ import annotations

import pytest

from nb2prod.errors import InvalidSpec
from nb2prod.project.targets.schema_check import check_file, place_of, problems, texts


def test_problems_stand_in_the_order_of_their_places() -> None:
    """Places in a list are numbers: 10 comes behind 2."""
    words = [0, "a", 2, *"abcdefg", 10]
    job = {"uses": "container@v1", "with": {"image": "x", "args": words}}
    found = list(problems({"defaults": {"resources": {}}, "jobs": {"a": job}}, "gradient-workflow"))
    args = [one.partition(":")[0] for one in found if ".args[" in one]
    assert args == [f"$.jobs.a.with.args[{number}]" for number in (0, 2, 10)]


def test_texts_have_their_places() -> None:
    found = {
        place_of(place): text for place, text in texts({"a": ["x", {"b c": "y"}, 1], "d": "z"})
    }
    assert found == {"$.a[0]": "x", "$.a[1]['b c']": "y", "$.d": "z"}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "^a.yaml is missing.$"),
        ({"a.yaml": "x: [1"}, "^a.yaml"),
        ({"a.yaml": "x: 1"}, "^a.yaml: x is first.$"),
    ],
)
def test_the_first_problem_of_a_file_is_told(files: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidSpec, match=said):
        check_file(files, "a.yaml", lambda found: (f"{key} is first" for key in found))
    check_file({"a.yaml": "x: 1"}, "a.yaml", lambda _: ())
