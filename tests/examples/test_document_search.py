"""The package finds, asks and measures what the notebook does, and keeps the key to itself."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.examples.model_server import KEY, SAID, serving
from tests.examples.sides import Example, Side, differing, lines_of

pytestmark = [
    pytest.mark.network,
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("unrtf") is None,
        reason="the notebook calls unrtf, which is not installed (apt-get install unrtf)",
    ),
]


@pytest.fixture(scope="module", autouse=True)
def _no_key_from_outside() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("LLM_API_KEY", raising=False)
        # A proxy would not reach this machine's loopback.
        patch.setenv("NO_PROXY", "127.0.0.1")
        patch.setenv("no_proxy", "127.0.0.1")
        yield


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    return Example("document_search", tmp_path_factory.mktemp("search"))


@pytest.fixture(scope="module")
def project(example: Example) -> Path:
    return example.convert(cpu=True)


def test_both_print_the_same(notebook_run: Side, package_run: Side) -> None:
    assert differing(lines_of(notebook_run.printed), lines_of(package_run.printed)) == []
    assert "no LLM_API_KEY, passages only" in package_run.printed
    assert "converted 17_company_bikes" in package_run.printed


def test_the_saved_outputs_are_those_of_a_run(example: Example, notebook_run: Side) -> None:
    assert differing(lines_of(example.saved_text()), lines_of(notebook_run.printed)) == []


def test_both_write_the_same_files(notebook_run: Side, package_run: Side) -> None:
    assert package_run.files() == notebook_run.files()
    for name in ("evaluation.json", "index.json"):
        written = [
            (side.drive / "handbook" / "search" / name).read_bytes()
            for side in (package_run, notebook_run)
        ]
        assert written[0] == written[1]


def test_the_search_finds_most_answers(package_run: Side) -> None:
    path = package_run.drive / "handbook" / "search" / "evaluation.json"
    evaluation = json.loads(path.read_text(encoding="utf-8"))
    assert 0.8 < evaluation["mrr"] <= evaluation["hit_rate_at_3"] < 1


def test_both_ask_the_model_with_the_key_and_keep_it(
    example: Example, project: Path, python: Path
) -> None:
    environment = {"LLM_API_KEY": KEY}
    with serving() as model:
        fields = {"ask_model": True, "api_base": model.base}
        options = ("--ask-model", "--api-base", model.base)
        notebook = example.run_notebook(
            python, run="asking-notebook", fields=fields, environment=environment
        )
        package = example.run_package(
            python, project, run="asking-package", options=options, environment=environment
        )
    assert [(path, key) for path, key, _ in model.asked] == [
        ("/v1/chat/completions", f"Bearer {KEY}")
    ] * 2
    first, second = (body for _, _, body in model.asked)
    assert first == second
    assert "twenty minutes of cool water" in json.dumps(first)
    assert differing(lines_of(notebook.printed), lines_of(package.printed)) == []
    assert f"A: {SAID}" in package.printed
    for side in (notebook, package):
        assert KEY not in side.printed + side.messages
    for directory in (notebook.directory, package.directory, project):
        files = [path for path in directory.rglob("*") if path.is_file()]
        assert files
        assert not [path for path in files if KEY.encode() in path.read_bytes()]


def test_a_model_that_fails_leaves_the_passage(
    example: Example, project: Path, python: Path, package_run: Side
) -> None:
    with serving() as model:
        base = f"http://127.0.0.1:{model.port}/broken"
        side = example.run_package(
            python,
            project,
            run="broken-model",
            options=("--ask-model", "--api-base", base),
            environment={"LLM_API_KEY": KEY},
        )
    assert [path for path, _, _ in model.asked] == ["/broken/chat/completions"]
    warning = "WARNING: no answer from the model (HTTPError), here is the best passage"
    assert warning in side.printed.splitlines()
    answer = next(line for line in package_run.printed.splitlines() if line.startswith("A: "))
    assert answer in side.printed.splitlines()
    assert KEY not in side.printed + side.messages
