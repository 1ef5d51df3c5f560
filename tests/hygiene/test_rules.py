"""Every rule has its code, its page, its options described, and its tables of cases."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from nb2prod.hygiene.catalogue import RULES
from nb2prod.hygiene.engine import DEFAULT
from nb2prod.hygiene.model import Rule
from nb2prod.hygiene.pages import page
from nb2prod.hygiene.rules import module_of

CHECKOUT = Path(__file__).parents[2]
LIST = (CHECKOUT / "docs" / "rules" / "README.md").read_text(encoding="utf-8")
SECTIONS = ["What it finds", "Why it matters", "Example", "What to do"]

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def test_the_registry_is_in_order() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    assert len({rule.name for rule in RULES}) == len(RULES)
    folder = CHECKOUT / "src" / "nb2prod" / "hygiene" / "rules"
    modules = sorted(path.stem for path in folder.glob("nb*.py"))
    assert [module_of(rule).__name__.rpartition(".")[2] for rule in RULES] == modules  # type: ignore[attr-defined]


@each_rule
def test_names(rule: Rule) -> None:
    assert re.fullmatch(r"NB[1-5]\d\d", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.name)
    assert rule.summary
    assert not rule.summary.endswith(".")
    assert rule.words == " ".join(rule.words.split())


@each_rule
def test_the_page(rule: Rule) -> None:
    text = page(rule)
    assert text.startswith(f"# {rule.code}: {rule.name}\n")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[: len(SECTIONS)] == SECTIONS
    assert ("Options" in headings) == bool(rule.options)
    for option in rule.options:
        assert f"`{option.name}`" in text
    fix = f"fix: {rule.fix}" if rule.fix else "fix: none"
    on = "on" if rule.default else "off"
    assert f"Severity: {rule.severity} · {fix} · by default: {on}\n" in text


@each_rule
def test_the_list_of_rules(rule: Rule) -> None:
    fix = rule.fix or "none"
    link = f"../../src/nb2prod/hygiene/rules/docs/{rule.code}.md"
    row = f"| [{rule.code}]({link}) | {rule.name} | {rule.summary} | {rule.severity} | {fix} |"
    assert row in LIST


def test_the_list_has_no_other_rules() -> None:
    assert re.findall(r"^\| \[(NB\d+)\]", LIST, re.MULTILINE) == [rule.code for rule in RULES]


@each_rule
def test_the_tables_of_cases(rule: Rule) -> None:
    path = CHECKOUT / "tests" / "hygiene" / "rules" / f"test_{rule.code.lower()}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tables = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.parametrize"
    ]
    assert len(tables) >= 2, "a table of what must be found, and one of what must not"


def test_what_cannot_be_looked_at_stays_on() -> None:
    assert {rule.code for rule in RULES if rule.stays} == {"NB101", "NB104", "NB107"}
    assert {rule.code for rule in RULES if rule.default} == DEFAULT.enabled
