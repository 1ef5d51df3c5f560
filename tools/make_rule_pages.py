"""Writes into the pages of the rules, and into their list, what the catalogue says of them.

    python tools/make_rule_pages.py

Of a page these are the title, the line of severity, fix and default, and the table of options; of
docs/rules/README.md the rows. What is written by hand between them stays. A page has to be there
already: nobody but its author knows what it says. Run it when the catalogue has changed.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

# Run by its path, a script finds the package only where it looks for it.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from nb2prod.hygiene.catalogue import RULES
from nb2prod.hygiene.model import Rule
from nb2prod.hygiene.pages import DIRECTORY

LIST = Path(__file__).resolve().parents[1] / "docs" / "rules" / "README.md"
# From the list to the pages, and a row each.
_PAGES = "../../src/nb2prod/hygiene/rules/docs"
_LIST_HEAD = "| code | name | finds | severity | fix |\n|---|---|---|---|---|\n"
_OPTIONS_HEAD = "| name | default | |\n|---|---|---|\n"

_ROWS = r"(?:\|.*\n)*"
_TOP = re.compile(r"\A(?:# .*\n+)?(?:Severity: .*\n+)?")
_OPTIONS = re.compile(rf"(^## Options\n\n)({_ROWS})", re.MULTILINE)


def main() -> None:
    """Write the pages and the list."""
    for path, text in build().items():
        path.write_text(text, encoding="utf-8")


def build() -> dict[Path, str]:
    """What the files are to hold, by their paths. Raises `ValueError` for a page that has no room
    for its options, or has options that the rule has not.
    """
    pages = {DIRECTORY / f"{rule.code}.md": rule for rule in RULES}
    made = {path: page_of(rule, path.read_text("utf-8")) for path, rule in pages.items()}
    return {LIST: list_of(RULES, LIST.read_text("utf-8")), **made}


def page_of(rule: Rule, text: str) -> str:
    """The page of a rule with what the catalogue says of it."""
    on = "on" if rule.default else "off"
    top = (
        f"# {rule.code}: {rule.name}\n\n"
        f"Severity: {rule.severity} · fix: {rule.fix or 'none'} · by default: {on}\n\n"
    )
    text = _TOP.sub(lambda _: top, text, count=1)
    if not rule.options:
        if _OPTIONS.search(text):
            raise ValueError(f"the page of {rule.code} has options, and the rule has none")
        return text
    rows = "".join(
        f"| `{option.name}` | {json.dumps(option.default)} | {_cell(option.summary)} |\n"
        for option in rule.options
    )
    if not _OPTIONS.search(text):
        text = f"{text.rstrip()}\n\n## Options\n\n"
    return _OPTIONS.sub(lambda found: found[1] + _OPTIONS_HEAD + rows, text, count=1)


def list_of(rules: tuple[Rule, ...], text: str) -> str:
    """The list of rules with a row for each."""
    rows = "".join(
        f"| [{rule.code}]({_PAGES}/{rule.code}.md) | {rule.name} | {_cell(rule.summary)}"
        f" | {rule.severity} | {rule.fix or 'none'} |\n"
        for rule in rules
    )
    before, head, after = text.partition(_LIST_HEAD)
    if not head:
        raise ValueError("the list of rules has no table to write into")
    return before + head + rows + re.sub(rf"\A{_ROWS}", "", after)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    main()
