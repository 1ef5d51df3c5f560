"""NB408: who wrote or ran the notebook, in metadata."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hygiene.build import code, fixed, found, written

DRIVE = "1" + "aB3dE5gH7jK9" * 2
USER = {"displayName": "Some Body", "photoUrl": "https://example.invalid/p", "userId": "1234"}


@pytest.mark.parametrize(
    ("metadata", "after"),
    [
        ({"colab": {"provenance": [{"file_id": DRIVE}], "toc": 1}}, {"colab": {"toc": 1}}),
        (
            {"colab": {"provenance": [{"file_id": "https://gist.github.com/somebody/1"}]}},
            {"colab": {}},
        ),
        ({"papermill": {"input_path": "/home/jane/a.ipynb"}}, {"papermill": {}}),
        ({"path": "C:\\Users\\jane\\a.ipynb", "z": 1}, {"z": 1}),
        ({"x": {"who": ["me", "jane@example.invalid"]}}, {"x": {"who": ["me"]}}),
    ],
)
def test_the_notebook(metadata: dict[str, Any], after: dict[str, Any]) -> None:
    content = written("x = 1", metadata=metadata)
    [finding] = found(content, "NB408")
    assert (finding.location, finding.part) == (None, "metadata")
    assert "jane" not in f"{finding.message}"
    assert fixed(content, "NB408")["metadata"] == after


@pytest.mark.parametrize(
    ("info", "words"),
    [
        ({"user": USER}, "the user's name, photograph, number"),
        ({"user": {"displayName": "Some Body"}}, "the user's name (`executionInfo`)"),
        ({"user": {"displayName": "", "userId": "1234"}}, "the user's number"),
    ],
)
def test_a_cell(info: dict[str, Any], words: str) -> None:
    kept = {"status": "ok", "timestamp": 1}
    cell = code("x = 1\n", metadata={"id": "a", "executionInfo": {**kept, **info}})
    content = written("y = 1\n", cell)
    [finding] = found(content, "NB408")
    assert finding.location is not None
    assert finding.location.cell == 2
    assert words in finding.message
    assert "Some Body" not in finding.message
    [_, after] = fixed(content, "NB408")["cells"]
    assert after["metadata"] == {"id": "a", "executionInfo": kept}


def test_a_kernel_is_left_to_a_person() -> None:
    kernel = {"name": "python3", "display_name": "Python (jane@example.invalid)"}
    content = written("x = 1", metadata={"kernelspec": kernel})
    [finding] = found(content, "NB408")
    assert finding.fix is None


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"colab": {"provenance": []}},
        {"colab": {"provenance": None, "name": "a.ipynb"}},
        {"colab": {"provenance": [{"file_id": "https://github.com/x/y/blob/main/a.ipynb"}]}},
        {"colab": {"authorship_tag": "ABX9TyM", "mount_file_id": None}},
        {"authors": [{"name": "Some Body", "email": "jane@example.invalid"}]},
        {"executionInfo": {"user": {}, "user_tz": -60}},
        {"executionInfo": {"user": {"displayName": "", "photoUrl": "", "userId": ""}}},
        {"volumes": ["/home/jovyan/work", "/home/runner/x"]},
        {"path": "/content/home/x", "url": "https://example.invalid/home/jane"},
        {"widgets": {"state": "jane@example.invalid"}},
        {"git": "git@", "decorator": "@property"},
        {"executionInfo": 1, "colab": []},
    ],
)
def test_nothing_to_find(metadata: dict[str, Any]) -> None:
    content = written(code("x = 'jane@example.invalid'\n", metadata=metadata), metadata=metadata)
    assert found(content, "NB408") == []
