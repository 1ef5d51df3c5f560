"""Paths that a job does not have, and code that counts on those it had."""

from __future__ import annotations

import pytest

from nb2prod.analysis.facts import DataPath
from nb2prod.analysis.foreign_paths import find_foreign_paths
from nb2prod.analysis.paths import find_roots
from nb2prod.notebook.trees import tree_of

NAMED = "folder = '/content/some_folder'\n"


def reasons(code: str, *data: DataPath) -> list[str]:
    found = find_foreign_paths([(1, tree_of(code))], data, find_roots("colab", [], []))
    return [one.reason for one in found]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("open('/Users/somebody/x.csv')", "a path of another machine"),
        ("requests.post('http://127.0.0.1:5000/predict')", "asks a server on its own machine"),
        ("name = path.split('\\\\')[-1]", "where Windows would"),
        (f"{NAMED}name = path[20:]", "how long the platform's path is"),
        (f"{NAMED}name = path[21:-4]", "how long the platform's path is"),
        ("name = path.split('/')[4]", "how long the platform's path is"),
    ],
)
def test_what_is_told(code: str, said: str) -> None:
    code = code if "[4]" not in code else NAMED + code
    (reason,) = reasons(code)
    assert said in reason


@pytest.mark.parametrize(
    "code",
    [
        f"{NAMED}name = path[5:]",
        f"{NAMED}name = path[len(folder):]",
        f"{NAMED}name = path.split('/')[-1]",
        f"{NAMED}name = date.split('/')[2]",
        f"{NAMED}name = url.split('/')[4]",
        "name = path.split('/')[4]",
        "name = path[20:]",
        "subprocess.Popen(['server'])\nrequests.get('http://localhost:80/')",
        "print('see http://localhost:80/')",
        "name = text.split('\\n')[0]",
        "import re\nre.split('\\\\', x)",
    ],
)
def test_what_is_not(code: str) -> None:
    assert reasons(code) == []


def test_what_lies_above_the_program_s_directory() -> None:
    (reason,) = reasons("", DataPath("../data/a.csv", "write", "local", (1,)))
    assert reason.startswith("../data/a.csv is outside of the directory")
    assert reasons("", DataPath("data/a.csv", "write", "local", (1,))) == []
