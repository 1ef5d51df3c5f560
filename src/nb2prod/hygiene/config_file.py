"""`[tool.nb2prod.check]` in a TOML file. Its schema is docs/schema/check.schema.json."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from typing import Any

from nb2prod.errors import OptionError
from nb2prod.hygiene.config import CheckConfig
from nb2prod.hygiene.selection import nearest

LISTS = ("select", "ignore", "extend-select", "exclude")
KEYS = (*LISTS, "per-file-ignores", "force-exclude", "secrets-scanner", "rules")


def config_in(
    content: bytes, path: str | os.PathLike[str], *, required: bool
) -> CheckConfig | None:
    """The configuration in a file's content; None where it has no such table, and none is required.

    Raises `OptionError` for a file that cannot be read and a table that cannot be used.
    """
    try:
        found: Any = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise OptionError(f"{path} cannot be read: {error}.") from None
    for key in ("tool", "nb2prod", "check"):
        found = found.get(key) if isinstance(found, dict) else None
    if found is None and required:
        raise OptionError(f"{path} has no table [tool.nb2prod.check].")
    if found is None:
        return None
    if not isinstance(found, dict | None):
        raise OptionError(f"{path}: tool.nb2prod.check takes a table, not {found!r}.")
    return _config(found or {}, path)


def _config(table: Mapping[str, Any], path: str | os.PathLike[str]) -> CheckConfig:
    where = f"{path}: [tool.nb2prod.check]"
    for key in table:
        if key not in KEYS:
            raise OptionError(f"{where} has no key {key!r}; the nearest is {nearest(key, KEYS)}.")
    lists = {key.replace("-", "_"): _words(table.get(key, []), f"{where} {key}") for key in LISTS}
    per_file = table.get("per-file-ignores", {})
    if not isinstance(per_file, dict):
        raise OptionError(f"{where} per-file-ignores takes a table of patterns.")
    force_exclude = table.get("force-exclude", False)
    if not isinstance(force_exclude, bool):
        raise OptionError(f"{where} force-exclude takes true or false, not {force_exclude!r}.")
    rules = table.get("rules", {})
    if not isinstance(rules, dict) or not all(isinstance(one, dict) for one in rules.values()):
        raise OptionError(f"{where} rules takes a table for each rule.")
    ignores = {
        pattern: _words(words, f"{where} per-file-ignores of {pattern}")
        for pattern, words in per_file.items()
    }
    try:
        return CheckConfig(
            **lists,
            per_file_ignores=ignores,
            force_exclude=force_exclude,
            rules=rules,
            secrets_scanner=table.get("secrets-scanner", "none"),
            root=os.path.dirname(os.path.abspath(path)),
            file=path,
        )
    except OptionError as error:
        raise OptionError(f"{where} {error}") from None


def _words(found: Any, where: str) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(isinstance(word, str) for word in found):
        raise OptionError(f"{where} takes a list of texts, not {found!r}.")
    return tuple(found)
