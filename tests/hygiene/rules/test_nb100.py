"""NB100: what keeps nothing back, and what is left alone."""

from __future__ import annotations

import pytest

from tests.hygiene.build import code, fixed, found, places, sources, text, written

ALL = ("NB100", "NB203", "NB303", "NB501")

IN_VAIN = [
    ("x = 1  # noqa: NB303\n", "x = 1\n"),
    ("x = 1  # noqa: NB3\n", "x = 1\n"),
    ("x = 1  # noqa: E501, NB303\n", "x = 1  # noqa: E501\n"),
    ("x = 1  # noqa: NB999\n", "x = 1\n"),
    ("x = 1  # noqa: NB303 because\n", "x = 1  # because\n"),
    ("x = 1  # noqa: NB303  # type: ignore\n", "x = 1  # type: ignore\n"),
    ("# noqa: NB303\nx = 1\n", "x = 1\n"),
    ("# nb2prod: ignore[NB303]\nx = 1\n", "x = 1\n"),
    (
        "# nb2prod: ignore[NB303, NB501]\nimport google.colab\n",
        "# nb2prod: ignore[NB501]\nimport google.colab\n",
    ),
    ("%pip install x  # noqa: NB501\n", "%pip install x\n"),
    ("# nb2prod: ignore-file[NB501]\nx = 1\n", "x = 1\n"),
    ("# nb2prod: ignore[nb303]\nx = 1\n", "x = 1\n"),
    ("# nb2prod: ignore[shell-install]\nx = 1\n", "x = 1\n"),
    ("# nb2prod: ignore[shell-instal]\n!pip install x\n", "%pip install x\n"),
    ("# nb2prod: ignore[E501]\nx = 1\n", "x = 1\n"),
    ("# nb2prod: ignore[]\nx = 1\n", "x = 1\n"),
    (
        "# nb2prod: ignore[shell-install, colab-api]\nimport google.colab\n",
        "# nb2prod: ignore[NB501]\nimport google.colab\n",
    ),
]


@pytest.mark.parametrize(("source", "after"), IN_VAIN)
def test_what_keeps_nothing_back_goes(source: str, after: str) -> None:
    assert [one.code for one in found(written(source), *ALL)].count("NB100") == 1
    assert sources(fixed(written(source), *ALL)) == [after]


@pytest.mark.parametrize(
    "source",
    [
        "!pip install x  # noqa: NB303\n",
        "!pip install x  # noqa: NB3\n",
        "!pip install x  # noqa\n",
        "x = 1  # noqa\n",  # other tools read it too
        "x = 1  # noqa: E501\n",
        "x = 1  # noqa: NB203\n",  # it is off here
        "x = '# noqa: NB303'\n",
        "print 1  # noqa: NB303\n",  # does not parse: nobody knows what it would keep back
        "# nb2prod: ignore[NB501]\nimport google.colab\n",
        "# nb2prod: ignore-file[NB501]\nimport google.colab\n",
        "# nb2prod: ignore[colab-api]\nimport google.colab\n",
        "!pip install x \\\n  y  # noqa: NB303\n",
        "x = 1  # noqa: NB303, NB100\n",
    ],
)
def test_what_is_used_or_not_ours_stays(source: str) -> None:
    assert found(written(source), "NB100", "NB303", "NB501") == []


def test_a_tag_that_keeps_nothing_back() -> None:
    tagged = code("x = 1", metadata={"tags": ["a", "nb2prod:ignore=NB303", "b"]})
    content = written(tagged)
    [finding] = found(content, *ALL)
    assert finding.part == "metadata"
    [cell] = fixed(content, *ALL)["cells"]
    assert cell["metadata"]["tags"] == ["a", "b"]


def test_metadata_that_keep_nothing_back() -> None:
    content = written("import google.colab\n", metadata={"nb2prod": {"ignore": ["NB303", "NB501"]}})
    assert places(content, *ALL) == [None]
    assert fixed(content, *ALL)["metadata"] == {"nb2prod": {"ignore": ["NB501"]}}


def test_a_comment_in_a_text_cell() -> None:
    content = written(text("<!-- nb2prod: ignore[NB303] -->\n# Title\n"))
    assert places(content, *ALL) == [(1, 1, 6)]
    assert sources(fixed(content, *ALL)) == ["# Title\n"]
