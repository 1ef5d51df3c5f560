"""Which of several problems is named first."""

from __future__ import annotations

from nb2prod.project.targets.schema_check import problems


def test_problems_stand_in_the_order_of_their_places() -> None:
    """Places in a list are numbers: 10 comes behind 2."""
    words = [0, "a", 2, *"abcdefg", 10]
    job = {"uses": "container@v1", "with": {"image": "x", "args": words}}
    found = list(problems({"defaults": {"resources": {}}, "jobs": {"a": job}}, "gradient-workflow"))
    args = [one.partition(":")[0] for one in found if ".args[" in one]
    assert args == [f"$.jobs.a.with.args[{number}]" for number in (0, 2, 10)]
