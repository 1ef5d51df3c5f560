"""What saved outputs record, and what of an output is never taken."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nb2prod.analysis.recorded_versions import RecordedOutputs, recorded_outputs
from nb2prod.location import Location
from nb2prod.notebook.ipython import parse_notebook
from nb2prod.notebook.reader import read_bytes


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text.splitlines(keepends=True)}


def shown(text: str) -> dict[str, Any]:
    data = {"text/plain": [text]}
    return {"output_type": "execute_result", "execution_count": 1, "data": data, "metadata": {}}


def recorded(*cells: tuple[str, list[dict[str, Any]]]) -> RecordedOutputs:
    document = {
        "cells": [
            {
                "cell_type": "code",
                "execution_count": 1,
                "metadata": {},
                "outputs": outputs,
                "source": source,
            }
            for source, outputs in cells
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    notebook = read_bytes(json.dumps(document).encode(), "n")
    return recorded_outputs(notebook, parse_notebook(notebook))


def versions(source: str, *outputs: dict[str, Any]) -> list[tuple[str, str]]:
    found = recorded((source, list(outputs))).versions
    return [(one.distribution, one.version) for one in found]


PIP = "!pip install x"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Successfully installed einops-0.7.0", [("einops", "0.7.0")]),
        (
            "Successfully installed opencv-python-headless-4.8.0.74 nvidia-cublas-cu12-12.1.3.1",
            [("opencv-python-headless", "4.8.0.74"), ("nvidia-cublas-cu12", "12.1.3.1")],
        ),
        (
            "Successfully installed antlr4-python3-runtime-4.8 fvcore-0.1.5.post20210825",
            [("antlr4-python3-runtime", "4.8"), ("fvcore", "0.1.5.post20210825")],
        ),
        ("Successfully installed Imageio_FFmpeg-0.4.9", [("imageio-ffmpeg", "0.4.9")]),
        ("Successfully installed torch-2.0.1+cu118", [("torch", "2.0.1+cu118")]),
        ("Successfully installed keras-3.0.0rc1", [("keras", "3.0.0rc1")]),
        ("\x1b[0mSuccessfully installed brotli-1.1.0\x1b[1m", [("brotli", "1.1.0")]),
        ("     10%\r    100%\rSuccessfully installed a-1.0\r\n", [("a", "1.0")]),
        ("    Uninstalling numpy-1.23.5:\n      Successfully uninstalled numpy-1.23.5", []),
        ("He said: Successfully installed a-1.0", []),
        ("Successfully installed everything", []),
        (
            ("Requirement already satisfied: numpy>=1.17 in /usr/local/lib/python3.10/dist-packages"
            " (from transformers) (1.22.4)"),
            [("numpy", "1.22.4")],
        ),
        (
            ("Requirement already satisfied: requests[socks] in /usr/local/lib/python3.7/"
            "dist-packages (from gdown) (2.23.0)"),
            [("requests", "2.23.0")],
        ),
        (
            ("Requirement already satisfied: markdown>=2.6.8 in /opt/conda/lib/python3.8/"
            "site-packages (from tensorboard->detectron2==0.5) (3.3.4)"),
            [("markdown", "3.3.4")],
        ),
        ("Requirement already satisfied: numpy in /usr/lib/python3/dist-packages", []),
        (
            " + torch==2.6.0\n - numpy==1.0\n ~ pandas==2.2.2",
            [("torch", "2.6.0"), ("pandas", "2.2.2")],
        ),
    ],
)  # fmt: skip
def test_what_pip_and_uv_say(text: str, expected: list[tuple[str, str]]) -> None:
    assert versions(PIP, stream(text)) == expected


TABLE = """\
Package            Version      Location
------------------ ------------ --------
numpy              1.26.4
torch              2.1.0+cu121
my-tool            0.1          /home/somebody/tool
"""


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("!pip list", TABLE, [("numpy", "1.26.4"), ("torch", "2.1.0+cu121"), ("my-tool", "0.1")]),
        ("!pip list | grep torch", "torch    2.1.0\n", [("torch", "2.1.0")]),
        ("%pip freeze", "numpy==1.26.4\na @ file:///x/a.whl\n", [("numpy", "1.26.4")]),
        ("!pip list --format=freeze", "numpy==1.26.4\n", [("numpy", "1.26.4")]),
        ("!pip show numpy", "Name: numpy\nVersion: 1.26.4\nSummary: x\n", [("numpy", "1.26.4")]),
        # Nobody asked for a list.
        ("print(report)", TABLE, []),
        ("# !pip list\nprint(report)", TABLE, []),
        ("print(lines)", "numpy==1.26.4\n", []),
    ],
)
def test_lists_count_where_the_cell_asks_for_one(
    source: str, text: str, expected: list[tuple[str, str]]
) -> None:
    assert versions(source, stream(text)) == expected


IMPORTS = "import torch\nimport numpy as np\nimport sklearn, cv2\n"


@pytest.mark.parametrize(
    ("line", "text", "expected"),
    [
        ("print(torch.__version__)", "2.1.0+cu121\n", [("torch", "2.1.0+cu121")]),
        ("print('torch', torch.__version__)", "noise\ntorch 2.1.0\n", [("torch", "2.1.0")]),
        ("print(f'numpy: {np.__version__}')", "numpy: 1.26.4\n", [("numpy", "1.26.4")]),
        ("print('numpy ' + np.__version__)", "numpy 1.26.4\n", [("numpy", "1.26.4")]),
        ("print('v%s!' % np.__version__)", "v1.26.4!\n", [("numpy", "1.26.4")]),
        ("print('{} / {}'.format(np.__version__, sklearn.__version__))", "1.26.4 / 1.2.2\n",
         [("numpy", "1.26.4"), ("scikit-learn", "1.2.2")]),
        ("print(np.__version__)\nprint(torch.__version__)", "1.26.4\n2.1.0\n",
         [("numpy", "1.26.4"), ("torch", "2.1.0")]),
        # Which of the lines it is, nobody can tell.
        ("print(np.__version__)\nprint(0.5)", "1.26.4\n0.5\n", []),
        ("print('a', np.__version__)\nprint('a', torch.__version__)", "a 1\na 2\n", []),
        ("if x:\n    print(np.__version__)", "1.26.4\n", []),
        ("print(accuracy)", "0.93\n", []),
        ("print('torch', other.__version__)", "torch 2.1.0\n", []),
        # Not the distribution's number.
        ("print(cv2.__version__)", "4.8.0\n", []),
    ],
)  # fmt: skip
def test_printed_values_that_the_code_ties_to_a_name(
    line: str, text: str, expected: list[tuple[str, str]]
) -> None:
    assert versions(IMPORTS + line, stream(text)) == expected


def test_a_displayed_value_is_that_of_the_last_line() -> None:
    assert versions(IMPORTS + "torch.__version__", shown("'2.1.0'")) == [("torch", "2.1.0")]
    assert versions(IMPORTS + "torch.__version__\nx", shown("'2.1.0'")) == []
    assert versions(IMPORTS + "x", shown("'2.1.0'")) == []


def test_a_name_with_two_meanings_says_nothing() -> None:
    source = "import numpy as x\nimport pandas as x\nprint(x.__version__)"
    assert versions(source, stream("1.26.4\n")) == []


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        (PIP, "Requirement already satisfied: a in /usr/local/lib/python3.10/dist-packages (1.0)",
         ["3.10"]),
        (PIP, "Requirement already satisfied: a in c:\\users\\x\\python3.8\\site-packages (1.0)",
         ["3.8"]),
        ("import sys\nprint(sys.version)", "3.11.7 (main, Dec  8 2023, 18:56:58) [GCC]\n",
         ["3.11.7"]),
        ("import sys\nsys.version", "", []),
        ("import sys\nprint('Python', sys.version)",
         "Python 3.8.10 | packaged by conda-forge | (default)\n", ["3.8.10"]),
        ("import sys\nprint(sys.version_info)",
         "sys.version_info(major=3, minor=9, micro=2, releaselevel='final', serial=0)\n",
         ["3.9.2"]),
        ("!python --version", "Python 3.10.12\n", ["3.10.12"]),
        ("!python3 -V", "Python 3.10.12\n", ["3.10.12"]),
        ("print(text)", "Python 3.10.12\n3.11.7 (main)\n", []),
    ],
)  # fmt: skip
def test_the_python(source: str, text: str, expected: list[str]) -> None:
    found = recorded((source, [stream(text)])).pythons
    assert [one.version for one in found] == expected


SMI = """\
Fri Mar  5 16:38:31 2024
+-----------------------------------------------------------------------------+
| NVIDIA-SMI 525.85.12    Driver Version: 525.85.12    CUDA Version: 12.0     |
"""


def test_the_driver_and_its_clock() -> None:
    (driver,) = recorded(("!nvidia-smi", [stream(SMI)])).drivers
    assert (driver.version, driver.cuda, driver.day) == ("525.85.12", "12.0", "2024-03-05")
    (driver,) = recorded(("!nvidia-smi", [stream(SMI.partition("\n")[2])])).drivers
    assert driver.day is None


def test_records_have_the_place_of_their_cell_in_order() -> None:
    found = recorded(
        ("x = 1", []),
        (PIP, [stream("Successfully installed a-1.0")]),
        ("import numpy\n\nprint('numpy', numpy.__version__)", [stream("numpy 1.26.4")]),
        (PIP, [stream("Successfully installed a-2.0")]),
    ).versions
    assert [(one.version, one.location) for one in found] == [
        ("1.0", Location(2)),
        ("1.26.4", Location(3, 3)),
        ("2.0", Location(4)),
    ]
    assert [one.installed for one in found] == [True, False, True]


def test_nothing_but_names_and_versions_is_taken() -> None:
    text = (
        "Requirement already satisfied: a in /home/somebody.private/lib/python3.9/site-packages"
        " (from b @ https://user:word@host.example.invalid/b) (1.0)\n"
        "Successfully installed somebody@host.example.invalid c-1.0\n"
    )
    found = recorded((PIP, [stream(text)]))
    assert "somebody" not in repr(found)
    assert "word" not in repr(found)
    assert [one.distribution for one in found.versions] == ["a", "c"]


def test_long_lines_are_data_and_take_no_time() -> None:
    long = "Successfully installed " + "a-1." * 200_000
    assert versions(PIP, stream(long)) == []
    assert versions("!pip list", stream("a" * 15_000 + "\n" + "1." * 9_000)) == []
