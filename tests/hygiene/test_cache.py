"""What is remembered of a notebook is what would be found in it now, or is not used."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import nb2prod
from nb2prod.cli import main
from nb2prod.hygiene.cache import Cache
from nb2prod.hygiene.check import jobs_for, run_jobs
from nb2prod.hygiene.config import Configs
from nb2prod.hygiene.reporters import FORMATS
from nb2prod.user_cache import cache_directory
from tests.hygiene.build import Json, code, text, written

COLAB: Json = {"colab": {"provenance": []}}
PIP = written("!pip install pinecone==1\n", "import google.colab\n")
MARK = "this was remembered"

Check = Callable[..., str]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a directory with a notebook to work in."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("NB2PROD_CACHE_DIR", str(tmp_path / "cache"))
    Path("a.ipynb").write_bytes(PIP)
    return tmp_path / "cache" / "check"


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str], cache: Path) -> Check:
    """Check the working directory, and give what is printed."""

    def run(*arguments: str) -> str:
        main(["check", *arguments])
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return run


def tamper(cache: Path) -> int:
    """Change all messages that are remembered, so that it shows when they are used."""
    changed = 0
    for path in cache.glob("*.json"):
        held = json.loads(path.read_text(encoding="utf-8"))
        for row in held["findings"]:
            row[2] = MARK
            changed += 1
        path.write_text(json.dumps(held), encoding="utf-8")
    return changed


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("more", [(), ("--statistics",), ("--unsafe-fixes",), ("--exit-zero",)])
def test_a_second_run_says_the_same(check: Check, name: str, more: tuple[str, ...]) -> None:
    cells: list[Json | str] = [
        text("# T"),
        code("x = é"),
        "!pip install é\u2028",
        "import google.colab",
        "x = (",
        "",
    ]
    Path("b.ipynb").write_bytes(written(*cells, "k = '/content/drive/MyDrive'", metadata=COLAB))
    Path("c.ipynb").write_bytes(b"{")
    Path("d.ipynb").write_bytes(written("x = 1"))
    said = check("--output-format", name, *more)
    assert check("--output-format", name, *more) == said
    assert check("--output-format", name, "--no-cache", *more) == said


def test_what_did_not_change_is_remembered(check: Check, cache: Path) -> None:
    assert "NB303" in check()
    assert tamper(cache) == 2
    assert check().count(MARK) == 2
    assert check("a.ipynb").count(MARK) == 2
    # The library gives findings with their edits, and keeps nothing.
    assert all(MARK not in one.message for one in nb2prod.check("."))


def test_findings_are_the_same_but_for_edits(cache: Path) -> None:
    def findings(kept: Cache | None) -> list[tuple[object, ...]]:
        jobs = list(jobs_for(["."], Configs()))
        found = [one for done in run_jobs(jobs, 1, kept) for one in done.findings]
        return [
            (*one[:-1], one.fix and (one.fix.description, one.fix.applicability)) for one in found
        ]

    held = Cache(str(cache.parent))
    first = findings(held)
    assert first == findings(held) == findings(None)
    assert len(first) == 2


def test_an_option_leaves_it_alone(check: Check, cache: Path) -> None:
    fresh = check("--no-cache")
    assert not cache.exists()
    check()
    tamper(cache)
    before = [path.read_bytes() for path in cache.iterdir()]
    assert check("--no-cache") == fresh
    assert MARK not in check("--diff")
    assert [path.read_bytes() for path in cache.iterdir()] == before
    assert MARK not in check("--fix")
    assert Path("a.ipynb").read_bytes() == PIP.replace(b"!pip", b"%pip")
    assert "Added 1 suppression." in check("--add-noqa")


def write(name: str, said: str) -> Callable[[], object]:
    def change() -> None:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(said, encoding="utf-8")

    return change


def remove(name: str) -> Callable[[], object]:
    return lambda: Path(name).unlink()


PINECONE = written("import pinecone\nimport google.colab\n")
LONG = written("import google.colab\n" + "x = 1\n" * 60)
PROJECT = {"requirements.txt": "pandas\n"}
TABLE = '[tool.nb2prod.check]\nextend-select = ["NB110"]\n'
LOCK = '[[package]]\nname = "numpy"\nversion = "{}"\n'


@pytest.mark.parametrize(
    ("content", "beside", "change"),
    [
        (PIP, {}, lambda: Path("a.ipynb").write_bytes(PIP + b"\n")),
        (PIP, {}, lambda: Path("a.ipynb").write_bytes(PIP.replace(b"==1", b"==2"))),
        (PIP, {}, write("pyproject.toml", '[tool.nb2prod.check]\nignore = ["NB501"]\n')),
        (PIP, {}, write("pyproject.toml", '[tool.nb2prod.check]\nselect = ["NB303"]\n')),
        (
            PIP,
            {},
            write("pyproject.toml", '[tool.nb2prod.check]\nper-file-ignores = {"a*" = ["NB5"]}\n'),
        ),
        (
            LONG,
            {"pyproject.toml": TABLE},
            write("pyproject.toml", f"{TABLE}rules.NB110.max-lines = 50\n"),
        ),
        (PINECONE, {}, write("requirements.txt", "pandas\n")),
        (PINECONE, PROJECT, write("requirements.txt", "pandas\npinecone\n")),
        (PINECONE, PROJECT, remove("requirements.txt")),
        (PINECONE, PROJECT, write("requirements/dev.txt", "pinecone\n")),
        (PINECONE, PROJECT, write("pyproject.toml", '[project]\ndependencies = ["pinecone"]\n')),
        (PINECONE, PROJECT, write("environment.yml", "dependencies:\n  - pinecone\n")),
        (PINECONE, PROJECT, write("pinecone.py", "")),
        (PINECONE, PROJECT, write("pinecone/__init__.py", "")),
        (PINECONE, PROJECT, write("src/pinecone/__init__.py", "")),
        (PINECONE, PROJECT, write("lib/pinecone.py", "")),
        (PINECONE, {**PROJECT, "pinecone.py": ""}, remove("pinecone.py")),
        (
            written("%pip install numpy\n", "import google.colab"),
            {"uv.lock": LOCK.format("2.1.0")},
            write("uv.lock", LOCK.format("2.2.0")),
        ),
    ],
)
def test_what_changed_is_seen(
    check: Check, cache: Path, content: bytes, beside: dict[str, str], change: Callable[[], object]
) -> None:
    Path("a.ipynb").write_bytes(content)
    for name, said in beside.items():
        write(name, said)()
    before = check()
    assert tamper(cache)
    assert MARK in check()
    change()
    after = check()
    assert MARK not in after
    assert after == check("--no-cache")
    assert check() == after
    # Most of these changes are ones that matter.
    assert after != before or content == PIP


@pytest.mark.parametrize(
    "arguments",
    [
        ("--select", "NB303"),
        ("--ignore", "NB303"),
        ("--extend-select", "NB206"),
        ("--per-file-ignores", "a*:NB303"),
        ("--isolated", "--select", "ALL"),
    ],
)
def test_another_selection_is_seen(check: Check, cache: Path, arguments: tuple[str, ...]) -> None:
    check()
    tamper(cache)
    said = check(*arguments)
    assert MARK not in said
    assert said == check(*arguments, "--no-cache")


def test_the_root_of_a_repository_counts(check: Check, cache: Path) -> None:
    Path(".git").mkdir()
    Path("sub").mkdir()
    Path("sub/a.ipynb").write_bytes(PINECONE)
    Path("requirements.txt").write_text("pandas\n", encoding="utf-8")
    assert "NB305" in check("sub")
    tamper(cache)
    assert MARK in check("sub")
    Path("requirements.txt").write_text("pinecone\n", encoding="utf-8")
    said = check("sub")
    assert "NB501" in said
    assert "NB305" not in said
    assert MARK not in said


@pytest.mark.parametrize(
    ("cells", "name", "first", "second"),
    [
        (("%run helpers.py\n", "print(x)\n"), "helpers.py", "x = 1\n", "y = 1\n"),
        (("from helpers import *\n", "print(x)\n"), "helpers.py", "x = 1\n", "y = 1\n"),
        (
            ("!pip install -r wanted.txt\n", "import pinecone\n"),
            "wanted.txt",
            "pinecone==1\n",
            "pandas==1\n",
        ),
        (
            ("!pip install -r wanted.txt\n", "import pinecone\n"),
            "wanted.txt",
            "-r more.txt\n",
            "pinecone==1\n",
        ),
        (("import helpers\n", "!pip install numpy\n"), "helpers.py", "x = 1\n", "import y\n"),
    ],
)
def test_what_lies_beside_is_looked_at_each_time(
    check: Check, cells: tuple[str, ...], name: str, first: str, second: str
) -> None:
    Path("a.ipynb").write_bytes(written(*cells, metadata=COLAB))
    outputs = []
    for said in (first, second, first):
        Path(name).write_text(said, encoding="utf-8")
        outputs.append(check("--extend-select", "ALL"))
        assert outputs[-1] == check("--extend-select", "ALL", "--no-cache")
    assert outputs[0] == outputs[2]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (("%run helpers.py\n", "print(x)\n"), "NB208"),
        (("import google.colab\n", "!pip install -r wanted.txt", "import pinecone"), "NB501"),
    ],
)
def test_a_notebook_for_which_files_beside_it_matter_is_not_remembered(
    check: Check, cache: Path, cells: tuple[str, ...], found: str
) -> None:
    Path("helpers.py").write_text("y = 1\n", encoding="utf-8")
    Path("wanted.txt").write_text("pandas==1\n", encoding="utf-8")
    Path("a.ipynb").write_bytes(written(*cells, metadata=COLAB))
    assert found in check()
    assert tamper(cache) == 0


@pytest.mark.parametrize(
    "damaged",
    [
        lambda held: b"",
        lambda held: held[: len(held) // 2],
        lambda held: held[:-1],
        lambda held: b"\xff\xfe",
        lambda held: b"null",
        lambda held: b"[]",
        lambda held: b"{}",
        lambda held: b"7",
        lambda held: b"[" * 200_000,
        lambda held: held.replace(b'"findings"', b'"other"'),
        lambda held: json.dumps({**json.loads(held), "digest": "0" * 40}).encode(),
        lambda held: json.dumps({**json.loads(held), "digest": None}).encode(),
        lambda held: json.dumps({**json.loads(held), "findings": [1]}).encode(),
        lambda held: json.dumps({**json.loads(held), "findings": [["NB303"]]}).encode(),
        lambda held: json.dumps({**json.loads(held), "findings": 1}).encode(),
    ],
)
def test_what_is_damaged_is_not_read(
    check: Check, cache: Path, damaged: Callable[[bytes], bytes]
) -> None:
    said = check()
    [path] = cache.iterdir()
    whole = path.read_bytes()
    path.write_bytes(damaged(whole))
    assert check() == said
    assert path.read_bytes() == whole  # and is written anew
    assert check() == said


def test_another_notebook_s_findings_are_not_read(check: Check, cache: Path) -> None:
    check()
    [path] = cache.iterdir()
    Path("b.ipynb").write_bytes(written("x = 1\nimport google.colab"))
    said = check("b.ipynb")
    [other] = {*cache.iterdir()} - {path}
    shutil.copy(path, other)
    assert check("b.ipynb") == said


@pytest.mark.parametrize("inside", ["", "check"])
def test_a_cache_that_cannot_be_written_harms_nothing(
    check: Check, cache: Path, inside: str
) -> None:
    fresh = check("--no-cache")
    in_the_way = cache.parent / inside
    in_the_way.parent.mkdir(parents=True, exist_ok=True)
    in_the_way.write_text("", encoding="utf-8")
    assert check() == fresh == check()


def test_a_file_that_cannot_be_replaced_harms_nothing(check: Check, cache: Path) -> None:
    said = check()
    [path] = cache.iterdir()
    path.unlink()
    path.mkdir()
    assert check() == said
    assert list(cache.iterdir()) == [path]


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from platformdirs import user_cache_dir

    monkeypatch.setenv("NB2PROD_CACHE_DIR", str(tmp_path))
    assert cache_directory() == str(tmp_path)
    for home in ("", str(tmp_path / "xdg")):
        monkeypatch.setenv("NB2PROD_CACHE_DIR", "")
        monkeypatch.setenv("XDG_CACHE_HOME", home)
        assert cache_directory() == user_cache_dir("nb2prod", appauthor=False)


@pytest.mark.parametrize(
    "changed",
    [
        "hygiene/rules/nb303_shell_install.py",
        "hygiene/engine.py",
        "analysis/shell.py",
        "notebook/ipython.py",
        "data/distributions.py",
        "data/tables/cuda.json",
        "location.py",
    ],
)
def test_another_nb2prod_is_seen(cache: Path, changed: str, package: Path) -> None:
    target = package / "nb2prod" / changed
    Path("a.ipynb").write_bytes(PIP)

    def run() -> str:
        return subprocess.run(
            [sys.executable, "-m", "nb2prod", "check"],
            env=os.environ | {"PYTHONPATH": str(package)},
            capture_output=True,
            encoding="utf-8",
            check=False,
        ).stdout

    said = run()
    assert "NB303" in said
    tamper(cache)
    assert MARK in run()
    os.utime(target, ns=(1, 1))
    assert run() == said


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of nb2prod that may be touched."""
    directory = tmp_path_factory.mktemp("package")
    source = Path(nb2prod.__file__).parent
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(source, directory / "nb2prod", ignore=ignored)
    return directory
