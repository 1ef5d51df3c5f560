"""Options from the command line, the environment (`NB2PROD_…`) and `[tool.nb2prod]`, in that order
of strength.
"""

from __future__ import annotations

import argparse
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from nb2prod.errors import OptionError
from nb2prod.options import DEFAULT_TARGETS, Options

_TEXTS = (
    *("python", "image", "lock", "lock_format", "as_of", "strategy"),
    *("gpu", "machine", "cuda", "layout", "schedule", "pull_secret", "on_push"),
)
_DURATION = re.compile(
    r"(?:([0-9]{1,4})d)?(?:([0-9]{1,5})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,12})s?)?"
)
_FLAGS = ("cpu", "machine_unchecked", "pin_digest", "jobs_per_section")
# `imports` is a table of its own, and so is what `nb2prod check` reads.
_KEYS = (
    *(name.replace("_", "-") for name in (*_TEXTS, *_FLAGS)),
    *("allow-build", "check", "imports", "target", "timeout"),
)
_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off", ""})


def read_options(
    arguments: argparse.Namespace, environment: Mapping[str, str] = os.environ
) -> Options:
    """The options of a conversion. Raises `OptionError` for a value that cannot be used."""
    table = _project_table()
    _require_known(table)
    flags = {name: _flag(name, getattr(arguments, name), environment, table) for name in _FLAGS}
    values = {
        name: getattr(arguments, name)
        or environment.get(f"NB2PROD_{name.upper()}")
        or _text(table, name.replace("_", "-"))
        for name in _TEXTS
    }
    values["lock"] = values["lock"] or "auto"
    values["lock_format"] = values["lock_format"] or "requirements"
    values["layout"] = values["layout"] or "auto"
    # `Options` refuses what these are not.
    chosen: dict[str, Any] = {**values, **flags}
    return Options(
        **chosen,
        allow_build=_names("allow_build", arguments.allow_build, environment, table),
        targets=_targets(arguments.target, environment, table),
        timeout=_timeout(arguments.timeout, environment, table),
        imports=_imports(table),
    )


def _require_known(table: Mapping[str, object]) -> None:
    for key in table:
        if key not in _KEYS:
            near = get_close_matches(key.replace("_", "-"), _KEYS, n=1)
            said = f"; {near[0]!r} is near it" if near else ""
            raise OptionError(f"[tool.nb2prod] {key!r} is no key that is known{said}.")


def _flag(
    name: str,
    argument: bool | None,
    environment: Mapping[str, str],
    table: Mapping[str, object],
) -> bool:
    variable, key = f"NB2PROD_{name.upper()}", name.replace("_", "-")
    if argument is not None:
        return argument
    if variable in environment:
        return _boolean(variable, environment[variable])
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise OptionError(f"[tool.nb2prod] {key} takes true or false, not {value!r}.")
    return value


def _names(
    name: str,
    argument: Sequence[str] | None,
    environment: Mapping[str, str],
    table: Mapping[str, object],
) -> tuple[str, ...]:
    """A list of names: repeated on the command line, with commas in the environment."""
    variable, key = f"NB2PROD_{name.upper()}", name.replace("_", "-")
    if argument:
        return tuple(argument)
    if variable in environment:
        return tuple(one.strip() for one in environment[variable].split(",") if one.strip())
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise OptionError(f"[tool.nb2prod] {key} takes a list of names, not {value!r}.")
    return tuple(value)


def _targets(
    argument: Sequence[str] | None, environment: Mapping[str, str], table: Mapping[str, object]
) -> tuple[str, ...]:
    """`--target a,b`, which may be repeated."""
    named = _names("target", argument, environment, table)
    words = [word.strip() for one in named for word in one.split(",")]
    if argument is not None and not all(words):
        raise OptionError(f"--target takes names, not {','.join(named)!r}.")
    return tuple(dict.fromkeys(word for word in words if word)) or DEFAULT_TARGETS


def _timeout(
    argument: str | None, environment: Mapping[str, str], table: Mapping[str, object]
) -> int | None:
    """A duration in seconds: "90m", "12h", "1h30m", "3600"."""
    value = table.get("timeout")
    number = str(value) if isinstance(value, int) and not isinstance(value, bool) else None
    given = argument if argument is not None else environment.get("NB2PROD_TIMEOUT") or None
    text = given if given is not None else number or _text(table, "timeout")
    if text is None:
        return None
    found = _DURATION.fullmatch(text) if text else None
    if found is None:
        raise OptionError(f"--timeout takes a duration such as 90m, 12h or 3600, not {text!r}.")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def read_imports() -> Mapping[str, str]:
    """`[tool.nb2prod.imports]`: from modules to distributions. Raises `OptionError` for a table
    that cannot be used; what its names are worth `Options` judges.
    """
    return _imports(_project_table())


def _imports(table: Mapping[str, object]) -> Mapping[str, str]:
    found = table.get("imports", {})
    if not isinstance(found, dict):
        raise OptionError(f"[tool.nb2prod] imports takes a table of modules, not {found!r}.")
    names: dict[str, str] = {}
    for module, name in _flat(found):
        if not isinstance(name, str):
            raise OptionError(
                f"[tool.nb2prod.imports] {module} takes the name of a distribution, not {name!r}."
            )
        names[module] = name
    return names


def _flat(table: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    """TOML reads `ruamel.yaml = "x"` without quotes as a table in a table."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _text(table: Mapping[str, object], name: str) -> str | None:
    value = table.get(name)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()  # TOML has days of its own: as-of = 2024-06-11
    if value is not None and not isinstance(value, str):
        raise OptionError(f"[tool.nb2prod] {name} takes a string, not {value!r}.")
    return value


def _boolean(name: str, value: str) -> bool:
    if value.lower() in _TRUE | _FALSE:
        return value.lower() in _TRUE
    raise OptionError(f"{name} takes true or false, not {value!r}.")


def _project_table() -> Mapping[str, object]:
    """`[tool.nb2prod]` of the `pyproject.toml` in the working directory."""
    path = Path("pyproject.toml")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("nb2prod", {})
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionError(f"pyproject.toml cannot be read: {error}.") from None
    return table if isinstance(table, dict) else {}
