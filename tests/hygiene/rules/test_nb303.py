"""NB303: pip through the shell."""

from __future__ import annotations

import pytest

from tests.hygiene.build import fixed, places, sources, written

FOUND = [
    ("!pip install x\n", (1, 1, 1), "%pip install x\n"),
    ("!pip3 install -q x\n", (1, 1, 1), "%pip install -q x\n"),
    ("! pip install x\n", (1, 1, 1), "%pip install x\n"),
    ("x = 1\nif x:\n    !pip install x\n", (1, 3, 5), "x = 1\nif x:\n    %pip install x\n"),
    ("  !pip install x\n  y = 1\n", (1, 1, 3), "  %pip install x\n  y = 1\n"),
    (">>> !pip install x\n", (1, 1, 5), ">>> %pip install x\n"),
    ("pip install x\n", (1, 1, 1), "%pip install x\n"),
    ("!pip install {name}\n", (1, 1, 1), "%pip install {name}\n"),
    ("!pip install x \\\n  y\n", (1, 1, 1), "%pip install x \\\n  y\n"),
    # Found, and left to a person.
    ("!pip install x && ls\n", (1, 1, 1), "!pip install x && ls\n"),
    ("!cd a; pip install x\n", (1, 1, 1), "!cd a; pip install x\n"),
    ("out = !pip install x\n", (1, 1, 1), "out = !pip install x\n"),
    ("!/usr/bin/pip install x\n", (1, 1, 1), "!/usr/bin/pip install x\n"),
    (
        "import os\nos.system('pip install x')\n",
        (1, 2, 1),
        "import os\nos.system('pip install x')\n",
    ),
]


@pytest.mark.parametrize(("source", "place", "after"), FOUND)
def test_pip_through_the_shell(source: str, place: tuple[int, int, int], after: str) -> None:
    assert places(written(source), "NB303") == [place]
    assert sources(fixed(written(source), "NB303")) == [after]


@pytest.mark.parametrize(
    "source",
    [
        "%pip install x\n",
        "!pip list\n",
        "!pip freeze > r.txt\n",
        "!python -m pip install x\n",
        "!{sys.executable} -m pip install x\n",
        "!echo pip install x\n",
        "# !pip install x\n",
        "x = '!pip install x'\n",
        "%%bash\npip install x\n",
        "pip = 1\n",
    ],
)
def test_nothing_to_find(source: str) -> None:
    assert places(written(source), "NB303") == []
