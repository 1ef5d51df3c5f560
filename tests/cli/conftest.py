"""Notebooks for the command line's tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def write_notebook() -> Callable[..., Path]:
    """Writes a notebook of code cells to a path and returns it."""

    def write(
        path: Path,
        *cells: str,
        language: str = "python",
        metadata: dict[str, object] | None = None,
    ) -> Path:
        empty: dict[str, object] = {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
        }
        document = {
            "cells": [{**empty, "source": cell} for cell in cells],
            "metadata": {"language_info": {"name": language}, **(metadata or {})},
            "nbformat": 4,
            "nbformat_minor": 4,
        }
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    return write
