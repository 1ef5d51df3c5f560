"""NB506: Colab's own metadata."""

from __future__ import annotations

import pytest

from nb2prod.hygiene.fixing import fix_content
from tests.hygiene.build import Json, code, fixed, found, only, written

DRIVE = "1" + "aB3dE5gH7jK9" * 2
PUBLIC = {"file_id": "https://github.com/x/y/blob/main/a.ipynb", "timestamp": 1}


@pytest.mark.parametrize(
    ("colab", "word", "after"),
    [
        ({"authorship_tag": "ABX9TyM", "name": "a"}, "authorship_tag", {"name": "a"}),
        ({"private_outputs": False, "name": "a"}, "private_outputs", {"name": "a"}),
        ({"provenance": [PUBLIC], "toc_visible": True}, "provenance", {"toc_visible": True}),
    ],
)
def test_what_colab_alone_reads(colab: Json, word: str, after: Json) -> None:
    content = written("x = 1\n", metadata={"colab": colab})
    [finding] = found(content, "NB506")
    assert (finding.location, finding.part) == (None, "metadata")
    assert f"`{word}`" in finding.message
    assert fixed(content, "NB506")["metadata"] == {"colab": after}


@pytest.mark.parametrize(
    ("metadata", "after"),
    [
        ({"id": "a", "outputId": "b"}, {"id": "a"}),
        ({"id": "a", "colab": {"base_uri": "x", "height": 3}}, {"id": "a"}),
        (
            {"colab": {"base_uri": "x", "autoexec": {"startup": True}}},
            {"colab": {"autoexec": {"startup": True}}},
        ),
    ],
)
def test_a_cell(metadata: Json, after: Json) -> None:
    content = written("x = 1\n", code("y = 1\n", metadata=metadata))
    assert [one.location for one in found(content, "NB506")] == [None]
    assert fixed(content, "NB506")["cells"][1]["metadata"] == after


@pytest.mark.parametrize(
    ("colab", "word", "after"),
    [
        ({"mount_file_id": DRIVE}, "mount_file_id", {}),
        ({"private_outputs": True}, "private_outputs", {"private_outputs": True}),
    ],
)
def test_a_setting_that_others_do_not_follow(colab: Json, word: str, after: Json) -> None:
    content = written("x = 1\n", metadata={"colab": colab})
    [finding] = found(content, "NB506")
    assert f"`{word}`" in finding.message
    assert DRIVE not in finding.message
    assert fixed(content, "NB506")["metadata"] == {"colab": colab}
    assert fixed(content, "NB506", unsafe=True)["metadata"] == {"colab": after}


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"colab": []},
        {"colab": {}},
        {"colab": {"provenance": [], "name": "a", "gpuType": "T4", "machine_shape": "hm"}},
        {"colab": {"authorship_tag": None, "mount_file_id": None, "private_outputs": None}},
        # NB408's.
        {"colab": {"provenance": [{"file_id": DRIVE}]}},
        {"colab": {"provenance": [PUBLIC, {"file_id": "https://gist.github.com/x/1"}]}},
        {"executionInfo": {"timestamp": 1, "user": {"displayName": "Some Body"}}},
        {"accelerator": "GPU", "cellView": "form"},
    ],
)
def test_nothing_to_find(metadata: Json) -> None:
    content = written(code("x = 1\n", metadata=metadata), metadata=metadata)
    assert found(content, "NB506") == []


def test_everything_at_once() -> None:
    colab = {"authorship_tag": "ABX9TyM", "mount_file_id": DRIVE, "private_outputs": True}
    cells = [code("x = 1\n", metadata={"outputId": str(number)}) for number in range(3)]
    content = written(*cells, metadata={"colab": colab})
    assert len(found(content, "NB506")) == 3
    done = fix_content(content, "nb.ipynb", only("NB506"), unsafe=True)
    assert ["private_outputs" in one.message for one in done.findings] == [True]
    again = fix_content(done.content, "nb.ipynb", only("NB506"), unsafe=True)
    assert again.content == done.content
