"""Which rules are on."""

from __future__ import annotations

import pytest

from nb2prod.errors import OptionError
from nb2prod.hygiene.model import Rule
from nb2prod.hygiene.selection import enabled, require_known

RULES = (
    Rule("NB101", "invalid", "", "error", stays=True),
    Rule("NB201", "order", "", "warning"),
    Rule("NB202", "gap", "", "info"),
    Rule("NB301", "pins", "", "warning"),
)


@pytest.mark.parametrize(
    ("select", "ignore", "extend", "on"),
    [
        ((), (), (), "101 201 301"),
        ((), ("NB2",), (), "101 301"),
        ((), (), ("NB202",), "101 201 202 301"),
        (("NB2",), (), (), "101 201 202"),
        (("NB3",), ("NB101",), (), "301"),
        (("ALL",), (), (), "101 201 202 301"),
        (("ALL",), ("NB2",), (), "101 301"),
        (("ALL",), ("NB2",), ("NB201",), "101 201 301"),
        (("NB201",), ("NB2",), (), "101 201"),
        (("NB2",), ("NB2",), (), "101"),
        (("gap",), (), (), "101 202"),
        (("NB2",), ("gap",), (), "101 201"),
        ((), ("ALL",), ("NB301",), "301"),
    ],
)
def test_the_more_exact_decides(
    select: tuple[str, ...], ignore: tuple[str, ...], extend: tuple[str, ...], on: str
) -> None:
    assert enabled(RULES, select, ignore, extend) == {f"NB{number}" for number in on.split()}


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("NB302", "NB30"),
        ("nb301", "NB301"),
        ("pin", "pins"),
        ("NB9", "NB"),
        ("all", "ALL"),
        ("", ""),
    ],
)
def test_a_word_that_means_no_rule(word: str, nearest: str) -> None:
    with pytest.raises(OptionError, match=f"--select: there is no rule '{word}'.*{nearest}"):
        require_known(RULES, [word], "--select")
