"""The two documents that uv reads: what they say, and that nothing breaks out of them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace

import pytest

from nb2prod.environment.lock.question import Question, Variant, pinned_lines
from tests.environment.lock.asking import MOMENT, question, source

BUILD = {"torch": "2.7.1+cu126"}
FULL = replace(
    question(
        "six==1.16.0",
        "pandas[excel]==2.0.0",
        preferred={"pytz": "2023.3", "numpy": "1.26.0"},
        sources={"docopt": source("0.6.2", "six", 'mock; extra == "test"')},
        buildable=("gym",),
        unlisted=("transformers",),
    ),
    variant=Variant("https://index.example.invalid/cu126", BUILD),
)


def test_the_project_asks_for_the_requirements_and_the_builds_of_one_index() -> None:
    assert tomllib.loads(FULL.project()) == {
        "project": {
            "name": "notebook",
            "version": "0",
            "requires-python": ">=3.12",
            "dependencies": ["pandas[excel]==2.0.0", "six==1.16.0", "torch==2.7.1+cu126"],
        },
        "tool": {
            "uv": {
                "index": [
                    {
                        "name": "variant",
                        "url": "https://index.example.invalid/cu126",
                        "explicit": True,
                    }
                ],
                "sources": {"torch": {"index": "variant"}},
            }
        },
    }


def test_the_settings_keep_code_from_running_and_name_day_and_platform() -> None:
    found = tomllib.loads(FULL.settings())
    assert found == {
        "exclude-newer": MOMENT,
        "constraint-dependencies": ["docopt==0.6.2"],
        "dependency-metadata": [
            {
                "name": "docopt",
                "version": "0.6.2",
                "requires-dist": ["six", 'mock; extra == "test"'],
                "provides-extra": [],
            }
        ],
        "pip": {
            "generate-hashes": True,
            "no-header": True,
            "only-binary": [":all:"],
            "no-binary": ["docopt", "gym"],
            "no-emit-package": ["transformers"],
            "no-deps": False,
            "python-version": "3.12.4",
            "python-platform": "x86_64-manylinux_2_35",
        },
        "exclude-newer-package": {"torch": False},
    }


def test_a_source_says_which_python_it_requires_where_it_does() -> None:
    some = replace(source("1.0"), requires_python=">=3.8", extras=("test",))
    (row,) = tomllib.loads(question(sources={"six": some}).settings())["dependency-metadata"]
    assert (row["requires-python"], row["provides-extra"]) == (">=3.8", ["test"])


# Names are normalised and requirements parsed before they come here; this is the second wall.
@pytest.mark.parametrize(
    "hostile",
    [
        'six"]\n[tool.uv]\nno-binary = [":all:"]\nx = ["',
        "six'''\n[pip]\nonly-binary = []",
        "six\\\\u0022]\r\n[pip]",
        '"""\n[[index]]\nurl = "https://evil.example.invalid"',
        "six # \N{LINE SEPARATOR}[tool]",
        "six\x00\x1b[31m\x7f",
    ],
)
def test_hostile_text_stays_text(hostile: str) -> None:
    asked = replace(
        question(
            hostile,
            sources={hostile: source(hostile, hostile)},
            buildable=(hostile,),
            moment=hostile,
            unlisted=(hostile,),
        ),
        variant=Variant(hostile, {hostile: hostile}),
        glibc=hostile,
    )
    project, settings = tomllib.loads(asked.project()), tomllib.loads(asked.settings())
    assert set(project) == {"project", "tool"}
    assert set(project["project"]) == {"name", "version", "requires-python", "dependencies"}
    assert project["project"]["dependencies"] == [hostile, f"{hostile}=={hostile}"]
    assert set(project["tool"]) == {"uv"}
    assert set(project["tool"]["uv"]) == {"index", "sources"}
    assert set(settings) == {
        "exclude-newer", "constraint-dependencies", "dependency-metadata", "pip",
        "exclude-newer-package",
    }  # fmt: skip
    assert settings["pip"]["only-binary"] == [":all:"]
    assert settings["pip"]["no-binary"] == [hostile]


@pytest.mark.parametrize(
    "other",
    [
        lambda: replace(FULL, requirements=("six==1.16.1", "pandas[excel]==2.0.0")),
        lambda: replace(FULL, preferred={"pytz": "2023.3", "numpy": "1.26.1"}),
        lambda: replace(FULL, python="3.12.5"),
        lambda: replace(FULL, python="3.11.4"),
        lambda: replace(FULL, glibc="2.31"),
        lambda: replace(FULL, exclude_newer="2024-06-13T00:00:00Z"),
        lambda: replace(FULL, sources={"docopt": source("0.6.2")}),
        lambda: replace(FULL, buildable=()),
        lambda: replace(FULL, variant=None),
        lambda: replace(FULL, variant=Variant("https://other.example.invalid", BUILD)),
        lambda: replace(FULL, unlisted=()),
        lambda: replace(FULL, alone=True),
    ],
)
def test_another_question_has_another_name(other: Callable[[], Question]) -> None:
    assert other().digest() != FULL.digest()


def test_the_order_of_what_is_asked_is_no_other_question() -> None:
    turned = replace(
        FULL,
        requirements=FULL.requirements[::-1],
        preferred={"numpy": "1.26.0", "pytz": "2023.3"},
    )
    assert turned.digest("0.13", "x") == FULL.digest("0.13", "x")
    assert FULL.digest("0.13", "x") != FULL.digest("0.13x", "")


def test_preferences_are_lines_of_a_lock() -> None:
    assert FULL.preferences() == "numpy==1.26.0\npytz==2023.3\n"
    assert pinned_lines({}) == ""
