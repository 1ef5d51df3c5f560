"""A notebook that needs nothing, and its plan on a base image of the test's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from nb2prod import core
from nb2prod.migration import Migration


def notebook_at(directory: Path) -> Path:
    """A notebook of one line in that directory."""
    cell: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": "print(1)",
    }
    document = {
        "cells": [cell],
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    path = directory / "tiny.ipynb"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def based_on(reference: str) -> Callable[..., Migration]:
    """`core.plan` with that base image in the place of the one that is decided on."""
    decide = core.plan

    def plan(*given: Any, **options: Any) -> Migration:
        migration = decide(*given, **options)
        environment = migration.environment
        base = replace(environment.base_image, reference=reference)
        return replace(migration, environment=replace(environment, base_image=base))

    return plan
