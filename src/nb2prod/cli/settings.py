"""Options from the command line, the environment (`NB2PROD_…`) and `[tool.nb2prod]`, in that order
of strength.
"""

from __future__ import annotations

import argparse
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from nb2prod.errors import OptionError
from nb2prod.options import Options

_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off", ""})


def read_options(
    arguments: argparse.Namespace, environment: Mapping[str, str] = os.environ
) -> Options:
    """The options of a conversion. Raises `OptionError` for a value that cannot be used."""
    table = _project_table()
    cpu = arguments.cpu
    if cpu is None:
        cpu = (
            _boolean("NB2PROD_CPU", environment["NB2PROD_CPU"])
            if "NB2PROD_CPU" in environment
            else None
        )
    if cpu is None:
        cpu = table.get("cpu", False)
        if not isinstance(cpu, bool):
            raise OptionError(f"[tool.nb2prod] cpu takes true or false, not {cpu!r}.")
    values = {
        name: getattr(arguments, name)
        or environment.get(f"NB2PROD_{name.upper()}")
        or _text(table, name)
        for name in ("python", "image", "lock")
    }
    lock = values["lock"] or "never"
    if lock != "never":
        raise OptionError(f"--lock takes never, the only mode so far, not {lock!r}.")
    return Options(python=values["python"], cpu=cpu, image=values["image"], lock="never")


def _text(table: Mapping[str, object], name: str) -> str | None:
    value = table.get(name)
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
