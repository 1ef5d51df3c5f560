"""Reads the data files that lie in `tables/` beside this module, in a wheel as in a checkout."""

# ruff: noqa: PTH118, PTH120, PTH123

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from typing import Any


def read_json(name: str) -> dict[str, Any]:
    """The JSON table `name` as it lies on disk; `source` and `date` are among its keys."""
    table: dict[str, Any] = json.loads(_read(name))
    return table


def read_rows(name: str) -> Iterator[list[str]]:
    """The fields of each row of the tab-separated table `name`, without its leading comment."""
    for line in _read(name).splitlines():
        if not line.startswith("#"):
            yield line.split("\t")


def read_date(name: str) -> str:
    """The day that the leading comment of a tab-separated table names."""
    found = re.search(r"\bdate: (\d{4}-\d{2}-\d{2})", _read(name).partition("\n")[0])
    if found is None:
        raise ValueError(f"{name} names no date.")
    return found[1]


def _read(name: str) -> str:
    # importlib.resources and pathlib take longer to load than most commands need to run.
    path = os.path.join(os.path.dirname(__file__), "tables", name)
    with open(path, encoding="utf-8") as opened:
        return opened.read()
