"""The platform's directory in shell lines: the one that stands for it may hold a blank.

The notebook side runs with the name of its own directory in place of `/content`; the program's
directory has a blank and a quote in its name.
"""

from __future__ import annotations

import pytest

from tests.differential.harness import Sides


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(["!mkdir -p /content/a/b\n!ls /content"], id="bare"),
        pytest.param(["!touch /content/x.txt /content/y.txt\n!ls /content/*.txt"], id="a glob"),
        pytest.param(
            ["!mkdir /content/a /content/b; touch /content/{a,b}/c\n!ls /content/*/c"], id="braces"
        ),
        pytest.param(
            ['!mkdir "/content/a b"\n!ls "/content/a b" && ls "/content"/'], id="double quotes"
        ),
        pytest.param(["!cd /content && mkdir q && cd /content/q && pwd"], id="a cd"),
        pytest.param(['!echo $(ls /content) `ls /content` "$(ls /content)"'], id="substituted"),
        pytest.param(["n = 'q'\n!mkdir -p /content/{n}/$n\n!ls /content/{n}"], id="with names"),
        pytest.param(['!X=/content/a; mkdir "$X"; ls /content'], id="assigned"),
        pytest.param(["!echo a > /content/x; cat < /content/x"], id="redirected"),
        pytest.param(["!printf '%s\\n' --dir=/content/a"], id="an option's value"),
        pytest.param(
            ["!python -c \"import os; print(os.listdir('/content'))\""],
            id="in code",
            marks=pytest.mark.xfail(
                strict=True, reason="a quote in the directory's name ends the code's text"
            ),
        ),
        pytest.param(["!echo a # /content isn't looked at\n!ls /content"], id="a comment"),
        pytest.param(["x = !ls -d /content/.\nprint(x.n)"], id="captured"),
        pytest.param(["%%bash\nmkdir /content/a\ncd /content/a\npwd"], id="a script"),
        pytest.param(
            ["%%bash\ncat <<EOF\n/content it's\nEOF\nls -d /content/."], id="a here-document"
        ),
        pytest.param(['%%bash\necho "\n/content\n" /content'], id="quotes over several lines"),
        pytest.param(["!mkdir /content/d\n%cd /content/d\n!pwd"], id="%cd"),
        pytest.param(['%env A_B=/content/q\n!echo "$A_B"'], id="%env"),
        pytest.param(["%%writefile /content/a.txt\nq", "!cat /content/a.txt"], id="%%writefile"),
        pytest.param(["import os\nos.mkdir('/content/d')", "!ls /content"], id="Python beside it"),
    ],
)
def test_a_path_with_a_blank_and_a_quote(sides: Sides, cells: list[str]) -> None:
    notebook = sides.notebook(cells)
    program = sides.program(cells, platform="colab", work_name="it's my work")
    assert (program.stdout, program.error) == (notebook.stdout, notebook.error)


@pytest.mark.parametrize(
    "cells",
    [
        ["!mkdir -p /content/a/b\n!ls /content/*/b"],
        ["%%bash\nmkdir /content/a\necho '/content' \"/content\" /content"],
        ["x = !ls -d /content"],
    ],
)
def test_a_plain_path_is_handed_over_as_it_was(sides: Sides, cells: list[str]) -> None:
    notebook = sides.notebook(cells)
    program = sides.program(cells, platform="colab")
    assert program == notebook
