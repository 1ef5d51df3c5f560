"""Which version of a distribution without wheels a resolution may take."""

from __future__ import annotations

from collections.abc import Mapping

from nb2prod.data.source_only import SourceOnly, always_source_only, source_only


def always(wanted: Mapping[str, str], held: set[str], moment: str) -> dict[str, SourceOnly]:
    """What never had a wheel, in one version each: admitting it takes nothing from anyone, unless
    another one is `held`. `wanted` are versions to prefer.
    """
    found: dict[str, SourceOnly] = {}
    for name in always_source_only():
        chosen = version_of(name, wanted.get(name), moment, set())
        if chosen is not None and (name not in held or chosen.version == wanted[name]):
            found[name] = chosen
    return found


def version_of(name: str, wanted: str | None, moment: str, passed: set[str]) -> SourceOnly | None:
    """The version to admit: the wanted one, else the newest before the moment (RFC 3339); None of
    those that were `passed` over.
    """
    there = [one for one in source_only(name) if one.version not in passed]
    exact = next((one for one in there if one.version == wanted), None)
    young = [one for one in there if one.day < moment]
    return exact or (young[-1] if young else None)
