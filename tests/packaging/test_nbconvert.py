"""`jupyter nbconvert --to nb2prod`, by the real command, in an environment with nb2prod's extra."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from uv import find_uv_bin

from tests.analysis.fake_tokens import token_of

CHECKOUT = Path(__file__).resolve().parents[2]
STANDINS = CHECKOUT / "src" / "nb2prod" / "verification" / "inside" / "standins"

pytestmark = [pytest.mark.packaging, pytest.mark.network, pytest.mark.slow]

COLAB = (
    "from google.colab import drive, userdata\ndrive.mount('/content/drive')",
    "rows = 3 #@param {type:'slider', min:1, max:9}\ntitle = 'Sales' #@param {type:'string'}",
    "!echo {title} $rows",
    "key = userdata.get('API_KEY')\nprint(len(key))",
    "import matplotlib.pyplot as plt\nplt.plot(range(rows))\nplt.title(title);",
    "{'rows': rows, 'title': title}",
)


@dataclass(frozen=True, slots=True)
class Environment:
    """A clean environment; `jupyter` and `python` run in a directory, knowing nothing of this one.

    They give the ended process.
    """

    binaries: Path

    def jupyter(self, *arguments: str, cwd: Path, **given: Any) -> subprocess.CompletedProcess[str]:
        return self._run("jupyter", *arguments, cwd=cwd, **given)

    def python(self, *arguments: str, cwd: Path, **given: Any) -> subprocess.CompletedProcess[str]:
        return self._run("python", *arguments, cwd=cwd, **given)

    def _run(
        self,
        program: str,
        *arguments: str,
        cwd: Path,
        given: str | None = None,
        **variables: str,
    ) -> subprocess.CompletedProcess[str]:
        foreign = {"PYTHONPATH", "VIRTUAL_ENV", "MPLBACKEND"}
        kept = {k: v for k, v in os.environ.items() if k not in foreign}
        path = f"{self.binaries}{os.pathsep}{kept['PATH']}"
        return subprocess.run(
            [self.binaries / program, *arguments],
            cwd=cwd,
            env=kept | {"PATH": path, "PYTHONDONTWRITEBYTECODE": "1"} | variables,
            input=given or "",
            capture_output=True,
            encoding="utf-8",
            check=False,
        )


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """nb2prod with its extra, built from the checkout, and what the notebooks need."""
    directory = tmp_path_factory.mktemp("nbconvert") / "environment"
    uv = find_uv_bin()
    install = ["pip", "install", "--python", str(directory), f"{CHECKOUT}[nbconvert]"]
    for command in (
        ["venv", "--python", sys.executable, str(directory)],
        [*install, "ipykernel", "matplotlib"],
    ):
        done = subprocess.run([uv, *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return Environment(directory / ("Scripts" if os.name == "nt" else "bin"))


def write_notebook(path: Path, *cells: str, **metadata: object) -> Path:
    document = {
        "cells": [
            {
                "cell_type": "code",
                "execution_count": None,
                "id": f"cell-{number}",
                "metadata": {},
                "outputs": [],
                "source": source,
            }
            for number, source in enumerate(cells)
        ],
        "metadata": metadata,
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def files_in(directory: Path) -> set[str]:
    return {p.relative_to(directory).as_posix() for p in directory.rglob("*") if p.is_file()}


def shown(executed: Path) -> str:
    """What an executed notebook printed and showed, as text."""
    text = ""
    for cell in json.loads(executed.read_text(encoding="utf-8"))["cells"]:
        for output in cell["outputs"]:
            if output["output_type"] == "stream":
                text += "".join(output["text"])
            else:
                text += "".join(output["data"]["text/plain"]) + "\n"
    return text


def warnings_in(said: str) -> list[str]:
    return [line.partition("WARNING | ")[2] for line in said.splitlines() if "WARNING" in line]


def test_the_script_prints_what_the_notebook_prints(
    environment: Environment, tmp_path: Path
) -> None:
    content = tmp_path / "content"
    content.mkdir()
    here = [cell.replace("/content", str(content)) for cell in COLAB]
    write_notebook(tmp_path / "executed.ipynb", *here)
    executed = environment.jupyter(
        "nbconvert", "--to", "notebook", "--execute", "--inplace", "executed.ipynb",
        cwd=tmp_path, PYTHONPATH=str(STANDINS), API_KEY="abcdef",
    )  # fmt: skip
    assert executed.returncode == 0, executed.stderr
    expected = shown(tmp_path / "executed.ipynb").replace("\r\n", "\n")
    mounted, _, expected = expected.partition("\n")
    assert mounted.startswith("Mounted at ")
    figure = "<Figure size 640x480 with 1 Axes>"
    assert expected == f"Sales 3\n6\n{figure}\n{{'rows': 3, 'title': 'Sales'}}\n"

    write_notebook(tmp_path / "report.ipynb", *COLAB)
    made = environment.jupyter("nbconvert", "--to", "nb2prod", "report.ipynb", cwd=tmp_path)
    assert (made.returncode, warnings_in(made.stderr)) == (0, []), made.stderr
    assert "report needs: matplotlib==" in made.stderr
    done = environment.python("report.py", cwd=tmp_path, API_KEY="abcdef")
    assert (done.returncode, done.stdout) == (0, expected), done.stderr
    assert (tmp_path / "outputs" / "shown" / "001.png").read_bytes().startswith(b"\x89PNG")
    other = environment.python("report.py", "--title=Costs", "--rows=2", cwd=tmp_path, API_KEY="k")
    assert other.stdout == f"Costs 2\n1\n{figure}\n{{'rows': 2, 'title': 'Costs'}}\n"


def test_standard_output_takes_a_script_of_one_file(
    environment: Environment, tmp_path: Path
) -> None:
    write_notebook(tmp_path / "report.ipynb", *COLAB)
    made = environment.jupyter(
        "nbconvert", "--to", "nb2prod", "--stdout", "report.ipynb", cwd=tmp_path
    )
    assert made.returncode == 0, made.stderr
    assert files_in(tmp_path) == {"report.ipynb"}
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "job.py").write_text(made.stdout, encoding="utf-8")
    done = environment.python("job.py", cwd=alone, API_KEY="abcdef")
    assert done.stdout.startswith("Sales 3\n6\n<Figure "), done.stderr
    assert files_in(alone) == {"job.py", "outputs/shown/001.png"}


PLAIN = ("n = 2 #@param {type:'integer'}\nprint(n)",)


@pytest.mark.parametrize(
    ("options", "script", "directory"),
    [
        ((), "a b.py", "a_b_c8687a_files"),
        (("--output", "job"), "job.py", "job_files"),
        (("--output", "job.py"), "job.py", "job_files"),
        (("--output", "below/job"), "below/job.py", "below/job_files"),
        (("--output-dir", "there"), "there/a b.py", "there/a_b_c8687a_files"),
        (("--output-dir", "there", "--output", "job"), "there/job.py", "there/job_files"),
        (("--Nb2prodExporter.one_file=True", "--output", "job"), "job.py", None),
    ],
)
def test_it_goes_where_nbconvert_is_told(
    options: tuple[str, ...],
    script: str,
    directory: str | None,
    environment: Environment,
    tmp_path: Path,
) -> None:
    write_notebook(tmp_path / "a b.ipynb", *PLAIN)
    made = environment.jupyter("nbconvert", "--to", "nb2prod", *options, "a b.ipynb", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    beside = ["__init__.py", "config.py", "start.py"] if directory else []
    expected = {"a b.ipynb", script, *(f"{directory}/{file}" for file in beside)}
    assert files_in(tmp_path) == expected
    assert environment.python(script, "--n=7", cwd=tmp_path).stdout == "7\n"


def test_several_notebooks_and_standard_input(environment: Environment, tmp_path: Path) -> None:
    for number in (1, 2):
        write_notebook(tmp_path / f"part-{number}.ipynb", f"n = {number} #@param {{}}", "print(n)")
    first, second = (
        environment.jupyter("nbconvert", "--to", "nb2prod", "*.ipynb", cwd=tmp_path)
        for _ in range(2)
    )
    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert [environment.python(f"part-{n}.py", cwd=tmp_path).stdout for n in (1, 2)] == [
        "1\n",
        "2\n",
    ]
    given = (tmp_path / "part-1.ipynb").read_text(encoding="utf-8")
    piped = environment.jupyter(
        "nbconvert", "--to", "nb2prod", "--stdin", "--output", "piped", cwd=tmp_path, given=given
    )
    assert piped.returncode == 0, piped.stderr
    assert environment.python("piped.py", cwd=tmp_path).stdout == "1\n"


def test_what_needs_a_person_is_a_warning_with_its_place(
    environment: Environment, tmp_path: Path
) -> None:
    write_notebook(tmp_path / "random.ipynb", "x = 1", "y = 2\nprint(missing)")
    made = environment.jupyter("nbconvert", "--to", "nb2prod", "random.ipynb", cwd=tmp_path)
    assert made.returncode == 0
    name, line = warnings_in(made.stderr)
    assert name.startswith("random.py has the name of a module that is needed")
    assert line == "random, cell 2 line 2: missing is defined nowhere in the notebook"


def test_pasted_keys_and_who_wrote_it_stay_out(environment: Environment, tmp_path: Path) -> None:
    token = token_of("HF_TOKEN")
    author = {"name": "Whoever Wrote This", "email": "whoever@example.invalid"}
    write_notebook(tmp_path / "job.ipynb", f"token = '{token}'\nprint(token[:3])", authors=[author])
    made = environment.jupyter("nbconvert", "--to", "nb2prod", "job.ipynb", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    (warning,) = warnings_in(made.stderr)
    assert warning.startswith("job, cell 1 line 1: ")
    written = [p for p in tmp_path.rglob("*") if p.is_file() and p.suffix != ".ipynb"]
    texts = [made.stdout, made.stderr, *(p.read_text(encoding="utf-8") for p in written)]
    for value in (token, "Whoever", "whoever@"):
        assert not any(value in text for text in texts)
    assert environment.python("job.py", cwd=tmp_path, HF_TOKEN="abcdef").stdout == "abc\n"


def test_another_language_is_refused_in_words(environment: Environment, tmp_path: Path) -> None:
    kernel = {"display_name": "R", "language": "R", "name": "ir"}
    write_notebook(tmp_path / "job.ipynb", "x <- 1", kernelspec=kernel)
    made = environment.jupyter("nbconvert", "--to", "nb2prod", "job.ipynb", cwd=tmp_path)
    assert made.returncode == 1
    assert "The notebook is written in R; only Python notebooks can be converted." in made.stderr
    assert files_in(tmp_path) == {"job.ipynb"}


def test_a_notebook_in_memory_keeps_its_outputs(environment: Environment, tmp_path: Path) -> None:
    """As Jupyter's server calls it: with a node, a name, and no application."""
    write_notebook(tmp_path / "job.ipynb", "!echo a")
    program = """
import nbformat
from nbconvert.exporters import get_exporter
node = nbformat.read("job.ipynb", as_version=4)
exporter = get_exporter("nb2prod")()
given = {"metadata": {"name": "job", "path": "", "custom": 1}, "outputs": {"a.png": b"a"}}
text, resources = exporter.from_notebook_node(node, resources=given)
print(resources["output_extension"], exporter.output_mimetype, resources["metadata"]["custom"])
print(*sorted(resources["outputs"]))
print(text == exporter.from_filename("job.ipynb")[0] == exporter.from_notebook_node(node, given)[0])
assert {type(data) for data in resources["outputs"].values()} == {bytes}
"""
    done = environment.python("-c", program, cwd=tmp_path)
    files = "job_files/__init__.py job_files/config.py job_files/shell.py job_files/start.py"
    assert done.stdout == f".py text/x-python 1\na.png {files}\nTrue\n", done.stderr


def test_nbconvert_lists_it_and_loads_little_for_it(
    environment: Environment, tmp_path: Path
) -> None:
    program = """
import sys
from nbconvert.exporters import get_export_names
assert "nb2prod" in get_export_names()
print(*sorted(name for name in sys.modules if name.startswith(("nb2prod", "libcst"))))
"""
    done = environment.python("-c", program, cwd=tmp_path)
    assert done.stdout == "nb2prod nb2prod.exporter nb2prod.version\n", done.stderr
