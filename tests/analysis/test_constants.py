"""Which names in capitals can be set from outside, and which must stay constants."""

from __future__ import annotations

import pytest

from nb2prod.analysis.facts import Parameter
from nb2prod.core import inspect
from nb2prod.location import Location
from nb2prod.notebook.model import Cell, Notebook, Origin, Platform


def parameters(
    *sources: str, tags: dict[int, list[str]] | None = None, platform: Platform = "jupyter"
) -> list[Parameter]:
    """The parameters of a notebook of these code cells; `tags` by the cell's number."""
    cells = tuple(
        Cell(number, "code", source, {"tags": (tags or {}).get(number, [])})
        for number, source in enumerate(sources, start=1)
    )
    notebook = Notebook("tiny", "0" * 64, "4.5", cells, Origin(platform, ()), {}, {"cells": []})
    return list(inspect(notebook).parameters)


def names(*sources: str) -> list[str]:
    return [parameter.name for parameter in parameters(*sources)]


@pytest.mark.parametrize(
    ("source", "kind", "default"),
    [
        ("SIZE = 3\nprint(SIZE)", "integer", 3),
        ("SIZE = -3\nprint(SIZE)", "integer", -3),
        ("LR: float = 1\nprint(LR)", "number", 1),
        ("LR: 'float' = 1e-3\nprint(LR)", "number", 0.001),
        ("FAST = True\nprint(FAST)", "boolean", True),
        ("DEPTH = None\nprint(DEPTH)", "raw", None),
        ("T4 = 'a' 'b'\nprint(T4)", "string", "ab"),
        ("T4 = ('a'\n  'b')\nprint(T4)", "string", "ab"),
        ("%%time\nSIZE = 3\nprint(SIZE)", "integer", 3),
        ("SIZE = 3\nfor i in range(SIZE): pass", "integer", 3),
        ("SIZE = 3\nprint([i for i in range(SIZE)])", "integer", 3),
        ("SIZE = 3\n!echo {SIZE}", "integer", 3),
        ("SIZE = 3\n%cd $SIZE", "integer", 3),
        ("SIZE = 3\n%time print(SIZE)", "integer", 3),
        ("SIZE = 3\nmodel.eval(SIZE)\nprint(vars(model))", "integer", 3),
        # Functions that are only ever called, by the top level or by each other.
        ("SIZE = 3\ndef f(): return SIZE\nprint(f())", "integer", 3),
        ("SIZE = 3\ndef f(): return SIZE\ndef g(): return f()\nprint(g() + f())", "integer", 3),
        ("SIZE = 3\ndef f():\n  def g(): return SIZE\n  return g()\nprint(f())", "integer", 3),
        ("SIZE = 3\nasync def f(): return SIZE\nawait f()", "integer", 3),
        ("SIZE = 3\ndef f(): return f() if SIZE else 0\nf()", "integer", 3),
        ("TOKEN_LIMIT = 'many'\nprint(TOKEN_LIMIT)", "string", "many"),
        ("MAX_TOKENS = 100\nprint(MAX_TOKENS)", "integer", 100),
        (f"TEXT = {'x' * 120!r}\nprint(TEXT)", "string", "x" * 120),
    ],
)
def test_what_becomes_a_parameter(source: str, kind: str, default: object) -> None:
    (found,) = parameters(source)
    assert (found.type, found.default, found.source) == (kind, default, "constant")
    assert type(found.default) is type(default)


@pytest.mark.parametrize(
    "source",
    [
        # no constant, or not one value
        "size = 3\nprint(size)",
        "Size = 3\nprint(Size)",
        "_SIZE = 3\nprint(_SIZE)",
        "A = 3\nprint(A)",
        "SIZE = [3]\nprint(SIZE)",
        "SIZE = 3 + 4\nprint(SIZE)",
        "SIZE = 3j\nprint(SIZE)",
        "SIZE = b'a'\nprint(SIZE)",
        "SIZE, LR = 3, 4\nprint(SIZE, LR)",
        "SIZE = LR = 3\nprint(SIZE)",
        "SIZE: int\nprint(SIZE)",
        "CFG.SIZE = 3\nprint(CFG.SIZE)",
        # not alone on its line
        "SIZE = 3; print(SIZE)",
        "SIZE = 3;\nprint(SIZE)",
        "x = 1; SIZE = 3\nprint(SIZE)",
        # in a block
        "if fast:\n    SIZE = 3\nprint(SIZE)",
        "def f():\n    SIZE = 3\n    return SIZE\nf()",
        "class C:\n    SIZE = 3\nprint(C.SIZE)",
        # bound again
        "SIZE = 3\nSIZE = 4\nprint(SIZE)",
        "SIZE = 3\nSIZE += 4\nprint(SIZE)",
        "SIZE = 3\nfor SIZE in range(4): print(SIZE)",
        "SIZE = 3\ndel SIZE\nprint(SIZE)",
        "SIZE = 3\nimport a as SIZE\nprint(SIZE)",
        "SIZE = 3\ndef SIZE(): pass\nprint(SIZE)",
        "SIZE = 3\nprint(SIZE := 4)",
        "SIZE = 3\nwith open('a') as SIZE: print(SIZE)",
        "SIZE = 3\ndef f():\n    global SIZE\n    SIZE = 4\nf()\nprint(SIZE)",
        "SIZE = 3\ndef f():\n    global SIZE\n    del SIZE\nf()\nprint(SIZE)",
        "SIZE = 3\ndef f(SIZE): return SIZE\nprint(f(SIZE))",
        "SIZE = 3\nSIZE = !ls\nprint(SIZE)",
        "SIZE = 3\nSIZE = %env HOME\nprint(SIZE)",
        "SIZE = 3\n%store -r SIZE\nprint(SIZE)",
        # where nothing runs, or it is measured
        "%%bash\nSIZE = 3\nprint(SIZE)",
        "%%timeit\nSIZE = 3\nprint(SIZE)",
        "%%capture out\nSIZE = 3\nprint(SIZE)",
        # read where it has to be found
        "SIZE = 3\nclass C:\n    n = SIZE",
        "SIZE = 3\nclass C:\n    def f(self): return SIZE",
        "SIZE = 3\nclass C(base(SIZE)): pass",
        "SIZE = 3\nf = lambda: SIZE\nf()",
        "SIZE = 3\n@cache\ndef f(): return SIZE\nf()",
        "SIZE = 3\n@cache(SIZE)\ndef f(): return 1\nf()",
        "SIZE = 3\ndef f(n=SIZE): return n\nf()",
        "SIZE = 3\ndef f(*, n=SIZE): return n\nf()",
        "SIZE = 3\ndef f(n: SIZE): return n\nf()",
        "SIZE = 3\ndef f(): return SIZE\nmap(f, [])",
        "SIZE = 3\ndef f(): return SIZE\ng = f",
        "SIZE = 3\ndef f(): return SIZE\nf()\nprint(f.__name__)",
        "SIZE = 3\ndef f():\n  def g(): return SIZE\n  return g\nf()",
        "SIZE = 3\ndef f(): return SIZE\nclass C:\n    def g(self): return f()",
        "SIZE = 3\ndef f(): return SIZE\ndef g(): return f()\nmap(g, [])",
        "SIZE = 3\ndef f(): return SIZE\n%lprun -f f f()",
        "SIZE = 3\ndef f(): return SIZE\ndef f(): return SIZE\nf()",
        "SIZE = 3\ndef f():\n    !echo {SIZE}\nf()",
        # seen without being named
        "SIZE = 3\nprint(SIZE)\nexec('x')",
        "SIZE = 3\nprint(SIZE)\neval('x')",
        "SIZE = 3\nprint(SIZE, globals())",
        "SIZE = 3\ndef f(): return locals()\nprint(SIZE, f())",
        "SIZE = 3\nprint(SIZE, vars())",
        "SIZE = 3\nprint(SIZE, get_ipython().user_ns)",
        # never read, or by an install alone
        "SIZE = 3",
        "SIZE = 3\nprint('SIZE')",
        "VERSION = '1.2'\n!pip install torch==$VERSION",
        # no setting
        "TEXT = 'a\\nb'\nprint(TEXT)",
        "TEXT = 'a\\n'\nprint(TEXT)",
        f"TEXT = {'x' * 121!r}\nprint(TEXT)",
        "PASSWORD = 'open sesame'\nprint(PASSWORD)",
        "API_KEY = 'your-api-key'\nprint(API_KEY)",
        "OPENAI_KEY = 'sk-" + "aB3" * 16 + "'\nprint(OPENAI_KEY)",
        "KAGGLE_USERNAME = 'somebody'\nprint(KAGGLE_USERNAME)",
        "NAME = 'HF_TOKEN'\nfrom google.colab import userdata\nprint(userdata.get(NAME))",
        "ROOT = '/content/drive/MyDrive/a'\nprint(ROOT)",
        "ROOT = '/kaggle/input/a'\nprint(ROOT)",
        "FOLDER = 'drive/MyDrive'\nprint('/content/' + FOLDER)",
        "FOLDER = 'input'\nprint('/kaggle/' + FOLDER)",
    ],
)
def test_what_stays_a_constant(source: str) -> None:
    assert names(source) == []


def test_a_cell_that_may_fail_or_does_not_parse_keeps_its_names() -> None:
    assert parameters("SIZE = 3", "print(SIZE)", tags={1: ["raises-exception"]}) == []
    assert names("SIZE = 3\nprint(SIZE)", "SIZE = 4 4") == []
    assert names("SIZE = 3\nprint(SIZE)", "LR = 4 4") == ["SIZE"]


def test_other_cells_count() -> None:
    assert names("SIZE = 3\nLR = 2", "print(SIZE, LR)", "LR = 4") == ["SIZE"]
    assert names("SIZE = 3", "def f(): return SIZE", "f()") == ["SIZE"]
    assert names("SIZE = 3", "def f(): return SIZE", "f()", "map(f, [])") == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("SIZE = 3  # how many", "how many"),
        ("# how many\nSIZE = 3", "how many"),
        ("# how many\n# of them\nSIZE = 3", "how many of them"),
        ("# above\nSIZE = 3  # beside", "beside"),
        ("# too far\n\nSIZE = 3", ""),
        ("x = 1  # another's\nSIZE = 3", ""),
        ("#@markdown How many\nSIZE = 3", "How many"),
        ("# ------ Sizes ------\nSIZE = 3", "Sizes"),
        ("#######\n## Sizes ##\n#######\nSIZE = 3", "Sizes"),
        ("# SIZE = 4\nSIZE = 3", ""),
        ("# train()\nSIZE = 3", ""),
        ("# Hyper-parameters\nSIZE = 3", "Hyper-parameters"),
        ("SIZE = 3  # noqa", ""),
        ("SIZE = 3  # type: int", ""),
        ("SIZE = 3  # type: int  how many", "how many"),
        ("SIZE = '# no comment'", ""),
    ],
)
def test_comments_are_help(source: str, said: str) -> None:
    (found,) = parameters(f"{source}\nprint(SIZE)")
    assert found.help == said


def test_places() -> None:
    found = parameters("x = 1", "import a\nSIZE = 3\nprint(SIZE)")
    assert [parameter.location for parameter in found] == [Location(2, 2, 1)]


def test_papermill_s_cell() -> None:
    found = parameters(
        "alpha = 0.5  # the strength\nbeta: str = 'x'\nlayers = [1]\ngamma = alpha",
        "alpha = 2",
        tags={1: ["other", "parameters"]},
    )
    assert [(p.name, p.type, p.default, p.help, p.source) for p in found] == [
        ("alpha", "number", 0.5, "the strength", "papermill"),
        ("beta", "string", "x", "", "papermill"),
    ]


def test_what_papermill_injected_wins_over_the_defaults() -> None:
    found = parameters(
        "a = 1\nb = 2", "b = 3", "print(a, b)", tags={1: ["parameters"], 2: ["injected-parameters"]}
    )
    assert [(p.name, p.default, p.location.cell) for p in found] == [("a", 1, 1), ("b", 3, 2)]


def test_one_name_is_one_parameter() -> None:
    found = parameters(
        "SIZE = 3  #@param {type: 'slider', min: 1, max: 9}\nLR = 2",
        "print(SIZE, LR)",
        tags={1: ["parameters"]},
    )
    assert [(p.name, p.source, p.maximum) for p in found] == [
        ("SIZE", "form", 9),
        ("LR", "papermill", None),
    ]


def test_what_a_person_is_to_put_in_is_no_parameter_of_papermill_s() -> None:
    assert parameters("api_key = 'your-api-key'", tags={1: ["parameters"]}) == []
