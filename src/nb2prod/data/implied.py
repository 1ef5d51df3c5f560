"""What a use of one library implies of another: `pandas.read_excel` wants openpyxl.

Facts in `tables/implied.tsv`, kept by hand from the libraries' own pages on their optional
dependencies. The first column is the use, with `*` for any text:

    pandas.read_excel            the full dotted name, as an import, an attribute or a call
    pandas.read_excel(*.xls)     a call that is given such a text; it goes before the plain name
    .to_excel, .style.format     a method of something that is no module
    device_map=, optim=paged_*   an argument by its name, with any value or with such a text
    !kaggle                      a program that a shell line starts
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from nb2prod.data._files import read_rows

UseKind = Literal["name", "method", "argument", "command"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One use and what it implies.

    `value` is the pattern of a text that has to be there, None where none has to. `needs` is a
    module that has to be imported too, and `unless` are modules whose import makes it needless.
    """

    kind: UseKind
    name: str
    value: str | None
    needs: str | None
    unless: tuple[str, ...]
    module: str
    distribution: str
    reason: str


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, in the table's order: of two for one use, the one with a text stands first."""
    return tuple(
        _rule(use, needs, unless, module, distribution, reason)
        for use, needs, unless, module, distribution, reason in read_rows("implied.tsv")
    )


def _rule(use: str, needs: str, unless: str, *implied: str) -> Rule:
    module, distribution, reason = implied
    kind: UseKind = "name"
    value: str | None = None
    if use.startswith("!"):
        kind, name = "command", use[1:]
    elif match := re.fullmatch(r"(\w+)=(.*)", use):
        kind, name, value = "argument", match[1], match[2] or None
    else:
        match = re.fullmatch(r"([^()]+)(?:\((.+)\))?", use)
        assert match is not None, f"no use: {use}"
        name, value = match[1], match[2]
        if name.startswith("."):
            kind, name = "method", name[1:]
    others = () if unless == "-" else tuple(unless.split())
    return Rule(
        kind, name, value, None if needs == "-" else needs, others, module, distribution, reason
    )
