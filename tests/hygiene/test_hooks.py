"""The hooks, by the real pre-commit and git, in an environment that pre-commit makes for them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hygiene.build import sources, written
from tests.hygiene.hooks import Done, environment, guarded_repository, hook_repository, run

pytestmark = [
    pytest.mark.packaging,
    pytest.mark.network,
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here"),
]

GOOD = written("%pip install numpy==2.1.0", "import numpy\nprint(numpy.pi)")
FIXABLE = written("!pip install numpy==2.1.0", "import numpy\nprint(numpy.pi)")
BAD = written("print(nowhere)")


@dataclass(frozen=True, slots=True)
class Hooks:
    repository: Path
    revision: str
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Guarded:
    directory: Path
    variables: Mapping[str, str]

    def git(self, *words: str) -> Done:
        return run("git", *words, cwd=self.directory, variables=self.variables)

    def commit(self, **notebooks: bytes) -> Done:
        """Write notebooks, stage all there is and commit it."""
        for name, content in notebooks.items():
            (self.directory / f"{name}.ipynb").write_bytes(content)
        assert self.git("add", ".").returncode == 0
        return self.git("commit", "-m", "notebooks")

    def committed(self) -> list[str]:
        return self.git("ls-tree", "--name-only", "HEAD").stdout.split()


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Hooks:
    """One environment for all tests here: pre-commit makes it at the first commit."""
    base = tmp_path_factory.mktemp("hooks")
    variables = environment(base / "home")
    revision = hook_repository(base / "nb2prod", variables)
    return Hooks(base / "nb2prod", revision, variables)


def guarded(hooks: Hooks, directory: Path, hook: str) -> Guarded:
    guarded_repository(directory, hooks.repository, hooks.revision, hook, hooks.variables)
    return Guarded(directory, hooks.variables)


def test_a_good_notebook_is_committed_and_a_bad_one_is_not(hooks: Hooks, tmp_path: Path) -> None:
    repository = guarded(hooks, tmp_path / "work", "nb2prod-check")

    done = repository.commit(good=GOOD)
    assert done.returncode == 0, done.stdout
    assert "Passed" in done.stdout
    assert "good.ipynb" in repository.committed()

    done = repository.commit(bad=BAD)
    assert done.returncode == 1, done.stdout
    assert "bad.ipynb:cell 1:1:7: NB208 `nowhere`" in done.stdout
    assert "good.ipynb" not in done.stdout  # it is not staged, so nobody looks at it
    assert "bad.ipynb" not in repository.committed()
    assert (repository.directory / "bad.ipynb").read_bytes() == BAD


def test_a_check_changes_no_file(hooks: Hooks, tmp_path: Path) -> None:
    repository = guarded(hooks, tmp_path / "work", "nb2prod-check")
    done = repository.commit(a=FIXABLE)
    assert done.returncode == 1
    assert "a.ipynb:cell 1:1:1: NB303" in done.stdout
    assert (repository.directory / "a.ipynb").read_bytes() == FIXABLE


def test_a_fix_stops_the_commit_once(hooks: Hooks, tmp_path: Path) -> None:
    repository = guarded(hooks, tmp_path / "work", "nb2prod-fix")

    done = repository.commit(a=FIXABLE)
    assert done.returncode == 1, done.stdout
    assert "files were modified by this hook" in done.stdout
    content = (repository.directory / "a.ipynb").read_bytes()
    assert sources(json.loads(content)) == sources(json.loads(GOOD))

    done = repository.commit()
    assert done.returncode == 0, done.stdout
    assert "a.ipynb" in repository.committed()
    assert (repository.directory / "a.ipynb").read_bytes() == content


@pytest.mark.parametrize("hook", ["nb2prod-check", "nb2prod-fix"])
def test_what_the_configuration_excludes_is_left_alone(
    hook: str, hooks: Hooks, tmp_path: Path
) -> None:
    repository = guarded(hooks, tmp_path / "work", hook)
    table = '[tool.nb2prod.check]\nexclude = ["draft*"]\n'
    (repository.directory / "pyproject.toml").write_text(table)
    done = repository.commit(draft=FIXABLE)
    assert done.returncode == 0, done.stdout
    assert (repository.directory / "draft.ipynb").read_bytes() == FIXABLE


def test_other_files_are_no_concern_of_the_hooks(hooks: Hooks, tmp_path: Path) -> None:
    repository = guarded(hooks, tmp_path / "work", "nb2prod-check")
    (repository.directory / "script.py").write_text("print(nowhere)\n")
    done = repository.commit()
    assert done.returncode == 0, done.stdout
    assert "(no files to check)Skipped" in done.stdout
