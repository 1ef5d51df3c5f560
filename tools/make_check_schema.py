"""Writes the JSON Schema of `[tool.nb2prod.check]` from the catalogue of rules.

    python tools/make_check_schema.py

Editors read it to complete and to check a configuration. `hygiene/config_file.py` decides what is
accepted; a test holds both together.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

# Run by its path, a script finds the package only where it looks for it.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from nb2prod.hygiene.catalogue import RULES
from nb2prod.hygiene.model import Rule, RuleOption
from nb2prod.hygiene.second_opinion import SCANNERS
from nb2prod.hygiene.selection import EVERYTHING

TARGET = Path(__file__).resolve().parents[1] / "docs" / "schema" / "check.schema.json"

_TYPES = {bool: "boolean", int: "integer", str: "string"}
_WORDS = {"type": "array", "items": {"$ref": "#/$defs/rules"}}


def main() -> None:
    """Write the schema."""
    TARGET.write_text(build(), encoding="utf-8")


def build() -> str:
    """The text of the schema."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "[tool.nb2prod.check]: how nb2prod check looks at notebooks",
        "description": "A table of pyproject.toml. The nearest above a notebook counts.",
        "type": "object",
        "additionalProperties": False,
        "properties": _keys(),
        "$defs": {
            "rules": {
                "description": "A rule's code or name, the beginning of codes (NB3), or ALL.",
                "type": "string",
                "anyOf": [
                    {"pattern": f"^{beginnings([rule.code for rule in RULES])}$"},
                    {"enum": [EVERYTHING, *(rule.name for rule in RULES)]},
                ],
            },
            **{rule.code: _options(rule) for rule in RULES},
        },
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def beginnings(codes: list[str]) -> str:
    """A regular expression for all beginnings of these codes from `NB` on, and the codes."""
    return f"NB{_rest([code.removeprefix('NB') for code in codes])}"


def _rest(ends: list[str]) -> str:
    firsts = sorted({end[0] for end in ends if end})
    if not firsts:
        return ""
    parts = [(first, _rest([end[1:] for end in ends if end[:1] == first])) for first in firsts]
    if not any(rest for _, rest in parts):
        return f"[{''.join(firsts)}]?"
    return f"(?:{'|'.join(first + rest for first, rest in parts)})?"


def _keys() -> dict[str, Any]:
    patterns = "as in .gitignore, relative to the file's directory"
    return {
        "select": {
            "description": "Only these rules. Without it those that are on by default.",
            **_WORDS,
            "default": [],
        },
        "ignore": {
            "description": "Not these rules. Of it and a selection the more exact word decides.",
            **_WORDS,
            "default": [],
        },
        "extend-select": {
            "description": "These rules besides the selected, or besides the default ones.",
            **_WORDS,
            "default": [],
        },
        "exclude": {
            "description": f"Patterns of what to leave out besides the usual, {patterns}.",
            "type": "array",
            "items": {"type": "string"},
            "default": [],
        },
        "per-file-ignores": {
            "description": f"The rules not to apply to files that match patterns, {patterns}.",
            "type": "object",
            "additionalProperties": _WORDS,
            "default": {},
        },
        "force-exclude": {
            "description": "Leave out what is excluded even where it is named.",
            "type": "boolean",
            "default": False,
        },
        "secrets-scanner": {
            "description": "Who is asked about secrets besides; betterleaks is an extra.",
            "enum": list(SCANNERS),
            "default": "none",
        },
        "rules": {
            "description": "Options of rules, each rule by its code or its name.",
            "type": "object",
            "additionalProperties": False,
            "properties": {
                word: {"$ref": f"#/$defs/{rule.code}"}
                for rule in RULES
                for word in (rule.code, rule.name)
            },
            "default": {},
        },
    }


def _options(rule: Rule) -> dict[str, Any]:
    return {
        "title": f"{rule.code}: {rule.name}",
        "description": _sentence(rule.summary),
        "type": "object",
        "additionalProperties": False,
        "properties": {option.name: _option(option) for option in rule.options},
    }


def _option(option: RuleOption) -> dict[str, Any]:
    return {
        "description": _sentence(option.summary),
        "type": _TYPES[type(option.default)],
        **({"minimum": 1} if type(option.default) is int else {}),
        "default": option.default,
    }


def _sentence(summary: str) -> str:
    return f"{summary[:1].upper()}{summary[1:]}."


if __name__ == "__main__":
    main()
