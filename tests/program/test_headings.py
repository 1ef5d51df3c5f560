from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.notebook.model import Cell
from nb2prod.program.headings import Heading, headings_of, opening_headings, plain_words


def cells(*sources: str) -> list[Cell]:
    return [Cell(number, "markdown", source) for number, source in enumerate(sources, start=1)]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("# One", [(1, "One")]),
        ("###### Six", [(6, "Six")]),
        ("   ## Indented", [(2, "Indented")]),
        ("#\tTab", [(1, "Tab")]),
        ("## Closed ##", [(2, "Closed")]),
        ("# C#", [(1, "C#")]),
        ("text\n# One\n## Two\ntext", [(1, "One"), (2, "Two")]),
        ("# One\r\ntext\r\n# Two", [(1, "One"), (1, "Two")]),
        ("One\n===", [(1, "One")]),
        ("# One\nTwo\n---\nThree\n=", [(1, "One"), (2, "Two"), (1, "Three")]),
        ("<h2 id='a' class='b'>One</h2>", [(2, "One")]),
        ("<H1 align=center>\nOne <b>two</b>\n</H1>", [(1, "One two")]),
        ("<h2>One</h2>\n# Two\nThree\n---", [(2, "One"), (1, "Two"), (2, "Three")]),
        ("<!-- # no -->\n# One", [(1, "One")]),
        ("<!--\n# no\n--> text <!--\n# no\n-->\n# One <!-- no -->", [(1, "One")]),
        ("```\n# no\n```\n# One", [(1, "One")]),
        ("~~~ python\n# no\n```\n# no\n~~~~\n# One", [(1, "One")]),
        ("````\n```\n# no\n````\n# One", [(1, "One")]),
        ("```a```\n# One", [(1, "One")]),
    ],
)
def test_headings(source: str, found: list[tuple[int, str]]) -> None:
    assert [(one.level, one.text) for one in headings_of(cells(source))] == found


@pytest.mark.parametrize(
    "source",
    [
        "",
        "#",
        "## ##",
        "#tag",
        "####### seven",
        "    # code",
        "\t# code",
        "# ![image](a.png)",
        "# <br>",
        "# \N{ROCKET}",
        "---\n\n---",
        "- item\n---",
        "> quotation\n---",
        "| a |\n---",
        "a line\nand another\n---",
        "text " * 30 + "\n---",
        "a | b\n--- | ---",
        "`<h1>` and `</h1>`",
        "<h1>never closed",
        "<!-- # never closed\n# no",
        "```\n# never closed\n\n<h1>no</h1>\nno\n===",
    ],
)
def test_no_headings(source: str) -> None:
    assert headings_of(cells(source)) == ()


def test_only_markdown_has_headings() -> None:
    assert headings_of([Cell(1, "code", "# One"), Cell(2, "raw", "# Two")]) == ()
    assert headings_of([Cell(1, "code", "1"), Cell(2, "markdown", "# A")]) == (Heading(2, 1, "A"),)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("**Bold** *italic* _too_ `code` ~~gone~~", "Bold italic too code gone"),
        ("snake_case and other_name_too", "snake_case and other_name_too"),
        (r"\*args, \*\*kwargs", "*args, **kwargs"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("[Linked](https://example.invalid) [words][1]", "Linked words"),
        ("Model [\N{UPWARDS ARROW}](#top)", "Model"),
        ("[![a](b.png)](c) Model ![d](e.png)", "Model"),
        ("<a id='x'></a><span style='a: b'>1.</span> Data &amp; model", "1. Data & model"),
        ("One<br>two", "One two"),
        ("\N{ROCKET} Step 1 \N{ROBOT FACE}\ufe0f", "Step 1"),
        ("\N{ROCKET} One \N{ROCKET} two", "One \N{ROCKET} two"),
        ("1\ufe0f\u20e3 Model", "1 Model"),
        ("Using {func}`numpy.dot` {#dot}", "Using numpy.dot"),
        (
            "Datos y señales \N{WAVING HAND SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-3}",
            "Datos y señales",
        ),
    ],
)
def test_plain_words(written: str, words: str) -> None:
    assert plain_words(written) == words


@pytest.mark.parametrize(
    ("sources", "opening"),
    [
        (["## Training\n### Hyper-parameters"], {1: "Training"}),
        (["## Training\ntext\n### With text\nbetween"], {1: "Training"}),
        (["## One\ntext\n## Two"], {1: "Two"}),
        (["### One\n## Two"], {1: "Two"}),
        (["# Title", "## One\n### Two", "text", "# Three"], {1: "Title", 2: "One", 4: "Three"}),
        (["# Title\ntext\n## Set-up\n### Packages", "## Data"], {1: "Set-up", 2: "Data"}),
        (["# Data\n## Loading", "# Model"], {1: "Data", 2: "Model"}),
        (["## Data\n### Loading", "### Cleaning"], {1: "Data", 2: "Cleaning"}),
        ([], {}),
    ],
)
def test_opening_headings(sources: list[str], opening: dict[int, str]) -> None:
    found = opening_headings(cells(*sources))
    assert {number: heading.text for number, heading in found.items()} == opening
    assert all(number == heading.cell for number, heading in found.items())


@given(st.text(st.sampled_from("# \n\t`~<>h12/!-=_*[](){}|.\\a\r\u20e3\N{ROCKET}é"), max_size=60))
def test_any_text_has_headings_with_words(source: str) -> None:
    for heading in headings_of(cells(source)):
        assert 1 <= heading.level <= 6
        assert heading.text == " ".join(heading.text.split())
        assert heading.text.isprintable()


@given(st.text(st.sampled_from("# \n`~<>h1/!-=a"), max_size=60))
def test_a_fence_hides_all(source: str) -> None:
    if "~~~~" not in source:
        fenced = f"~~~~\n{source}\n~~~~\n# One"
        assert [one.text for one in headings_of(cells(fenced))] == ["One"]
