"""Files beside a notebook: what is read of them, and what is not."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.notebook import beside
from nb2prod.notebook.beside import LARGEST_FILE, files_beside
from nb2prod.notebook.reader import read, read_bytes

WriteFiles = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> WriteFiles:
    """Writes files, by their names (empty ones by name alone), and returns their directory."""

    def write(names: Iterable[str], **texts: str) -> Path:
        everything = dict.fromkeys(names, "") | texts
        for name, text in everything.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("source", "names", "taken"),
    [
        ("import a", ["a.py", "b.py"], ["a.py"]),
        ("import numpy, a as x", ["a.py"], ["a.py"]),
        ("x = 1; import a", ["a.py"], ["a.py"]),
        ("try:\n    from a import b\nexcept ImportError: pass", ["a.py", "b.py"], ["a.py"]),
        ("from a.b import (\n  c,\n  d)", ["a/__init__.py", "a/b.py"], ["a/__init__.py", "a/b.py"]),
        ("importlib.import_module('a')", ["a.py"], ["a.py"]),
        ("def f():\n\timport a", ["a.py"], ["a.py"]),
        ("from .a import b\nfrom . import a", ["a.py"], []),
        ("'import a'\n# import a", ["a.py"], []),
        ("important = a", ["a.py"], []),
        # A package goes before a module, and a directory that is none comes last.
        ("import a", ["a.py", "a/__init__.py", "a/b/c.py"], ["a/__init__.py", "a/b/c.py"]),
        ("import a.b", ["a.py", "a/b.py"], ["a.py"]),
        ("import a.b", ["a/b.py", "a/c.csv"], ["a/b.py"]),
        ("from a import b", ["a/b/c.py"], ["a/b/c.py"]),
        ("import a", ["a/b.py"], []),
        ("from a import x", ["a/b.py"], []),
        ("import a", ["a/__init__.py", "a/.git/b.py", "a/__pycache__/c.py"], ["a/__init__.py"]),
        # The standard library's names are its own; those of known distributions are not.
        ("import types, json, os.path", ["types.py", "json.py", "os.py"], []),
        ("import _a, _thread", ["_a.py"], ["_a.py"]),
        ("import a", ["a/__init__.py", "a/b-c.py", "a/d e/f.py"], ["a/__init__.py"]),
        ("import test, utils", ["test.py", "utils.py"], ["test.py", "utils.py"]),
        ("import datasets, config", ["datasets.py", "config.py"], ["config.py", "datasets.py"]),
        ("import A", ["a.py"], []),
        ("!pip install -r r.txt", ["r.txt"], ["r.txt"]),
        ("%pip install -qUr sub/r.txt -c ./c.txt", ["sub/r.txt", "c.txt"], ["c.txt", "sub/r.txt"]),
        ("!pip install -rr.txt --constraint=c.txt", ["r.txt", "c.txt"], ["c.txt", "r.txt"]),
        ("!uv pip sync r.txt", ["r.txt"], ["r.txt"]),
        ("!pip install \\\n  --requirement r.txt", ["r.txt"], ["r.txt"]),
        ("run([sys.executable, '-m', 'pip', 'install',\n '-r', 'r.txt'])", ["r.txt"], ["r.txt"]),
        ("!cp -r r.txt x\n!pip install a", ["r.txt"], []),
        ("!rm -r data", ["data/x"], []),
        ("!pip install -r ../r.txt -r /etc/hosts", ["r.txt"], []),
        ("%run a.py", ["a.py"], ["a.py"]),
        ("%run -i ./a b", ["a.py", "b.py"], ["a.py", "b.py"]),
        ("%run sub/a.py", ["sub/a.py"], []),
        ("!python -u a.py x.py", ["a.py", "x.py"], ["a.py"]),
        ("!python3 \\\n   a.py", ["a.py"], ["a.py"]),
        ("subprocess.run([sys.executable, 'a.py'])", ["a.py"], ["a.py"]),
    ],
)
def test_what_is_read(written: WriteFiles, source: str, names: list[str], taken: list[str]) -> None:
    found = files_beside(written(names), [source])
    assert sorted(found.files) == taken
    assert list(found.files) == taken
    assert found.refused == ()


def test_what_files_need_in_turn_is_read(written: WriteFiles) -> None:
    texts = {
        "a.py": "import b",
        "b.py": "import a, c, json",
        "c.py": "def f(:",
        "r.txt": "numpy\n-r more/r.txt",
        "more/r.txt": "-r ../r.txt\n  -c limits.txt  # here",
        "more/limits.txt": "scipy<2",
    }
    directory = written(["d.py"], **texts)
    found = files_beside(directory, ["import a\n!pip install -r r.txt"])
    assert dict(found.files) == texts


def test_a_long_chain_of_files_is_no_deeper_than_a_short_one(written: WriteFiles) -> None:
    texts = {f"m{n}.py": f"import m{n + 1}" for n in range(1500)}
    assert len(files_beside(written([], **texts), ["import m0"]).files) == 1500


def outside(path: Path) -> None:
    place = path.parent.parent / f"outside {path.parent.name}.py"
    place.write_text("x = 1", encoding="utf-8")
    path.symlink_to(place)


def through_a_link(path: Path) -> None:
    place = path.parent.parent / f"package {path.parent.name}"
    place.mkdir()
    (place / "__init__.py").write_text("x = 1", encoding="utf-8")
    (path.parent / "a").symlink_to(place, target_is_directory=True)


@pytest.mark.parametrize(
    ("make", "path", "reason"),
    [
        (outside, "a.py", "it is a link that leads out of the notebook's directory"),
        (
            through_a_link,
            "a/__init__.py",
            "it is a link that leads out of the notebook's directory",
        ),
        (lambda path: path.write_bytes(b"#" * 2_000_000), "a.py", "it is larger than 1 MB"),
        (lambda path: path.write_bytes("# é".encode("latin-1")), "a.py", "it is not UTF-8 text"),
    ],
)
def test_what_cannot_be_used_is_named(
    tmp_path: Path, make: Callable[[Path], None], path: str, reason: str
) -> None:
    make(tmp_path / "a.py")
    found = files_beside(tmp_path, ["import a"])
    assert found.files == {}
    assert found.refused == ((path, reason),)


def test_the_largest_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"#" * LARGEST_FILE)
    assert len(files_beside(tmp_path, ["import a"]).files["a.py"]) == LARGEST_FILE


def test_a_link_within_the_directory_is_followed(written: WriteFiles) -> None:
    directory = written([], **{"real.py": "x = 1"})
    (directory / "a.py").symlink_to("real.py")
    assert files_beside(directory, ["import a"]).files == {"a.py": "x = 1"}


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("a.py"), Path.mkdir])
def test_what_is_no_file_is_not_there(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "a.py")
    assert files_beside(tmp_path, ["import a"]).files == {}


def test_a_package_of_very_many_files_is_not_read(written: WriteFiles) -> None:
    directory = written(["a/__init__.py", *(f"a/m{n}.py" for n in range(500))])
    found = files_beside(directory, ["import a"])
    assert found.files == {}
    assert found.refused == (("a/__init__.py", "it is a package of more than 500 files"),)


def test_a_package_among_very_many_files_is_not_read(
    written: WriteFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "_MOST_ENTRIES", 5)
    directory = written(["a/__init__.py", *(f"a/data/{n}.csv" for n in range(9)), "a/more/b.py"])
    assert files_beside(directory, ["import a"]).refused == (
        ("a/__init__.py", "it is a package of more than 5 files"),
    )


def test_texts_are_kept_as_they_are(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbfx = 'a'\r\n\ty = 1\r\x0c"
    (tmp_path / "a.py").write_bytes(content)
    assert files_beside(tmp_path, ["import a"]).files["a.py"].encode() == content


def test_a_directory_is_listed_once_and_only_when_something_is_named(
    written: WriteFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = written(["a.py", "b.py", "r.txt"])
    listed: list[object] = []
    listing = os.scandir

    def counted(place: object) -> object:
        listed.append(place)
        return listing(place)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "scandir", counted)
    files_beside(directory, ["import json\nprint(1)\n!ls"])
    assert listed == []
    files_beside(directory, ["import a, b", "!pip install -r r.txt"])
    assert listed == [directory]


def test_a_directory_that_cannot_be_listed_has_no_files(tmp_path: Path) -> None:
    assert files_beside(tmp_path / "none", ["import a"]).files == {}


def test_only_reading_a_path_looks_beside_it(written: WriteFiles) -> None:
    content = (
        b'{"cells": [{"cell_type": "code", "metadata": {}, "source": "import a", "outputs": [], '
    )
    content += b'"execution_count": null}, {"cell_type": "markdown", "metadata": {}, "source": '
    content += b'"import b"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}'
    directory = written(["b.py"], **{"a.py": "x = 1"})
    (directory / "n.ipynb").write_bytes(content)
    notebook = read(directory / "n.ipynb")
    assert notebook.beside == {"a.py": "x = 1"}
    assert "x = 1" not in repr(notebook)
    assert read_bytes(content, "n").beside == {}


_WORDS = st.sampled_from(
    ["import ", "from ", "a", "b", ".", " ", "\n", "(", ")", ",", "%run ", "pip -r ", "'", "#", ";"]
)


@given(st.lists(_WORDS, max_size=30).map("".join))
def test_no_text_names_what_is_not_there(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    directory = tmp_path_factory.getbasetemp() / "some files"
    if not directory.exists():
        directory.mkdir()
        (directory / "a.py").write_text("import b", encoding="utf-8")
        (directory / "b.py").write_text("import a", encoding="utf-8")
    found = files_beside(directory, [text])
    # Each of the two needs the other.
    assert set(found.files) in (set(), {"a.py", "b.py"}, {"a.py"}, {"b.py"})
    assert found == files_beside(directory, [text])
