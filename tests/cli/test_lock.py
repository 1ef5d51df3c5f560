"""`--lock` and `--lock-format`: the real command, and an index on the loopback."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from tests.environment.lock.asking import introduced, uv_environment
from tests.environment.lock.index import Index, running_index

Convert = Callable[..., subprocess.CompletedProcess[str]]
RunCli = Callable[..., subprocess.CompletedProcess[str]]
WriteNotebook = Callable[..., Path]

SOURCE = "!pip install pandas==2.2.0 six==1.16.0\nimport pandas, six\nprint(pandas, six)"
# A lock in another format is of the project's own Python, and this one is at hand.
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture(scope="session")
def known_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of uv's that knows this Python and nothing else."""
    return introduced(tmp_path_factory.mktemp("introduced"))


@pytest.fixture
def index() -> Iterator[Index]:
    """An index with pandas, six and what they require."""
    with running_index() as found:
        found.wheel("pandas", "2.2.0", "numpy")
        found.wheel("numpy", "1.26.0")
        found.wheel("six", "1.16.0")
        yield found


@pytest.fixture
def environment(index: Index, tmp_path: Path, known_python: Path) -> dict[str, str]:
    """The environment of the command; `lock` is left to its arguments."""
    found = uv_environment(index.url, tmp_path, known_python)
    return {**found, "NB2PROD_LOCK": "", "UV_HTTP_RETRIES": "0"}


@pytest.fixture
def convert(
    run_cli: RunCli, write_notebook: WriteNotebook, environment: dict[str, str], tmp_path: Path
) -> Convert:
    """Converts a notebook of one cell to `out`."""

    def convert(
        *options: str, source: str = SOURCE, out: str = "out", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        path = tmp_path / "n.ipynb"
        if not path.exists():
            write_notebook(path, source)
        chosen = ("-o", tmp_path / out, "--cpu", *options)
        return run_cli("convert", path, *chosen, env=environment | variables)

    return convert


def manifest(directory: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((directory / "nb2prod.json").read_text(encoding="utf-8"))
    return found


def files(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def test_by_default_a_project_is_locked(convert: Convert, tmp_path: Path) -> None:
    done = convert()
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert "  lock:        complete, 3 packages with hashes, nothing later than " in done.stdout
    lock = manifest(tmp_path / "out")["lock"]
    assert isinstance(lock, dict)
    assert set(lock) == {"mode", "complete", "hashed", "exclude_newer", "reason"}
    assert (lock["mode"], lock["complete"], lock["hashed"]) == ("locked", True, True)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", lock["exclude_newer"])
    text = (tmp_path / "out" / "requirements.lock").read_text(encoding="utf-8")
    assert text.startswith("numpy==1.26.0 \\\n    --hash=sha256:")
    for file, content in files(tmp_path / "out").items():
        assert b"127.0.0.1" not in content, file
        assert str(tmp_path).encode() not in content, file


def test_two_runs_with_caches_of_their_own_give_the_same_bytes(
    convert: Convert, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        caches = {
            "NB2PROD_CACHE_DIR": str(tmp_path / name / "kept"),
            "UV_CACHE_DIR": str(tmp_path / name / "uv"),
        }
        assert convert(out=f"{name}/out", **caches).returncode == 0
    assert files(tmp_path / "one" / "out") == files(tmp_path / "two" / "out")


def test_several_share_a_cache_one_after_the_other_and_at_once(
    convert: Convert, index: Index, tmp_path: Path
) -> None:
    convert(out="first")
    assert index.requests
    index.requests.clear()
    assert convert(out="second", UV_CACHE_DIR=str(tmp_path / "another")).returncode == 0
    assert index.requests == []
    (kept,) = (tmp_path / "nb2prod-cache" / "locks").iterdir()
    kept.unlink()
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda name: convert(out=name), ("third", "fourth")))
    assert [one.returncode for one in done] == [0, 0]
    for name in ("second", "third", "fourth"):
        assert files(tmp_path / name) == files(tmp_path / "first")
    assert list(kept.parent.iterdir()) == [kept]


def test_never_asks_nobody(convert: Convert, index: Index, tmp_path: Path) -> None:
    done = convert("--lock", "never")
    assert (done.returncode, done.stderr) == (0, "")
    assert index.requests == []
    lock = manifest(tmp_path / "out")["lock"]
    assert lock == {
        "mode": "never",
        "complete": False,
        "hashed": False,
        "exclude_newer": None,
        "reason": "no package index was asked (--lock never)",
    }
    text = (tmp_path / "out" / "requirements.lock").read_text(encoding="utf-8")
    assert "--hash" not in text
    assert "pandas==2.2.0" in text
    assert not (tmp_path / "nb2prod-cache").exists()


DEAD = {"UV_DEFAULT_INDEX": "http://somebody:unwritten@127.0.0.1:1/simple"}


def test_auto_without_an_index_says_so_and_needs_nobody(convert: Convert, tmp_path: Path) -> None:
    done = convert("--lock", "auto", source="import pandas", **DEAD)
    assert done.returncode == 0, done.stdout
    assert re.fullmatch(
        r"nb2prod: \S+n\.ipynb: not locked, no package index answered: .+\n", done.stderr
    )
    lock = manifest(tmp_path / "out")["lock"]
    assert isinstance(lock, dict)
    assert (lock["mode"], lock["complete"], lock["hashed"]) == ("no-index", False, False)
    assert (tmp_path / "out" / "constraints.txt").exists()
    for text in (done.stdout, done.stderr, *map(bytes.decode, files(tmp_path / "out").values())):
        assert "unwritten" not in text
        assert "127.0.0.1" not in text


def test_always_without_an_index_writes_nothing(convert: Convert, tmp_path: Path) -> None:
    done = convert("--lock", "always", **DEAD)
    assert done.returncode == 2
    assert "No package index answered" in done.stderr
    assert "--lock always asks one" in done.stderr
    for word in ("Traceback", "unwritten", "127.0.0.1"):
        assert word not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_conflict_is_exit_1_with_its_place(convert: Convert, tmp_path: Path) -> None:
    done = convert("--python", "3.12", source="!pip install six==9.9\nimport six")
    assert done.returncode == 1
    assert "cell 1 line 1: six==9.9 (cell 1 line 1) cannot be installed: " in done.stdout
    assert "What would go: six==1.16.0 instead of 9.9." in done.stdout
    assert "none, because the pins do not go together" in done.stdout
    lock = manifest(tmp_path / "out")["lock"]
    assert isinstance(lock, dict)
    assert (lock["mode"], lock["complete"], lock["hashed"]) == ("failed", False, False)


def test_the_summary_for_programs_is_the_only_output(convert: Convert) -> None:
    done = convert("--json")
    found = json.loads(done.stdout)
    assert (found["exit"], done.stderr) == (0, "")
    assert "requirements.lock" in found["files"]


def test_a_dry_run_asks_and_writes_nothing(convert: Convert, index: Index, tmp_path: Path) -> None:
    done = convert("--dry-run", "--lock", "always")
    assert done.returncode == 0
    assert "complete, 3 packages" in done.stdout
    assert index.requests
    assert not (tmp_path / "out").exists()


def test_pylock_has_the_same_versions_and_hashes(convert: Convert, tmp_path: Path) -> None:
    done = convert("--lock-format", "pylock")
    assert done.returncode == 0, done.stdout + done.stderr
    text = (tmp_path / "out" / "pylock.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)
    assert found["lock-version"] == "1.0"
    packages = {package["name"]: package for package in found["packages"]}
    versions = {name: package["version"] for name, package in packages.items()}
    assert versions == {"numpy": "1.26.0", "pandas": "2.2.0", "six": "1.16.0"}
    lock = (tmp_path / "out" / "requirements.lock").read_text(encoding="utf-8")
    hashes = {wheel["hashes"]["sha256"] for one in packages.values() for wheel in one["wheels"]}
    assert hashes == set(re.findall(r"sha256:([0-9a-f]{64})", lock))


def test_uv_has_the_same_versions(convert: Convert, tmp_path: Path) -> None:
    done = convert("--lock-format", "uv", "--python", HERE)
    assert done.returncode == 0, done.stdout + done.stderr
    found = tomllib.loads((tmp_path / "out" / "uv.lock").read_text(encoding="utf-8"))
    versions = {one["name"]: one["version"] for one in found["package"]}
    assert versions.items() >= {"numpy": "1.26.0", "pandas": "2.2.0", "six": "1.16.0"}.items()
    assert set(versions) - {"n"} == {"numpy", "pandas", "six"}
    project = tomllib.loads((tmp_path / "out" / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["uv"]["constraint-dependencies"] == [
        "numpy==1.26.0",
        "pandas==2.2.0",
        "six==1.16.0",
    ]


def test_uv_s_lock_does_not_read_the_user_s_settings_either(
    convert: Convert, tmp_path: Path
) -> None:
    own = tmp_path / "own" / "uv"
    own.mkdir(parents=True)
    (own / "uv.toml").write_text('resolution = "lowest"\n', encoding="utf-8")
    done = convert("--lock-format", "uv", "--python", HERE, XDG_CONFIG_HOME=str(own.parent))
    assert done.returncode == 0, done.stdout
    text = (tmp_path / "out" / "uv.lock").read_text(encoding="utf-8")
    assert "six" in text
    assert "lowest" not in text


def test_conda_has_the_exact_python_and_pins(convert: Convert, tmp_path: Path) -> None:
    done = convert("--lock-format", "conda", "--python", "3.12.4")
    assert done.returncode == 0, done.stdout + done.stderr
    found = yaml.safe_load((tmp_path / "out" / "environment.yml").read_text(encoding="utf-8"))
    assert found == {
        "name": "n",
        "channels": ["conda-forge"],
        "dependencies": [
            "python=3.12.4",
            "pip",
            {"pip": ["numpy==1.26.0", "pandas==2.2.0", "six==1.16.0"]},
        ],
    }


@pytest.mark.parametrize("format_", ["pylock", "uv"])
def test_a_format_that_needs_a_lock_is_refused_without_one(convert: Convert, format_: str) -> None:
    done = convert("--lock", "never", "--lock-format", format_)
    assert done.returncode == 2
    assert "needs a lock" in done.stderr


def test_a_commit_has_a_file_of_its_own(convert: Convert, tmp_path: Path) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    line = f"git+https://git.example.invalid/x/pandas.git@{commit}"
    done = convert(source=f"!pip install {line}\nimport pandas")
    assert done.returncode == 0, done.stdout
    lock = (tmp_path / "out" / "requirements.lock").read_text(encoding="utf-8")
    assert re.findall(r"^(\S+)==", lock, re.MULTILINE) == ["numpy"]
    assert commit in (tmp_path / "out" / "requirements-vcs.lock").read_text(encoding="utf-8")


def test_the_variable_says_whether_to_lock(convert: Convert, index: Index) -> None:
    assert convert(NB2PROD_LOCK="never").returncode == 0
    assert index.requests == []
