"""Files as they are: every version and every defect is read, or refused in words."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod import plan
from nb2prod.errors import (
    InvalidNotebook,
    NotebookError,
    UnreadableNotebook,
    UnsupportedLanguage,
)
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.outputs import limit_outputs
from nb2prod.notebook.reader import read, read_bytes
from nb2prod.notebook.upgrade import place_of

Json = dict[str, Any]


def code(source: object = "x = 1", **more: object) -> Json:
    cell: Json = {"cell_type": "code", "metadata": {}, "source": source}
    return {**cell, "outputs": [], "execution_count": None, **more}


def document(*cells: object, minor: int = 4, **more: object) -> Json:
    return {"cells": [*cells], "metadata": {}, "nbformat": 4, "nbformat_minor": minor, **more}


def read_json(found: object) -> Notebook:
    return read_bytes(json.dumps(found).encode(), "notebook")


def sources(notebook: Notebook) -> list[tuple[str, str]]:
    return [(cell.kind, cell.source) for cell in notebook.cells]


OLD_CELLS = [
    {"cell_type": "heading", "level": 2, "source": "Load", "metadata": {}},
    {"cell_type": "code", "input": ["a = 1\n", "b = 2"], "language": "python", "outputs": []},
    {"cell_type": "markdown", "source": "Some *text*", "metadata": {}},
]


@pytest.mark.parametrize(
    ("found", "version", "cells"),
    [
        (
            {
                "nbformat": 1,
                "cells": [
                    {"cell_type": "code", "code": "a = 1", "prompt_number": 1},
                    {"cell_type": "text", "text": "Some text"},
                ],
            },
            "1.0",
            [("code", "a = 1"), ("markdown", "Some text")],
        ),
        (
            {"nbformat": 2, "worksheets": [{"cells": OLD_CELLS[1:]}]},
            "2.0",
            [("code", "a = 1\nb = 2"), ("markdown", "Some *text*")],
        ),
        (
            {"nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": OLD_CELLS}]},
            "3.0",
            [("markdown", "## Load"), ("code", "a = 1\nb = 2"), ("markdown", "Some *text*")],
        ),
        # cells where only later versions have them
        (
            {"nbformat": 3, "cells": [{"cell_type": "code", "source": ["a = 1"]}]},
            "3.0",
            [("code", "a = 1")],
        ),
        *((document(code(), minor=minor), f"4.{minor}", [("code", "x = 1")]) for minor in range(6)),
        (document(code(), minor=9), "4.9", [("code", "x = 1")]),
    ],
)
def test_every_version_of_the_format_is_read(
    found: Json, version: str, cells: list[tuple[str, str]]
) -> None:
    notebook = read_json(found)
    assert notebook.nbformat == version
    assert sources(notebook) == cells
    assert notebook.document["nbformat"] == 4
    nbformat.validate(notebook.document)


def test_worksheets_are_one_list_of_cells_in_their_order() -> None:
    """The ledger's rule for files older than nbformat 4: all worksheets, `input` is the source."""
    sheets = [
        {"cells": [{"cell_type": "code", "input": f"x{i} = {i}\ny{i} = 0\n", "outputs": []}]}
        for i in range(3)
    ]
    notebook = read_json({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": sheets})
    assert [cell.number for cell in notebook.code_cells] == [1, 2, 3]
    assert [cell.source.splitlines()[0] for cell in notebook.code_cells] == [
        "x0 = 0",
        "x1 = 1",
        "x2 = 2",
    ]
    assert sum(1 for cell in notebook.code_cells for line in cell.source.splitlines() if line) == 6


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a\nb", "a\nb"),
        (["a\n", "b"], "a\nb"),
        ([], ""),
        ([None, "a", 5], "a"),
        (None, ""),
        (5, ""),
        ({"a": 1}, ""),
        ("a\r\nb\rc", "a\nb\nc"),
        (["a\r\n", "b\r\n"], "a\nb\n"),
        ("Grüße 你好 😀", "Grüße 你好 😀"),
    ],
)
def test_a_source_is_text_whatever_its_shape(source: object, expected: str) -> None:
    assert read_json(document(code(source))).cells[0].source == expected


def test_a_cell_without_a_source_is_empty() -> None:
    assert sources(read_json(document({"cell_type": "code"}))) == [("code", "")]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (r"\ud83d", "\ufffd"),
        (r"a\udc00b", "a\ufffdb"),
        (r"\ud83d\ude00", "😀"),
        (r"\udc00\ud83d", "\ufffd\ufffd"),
    ],
)
def test_half_a_surrogate_pair_is_replaced_and_a_whole_one_kept(
    written: str, expected: str
) -> None:
    content = json.dumps(document(code("X"))).replace('"X"', f'"{written}"').encode()
    notebook = read_bytes(content, "notebook")
    assert notebook.cells[0].source == expected
    json.dumps(notebook.document, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: "\ufeff" + text, id="byte order mark"),
        pytest.param(lambda text: json.dumps(json.loads(text), indent=1), id="indented"),
        pytest.param(
            lambda text: json.dumps(json.loads(text), indent=1).replace("\n", "\r\n"), id="CRLF"
        ),
        pytest.param(lambda text: f"\n\n{text}\n\n", id="blank lines around it"),
    ],
)
def test_the_layout_of_the_file_does_not_matter(change: Any) -> None:
    text = json.dumps(document(code("é = 1")))
    assert sources(read_bytes(change(text).encode(), "notebook")) == [("code", "é = 1")]


@pytest.mark.parametrize("metadata", [None, [], "text", 5, {}, {"kernelspec": None}])
def test_metadata_of_any_kind_are_taken(metadata: object) -> None:
    notebook = read_json(document(code(), metadata=metadata))
    assert notebook.origin.platform == "jupyter"
    nbformat.validate(notebook.document)


def test_a_notebook_without_metadata_and_version_is_read() -> None:
    notebook = read_json({"cells": [{"cell_type": "code", "source": "x"}]})
    assert (notebook.nbformat, sources(notebook)) == ("4.0", [("code", "x")])


def test_metadata_that_the_format_does_not_allow_stay_out_of_the_copy_alone() -> None:
    metadata = {"title": 5, "language_info": {"version": "3.8.1"}, "kernelspec": {"name": "venv"}}
    notebook = read_json(document(code(metadata={"tags": "x", "mine": 1}), metadata=metadata))
    assert notebook.metadata == metadata
    assert notebook.document["metadata"] == {
        "language_info": {"name": "python", "version": "3.8.1"},
        "kernelspec": {"name": "venv", "display_name": "venv"},
    }
    cells: Any = notebook.document["cells"]
    assert cells[0]["metadata"] == {"mine": 1}
    nbformat.validate(notebook.document)


GOOD_OUTPUT = {"output_type": "stream", "name": "stdout", "text": "1\n"}


@pytest.mark.parametrize(
    "outputs",
    [
        None,
        "text",
        [None],
        ["text"],
        [{}],
        [{"output_type": "unheard"}],
        [{"output_type": "stream"}],
        [{"output_type": "display_data", "data": {"text/plain": 5}, "metadata": {}}],
    ],
)
def test_outputs_that_break_the_format_go_and_the_others_stay(outputs: Any) -> None:
    good = [GOOD_OUTPUT, *outputs, GOOD_OUTPUT] if isinstance(outputs, list) else outputs
    notebook = read_json(document(code(outputs=good), minor=5))
    cells: Any = notebook.document["cells"]
    kept = [GOOD_OUTPUT, GOOD_OUTPUT] if isinstance(outputs, list) else []
    assert cells[0]["outputs"] == kept
    nbformat.validate(notebook.document)


@pytest.mark.parametrize("count", [True, -1, "5", 1.5, {}])
def test_an_execution_count_that_is_none_goes(count: object) -> None:
    cells: Any = read_json(document(code(execution_count=count))).document["cells"]
    assert cells[0]["execution_count"] is None


@pytest.mark.parametrize("outputs", [None, [{}], [5], [{"output_type": "pyout"}]])
def test_broken_outputs_of_an_old_notebook_do_not_lose_its_code(outputs: object) -> None:
    cell = {"cell_type": "code", "input": "x = 1", "outputs": outputs}
    notebook = read_json({"nbformat": 3, "worksheets": [{"cells": [cell]}], "metadata": None})
    assert sources(notebook) == [("code", "x = 1")]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ({"cell_type": "heading", "level": 3, "source": "A\nB"}, ("markdown", "### A B")),
        ({"cell_type": "heading", "source": "A"}, ("markdown", "# A")),
        ({"cell_type": "heading", "level": 99, "source": "A"}, ("markdown", "###### A")),
        ({"cell_type": "unheard", "source": "A"}, ("raw", "A")),
        ({"source": "A"}, ("raw", "A")),
        ({"cell_type": None, "source": "A"}, ("raw", "A")),
        ({"cell_type": "raw", "source": "A"}, ("raw", "A")),
    ],
)
@pytest.mark.parametrize("major", [3, 4])
def test_a_cell_of_another_kind_keeps_its_text(
    cell: Json, expected: tuple[str, str], major: int
) -> None:
    old = {"nbformat": 3, "worksheets": [{"cells": [cell]}]}
    assert sources(read_json(old if major == 3 else document(cell))) == [expected]


@pytest.mark.parametrize(
    ("cell", "kind", "reason"),
    [
        ({"cell_type": "unheard", "source": "A"}, "raw", "of no known kind"),
        ({"source": "A"}, "raw", "of no known kind"),
        ({"cell_type": ["code"], "source": "A"}, "raw", "of no known kind"),
        ({"cell_type": "unheard", "source": " "}, "raw", None),
        ({"cell_type": "Code", "source": "1"}, "code", None),
        ({"source": "1", "outputs": []}, "code", None),
        ({"cell_type": "code", "input": "1"}, "code", None),
        ({"cell_type": "code", "source": {"0": "A"}}, "code", "source is no text"),
        ({"cell_type": "code", "source": 5}, "code", "source is no text"),
        ({"cell_type": "code", "source": None}, "code", None),
        ({"cell_type": "markdown", "source": ["A"]}, "markdown", None),
    ],
)
def test_a_cell_that_cannot_be_told_is_told_of(cell: Json, kind: str, reason: str | None) -> None:
    notebook = read_json(document(code(), cell))
    assert notebook.cells[1].kind == kind
    found = plan(notebook).attention
    assert [note.location and note.location.cell for note in found] == ([2] if reason else [])
    assert all(reason is None or reason in note.reason for note in found)


@pytest.mark.parametrize(
    ("metadata", "is_told"),
    [
        ({"language_info": {"name": "python", "version": "2.7.18"}}, True),
        ({"kernelspec": {"name": "python2"}}, True),
        ({"kernelspec": {"name": "python2"}, "language_info": {"version": "3.9.1"}}, False),
        ({"kernelspec": {"name": "python3"}}, False),
        ({}, False),
    ],
)
def test_a_kernel_of_python_2_is_told_of(metadata: Json, is_told: bool) -> None:
    found = plan(read_json(document(code("print(5 / 2)"), metadata=metadata))).attention
    assert ["Python 2" in note.reason for note in found] == [True] * is_told


def test_attachments_stay_where_the_format_has_them() -> None:
    picture = {"a.png": {"image/png": "aGk="}}
    cell = {"cell_type": "markdown", "source": "![](attachment:a.png)", "attachments": picture}
    notebook = read_json(document(cell, {**cell, "attachments": {"a": 5}}, minor=0))
    cells: Any = notebook.document["cells"]
    assert cells[0]["attachments"] == picture
    assert "attachments" not in cells[1]
    nbformat.validate(notebook.document)


def ids(notebook: Notebook) -> list[str]:
    cells: Any = notebook.document["cells"]
    return [cell["id"] for cell in cells]


def test_usable_ids_stay_and_the_others_come_from_content() -> None:
    cells = [code(id="one"), code(id="one"), code(), code(id=5), code(id=""), code(id="a b")]
    found = ids(read_json(document(*cells, minor=5)))
    assert found[0] == "one"
    assert len(set(found)) == 6
    # The id of the fifth cell, in full, so that no Python and no run may give another.
    seed = b"5\0code\0x = 1"
    assert found[4] == hashlib.sha256(seed).hexdigest()[:12]


@pytest.mark.parametrize("major", [1, 2, 3])
def test_ids_that_an_upgrade_makes_are_the_same_in_every_read(major: int) -> None:
    old: Json = {"nbformat": major, "worksheets": [{"cells": OLD_CELLS[1:]}]}
    if major == 1:
        old["cells"] = [{"cell_type": "code", "code": "a = 1"}, {"cell_type": "code", "code": ""}]
    first, second = read_json(old), read_json(old)
    assert first.document == second.document
    seed = f"1\0code\0{first.cells[0].source}".encode()
    assert ids(first)[0] == hashlib.sha256(seed).hexdigest()[:12]


def test_versions_without_ids_get_none() -> None:
    cells: Any = read_json(document(code(id="one"), minor=4)).document["cells"]
    assert "id" not in cells[0]


CONFLICT = """{
 "cells": [
<<<<<<< HEAD
  {"cell_type": "code"}
=======
  {"cell_type": "raw"}
>>>>>>> branch
 ]
}
"""


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (b"", InvalidNotebook, "empty"),
        (b" \n\t", InvalidNotebook, "empty"),
        (b"\xff\xfe{\x00", UnreadableNotebook, "not UTF-8"),
        (b'{"cells": [', InvalidNotebook, "not valid JSON"),
        (b"print(1)", InvalidNotebook, "not valid JSON"),
        (CONFLICT.encode(), InvalidNotebook, "merge conflict"),
        (CONFLICT.replace("\n", "\r\n").encode(), InvalidNotebook, "merge conflict"),
        (b"[]", InvalidNotebook, "not a notebook"),
        (b"{}", InvalidNotebook, "not a notebook"),
        (b'"text"', InvalidNotebook, "not a notebook"),
        (b"null", InvalidNotebook, "not a notebook"),
        (b'{"name": "package", "version": "1"}', InvalidNotebook, "not a notebook"),
        (b'{"nbformat": 4}', InvalidNotebook, "no list of cells"),
        (b'{"nbformat": 4, "cells": {}}', InvalidNotebook, "no list of cells"),
        (b'{"nbformat": 4, "cells": ["x"]}', InvalidNotebook, "Cell 1"),
        (b'{"nbformat": 5, "cells": []}', InvalidNotebook, "nbformat 5"),
        (b'{"nbformat": 0, "cells": []}', InvalidNotebook, "nbformat 0"),
        (b'{"cells": ' + b"[" * 200_000, InvalidNotebook, "nested too deeply"),
        (b'{"cells": [], "x": ' + b"9" * 5000 + b"}", InvalidNotebook, "not valid JSON"),
    ],
)
def test_what_is_no_notebook_is_refused_in_words(
    content: bytes, error: type[NotebookError], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        read_bytes(content, "notebook")
    assert str(caught.value).endswith(".")


def test_conflict_markers_inside_a_cell_are_no_conflict() -> None:
    source = "text = '''\n<<<<<<< HEAD\n=======\n>>>>>>> branch\n'''"
    assert sources(read_json(document(code(source)))) == [("code", source)]


def test_a_directory_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableNotebook, match=f"{tmp_path.name} is a directory"):
        read(tmp_path)
    with pytest.raises(UnreadableNotebook, match=r"missing\.ipynb cannot be read: No such file"):
        read(tmp_path / "missing.ipynb")
    with pytest.raises(UnreadableNotebook, match="cannot be read"):
        read("nul\0byte.ipynb")


def test_a_file_is_known_by_its_name_and_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "My work.v2.ipynb"
    path.write_bytes(json.dumps(document(code())).encode())
    notebook = read(str(path))
    assert notebook.name == "My work.v2"
    assert notebook.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"language_info": {"name": "R"}}, "R"),
        ({"kernelspec": {"name": "ir", "display_name": "R"}}, "R"),
        ({"kernelspec": {"name": "julia-1.9", "language": "julia", "display_name": "J"}}, "julia"),
        ({"kernelspec": {"name": "julia-1.9"}}, "Julia"),
        ({"kernelspec": {"name": "octave"}}, "Octave"),
        ({"language_info": {"name": "scala"}, "kernelspec": {"name": "python3"}}, "scala"),
        ({"kernelspec": {"name": ".net-csharp"}}, "C#"),
        ({"kernelspec": {"name": "XCPP-17"}}, "C++"),
        ({"kernelspec": {"name": "bash"}}, "Bash"),
        ({"language_info": {"name": "  common\n lisp\x1b"}}, "common lisp"),
        ({"language_info": {"name": "x" * 500}}, "x" * 40),
        ({"language_info": {"name": "\x00"}}, "a language without a name"),
        ({"kernelspec": {"name": "xcpp17"}}, "C++"),
        ({"application/vnd.databricks.v1+notebook": {"language": "scala"}}, "scala"),
    ],
)
def test_another_language_is_refused_by_name(metadata: Json, language: str) -> None:
    with pytest.raises(
        UnsupportedLanguage, match=f"written in {language.replace('+', '.')};"
    ) as caught:
        read_json(document(code(), metadata=metadata))
    assert caught.value.language == language


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"language_info": {"name": "python"}},
        {"language_info": {"name": "Python 3.8"}},
        {"language_info": {"name": "ipython"}, "kernelspec": {"name": "ir"}},
        {"language_info": {"name": ""}, "kernelspec": {"name": "conda-env-irises-py"}},
        {"language_info": {"name": "pyspark"}},
        {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        {"kernelspec": {"name": "unheard", "language": "python"}},
        {"language_info": "python", "kernelspec": 5},
        {"application/vnd.databricks.v1+notebook": {"language": "python"}},
        {"kernelspec": {"name": "irises"}},
    ],
)
def test_python_goes_by_many_names(metadata: Json) -> None:
    assert len(read_json(document(code(), metadata=metadata)).cells) == 1


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                "cells worksheets metadata source input cell_type outputs id nbformat level data"
                " nbformat_minor attachments output_type kernelspec language_info name tags".split()
            ),
            inner | st.sampled_from(["code", "markdown", "raw", "heading", "stream", "python"]),
            max_size=6,
        )
    ),
    max_leaves=25,
)


@given(VALUES, st.sampled_from([None, 1, 2, 3, 4]))
def test_any_json_is_read_as_a_valid_notebook_or_refused(found: Any, major: int | None) -> None:
    if isinstance(found, dict) and major is not None:
        found = {**found, "nbformat": major}
    try:
        notebook = read_json(found)
    except NotebookError:
        return
    nbformat.validate(notebook.document)
    assert read_json(found) == notebook
    assert read_json(found).document == notebook.document


def picture(characters: int) -> Json:
    data = {"image/png": "A" * characters}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def test_the_largest_outputs_give_way_to_a_line_that_says_so() -> None:
    """The earlier of two of one size goes first, and only as many as have to."""
    cells = [code(outputs=[picture(2000), GOOD_OUTPUT]), code(outputs=[picture(2000)])]
    found: Any = read_json(document(*cells, code(outputs=[picture(9000)]))).document
    limit_outputs(found, kept=2500)
    first, second, third = (cell["outputs"] for cell in found["cells"])
    note = {"output_type": "stream", "name": "stderr"}
    text = "nb2prod left out an output of 0.0 million characters here.\n"
    assert first == [{**note, "text": text}, GOOD_OUTPUT]
    assert second == [picture(2000)]
    assert third == [{**note, "text": text}]
    nbformat.validate(found)


@pytest.mark.parametrize("kept", [0, 10, 100_000])
def test_no_output_is_replaced_in_vain(kept: int) -> None:
    """A line that says an output is gone is no shorter than a short output."""
    outputs = [GOOD_OUTPUT] * 5
    found: Any = read_json(document(code(outputs=outputs), {"cell_type": "raw"})).document
    limit_outputs(found, kept=kept)
    assert found["cells"][0]["outputs"] == outputs


def test_a_hundred_megabytes_of_outputs_are_not_kept() -> None:
    cells = [code(f"x{i} = {i}", outputs=[picture(1_000_000)]) for i in range(100)]
    content = json.dumps(document(*cells)).encode()
    del cells
    assert len(content) > 100_000_000
    tracemalloc.start()
    try:
        notebook = read_bytes(content, "notebook")
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [cell.source for cell in notebook.cells] == [f"x{i} = {i}" for i in range(100)]
    assert kept < 25_000_000
    # The text and what JSON makes of it, and no third copy; `content` itself is not traced.
    assert peak < 2.2 * len(content)


def test_outputs_of_ordinary_size_stay_as_they_are() -> None:
    cells = [code(outputs=[picture(1_000_000)]) for _ in range(15)]
    found: Any = read_json(document(*cells)).document
    assert all(cell["outputs"] == [picture(1_000_000)] for cell in found["cells"])


MALFORMED_KEY = "A Person's holiday.png"


@pytest.mark.parametrize(
    ("steps", "shown"),
    [
        (["cells", 3, "source"], "cells/3/source"),
        (["cells", 0, "attachments", MALFORMED_KEY], "cells/0/attachments/..."),
        (["metadata", "somebody"], "metadata/..."),
    ],
)
def test_a_place_is_named_without_the_author_s_own_words(steps: list[Any], shown: str) -> None:
    assert place_of(steps) == shown


def test_reading_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """nbformat's upgrade logs what it finds wrong; a library keeps quiet."""
    cell = {"cell_type": "code", "input": "x", "outputs": [{"output_type": "unheard"}]}
    read_json({"nbformat": 3, "worksheets": [{"cells": [cell]}], "metadata": {"name": 5}})
    assert capfd.readouterr() == ("", "")
