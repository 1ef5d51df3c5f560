from __future__ import annotations

from collections.abc import Callable

import pytest

from nb2prod.location import Location
from nb2prod.program.context import Context
from nb2prod.program.model import Ledger, Program
from nb2prod.program.rewrites.shell import shell_line
from nb2prod.program.rewrites.without_installs import without_installs

NAMES = "name, number, d = 'a', 1, {'k': 2}\n"


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("!pip install pandas", id="alone"),
        pytest.param("!pip install -q pandas==2.0 numpy", id="several"),
        pytest.param("!python -m pip install pandas", id="as a module"),
        pytest.param("!pip install pandas  # for tables", id="with a shell comment"),
        pytest.param("!pip install pandas | tail -n 1", id="in a pipeline"),
        pytest.param("!yes | pip install pandas", id="at a pipeline's end"),
        pytest.param("!pip install pandas || true", id="with a fallback"),
        pytest.param("!pip install pandas || conda install pandas || exit 1", id="with two"),
        pytest.param("!cd /tmp && pip install pandas", id="behind a cd"),
        pytest.param("!(pip install pandas)", id="in brackets"),
        pytest.param("!if [ -f a ]; then pip install pandas; fi", id="in a branch"),
        pytest.param("!for p in a b; do pip install pandas; done", id="in a loop"),
        pytest.param("!{ pip install pandas; }", id="in braces"),
        pytest.param("!pip install pandas \\\n  numpy", id="continued"),
        pytest.param("!apt-get update && apt-get install -y ffmpeg", id="apt"),
        pytest.param("!apt-get -qq install ffmpeg > /dev/null 2>&1", id="apt, redirected"),
        pytest.param("!pip uninstall -y pandas", id="prepares"),
        pytest.param("!nvidia-smi", id="a read-out"),
        pytest.param("!nvidia-smi | head -n 3", id="a read-out in a pipeline"),
        pytest.param("!nvidia-smi; nproc && free -h", id="read-outs"),
        pytest.param("!", id="nothing"),
    ],
)
def test_nothing_is_left(body_of: Callable[..., str], cell: str) -> None:
    assert body_of(cell) == ""


@pytest.mark.parametrize(
    ("cell", "becomes"),
    [
        ("!ls", 'shell.run("ls", check=False)'),
        ("!ls -l 'a b' \"c\"", 'shell.run("ls -l \'a b\' \\"c\\"", check=False)'),
        ("!wget https://example.invalid/a", 'shell.run("wget https://example.invalid/a")'),
        ("!python train.py", 'shell.run("python train.py")'),
        ("!sudo cp a b", 'shell.run("sudo cp a b")'),
        ("!rm x || true", 'shell.run("rm x || true", check=False)'),
        ("!cat a | grep b", 'shell.run("cat a | grep b", check=False)'),
        ("!ls \\\n  -la", 'shell.run("ls    -la", check=False)'),
        ("!ls # files", 'shell.run("ls # files", check=False)'),
        ("x = !ls", 'x = shell.capture("ls")'),
        ("x = !nvidia-smi", 'x = shell.capture("nvidia-smi")'),
        ("x = !pip list", "x = []"),
        ("a, b = !ls", 'a, b = shell.capture("ls")'),
        ("!pip install pandas && python prep.py", 'shell.run("python prep.py")'),
        ("!python a.py && pip install pandas; ls", 'shell.run("python a.py; ls", check=False)'),
        ("!ls; python a.py && pip install pandas", 'shell.run("ls; python a.py")'),
        ("!echo install && pip install pandas", 'shell.run("echo install", check=False)'),
        ("!python a.py || pip install pandas", 'shell.run("python a.py || true")'),
        ("!if [ -f a ]; then wget b; fi", 'shell.run("if [ -f a ]; then wget b; fi")'),
        ("!(cd a && wget b)", 'shell.run("(cd a && wget b)")'),
        ("!python a.py &", 'shell.start("python a.py &")'),
        ("!nohup a > b 2>&1 &", 'shell.start("nohup a > b 2>&1 &")'),
        ("!pip install pandas; python a.py &", 'shell.start("python a.py &")'),
        ("!ls > a 2>&1", 'shell.run("ls > a 2>&1", check=False)'),
        (
            "x = !pip install a\nprint(x.n)",
            "x = shell.Lines()\nprint(x.n)",
        ),
        ("!nvidia-smi && python a.py", 'shell.run("python a.py")'),
        ("if True:\n    !pip install pandas", "if True:\n    pass"),
        (
            "for i in range(2):\n    !pip install pandas\n    print(i)",
            "for i in range(2):\n    print(i)",
        ),
        ("def f():\n    !pip install pandas", "def f():\n    pass"),
        (
            "try:\n    !ls\nexcept OSError:\n    !pip install pandas",
            'try:\n    shell.run("ls", check=False)\nexcept OSError:\n    pass',
        ),
    ],
)
def test_becomes(body_of: Callable[..., str], cell: str, becomes: str) -> None:
    assert body_of(cell) == becomes


@pytest.mark.parametrize(
    ("line", "literal"),
    [
        ("echo $name {name}", 'f"echo {name} {name}"'),
        ("echo {name!r}", 'f"echo {name!r}"'),
        ("echo {name[0:1]}", 'f"echo {name[0:1]}"'),
        ("echo {name.upper()}", 'f"echo {name.upper()}"'),
        ("echo {d['k']}", "f\"echo {d['k']}\""),
        ('echo {d["k"]}', "f\"echo {d['k']}\""),
        ("echo {d['k']} {d[\"k\"]}", '"echo " + str(d["k"]) + " " + str(d["k"])'),
        (
            "echo {name!r} {d['a']} {d[\"#\"]}",
            '"echo " + repr(name) + " " + str(d["a"]) + " " + str(d["#"])',
        ),
        ("echo {number, 2}", 'f"echo {(number, 2)}"'),
        ("echo $number.real", 'f"echo {number.real}"'),
        ("echo $name/x-$name", 'f"echo {name}/x-{name}"'),
        ("echo ${name}", 'f"echo ${name}"'),
        ("echo $$name $name", 'f"echo $name {name}"'),
        ("echo $$ $name", 'f"echo $$ {name}"'),
        ("echo '$name' $name", "f\"echo '$name' {name}\""),
        ('echo "it\'s" {name}', "f'echo \"it\\'s\" {name}'"),
        ("echo {{name}} $name", 'f"echo {{name}} {name}"'),
        ("echo {{x}}", '"echo {x}"'),
        ("echo $1 {2}", '"echo 1 2"'),
        ("echo \\n '\\t' $name", "f\"echo \\\\n '\\\\t' {name}\""),
        (
            "cp /content/a {name}/content/b",
            'f"cp {shell.quoted(config.work_dir)}/a {name}/content/b"',
        ),
        (
            "a '/content/b' /content/*.c",
            "f\"a '{config.work_dir}/b' {shell.quoted(config.work_dir)}/*.c\"",
        ),
    ],
)
def test_expands_as_ipython_does(body_of: Callable[..., str], line: str, literal: str) -> None:
    body = body_of(f"{NAMES}x = !{line}")
    assert body.splitlines()[-1] == f"x = shell.capture({literal})"


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("echo $HOME $name", id="a name that is not bound"),
        pytest.param("echo {missing} {name}", id="an expression that cannot be evaluated"),
        pytest.param("awk '{print $1}' a.txt", id="awk"),
        pytest.param("curl -d '{\\\"a\\\": 1}' example.invalid", id="JSON"),
        pytest.param("echo {name:>5}", id="a format"),
        pytest.param("echo {name!x}", id="a conversion that does not exist"),
        pytest.param("mkdir -p {train,test}/x", id="the shell's own braces"),
        pytest.param("echo {1..5}", id="the shell's own range"),
        pytest.param("echo {name", id="an open brace"),
        pytest.param("echo }{", id="braces the wrong way round"),
        pytest.param("echo {} $name", id="an empty field"),
        pytest.param("echo ${HOME}/x", id="a variable of the shell"),
        pytest.param("for f in *; do echo $f; done", id="a loop of the shell"),
        pytest.param("echo $name.", id="a dot that leads nowhere"),
    ],
)
def test_leaves_to_the_shell(body_of: Callable[..., str], line: str) -> None:
    plain = line.replace('\\"', '"')
    body = body_of(f"{NAMES}x = !{plain}")
    assert body.splitlines()[-1] == f"x = shell.capture({_quoted(plain)})"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@pytest.mark.parametrize(
    ("cells", "expanded"),
    [
        pytest.param(["f = 1\n!echo $f"], True, id="bound in the cell"),
        pytest.param(["f = 1", "!echo $f"], True, id="bound in a cell above"),
        pytest.param(["!echo $f", "f = 1"], False, id="bound in a cell below"),
        pytest.param(["def g(f):\n    !echo $f"], True, id="an argument"),
        pytest.param(["def g():\n    f = 1\n    !echo $f"], True, id="a local variable"),
        pytest.param(["def g(f): pass", "!echo $f"], False, id="another function's argument"),
        pytest.param(["x = [f for f in 'ab']\n!echo $f"], False, id="a comprehension's variable"),
        pytest.param(["[f := 1 for _ in 'a']\n!echo $f"], True, id="a walrus in a comprehension"),
        pytest.param(["for f in 'ab': pass", "!echo $f"], True, id="a loop's variable"),
        pytest.param(["with open('a') as f: pass", "!echo $f"], True, id="a with's variable"),
        pytest.param(["import f", "!echo $f"], True, id="a module"),
        pytest.param(["lambda f: 0", "!echo $f"], False, id="a lambda's argument"),
        pytest.param(["match 1:\n    case f: pass", "!echo $f"], True, id="a pattern's capture"),
        pytest.param(["class A:\n    f = 1", "!echo $f"], False, id="a class's attribute"),
        pytest.param(
            ["def g():\n    global f\n    f = 1", "!echo $f"], True, id="a global of a function"
        ),
    ],
)
def test_knows_the_names_that_a_line_can_read(
    module_of: Callable[..., str], cells: list[str], expanded: bool
) -> None:
    literal = 'f"echo {f}"' if expanded else '"echo $f"'
    assert f"shell.run({literal}, check=False)" in module_of(*cells)


@pytest.mark.parametrize(
    ("cell", "becomes"),
    [
        (
            "!pip install -r a.txt",
            "# Needs a person: pip install -r a.txt: reads requirements from a.txt, which is not part"
            " of the notebook\n# !pip install -r a.txt",
        ),
        (
            "!git clone https://example.invalid/a && pip install -r a/b.txt",
            "# Needs a person: git clone https://example.invalid/a && pip install -r a/b.txt: reads"
            " requirements from a/b.txt, which is not part of the notebook\n"
            "# !git clone https://example.invalid/a && pip install -r a/b.txt\n"
            'shell.run("git clone https://example.invalid/a")',
        ),
        (
            "if True:\n    !pip install -r a.txt\n    x = 1",
            "if True:\n"
            "    # Needs a person: pip install -r a.txt: reads requirements from a.txt, which is not"
            " part of the notebook\n    # !pip install -r a.txt\n    x = 1",
        ),
        (
            "x = !pip install -r a.txt",
            "# Needs a person: pip install -r a.txt: reads requirements from a.txt, which is not part"
            " of the notebook\n# x = !pip install -r a.txt\nx = []",
        ),
    ],
)
def test_leaves_to_a_person(body_of: Callable[..., str], cell: str, becomes: str) -> None:
    assert body_of(cell) == becomes


def test_an_install_that_the_facts_do_not_know_is_said(context_of: Callable[..., Context]) -> None:
    outcome = shell_line("pip install pandas && ls", None, Location(1), context_of())
    assert outcome.fate == "attention"
    assert outcome.reason == ("pip install pandas && ls: pandas is not among the dependencies")
    assert outcome.code == 'shell.run("ls", check=False)'


@pytest.mark.parametrize(
    ("cell", "fate", "reason"),
    [
        ("!pip install pandas", "hoisted", "installed as a dependency"),
        ("!apt-get install -y ffmpeg", "hoisted", "installed in the image"),
        ("!pip list", "hoisted", "prepares an install; the image starts clean"),
        ("!nvidia-smi", "dropped", "nvidia-smi describes the machine, not the result"),
        ("!ls", "rewritten", "a shell line"),
        ("x = !ls", "rewritten", "a shell line whose output is used"),
        ("!", "dropped", "an empty shell line"),
        (
            "!ls google.colab",
            "attention",
            "a text names the platform's module; check what it is used for",
        ),
    ],
)
def test_says_what_became_of_the_line(
    ledger_of: Callable[..., list[tuple[int, int, int, str, str]]],
    cell: str,
    fate: str,
    reason: str,
) -> None:
    assert ledger_of(cell) == [(1, 1, 1, fate, reason)]


def test_an_address_stays_where_its_line_is_gone(body_of: Callable[..., str]) -> None:
    cell = "!apt-get install -y ffmpeg || wget https://example.invalid/a"
    assert body_of(cell) == f"# Left out (installed in the image):\n# {cell}"


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("a && pip install b && c", "a && c"),
        ("a; pip install b && c", "a; c"),
        ("a && pip install b; c", "a; c"),
        ("a || pip install b && c", "a || true && c"),
        ("a && pip install b || c", "a || c"),
        ("pip install a || b && c", "c"),
        ("pip install a & b", "b"),
        ("(pip install a && b) > c 2>&1", "(b) > c 2>&1"),
        ("(a; (pip install b; c))", "(a; (c))"),
        ("{ pip install a; b; }", "{ b; }"),
        ("if a; then pip install b; else c; fi", "if a; then :; else c; fi"),
        ("if a; then pip install b || exit 1; c; fi", "if a; then : || exit 1; c; fi"),
        ("if ! pip install a; then b; fi", "if ! :; then b; fi"),
        ("for a in b; do pip install $a; c; done", "for a in b; do :; c; done"),
        ("while a; do\npip install b\nc\ndone", "while a; do :; c; done"),
        ("a | b; pip install c | d", "a | b"),
        ("pip install a; b &", "b &"),
        ("nvidia-smi || a; b", "b"),
        ("case $a in b) pip install c;; esac", "case $a in b) pip install c;; esac"),
    ],
)
def test_what_is_left_without_installs(line: str, rest: str) -> None:
    assert without_installs(line, Location(1))[0] == rest


def test_the_exit_code_that_the_notebook_reads_is_kept(body_of: Callable[..., str]) -> None:
    body = body_of(
        "!wget a\n!pip install pandas\ntry:\n    print(_exit_code)\nexcept NameError: pass"
    )
    assert body.startswith('_exit_code = shell.run("wget a", check=False)\n_exit_code = 0\n')


@pytest.mark.parametrize(
    ("cells", "fate"),
    [
        (("!pip freeze > requirements.txt",), "attention"),
        (("x = !pip list | grep torch", "print(x)"), "attention"),
        (("x = !pip list",), "hoisted"),
        (("!pip list",), "hoisted"),
        (("!pip list > /dev/null",), "hoisted"),
        (("!pip install pandas > /dev/null 2>&1",), "hoisted"),
        (("!pip install pandas > log.txt",), "hoisted"),
        (("!pip uninstall -y torch 2> errors.txt",), "hoisted"),
    ],
)
def test_what_pip_prints_is_used(
    convert: Callable[..., tuple[Program, Ledger]], cells: tuple[str, ...], fate: str
) -> None:
    assert convert(*cells)[1].entries[0].fate == fate
