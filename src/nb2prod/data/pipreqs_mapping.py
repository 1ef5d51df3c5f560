"""The mapping of pipreqs, where it is installed (the extra `pipreqs`, on Python below 3.13).

Only its file is read; nothing of pipreqs is imported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType


def pipreqs_distribution(module: str) -> str | None:
    """pipreqs' answer for the top-level `module`, normalised; None where it has none, or more than
    one, or is not installed.
    """
    answers = _mapping().get(module, frozenset())
    return next(iter(answers)) if len(answers) == 1 else None


@cache
def _mapping() -> Mapping[str, frozenset[str]]:
    from importlib.util import find_spec

    spec = find_spec("pipreqs")
    if spec is None or spec.origin is None:
        return MappingProxyType({})
    path = Path(spec.origin).with_name("mapping")
    names: dict[str, set[str]] = {}
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            module, colon, distribution = line.strip().partition(":")
            if colon:
                found = re.sub(r"[-_.]+", "-", distribution).lower()
                names.setdefault(module, set()).add(found)
    return MappingProxyType({module: frozenset(found) for module, found in names.items()})
