"""`nb2prod rule`."""

from __future__ import annotations

import argparse

from nb2prod.errors import OptionError
from nb2prod.hygiene.catalogue import RULES, find_rule
from nb2prod.hygiene.pages import page
from nb2prod.hygiene.selection import require_known


def run(arguments: argparse.Namespace) -> int:
    """Print the page of a rule, or one line for each."""
    if arguments.all == bool(arguments.rule):
        raise OptionError("rule takes the code or the name of a rule, or --all.")
    if arguments.all:
        for rule in RULES:
            fix = f"{rule.fix} fix" if rule.fix else ""
            off = "" if rule.default else "off by default"
            notes = ", ".join(note for note in (rule.severity, fix, off) if note)
            print(f"{rule.code}  {rule.name}: {rule.summary} ({notes})")
        return 0
    require_known(RULES, [arguments.rule], "rule")
    found = find_rule(arguments.rule)
    if found is None:
        raise OptionError(f"rule: {arguments.rule!r} means several rules; name one, or use --all.")
    print(page(found), end="")
    return 0
