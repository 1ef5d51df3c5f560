"""What the rules are given: the same facts as a conversion rests on."""

from __future__ import annotations

from pathlib import Path

import pytest

from nb2prod.analysis.gather import gather
from nb2prod.errors import InternalError, NotebookError
from nb2prod.hygiene import engine
from nb2prod.hygiene.check import Job, carry_out
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.engine import DEFAULT
from nb2prod.notebook.reader import read
from tests.hygiene.build import code, written


def test_what_lies_beside_is_seen(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("x = 1\n", encoding="utf-8")
    content = written("import helper\n!pip install a==1\n")
    inside = Context("nb.ipynb", content, DEFAULT, tmp_path)
    assert inside.notebook_in_place.beside == {"helper.py": "x = 1\n"}
    assert [one.requirements for one in inside.facts.installs] == [("a==1",)]
    assert Context("nb.ipynb", content, DEFAULT).notebook_in_place.beside == {}


def test_malformed_outputs_are_no_facts() -> None:
    broken = code("x = 1", outputs=[1, {"output_type": "stream", "text": 7}, {"output_type": []}])
    context = Context("nb.ipynb", written(broken, code("y", outputs="none")), DEFAULT)
    assert context.facts.imports == ()
    assert [len(cell.outputs) for cell in context.cells] == [2, 0]


@pytest.mark.corpus
def test_the_facts_of_the_corpus_are_those_of_a_conversion(corpus: list[Path]) -> None:
    compared = 0
    for path in corpus:
        try:
            notebook = read(path)
        except NotebookError:
            continue
        context = Context(path.name, path.read_bytes(), DEFAULT, path.parent)
        if not context.nbformat.startswith("4."):
            continue
        assert context.facts == gather(notebook), path.name
        compared += 1
    assert compared > 100


def test_a_rule_that_fails_is_a_bug_that_names_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Broken:
        def check(self, context: Context, /) -> None:
            raise ZeroDivisionError

    monkeypatch.setattr(engine, "module_of", lambda rule: Broken())
    path = tmp_path / "a.ipynb"
    path.write_bytes(written("x = 1"))
    with pytest.raises(InternalError, match=r"a\.ipynb"):
        carry_out(Job(str(path), DEFAULT))
