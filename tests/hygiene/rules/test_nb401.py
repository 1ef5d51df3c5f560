"""NB401: secrets in code, texts and metadata. The tokens are made when the tests run."""

from __future__ import annotations

import pytest

from nb2prod.hygiene.context import Context
from tests.analysis.fake_tokens import VARIABLES, hexadecimal, private_key, text_of, token_of
from tests.hygiene.build import code, fixed, found, only, places, sources, text, written

OPENAI = token_of("OPENAI_API_KEY")
HF = token_of("HF_TOKEN")
RANDOM = text_of("abcdefghijkmnpqrstuvwxyz23456789", 32)


@pytest.mark.parametrize("variable", VARIABLES)
def test_each_form_as_an_argument(variable: str) -> None:
    content = written(f'client = make(api_key="{token_of(variable)}")\n')
    assert places(content, "NB401") == [(1, 1, 24)]


@pytest.mark.parametrize(
    ("source", "place"),
    [
        (f'client = OpenAI(api_key="{OPENAI}")\n', (1, 1, 26)),
        (f"# {HF}\n", (1, 1, 3)),
        (f"x = 1\n!export HF_TOKEN={HF}\n", (1, 2, 18)),
        (f"%env HF_TOKEN={HF}\n", (1, 1, 15)),
        (f"!git clone https://somebody:{RANDOM}@example.invalid/x.git\n", (1, 1, 29)),
        (f'my_api_key = "{RANDOM}"\n', (1, 1, 15)),
        (f'a = """{private_key()}"""\n', (1, 1, 8)),
        # In pieces, of which none is a token.
        (f'x = 1\ny = "{HF[:9]}" + "{HF[9:]}"\n', (1, 2, 6)),
        # A cell that does not parse is read all the same.
        (f'login("{HF}"\n', (1, 1, 8)),
    ],
)
def test_code(source: str, place: tuple[int, int, int]) -> None:
    [finding] = found(written(source), "NB401")
    where = finding.location
    assert where is not None
    assert (where.cell, where.line, where.column) == place
    for value in (OPENAI, HF, RANDOM):
        assert value[4:] not in f"{finding}"


def test_a_value_that_another_place_tells_to_be_one() -> None:
    first = f'k = "{RANDOM}"\nclient(api_key="{RANDOM}", other=f"{{"{RANDOM}"}}")\n'
    first = first.replace('{"', "{'").replace('"}', "'}")
    content = written(first, f"# {RANDOM}\n")
    again = first.split("\n")[1].rindex(RANDOM) + 1
    assert places(content, "NB401") == [(1, 1, 6), (1, 2, 17), (1, 2, again), (2, 1, 3)]
    cells = Context("nb.ipynb", content, only("NB401")).cells
    assert not any(RANDOM in cell.hidden for cell in cells)


def test_texts_and_metadata() -> None:
    content = written(
        text(f"use {HF}\n"),
        code("x = 1\n", metadata={"papermill": {"parameters": {"key": OPENAI}}}),
        {"cell_type": "raw", "metadata": {}, "source": [HF]},
        metadata={"papermill": {"parameters": [HF]}, "widgets": {"state": HF}},
    )
    assert places(content, "NB401") == [None, (1, 1, 5), (2, 1, 1), (3, 1, 1)]


def test_only_kind_and_beginning_are_shown() -> None:
    [finding] = found(written(f'x = "{HF}"\n'), "NB401")
    assert finding.message.startswith(f"a Hugging Face token ({HF[:4]}…) stands in the cell")
    [finding] = found(written("x = 'http://me:swordfish9@example.invalid/'\n"), "NB401")
    assert finding.message.startswith("a password in an address stands")


@pytest.mark.parametrize(
    "source",
    [
        'client = OpenAI(api_key="YOUR_KEY")\n',
        'client = OpenAI(api_key="sk-...")\n',
        f'x = "sk-{"x" * 48}"\n',
        'client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
        'token = userdata.get("HF_TOKEN")\n',
        f'revision = "{hexadecimal(40)}"\n',
        f'sha256 = "{hexadecimal(64)}"\n',
        '<div class="sk-toggleable__label sk-toggleable__label-arrow">\n',
        f"!gdown {text_of('abcdefghijkmnpqrstuvwxyz-_23456789', 33)}\n",
        'tokenizer_name = "distilbert-base-uncased-finetuned"\n',
        "url = 'http://user:password@localhost/'\n",
        "",
    ],
)
def test_nothing_to_find(source: str) -> None:
    assert places(written(source, text(source)), "NB401") == []


@pytest.mark.parametrize(
    ("source", "after"),
    [
        (
            f'c = OpenAI(api_key="{OPENAI}")\n',
            'import os\nc = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
        ),
        (f"import os\nt = '{HF}'\n", 'import os\nt = os.environ["HF_TOKEN"]\n'),
        (f'login("{HF}")\n', 'import os\nlogin(os.environ["HF_TOKEN"])\n'),
        (f'd = {{"t": "{HF}"}}\n', 'import os\nd = {"t": os.environ["HF_TOKEN"]}\n'),
        (
            f'%%time\n"""Text."""\nt = "{HF}"\n',
            '%%time\n"""Text."""\nimport os\nt = os.environ["HF_TOKEN"]\n',
        ),
        (f'  t = "{HF}"\n  u = 1\n', '  import os\n  t = os.environ["HF_TOKEN"]\n  u = 1\n'),
        (
            f'@f(t="{HF}")\ndef g():\n    pass\n',
            'import os\n@f(t=os.environ["HF_TOKEN"])\ndef g():\n    pass\n',
        ),
        (
            f'import os\nos.environ["HF_TOKEN"] = "{HF}"\n',
            'import os\nassert "HF_TOKEN" in os.environ\n',
        ),
        # Two of one kind are two variables, one twice is one.
        (
            f'a, b, c = "{HF}", "{token_of("HF_TOKEN", 1)}", "{HF}"\n',
            "import os\na, b, c = {0}, {1}, {0}\n".format(
                'os.environ["HF_TOKEN"]', 'os.environ["HF_TOKEN_2"]'
            ),
        ),
    ],
)
def test_the_environment_instead(source: str, after: str) -> None:
    content = written(source)
    assert sources(fixed(content, "NB401")) == [source]
    assert sources(fixed(content, "NB401", unsafe=True)) == [after]


def test_an_import_of_an_earlier_cell_will_do() -> None:
    content = written("import os\n", f't = "{HF}"\n')
    after = ["import os\n", 't = os.environ["HF_TOKEN"]\n']
    assert sources(fixed(content, "NB401", unsafe=True)) == after


@pytest.mark.parametrize(
    "source",
    [
        f'"{HF}"\n',
        f'x = f"{HF}"\n',
        f'x = "Bearer {HF}"\n',
        f'x = "{HF[:9]}" "{HF[9:]}"\n',
        f"!export HF_TOKEN={HF}\n",
        f"# {HF}\n",
        f"match x:\n    case '{HF}':\n        pass\n",
    ],
)
def test_what_is_left_to_a_person(source: str) -> None:
    content = written(source)
    assert len(found(content, "NB401")) == 1
    assert sources(fixed(content, "NB401", unsafe=True)) == [source]
