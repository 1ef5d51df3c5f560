"""`nb2prod runtimes`, the real command in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import nb2prod

RunCli = Callable[..., subprocess.CompletedProcess[str]]

# Prints the third-party packages that the command loaded, after what it says itself.
PROBE = """
import sys
before = set(sys.modules)
from nb2prod.cli import main
code = main(sys.argv[1:])
loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
print("loaded", *sorted(loaded - sys.stdlib_module_names - {"nb2prod"}))
sys.exit(code)
"""


def test_without_a_name_it_lists_names_images_and_the_span_of_days(run_cli: RunCli) -> None:
    done = run_cli("runtimes")
    assert (done.returncode, done.stderr) == (0, "")
    words = [line.split() for line in done.stdout.splitlines()]
    assert ["2025.07", "2025-08-13", "Python", "3.11.13"] in words
    kaggle = next(line for line in words if line[0] == "kaggle:2025-12")
    assert kaggle[1:4] == ["2025-12-12", "Python", "3.12.12,"]
    assert kaggle[-1] == "2025-10-24"
    assert "2022-09-13 to 2026-08-19, 534 snapshots" in done.stdout


def test_the_list_as_json(run_cli: RunCli) -> None:
    done = run_cli("runtimes", "--json")
    assert done.returncode == 0
    shown = json.loads(done.stdout)
    assert [one["name"] for one in shown["named"]] == [
        *("2025.07", "2025.10", "2026.01", "2026.04", "2026.07"),
    ]
    assert len(shown["kaggle"]) == 13
    assert shown["kaggle"][0] == {
        "name": "kaggle:2024-12", "date": "2024-12-04", "python": "3.10.12",
        "based_on": "2024-09-20",
    }  # fmt: skip
    assert shown["dated"] == {"first": "2022-09-13", "last": "2026-08-19", "snapshots": 534}


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (
            ["2025.07"],
            "name: 2025.07|date: 2025-08-13|python: 3.11.13|ubuntu: 22.04.4|torch: 2.6.0+cu124",
        ),
        (
            ["2025.07", "--gpu"],
            "image: with and without a GPU|packages: 629 that an index serves, 7 that none does",
        ),
        (["2024-06-12"], "name: colab-2024-06-10|date: 2024-06-10|torch: 2.3.0+cu121"),
        (["2022-10-01"], "python: 3.7|ubuntu: not known|numpy: 1.21.6"),
        (["2026.04"], "torch: 2.10.0+cpu|image: without a GPU"),
        (["2026.04", "--gpu"], "torch: 2.10.0+cu128|image: with a GPU"),
        (["2025-12-20"], "date: 2025-12-16|torch: 2.9.0+cpu|image: without a GPU"),
        (["2025-12-20", "--gpu"], "date: 2025-12-08|torch: 2.9.0+cu126"),
        (["kaggle:2025-12"], "name: kaggle:2025-12|date: 2025-12-12|python: 3.12.12"),
    ],
)
def test_it_shows_one(run_cli: RunCli, arguments: list[str], facts: str) -> None:
    done = run_cli("runtimes", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    shown = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert [fact for fact in facts.split("|") if fact not in shown] == []
    assert len(shown) < 25


def test_all_packages_are_lines_that_pip_reads(run_cli: RunCli) -> None:
    done = run_cli("runtimes", "2026.07", "--gpu", "--all")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert "numpy==2.0.2" in lines
    assert "torch==2.11.0  # the image had 2.11.0+cu128" in lines
    assert "# google-colab: built from a file inside the image" in lines
    assert sum("==" in line for line in lines) > 600


def test_one_as_json_holds_every_package(run_cli: RunCli) -> None:
    done = run_cli("runtimes", "kaggle:2026-01-31", "--json")
    assert done.returncode == 0
    shown = json.loads(done.stdout)
    assert (shown["name"], shown["platform"]) == ("kaggle:2025-12", "kaggle")
    assert (shown["date"], shown["based_on"]) == ("2025-12-12", "2025-10-24")
    assert shown["described"].startswith("Kaggle's image of 2025-12-12")
    assert (shown["python"], shown["packages"]["torch"]) == ("3.12.12", "2.8.0")
    assert shown["builds"]["torch"] == "2.8.0+cu126"
    assert "file" in shown["unservable"]["google-colab"]
    assert len(shown["packages"]) > 600


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["2025.08"], "the nearest name is 2025.07"),
        (["kaggle:2025-11"], "the nearest name is kaggle:2025-12"),
        (["2021-05-01"], "No image of Colab before 2022-09-13 is known"),
        (["--gpu"], "name it"),
        (["--all"], "name it"),
        (["2025.07", "2025.10"], "unrecognized arguments"),
    ],
)
def test_what_it_cannot_show_is_said(run_cli: RunCli, arguments: list[str], words: str) -> None:
    done = run_cli("runtimes", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [[], ["2024-06-11", "--json"], ["2025.07", "--all"]])
def test_it_starts_without_any_third_party_package(arguments: list[str]) -> None:
    sources = Path(nb2prod.__file__).resolve().parents[1]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
    done = subprocess.run(
        [sys.executable, "-c", PROBE, "runtimes", *arguments],
        env=kept | {"PYTHONPATH": str(sources)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "loaded"
