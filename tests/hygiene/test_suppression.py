"""What keeps findings back, and what it does not reach."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hygiene.build import Json, code, found, text, written

PIP = "!pip install x"
RULES = ("NB203", "NB303", "NB501")


@pytest.mark.parametrize(
    "source",
    [
        f"{PIP}  # noqa",
        f"{PIP}  # noqa: NB303",
        f"{PIP}  # NOQA:NB303",
        f"{PIP}  # noqa: E501,NB303",
        f"{PIP}  # noqa: NB3",
        f"# nb2prod: ignore\n{PIP}",
        f"# nb2prod: ignore[NB303]\n{PIP}",
        f"#@title A form\n\n# nb2prod: ignore[NB5, NB3]\n{PIP}",
        f"# nb2prod: ignore[ALL]\n{PIP}",
        f"# nb2prod: ignore-file\n{PIP}",
        f"# nb2prod: ignore-file[NB303]\n{PIP}",
        "import os\nos.system(\n    'pip install x'\n)  # noqa: NB303",
        "!pip install x \\\n    y  # noqa: NB303",
        f"# nb2prod: ignore[nb303]\n{PIP}",
        f"# nb2prod: ignore[shell-install]\n{PIP}",
        f"# nb2prod: ignore-file[all]\n{PIP}",
    ],
)
def test_a_comment_keeps_back(source: str) -> None:
    assert found(written(source), "NB303") == []


@pytest.mark.parametrize(
    "source",
    [
        f"{PIP}  # noqa: NB501",
        f"{PIP}  # noqa: E501",
        f"# noqa\n{PIP}",
        f"!ls \\\n    a  # noqa: NB303\n{PIP}",
        f"{PIP}  # noqa:NB3x",
        f"x = 1\n# nb2prod: ignore[NB303]\n{PIP}",
        f"# nb2prod: ignore[NB501]\n{PIP}",
        f"# nb2prod: ignore[]\n{PIP}",
        f"# nb2prod: ignored\n{PIP}",
        f"x = '# nb2prod: ignore'\n{PIP}",
    ],
)
def test_a_comment_that_means_something_else(source: str) -> None:
    assert len(found(written(source), "NB303")) == 1


@pytest.mark.parametrize(
    "tag", ["nb2prod:ignore", "nb2prod:ignore=shell-install", "nb2prod:ignore=NB5+NB3"]
)
def test_a_tag_keeps_back(tag: str) -> None:
    cells = [code(PIP, metadata={"tags": ["x", tag]}), code(PIP)]
    assert [one.location.cell for one in found(written(*cells), "NB303") if one.location] == [2]


@pytest.mark.parametrize(
    ("metadata", "left"),
    [
        ({"nb2prod": {"ignore": ["NB3"]}}, ["NB501"]),
        ({"nb2prod": {"ignore": ["ALL"]}}, []),
        ({"nb2prod": {"ignore": "NB3"}}, ["NB303", "NB501"]),
        ({"nb2prod": ["NB3"]}, ["NB303", "NB501"]),
    ],
)
def test_the_notebook_s_metadata_keep_back(metadata: Json, left: list[str]) -> None:
    content = written(PIP, "import google.colab", metadata=metadata)
    assert [one.code for one in found(content, *RULES)] == left


def test_a_noqa_is_about_source_alone() -> None:
    cells = [code("x = 1", execution_count=1), code("y = 2  # noqa: NB203")]
    assert len(found(written(*cells), "NB203")) == 1
    cells[1] = code("# nb2prod: ignore[NB203]\ny = 2")
    assert found(written(*cells), "NB203") == []


def test_a_file_s_comment_may_be_in_a_text() -> None:
    cells: list[Any] = [text("<!-- nb2prod: ignore-file[NB303] -->\n# T"), PIP]
    assert found(written(*cells), "NB303") == []
    cells = [text("Words\n<!-- nb2prod: ignore-file[NB303] -->"), PIP]
    assert len(found(written(*cells), "NB303")) == 1
