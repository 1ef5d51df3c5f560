"""What a conversion leaves to a person and what `check` finds agree, by the table of reasons."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import nb2prod
from nb2prod.hygiene.attention import TABLE, rows_of
from nb2prod.hygiene.catalogue import RULES
from nb2prod.hygiene.engine import check_content
from nb2prod.hygiene.model import Profile
from tests.hygiene.build import Json, code, written

SOURCES = Path(nb2prod.__file__).parent
EVERYTHING = Profile(frozenset(rule.code for rule in RULES))
COLAB: Json = {"colab": {"provenance": []}}
# The calls whose first argument is a reason, and the rooms that have them.
GIVING = frozenset({"Attention", "Concern", "needs_person", "left_to_person"})
ROOMS = ("analysis", "environment", "program", "project", "core.py")


def written_reasons() -> Iterator[tuple[str, str]]:
    """The reasons that the sources write out, an `x1` for each part that only the run knows."""
    for room in ROOMS:
        place = SOURCES / room
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in GIVING:
                    values = [*node.args, *(keyword.value for keyword in node.keywords)]
                    texts = [text for text in map(text_of, values) if " " in text.strip()]
                    yield from ((f"{path.name}:{node.lineno}", text) for text in texts)


def text_of(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if not isinstance(node, ast.JoinedStr):
        return ""
    holes = (
        "x1" if isinstance(part, ast.FormattedValue) else text_of(part) for part in node.values
    )
    return "".join(holes)


def test_every_reason_of_the_sources_is_in_the_table() -> None:
    reasons = list(written_reasons())
    assert len(reasons) > 40
    unknown = [
        (place, reason)
        for place, reason in reasons
        # Nothing but what another function said, and words between.
        if not rows_of(reason) and len(re.findall(r"[a-z]{2,}", reason)) > 3
    ]
    assert unknown == []


def test_the_table_names_rules_that_exist_or_says_why_not() -> None:
    known = {rule.code for rule in RULES}
    for row in TABLE:
        assert set(row.codes) <= known, row
        assert row.codes or row.why, row
    assert len({row.pattern for row in TABLE}) == len(TABLE)


def test_problems_in_one_reason_each_count() -> None:
    reason = (
        "!pip: https://example.invalid/a.whl is a direct download, which is not pinned by a hash"
    )
    both = f"{reason}; git+https://example.invalid/b names no commit; pin one to get the same code"
    assert [row.codes for row in rows_of(both)] == [("NB302",), ("NB302",)]
    short = "git+https://example.invalid/b@0123abcd names no commit; pin one to get the same code"
    assert [row.codes for row in rows_of(short)] == [()]
    assert rows_of("something else") == ()


def unfound(path: str, content: bytes, migration: nb2prod.Migration) -> list[str]:
    """The reasons with a rule of which no rule found anything in the notebook, but for rows that
    say where a check is silent.
    """
    findings = check_content(content, path, EVERYTHING)
    codes = {finding.code for finding in findings}
    return [
        note.reason
        for note in migration.attention
        for row in rows_of(note.reason)
        if row.codes and not row.why and not codes & set(row.codes)
    ]


@pytest.mark.parametrize(
    ("cells", "metadata", "rule"),
    [
        (["print 'a'\n"], {}, "NB108"),
        (["x = (1\n"], {}, "NB107"),
        (["x = undefined_thing + 1\n"], {}, "NB208"),
        (["!pip install git+https://example.invalid/a/b\n"], {}, "NB302"),
        (["!pip install https://example.invalid/a-1-py3-none-any.whl\n"], {}, "NB302"),
        (["!add-apt-repository -y ppa:a/b\n"], {}, "NB304"),
        (["!apt-get install ./a.deb\n"], {}, "NB304"),
        (["!dpkg -i a.deb\n"], {}, "NB304"),
        (["!conda create -n a python=3.9\n"], {}, "NB304"),
        (["!conda install python=3.9\n"], {}, "NB304"),
        (["!apt-get install nvidia-driver-535\n"], {}, "NB304"),
        (["p = open('/home/somebody/a.csv')\n"], {}, "NB502"),
        (["p = r'C:\\Users\\a\\b.csv'\n"], {}, "NB502"),
        (["breakpoint()\n"], {}, "NB503"),
        (["from ipywidgets import interact\ninteract(print, x=1)\n"], {}, "NB503"),
        (["from google.colab import auth\nauth.authenticate_user()\n"], COLAB, "NB503"),
        (["from google.colab import ai\nai.list_models()\n"], COLAB, "NB501"),
        (["x = '" + "hf_" + "aZbYcXdWeVfUgThSiRjQkPlOmNnMoLpKqJ" + "'\n"], {}, "NB401"),
    ],
)
def test_what_both_find(cells: list[str], metadata: Json, rule: str, tmp_path: Path) -> None:
    content = written(*cells, metadata=metadata)
    path = tmp_path / "nb.ipynb"
    path.write_bytes(content)
    migration = nb2prod.plan(nb2prod.read(path))
    rules = {
        one for note in migration.attention for row in rows_of(note.reason) for one in row.codes
    }
    assert rule in rules, [note.reason for note in migration.attention]
    assert rule in {finding.code for finding in check_content(content, path.name, EVERYTHING)}
    assert unfound(path.name, content, migration) == []


def test_a_run_that_failed(tmp_path: Path) -> None:
    error = {"output_type": "error", "ename": "ValueError", "evalue": "x", "traceback": []}
    content = written(code("x = 1\n", execution_count=1, outputs=[error]))
    path = tmp_path / "nb.ipynb"
    path.write_bytes(content)
    migration = nb2prod.plan(nb2prod.read(path))
    assert ["NB204"] in [list(row.codes) for n in migration.attention for row in rows_of(n.reason)]
    assert "NB204" in {finding.code for finding in check_content(content, path.name)}


@pytest.mark.parametrize(
    "cells",
    [
        ["import json\nx = json.loads('[1]')\nprint(x)\n"],
        ["%pip install einops==0.8.0\n", "import einops\n"],
        ["%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\n"],
    ],
)
def test_a_clean_notebook_needs_nobody(cells: list[str], tmp_path: Path) -> None:
    content = written(*cells)
    path = tmp_path / "nb.ipynb"
    path.write_bytes(content)
    assert check_content(content, path.name) == []
    migration = nb2prod.plan(nb2prod.read(path))
    assert [
        note for note in migration.attention if any(r.codes for r in rows_of(note.reason))
    ] == []


@pytest.mark.corpus
@pytest.mark.slow
def test_the_corpus(corpus: list[Path]) -> None:
    compared = 0
    for path in corpus:
        try:
            migration = nb2prod.plan(nb2prod.read(path))
        except nb2prod.NotebookError:
            continue
        unknown = [note.reason for note in migration.attention if not rows_of(note.reason)]
        assert unknown == [], path.name
        assert unfound(path.name, path.read_bytes(), migration) == [], path.name
        compared += len(migration.attention)
    assert compared > 100
