"""What the tests of locking ask: questions, pins and whole notebooks, of one index and no other."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import nb2prod
from nb2prod.data.source_only import SourceOnly
from nb2prod.environment.lock.ladder import Ground
from nb2prod.environment.lock.question import Question
from nb2prod.environment.lock.uv import ask
from nb2prod.environment.model import Pin, Unpinned
from nb2prod.location import Evidence, EvidenceKind, Location
from nb2prod.migration import Migration
from nb2prod.notebook.reader import read_bytes
from tests.environment.lock.index import running_index

DAY = "2024-06-11"
MOMENT = "2024-06-12T00:00:00Z"
PYTHON = "3.12.4"


def introduced(directory: Path) -> Path:
    """A cache of uv's that knows this Python and nothing else; to ask a Python what it is takes
    longer than most questions.
    """
    with running_index() as index:
        index.wheel("six", "1.16.0")
        ask(question("six"), uv_environment(index.url, directory))
    return directory / "uv-cache"


def uv_environment(index: str, directory: Path, known: Path | None = None) -> dict[str, str]:
    """An environment for uv and nb2prod: this index, no proxy before it, and caches in `directory`
    alone. `known` is a cache that already knows this Python.
    """
    if known is not None:
        for found in known.glob("interpreter-*"):
            shutil.copytree(found, directory / "uv-cache" / found.name)
    kept = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "HOME": str(directory / "home"),
        "UV_DEFAULT_INDEX": index,
        "UV_CACHE_DIR": str(directory / "uv-cache"),
        "NB2PROD_CACHE_DIR": str(directory / "nb2prod-cache"),
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }


def question(
    *requirements: str,
    preferred: Mapping[str, str] | None = None,
    sources: Mapping[str, SourceOnly] | None = None,
    buildable: tuple[str, ...] = (),
    moment: str = MOMENT,
    unlisted: tuple[str, ...] = (),
) -> Question:
    """A question for Python 3.12 on a day in 2024."""
    return Question(
        requirements=requirements,
        preferred=preferred or {},
        python=PYTHON,
        glibc="2.35",
        exclude_newer=moment,
        sources=sources or {},
        buildable=buildable,
        unlisted=unlisted,
    )


def source(version: str, *requires: str, day: str = "2020-01-01") -> SourceOnly:
    """A version of which there is only source, and what it requires."""
    return SourceOnly(version, day, requires, (), "", "")


def pin(
    text: str,
    kind: EvidenceKind = "pinned",
    *lines: str,
    cell: int = 1,
    extras: tuple[str, ...] = (),
) -> Pin:
    """A pin ("six==1.16.0") by evidence of a kind, and the install lines that stand beside it."""
    name, _, version = text.partition("==")
    place = Location(cell, 1) if kind == "pinned" else None
    beside = tuple(Evidence("pinned", line, Location(cell, 1)) for line in lines)
    return Pin(name, version, extras, (Evidence(kind, text, place), *beside))


def ground(
    *pins: Pin,
    preferred: Mapping[str, str] | None = None,
    allowed: frozenset[str] = frozenset(),
    stand_ins: tuple[str, ...] = (),
    unpinned: tuple[Unpinned, ...] = (),
    day: str = DAY,
    python: str = PYTHON,
) -> Ground:
    """What a resolution starts from, on a day in 2024."""
    return Ground(
        pins=pins,
        preferred=preferred or {},
        python=python,
        glibc="2.35",
        day=day,
        allowed=allowed,
        stand_ins=stand_ins,
        unpinned=unpinned,
    )


def planned(*cells: str, **options: object) -> Migration:
    """The plan of a notebook of code cells."""
    rows: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": cell,
        }
        for cell in cells
    ]
    document = {"cells": rows, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    chosen = nb2prod.Options(**{"cpu": True, **options})  # type: ignore[arg-type]
    return nb2prod.plan(read_bytes(json.dumps(document).encode(), "n"), chosen)
