"""A notebook as a script: it does what the notebook does, beside its directory and as one file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import nb2prod
from nb2prod.migration import Migration
from nb2prod.notebook.reader import read_bytes
from nb2prod.project.script import Script, directory_name, hides_a_module, script


def migration_of(*cells: str, name: str = "job") -> Migration:
    empty: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
    }
    document = {
        "cells": [{**empty, "source": source} for source in cells],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    options = nb2prod.Options(python=f"3.{sys.version_info.minor}")
    return nb2prod.plan(read_bytes(json.dumps(document).encode(), name), options)


def write(made: Script, directory: Path, name: str = "job") -> Path:
    path = directory / f"{name}.py"
    path.write_text(made.source, encoding="utf-8")
    for file, text in made.files.items():
        (directory / made.directory).mkdir(exist_ok=True)
        (directory / made.directory / file).write_text(text, encoding="utf-8")
    return path


def run(path: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    elsewhere = path.parent / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, path, *arguments],
        cwd=elsewhere,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **variables},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


SECRET = "from google.colab import userdata\nprint(len(userdata.get('API_KEY')))"
NOTEBOOKS = [
    ("a print", ("print('a')",), "a\n"),
    ("a displayed value", ("[1,\n2]",), "[1, 2]\n"),
    ("a function", ("def f(n):\n    return n + 1", "f(1)"), "2\n"),
    ("a shell line", ("!echo a b",), "a b\n"),
    ("what a command prints", ("x = !echo a\nprint(x)",), "['a']\n"),
    ("captured output", ("%%capture c\nprint('a')", "print(c.stdout)"), "a\n\n"),
    ("a form", ("n = 3 #@param {type:'integer'}\nprint(n * 2)",), "6\n"),
    ("names in exec, so no function", ("x = 1", "exec('x = 2')\nprint(x)"), "2\n"),
    (
        "a form and no function",
        ("n = 3 #@param {type:'integer'}", "exec('n += 1')\nprint(n)"),
        "4\n",
    ),
    ("top-level await", ("import asyncio\nawait asyncio.sleep(0)\nprint('a')",), "a\n"),
    ("a secret", (SECRET,), "6\n"),
    ("imports of the future", ("from __future__ import annotations\nx: int = 1\nprint(x)",), "1\n"),
    (
        "its own classes in pickles",
        ("class A: pass", "import pickle\nprint(type(pickle.loads(pickle.dumps(A()))).__module__)"),
        "__main__\n",
    ),
    ("the name of the module", ("if __name__ == '__main__':\n    print('a')",), "a\n"),
    ("its arguments are its own", ("import sys\nlen(sys.argv)",), "1\n"),
    (
        "quotes and backslashes in a form",
        (
            r"x = 'a\\b' #@param {type:'string'}" + "\n#@markdown three ''' and \"\"\" \\",
            "print(x)",
        ),
        "a\\b\n",
    ),
]


@pytest.mark.parametrize("one_file", [False, True], ids=["directory", "one file"])
@pytest.mark.parametrize(
    ("cells", "printed"), [one[1:] for one in NOTEBOOKS], ids=[one[0] for one in NOTEBOOKS]
)
def test_it_prints_what_the_notebook_prints(
    cells: tuple[str, ...], printed: str, one_file: bool, tmp_path: Path
) -> None:
    migration = migration_of(*cells)
    assert not migration.attention
    made = script(migration, "job", one_file=one_file)
    assert bool(made.files) != one_file
    done = run(write(made, tmp_path), API_KEY="abcdef")
    assert (done.stdout, done.stderr, done.returncode) == (printed, "", 0)


@pytest.mark.parametrize("one_file", [False, True])
def test_sigterm_ends_it_as_an_exit_does(one_file: bool, tmp_path: Path) -> None:
    waits = "import time\ntry:\n    print('ready', flush=True)\n    time.sleep(60)\n"
    made = script(migration_of(f"{waits}finally:\n    print('cleaned')"), "job", one_file=one_file)
    with subprocess.Popen(
        [sys.executable, write(made, tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.terminate()
        rest, messages = process.communicate(timeout=30)
    assert (process.returncode, rest) == (143, b"cleaned\n")
    assert b": stopped\n" in messages


@pytest.mark.parametrize("one_file", [False, True])
@pytest.mark.parametrize("rung", ["main", "script"])
def test_the_form_is_its_options(rung: str, one_file: bool, tmp_path: Path) -> None:
    look = "globals()['n']" if rung == "script" else "n"
    migration = migration_of("n = 3 #@param {type:'integer'}", f"print({look} * 2)")
    assert migration.program.layout.rung == rung
    path = write(script(migration, "job", one_file=one_file), tmp_path)
    assert run(path, "--n", "5").stdout == "10\n"
    assert run(path, "--help").stdout.startswith("usage: job.py [-h] [--config FILE] [--n N]\n")
    refused = run(path, "--n", "many")
    assert (refused.returncode, refused.stdout) == (2, "")


@pytest.mark.parametrize("rest", ["", "\nexec('a = 1')"], ids=["main", "script"])
def test_a_secret_that_is_missing_is_named(rest: str, tmp_path: Path) -> None:
    path = write(script(migration_of(SECRET + rest), "job"), tmp_path)
    done = run(path)
    said = "The secret API_KEY is not set: give it as the environment variable API_KEY.\n"
    assert (done.stdout, done.stderr, done.returncode) == ("", said, 1)


@pytest.mark.parametrize("rest", ["", "\nexec('a = 1')"], ids=["main", "script"])
def test_a_secret_also_comes_as_a_file(rest: str, tmp_path: Path) -> None:
    path = write(script(migration_of(SECRET + rest), "job"), tmp_path)
    (tmp_path / "key").write_text("abcdef\n", "utf-8")
    done = run(path, API_KEY_FILE=str(tmp_path / "key"))
    assert (done.stdout, done.returncode) == ("6\n", 0), done.stderr


def test_another_error_is_told_as_always(tmp_path: Path) -> None:
    done = run(write(script(migration_of(SECRET, "1 / 0"), "job"), tmp_path), API_KEY="abcdef")
    assert done.returncode == 1
    assert done.stderr.endswith("ZeroDivisionError: division by zero\n")


def test_figures_are_saved(tmp_path: Path) -> None:
    cells = ("import matplotlib.pyplot as plt", "plt.plot([1, 2]);", "plt.plot([3]);\nplt.show()")
    for one_file in (False, True):
        directory = tmp_path / str(one_file)
        directory.mkdir()
        done = run(write(script(migration_of(*cells), "job", one_file=one_file), directory))
        assert done.returncode == 0, done.stderr
        assert done.stdout == "<Figure size 640x480 with 1 Axes>\n" * 2
        saved = sorted(p.name for p in (directory / "elsewhere" / "outputs" / "shown").iterdir())
        assert saved == ["001.png", "002.png"]


@pytest.mark.parametrize("one_file", [False, True])
def test_importing_it_runs_nothing(one_file: bool, tmp_path: Path) -> None:
    cells = ("def double(n):\n    return 2 * n", "!echo a", "print(double(2))")
    write(script(migration_of(*cells), "job", one_file=one_file), tmp_path)
    (tmp_path / "user.py").write_text("import job\nprint(job.double(4))\n", encoding="utf-8")
    assert run(tmp_path / "user.py").stdout == "8\n"


def test_an_error_in_one_file_says_in_which_part(tmp_path: Path) -> None:
    made = script(migration_of("!cp missing-file elsewhere"), "job", one_file=True)
    done = run(write(made, tmp_path))
    assert done.returncode == 1
    assert 'File "<job_files.shell>", line ' in done.stderr


@pytest.mark.parametrize(
    ("name", "code", "directory"),
    [
        ("churn", "1", "churn_files"),
        ("Churn_2", "1", "Churn_2_files"),
        ("churn", "import churn_files", "churn_files_"),
        ("churn", "Churn_Files = churn_files_ = 1", "churn_files__"),
        ("class", "1", "class_files"),
        ("my job", "1", "my_job_0b64d7_files"),
        ("my-job", "1", "my_job_69bd8c_files"),
        ("01 start", "1", "nb_01_start_b7da8b_files"),
        ("数据", "1", "notebook_5440f7_files"),
    ],
)
def test_the_directory_s_name(name: str, code: str, directory: str) -> None:
    assert directory_name(name, migration_of(code)) == directory


def test_different_names_have_different_directories() -> None:
    names = ["a b", "a-b", "a_b", "A-B", "a  b", "a.b", "ab", "Ab", "1", "nb_1", "é", "e"]
    migration = migration_of("1")
    assert len({directory_name(name, migration) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("name", "code", "hides"),
    [
        ("random", "1", True),
        ("pandas", "import pandas", True),
        ("pandas", "1", False),
        ("helpers", "from helpers.a import b", True),
        ("churn", "import pandas", False),
    ],
)
def test_names_that_hide_a_module(name: str, code: str, hides: bool) -> None:
    assert hides_a_module(name, migration_of(code)) is hides


def test_requirements_lie_beside_it_where_there_are_any() -> None:
    assert "requirements.txt" not in script(migration_of("print(1)"), "job").files
    files = script(migration_of("!pip install rich==13.9.4"), "job").files
    assert files["requirements.txt"].splitlines()[-1] == "rich==13.9.4"


@pytest.mark.parametrize("one_file", [False, True])
def test_the_same_notebook_gives_the_same_script(one_file: bool) -> None:
    cells = ("n = 3 #@param {type:'integer'}", "!echo {n}", "[n]")
    first = script(migration_of(*cells), "job", one_file=one_file)
    assert script(migration_of(*cells), "job", one_file=one_file) == first
    assert script(migration_of(*cells, name="other"), "job", one_file=one_file) != first


def test_without_nbconvert_the_exporter_says_what_to_install() -> None:
    code = "import sys; sys.modules['nbconvert'] = None; import nb2prod.exporter"
    sources = str(Path(nb2prod.__file__).resolve().parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": sources},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ImportError: nb2prod.exporter needs nbconvert")
    assert last.endswith("pip install 'nb2prod[nbconvert]'")
