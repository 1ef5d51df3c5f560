"""Lines that only make sense with somebody watching, and placeholders for keys."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

import nb2prod
from nb2prod.notebook.reader import read_bytes
from nb2prod.program.model import Ledger, Program


def notes(*sources: str, error: dict[str, object] | None = None) -> list[tuple[str, str]]:
    cells: list[dict[str, object]] = [
        {"cell_type": "code", "metadata": {}, "execution_count": None, "source": source}
        for source in sources
    ]
    for cell in cells:
        cell["outputs"] = []
    if error is not None:
        cells[-1]["outputs"] = [{"output_type": "error", "evalue": "no", "traceback": [], **error}]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    migration = nb2prod.plan(read_bytes(json.dumps(document).encode(), "n"))
    return [(str(note.location), note.reason) for note in migration.attention]


@pytest.mark.parametrize(
    "source",
    [
        "import gradio as gr\ndemo = gr.Interface(print)\ndemo.launch()",
        "import gradio as gr\ngr.Interface(print).launch()",
        "from flask import Flask\napp = Flask('a')\napp.run('0.0.0.0')",
        "import uvicorn\nuvicorn.run('a:b', host='0.0.0.0')",
        "from http.server import HTTPServer\ns = HTTPServer(('', 0), None)\ns.serve_forever()",
    ],
)
def test_what_serves_is_told_where_something_comes_after_it(source: str) -> None:
    ((place, reason),) = notes(source, "print('never')")
    assert place.startswith("cell 1 line ")
    assert "serves until somebody stops it" in reason


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import gradio as gr\ngr.Interface(print).launch()", False),
        ("import gradio as gr\nif True:\n    gr.Interface(print).launch()", False),
        ("import gradio as gr\ngr.Interface(print).launch()\nprint(1)", True),
        # No framework of which the port is known.
        (
            "from http.server import HTTPServer\ns = HTTPServer(('', 0), None)\ns.serve_forever()",
            True,
        ),
    ],
)
def test_a_service_at_the_end_is_the_purpose(source: str, told: bool) -> None:
    assert bool(notes(source)) is told


@pytest.mark.parametrize("source", ["breakpoint()", "import pdb\npdb.set_trace()"])
def test_what_debugs_is_told(source: str) -> None:
    ((_, reason),) = notes(source)
    assert "waits for somebody to debug" in reason


@pytest.mark.parametrize(
    "source",
    ["import subprocess\nsubprocess.run(['ls'])", "rocket = None\nrocket.launch()", "app = 1"],
)
def test_what_ends_by_itself_is_not(source: str) -> None:
    assert notes(source) == []


def test_a_cell_that_failed_is_told() -> None:
    ((place, reason),) = notes("x = 1", "x / 0", error={"ename": "ZeroDivisionError"})
    assert place.startswith("cell 2")
    assert "failed here with ZeroDivisionError" in reason


@pytest.mark.parametrize(
    "error",
    [
        {"ename": "MessageError", "traceback": ["/usr/lib/google/colab/_message.py in f"]},
    ],
)
def test_what_only_the_platform_fails_with_is_not(error: dict[str, object]) -> None:
    assert notes("x = 1", error=error) == []


def test_an_error_s_name_is_a_name() -> None:
    ((_, reason),) = notes("x = 1", error={"ename": "me <me@example.invalid>"})
    assert "failed here with an error," in reason


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("x = os.getenv('A_KEY') or getpass('A key: ')", 'x = secret("A_KEY")'),
        ("x = os.getenv('A_KEY', getpass('A key: '))", 'x = os.getenv("A_KEY", secret("A_KEY"))'),
        ("A_KEY = os.getenv('A_KEY') or getpass()", 'A_KEY = secret("A_KEY")'),
        ("x = os.environ.get('A_KEY') or 'your key here'", 'x = secret("A_KEY")'),
        ("x = os.environ.get('A_KEY') or y", 'x = os.environ.get("A_KEY") or y'),
    ],
)
def test_no_secret_is_asked_for_twice(
    convert: Callable[..., tuple[Program, Ledger]], source: str, line: str
) -> None:
    program, _ = convert("import os\nfrom getpass import getpass\ny = 1", source)
    assert f"    {line}\n" in program.modules[0].source


def test_a_placeholder_becomes_a_secret(
    convert: Callable[..., tuple[Program, Ledger]],
) -> None:
    program, ledger = convert(
        "import os\nos.environ['OPENAI_API_KEY'] = 'YOUR_API_KEY'",
        "from openai import OpenAI\nclient = OpenAI(api_key='sk-xxxx', base_url='x')",
    )
    source = program.modules[0].source
    assert 'os.environ["OPENAI_API_KEY"] = secret("OPENAI_API_KEY")' in source
    assert 'OpenAI(api_key=secret("OPENAI_API_KEY"), base_url="x")' in source
    assert program.configuration.secrets == ("OPENAI_API_KEY",)
    assert [(entry.cell, entry.line, entry.fate) for entry in ledger.of("rewritten")] == [
        (1, 2, "rewritten"),
        (2, 2, "rewritten"),
    ]
