"""Facts of a whole notebook, and the commands that Python code starts."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from nb2prod.analysis.all_facts import Facts
from nb2prod.analysis.cell_code import magic_words, shell_scripts
from nb2prod.analysis.facts import Command, DataPath, Import, Install, Mount, Parameter, Secret
from nb2prod.analysis.gather import gather
from nb2prod.analysis.notebook_roots import notebook_roots
from nb2prod.analysis.python_calls import python_commands
from nb2prod.location import Location
from nb2prod.notebook.ipython import parse_cell, parse_notebook
from nb2prod.notebook.model import Cell, Notebook
from nb2prod.notebook.reader import read_bytes
from nb2prod.notebook.statements import LineMagic
from nb2prod.notebook.trees import tree_of

CELLS = [
    ("markdown", "# Forecast\n\n`!pip install not-this` and `import nothing`"),
    (
        "code",
        (
            "#@title Setup\n"
            "!pip install -q pandas==2.0 'holidays>=0.3'  # pinned\n"
            "%pip install -U seaborn && echo done\n"
            "!apt-get -qq install -y ffmpeg > /dev/null\n"
            "import sys\n"
            "!{sys.executable} -m pip install rich"
        ),
    ),
    (
        "code",
        (
            "from google.colab import drive, userdata\n"
            "drive.mount('/content/drive', force_remount=True)\n"
            "import os, pandas as pd\n"
            "import numpy as np\n"
            "try:\n"
            "    import cudf\n"
            "except ImportError:\n"
            "    cudf = None\n"
            "key = userdata.get('API_KEY')\n"
            "region = os.environ.get('SERVICE_TOKEN', '')"
        ),
    ),
    (
        "code",
        (
            "#@markdown How many days ahead.\n"
            'horizon = 14 #@param {type:"slider", min:1, max:60, step:1}\n'
            "model = 'trend' #@param ['trend', 'mean'] {type:'string'}\n"
            "horizon = 7 #@param {type:'integer'}"
        ),
    ),
    ("code", "%%writefile helpers.py\nimport requests\n\ndef clean(x):\n    return x"),
    (
        "code",
        (
            "import helpers\n"
            "%time df = pd.read_csv('/content/drive/MyDrive/sales/in.csv')\n"
            "if df is None:\n"
            "    !wget -q https://example.invalid/in.csv -O /content/drive/MyDrive/sales/in.csv\n"
            "df.to_csv('/content/drive/MyDrive/sales/out.csv')\n"
            "os.system('ffmpeg -i a.mp4 b.mp3')\n"
            "files = !ls /content/drive/MyDrive/sales"
        ),
    ),
    ("code", "%%bash\ncd work\ngit clone \\\n  https://example.invalid/owner/tools.git\nmake"),
    ("code", "import tools\n%time import tabulate\n%%bash\n!pip install late"),
    ("code", "%%capture out\nget_ipython().system('pip install hidden')\nprint out.stdout"),
    ("raw", "import nothing_raw"),
]


def notebook_of(cells: list[tuple[str, str]], **metadata: Any) -> Any:
    document = {
        "cells": [{"cell_type": kind, "source": source, "metadata": {}} for kind, source in cells],
        "metadata": metadata,
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    return read_bytes(json.dumps(document).encode(), "forecast")


def facts_of(*sources: str) -> Facts:
    return gather(notebook_of([("code", source) for source in sources]))


@pytest.fixture(scope="module")
def facts() -> Facts:
    return gather(notebook_of(CELLS, accelerator="GPU", colab={"gpuType": "T4"}))


def test_imports(facts: Facts) -> None:
    assert facts.imports == (
        Import("pandas", Location(3, 3, 1)),
        Import("numpy", Location(3, 4, 1)),
        Import("cudf", Location(3, 6, 5), optional=True),
        Import("requests", Location(5, 2, 1)),
        Import("helpers", Location(6, 1, 1), local=True),
        Import("tools", Location(8, 1, 1), local=True),
        Import("tabulate", Location(8, 2, 1)),
    )


def test_installs(facts: Facts) -> None:
    assert facts.installs == (
        Install("pip", ("pandas==2.0", "holidays>=0.3"), Location(2, 2, 1)),
        Install("pip", ("seaborn",), Location(2, 3, 1), upgrade=True),
        Install("apt", ("ffmpeg",), Location(2, 4, 1)),
        Install("pip", ("rich",), Location(2, 6, 1)),
        Install("pip", ("late",), Location(8, 4, 1)),
    )


def test_mounts_parameters_and_secrets(facts: Facts) -> None:
    assert facts.mounts == (Mount("/content/drive", Location(3, 2, 13)),)
    assert facts.parameters == (
        Parameter(
            "horizon",
            "integer",
            14,
            Location(4, 2, 1),
            minimum=1,
            maximum=60,
            help="How many days ahead.",
        ),
        Parameter("model", "string", "trend", Location(4, 3, 1), choices=("trend", "mean")),
    )
    assert facts.secrets == (
        Secret("API_KEY", Location(3, 9, 7)),
        Secret("SERVICE_TOKEN", Location(3, 10, 10), required=False),
    )


def test_data_and_commands(facts: Facts) -> None:
    assert facts.data == (
        DataPath("sales", "read", "drive", (6,)),
        DataPath("sales/in.csv", "both", "drive", (6,)),
        DataPath("sales/out.csv", "write", "drive", (6,)),
    )
    assert facts.commands == (
        Command("wget", Location(6, 4, 5)),
        Command("ffmpeg", Location(6, 6, 1)),
        Command("ls", Location(6, 7, 1)),
        Command("git", Location(7, 3)),
        Command("make", Location(7, 5)),
    )


def test_the_machine_and_the_names(facts: Facts) -> None:
    assert (facts.accelerator, facts.gpu_type) == ("GPU", "T4")
    assert {"df", "files", "horizon", "pd", "np", "cudf", "key"} <= facts.bound_names
    assert "clean" not in facts.bound_names


def test_facts_are_the_same_every_time_and_with_cells_at_hand(facts: Facts) -> None:
    notebook = notebook_of(CELLS, accelerator="GPU", colab={"gpuType": "T4"})
    assert gather(notebook) == facts
    assert gather(notebook, parse_notebook(notebook)) == facts


def test_a_cell_that_is_no_python_says_nothing_and_harms_no_other() -> None:
    facts = facts_of("import pandas", "import numpy\nprint 'x'", "!pip install x")
    assert [found.module for found in facts.imports] == ["pandas"]
    assert [found.requirements for found in facts.installs] == [("x",)]


def test_an_empty_notebook_has_no_facts() -> None:
    facts = gather(notebook_of([]))
    assert facts == Facts((), (), (), (), (), (), (), None, None, frozenset())


@pytest.mark.parametrize(
    ("source", "accelerator"),
    [
        ("model.cuda()", "GPU"),
        ("torch.device('cuda')", "GPU"),
        ("x.to('cuda:0')", "GPU"),
        ("!nvidia-smi", "GPU"),
        ("torch.cuda.is_available()", "GPU"),
        ("import cupy as cp", "GPU"),
        ("f(device_map='auto')", "GPU"),
        ("model.cpu()", None),
        ("# barracuda", None),
    ],
)
def test_code_may_show_a_gpu(source: str, accelerator: str | None) -> None:
    assert facts_of(source).accelerator == accelerator


def test_the_metadata_s_accelerator_goes_before_the_code_s() -> None:
    facts = gather(notebook_of([("code", "model.cuda()")], accelerator="TPU"))
    assert facts.accelerator == "TPU"


@pytest.mark.parametrize(
    "source",
    [
        "!pip install x",
        "%pip install x",
        "%pip install y; pip install x",
        "x = !pip install x",
        "if a:\n    !pip install x",
        "!if true; then pip install x; fi",
        "!(cd a && pip install x)",
        "%sx pip install x",
        "%%bash\nset -e\npip install \\\n  x",
        "%%sh\nif [ ! -d a ]; then\n  pip install x\nfi",
        "%%capture\n!pip install x",
        "%%time\n%pip install x",
        "pip install x",
        "import os\nos.system('pip install x')",
        "os.system(f'{sys.executable} -m pip install x')",
        "os.popen('pip install -q x && ls')",
        "subprocess.run(['pip', 'install', 'x'])",
        "subprocess.check_call([sys.executable, '-m', 'pip', 'install', 'x'])",
        "subprocess.run('pip install x', shell=True)",
        "subprocess.getoutput('pip install x')",
        "get_ipython().system('pip install x')",
        "IPython.get_ipython().system('pip install x')",
        "get_ipython().run_line_magic('pip', 'install x')",
        "get_ipython().magic('%pip install x')",
        "get_ipython().magic('sx pip install x')",
        "get_ipython().run_cell_magic('bash', '', 'ls\\npip install x')",
        "def f():\n    os.system('pip install x')",
    ],
)
def test_an_install_wherever_it_stands(source: str) -> None:
    requirements = [name for found in facts_of(source).installs for name in found.requirements]
    assert [name for name in requirements if name != "y"] == ["x"]


@pytest.mark.parametrize(
    "source",
    [
        "print('pip install x')",
        "# !pip install x",
        "'''\n!pip install x\n'''",
        "%%writefile a.sh\npip install x",
        "%%html\npip install x",
        "system('pip install x')",
        "os.system(command)",
        "subprocess.run()",
        "get_ipython().system(command)",
        "get_ipython().run_line_magic('cd', 'pip install x')",
        "get_ipython().run_cell_magic('html', '', 'pip install x')",
    ],
)
def test_what_installs_nothing(source: str) -> None:
    assert facts_of(source).installs == ()


def test_what_only_the_run_knows_is_said_of_an_install() -> None:
    words = "[sys.executable, '-m', 'pip', 'install', name]"
    source = f"def install(name):\n    subprocess.check_call({words})"
    (found,) = facts_of(source).installs
    assert found.requirements == ()
    assert found.problem == "{name} is only known when the notebook runs"
    assert found.location == Location(1, 2, 5)


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("os.system('ls -l')", "ls -l", ()),
        ("os.system(f'ls {name} {a.b} {c[0]}')", "ls {name} {a.b} {…}", ()),
        ("subprocess.run(['ls', path, f(1)])", None, ("ls", "{path}", "{…}")),
        ("subprocess.run(('ls', '-l'))", None, ("ls", "-l")),
        ("subprocess.Popen('ls')", "ls", ()),
    ],
)
def test_commands_that_code_starts(source: str, line: str | None, words: tuple[str, ...]) -> None:
    (found,) = python_commands(tree_of(source))
    assert (found.line, found.words) == (line, words)


@pytest.mark.parametrize(
    ("source", "scripts"),
    [
        ("!ls", [("ls", Location(1, 1))]),
        ("if x:\n  y = !ls", [("ls", Location(1, 2, 3))]),
        ("%sx ls", [("ls", Location(1, 1))]),
        ("%%bash\nls\n\ncd x\n", [("ls", Location(1, 2)), ("cd x", Location(1, 4))]),
        ("# a\n%%sh\na \\\n b\nc", [("a   b", Location(1, 3)), ("c", Location(1, 5))]),
        ("%%html\nls", []),
        ("%matplotlib inline", []),
        ("print(1)", []),
    ],
)
def test_shell_texts_of_a_cell(source: str, scripts: list[tuple[str, Location]]) -> None:
    assert list(shell_scripts(parse_cell(Cell(1, "code", source)))) == scripts


def test_words_of_a_magic() -> None:
    magic = parse_cell(Cell(1, "code", "%pip install 'a b' # c")).statements[0]
    assert isinstance(magic, LineMagic)
    assert magic_words(magic) == ("pip", "install", "a b")
    assert magic_words(LineMagic(Location(1), 1, "", "", None, "")) == ()


@pytest.mark.parametrize(
    ("source", "path", "suffix"),
    [
        ("drive.mount('/content/drive')\nx = '/content/drive/MyDrive/a'", "/content/drive", ""),
        ("drive.mount(mountpoint='/mnt/d')\nx = '/mnt/d/MyDrive/a'", "/mnt/d", ""),
        ("drive.mount('/mnt/d')\nx = '/mnt/d'", "/mnt/d", "/MyDrive"),
        ("drive.mount('/mnt/d')\n!ls /mnt/d", "/mnt/d", "/MyDrive"),
        ("drive.mount('/mnt/d')\n%cd /mnt/d/", "/mnt/d", "/MyDrive"),
    ],
)
def test_the_roots_of_a_notebook(source: str, path: str, suffix: str) -> None:
    notebook = notebook_of([("code", "from google.colab import drive\n" + source)])
    roots = notebook_roots(notebook, parse_notebook(notebook))
    assert next(roots.find(f"{path}/MyDrive/a")).root.suffix == suffix


def test_names_that_ipython_s_own_lines_bind() -> None:
    facts = facts_of(
        "%%capture --no-stderr out\nx = 1",
        "%time y = 2",
        "%timeit z = 3",
        "w = !ls",
        "%time",
        "%prun -l 5 f(v := 1)",
    )
    assert facts.bound_names == {"out", "x", "y", "w", "v"}


LONG = 100_000
SLOW = {
    "5,000 paths": "\n".join(f"f('/content/drive/MyDrive/a/{i}.csv')" for i in range(5000)),
    "a text of paths": "x = '" + "/content/drive/MyDrive/a " * (LONG // 20) + "'",
    "slashes": "x = '" + "/" * LONG + "'",
    "a long word": "!echo " + "a" * LONG,
    "many words": "!echo " + "a " * LONG,
    "many brackets": "!" + "(" * LONG,
    "nested groups": "!" + "(" * 5000 + "a" + ")" * 5000,
    "many keywords": "!" + "then " * LONG,
    "many backslashes": "%%bash\n" + "\\\n" * (LONG // 10),
    "many requirements": "!pip install " + "a " * (LONG // 10),
    "a long requirement": "!pip install " + "a" * LONG + "@" + "b" * LONG,
    "a long address": "!pip install git+https://" + "@" * LONG,
    "many choices": "x = 'a' #@param [" + "'a'," * LONG + "]",
    "an open form": "x = 1 #@param {" + '"' * LONG,
    "a long secret": "x = os.environ['" + "A_" * LONG + "']",
    "a long file name": "%%writefile " + "a/" * LONG + "b.py",
}


@pytest.mark.parametrize("source", SLOW.values(), ids=SLOW)
def test_no_cell_takes_long(source: str) -> None:
    """A second or so where work grows with length, minutes where it grows with its square."""
    notebook = notebook_of([("code", source)])
    start = time.process_time()
    gather(notebook)
    assert time.process_time() - start < 15


@pytest.mark.parametrize(
    ("cell", "modules"),
    [
        ("%pylab inline", ["numpy", "matplotlib"]),
        ("%%python3\nimport requests", ["requests"]),
        ("%%writefile a.py\nimport requests", ["requests"]),
        ("%%writefile a.txt\nimport requests", []),
        ("%%timeit\nimport requests", []),
        ("%%time\n%%python\nimport requests", ["requests"]),
        ("%%time\nimport requests", ["requests"]),
    ],
)
def test_imports_beyond_the_cell_s_own_python(cell: str, modules: list[str]) -> None:
    assert [found.module for found in gather(read_cells(cell)).imports] == modules


@pytest.mark.parametrize(
    ("cell", "programs"),
    [
        ("import subprocess\nsubprocess.run(['ffmpeg', '-i', x])", ["ffmpeg"]),
        ("import subprocess\nsubprocess.check_call(['/usr/bin/git', 'clone', url])", ["git"]),
        ("import subprocess, sys\nsubprocess.run([sys.executable, 'a.py'])", ["python"]),
        ("import subprocess\nsubprocess.run(['pip', 'install', 'x'])", []),
        ("import subprocess\nsubprocess.run([tool, 'x'])", []),
    ],
)
def test_programs_that_python_starts_by_a_list(cell: str, programs: list[str]) -> None:
    assert [found.name for found in gather(read_cells(cell)).commands] == programs


def read_cells(*cells: str) -> Notebook:
    found = [{"cell_type": "code", "metadata": {}, "source": cell} for cell in cells]
    document = {"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return read_bytes(json.dumps(document).encode(), "n")
