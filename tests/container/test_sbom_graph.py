"""What requires what, and that all of it is reached."""

from __future__ import annotations

import pytest

from nb2prod.container.contents.graph import entries, python_edges, system_edges
from nb2prod.container.contents.model import Distribution
from tests.container.roots import MARKERS, distribution, package


def required(found: list[Distribution], *direct: str) -> dict[str, list[str]]:
    """The edges by name and version."""
    labels = [f"{one.name} {one.version}" for one in found]
    edges = python_edges(found, MARKERS, direct)
    return {labels[index]: sorted(labels[one] for one in edges[index]) for index in edges}


def test_markers_are_those_of_the_image_s_python() -> None:
    found = [
        distribution(
            "a",
            requirements=(
                'old; python_version < "3.8"',
                'new>=1; python_version >= "3.8"',
                'windows; sys_platform == "win32"',
                "missing",
                "Not_Normal.Name",
                "a",
                "not a requirement!",
                'x; python_full_version < "rubbish"',
                "y; " + "(" * 200 + 'sys_platform == "win32"' + ")" * 200,
                "y; " + "(" * 2000 + 'sys_platform == "linux"' + ")" * 2000,
            ),
        ),
        *map(distribution, ("old", "new", "windows", "x", "y", "not-normal-name")),
    ]
    assert required(found)["a 1.0"] == ["new 1.0", "not-normal-name 1.0"]


def test_extras_that_somebody_asks_for() -> None:
    found = [
        distribution("web", requirements=("server[Fast]",)),
        distribution(
            "server",
            requirements=(
                'loop; extra == "fast"',
                'docs; extra == "docs"',
                'server[all]; extra == "fast"',
                'more; extra == "all"',
            ),
        ),
        *map(distribution, ("loop", "docs", "more")),
    ]
    assert required(found)["server 1.0"] == ["loop 1.0", "more 1.0"]
    assert required(found[1:])["server 1.0"] == []
    assert required(found[1:], "Server[docs]==1.0")["server 1.0"] == ["docs 1.0"]


def test_two_versions_and_two_places() -> None:
    found = [
        distribution("a", requirements=("b",)),
        distribution("b", "1"),
        distribution("b", "2"),
        distribution("b", "3", place="/opt/python/lib/python3.11/site-packages"),
    ]
    assert required(found)["a 1.0"] == ["b 1", "b 2"]


def test_system_packages() -> None:
    found = [
        package("app", depends=("libc6 (>= 2.3), missing | mailer | exim, python3:any", "base")),
        package("libc6", depends=("libgcc",)),
        package("libgcc", depends=("libc6",)),
        package("libgcc", architecture="i386"),
        package("postfix", provides="mailer (= 1), other"),
        package("exim"),
        package("python3"),
        package("base", architecture="all"),
        package("odd", depends=("", " , |, !!", "odd")),
    ]
    edges = system_edges(found)
    assert sorted(edges[0]) == [1, 4, 6, 7]
    assert sorted(edges[1]) == [2]
    assert edges[8] == set()


@pytest.mark.parametrize(
    ("edges", "known", "found"),
    [
        ({0: [1], 1: [], 2: []}, [], [0, 2]),
        ({0: [1], 1: [0], 2: [0]}, [], [2]),
        ({0: [1], 1: [0]}, [], [0]),
        ({0: [1], 1: [], 2: [3], 3: [2]}, [0], [2]),
        ({}, [], []),
    ],
)
def test_entries_reach_all(edges: dict[int, list[int]], known: list[int], found: list[int]) -> None:
    assert entries(edges, known) == found
