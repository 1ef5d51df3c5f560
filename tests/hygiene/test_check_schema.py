"""The published schema of `[tool.nb2prod.check]` is current, and takes what nb2prod takes."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from nb2prod.errors import OptionError
from nb2prod.hygiene.catalogue import RULES
from nb2prod.hygiene.config import read_config
from nb2prod.hygiene.config_file import KEYS
from nb2prod.hygiene.selection import nearest
from tools.make_check_schema import TARGET, beginnings, build

CHECKOUT = Path(__file__).parents[2]
SCHEMA: dict[str, Any] = json.loads(build())
WITH_OPTIONS = [rule for rule in RULES if rule.options]


def test_it_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == build(), "run `python tools/make_check_schema.py`"


def test_it_is_a_schema_of_all_keys() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert set(SCHEMA["properties"]) == set(KEYS)
    assert all(len(key["description"]) > 20 for key in SCHEMA["properties"].values())


def is_accepted(tmp_path: Path, body: str) -> bool:
    """Whether nb2prod takes the table."""
    path = tmp_path / "pyproject.toml"
    path.write_text(body, encoding="utf-8")
    try:
        read_config(path)
    except OptionError:
        return False
    return True


def is_valid(body: str) -> bool:
    """Whether the schema does."""
    table = tomllib.loads(body)["tool"]["nb2prod"]["check"]
    return bool(jsonschema.Draft202012Validator(SCHEMA).is_valid(table))


@pytest.mark.parametrize(
    "body",
    [
        "",
        'select = ["ALL"]',
        'select = ["NB", "NB3", "NB30", "NB303", "shell-install"]',
        'ignore = ["NB203"]\nextend-select = []',
        'exclude = ["drafts", "", "**/*.ipynb"]',
        "force-exclude = true",
        'secrets-scanner = "none"',
        'per-file-ignores = {"a/*" = ["NB5", "shell-install"], "" = []}',
        "rules = {}",
        "rules = {NB303 = {}, shell-install = {}}",
        "[tool.nb2prod.check.rules.NB303]",
    ],
)
def test_what_both_take(tmp_path: Path, body: str) -> None:
    body = f"[tool.nb2prod.check]\n{body}\n"
    assert is_accepted(tmp_path, body)
    assert is_valid(body)


@pytest.mark.parametrize(
    "body",
    [
        'selct = ["ALL"]',
        'extend_select = ["ALL"]',
        'select = "ALL"',
        "select = [3]",
        'select = ["all"]',
        'select = ["nb303"]',
        'select = [""]',
        'select = ["N"]',
        'select = ["NB9"]',
        'select = ["NB3030"]',
        'select = ["NB3", "Shell-Install"]',
        'ignore = ["shell"]',
        'extend-select = ["NB999"]',
        "exclude = 1",
        "exclude = [1]",
        "force-exclude = 1",
        'force-exclude = "true"',
        'secrets-scanner = "gitleaks"',
        "secrets-scanner = true",
        'per-file-ignores = ["NB3"]',
        'per-file-ignores = {"a" = "NB3"}',
        'per-file-ignores = {"a" = ["NB9"]}',
        "rules = []",
        "rules = {NB303 = 1}",
        "rules = {NB3 = {}}",
        "rules = {ALL = {}}",
        "rules = {NB303 = {more = 1}}",
        "rules = {NB110 = {max-lines = 0}}",
        "rules = {NB110 = {max-lines = -5}}",
    ],
)
def test_what_neither_takes(tmp_path: Path, body: str) -> None:
    body = f"[tool.nb2prod.check]\n{body}\n"
    assert not is_accepted(tmp_path, body)
    assert not is_valid(body)


VALUES = {bool: ("false", "true"), int: ("1", "7"), str: ('""', '"a"')}


@pytest.mark.parametrize("rule", WITH_OPTIONS, ids=lambda rule: rule.code)
def test_options_have_their_types(tmp_path: Path, rule: Any) -> None:
    for option in rule.options:
        for kind, values in VALUES.items():
            for value, word in zip(values, (rule.code, rule.name), strict=True):
                body = f"[tool.nb2prod.check.rules.{word}]\n{option.name} = {value}\n"
                assert (
                    is_accepted(tmp_path, body) == is_valid(body) == (type(option.default) is kind)
                )


def test_the_examples_of_the_documentation() -> None:
    page = (CHECKOUT / "docs" / "check.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```toml\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    tables = [block for block in blocks if "[tool.nb2prod.check" in block]
    assert tables
    assert all(map(is_valid, tables))


def test_beginnings() -> None:
    pattern = beginnings(["NB101", "NB102", "NB305"])
    taken = "NB NB1 NB10 NB101 NB102 NB3 NB30 NB305".split()
    refused = " N NB2 NB103 NB1011 NB31 nb1".split(" ")
    assert [word for word in taken + refused if re.fullmatch(pattern, word)] == taken


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("selct", "select"),
        ("extend_select", "extend-select"),
        ("Ignore", "ignore"),
        ("per-file-ignore", "per-file-ignores"),
        ("rule", "rules"),
        ("secret-scanner", "secrets-scanner"),
    ],
)
def test_the_nearest_key(tmp_path: Path, word: str, found: str) -> None:
    assert nearest(word, KEYS) == found
    path = tmp_path / "pyproject.toml"
    path.write_text(f"[tool.nb2prod.check]\n{word} = 1\n", encoding="utf-8")
    with pytest.raises(OptionError, match=f"has no key '{word}'; the nearest is {found}"):
        read_config(path)
