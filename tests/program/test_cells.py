"""Cells before and after: what must become something else, and what must stay."""

from __future__ import annotations

import json
import textwrap

import pytest

import nb2prod
from nb2prod.notebook.reader import read_bytes


def converted(*sources: str) -> nb2prod.Migration:
    empty: dict[str, object] = {"cell_type": "code", "execution_count": None}
    cells = [{**empty, "metadata": {}, "outputs": [], "source": source} for source in sources]
    document = {"cells": cells, "metadata": {"colab": {}}, "nbformat": 4, "nbformat_minor": 4}
    migration = nb2prod.plan(read_bytes(json.dumps(document).encode(), "n"))
    lines = sum(1 for source in sources for line in source.splitlines() if line.strip())
    assert migration.ledger.lines == lines
    return migration


def body(migration: nb2prod.Migration) -> str:
    """What stands in `main`, without its first line, at the margin."""
    source = migration.program.modules[0].source
    _, _, inside = source.partition('from its first cell to its last."""\n')
    return textwrap.dedent(inside).strip("\n")


BECOMES = [
    # shell lines
    ("!ls -l", 'shell.run("ls -l", check=False)'),
    ("!wget https://a.example.invalid/b.zip", 'shell.run("wget https://a.example.invalid/b.zip")'),
    ("x = 1\n!echo {x} $x", 'x = 1\nshell.run(f"echo {x} {x}", check=False)'),
    ("!echo $HOME ${HOME}", 'shell.run("echo $HOME ${HOME}", check=False)'),
    ("!awk '{print $1}' f", "shell.run(\"awk '{print $1}' f\", check=False)"),
    ("files = !ls", 'files = shell.capture("ls")'),
    ("if True:\n    !ls", 'if True:\n    shell.run("ls", check=False)'),
    ("!ls \\\n  -l", 'shell.run("ls    -l", check=False)'),
    ("!cat /content/a.txt", 'shell.run(f"cat {shell.quoted(config.work_dir)}/a.txt", check=False)'),
    # installs and read-outs leave nothing behind
    ("!pip install -q pandas==2.2.3", ""),
    ("%pip install pandas==2.2.3", ""),
    ("!apt-get update && apt-get install -y tree", ""),
    ("!nvidia-smi", ""),
    ("if True:\n    !pip install pandas==2.2.3", "if True:\n    pass"),
    ("!pip install pandas==2.2.3 && ls", 'shell.run("ls", check=False)'),
    # magics
    ("%matplotlib inline", ""),
    ("%cd /content/repo", 'os.chdir(f"{config.work_dir}/repo")'),
    ("%cd repo", 'os.chdir("repo")'),
    ("%env A=b c", 'os.environ["A"] = "b c"'),
    ("%time x = 1", "x = 1"),
    ("%%time\nx = 1", "x = 1"),
    ("len?", ""),
    ("%%html\n<b>x</b>", ""),
    # Colab
    ("from google.colab import drive\ndrive.mount('/content/drive')", ""),
    ("import os, google.colab\nprint(os.sep)", "print(os.sep)"),
    ("import sys\nIN_COLAB = 'google.colab' in sys.modules", "IN_COLAB = True"),
    ("from google.colab import userdata\nk = userdata.get('A_KEY')", 'k = secret("A_KEY")'),
    ("if True: from google.colab import drive", "if True:\n    pass"),
    # paths
    ("p = '/content/drive/MyDrive/a.csv'", 'p = f"{config.data_dir}/a.csv"'),
    ("p = '/content/drive/My Drive/a b.csv'", 'p = f"{config.data_dir}/a b.csv"'),
    ("p = '/content/a.csv'", 'p = f"{config.work_dir}/a.csv"'),
    ("p = '/content'", "p = str(config.work_dir)"),
    ("n = 1\np = f'/content/{n}/{{x}}'", 'n = 1\np = f"{config.work_dir}/{n}/{{x}}"'),
    ("p = {'/content/a': '{}'}", 'p = {f"{config.work_dir}/a": "{}"}'),
    # form parameters
    ("x = 5  #@param {type:'integer'}", "x = config.x"),
    # displayed values
    ("x = [1]\nx", "x = [1]\ndisplay(x)"),
    ("x = 1\nx, 2", "x = 1\ndisplay((x, 2))"),
    ("x = 1\nx  # shown", "x = 1\ndisplay(x)  # shown"),
    ("import asyncio\nawait asyncio.sleep(0)", "display(await asyncio.sleep(0))"),
]

STAYS = [
    "x = 1",
    "x = [1]\nx;",
    'print("!ls %cd")',
    'print("https://example.invalid/content/a")',
    'x = """\n!ls\n%cd a\n"""',
    "x = (7\n% 3)",
    "# just a comment",
    "x = 1  # beside it",
    'p = b"/contents"',
    "try:\n    x = 1\nexcept ImportError:\n    pass",
    "def f(x, /, *, y=2):\n    return x",
    "with open('a') as f:\n    f.read()",
    "match 1:\n    case 1:\n        pass",
]


@pytest.mark.parametrize(("before", "after"), BECOMES)
def test_it_becomes(before: str, after: str) -> None:
    migration = converted(before)
    assert body(migration) == after or (after == "" and body(migration) == "pass")
    assert not [note for note in migration.attention if note.location]


def test_a_script_is_one_text_with_its_interpreter() -> None:
    made = body(converted("%%bash\necho a\npip install pandas==2.2.3\necho b"))
    assert made.split() == ["shell.script(", '"""echo', "a", "echo", "b", '""",', '"bash",', ")"]


@pytest.mark.parametrize("source", STAYS)
def test_it_stays(source: str) -> None:
    migration = converted(source)
    expected = source.replace("(7\n% 3)", "7 % 3").rstrip(";").replace("'a'", '"a"')
    made = migration.program.modules[0].source
    assert body(migration) == expected or expected in made
    assert migration.ledger.count("kept") == migration.ledger.lines


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ("%%bigquery df\nselect 1", 1, "%%bigquery"),
        ("x = 1\n%nonsense a", 2, "%nonsense"),
        (
            "from google.colab import files\nup = files.upload_file()",
            2,
            "Colab's files.upload_file",
        ),
        ("from google.colab import output\nif output.eval_js('1'):\n    pass", 2, "eval_js"),
        ("print 'two'", 1, "Python 2"),
        ("%run other.ipynb", 1, "%run other.ipynb"),
    ],
)
def test_what_cannot_be_converted_stops_the_program_there(
    source: str, line: int, said: str
) -> None:
    migration = converted("x = 1", source)
    (note,) = migration.attention
    assert note.location is not None
    assert (note.location.cell, note.location.line) == (2, line)
    assert said in note.reason
    assert "raise NotImplementedError(" in body(migration)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("!pip install git+https://git.example.invalid/a/b.git", "names no commit"),
        ("!pip install -r requirements.txt", "requirements.txt"),
        ("!pip install --extra-index-url https://a.example.invalid/x torch", "another index"),
    ],
)
def test_what_only_the_environment_lacks_does_not_stop_it(source: str, said: str) -> None:
    migration = converted(source)
    assert any(said in note.reason for note in migration.attention)
    assert "raise" not in body(migration)
    assert source in body(migration)


@pytest.mark.parametrize(
    ("source", "comments"),
    [
        ("# above\n!nvidia-smi\n# below", ["# above", "# below"]),
        ("if True:\n    # inside\n    !pip install pandas==2.2.3", ["# inside"]),
        ("# why\n%matplotlib inline", ["# why"]),
        ("x = 1\n# end", ["# end"]),
        ("# alone", ["# alone"]),
    ],
)
def test_comments_survive_what_they_stand_at(source: str, comments: list[str]) -> None:
    made = body(converted(source))
    assert [line.strip() for line in made.splitlines() if "#" in line] == comments
