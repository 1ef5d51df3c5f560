"""Where both sides run: what they change outside, the lock's environment, and what is not there."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import nb2prod
from nb2prod.verification import environments
from nb2prod.verification.verify import verify
from tests.environment.lock.index import running_index
from tests.hygiene.build import Json, written

COLAB: Json = {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}}
KAGGLE: Json = {"kaggle": {"accelerator": "none", "dataSources": []}}
CURRENT = nb2prod.Options(python=f"3.{sys.version_info.minor}", lock="never")

State = dict[Path, tuple[int, int, int]]


@pytest.fixture
def notebook_at(tmp_path: Path) -> Callable[..., Path]:
    """Writes a notebook into a directory of its own; its path."""

    def write(*cells: str, metadata: Json | None = None) -> Path:
        path = tmp_path / "notebooks" / "notebook.ipynb"
        path.parent.mkdir()
        path.write_bytes(written(*cells, metadata=metadata))
        return path

    return write


@pytest.fixture
def scratches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory that temporary directories are made in."""
    directory = tmp_path / "temporary"
    directory.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(directory))
    return directory


def state(directories: Iterable[Path], *, deep: bool = True) -> State:
    """What lies in these directories: sizes, kinds and times, of the directories too."""
    found: State = {}
    for directory in directories:
        if not directory.is_dir():
            continue
        inner = directory.rglob("*") if deep else directory.iterdir()
        for path in (*inner, *([directory] if deep else [])):
            try:
                seen = path.lstat()
            except OSError:
                continue  # another program's, and gone
            time = seen.st_mtime_ns if deep or stat.S_ISREG(seen.st_mode) else 0
            found[path] = (seen.st_mode, seen.st_size if deep else 0, time)
    return found


WRITING = (
    (
        "import os\nimport pathlib\n\n"
        "def put(path):\n"
        "    with open(os.path.expanduser(path), 'w') as file:\n"
        "        file.write('x')\n"
    ),
    "put('/content/here.txt')\nput('beside.txt')\nput('~/at_home.txt')\nput('/tmp/for_now.txt')",
    (
        "put('/content/drive/MyDrive/in_data.txt')\n"
        "with open('/content/drive/MyDrive/given.csv', 'a') as file:\n    file.write('b,2\\n')\n"
        "os.remove('/content/drive/MyDrive/old.txt')\n"
        "print(pathlib.Path('/content/drive/MyDrive/given.csv').read_text())"
    ),
)


@pytest.mark.slow
def test_nothing_changes_outside(
    notebook_at: Callable[..., Path],
    scratches: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A notebook that writes to the platform's directories, to its home, to its data, to `/tmp` and
    to where it lies.
    """
    notebook = notebook_at(
        "from google.colab import drive\ndrive.mount('/content/drive')", *WRITING, metadata=COLAB
    )
    home, data = tmp_path / "home", tmp_path / "data"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    data.mkdir()
    (data / "given.csv").write_text("a,1\n", encoding="utf-8")
    (data / "old.txt").write_text("old", encoding="utf-8")
    project = nb2prod.convert(notebook, tmp_path / "project", CURRENT).directory
    own = [notebook.parent, home, data, project, Path("/content"), Path("/kaggle")]
    package = Path(nb2prod.__file__).parent / "verification" / "inside"
    before = state(own), state([Path("/tmp"), Path("/")], deep=False), set(package.rglob("*"))
    found = verify(notebook, project, data=data)
    assert found.verdict == "equivalent", (found.reason, found.comparison)
    assert found.comparison is not None
    assert found.comparison.compared["file"] >= 3
    assert state(own) == before[0]
    # Others write to the machine's `/tmp` meanwhile: what the notebook wrote is not there.
    news = set(state([Path("/tmp"), Path("/")], deep=False)) - set(before[1])
    names = {"here.txt", "beside.txt", "at_home.txt", "for_now.txt", "nb2prod", "content"}
    assert not names & {path.name for path in news}
    assert set(package.rglob("*")) == before[2]
    assert list(scratches.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("metadata", "path"), [(COLAB, "/content/a.txt"), (KAGGLE, "/kaggle/working/a.txt")]
)
def test_without_namespaces_paths_of_the_platform_are_replaced(
    notebook_at: Callable[..., Path],
    scratches: Path,
    monkeypatch: pytest.MonkeyPatch,
    metadata: Json,
    path: str,
) -> None:
    monkeypatch.setattr(environments, "namespaces_work", lambda _: False)
    before = state([Path("/content"), Path("/kaggle")])
    write = f"with open('{path}', 'w') as file:\n    file.write('1')"
    found = verify(notebook_at(f"{write}\nprint(open('{path}').read())", metadata=metadata))
    assert found.verdict == "equivalent", (found.reason, found.comparison)
    assert any("this machine allows no mount namespace" in note for note in found.notes)
    assert state([Path("/content"), Path("/kaggle")]) == before
    assert list(scratches.iterdir()) == []


def test_what_is_not_installed_is_said_before_anything_runs(
    notebook_at: Callable[..., Path], scratches: Path
) -> None:
    told: list[str] = []
    found = verify(notebook_at("print('ran')", "import surely_not_here"), progress=told.append)
    assert found.verdict == "does not run here"
    assert found.reason.startswith("not installed in this environment: surely_not_here (cell 2")
    assert "--env lock" in found.reason
    assert told == []
    assert list(scratches.iterdir()) == []


@pytest.mark.slow
def test_verifications_side_by_side_leave_each_other_alone(
    notebook_at: Callable[..., Path], scratches: Path
) -> None:
    """One that ends ends no process of another's."""
    notebook = notebook_at("x = 1\nprint(x)")
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: verify(notebook, once=True), range(4)))
    assert [one.verdict for one in found] == ["equivalent"] * 4, [one.reason for one in found]
    assert list(scratches.iterdir()) == []


# -- the lock's environment ------------------------------------------------------------------------


@pytest.mark.network
@pytest.mark.slow
def test_the_lock_is_the_environment(notebook_at: Callable[..., Path], scratches: Path) -> None:
    """What is locked is there in its version, and this environment's own packages are not."""
    notebook = notebook_at(
        "!pip install -q humanize==4.9.0\nimport humanize",
        "import importlib.util\n\n"
        "print(humanize.__version__, humanize.intcomma(1234567))\n"
        "print(importlib.util.find_spec('libcst'))",
        "!python -c 'import humanize; print(humanize.__version__)'",
        metadata=COLAB,
    )
    options = nb2prod.Options(python=f"3.{sys.version_info.minor}", lock="always")
    done = nb2prod.convert(notebook, scratches.parent / "project", options)
    assert done.complete
    told: list[str] = []
    found = verify(notebook, done.directory, env="lock", progress=told.append)
    assert found.verdict == "equivalent", (found.reason, found.comparison)
    assert told[0].startswith("making an environment of requirements.lock for Python 3.")
    saved = json.loads(notebook.read_bytes())
    for cell, text in enumerate(("4.9.0 1,234,567\nNone\n", "4.9.0\n"), start=1):
        saved["cells"][cell]["outputs"] = [
            {"output_type": "stream", "name": "stdout", "text": text}
        ]
    notebook.write_text(json.dumps(saved), encoding="utf-8")
    again = verify(notebook, done.directory, env="lock", against="saved")
    assert again.verdict == "equivalent", (again.reason, again.comparison)
    assert list(scratches.iterdir()) == []


@pytest.fixture
def locked(notebook_at: Callable[..., Path], tmp_path: Path) -> Callable[..., tuple[Path, Path]]:
    """A notebook and its project, whose lock is this text."""

    def make(text: str | None, python: str = CURRENT.python or "") -> tuple[Path, Path]:
        notebook = notebook_at("print(1)")
        options = nb2prod.Options(python=python, lock="never")
        project = nb2prod.convert(notebook, tmp_path / "project", options).directory
        (project / "requirements.lock").unlink(missing_ok=True)
        if text is not None:
            (project / "requirements.lock").write_text(text, encoding="utf-8")
        return notebook, project

    return make


def test_a_project_without_a_lock(locked: Callable[..., tuple[Path, Path]]) -> None:
    notebook, project = locked(None)
    found = verify(notebook, project, env="lock")
    assert found.verdict == "does not run here"
    assert found.reason == "the project has no requirements.lock; convert it with --lock auto."


def test_a_python_that_is_not_to_be_had(
    locked: Callable[..., tuple[Path, Path]], scratches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook, project = locked("", "3.14" if sys.version_info.minor != 14 else "3.13")
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    monkeypatch.setenv("UV_PYTHON_PREFERENCE", "only-managed")
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(scratches.parent / "none"))
    found = verify(notebook, project, env="lock")
    assert found.verdict == "does not run here"
    assert found.reason.startswith("there is no Python 3.1")
    assert "which the lock is for, and uv cannot install it" in found.reason
    assert list(scratches.iterdir()) == []


def test_a_lock_that_cannot_be_installed(
    locked: Callable[..., tuple[Path, Path]], scratches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_index() as index:
        monkeypatch.setenv("UV_DEFAULT_INDEX", index.url)
        monkeypatch.setenv("UV_CACHE_DIR", str(scratches.parent / "cache"))
        notebook, project = locked("gone==1.0\n")
        found = verify(notebook, project, env="lock")
    assert found.verdict == "does not run here"
    assert found.reason.startswith("no environment could be made of the lock: ")
    assert "gone" in found.reason
    assert list(scratches.iterdir()) == []


# -- no engine -------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["tcp://127.0.0.1:1", "nonsense://nowhere"])
def test_no_engine(
    notebook_at: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("DOCKER_HOST", host)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    notebook = notebook_at("print(1)")
    project = nb2prod.convert(notebook, tmp_path / "project", CURRENT).directory
    found = verify(notebook, project, env="image")
    assert found.verdict == "does not run here"
    assert found.reason.startswith(f"No engine answers at {host}, which the variable DOCKER_HOST")


def test_no_docker_sdk(
    notebook_at: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "docker", None)
    notebook = notebook_at("print(1)")
    project = nb2prod.convert(notebook, tmp_path / "project", CURRENT).directory
    found = verify(notebook, project, env="image")
    assert found.verdict == "does not run here"
    assert "install nb2prod[docker]" in found.reason


def test_variables_that_lead_elsewhere_stay_outside(
    notebook_at: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MPLBACKEND", "JUPYTER_PATH", "XDG_CONFIG_HOME", "NB2PROD_TARGET"):
        monkeypatch.setenv(name, os.devnull)
    names = "('MPLBACKEND', 'XDG_CONFIG_HOME', 'NB2PROD_TARGET')"
    cell = f"import os\nassert not [n for n in {names} if os.environ.get(n) == os.devnull]"
    found = verify(notebook_at(cell), once=True)
    assert found.verdict == "equivalent", found.reason
