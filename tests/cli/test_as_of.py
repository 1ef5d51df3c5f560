"""`--as-of` and `--strategy`: the real command in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nb2prod.data.runtimes import Runtime, named_runtime, newest_runtime, runtime_at

RunCli = Callable[..., subprocess.CompletedProcess[str]]
WriteNotebook = Callable[..., Path]

SOURCE = "import pandas as pd\nprint(pd.DataFrame())"
COLAB: dict[str, Any] = {"colab": {"provenance": []}}


@pytest.fixture
def notebook(tmp_path: Path, write_notebook: WriteNotebook) -> Path:
    return write_notebook(tmp_path / "n.ipynb", SOURCE, metadata=COLAB)


@pytest.fixture
def written(run_cli: RunCli, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def convert(path: Path, *options: str, code: int = 0, **environment: str) -> dict[str, Any]:
        target = tmp_path / "out"
        shutil.rmtree(target, ignore_errors=True)
        done = run_cli("convert", path, "-o", target, *options, env=environment)
        assert done.returncode == code, done.stderr
        found: dict[str, Any] = json.loads((target / "nb2prod.json").read_text(encoding="utf-8"))
        return found

    return convert


def at(day: str) -> Runtime:
    runtime = runtime_at(day, gpu=False)
    assert runtime is not None
    return runtime


def pandas(manifest: dict[str, Any]) -> str:
    (version,) = [pin["version"] for pin in manifest["pins"] if pin["name"] == "pandas"]
    return str(version)


def test_a_day_or_a_name_decides_versions_and_python(
    notebook: Path, written: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    named = named_runtime("2025.07", gpu=False)
    assert named is not None
    for text, runtime in {"2024-06-11": at("2024-06-11"), "2025.07": named}.items():
        found = written(notebook, "--as-of", text)
        assert pandas(found) == runtime.packages["pandas"]
        assert found["python"]["version"] == runtime.python
        assert found["options"]["as_of"] == text
        assert (found["as_of"]["strategy"], found["as_of"]["runtime"]) == ("as-run", runtime.name)
        assert found["as_of"]["evidence"][0]["kind"] == "user"
        readme = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
        (row,) = [line for line in readme.splitlines() if line.startswith("| whose versions |")]
        assert f"`as-run, {found['as_of']['day']}`" in row
        assert f"as-of {text};" in row
        assert (tmp_path / "out" / ".python-version").read_text(encoding="utf-8") == (
            f"{runtime.python}\n"
        )


def test_without_a_day_the_newest_are_taken_and_that_is_said(
    notebook: Path, written: Callable[..., dict[str, Any]], run_cli: RunCli, tmp_path: Path
) -> None:
    found = written(notebook)
    assert pandas(found) == newest_runtime(gpu=False).packages["pandas"]
    assert (found["as_of"]["strategy"], found["as_of"]["day"]) == ("modern", None)
    assert found["options"]["strategy"] is None
    for command in (["inspect", "n.ipynb"], ["convert", "n.ipynb", "--dry-run"]):
        said = run_cli(*command).stdout
        assert "versions:    modern, nothing says when the notebook ran" in said
    shown = json.loads(run_cli("inspect", "--json", "n.ipynb").stdout)
    assert shown["as_of"]["strategy"] == "modern"


def test_modern_is_stronger_than_what_the_file_records(
    write_notebook: WriteNotebook, written: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    runtime = {"colab": {"runtime_attributes": {"runtime_version": "2025.07"}}}
    path = write_notebook(tmp_path / "n.ipynb", SOURCE, metadata=runtime)
    assert written(path)["as_of"]["runtime"] == "2025.07"
    found = written(path, "--strategy", "modern")
    assert found["options"]["strategy"] == "modern"
    assert found["as_of"]["runtime"] == newest_runtime(gpu=False).name
    assert [said["conflict"] for said in found["as_of"]["evidence"]] == [False, False, True]


def test_as_run_without_a_day_is_for_a_person(
    notebook: Path, written: Callable[..., dict[str, Any]]
) -> None:
    assert written(notebook, "--strategy", "as-run", code=1)["as_of"]["strategy"] == "modern"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--as-of", "2025.06"], "the nearest name is 2025.07"),
        (["--as-of", "kaggle:2025-11"], "the nearest name is kaggle:2025-12"),
        (["--as-of", "2024-02-31"], "There is no runtime '2024-02-31'"),
        (["--as-of", "yesterday"], "a day like 2024-06-11 is possible too"),
        (["--strategy", "newest"], "--strategy takes as-run or modern, not 'newest'"),
    ],
)
def test_what_is_neither_is_refused(
    run_cli: RunCli, notebook: Path, tmp_path: Path, options: list[str], said: str
) -> None:
    done = run_cli("convert", notebook, *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "n").exists()


def test_a_day_before_the_first_image_is_for_a_person(
    notebook: Path, written: Callable[..., dict[str, Any]]
) -> None:
    found = written(notebook, "--as-of", "2021-03-02", code=1)
    assert found["as_of"]["day"] == "2021-03-02"
    assert pandas(found) == at("2022-09-13").packages["pandas"]


@pytest.mark.parametrize("table", ['as-of = "2024-06-11"', "as-of = 2024-06-11"])
def test_options_come_from_the_environment_and_the_project_table(
    notebook: Path, written: Callable[..., dict[str, Any]], tmp_path: Path, table: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.nb2prod]\n{table}\n", encoding="utf-8")
    assert written(notebook)["options"]["as_of"] == "2024-06-11"
    stronger = written(notebook, NB2PROD_AS_OF="2023-05-10", NB2PROD_STRATEGY="as-run")
    assert stronger["options"]["as_of"] == "2023-05-10"
    assert stronger["options"]["strategy"] == "as-run"
    strongest = written(
        notebook, "--as-of", "2025.10", "--strategy", "modern",
        NB2PROD_AS_OF="2023-05-10", NB2PROD_STRATEGY="as-run",
    )  # fmt: skip
    assert strongest["options"]["as_of"] == "2025.10"
    assert strongest["as_of"]["strategy"] == "modern"


def files(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("options", [[], ["--as-of", "2024-06-11"], ["--strategy", "modern"]])
def test_the_same_options_give_the_same_bytes(
    run_cli: RunCli, notebook: Path, tmp_path: Path, options: list[str]
) -> None:
    for name, zone in (("one", "Pacific/Auckland"), ("deep/two", "America/Los_Angeles")):
        done = run_cli("convert", notebook, "-o", name, *options, env={"TZ": zone})
        assert done.returncode == 0, done.stderr
    assert files(tmp_path / "one") == files(tmp_path / "deep" / "two")


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")
def test_the_last_commit_dates_a_notebook_that_says_nothing(
    notebook: Path, written: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    day = {"GIT_AUTHOR_DATE": "2023-05-10T12:00:00Z", "GIT_COMMITTER_DATE": "2023-05-10T12:00:00Z"}
    identity = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.invalid")
    for arguments in (["init", "--quiet"], ["add", "n.ipynb"], ["commit", "--quiet", "-m", "one"]):
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, env=kept | day, check=True)
    found = written(notebook)
    assert (found["as_of"]["strategy"], found["as_of"]["day"]) == ("as-run", "2023-05-10")
    assert found["as_of"]["evidence"][0]["detail"] == "the file's last commit is of 2023-05-10"
    by_hand = written(notebook, "--as-of", "2023-05-10")
    assert by_hand["pins"] == found["pins"]
    assert by_hand["python"]["version"] == found["python"]["version"]
    assert written(notebook, "--as-of", "2024-06-11")["as_of"]["day"] == "2024-06-11"


def test_what_saved_outputs_record_is_pinned_with_its_place(
    tmp_path: Path, written: Callable[..., dict[str, Any]]
) -> None:
    text = "Successfully installed einops-0.6.1\nSuccessfully installed tqdm-4.65.0\n"
    outputs = [{"output_type": "stream", "name": "stdout", "text": text}]
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}}
    document = {
        "cells": [
            {**cell, "outputs": outputs, "source": "!pip install einops tqdm==4.66.0"},
            {**cell, "outputs": [], "source": "import einops, tqdm"},
        ],
        "metadata": COLAB,
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(document), encoding="utf-8")
    pins = {pin["name"]: pin for pin in written(path, "--as-of", "2024-06-11")["pins"]}
    einops, tqdm = pins["einops"], pins["tqdm"]
    assert einops["version"] == "0.6.1"
    assert einops["evidence"][0] == {
        "kind": "recorded-output", "detail": "pip installed 0.6.1",
        "cell": 1, "line": 1, "conflict": False,
    }  # fmt: skip
    assert tqdm["version"] == "4.66.0"
    assert [(said["kind"], said["conflict"]) for said in tqdm["evidence"]] == [
        ("pinned", False),
        ("recorded-output", True),
        ("runtime", True),
    ]
