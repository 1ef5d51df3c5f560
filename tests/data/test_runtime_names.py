"""What a person may write for a runtime, and what is said to what is none."""

from __future__ import annotations

import pytest

from nb2prod.data.runtime_names import find_runtime, why_unknown
from nb2prod.data.runtimes import runtimes


@pytest.mark.parametrize(
    ("text", "name", "date"),
    [
        ("2025.07", "2025.07", "2025-08-13"),
        ("2024-06-11", "colab-2024-06-10", "2024-06-10"),
        ("colab-2024-06-10", "colab-2024-06-10", "2024-06-10"),
        ("2022-09-14", "colab-2022-09-13", "2022-09-13"),
        ("2031-01-01", "colab-2026-08-19", "2026-08-19"),
        ("kaggle:2025-12", "kaggle:2025-12", "2025-12-12"),
        ("kaggle:2025-12-11", "kaggle:2025-09", "2025-09-25"),
        ("kaggle:2025-12-12", "kaggle:2025-12", "2025-12-12"),
        # Two images in one month.
        ("kaggle:2026-02", "kaggle:2026-02", "2026-02-05"),
        ("kaggle:2026-02-02", "kaggle:2026-02-02", "2026-02-02"),
        ("kaggle:2026-02-04", "kaggle:2026-02-02", "2026-02-02"),
    ],
)
def test_a_name_or_a_day_finds_a_runtime(text: str, name: str, date: str) -> None:
    runtime = find_runtime(text, gpu=False)
    assert runtime is not None
    assert (runtime.name, runtime.date) == (name, date)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2025.08", "'2025.08'; the nearest name is 2025.07."),
        ("2025.09", "the nearest name is 2025.10."),
        ("2031.01", "the nearest name is 2026.07."),
        ("2025-02-31", "the nearest name is 2025.07."),
        ("20260411", "the nearest name is 2026.04."),
        ("kaggle:2025-10", "the nearest name is kaggle:2025-09."),
        ("kaggle:2025-11", "the nearest name is kaggle:2025-12."),
        ("kaggle", "the nearest name is kaggle:"),
        ("newest", "the nearest name is 202"),
        ("", "the nearest name is 202"),
        ("2022-09-12", "No image of Colab before 2022-09-13 is known; 2022-09-12 is earlier."),
        ("kaggle:2024-12-03", "No image of Kaggle before 2024-12-04 is known;"),
    ],
)
def test_what_is_not_known_is_said_with_the_nearest_name(text: str, words: str) -> None:
    assert find_runtime(text, gpu=False) is None
    assert words in why_unknown(text)


@pytest.mark.parametrize("gpu", [False, True])
def test_every_listed_name_finds_its_runtime(gpu: bool) -> None:
    for listed in runtimes():
        runtime = find_runtime(listed.name, gpu=gpu)
        assert runtime is not None
        assert (runtime.name, runtime.date, runtime.python) == (
            listed.name,
            listed.date,
            listed.python,
        )
        assert runtime.platform == listed.platform
