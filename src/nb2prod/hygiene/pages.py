"""The page of each rule: what it finds, why that matters, what to do."""

from __future__ import annotations

from pathlib import Path

from nb2prod.hygiene.model import Rule

DIRECTORY = Path(__file__).parent / "rules" / "docs"


def page(rule: Rule) -> str:
    """The rule's page, in Markdown."""
    return (DIRECTORY / f"{rule.code}.md").read_text(encoding="utf-8")
