"""When a notebook ran, whose versions follow from it, and which Python."""

from __future__ import annotations

import json
from typing import Any

import pytest

import nb2prod
from nb2prod.data.runtimes import named_runtime, newest_runtime, runtime_at, span
from nb2prod.environment.decide import decide_environment
from nb2prod.environment.model import Environment
from nb2prod.notebook.reader import read_bytes

COLAB = {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}}
JUPYTER: dict[str, Any] = {"kernelspec": {"name": "python3"}}
FIRST = span().first


def notebook(
    metadata: dict[str, Any],
    source: str = "import pandas\nimport numpy",
    output: str = "",
    *,
    ran: str | None = None,
) -> nb2prod.Notebook:
    cell = {
        "cell_type": "code",
        "execution_count": 1,
        # As Kaggle and JupyterLab keep it.
        "metadata": {"execution": {"shell.execute_reply": f"{ran}T12:00:00Z"}} if ran else {},
        "outputs": [{"output_type": "stream", "name": "stdout", "text": output}] if output else [],
        "source": source,
    }
    document = {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    return read_bytes(json.dumps(document).encode(), "n")


def environment(
    found: nb2prod.Notebook, committed: str | None = None, **options: Any
) -> Environment:
    return decide_environment(found, nb2prod.inspect(found), nb2prod.Options(**options), committed)


def at(day: str) -> str:
    runtime = runtime_at(day, gpu=False)
    assert runtime is not None
    return runtime.name


def dated(name: str) -> str:
    runtime = named_runtime(name, gpu=False)
    assert runtime is not None
    return runtime.date


def saved_with(version: str, metadata: dict[str, Any]) -> dict[str, Any]:
    return {**metadata, "language_info": {"name": "python", "version": version}}


NAMED = {"colab": {"runtime_attributes": {"runtime_version": "2025.07"}}}
SMI = "Tue Jun 11 09:00:00 2024\n| Driver Version: 535.104.05   CUDA Version: 12.2     |\n"
PRESENT = "Requirement already satisfied: {} in /usr/local/lib/python{}/dist-packages ({})\n"


@pytest.mark.parametrize(
    ("found", "committed", "options", "strategy", "day", "runtime", "said"),
    [
        (notebook(COLAB), None, {}, "modern", None, newest_runtime(gpu=False).name,
         "nothing says when"),
        (notebook(COLAB), "2024-06-11", {}, "as-run", "2024-06-11", at("2024-06-11"),
         "last commit is of 2024-06-11"),
        (notebook(COLAB, ran="2023-05-10"), "2024-06-11", {}, "as-run", "2023-05-10",
         at("2023-05-10"), "cells ran on 2023-05-10"),
        (notebook(NAMED, ran="2023-05-10"), None, {}, "as-run", "2025-08-13", "2025.07",
         "the metadata name Colab's runtime 2025.07"),
        (notebook(NAMED), None, {"as_of": "2024-01-05"}, "as-run", "2024-01-05", at("2024-01-05"),
         "--as-of 2024-01-05"),
        (notebook(COLAB), None, {"as_of": "2026.01"}, "as-run", dated("2026.01"), "2026.01",
         "--as-of 2026.01"),
        (notebook(COLAB), None, {"as_of": "kaggle:2025-12"}, "as-run", "2025-12-12",
         "kaggle:2025-12", "--as-of kaggle:2025-12"),
        (notebook(COLAB, "!nvidia-smi", SMI), "2025-01-01", {}, "as-run", "2024-06-11", None,
         "nvidia-smi ran on 2024-06-11"),
        (notebook(COLAB, ran="2023-05-10"), None, {"strategy": "modern"}, "modern", None,
         newest_runtime(gpu=False).name, "--strategy modern"),
        (notebook(COLAB), "2024-06-11", {"strategy": "as-run"}, "as-run", "2024-06-11",
         at("2024-06-11"), "last commit is of 2024-06-11"),
    ],
)  # fmt: skip
def test_the_strongest_word_on_when(
    found: nb2prod.Notebook,
    committed: str | None,
    options: dict[str, str],
    strategy: str,
    day: str | None,
    runtime: str | None,
    said: str,
) -> None:
    as_of = environment(found, committed, **options).as_of
    assert (as_of.strategy, as_of.day) == (strategy, day)
    assert runtime in (None, as_of.runtime)
    assert said in as_of.evidence[0].detail
    assert as_of.evidence[0].conflict is False


def test_versions_are_those_of_the_day() -> None:
    runtime = runtime_at("2023-05-10", gpu=False)
    assert runtime is not None
    found = environment(notebook(COLAB, ran="2023-05-10"))
    assert {pin.name: pin.version for pin in found.pins} == {
        name: runtime.packages[name] for name in ("numpy", "pandas")
    }
    assert found.python.minor == "3.10"
    assert found.attention == ()


def test_weaker_words_stay_and_contradict_where_they_lead_elsewhere() -> None:
    as_of = environment(notebook(NAMED, ran="2023-05-10")).as_of
    said = {found.detail: found.conflict for found in as_of.evidence}
    assert said["cells ran on 2023-05-10"] is True
    agreeing = environment(notebook(COLAB, ran="2023-05-10"), as_of="2023-05-10").as_of
    assert [found.conflict for found in agreeing.evidence] == [False, False, False]


def test_modern_shows_what_it_passes_over() -> None:
    as_of = environment(notebook(COLAB, ran="2023-05-10"), strategy="modern").as_of
    assert [(found.kind, found.conflict) for found in as_of.evidence] == [
        ("user", False),
        ("runtime", False),
        ("recorded-output", True),
    ]


def test_a_commit_makes_no_difference_to_a_notebook_that_says_when() -> None:
    found = notebook(COLAB, ran="2023-05-10")
    assert environment(found, "2026-01-01") == environment(found)
    assert environment(notebook(COLAB), "2026-01-01", strategy="modern") == environment(
        notebook(COLAB), strategy="modern"
    )


def test_as_run_without_any_day_needs_a_person() -> None:
    found = environment(notebook(COLAB), strategy="as-run")
    assert found.as_of.strategy == "modern"
    assert "say when with --as-of" in found.attention[0].reason


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (notebook(COLAB, ran="2020-03-04"), "ran on 2020-03-04"),
        (notebook(COLAB, output=PRESENT.format("numpy", "3.6", "1.19.5")), f"ran before {FIRST}"),
    ],
)
def test_before_the_first_image_a_person_is_told(found: nb2prod.Notebook, text: str) -> None:
    made = environment(found)
    assert made.as_of.runtime == at(FIRST)
    assert any(text in note.reason for note in made.attention)
    assert made.python.minor == "3.8"


def test_before_the_first_image_pins_need_no_image() -> None:
    source = "!pip install pandas==1.0.5\nimport pandas"
    made = environment(notebook(COLAB, source, ran="2020-03-04"))
    assert not any("no image of before" in note.reason for note in made.attention)


def test_outputs_tell_when_by_the_versions_that_were_there() -> None:
    runtime = runtime_at("2024-06-11", gpu=False)
    assert runtime is not None
    names = ("numpy", "pandas", "scipy", "requests", "torch", "tensorflow")
    lines = "".join(PRESENT.format(name, "3.10", runtime.packages[name]) for name in names)
    made = environment(notebook(COLAB, "!pip install x\nimport scipy, pandas", lines))
    assert "6 of 6 versions and Python 3.10" in made.as_of.evidence[0].detail
    pins = {pin.name: pin for pin in made.pins}
    assert pins["pandas"].version == runtime.packages["pandas"]
    assert pins["pandas"].evidence[0].kind == "recorded-output"


def test_times_of_an_older_notebook_are_no_word_on_this_one() -> None:
    stale = saved_with("3.12.9", COLAB)
    as_of = environment(notebook(stale, ran="2021-04-16")).as_of
    assert as_of.strategy == "modern"
    assert as_of.evidence[-1].conflict
    assert "before Python 3.12, which saved it, was released" in as_of.evidence[-1].detail
    committed = environment(notebook(stale, ran="2021-04-16"), "2025-03-01").as_of
    assert committed.day == "2025-03-01"


@pytest.mark.parametrize(
    ("day", "name", "stands_for_it"),
    [("2025-10-10", "kaggle:2025-09", False), ("2023-05-10", at("2023-05-10"), True)],
)
def test_kaggle_has_its_own_images(day: str, name: str, stands_for_it: bool) -> None:
    source = "import pandas\npandas.read_csv('/kaggle/input/x/a.csv')"
    as_of = environment(notebook({"kaggle": {"accelerator": "none"}}, source, ran=day)).as_of
    assert as_of.runtime == name
    assert ("stands for it" in as_of.evidence[1].detail) is stands_for_it


def test_elsewhere_colab_s_versions_of_the_day_stand_for_it() -> None:
    made = environment(notebook(saved_with("3.10.4", JUPYTER), ran="2024-06-11"))
    assert made.as_of.runtime == at("2024-06-11")
    assert "worked together" in made.as_of.evidence[1].detail
    assert made.python.minor == "3.10"


@pytest.mark.parametrize(
    ("found", "options", "minor", "runtime_python", "kinds"),
    [
        # Of Jupyter the file's own Python, with the set of versions that had it.
        (notebook(saved_with("3.8.5", JUPYTER), ran="2024-06-11"), {}, "3.8", "3.8",
         ["recorded-output", "runtime", "table"]),
        (notebook(saved_with("3.11.4", JUPYTER), ran="2024-06-11"), {}, "3.11", "3.11",
         ["recorded-output", "runtime"]),
        # Colab writes none: a version in its files is another machine's.
        (notebook(saved_with("3.8.5", COLAB), ran="2024-06-11"), {}, "3.10", "3.10",
         ["runtime", "recorded-output", "table"]),
        (notebook(COLAB, output=PRESENT.format("x", "3.9", "1"), ran="2023-05-10"), {},
         "3.9", "3.9", ["recorded-output", "runtime", "table"]),
        (notebook(COLAB, "import sys\nprint(sys.version)", "3.11.7 (main)\n"), {}, "3.11", "3.11",
         ["recorded-output", "runtime"]),
        # The user's word, and a user's day with the Python of its image.
        (notebook(saved_with("3.8.5", JUPYTER), ran="2024-06-11"), {"python": "3.12"},
         "3.12", "3.8", ["user", "recorded-output", "runtime"]),
        (notebook(saved_with("3.8.5", JUPYTER)), {"as_of": "2024-06-11"}, "3.10", "3.10",
         ["runtime", "recorded-output", "table"]),
        (notebook(saved_with("3.8.5", JUPYTER)), {"strategy": "modern"}, "3.13", "3.13",
         ["runtime", "recorded-output"]),
        # Where nothing else says when, the Python does.
        (notebook(saved_with("3.8.5", JUPYTER)), {}, "3.8", "3.8",
         ["recorded-output", "runtime", "table"]),
        (notebook(saved_with("3.14.0", JUPYTER)), {}, "3.13", "3.13",
         ["runtime", "recorded-output"]),
    ],
)  # fmt: skip
def test_the_python(
    found: nb2prod.Notebook,
    options: dict[str, str],
    minor: str,
    runtime_python: str,
    kinds: list[str],
) -> None:
    python = environment(found, **options).python
    assert python.minor == minor
    assert [one.kind for one in python.evidence] == kinds
    assert not python.evidence[0].conflict
    (of_runtime,) = [one.detail for one in python.evidence if one.kind == "runtime"]
    assert f"runs Python {runtime_python}" in of_runtime
    ended = [one for one in python.evidence if "past its end of life" in one.detail]
    assert bool(ended) == (minor in ("3.8", "3.9", "3.10"))


def test_a_python_that_no_image_can_get_needs_a_person() -> None:
    made = environment(notebook(COLAB, ran="2022-10-01"))
    assert made.python.version == "3.8.20"
    assert "ran on Python 3.7" in made.attention[0].reason
    asked = environment(notebook(COLAB), python="3.7")
    assert "no image can get Python 3.7" in asked.attention[0].reason


def test_a_package_that_is_younger_than_the_python_needs_a_person() -> None:
    made = environment(notebook(COLAB, "import boto3", ran="2022-12-01"))
    assert made.python.minor == "3.8"
    assert made.attention[0].reason.startswith("boto3 ")
    assert "may not run on it" in made.attention[0].reason


def test_a_package_of_years_after_its_torch_needs_a_person() -> None:
    found = notebook(COLAB, "import torch, bitsandbytes", ran="2024-01-09")
    made = environment(found)
    (note,) = made.attention
    assert note.reason.startswith("bitsandbytes ")
    assert "may not run with torch 2.1.0" in note.reason
    assert environment(found, strategy="modern").attention == ()


@pytest.mark.parametrize("name", ["2025.07", "2025.10", "2026.01", "2026.04", "2026.07"])
def test_every_named_runtime_can_be_asked_for(name: str) -> None:
    runtime = named_runtime(name, gpu=False)
    assert runtime is not None
    made = environment(notebook(COLAB), as_of=name)
    assert made.python.version == runtime.python
    assert {pin.name: pin.version for pin in made.pins} == {
        each: runtime.packages[each] for each in ("numpy", "pandas")
    }
