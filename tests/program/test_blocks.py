"""Comments stay where their statements go, and blocks stay blocks."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.usefixtures("every_name_defined")

START = "from google.colab import drive, files\nx = a = 1\n"


@pytest.mark.parametrize(
    ("cell", "becomes"),
    [
        ("# only\n# comments", "# only\n# comments"),
        ("# a\n!pip install pandas\n# b", "# a\n# b"),
        ("# a\n%matplotlib inline\n# b\nx = 1\n# c", "# a\n# b\nx = 1\n\n# c"),
        ("# a\ndrive.mount('/content/drive')  # b\n# c", "# a\n# b\n# c"),
        ("x = 1  # a\ndrive.mount('/content/drive')  # b", "x = 1  # a\n\n# b"),
        ("drive.mount(\n    '/content/drive',  # a\n    force_remount=True)  # b", "# a\n# b"),
        ("x = 1; drive.mount('/content/drive')  # a", "x = 1  # a"),
        ("drive.mount('/content/drive'); x = 1  # a", "x = 1  # a"),
        ("import google.colab  # a\nx = 1", "# a\nx = 1"),
        ("import os, google.colab  # a\nprint(os)", "# a\nprint(os)"),
        ("%cd a\n# b", 'os.chdir("a")\n\n# b'),
        ("files.download('a')  # b", 'shutil.copy("a", config.output_dir)  # b'),
        ("# a\nx = 5  #@param {type: 'integer'}\n# b", "# a\nx = config.x\n\n# b"),
        ("#@title T\nx = 5 # @param [5, 6]", "# T\nx = config.x"),
        ("# a\n\n\n# b\n!ls\n\n# c", '# a\n\n# b\nshell.run("ls", check=False)\n\n# c'),
        (
            "if a:\n    # b\n    !pip install pandas\n    # c\nelse:\n    # d\n    %pwd\n    # e\n# f",
            "if a:\n    # b\n    pass\n    # c\nelse:\n    # d\n    pass\n    # e\n\n# f",
        ),
        (
            "if a:  # b\n    !pip install pandas\n    x = 1  # c\n    # d",
            "if a:  # b\n    x = 1  # c\n    # d",
        ),
        (
            "if a:\n    x = 1\n    # b\n    drive.mount('/content/drive')  # c\n    # d",
            "if a:\n    x = 1\n    # b\n    # c\n    # d",
        ),
        ("if a: drive.mount('/content/drive')  # b", "if a:\n    # b\n    pass"),
        ("if a: x = 1; drive.mount('/content/drive')  # b", "if a:\n    x = 1  # b"),
        (
            "for i in 'ab':\n    # c\n\n    %pwd\n\n# d",
            'for i in "ab":\n    # c\n\n    pass\n\n# d',
        ),
        (
            "try:\n    # b\n    !pip install pandas\nexcept OSError:  # c\n    # d\n    %pwd\n"
            "finally:\n    %pwd  # e",
            "try:\n    # b\n    pass\nexcept OSError:  # c\n    # d\n    pass\nfinally:\n    pass",
        ),
        (
            "with open('a') as f:\n    %pwd\n    # b\n    %pwd\n    # c",
            'with open("a") as f:\n    # b\n    pass\n    # c',
        ),
        ("while a:\n    # b\n    x = 1\n    # c\n    files.upload_file()  # d\n    # e", None),
        ("%%capture\n# a\n!pip install pandas\n# b", "# a\n# b"),
        (
            "%%capture\n# a\nprint(1)\n# b\n!pip install pandas\n# c",
            "with contextlib.redirect_stdout(io.StringIO()):\n    # a\n    print(1)\n    # b\n    # c",
        ),
        ("%%time\n# a\nx = 1\n# b", "# a\nx = 1\n\n# b"),
        ("%%bash\n# a\npip install pandas\n# b", "# a\n# b"),
        ("# a\n%%html\n<b>", "# a"),
        (
            "if a:\n    '''\n    note /content/a\n    '''\n    x = 1",
            "if a:\n    # note /content/a\n    x = 1",
        ),
    ],
)
def test_comments_stay(body_of: Callable[..., str], cell: str, becomes: str | None) -> None:
    body = body_of(START, cell, platform="colab").removeprefix("x = a = 1").strip()
    if becomes is None:
        for comment in "bcde":
            assert f"# {comment}" in body or f"files.upload_file()  # {comment}" in body
    else:
        assert body == becomes


@pytest.mark.parametrize(
    ("cell", "becomes"),
    [
        ("def f():\n    # a\n    %pwd\n    # b", "def f():\n    # a\n    pass\n    # b"),
        (
            "def f():\n    # a\n    x = 1  # b\n    # c\n    %pwd\n    # d\n# e",
            "def f():\n    # a\n    x = 1  # b\n    # c\n    # d\n\n# e",
        ),
        (
            "class A:\n    # a\n    %pwd\n    # b\n    def f(self):\n        '''c'''\n        # d\n"
            "        %pwd",
            'class A:\n    # a\n    # b\n    def f(self):\n        """c"""\n        # d',
        ),
        ("def f(): drive.mount('/content/drive')  # a", "def f():\n    # a\n    pass"),
        ("@f\n# a\ndef g():  # b\n    %pwd", "@f\n# a\ndef g():  # b\n    pass"),
    ],
)
def test_comments_stay_in_functions(body_of: Callable[..., str], cell: str, becomes: str) -> None:
    body = body_of("from google.colab import drive", cell, platform="colab")
    assert body == becomes


def comments_of(source: str) -> list[str]:
    return [
        token.string.lstrip("#! ").strip()
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    ]


GOES = st.sampled_from(
    [
        "drive.mount('/content/drive')",
        "import google.colab",
        "del drive",
        "x = 1",
        "print(a)",
        "files.download('a')",
        "drive.mount('/content/drive'); x = 2",
        "pass",
        "files.upload_file()",
        "a = [1,  # inside\n{indent}     2]",
        "drive.mount(  # within\n{indent}    '/content/drive')",
    ]
)


@st.composite
def commented_blocks(draw: st.DrawFn, indent: str = "") -> str:
    """Statements that go and statements that stay, each with comments around it."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        number = draw(st.integers(0, 999))
        lines += [f"{indent}# above {number}"] if draw(st.booleans()) else []
        if len(indent) < 12 and draw(st.integers(0, 3)) == 0:
            lines.append(f"{indent}{draw(st.sampled_from(['if a:', 'for i in [1]:', 'def f():']))}")
            lines.append(draw(commented_blocks(indent=f"{indent}    ")))
        else:
            beside = f"  # beside {number}" if draw(st.booleans()) else ""
            lines.append(f"{indent}{draw(GOES).format(indent=indent)}{beside}")
        lines += [f"{indent}# below {number}"] if draw(st.booleans()) else []
    return "\n".join(lines)


@settings(max_examples=50)
@given(commented_blocks())
def test_every_comment_of_a_cell_survives(module_of: Callable[..., str], cell: str) -> None:
    module = module_of(START, cell, platform="colab")
    # A statement that stops the program is quoted with the comment beside it.
    found = "\n".join(comments_of(module))
    missing = [comment for comment in comments_of(cell) if comment not in found]
    assert not missing
    ast.parse(module)
