"""How the sources of the table of imports agree, and what is taken of them."""

from __future__ import annotations

from collections import Counter

import pytest

from nb2prod.data._files import read_rows
from nb2prod.data.distributions import is_known
from nb2prod.data.standard_library import STANDARD_MODULES
from tools.module_sources import ModuleSources, import_rows, read_sources, write_sources

# Agreeing answers, and all modules of which both say something.
AGREEMENT = {"pipreqs and pigar": (151, 167), "pipreqs": (67, 70), "pigar": (204, 214)}
TABLE = {"pigar": 934, "pipreqs": 37, "pipreqs,pigar": 108}


def test_the_survey_is_written_as_it_is_read() -> None:
    from tools.module_sources import SOURCES_FILE

    assert write_sources(read_sources()) == SOURCES_FILE.read_text(encoding="utf-8")


def test_where_both_sources_answer_they_nearly_always_agree() -> None:
    both = [one for one in read_sources() if len(one.pipreqs) == 1 and one.pigar]
    agreeing = [one for one in both if one.pipreqs[0] in one.pigar]
    assert (len(agreeing), len(both)) == AGREEMENT["pipreqs and pigar"]


@pytest.mark.parametrize("source", ["pipreqs", "pigar"])
def test_where_a_source_and_the_reviewers_answer_they_mostly_agree(source: str) -> None:
    survey = {one.module: one for one in read_sources()}
    reviewed = {
        module: name
        for module, name, _ in read_rows("import_overrides.tsv")
        if module in survey and name != "-"
    }
    answers = {
        module: getattr(survey[module], source)
        for module in reviewed
        if getattr(survey[module], source)
    }
    agreeing = [module for module, names in answers.items() if reviewed[module] in names]
    assert (len(agreeing), len(answers)) == AGREEMENT[source]


def test_who_says_so_is_in_the_table() -> None:
    assert Counter(by for _, _, by in read_rows("imports.tsv")) == TABLE


@pytest.mark.parametrize(
    ("pipreqs", "pigar", "providers", "row"),
    [
        # both, one of them, and what they say against each other
        (["foo"], ["foo"], 3, ["quux", "foo", "pipreqs,pigar"]),
        (["foo"], ["bar", "foo"], 3, ["quux", "foo", "pipreqs,pigar"]),
        (["foo"], [], 0, ["quux", "foo", "pipreqs"]),
        (["foo"], ["bar"], 3, None),
        (["foo", "bar"], ["foo"], 3, None),
        # pigar alone: a distribution made of the module's name
        ([], ["python-quux"], 3, ["quux", "python-quux", "pigar"]),
        ([], ["quux-py", "foo"], 3, ["quux", "quux-py", "pigar"]),
        ([], ["quuxtools"], 3, None),
        ([], ["foo"], 3, None),
        # a word that anybody would choose
        ([], ["python-quux"], 21, None),
        # of no use
        (["unheard-of"], [], 0, None),
        (["futures"], [], 0, None),
        ([], [], 0, None),
    ],
)
def test_what_becomes_a_row(
    pipreqs: list[str], pigar: list[str], providers: int, row: list[str] | None
) -> None:
    survey = [ModuleSources("quux", tuple(pipreqs), tuple(pigar), providers)]
    known = {"foo", "bar", "python-quux", "quux-py", "quuxtools", "futures"}
    assert import_rows(survey, known, ["os"]) == ([row] if row else [])


@pytest.mark.parametrize("module", ["tests", "os", "foo"])
def test_words_standard_modules_and_names_of_other_distributions_are_left_out(module: str) -> None:
    survey = [ModuleSources(module, ("bar",), ("bar",), 1)]
    assert import_rows(survey, {"foo", "bar"}, ["os"]) == []


def test_no_row_speaks_of_the_standard_library_or_of_what_is_not_in_use() -> None:
    rows = list(read_rows("imports.tsv"))
    assert [row for row in rows if row[0] in STANDARD_MODULES or not is_known(row[1])] == []
