"""Text that was pasted into a code cell, and broken code that must never be called so."""

from __future__ import annotations

import pytest

from nb2prod.notebook.ipython import parse_cell
from nb2prod.notebook.model import Cell
from nb2prod.notebook.prose import is_command, is_prose


@pytest.mark.parametrize(
    "line",
    [
        "This is a note about the data.",
        "Now we load the file, then plot it:",
        "Use `x` to call the function.",
        "The accuracy is 95%, which is good",
        "**Note:** the data is old",
        "1. Open the file",
        "- one more thing",
        "a) open all files",
        "Größe der “neuen” Daten",
        "Les données sont dans le dossier",
        "Cargamos los datos de la tabla",
        "We don\u2019t need it",
        "It's the first step (see above).",
        "Download and unpack everything.",
        "if you want to run this, set the flag first",
        "for the first part we have to load the data",
        "train and test - the split is 80/20",
    ],
)
def test_text(line: str) -> None:
    assert is_prose(line)
    assert parse_cell(Cell(1, "code", line)).unparsed is not None


@pytest.mark.parametrize(
    "line",
    [
        "x = 1 2",
        "for i in x print(i)",
        "fro i in x:",
        "whlie not done:",
        "if x is y z:",
        "import numpy as as np",
        "import the library",
        "from x y import z",
        "a and or b",
        "x if y els z",
        "not x is y z",
        "return x y",
        "retrun x y",
        "lambda x y",
        "print x y z",
        "def f x y",
        "model fit data labels",
        "x y z",
        "df head 5",
        "with the as f",
        "SELECT name FROM the_table",
        "select the name from users",
        "val the = is",
        "int main void",
        "function of the",
        "pip install the package",
        "git clone it to here",
        "the = of to we",
        "f(the, of to)",
        "the of",
        "yes no 1.",
    ],
)
def test_broken_code(line: str) -> None:
    assert not is_prose(line)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("pip install a b", True),
        ("git clone b", True),
        ("  ls -l a", True),
        ("./run it", True),
        ("$ make all", True),
        ("$HOME/a b", False),
        ("make = 3 4", False),
        ("ls", False),
        ("pipe install a", False),
        ("the pip install", False),
    ],
)
def test_a_command_without_its_sign(line: str, command: bool) -> None:
    assert is_command(line) is command


def test_a_long_line_is_not_looked_at() -> None:
    assert not is_prose("the " * 100_000)
