"""Every rule has its code, its page, its options described, and its tables of cases."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from nb2prod.hygiene.catalogue import RULES
from nb2prod.hygiene.engine import DEFAULT
from nb2prod.hygiene.model import Rule, RuleOption
from nb2prod.hygiene.pages import DIRECTORY, page
from nb2prod.hygiene.rules import module_of
from tools.make_rule_pages import LIST, build, list_of, page_of

CHECKOUT = Path(__file__).parents[2]
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
    headings = re.findall(r"^## (.+)$", page(rule), re.MULTILINE)
    assert headings == [*SECTIONS, *(["Options"] if rule.options else [])]


def test_pages_and_list_say_what_the_catalogue_says() -> None:
    made = build()
    assert set(made) == {LIST, *DIRECTORY.glob("*.md")}
    old = [path.name for path, text in made.items() if path.read_text(encoding="utf-8") != text]
    assert not old, "run `python tools/make_rule_pages.py`"


PAGE = """# NB1: old

Severity: error

## What it finds

More than 5 | lines.
"""


def test_what_is_written_by_hand_stays() -> None:
    options = (RuleOption("most", 5, "how | many"), RuleOption("all", True, "whether"))
    rule = Rule("NB999", "new-name", "a | b", "info", fix="safe", options=options)
    text = page_of(rule, PAGE)
    assert text == (
        "# NB999: new-name\n\nSeverity: info · fix: safe · by default: off\n\n"
        "## What it finds\n\nMore than 5 | lines.\n\n"
        "## Options\n\n| name | default | |\n|---|---|---|\n"
        "| `most` | 5 | how \\| many |\n| `all` | true | whether |\n"
    )
    more = f"{text}\nA word on them.\n"
    assert page_of(rule, more) == more
    with pytest.raises(ValueError, match="has options"):
        page_of(rule._replace(options=()), more)
    made = list_of(
        (rule,), "A\n\n| code | name | finds | severity | fix |\n|---|---|---|---|---|\n| x |\nB\n"
    )
    [row] = [line for line in made.splitlines() if "NB999" in line]
    assert row.endswith("| new-name | a \\| b | info | safe |")
    assert made.endswith("|\nB\n")
    assert "| x |" not in made
    with pytest.raises(ValueError, match="no table"):
        list_of((rule,), "A\n")


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
