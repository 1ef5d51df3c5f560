"""A module for each rule of the catalogue, with its `check`."""

from __future__ import annotations

import importlib

from nb2prod.hygiene.model import Rule, RuleModule


def module_of(rule: Rule) -> RuleModule:
    """The rule's module, which is loaded when it is first asked for."""
    name = f"{rule.code.lower()}_{rule.name.replace('-', '_')}"
    module: RuleModule = importlib.import_module(f"{__name__}.{name}")
    return module
