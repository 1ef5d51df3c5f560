"""Fixing: what is fixed is gone, nothing else changes, and a second time finds nothing to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.hygiene import fixing
from nb2prod.hygiene.catalogue import RULES, rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.engine import DEFAULT
from nb2prod.hygiene.fixing import fix_content
from nb2prod.hygiene.model import Finding, Fix, Profile, RuleModule, SourceEdit, is_fixable
from nb2prod.location import Location
from tests.hygiene.build import code, document, found, only, sources, text, written

ALL = Profile(frozenset(rule.code for rule in RULES))
WIDGETS = {
    "widgets": {
        "application/vnd.jupyter.widget-state+json": {
            "a": {"model_name": "B", "model_module": "c", "state": {}}
        }
    }
}
LINES = st.sampled_from(
    [
        "!pip install a\n",
        "!pip install a  # noqa: NB303\n",
        "    !pip3 install b\n",
        "import google.colab  # noqa: NB501, NB303\n",
        "x = 1  # noqa: NB303\n",
        "# nb2prod: ignore[NB303]\n",
        "# nb2prod: ignore\n",
        "if x:\n",
        "y = (\n",
        "é = 'ü'\n",
        "\n",
        "%%time\n",
        "pip install c\n",
    ]
)
CELLS = st.lists(st.lists(LINES, max_size=4).map("".join), max_size=4)


def fix(content: bytes, *, unsafe: bool = False, profile: Profile = ALL) -> fixing.Fixed:
    return fix_content(content, "nb.ipynb", profile, unsafe=unsafe)


@given(CELLS, st.booleans(), st.sampled_from([None, 1, 2]), st.booleans())
def test_any_notebook(cells: list[str], widgets: bool, indent: int | None, unsafe: bool) -> None:
    content = json.dumps(
        document(*cells, text("# T"), metadata=WIDGETS if widgets else {}), indent=indent
    ).encode()
    before = Context("nb.ipynb", content, ALL)
    done = fix(content, unsafe=unsafe)
    again = fix(done.content, unsafe=unsafe)
    assert again.content == done.content
    assert not again.fixed
    assert not any(is_fixable(finding, unsafe=unsafe) for finding in done.findings)
    assert found(done.content, *ALL.enabled) == done.findings
    if not done.fixed:
        assert done.content == content
    after = Context("nb.ipynb", done.content, ALL)
    touched = {
        number
        for finding in found(content, *ALL.enabled)
        if finding.fix and is_fixable(finding, unsafe=unsafe)
        for number in cells_of(finding.fix, before)
    }
    kept = [cell.found for cell in before.cells if cell.number not in touched]
    left = iter([cell.found for cell in after.cells])
    # All of them, in their order; between them are those that were changed, and were not removed.
    assert all(one in left for one in kept)
    if "NB106" not in done.fixed:
        for old, new in zip(before.cells, after.cells, strict=True):
            assert old.number in touched or old.found == new.found


def cells_of(fix: Fix, context: Context) -> set[int]:
    """The cells that a fix changes or removes."""
    by_path = {cell.path: cell.number for cell in context.cells}
    found = {edit.cell for edit in fix.edits if isinstance(edit, SourceEdit)}
    paths = [edit.path for edit in fix.edits if not isinstance(edit, SourceEdit)]
    return found | {by_path[path[:2]] for path in paths if path[:2] in by_path}


def test_nothing_to_fix_changes_no_byte() -> None:
    content = b' {"nbformat":4 ,"cells":[ ],"metadata":{},\n"nbformat_minor":4}\n\n'
    assert fix(content).content == content


def test_what_is_suppressed_is_not_fixed() -> None:
    content = written("!pip install a  # noqa: NB303\n!pip install b\n")
    done = json.loads(fix(content).content)
    assert sources(done) == ["!pip install a  # noqa: NB303\n%pip install b\n"]


class _Rule:
    """A rule that puts a text in the place of another, in the place of a rule that is there, and
    that is always asked.
    """

    def __init__(self, code: str, old: str, new: str) -> None:
        self.rule = rule(code)
        self.old, self.new = old, new

    def check(self, context: Context, /) -> Iterator[Finding]:
        for cell in context.code_cells:
            start = cell.source.find(self.old)
            if start >= 0:
                edit = SourceEdit(cell.number, start, start + len(self.old), self.new)
                yield context.found(self.rule, cell.place_at(start), "", fix=Fix("", (edit,)))


def _replace(monkeypatch: pytest.MonkeyPatch, *others: _Rule) -> None:
    from nb2prod.hygiene import engine
    from nb2prod.hygiene.rules import module_of

    by_code: dict[str, RuleModule] = {other.rule.code: other for other in others}
    monkeypatch.setattr(engine, "module_of", lambda one: by_code.get(one.code) or module_of(one))


@pytest.mark.parametrize(
    ("old", "new", "after"),
    [
        ("a", "bb", "x = bb"),
        ("a", "(", "x = a"),  # would not parse: taken back
        ("a", "a", "x = a"),  # changes nothing
    ],
)
def test_a_fix_that_breaks_a_cell_is_taken_back(
    monkeypatch: pytest.MonkeyPatch, old: str, new: str, after: str
) -> None:
    _replace(monkeypatch, _Rule("NB109", old, new))
    done = fix(written("x = a", "y = 2"), profile=DEFAULT)
    assert sources(json.loads(done.content)) == [after, "y = 2"]


def test_rules_that_undo_each_other_end(monkeypatch: pytest.MonkeyPatch) -> None:
    _replace(monkeypatch, _Rule("NB109", "a", "b"), _Rule("NB111", "b", "a"))
    done = fix(written("x = a"), profile=only("NB109", "NB111"))
    assert done.fixed.total() > 2
    assert sources(json.loads(done.content)) in (["x = a"], ["x = b"])


@pytest.mark.parametrize(
    "cell",
    [
        "  x = 1\n  !pip install a\n",
        ">>> x = 1\n>>> !pip install a\n",
        "In [1]: !pip install a\n",
        "\n\n  !pip install a\n",
    ],
)
def test_places_count_in_the_cell_as_it_stands(cell: str) -> None:
    context = Context("nb.ipynb", written(cell), ALL)
    [finding] = found(written(cell), "NB303")
    offset = context.cells[0].offset(finding.location or Location(1))
    assert cell[offset:].startswith("!pip")
    assert context.cells[0].place_at(offset) == finding.location


def test_spans_of_nodes_count_characters() -> None:
    context = Context("nb.ipynb", written("é = 'ü'\n", "  é = 1; y = f(é)\n"), ALL)
    for cell, shown in zip(context.code_cells, (["é = 'ü'"], ["é = 1", "y = f(é)"]), strict=True):
        spans = [cell.span(node) for node in cell.tree.body]
        assert [cell.source[start:end] for start, end in spans] == shown


# Rules whose fixes change outputs, counts or metadata; those of all others change code alone.
_BEYOND_SOURCES = frozenset(
    {"NB105", "NB106", "NB201", "NB202", "NB204", "NB205", "NB402", "NB408"}
)


@pytest.mark.corpus
def test_the_corpus(corpus: list[Path]) -> None:
    fixed = 0
    for path in corpus:
        content = path.read_bytes()
        done = fix_content(content, path.name, DEFAULT, unsafe=True)
        again = fix_content(done.content, path.name, DEFAULT, unsafe=True)
        assert again.content == done.content, path.name
        assert (done.content == content) == (not done.fixed), path.name
        assert not any(is_fixable(finding, unsafe=True) for finding in done.findings), path.name
        fixed += done.fixed.total()
        if done.fixed and _BEYOND_SOURCES.isdisjoint(done.fixed):
            old, new = (json.loads(one) for one in (content, done.content))
            pairs: list[tuple[Any, Any]] = list(zip(old["cells"], new["cells"], strict=True))
            for before, after in pairs:
                assert {**before, "source": 0} == {**after, "source": 0}, path.name
    assert fixed > 50


def test_outputs_and_counts_are_left_alone() -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": ["é\n"]}
    content = written(code("!pip install a", execution_count=3, outputs=[stream]))
    assert fix(content, profile=DEFAULT).content == content.replace(b"!pip", b"%pip")
