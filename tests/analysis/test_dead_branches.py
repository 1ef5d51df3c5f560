"""Installs of the branch that ran count, those of the other one do not."""

from __future__ import annotations

import json

import pytest

import nb2prod
from nb2prod.notebook.reader import read_bytes


def installed(*sources: str) -> list[str]:
    empty: dict[str, object] = {"cell_type": "code", "execution_count": None, "metadata": {}}
    cells = [{**empty, "outputs": [], "source": source} for source in sources]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    facts = nb2prod.inspect(read_bytes(json.dumps(document).encode(), "n"))
    return [text for install in facts.installs for text in install.requirements]


BRANCHES = "    !pip install rich==13.0.0\nelse:\n    !pip install rich==12.0.0"


@pytest.mark.parametrize(
    ("sources", "version"),
    [
        ((f"import sys\nif 'google.colab' in sys.modules:\n{BRANCHES}",), "13.0.0"),
        ((f"import sys\nif 'google.colab' not in sys.modules:\n{BRANCHES}",), "12.0.0"),
        (("import sys\nIN = 'google.colab' in sys.modules", f"if IN:\n{BRANCHES}"), "13.0.0"),
        (("import sys\nIN = 'google.colab' in sys.modules", f"if not IN:\n{BRANCHES}"), "12.0.0"),
        (("x = '/kaggle/input/a'", f"if 'KAGGLE_URL_BASE' in os.environ:\n{BRANCHES}"), "13.0.0"),
    ],
)
def test_the_branch_that_ran(sources: tuple[str, ...], version: str) -> None:
    assert installed(*sources) == [f"rich=={version}"]


@pytest.mark.parametrize("test", ["x", "x == 1", "'a' in sys.modules", "'google.colab' in names"])
def test_of_any_other_test_both_count(test: str) -> None:
    assert installed(f"if {test}:\n{BRANCHES}") == ["rich==13.0.0", "rich==12.0.0"]
