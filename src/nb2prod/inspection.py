"""What is known of a notebook as plain JSON values: `inspect --json` and the lists in other
reports.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from nb2prod.environment.model import Dependency
from nb2prod.location import Evidence
from nb2prod.migration import Migration
from nb2prod.program.model import FATES, Ledger


def inspection(migration: Migration) -> dict[str, object]:
    """Facts, dependencies, environment and ledger of a notebook."""
    notebook, environment = migration.notebook, migration.environment
    layout = migration.program.layout
    facts = {
        field.name: jsonable(getattr(migration.facts, field.name))
        for field in dataclasses.fields(migration.facts)
        if field.name != "bound_names"
    }
    return {
        "name": notebook.name,
        "sha256": notebook.sha256,
        "nbformat": notebook.nbformat,
        "origin": {
            "platform": notebook.origin.platform,
            "evidence": jsonable(notebook.origin.evidence),
        },
        "recorded": jsonable(notebook.recorded),
        "cells": {"all": len(notebook.cells), "code": len(notebook.code_cells)},
        "facts": facts,
        "dependencies": [dependency_json(found) for found in environment.dependencies],
        "as_of": jsonable(environment.as_of),
        "python": {
            "version": environment.python.version,
            "evidence": jsonable(environment.python.evidence),
        },
        "base_image": jsonable(environment.base_image),
        "layout": {
            "rung": layout.rung,
            "reason": layout.reason,
            "cell": layout.location.cell if layout.location else None,
            "line": layout.location.line if layout.location else None,
        },
        "sections": [jsonable(section) for section in migration.program.sections],
        "ledger": ledger_json(migration.ledger),
        "attention": attention_json(migration),
    }


def dependency_json(dependency: Dependency) -> dict[str, object]:
    """One entry of `dependencies`."""
    return {
        "module": dependency.module,
        "distribution": dependency.distribution,
        "version": dependency.version,
        "answered_by": dependency.answered_by,
        "optional": dependency.optional,
        "evidence": jsonable(dependency.evidence),
    }


def ledger_json(ledger: Ledger) -> dict[str, object]:
    """Totals by fate and all entries."""
    return {
        "lines": ledger.lines,
        **{fate: ledger.count(fate) for fate in FATES},
        "entries": [jsonable(entry) for entry in ledger.entries],
    }


def attention_json(migration: Migration) -> list[dict[str, object]]:
    """What needs a person, with cell and line where there is one."""
    return [
        {
            "cell": note.location.cell if note.location else None,
            "line": note.location.line if note.location else None,
            "reason": note.reason,
        }
        for note in migration.attention
    ]


def jsonable(value: Any) -> Any:
    """Frozen values as JSON values: objects of their fields, evidence in its own form."""
    if isinstance(value, Evidence):
        return value.as_json()
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: jsonable(item) for name, item in value._asdict().items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: jsonable(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(jsonable(item) for item in value)
    if isinstance(value, tuple | list):
        return [jsonable(item) for item in value]
    return value
