"""Sections as jobs: run one after the other as processes, they do what the whole run does."""

from __future__ import annotations

import ast
import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import nb2prod.core as nb2prod
from nb2prod.analysis.facts import Service
from nb2prod.errors import OptionError
from nb2prod.location import Location
from nb2prod.migration import Migration
from nb2prod.notebook.reader import read, read_bytes
from nb2prod.options import LayoutName, Options
from nb2prod.program.model import Layout
from nb2prod.project.files import render
from nb2prod.project.interface import interface
from nb2prod.project.parts import section_calls, section_jobs, section_refusals
from tests.golden.notebooks import NOTEBOOKS

EXAMPLES = Path(__file__).parents[2] / "examples"
OPTIONS = Options(lock="never", cpu=True, targets=("gradient",), jobs_per_section=True)
PYTHON = os.environ.get("NB2PROD_SECTIONS_PYTHON", sys.executable)
"""What runs the programs: it needs their libraries (sensor_report: pandas and matplotlib)."""


def plan(*texts: str, name: str = "tiny", options: Options = OPTIONS) -> Migration:
    """The migration of a notebook of these cells; headings begin with `#`."""
    cells: list[dict[str, object]] = [
        {
            "cell_type": "markdown" if text.startswith(("# ", "## ")) else "code",
            "id": f"cell-{number}",
            "metadata": {},
            "source": text,
            **({} if text.startswith(("# ", "## ")) else {"outputs": [], "execution_count": None}),
        }
        for number, text in enumerate(("# Tiny", *texts))
    ]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return nb2prod.plan(read_bytes(json.dumps(document).encode(), name), options)


@dataclass(frozen=True)
class Ran:
    """What a program did: its exit code, what it printed, and its files by directory and path."""

    code: int
    stdout: str
    stderr: str
    files: Mapping[str, bytes]


class Bench:
    """Runs a project's program, whole and by sections, always in directories of the same paths."""

    def __init__(self, base: Path, migration: Migration, given: Mapping[str, Path | str]) -> None:
        self.base, self.migration = base, migration
        self.given = given
        for path, content in render(migration).items():
            if path.startswith("src/"):
                (base / path).parent.mkdir(parents=True, exist_ok=True)
                (base / path).write_bytes(content)
        self.jobs = section_calls.section_jobs(migration)

    def whole(self) -> Ran:
        """Run all sections in one process."""
        self._empty()
        self._give()
        return self._run()

    def sections(self) -> list[Ran]:
        """Run each section in a process and directories of its own, until one fails."""
        found: list[Ran] = []
        for number, job in enumerate(self.jobs):
            self._empty()
            words = ["--section", job.name, "--state-to", self._state(number + 1)]
            if number:
                words += ["--state-from", self._state(number)]
            else:
                self._give()
            found.append(self._run(*words))
            if found[-1].code:
                break
        return found

    @staticmethod
    def _content(path: Path) -> bytes:
        # A pickle of equal objects differs where equal strings are not one object any more.
        return b"" if path.suffix == ".joblib" else path.read_bytes()

    def _state(self, number: int) -> str:
        return str(self.base / f"state-{number}")

    def _empty(self) -> None:
        for name in ("work", "data", "results"):
            shutil.rmtree(self.base / name, ignore_errors=True)
            (self.base / name).mkdir()

    def _give(self) -> None:
        for path, given in self.given.items():
            target = self.base / path
            if isinstance(given, str):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(given, encoding="utf-8")
            else:
                shutil.copytree(given, target, dirs_exist_ok=True)

    def _run(self, *arguments: str) -> Ran:
        environment = {
            "PATH": f"{self.base / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(self.base / "src"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            "DATA_DIR": str(self.base / "data"),
            "OUTPUT_DIR": str(self.base / "results"),
            "MPLCONFIGDIR": str(self.base / "matplotlib"),
            "SECTION_JOBS_TEST": "not-a-secret",
        }
        done = subprocess.run(
            [PYTHON, "-m", self.migration.package, *arguments],
            cwd=self.base / "work",
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        files = {
            path.relative_to(self.base).as_posix(): self._content(path)
            for name in ("work", "data", "results")
            for path in sorted((self.base / name).rglob("*"))
            if path.is_file()
        }
        return Ran(done.returncode, done.stdout, done.stderr, files)


def assert_same(bench: Bench) -> list[Ran]:
    """The jobs print together what the whole run prints, leave its files and hand them out."""
    whole, jobs = bench.whole(), bench.sections()
    assert whole.code == 0, whole.stderr
    assert [job.stderr for job in jobs if job.code] == []
    assert len(jobs) == len(bench.jobs) >= 2
    assert "".join(job.stdout for job in jobs) == whole.stdout
    assert jobs[-1].files == whole.files
    handed_out = bench.base / f"state-{len(jobs)}"
    for name in ("data", "results"):
        if (handed_out / name).is_dir():
            files = {p.relative_to(handed_out).as_posix() for p in handed_out.rglob("*")}
            expected = {path for path in whole.files if path.startswith(f"{name}/")}
            assert expected <= files
    assert not (handed_out / "state.pickle").exists()
    return jobs


MakeBench = Callable[..., Bench]


@pytest.fixture
def bench(tmp_path: Path) -> MakeBench:
    def make(migration: Migration, given: Mapping[str, Path | str] | None = None) -> Bench:
        return Bench(tmp_path, migration, given or {})

    return make


# -- whole notebooks -----------------------------------------------------------------------------

# What each needs beside it: by the path in the run's directories.
EXAMPLE_FILES = {
    "customer_churn": {"data": EXAMPLES / "customer_churn/drive/MyDrive"},
    "sensor_report": {"work/data": EXAMPLES / "sensor_report/data"},
    "house_prices": {"data": EXAMPLES / "house_prices/input"},
}
# What cannot go on there: pandas is told to show numbers by a lambda.
TOLD = {"house_prices": "what pandas is set to (builtins.dict) cannot go to the next job"}
NEEDS = {
    "customer_churn": ("sklearn", "seaborn", "matplotlib", "pandas"),
    "sensor_report": ("pandas", "matplotlib", "IPython"),
    "house_prices": ("sklearn", "matplotlib", "pandas", "tqdm"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLE_FILES)
def test_an_example_s_sections_do_what_it_does(name: str, bench: MakeBench) -> None:
    found = subprocess.run(
        [PYTHON, "-c", f"import {', '.join(NEEDS[name])}"], capture_output=True, check=False
    )
    if found.returncode:
        pytest.skip(f"{name} needs {', '.join(NEEDS[name])}")
    migration = nb2prod.plan(read(EXAMPLES / name / f"{name}.ipynb"), OPTIONS)
    made = bench(migration, EXAMPLE_FILES[name])
    if name in TOLD:
        assert TOLD[name] in made.sections()[-1].stderr
    else:
        assert_same(made)


TIDES = "time,level\n" + "".join(
    f"2024-05-{day:02} {hour:02}:00,{(day * 7 + hour * 3) % 11 / 3:.2f}\n"
    for day in range(1, 5)
    for hour in range(24)
)


@pytest.mark.slow
def test_the_tides_do_what_they_do(bench: MakeBench) -> None:
    assert_same(bench(plan(*NOTEBOOKS["tides"], name="tides"), {"work/tides.csv": TIDES}))


# Takes the place of git: there is no network.
GIT = """#!/bin/sh
mkdir helpers
printf 'def name_of(i):\\n    return "abc"[i]\\n' > helpers/helpers.py
"""


def test_the_counter_does_what_it_does(bench: MakeBench) -> None:
    made = bench(plan(*NOTEBOOKS["counter"], name="counter"))
    git = made.base / "bin/git"
    git.parent.mkdir()
    git.write_text(GIT, encoding="utf-8")
    git.chmod(0o755)
    assert_same(made)


# -- what goes from one process to the next ------------------------------------------------------

ONE, TWO, THREE = "## One", "## Two", "## Three"
SAME = {
    "what two variables share stays shared": (
        *(ONE, "a = [1]\nb = {'a': a}\nc = 0", TWO, "a.append(2)\nprint(c)"),
        *(THREE, "b['a'].append(3)\nprint(a, b)"),
    ),
    "an object of a class of the notebook": (
        *(ONE, "class Box:\n    def __init__(self, x):\n        self.x = x\n\n\nbox = Box(1)"),
        *(
            TWO,
            "box.x += 1\nprint(type(box).__name__, isinstance(box, Box))",
            THREE,
            "print(box.x)",
        ),
    ),
    "more than three values": (
        *(ONE, "a, b, c, d, e = 1, 'two', None, [4], {5}", TWO, "print(a, b, c)"),
        *(THREE, "print(d, e, a)"),
    ),
    "a tuple as the only value": (ONE, "pair = (1, 2)", TWO, "print(pair)"),
    "a name that a class would mangle": (
        *(ONE, "__a = 1\nb = 2\nc = 3\nd = 4", TWO, "print(__a, b, c, d)"),
    ),
    "a variable that is bound anew": (
        *(ONE, "x = 1", TWO, "print(x)\nx = 'two'", THREE, "print(x)\nx = 3\nprint(x)"),
    ),
    "random numbers go on": (
        *(ONE, "import random\nrandom.seed(3)\nprint(random.random())"),
        *(TWO, "print(random.random())\nrng = random.Random(5)", THREE),
        "print(random.random(), rng.random())",
    ),
    "numpy's random numbers go on": (
        *(ONE, "import numpy as np\nnp.random.seed(3)\nrng = np.random.RandomState(5)"),
        *("rng2 = np.random.default_rng(6)\nprint(np.random.rand(), rng.rand())", TWO),
        *("print(np.random.rand(), rng.rand(), rng2.random())", THREE),
        "print(np.random.rand(), rng.rand(), rng2.random())\nnp.set_printoptions(precision=2)",
        *("## Four", "print(np.random.rand(3))"),
    ),
    "tables show as they were told to": (
        ONE,
        "import pandas as pd\npd.set_option('display.precision', 1)",
        "pd.options.display.max_rows = 4",
        "t = pd.DataFrame({f'a{i}': [i / 7] * 9 for i in range(15)})",
        *(TWO, "t", THREE, "print(t.iloc[:, :12])"),
    ),
    "the environment, with what is gone": (
        *(ONE, "import os\nos.environ['A'] = '1'\ndel os.environ['SECTION_JOBS_TEST']"),
        *(TWO, "print(os.environ['A'], 'SECTION_JOBS_TEST' in os.environ)\nos.environ['A'] = '2'"),
        *(THREE, "print(os.environ['A'], 'SECTION_JOBS_TEST' in os.environ)"),
    ),
    "the current directory and where modules are looked for": (
        *(ONE, "import os, sys\nos.makedirs('lib/deep')\nos.chdir('lib')\nsys.path.append('deep')"),
        "with open('deep/found.py', 'w') as f:\n    f.write('x = 5')",
        *(TWO, "import found\nprint(found.x, os.path.basename(os.getcwd()))", THREE),
        "print(sorted(os.listdir()), found.x)",
    ),
    "files, links and what is deleted": (
        *(ONE, "import os\nopen('a', 'w').write('a')\nos.makedirs('d')\nos.symlink('../a', 'd/l')"),
        "open('run.sh', 'w').write('echo ran')\nos.chmod('run.sh', 0o755)\nos.makedirs('empty')",
        *(TWO, "os.remove('a')\nopen('b', 'a').write('1')\n!./run.sh", THREE),
        "open('b', 'a').write('2')\nprint(sorted(os.listdir()), os.path.islink('d/l'))",
    ),
    "files that the notebook finds beside it": (
        *(ONE, "n = int(open('given.txt').read())", TWO, "print(n, open('given.txt').read())"),
    ),
    "sections that wait": (
        *(
            ONE,
            "import asyncio\nx = 1\nawait asyncio.sleep(0)",
            TWO,
            "await asyncio.sleep(0)\nprint(x)",
        ),
        *(THREE, "print(x + 1)"),
    ),
    "what is imported only then": (
        *("## Make", "%%writefile made.py\nv = 1\nclass C: pass", "x = 2"),
        *(
            "## Use",
            "from made import *\nc = C()\nprint(v, x)",
            THREE,
            "print(type(c).__name__, v)",
        ),
    ),
    "definitions alone between": (
        *(ONE, "x = 2", "## Helpers", "def double(y):\n    return 2 * y", TWO, "print(double(x))"),
    ),
    "parameters": (
        *(ONE, "n = 2 #@param {type: 'integer'}\nprint(n)", TWO, "print(n + 1)", THREE, "print(n)"),
    ),
}


@pytest.mark.parametrize("cells", SAME.values(), ids=SAME)
def test_jobs_do_what_the_whole_run_does(cells: Sequence[str], bench: MakeBench) -> None:
    given = {"work/given.txt": "7"} if any("given.txt" in cell for cell in cells) else {}
    assert_same(bench(plan(*cells), given))


@pytest.mark.slow
def test_figures_are_numbered_on_and_look_alike(bench: MakeBench) -> None:
    cells = (
        *(ONE, "import matplotlib.pyplot as plt"),
        "plt.rcParams['figure.figsize'] = (2, 2)\nplt.rcParams['lines.linewidth'] = 9",
        *("plt.rcParams['image.cmap'] = 'hot'\nplt.plot([1, 2])\nplt.show()", TWO),
        *("plt.imshow([[2, 1]])\nplt.show()\nx = 1", THREE),
        "plt.plot([2, 1, 3])\nplt.show()\nprint(x)",
    )
    jobs = assert_same(bench(plan(*cells)))
    shown = sorted(path for path in jobs[-1].files if path.startswith("results/"))
    assert [path.rpartition("/")[2] for path in shown] == ["001.png", "002.png", "003.png"]


REFUSED = {
    "a file": ("import io\nlog = io.open('log.txt', 'w')\nx = 1", "_io.TextIOWrapper", "log"),
    "a generator": ("numbers = (n for n in range(3))\nx = 1", "builtins.generator", "numbers"),
    "a lock in a list": (
        "import threading\nheld = [threading.Lock()]\nx = 1",
        "builtins.list",
        "held",
    ),
}


@pytest.mark.parametrize(("cell", "kind", "name"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_go_on_is_named(cell: str, kind: str, name: str, bench: MakeBench) -> None:
    made = bench(plan(ONE, "print('one')", TWO, cell, THREE, f"print({name}, x)"))
    jobs = made.sections()
    assert len(made.jobs) == 3
    assert [job.code for job in jobs] == [0, 1]
    message = jobs[-1].stderr.splitlines()[-1]
    assert "Traceback" not in jobs[-1].stderr
    assert f"After the section two, the variable {name} ({kind}) cannot go" in message
    assert "without --jobs-per-section" in message


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("log = open('log.txt', 'w')\nx = 1", "log"),
        ("keep = lambda value: value > 1\nx = 1", "keep"),
        ("n = [1]\ndef add():\n    n.append(1)\nn = [2]\nx = 1", "add"),
    ],
)
def test_what_is_certain_not_to_go_on_is_refused(cell: str, name: str) -> None:
    made = plan(ONE, "print('one')", TWO, cell, THREE, f"print({name}, x)")
    with pytest.raises(OptionError, match=f"the section two hands on {name}, which only exists"):
        section_refusals.refuse(made)


def test_what_pandas_is_set_to_may_not_go_on(bench: MakeBench) -> None:
    cells = (
        "import pandas as pd\npd.options.display.float_format = lambda x: 'x'",
        TWO,
        "print(1)",
    )
    jobs = bench(plan(ONE, *cells)).sections()
    assert "what pandas is set to" in jobs[-1].stderr


def test_a_directory_that_stays_behind_is_refused(bench: MakeBench, tmp_path: Path) -> None:
    jobs = bench(plan(ONE, "import os\nos.chdir('/')\nx = 1", TWO, "print(x)")).sections()
    assert [job.code for job in jobs] == [1]
    assert "set_up ends in /, whose files do not go" in jobs[0].stderr


# -- the command line ----------------------------------------------------------------------------

CELLS = (ONE, "a = 1", TWO, "b = a + 1", THREE, "print(a, b)")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--section", "two"], 2, "two needs --state-from: only set_up comes first"),
        (["--section", "set_up", "--state-from", "S"], 2, "set_up comes first and takes no"),
        (["--state-to", "S"], 2, "--state-from and --state-to need --section"),
        (["--section", "four"], 2, "invalid choice"),
        (["--sect", "set_up"], 2, "unrecognized arguments"),
        (["--section", "two", "--state-from", "nowhere"], 1, "which cannot be used: FileNotFound"),
        (
            ["--section", "three", "--state-from", "S"],
            1,
            "is from after set_up, not from after two",
        ),
        (["--section", "set_up", "--state-to", "work/s"], 1, "files go from job to job"),
        (["--section", "two", "--state-from", "S"], 0, ""),
    ],
)
def test_a_section_is_only_run_in_its_place(
    words: list[str], code: int, said: str, bench: MakeBench, tmp_path: Path
) -> None:
    made = bench(plan(*CELLS))
    made._empty()
    state = str(tmp_path / "state-1")
    assert made._run("--section", "set_up", "--state-to", state).code == 0
    places = {"S": state, "nowhere": str(tmp_path / "nowhere"), "work/s": str(tmp_path / "work/s")}
    done = made._run(*(places.get(word, word) for word in words))
    assert done.code == code, done.stderr
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_paths_in_variables_need_the_same_directories(bench: MakeBench, tmp_path: Path) -> None:
    made = bench(plan(*CELLS))
    made._empty()
    assert made._run("--section", "set_up", "--state-to", str(tmp_path / "s")).code == 0
    (tmp_path / "work").rename(tmp_path / "moved")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "work").symlink_to(tmp_path / "elsewhere")
    done = made._run("--section", "two", "--state-from", str(tmp_path / "s"))
    assert (done.code, "set_up ran in other directories" in done.stderr) == (1, True)


def test_help_tells_of_the_sections(bench: MakeBench) -> None:
    made = bench(plan(*CELLS))
    made._empty()
    text = " ".join(made._run("--help").stdout.split())
    assert "--section NAME runs one section alone" in text
    assert "The sections: set_up, two, three." in text


def test_options_of_the_notebook_keep_their_names() -> None:
    cell = "section = 1 #@param {type: 'integer'}\njob_state_to = 'x' #@param {type: 'string'}"
    migration = plan(ONE, cell, TWO, "print(section, job_state_to)")
    names = section_jobs.flags(interface(migration.program.configuration))
    assert dataclasses.astuple(names) == (
        "--job-job-section",
        "--job-job-state-from",
        "--job-job-state-to",
    )


def test_a_section_called_jobs_keeps_its_module() -> None:
    migration = plan("## Jobs", "a = 1", TWO, "print(a)")
    files = render(migration)
    assert {"src/tiny/jobs.py", "src/tiny/section_jobs.py"} <= files.keys()
    assert b"from tiny import section_jobs as jobs" in files["src/tiny/__main__.py"]


# -- what is written -----------------------------------------------------------------------------


def test_without_the_option_nothing_is_different() -> None:
    asked = plan(*CELLS)
    plain = dataclasses.replace(asked, options=dataclasses.replace(OPTIONS, jobs_per_section=False))
    files = render(plain)
    assert "src/tiny/jobs.py" not in files
    assert not any(
        b"--section" in text or b"jobs" in text for p, text in files.items() if p[:4] == "src/"
    )


def test_what_later_sections_need_is_told_exactly() -> None:
    migration = plan(
        *(ONE, "a = 1\nb = 2\nc = 3", TWO, "print(a)\nb = 5", THREE, "print(b)\nd = 1"),
        *("## Four", "print(c)\nd"),
    )
    jobs = section_calls.section_jobs(migration)
    assert [job.leaves for job in jobs] == [("a", "c"), ("c", "b"), ("c", "d"), ()]
    assert {name for job in jobs for name in job.leaves} <= {n for job in jobs for n in job.gives}


@pytest.mark.parametrize("cells", SAME.values(), ids=SAME)
def test_the_table_is_that_of_the_pipeline(cells: Sequence[str]) -> None:
    migration = plan(*cells)
    tree = ast.parse(render(migration)["src/tiny/jobs.py"])
    [table] = [
        node.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "SECTIONS"
    ]
    assert isinstance(table, ast.Dict)
    functions = [ast.literal_eval(row.args[0]) for row in table.values if isinstance(row, ast.Call)]
    pipeline = next(one.source for one in migration.program.modules if one.name == "pipeline")
    main = pipeline[pipeline.index("def main") :]
    called = re.findall(r"^    (?:[\w, ]+ = )?(?:await )?(\w+)\(", main, re.MULTILINE)
    assert called == functions


# -- refusals ------------------------------------------------------------------------------------


def test_what_has_no_sections_is_refused() -> None:
    script = plan(ONE, "def f():\n    global x\n    x = 1", TWO, "f()\nprint(x)")
    with pytest.raises(OptionError, match=r"not split into any: only functions assign x .* \(cell"):
        render(script)


def test_one_section_is_refused() -> None:
    with pytest.raises(OptionError, match="not split into any"):
        render(plan(ONE, "a = 1", "print(a)"))
    alone = plan(ONE, "def f():\n    return 1", TWO, "print(f())")
    with pytest.raises(OptionError, match="at least two sections"):
        render(alone)


def test_a_target_without_such_jobs_is_refused() -> None:
    options = dataclasses.replace(OPTIONS, targets=("compose", "ci"))
    with pytest.raises(OptionError, match="needs a target that has jobs for sections: gradient"):
        render(plan(*CELLS, options=options))


def test_what_serves_is_refused() -> None:
    migration = plan(*CELLS)
    facts = dataclasses.replace(migration.facts, service=Service("flask", 5000, Location(4, 1)))
    with pytest.raises(OptionError, match=r"this notebook serves something \(cell 4 line 1\)"):
        render(dataclasses.replace(migration, facts=facts))


@pytest.mark.parametrize("layout", ["main", "script"])
def test_another_layout_is_refused(layout: LayoutName) -> None:
    with pytest.raises(OptionError, match=f"--layout {layout} has none"):
        dataclasses.replace(OPTIONS, layout=layout)
    migration = plan(*CELLS)
    program = dataclasses.replace(migration.program, layout=Layout("main", "no headings"))
    with pytest.raises(OptionError, match="not split into any: no headings"):
        section_refusals.refuse(dataclasses.replace(migration, program=program))


def test_nothing_is_written_after_a_refusal(
    run_cli: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    path = EXAMPLES / "sensor_report/sensor_report.ipynb"
    words = ["--jobs-per-section", "--target", "ci", "--lock", "never", "-o", str(tmp_path / "o")]
    done = run_cli("convert", str(path), *words)
    assert done.returncode == 2
    assert "needs a target that has jobs for sections" in done.stderr
    assert not (tmp_path / "o").exists()
