"""`--add-noqa`: the next check is clean, and the notebook does what it did."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nb2prod.hygiene.catalogue import RULES
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.engine import check_content
from nb2prod.hygiene.model import Profile
from nb2prod.hygiene.noqa import add_noqa
from tests.hygiene.build import KERNEL, Json, code, document, only, sources, text, written

ALL = Profile(frozenset(rule.code for rule in RULES))
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/*.ipynb"))
SOME = only("NB100", "NB107", "NB203", "NB208", "NB303", "NB502", "NB503")
PIP = "!pip install a"
WIDGETS: Json = {"widgets": {"application/vnd.jupyter.widget-state+json": {"a": {}}}}


def added(content: bytes, profile: Profile = SOME) -> Json:
    """The notebook with its suppressions, which is clean."""
    after, count = add_noqa(content, "nb.ipynb", profile)
    assert check_content(after, "nb.ipynb", profile) == []
    assert bool(count) == (after != content)
    assert add_noqa(after, "nb.ipynb", profile) == (after, 0)
    assert trees(after) == trees(content)
    is_kept_in_order(content, after)
    result: Json = json.loads(after)
    return result


def trees(content: bytes) -> list[tuple[str, list[str]]]:
    """The Python of each cell, and its shell lines."""
    cells = Context("nb.ipynb", content, ALL).code_cells
    return [
        (ast.dump(cell.tree), [shown for shown, _ in cell.shell if not shown.startswith("# nb2")])
        for cell in cells
    ]


def is_kept_in_order(before: bytes, after: bytes) -> None:
    """Every byte of the file is still there: others stand between."""
    rest = iter(after)
    assert all(byte in rest for byte in before)


@pytest.mark.parametrize(
    ("source", "after"),
    [
        # On the line, or on the last one of the statement where the line is within a text.
        ("f(x0)", "f(x0)  # noqa: NB208"),
        ("f(x0)  # why", "f(x0)  # why  # noqa: NB208"),
        ("f(x0)   ", "f(x0)   # noqa: NB208"),
        ("f(x0) \n\n", "f(x0)  # noqa: NB208\n\n"),
        ("f(x0);", "f(x0);  # noqa: NB208"),
        ("if x0:\n    pass", "if x0:  # noqa: NB208\n    pass"),
        ("y = (\n    x0,\n    1,\n)", "y = (\n    x0,  # noqa: NB208\n    1,\n)"),
        ("y = '''\n/content/drive/x\n'''", "y = '''\n/content/drive/x\n'''  # noqa: NB502"),
        ("y = f'''{x0}\n# noqa\n'''", "y = f'''{x0}\n# noqa\n'''  # noqa: NB208"),
        ("y = x0 + \\\n    1", "y = x0 + \\\n    1  # noqa: NB208"),
        ("y = ('a' + x0 + 'b'\n     'c')", "y = ('a' + x0 + 'b'\n     'c')  # noqa: NB208"),
        ("é = x0 + 'ü'", "é = x0 + 'ü'  # noqa: NB208"),
        ("%%time\nf(x0)", "%%time\nf(x0)  # noqa: NB208"),
        (">>> f(x0)", ">>> f(x0)  # noqa: NB208"),
        ("  f(x0)\n  f(1)", "  f(x0)  # noqa: NB208\n  f(1)"),
        ("f(x0); input()", "f(x0); input()  # noqa: NB208, NB503"),
        # Into what is there.
        ("f(x0)  # noqa: E501", "f(x0)  # noqa: E501, NB208"),
        ("f(x0)  # NOQA:E501 F401 but", "f(x0)  # NOQA:E501 F401, NB208 but"),
        ("f(x0)  # noqa: NB303", "f(x0)  # noqa: NB303, NB100, NB208"),
        ("y = (x0,\n     1)  # noqa: E1", "y = (x0,  # noqa: NB208\n     1)  # noqa: E1"),
        ("y = '''{\n''' + x0  # noqa: E1", "y = '''{\n''' + x0  # noqa: E1, NB208"),
        (
            f"# nb2prod: ignore[NB5]\ninput()\n{PIP}",
            f"# nb2prod: ignore[NB5, NB303]\ninput()\n{PIP}",
        ),
        # No comment behind a shell line, a magic, a form: above them.
        (PIP, f"# nb2prod: ignore[NB303]\n{PIP}"),
        (f"{PIP}  # noqa: E501", f"# nb2prod: ignore[NB303]\n{PIP}  # noqa: E501"),
        (
            f"#@title T\n{PIP}\nf(x0)",
            f"#@title T\n# nb2prod: ignore[NB303]\n{PIP}\nf(x0)  # noqa: NB208",
        ),
        (f"if f():\n    {PIP}", f"# nb2prod: ignore[NB303]\nif f():\n    {PIP}"),
        (
            "y = '/content/drive/x' #@param {type: 'string'}",
            "# nb2prod: ignore[NB502]\ny = '/content/drive/x' #@param {type: 'string'}",
        ),
        ("y = x0 \\\n", "# nb2prod: ignore[NB107]\ny = x0 \\\n"),
        ("if x0:", "# nb2prod: ignore[NB107]\nif x0:"),
        ("# a\n\ny = (", "# a\n# nb2prod: ignore[NB107]\n\ny = ("),
        ("f(1)", "f(1)"),
    ],
)  # fmt: skip
def test_the_source(source: str, after: str) -> None:
    cells = ["def f(*a): return a", source]
    assert sources(added(written(*cells)))[1] == after


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("%%bash\npip install a", "NB301"),
        ("#@title T\n%%bash\npip install a", "NB301"),
        ("\n  !pip install a\n", "NB301+NB303"),
        (f">>> {PIP}", "NB301+NB303"),
        (f"%%time\n{PIP}", "NB301+NB303"),
        (f"# a\n  {PIP}", "NB107"),
    ],
)
def test_a_tag_where_a_comment_would_change_what_runs(source: str, found: str) -> None:
    after = added(written(source), only("NB100", "NB107", "NB301", "NB303"))
    assert sources(after) == [source]
    assert after["cells"][0]["metadata"] == {"tags": [f"nb2prod:ignore={found}"]}


RAN = code("x = 1", execution_count=1)


@pytest.mark.parametrize(
    ("metadata", "after"),
    [
        ({}, {"tags": ["nb2prod:ignore=NB203"]}),
        ({"tags": []}, {"tags": ["nb2prod:ignore=NB203"]}),
        ({"tags": ["a"], "b": 1}, {"tags": ["a", "nb2prod:ignore=NB203"], "b": 1}),
        (
            {"tags": ["nb2prod:ignore=NB303", "a"]},
            {"tags": ["nb2prod:ignore=NB303+NB100+NB203", "a"]},
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("indent", [None, 1, 4])
def test_a_tag_for_what_is_in_no_source(metadata: Json, after: Json, indent: int | None) -> None:
    found = document(RAN, code("y = 2", metadata=metadata))
    content = json.dumps(found, indent=indent).encode()
    assert added(content)["cells"] == [RAN, code("y = 2", metadata=after)]


def test_a_cell_without_metadata() -> None:
    bare = code("y = 2")
    del bare["metadata"]
    found = added(written(RAN, bare), only("NB100", "NB203"))
    assert found["cells"][1] == code("y = 2", metadata={"tags": ["nb2prod:ignore=NB203"]})


@pytest.mark.parametrize("metadata", [7, {"tags": "nb2prod"}])
def test_a_cell_whose_metadata_hold_something_else(metadata: Any) -> None:
    found = added(written(RAN, code("y = 2", metadata=metadata)), only("NB100", "NB203"))
    assert found["metadata"] == {"kernelspec": KERNEL, "nb2prod": {"ignore": ["NB203"]}}


@pytest.mark.parametrize(
    ("metadata", "after"),
    [
        ({}, {"nb2prod": {"ignore": ["NB102"]}}),
        ({"nb2prod": {}}, {"nb2prod": {"ignore": ["NB102"]}}),
        ({"nb2prod": {"a": 1, "ignore": []}}, {"nb2prod": {"a": 1, "ignore": ["NB102"]}}),
        ({"nb2prod": {"ignore": ["NB3"]}}, {"nb2prod": {"ignore": ["NB3", "NB100", "NB102"]}}),
    ],
)
def test_the_notebook_s_metadata(metadata: Json, after: Json) -> None:
    found = added(written(metadata=metadata | WIDGETS), only("NB100", "NB102", "NB303"))
    assert found["metadata"] == after | WIDGETS


@pytest.mark.parametrize("metadata", [{"nb2prod": 1}, {"nb2prod": {"ignore": "NB3"}}])
def test_metadata_of_others_are_not_replaced(metadata: Json) -> None:
    content = written(metadata=metadata | WIDGETS)
    assert add_noqa(content, "nb.ipynb", only("NB102")) == (content, 0)


def test_texts_and_outputs() -> None:
    key = "sk-" + "proj-" + "Ab3dEf6hIj9kLm2nOp5q" * 3
    output = {"output_type": "stream", "name": "stdout", "text": [f"{key}\n"]}
    content = written(
        text(f"The key is {key}."),
        text(f"<!-- nb2prod: ignore[NB5] -->\nThe key is {key}."),
        code("f = 1", outputs=[output]),
    )
    found = added(content, only("NB401", "NB402"))
    assert [cell["metadata"] for cell in found["cells"]] == [
        {"tags": ["nb2prod:ignore=NB401"]},
        {},
        {"tags": ["nb2prod:ignore=NB402"]},
    ]
    assert sources(found)[1].startswith("<!-- nb2prod: ignore[NB5, NB401] -->\n")


def test_other_languages_keep_their_sources() -> None:
    key = "sk-" + "proj-" + "Ab3dEf6hIj9kLm2nOp5q" * 3
    kernel = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}
    content = written(f"key <- '{key}'", metadata=kernel)
    found = added(content)
    assert sources(found) == sources(json.loads(content))


def test_what_is_invalid_stays_a_finding() -> None:
    content = written("input()", metadata={"kernelspec": {"name": "python3"}})
    profile = only("NB101", "NB503")
    after, count = add_noqa(content, "nb.ipynb", profile)
    assert count == 1
    assert [one.code for one in check_content(after, "nb.ipynb", profile)] == ["NB101"]
    assert add_noqa(b"{", "nb.ipynb", ALL) == (b"{", 0)


OLD: list[Json] = [
    {"nbformat": 2, "worksheets": [{"cells": [{"cell_type": "code", "input": PIP}]}]},
    {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["f(x0)\n", PIP]}]}]},
    {
        "nbformat": 3,
        "worksheets": [{"cells": [{"cell_type": "code", "input": "%%sh\npip install a"}]}],
    },
    {"nbformat": 1, "cells": [{"cell_type": "code", "code": f"f(x0)\n{PIP}"}]},
]


@pytest.mark.parametrize("found", OLD)
def test_old_versions(found: Json) -> None:
    after = json.dumps(added(json.dumps(found).encode(), only("NB100", "NB208", "NB301")))
    assert after.count("NB301") == 1


def test_line_ends_and_escapes_stay() -> None:
    lines = r'"f(x0) # \u003c\r\n", "é = \"\\d\"\r\n", "!pip install a"'
    body = f'{{"cells": [{{"cell_type": "code", "source": [{lines}]}}], "nbformat": 4}}\r\n'
    after, count = add_noqa(body.encode(), "nb.ipynb", only("NB208", "NB303"))
    first = r'"# nb2prod: ignore[NB303]\n"'
    assert after.decode() == body.replace('"f(x0)', f'{first}, "f(x0)').replace(
        r"\u003c\r", r"\u003c  # noqa: NB208\r"
    )
    assert count == 2


LINES = st.sampled_from(
    [
        *(PIP, f"    {PIP}", f"{PIP}  # noqa: NB303", f"{PIP} \\", f"a = {PIP}", f">>> {PIP}"),
        *("f(x0)", "f(x0)  # noqa: E501", "f(x0) \\", "f(x0) # noqa:NB3, NB5", "    f(x0)"),
        *("y = '''", "'''", "y = (", ")", "y = f'''{", "}'''", "if x0:", "match x0:", "case 1:"),
        *("# nb2prod: ignore[NB303]", "# nb2prod: ignore", "# nb2prod: ignore[none, ]", "# a"),
        *("%%time", "%%bash", "%%writefile a.py", "%pip install b", "%time f(x0)", "f?", ",f x0"),
        *("", "  ", "#@title T", "y = '/content/x' #@param", "print x0", "import google.colab"),
        *("é = 'ü' + x0; input()", "class A: x = x0", "@x0", "def g(): return x0", "ls", "b'''"),
        *("# noqa", "'# noqa: NB1'; f(x0)", "x = 'a' \\", "    'b' + x0)", "\f", "nb2prod: ignore"),
    ]
)
TAGS = st.sampled_from(
    [
        *({}, {"tags": []}, {"tags": ["a", "nb2prod:ignore=NB303"]}, {"tags": 1}),
        *({"tags": ["nb2prod:ignore"]}, {"tags": ["nb2prod:ignore=,", 2]}, {"a": {"tags": []}}),
    ]
)
CELLS = st.builds(
    lambda make, lines, metadata, count: (
        code(lines, metadata=metadata, execution_count=count)
        if make
        else text(lines, metadata=metadata)
    ),
    st.sampled_from([True, True, True, False]),
    st.lists(LINES, max_size=6).map("\n".join),
    TAGS,
    st.sampled_from([None, None, 1, 4]),
)
METADATA = st.sampled_from(
    [{}, {"nb2prod": {"ignore": ["NB204"]}}, {"kernelspec": {"name": "ir", "language": "R"}}]
)


@given(st.lists(CELLS, max_size=4), METADATA, st.sampled_from([None, 0, 1, "\t"]), st.booleans())
@example([code("y = x0 \\\n  + 1")], {}, None, True)
@example([code("def g(): return x0")] * 2, {}, None, True)
def test_any_notebook(
    cells: list[Json], metadata: Json, indent: int | str | None, whole: bool
) -> None:
    if whole:
        cells = [{**cell, "source": "".join(cell["source"])} for cell in cells]
    content = json.dumps(document(*cells, metadata=metadata), indent=indent).encode()
    after, count = add_noqa(content, "nb.ipynb", ALL)
    assert bool(count) == (after != content)
    invalid = [one for one in check_content(content, "nb.ipynb", ALL) if one.code == "NB101"]
    assert check_content(after, "nb.ipynb", ALL) == invalid
    assert trees(after) == trees(content)
    is_kept_in_order(content, after)
    for old, new in zip(json.loads(content)["cells"], json.loads(after)["cells"], strict=True):
        assert {**new, "source": 0, "metadata": 0} == {**old, "source": 0, "metadata": 0}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_our_notebooks(path: Path) -> None:
    assert EXAMPLES
    is_made_clean(path)


@pytest.mark.corpus
@pytest.mark.slow
def test_the_corpus(corpus: list[Path]) -> None:
    for path in corpus:
        is_made_clean(path)


def is_made_clean(path: Path) -> None:
    content = path.read_bytes()
    found = check_content(content, path.name, ALL, path.parent)
    after, count = add_noqa(content, path.name, ALL, path.parent)
    left = [one for one in found if one.code == "NB101"]
    # A cell that has no metadata gets some with its tag, which is one thing less to complain of.
    still = check_content(after, path.name, ALL, path.parent)
    assert all(one in left for one in still), path.name
    assert bool(count) == (after != content) == (found != left), path.name
    assert trees(after) == trees(content), path.name
