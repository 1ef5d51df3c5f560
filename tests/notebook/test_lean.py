"""Reading without nbformat: the same cells as with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nb2prod.errors import NotebookError, UnsupportedLanguage
from nb2prod.notebook.lean import read_lean
from nb2prod.notebook.reader import read_bytes

V3: dict[str, Any] = {
    "metadata": {"name": "x"},
    "nbformat": 3,
    "nbformat_minor": 0,
    "worksheets": [
        {
            "cells": [
                {"cell_type": "heading", "level": 2, "source": ["A\n", "title"], "metadata": {}},
                {"cell_type": "code", "input": ["x = 1\r\n", "y = 2"], "outputs": []},
                {"cell_type": "html", "source": "<b>"},
                {"cell_type": "strange", "source": "z"},
                {"cell_type": "code", "source": "older", "collapsed": True, "prompt_number": 3},
                7,
            ]
        },
        {"cells": [{"cell_type": "raw", "source": "r"}, {"cell_type": "markdown"}]},
    ],
}
CASES: dict[str, dict[str, Any]] = {
    "3": V3,
    "3 without worksheets": {"nbformat": 3, "cells": V3["worksheets"][0]["cells"]},
    "2": {
        "nbformat": 2,
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "code", "input": "x = 1"},
                    {"cell_type": "markdown", "source": "*a*"},
                ]
            }
        ],
    },
    "1": {
        "nbformat": 1,
        "cells": [
            {"cell_type": "code", "code": "x = 1", "prompt_number": 1},
            {"cell_type": "text", "text": "words"},
            {"cell_type": "other", "text": "nothing"},
        ],
    },
    "4": {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {"cell_type": "code", "source": ["a\n", "b"], "outputs": [{"output_type": "none"}]},
            {"cell_type": "code", "input": "older"},
            {"cell_type": "heading", "level": 3, "source": "T"},
            {"cell_type": "Markdown", "source": "m"},
            {"source": "no kind"},
        ],
    },
}


def agree(content: bytes) -> None:
    """Both readers give the same cells; what the lean one refuses the other does too."""
    try:
        lean = read_lean(content)
    except NotebookError:
        with pytest.raises(NotebookError):
            read_bytes(content, "x")
        return
    try:
        notebook = read_bytes(content, "x")
    except UnsupportedLanguage:
        return
    except NotebookError as error:
        # The schema alone may know better.
        assert "not a valid notebook" in str(error) or "upgraded" in str(error)  # noqa: PT017
        return
    assert [(one.cell.number, one.cell.kind, one.cell.source) for one in lean.cells] == [
        (cell.number, cell.kind, cell.source) for cell in notebook.cells
    ]
    assert lean.nbformat == notebook.nbformat
    if not lean.nbformat.startswith(("1.", "2.", "3.")):  # nbformat adds where they come from
        assert lean.metadata == notebook.metadata


@pytest.mark.parametrize("name", CASES)
def test_it_agrees_with_the_reader(name: str) -> None:
    agree(json.dumps(CASES[name]).encode())


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b'{"cells": 1}', b'{"cells": [1]}', b'{"nbformat": 7}']
)
def test_it_refuses_what_the_reader_refuses(content: bytes) -> None:
    agree(content)


@pytest.mark.parametrize("name", CASES)
def test_the_paths_lead_to_the_texts(name: str) -> None:
    document = CASES[name]
    for one in read_lean(json.dumps(document).encode()).cells:
        value: Any = document
        for step in one.path:
            value = value[step]
        assert value in (one.found, 7)
        if one.text is None:
            assert one.cell.source == ""
            continue
        text = value[one.text[-1]]
        written = text if isinstance(text, str) else "".join(text)
        assert " ".join(written.split()) in " ".join(one.cell.source.split())


@pytest.mark.corpus
def test_it_agrees_with_the_reader_on_the_corpus(corpus: list[Path]) -> None:
    for path in corpus:
        agree(path.read_bytes())
