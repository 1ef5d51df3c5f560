"""Which files are found, and git's patterns."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nb2prod.hygiene.config import CheckConfig, Configs
from nb2prod.hygiene.files import find_files
from nb2prod.hygiene.patterns import Patterns


def tree(directory: Path, *files: str) -> None:
    for name in files:
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")


def names(directory: Path, *paths: str, config: CheckConfig | None = None) -> list[str]:
    configs = Configs(config=config or CheckConfig(root=directory))
    found = find_files([directory / path for path in paths or (".",)], configs)
    return [Path(path).relative_to(directory).as_posix() for path in found]


def test_notebooks_below_a_directory(tmp_path: Path) -> None:
    tree(
        tmp_path,
        *("b.ipynb", "a/c.ipynb", "a.py", ".ipynb_checkpoints/b.ipynb", "a/venv/x.ipynb"),
        *(".hidden/d.ipynb", "z.ipynb/inner.ipynb"),
    )
    assert names(tmp_path) == [".hidden/d.ipynb", "a/c.ipynb", "b.ipynb", "z.ipynb/inner.ipynb"]


def test_what_git_ignores_is_left_out(tmp_path: Path) -> None:
    tree(tmp_path, ".git/HEAD", "out/a.ipynb", "sub/b.ipynb", "sub/keep.ipynb", "c.ipynb")
    (tmp_path / ".gitignore").write_text("/out\n*.ipynb\n!c.ipynb\n", encoding="utf-8")
    (tmp_path / "sub" / ".gitignore").write_text("!keep.ipynb\n", encoding="utf-8")
    assert names(tmp_path) == ["c.ipynb", "sub/keep.ipynb"]
    assert names(tmp_path, "sub") == ["sub/keep.ipynb"]
    # What is named is checked.
    assert names(tmp_path, "sub/b.ipynb", "./sub/b.ipynb") == ["sub/b.ipynb"]


def test_exclude(tmp_path: Path) -> None:
    tree(tmp_path, "a/x.ipynb", "b/x.ipynb", "b/y.ipynb")
    config = CheckConfig(root=tmp_path, exclude=("a", "b/y*"))
    assert names(tmp_path, config=config) == ["b/x.ipynb"]
    assert names(tmp_path, "a/x.ipynb", config=config) == ["a/x.ipynb"]
    forced = CheckConfig(root=tmp_path, exclude=("a", "b/y*"), force_exclude=True)
    assert names(tmp_path, "a/x.ipynb", "a", "b/x.ipynb", config=forced) == ["b/x.ipynb"]


def test_a_file_that_is_named_twice_is_checked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.ipynb").touch()
    monkeypatch.chdir(tmp_path)
    found = find_files(["a.ipynb", "./a.ipynb", tmp_path / "a.ipynb", "."], Configs(isolated=True))
    assert list(found) == ["a.ipynb"]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert names(tmp_path, "none.ipynb") == ["none.ipynb"]


@pytest.mark.parametrize(
    ("pattern", "path", "covered"),
    [
        ("*.ipynb", "a/b.ipynb", True),
        ("/*.ipynb", "a/b.ipynb", False),
        ("a/*.ipynb", "a/b.ipynb", True),
        ("a", "a/b/c.ipynb", True),
        ("b/", "a/b/c.ipynb", True),
        ("c.ipynb/", "a/c.ipynb", False),
        ("a/**/c.ipynb", "a/c.ipynb", True),
        ("a/**/c.ipynb", "a/x/y/c.ipynb", True),
        ("**/c.ipynb", "c.ipynb", True),
        ("a/**", "a/x/c.ipynb", True),
        ("[!a-c].ipynb", "d.ipynb", True),
        ("[!a-c].ipynb", "b.ipynb", False),
        (r"\#a", "#a", True),
        ("# a", "# a", False),
        ("a?c", "a/c", False),
        ("[", "[", False),
        ("", "a", False),
    ],
)
def test_patterns(pattern: str, path: str, covered: bool) -> None:
    assert Patterns([pattern]).covers(path) is covered


PIECES = st.lists(st.sampled_from(["a", "b", "*", "?", "/", "**", ".", "[ab]", "[!a]"]), max_size=5)
PATTERN = st.builds(
    lambda negated, pieces: ("!" if negated else "") + "".join(pieces), st.booleans(), PIECES
)
PATHS = ["a", "b", "ab", "a.b", "a/b", "b/a", "a/b/a", "ba/ab", "a/a/b", ".a/b"]


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git to compare with")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PATTERN, min_size=1, max_size=3))
def test_git_judges_alike(tmp_path: Path, patterns: list[str]) -> None:
    if not (tmp_path / ".git").exists():
        subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text("\n".join(patterns) + "\n", encoding="utf-8")
    done = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin"],
        cwd=tmp_path,
        input="\n".join(PATHS),
        capture_output=True,
        text=True,
        check=False,
    )
    ours = Patterns(patterns)
    assert [path for path in PATHS if ours.covers(path)] == done.stdout.split()
