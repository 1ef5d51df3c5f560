"""NB402: secrets in outputs. The tokens are made when the tests run."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.fake_tokens import private_key, text_of, token_of
from tests.hygiene.build import code, fixed, found, places, text, written

HF = token_of("HF_TOKEN")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def stream(*lines: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": list(lines)}


def result(kind: str, value: object) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {kind: value}}


def error(*lines: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": "E", "evalue": "", "traceback": list(lines)}


@pytest.mark.parametrize(
    "output",
    [
        stream("a\n", f"token: {HF}\n"),
        {"output_type": "stream", "name": "stderr", "text": HF},
        result("text/plain", [f"'{HF}'"]),
        result("text/html", f"<b>{HF}</b>"),
        result("application/json", {"deep": [{"token": HF}]}),
        error("Traceback", f'login("{HF}")'),
        error(f"\x1b[0;32mlogin\x1b[0m \x1b[31m{HF}\x1b[39m"),
        stream(*private_key().splitlines(keepends=True)),
    ],
)
def test_what_was_printed(output: dict[str, Any]) -> None:
    content = written("x = 1\n", code("f()\n", outputs=[stream("fine"), output]))
    [finding] = found(content, "NB402")
    assert places(content, "NB402") == [(2, 1, 1)]
    assert finding.part == "output"
    assert "output 2" in finding.message
    assert HF[4:] not in f"{finding}"
    [_, cell] = fixed(content, "NB402", unsafe=True)["cells"]
    assert cell["outputs"] == [stream("fine")]
    [_, cell] = fixed(content, "NB402")["cells"]
    assert len(cell["outputs"]) == 2


@pytest.mark.parametrize(
    "output",
    [
        stream("token: hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
        result("image/png", f"AA{HF}"),
        result("application/vnd.jupyter.widget-view+json", {"model_id": HF}),
        result("text/html", '<div class="sk-toggleable__label">'),
        result("text/html", f"<img src='data:image/png;base64,{text_of(LETTERS, 20_000)}'>"),
        {"output_type": "display_data", "metadata": {}, "png": HF},
        stream("http://127.0.0.1:8888/?token=..."),
    ],
)
def test_nothing_to_find(output: dict[str, Any]) -> None:
    assert places(written(code("f()\n", outputs=[output])), "NB402") == []


def test_one_finding_for_a_secret_of_a_cell() -> None:
    outputs = [stream(HF, "\n", HF), stream("fine"), result("text/plain", HF)]
    content = written(code("f()\n", outputs=outputs))
    assert len(found(content, "NB402")) == 1
    [cell] = fixed(content, "NB402", unsafe=True)["cells"]
    assert cell["outputs"] == [stream("fine")]


def test_the_source_is_another_rule() -> None:
    assert places(written(f'x = "{HF}"\n', text(HF)), "NB402") == []


def test_the_old_format() -> None:
    import json

    cell = {
        "cell_type": "code",
        "language": "python",
        "metadata": {},
        "collapsed": False,
        "input": ["f()"],
        "outputs": [{"output_type": "stream", "stream": "stdout", "text": [HF]}],
    }
    old = {"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": [cell]}]}
    content = json.dumps(old).encode()
    assert places(content, "NB402") == [(1, 1, 1)]
    after = fixed(content, "NB402", unsafe=True)
    assert after["worksheets"][0]["cells"][0]["outputs"] == []
