from __future__ import annotations

from collections.abc import Callable

import pytest

Entries = Callable[..., list[tuple[int, int, int, str, str]]]


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ("%cd data", 'os.chdir("data")'),
        ("%cd -q data", 'os.chdir("data")'),
        ("%cd my data", 'os.chdir("my data")'),
        ("%cd 'my data'", 'os.chdir("my data")'),
        ('%cd "my data"', 'os.chdir("my data")'),
        ("%cd", 'os.chdir(os.path.expanduser("~"))'),
        ("%cd ~", 'os.chdir(os.path.expanduser("~"))'),
        ("%cd ~/data", 'os.chdir(os.path.expanduser("~/data"))'),
        ("%cd {name}/b", 'os.chdir(f"{name}/b")'),
        ("%cd $name", 'os.chdir(f"{name}")'),
        ("%cd $missing", 'os.chdir("$missing")'),
        ("%cd /content", 'os.chdir(f"{config.work_dir}")'),
        ("%cd /content/drive/MyDrive/a", 'os.chdir(f"{config.data_dir}/a")'),
        ("%cd ..", 'os.chdir("..")'),
        ("x = %cd data", 'os.chdir("data")\nx = None'),
        ("%env A=1", 'os.environ["A"] = "1"'),
        ("%env A 1", 'os.environ["A"] = "1"'),
        ("%env A = 1 2", 'os.environ["A"] = "1 2"'),
        ("%env A=", 'os.environ["A"] = ""'),
        ("%env A b=c", None),
        ('%env A="1"', 'os.environ["A"] = \'"1"\''),
        ("%env A=$name", 'os.environ["A"] = f"{name}"'),
        ("%env A=/content/x", 'os.environ["A"] = f"{config.work_dir}/x"'),
        ("%set_env A=b=c", 'os.environ["A"] = "b=c"'),
        ("x = %env A", 'x = os.environ["A"]'),
        ("x = %env", "x = dict(os.environ)"),
        ("x = %env A=1", 'os.environ["A"] = "1"\nx = None'),
        ("x = %pwd", "x = os.getcwd()"),
        ("%time x = f(1)", "x = f(1)"),
        ("x = %time f(1)", "x = f(1)"),
        ("%time !ls", 'shell.run("ls", check=False)'),
        ("%time x = !ls", 'x = shell.capture("ls")'),
        ("%time %cd a", 'os.chdir("a")'),
        ("%time %time x = 1", "x = 1"),
        ("%time x = '/content/a'", 'x = f"{config.work_dir}/a"'),
        ("%time for i in 'ab': x = i", 'for i in "ab":\n    x = i'),
        ("%prun x = f(1)", "x = f(1)"),
        ("%ls -l", 'shell.run("ls -l", check=False)'),
        ("%ll", 'shell.run("ls -l", check=False)'),
        ("x = %ls", 'x = shell.capture("ls")'),
        ("%mkdir a", 'shell.run("mkdir a", check=False)'),
        ("%cp a b", 'shell.run("cp a b")'),
        ("%sx ls", 'shell.capture("ls")'),
        ("x = %sx ls", 'x = shell.capture("ls")'),
        ("%system ls", 'shell.capture("ls")'),
    ],
)
def test_becomes(body_of: Callable[..., str], line: str, becomes: str | None) -> None:
    body = body_of("name = 'n'\ndef f(x): return x", f"{line}\nend = 1")
    flow = body.partition('name = "n"\n')[2].strip()
    if becomes is None:
        assert "NotImplementedError" in flow
    else:
        assert flow == f"{becomes}\nend = 1" or flow == f"{becomes}\n\nend = 1"  # noqa: PLR1714


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        pytest.param("%time f(1)", "display(f(1))", id="timed"),
        pytest.param("%time f(1);", "f(1)", id="timed and silenced"),
        pytest.param("%time x = 1", "x = 1", id="a timed assignment"),
        pytest.param("%time print(1)", "print(1)", id="a timed print"),
        pytest.param("%pwd", "display(os.getcwd())", id="the directory"),
        pytest.param("%env A", 'display(os.environ["A"])', id="a variable"),
        pytest.param("%env", "", id="all variables"),
        pytest.param("%sx ls", 'display(shell.capture("ls"))', id="captured lines"),
        pytest.param("%ls", 'shell.run("ls", check=False)', id="printed lines"),
        pytest.param("if True:\n    %pwd", "if True:\n    pass", id="not at the top"),
    ],
)
def test_the_value_of_a_magic_that_ends_its_cell_is_shown(
    body_of: Callable[..., str], line: str, becomes: str
) -> None:
    body = body_of("a = 0\ndef f(x): return x", line)
    assert body.partition("a = 0")[2].strip() == becomes


@pytest.mark.parametrize(
    "line",
    [
        "%matplotlib inline",
        "%load_ext autoreload",
        "%autoreload 2",
        "%config InlineBackend.figure_format = 'retina'",
        "%who",
        "%history -n 1-3",
        "%timeit f(1)",
        "%tensorboard --logdir logs",
        "%store x",
        "%precision 3",
        "%reset -f",
        "%time",
        "%pip install pandas",
        "%conda install -c conda-forge pandas",
        "%pip list",
        "len?",
        "?len",
        "len??",
        "%timeit?",
        "?",
        "%pwd",
        "%env A",
    ],
)
def test_goes(body_of: Callable[..., str], line: str) -> None:
    assert body_of(f"{line}\nx = 1") == "x = 1"
    assert body_of(f"if True:\n    {line}") == "if True:\n    pass"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("%cd -", "%cd - goes to a directory that only a session's history knows"),
        ("%cd -b x", "%cd -b x goes to a directory that only a session's history knows"),
        ("%run a.ipynb", "%run a.ipynb runs another notebook among this one's variables"),
        ("%run -m a", "%run -m a runs another file among the notebook's own variables"),
        ("%store x > a.txt", "%store x > a.txt writes a variable to a file"),
        ("%pushd a", "%pushd a goes to a directory that only a session's history knows"),
        ("%popd", "%popd goes to a directory that only a session's history knows"),
        ("%run", "%run runs another file among the notebook's own variables"),
        ("%store -r x", "%store -r x reads variables that another notebook stored"),
        ("%foo a b", "%foo is a magic that has no counterpart outside the notebook"),
        ("%sql select 1", "%sql is a magic that has no counterpart outside the notebook"),
        ("%env a b=c", "%env a b=c names no variable"),
    ],
)
def test_needs_a_person(
    body_of: Callable[..., str], flat: Callable[[str], str], line: str, reason: str
) -> None:
    stop = f'raise NotImplementedError("cell 1 line 1: {reason}")'
    assert flat(body_of(line)) == f"# {line}\n{stop}"
    assert flat(body_of(f"x = {line}")) == f"# x = {line}\n{stop}\nx = None"


def test_code_behind_a_magic_that_does_not_parse_is_quoted(
    body_of: Callable[..., str], flat: Callable[[str], str], ledger_of: Entries
) -> None:
    cell = "# why\n%time x ="
    reason = "the code behind the magic does not run: it is not complete: it ends in the middle of a statement"
    assert flat(body_of(cell)) == (
        f'# why\n# %time x =\nraise NotImplementedError("cell 1 line 2: {reason}")'
    )
    assert ledger_of(cell)[-1] == (1, 2, 1, "attention", reason)


def test_an_install_with_a_problem_is_left_to_a_person(body_of: Callable[..., str]) -> None:
    assert body_of("%pip install -r a.txt") == (
        "# Needs a person: %pip install -r a.txt: reads requirements from a.txt, which is not part"
        " of the notebook\n# %pip install -r a.txt"
    )


def test_pylab_is_its_imports(
    convert: Callable[..., object], module_of: Callable[..., str]
) -> None:
    module = module_of("%pylab inline")
    assert "import numpy\n" in module
    assert "from pylab import *\n" in module


@pytest.mark.parametrize(
    ("cells", "alias"),
    [
        (["%cd a"], "os"),
        (["import os", "%cd a"], "os"),
        (["os = 1", "%cd a"], "os_"),
    ],
)
def test_a_module_that_the_notebook_calls_something_else_has_another_name(
    module_of: Callable[..., str], cells: list[str], alias: str
) -> None:
    module = module_of(*cells)
    assert f'{alias}.chdir("a")' in module
    assert ("import os as os_" in module) == (alias == "os_")


_CHANGES = (
    "%timeit runs code that changes things, which the program leaves out; take the magic away where"
    " they are needed"
)


@pytest.mark.parametrize(
    ("line", "fate", "reason"),
    [
        ("%cd a", "rewritten", "changes the directory"),
        ("%env A=1", "rewritten", "sets an environment variable"),
        ("%time f()", "rewritten", "the code without its timing"),
        ("%matplotlib inline", "dropped", "a job has no screen; figures are drawn without one"),
        ("%pip install pandas", "hoisted", "installed as a dependency"),
        ("x = %pip install pandas", "hoisted", "installed as a dependency"),
        ("x = %store y", "rewritten", "stores variables for other notebooks"),
        ("len?", "dropped", "looks up the documentation of len"),
        ("%timeit \\\n  f()", "dropped", "%timeit measures and binds nothing"),
        ("%timeit -n1 -r 3 model.fit(x)", "attention", _CHANGES),
        ("%timeit x[0] = 1", "attention", _CHANGES),
        ("t = %timeit -o f()", "attention", "%timeit measures, and what it measured is used"),
        ("%timeit y = model.predict(x)", "dropped", "%timeit measures and binds nothing"),
        ("%%timeit\nx.append(1)", "attention", "%" + _CHANGES),
    ],
)
def test_says_what_became_of_the_line(
    ledger_of: Entries, line: str, fate: str, reason: str
) -> None:
    _, _, (*_, lines, found, said) = ledger_of("def f():\n    pass", f"# comment\n{line}")
    assert (lines, found, said) == (line.count("\n") + 1, fate, reason)


@pytest.mark.parametrize(
    ("cells", "becomes"),
    [
        (["%run a.py"], 'shell.run_file("a.py")'),
        (["%run a b 'c d'"], 'shell.run_file("a.py", "b", "c d")'),
        (["%run -t a.py"], 'shell.run_file("a.py")'),
        (["x = 1", "%run a.py {x}"], 'x = 1\n\nshell.run_file("a.py", f"{x}")'),
        (["%%writefile a.py\nb = 1", "%run ./a.py"], 'b = shell.run_file("./a.py")["b"]'),
        (
            [
                "%%writefile a.py\nimport os\nimport sys\nb = 1\nfor c in 'q': pass",
                "%run a.py",
                "sys",
            ],
            'file_ = shell.run_file("a.py")\nsys = file_["sys"]\nb = file_["b"]\n'
            'if "c" in file_:\n    c = file_["c"]\n\ndisplay(sys)',
        ),
        (
            ["%%writefile a.py\nb = 1\ndel b", "%run a.py"],
            'file_ = shell.run_file("a.py")\nif "b" in file_:\n    b = file_["b"]',
        ),
    ],
)
def test_a_file_that_is_run_binds_its_names(
    body_of: Callable[..., str], cells: list[str], becomes: str
) -> None:
    body = body_of(*cells)
    assert body.partition('""")\n')[2].strip() == becomes or body == becomes


def test_a_file_from_elsewhere_binds_what_nothing_else_does(
    body_of: Callable[..., str], ledger_of: Entries
) -> None:
    cells = ("%run a.py", "print(wanted, other)\nother = 1")
    assert body_of(*cells).startswith(
        "# Needs a person: %run a.py runs a file that is not part of the notebook; check what it"
        ' binds\n# %run a.py\nfile_ = shell.run_file("a.py")\n'
        'if "wanted" in file_:\n    wanted = file_["wanted"]\n'
    )
    assert ledger_of(*cells)[0][3] == "attention"


def test_variables_that_the_notebook_stored_are_there(body_of: Callable[..., str]) -> None:
    assert body_of("x = 1\n%store x", "%store -r x\ny = x") == "x = 1\n\ny = x"
