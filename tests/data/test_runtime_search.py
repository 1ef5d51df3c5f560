"""Images by their Python and by the versions that somebody saw."""

from __future__ import annotations

import pytest

from nb2prod.data.runtime_search import (
    Match,
    matching_day,
    runtime_with_python,
    version_after,
    version_by,
)
from nb2prod.data.runtimes import runtime_at, span


@pytest.mark.parametrize(
    ("minor", "day", "first", "last"),
    [
        ("3.7", "2024-01-01", "2022-11-01", "2022-11-22"),
        ("3.8", "2021-01-01", "2022-11-22", "2022-12-05"),
        ("3.8", "2025-01-01", "2023-02-23", "2023-03-06"),
        ("3.9", "2024-01-01", "2023-04-01", "2023-04-25"),
        ("3.10", "2023-08-01", "2023-07-15", "2023-08-15"),
        ("3.11", "2024-01-01", "2025-01-01", "2025-01-10"),
        ("3.12", "2030-01-01", "2026-07-01", "2026-08-19"),
    ],
)
def test_the_nearest_image_with_a_python(minor: str, day: str, first: str, last: str) -> None:
    for gpu in (False, True):
        found = runtime_with_python(minor, day, gpu=gpu)
        assert found is not None
        assert ".".join(found.python.split(".")[:2]) == minor
        assert first <= found.date <= last


def test_no_image_had_other_pythons() -> None:
    assert runtime_with_python("3.6", "2022-09-13", gpu=False) is None
    assert runtime_with_python("3.14", "2026-08-19", gpu=False) is None


@pytest.mark.parametrize("day", ["2022-10-01", "2023-06-01", "2024-06-11", "2025-05-20"])
def test_an_image_is_found_again_by_its_versions(day: str) -> None:
    runtime = runtime_at(day, gpu=False)
    assert runtime is not None
    names = ("numpy", "pandas", "torch", "tensorflow", "scipy", "requests", "jax", "tqdm", "pillow")
    seen = {name: runtime.packages[name] for name in names}
    match = matching_day(seen, None)
    assert match is not None
    assert match.agreeing == match.compared == len(names)
    again = runtime_at(match.day, gpu=False)
    assert again is not None
    assert {name: again.packages[name] for name in names} == seen


@pytest.mark.parametrize(
    ("versions", "minor", "match"),
    [
        ({"numpy": "1.19.4", "pandas": "1.1.5"}, None, Match(span().first, 0, 2, before=True)),
        ({}, "3.6", Match(span().first, 0, 0, before=True)),
        ({"surely-nobody-has-this": "1.0"}, None, None),
        ({}, None, None),
        ({"numpy": "no version"}, None, None),
    ],
)
def test_versions_that_no_image_had(
    versions: dict[str, str], minor: str | None, match: Match | None
) -> None:
    assert matching_day(versions, minor) == match


def test_a_framework_between_two_images_is_nearest_to_the_one_before() -> None:
    match = matching_day({"torch": "2.2.0"}, None)
    assert match is not None
    assert match.nearest == "torch"
    found, later = runtime_at(match.day, gpu=False), version_after("torch", match.day)
    assert found is not None
    assert later is not None
    assert (found.packages["torch"], later.version) == ("2.1.0", "2.2.1")


def test_versions_by_and_after_a_day() -> None:
    assert version_by("transformers", "2022-10-01", gpu=False) is None
    after = version_after("transformers", "2022-10-01")
    assert after is not None
    by = version_by("transformers", after.day, gpu=True)
    assert by is not None
    runtime = runtime_at(after.day, gpu=False)
    assert runtime is not None
    assert after.version == by.version == runtime.packages["transformers"]
    assert version_after("transformers", "2030-01-01") is None
    assert version_by("surely-nobody-has-this", "2024-01-01", gpu=False) is None
