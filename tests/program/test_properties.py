"""What holds for any notebook."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nb2prod.notebook.model import Cell

EXPRESSIONS = st.recursive(
    st.sampled_from(
        ["a", "b", "1", "'é'", "r'\\d'", "f'{a}'", "None", "-a", "a.real", "b'x'", "1j"]
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "and", "if a else", "<", "%", "is not"]), inner).map(
            " ".join
        ),
        inner.map("({})".format),
        inner.map("f({})".format),
        inner.map("[{}]".format),
        inner.map("{{'k': {}}}".format),
        inner.map("{}  ,".format).map("({})".format),
        inner.map("[c for c in ({}, 1)]".format),
        inner.map("(lambda d=1: {})".format),
    ),
    max_leaves=5,
)
SIMPLE = st.one_of(
    EXPRESSIONS.map("a = {}".format),
    EXPRESSIONS.map("a, *b = [1, 2], {}".format),
    EXPRESSIONS.map("b += {}".format),
    EXPRESSIONS.map("print({})".format),
    EXPRESSIONS.map("print(e := ({}))".format),
    EXPRESSIONS.map("assert f({}), 'message'".format),
    EXPRESSIONS.map("raise ValueError({})".format),
    st.sampled_from(["pass", "a: int = 1", "del b[0]", "a = b = 1", "'text'; a = 1"]),
)


def indented(block: str) -> str:
    return "\n".join(f"    {line}" for line in block.split("\n"))


BLOCKS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("\n".join),
        st.tuples(
            st.sampled_from(
                [
                    "if a:",
                    "while b:",
                    "for a in b:",
                    "with f(a) as b:",
                    "if a:\n    pass\nelse:",
                    "try:\n    pass\nexcept ValueError as g:",
                    "if a:\n    pass\nelif b:",
                    "match a:\n  case [1, *c]:\n    pass\n  case _:",
                ]
            ),
            inner,
        ).map(lambda pair: f"{pair[0]}\n{indented(pair[1])}"),
    ),
    max_leaves=4,
)


# What hypothesis makes up may be doubtful style (`a is not 1`); it is the author's.
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@settings(max_examples=50)
@given(st.lists(BLOCKS, min_size=1, max_size=3))
def test_ordinary_python_is_left_as_it_is(body_of: Callable[..., str], cells: list[str]) -> None:
    start = "a = b = f = c = d = e = g = 1"
    cells = [start, *(f"{cell}\na = 1" for cell in cells)]
    expected = ast.parse("\n".join(cells))
    assert ast.dump(ast.parse(body_of(*cells))) == ast.dump(expected)


SEPARATORS = [
    "\x0b",
    "\x0c",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x1f",
    "\x85",
    "\u2028",
    "\u2029",
    "\xa0",
    "\ufeff",
]
PLACES = [
    "# a{}breakout = 1",
    "x = 1  # a{}breakout = 1",
    "s = 'a{}breakout = 1'",
    "s = f'a{{x}}{}breakout = 1'",
    "s = '''a{}\nbreakout = 1'''",
    "s = '/content/a{}breakout = 1'",
    "'''/content{}breakout = 1'''\nx = 1",
    "!ls a{}breakout = 1",
    "y = !ls a{}breakout = 1",
    "!pip install -r a{}breakout = 1",
    "!pip install pandas # {}breakout = 1",
    "%cd a{}breakout = 1",
    "%env A=a{}breakout = 1",
    "%time x = 1 # {}breakout = 1",
    "%foo a{}breakout = 1",
    "len?{}",
    "%%bash\nls{}breakout = 1",
    "%%bash{}breakout = 1\nls",
    "%%writefile a{}breakout = 1\nx",
    "%%writefile a\nx{}breakout = 1",
    "%%foo\nx{}breakout = 1",
    "%%html\nhttps://example.invalid{}breakout = 1",
    "from google.colab import files\nx = 'a', files.upload()  # {}breakout = 1",
    "from google.colab import drive\ndrive.mount('a')  # {}breakout = 1",
    "print 'a'  # {}breakout = 1",
    "get_ipython().system('ls {}breakout = 1')",
    "x = 5  #@param {{type: 'integer'}} {}breakout = 1",
]


@pytest.mark.parametrize("separator", SEPARATORS)
def test_nothing_breaks_out_of_its_place(module_of: Callable[..., str], separator: str) -> None:
    cells = [place.format(separator) for place in PLACES]
    text = Cell(0, "markdown", f"# Title{separator}breakout = 1\na{separator}breakout = 1")
    module = module_of(text, "x = 1", *cells, platform="colab")
    names = [node.id for node in ast.walk(ast.parse(module)) if isinstance(node, ast.Name)]
    assert "breakout" not in names


@pytest.mark.parametrize("place", PLACES)
def test_a_null_takes_nothing_down(module_of: Callable[..., str], place: str) -> None:
    module = module_of("x = 1", place.format("\0"), "z = 1", platform="colab")
    assert "\0" not in module
    assert "    z = 1\n" in module


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_text_becomes_a_program(module_of: Callable[..., str], text: str) -> None:
    compile(module_of(text, platform="colab"), "pipeline.py", "exec")


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), st.sampled_from(PLACES))
def test_any_text_in_any_place_becomes_a_program(
    module_of: Callable[..., str], text: str, place: str
) -> None:
    compile(module_of("x = 1", place.format(text), platform="colab"), "pipeline.py", "exec")


NAMED = ["google.colab", "get_ipython", "kaggle_secrets"]


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize(
    "cell",
    [
        "%{}",
        "%foo {}",
        "%run {}.py",
        "%store -r {}",
        "%cd -b {}",
        "%%{}\nx",
        "%%bash --out x {}\nls\n",
        "!pip install -r {}.txt",
        "%pip install -r {}.txt",
        "import google.colab\nx = google.colab.{}",
        "x = get_ipython().{}",
    ],
)
def test_no_stop_names_the_platform_s_modules(
    module_of: Callable[..., str], cell: str, name: str
) -> None:
    module = module_of(cell.format(name), "print(x)", platform="colab")
    code = ast.unparse(ast.parse(module))
    assert not any(word in code for word in NAMED)
