"""Distributions that take each other's place, and names that are easily mistaken."""

from __future__ import annotations

import pytest

from nb2prod.data._files import read_rows
from nb2prod.data.alternatives import alternatives, module_of_family, same_family, stand_in
from nb2prod.data.distributions import distribution_for, is_known, normalise
from nb2prod.data.look_alikes import one_edit_apart, popular_look_alike


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("requests", "request", True),
        ("request", "requests", True),
        ("requests", "rekuests", True),
        ("requests", "reqeusts", True),
        ("requests", "erquests", True),
        ("requests", "requestss", True),
        ("requests", "requests", False),
        ("requests", "reqeusst", False),
        ("requests", "rquestss", False),
        ("requests", "re-que-sts", False),
        ("ab", "ba", True),
        ("", "a", True),
        ("", "", False),
    ],
)
def test_one_edit(one: str, other: str, near: bool) -> None:
    assert one_edit_apart(one, other) is near
    assert one_edit_apart(other, one) is near


@pytest.mark.parametrize(
    ("name", "popular"),
    [
        ("pandsa", "pandas"),
        ("Pandsa", "pandas"),
        ("scikit_learnn", "scikit-learn"),
        ("pandas", None),  # is itself
        ("pands", "pandas"),
        ("numpi", "numpy"),
        ("hsv", None),  # too short to say
        ("extensionclass", None),  # known, whatever it is near to
    ],
)
def test_look_alikes(name: str, popular: str | None) -> None:
    assert popular_look_alike(name) == popular


def test_the_families_hold_what_the_tables_answer_with() -> None:
    rows = dict(read_rows("alternatives.tsv"))
    assert list(rows) == sorted(rows)
    names = [name for family in rows.values() for name in family.split()]
    assert len(names) == len(set(names))
    assert [name for name in names if name != normalise(name)] == []
    apart = {
        module: answer
        for module in rows
        if (answer := distribution_for(module)) and answer not in alternatives(module)
    }
    assert apart == {}


def test_families_are_found_from_both_sides() -> None:
    assert "pinecone-client" in alternatives("pinecone")
    assert same_family("pinecone-client") == alternatives("pinecone")
    assert same_family("pandas") == ("pandas",)
    assert module_of_family("tf-nightly") == "tensorflow"
    assert module_of_family("pandas") is None


def test_stand_ins_are_installed_as_what_is_meant() -> None:
    found = stand_in("sklearn")
    assert found is not None
    assert found.distribution == "scikit-learn"
    assert stand_in("scikit-learn") is None
    assert [row for row in read_rows("stand_ins.tsv") if not is_known(row[1])] == []
