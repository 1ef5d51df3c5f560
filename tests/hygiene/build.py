"""Notebooks for the tests of `check`, written as a file has them."""

from __future__ import annotations

import json
from typing import Any

from nb2prod.hygiene.engine import DEFAULT, check_content
from nb2prod.hygiene.fixing import fix_content
from nb2prod.hygiene.model import Finding, Profile

Json = dict[str, Any]
# What every notebook that Jupyter saves has.
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def code(source: str, **more: Any) -> Json:
    """A code cell that was not run."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source.splitlines(keepends=True),
        **more,
    }


def text(source: str, **more: Any) -> Json:
    """A cell of text."""
    return {
        "cell_type": "markdown",
        "metadata": {},
        "source": source.splitlines(keepends=True),
        **more,
    }


def document(*cells: Json | str, metadata: Json | None = None, **more: Any) -> Json:
    """A notebook; texts are code cells. Without `metadata` it has those of Jupyter."""
    return {
        "cells": [code(cell) if isinstance(cell, str) else cell for cell in cells],
        "metadata": {"kernelspec": KERNEL} if metadata is None else metadata,
        "nbformat": 4,
        "nbformat_minor": 4,
        **more,
    }


def written(*cells: Json | str, metadata: Json | None = None, **more: Any) -> bytes:
    """The bytes of a notebook as Jupyter writes them."""
    found = document(*cells, metadata=metadata, **more)
    return (json.dumps(found, indent=1, ensure_ascii=False) + "\n").encode()


def only(*codes: str) -> Profile:
    """A profile of these rules alone."""
    return Profile(frozenset(codes))


def found(content: bytes, *codes: str) -> list[Finding]:
    """The findings of these rules, of all that are on by default where none is named."""
    return check_content(content, "nb.ipynb", only(*codes) if codes else DEFAULT)


def places(content: bytes, *codes: str) -> list[tuple[int, int, int] | None]:
    """Where these rules find something, as cell, line and column."""
    return [
        (one.location.cell, one.location.line, one.location.column) if one.location else None
        for one in found(content, *codes)
    ]


def fixed(content: bytes, *codes: str, unsafe: bool = False) -> Json:
    """The notebook after the fixes of these rules."""
    done = fix_content(content, "nb.ipynb", only(*codes), unsafe=unsafe)
    result: Json = json.loads(done.content)
    return result


def sources(found_document: Json) -> list[str]:
    """The sources of its cells."""
    return ["".join(cell["source"]) for cell in found_document["cells"]]
