from __future__ import annotations

import ast
from collections.abc import Callable

import pytest


def script_in(body: str) -> str:
    """The text of the one script that is run, its directories as `{…}`."""
    call = ast.parse(body).body[-1]
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)
    text = call.value.args[0]
    if isinstance(text, ast.Constant):
        return str(text.value)
    assert isinstance(text, ast.JoinedStr)
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else "{…}" for part in text.values
    )


@pytest.mark.parametrize(
    ("cell", "script"),
    [
        pytest.param("%%bash\nls\npwd", "ls\npwd\n", id="as it is"),
        pytest.param("%%sh\nls $HOME", "ls $HOME\n", id="variables are the shell's own"),
        pytest.param("x = 1", None, id="no script"),
        pytest.param('%%bash\necho {x} $x \'{}\' """', 'echo {x} $x \'{}\' """\n', id="braces"),
        pytest.param("%%bash\necho 'a\\n' \\\\", "echo 'a\\n' \\\\\n", id="backslashes"),
        pytest.param("%%bash\npip install numpy\nls", "ls\n", id="an install"),
        pytest.param("%%bash\npip install numpy && ls", "ls\n", id="behind an install"),
        pytest.param("%%bash\npip install \\\n  numpy\nls", "ls\n", id="a continued install"),
        pytest.param(
            "%%bash\nif [ -d a ]; then\n  pip install numpy\nfi",
            "if [ -d a ]; then\n  :\nfi\n",
            id="an install that is all of a block",
        ),
        pytest.param(
            "%%bash\nfor x in a b; do\n\tpip install numpy\n\tls $x\ndone",
            "for x in a b; do\n\t:\n\tls $x\ndone\n",
            id="an install in a loop",
        ),
        pytest.param(
            "%%bash\nf() {\npip install numpy\n}\nf", "f() {\n:\n}\nf\n", id="in a function"
        ),
        pytest.param(
            "%%bash\ncat <<EOF > a\npip install numpy\nEOF\nls",
            "cat <<EOF > a\npip install numpy\nEOF\nls\n",
            id="no install in a here-document",
        ),
        pytest.param(
            "%%bash\ncat <<-'E'\n\tpip install numpy\n\tE\npip install numpy\nls",
            "cat <<-'E'\n\tpip install numpy\n\tE\nls\n",
            id="a here-document's end is found",
        ),
        pytest.param(
            "%%bash\necho '\npip install numpy\n'\nls",
            "echo '\npip install numpy\n'\nls\n",
            id="no install in a quoted text",
        ),
        pytest.param(
            "%%bash\n# don't\npip install numpy\nls", "# don't\nls\n", id="a quote in a comment"
        ),
        pytest.param("%%bash\nls /content/a", "ls {…}/a\n", id="a path"),
        pytest.param("%%script bash\nls", "ls\n", id="by %%script"),
        pytest.param("%%shell\nls", "ls\n", id="Colab's %%shell"),
        pytest.param("%%perl\nprint 1;", "print 1;\n", id="another language"),
        pytest.param("%%perl\npip install numpy", "pip install numpy\n", id="no shell, no install"),
        pytest.param("%%python3\nprint(1)", "print(1)\n", id="Python in a process of its own"),
    ],
)
def test_script(body_of: Callable[..., str], cell: str, script: str | None) -> None:
    body = body_of(cell)
    if script is None:
        assert "script" not in body
    else:
        assert script_in(body) == script


@pytest.mark.parametrize(
    ("header", "arguments"),
    [
        ("%%bash", ', "bash")'),
        ("%%sh", ', "sh")'),
        ("%%shell", ', "bash")'),
        ("%%script sh", ', "sh")'),
        ("%%ruby", ', "ruby")'),
        ("%%python", ", sys.executable)"),
        ("%%bash --no-raise-error", ', "bash", check=False)'),
        ("%%script --no-raise-error bash", ', "bash", check=False)'),
        ("%%shell --ignore-errors", ', "bash", check=False)'),
        ("%%bash -e -s a 'b c'", ', "bash", "-e", "-s", "a", "b c")'),
        ("%%script awk -f x", ', "awk", "-f", "x")'),
        ("%%script --no-raise-error sh -x", ', "sh", "-x", check=False)'),
    ],
)
def test_interpreter(body_of: Callable[..., str], header: str, arguments: str) -> None:
    expected = ast.dump(ast.parse(f'shell.script("ls\\n"{arguments}'))
    assert ast.dump(ast.parse(body_of(f"{header}\nls"))) == expected


@pytest.mark.parametrize(
    ("cell", "becomes"),
    [
        ("%%bash\npip install numpy", ""),
        ("%%bash\n# why\n\npip install numpy # x\n#! also", "# why\n# also"),
        ("%%bash", ""),
        ("%%bash\n# nothing", ""),
        ("%%script false\nls (", ""),
        ("%%script false --no-raise-error\nls (", ""),
    ],
)
def test_nothing_runs(body_of: Callable[..., str], cell: str, becomes: str) -> None:
    assert body_of(cell) == becomes


def test_an_install_with_a_problem_leaves_the_rest(body_of: Callable[..., str]) -> None:
    body = body_of("%%bash\npip install -r a.txt\nls")
    assert body.startswith("# Needs a person: reads requirements from a.txt")
    assert "# pip install -r a.txt\n" in body
    assert script_in(body) == "ls\n"


@pytest.mark.parametrize(
    ("cells", "becomes"),
    [
        (
            ["%%bash --bg --out lines\nls", "print(lines)"],
            "# %%bash --bg --out lines\n# ls\n"
            'raise NotImplementedError("cell 1 line 1: %%bash --bg --out lines keeps the running'
            ' script for later cells")\nlines = None\n\nprint(lines)',
        ),
        (
            ["%%bash --bg --proc p\nls"],
            "# %%bash --bg --proc p\n# ls\n"
            'raise NotImplementedError("cell 1 line 1: %%bash --bg --proc p keeps the running script'
            ' for later cells")\np = None',
        ),
        (
            ["%%script\nls"],
            "# %%script\n# ls\n"
            'raise NotImplementedError("cell 1 line 1: %%script names no program")',
        ),
    ],
)
def test_needs_a_person(
    body_of: Callable[..., str], flat: Callable[[str], str], cells: list[str], becomes: str
) -> None:
    assert flat(body_of(*cells)) == becomes


@pytest.mark.parametrize(
    ("cells", "becomes"),
    [
        (
            ["%%bash --out lines\nls", "print(lines)"],
            'lines = shell.script("""ls\n""", "bash", out=True).out\nprint(lines)',
        ),
        (
            ["%%bash --err=e --out unused\nls"],
            'unused, e = shell.script("""ls\n""", "bash", out=True, err=True)',
        ),
        (["%%sh --err e\nls"], 'e = shell.script("""ls\n""", "sh", err=True).err'),
        (["%%bash --out o\npip install numpy"], 'o = ""'),
        (["%%bash --bg\nls"], 'shell.start_script("""ls\n""", "bash")'),
        (["%%sx\nls\npwd"], 'display(shell.capture("ls\\npwd"))'),
        (["%%script echo skipped\nls ("], 'print("skipped")'),
        (
            ["n = 'a'", '%%bash -s "$n" {n} b\nls'],
            "n = 'a'\nshell.script(\"\"\"ls\n\"\"\", 'bash', '-s', f'{n}', f'{n}', 'b')",
        ),
        (
            ["%%bash\nls /content/a '/content/b'\ncat <<EOF\n/content it's\nEOF\nls /content"],
            'shell.script(f"""ls {shell.quoted(config.work_dir)}/a \'{config.work_dir}/b\'\n'
            "cat <<EOF\n{config.work_dir} it's\nEOF\n"
            'ls {shell.quoted(config.work_dir)}\n""", "bash")',
        ),
    ],
)
def test_becomes(body_of: Callable[..., str], cells: list[str], becomes: str) -> None:
    found = ast.dump(ast.parse(body_of(*cells)))
    assert found == ast.dump(ast.parse(becomes))
