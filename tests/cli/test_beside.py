"""A notebook with files beside it: the project carries them, and runs like the notebook."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.analysis.fake_tokens import token_of

RunCli = Callable[..., subprocess.CompletedProcess[str]]
WriteNotebook = Callable[..., Path]

CELLS = (
    "%pip install -q -r requirements.txt",
    "import readings\nfrom plots import line\nimport test, config",
    "%run helpers.py 3",
    "print(readings.mean([1, 2, 3]), line(4), scaled(2), test.NAME, config.NAME)",
)
FILES = {
    "readings.py": b"import yaml\nfrom units import kelvin\n\n\ndef mean(values):\n"
    b"    return kelvin(yaml.safe_load(str(sum(values) / len(values))))\n",
    # Nobody's formatting but its author's.
    "units.py": b"\xef\xbb\xbfdef kelvin( c ):\r\n\treturn c+273.15 # \xc3\xa9\r\n",
    "plots/__init__.py": b"from .lines import line\n",
    "plots/lines.py": b"def line(x):\n    return '-' * x\n",
    "helpers.py": b"import sys\nfactor = int(sys.argv[1])\n\n"
    b"def scaled(x):\n    return x * factor\n",
    "test.py": b"NAME = 'test'\n",
    "config.py": b"NAME = 'config'\n",
    "requirements.txt": b"PyYAML==6.0.2  # exact\n"
    b"pywin32==1; sys_platform == 'win32'\n-r more.txt\n",
    "more.txt": b"-r requirements.txt\n",
    "unneeded.py": b"import numpy\n",
}
COPIED = sorted(set(FILES) - {"requirements.txt", "more.txt", "unneeded.py"})


@pytest.fixture
def notebook(tmp_path: Path, write_notebook: WriteNotebook) -> Path:
    """A notebook of the name of one of the modules beside it."""
    directory = tmp_path / "notebooks"
    for name, content in FILES.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(content)
    return write_notebook(directory / "readings.ipynb", *CELLS)


def test_the_project_runs_with_what_lies_beside_the_notebook(
    run_cli: RunCli, notebook: Path, tmp_path: Path
) -> None:
    done = run_cli("convert", notebook, "--cpu", "-o", "job")
    assert done.returncode == 0, done.stdout + done.stderr
    project = tmp_path / "job"
    assert (project / "requirements.lock").read_text().splitlines()[1:] == ["pyyaml==6.0.2"]
    for name in COPIED:
        assert (project / "src" / name).read_bytes() == FILES[name]

    manifest = json.loads((project / "nb2prod.json").read_text())
    assert manifest["package"] == "readings_job"
    hashes = {name: hashlib.sha256(FILES[name]).hexdigest() for name in COPIED}
    copies = {name: manifest["files"].get(f"src/{name}") for name in COPIED}
    assert copies == hashes
    assert not [name for name in manifest["files"] if "unneeded" in name or "more.txt" in name]
    ledger = manifest["ledger"]
    assert sum(entry["lines"] for entry in ledger["entries"]) == ledger["lines"] == 6
    readme = (project / "README.md").read_text()
    [listed] = [line for line in readme.splitlines() if line.startswith("Copied from beside")]
    assert all(f"`src/{name}`" in listed for name in COPIED)

    # Nothing of the notebook's own directory is needed any more.
    shutil.rmtree(notebook.parent)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    ran = subprocess.run(
        [sys.executable, "-m", "readings_job"],
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": str(project / "src")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "275.15 ---- 6 test config\n"


def test_the_same_files_give_the_same_project(
    run_cli: RunCli, notebook: Path, tmp_path: Path
) -> None:
    """In another directory, made in another order, with more beside them."""
    other = tmp_path / "other"
    for name in reversed([*FILES, "readings.ipynb"]):
        (other / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(notebook.parent / name, other / name)
    (other / "another.py").write_text("import pandas")
    made = []
    for number, path in enumerate((notebook, other / "readings.ipynb")):
        assert run_cli("convert", path, "--cpu", "-o", f"job{number}").returncode == 0
        root = tmp_path / f"job{number}"
        made.append({p.relative_to(root): p.read_bytes() for p in root.rglob("*") if p.is_file()})
    assert made[0] == made[1]


def test_the_wheel_takes_the_copies_along(run_cli: RunCli, notebook: Path, tmp_path: Path) -> None:
    assert run_cli("convert", notebook, "--cpu", "-o", "job").returncode == 0
    document = tomllib.loads((tmp_path / "job" / "pyproject.toml").read_text())
    packages = document["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert packages == [
        "src/readings_job",
        "src/config.py",
        "src/helpers.py",
        "src/plots",
        "src/readings.py",
        "src/test.py",
        "src/units.py",
    ]


@pytest.mark.parametrize(
    ("cells", "name", "text", "said"),
    [
        (
            ["import a"],
            "a.py",
            "x = 1\nopen('/content/drive/MyDrive/x.csv')\n",
            "cell 1 line 1: a.py lies beside the notebook and is not copied: line 2 uses",
        ),
        (
            ["x = 1", "%run a.py"],
            "a.py",
            "from google.colab import drive\n",
            "cell 2 line 1: a.py lies beside the notebook and is not copied: line 1 uses google.",
        ),
        (
            ["!python a.py"],
            "a.py",
            "x = 1\n",
            "cell 1 line 1: a.py lies beside the notebook and is run as a program: it has to lie",
        ),
        (
            ["import a"],
            "a.py",
            "import nobody_knows_this_module\n",
            "cell 1 line 1: the module nobody_knows_this_module, which a.py imports, comes from no",
        ),
        (
            ["!pip install -r a.txt"],
            "a.txt",
            "-e .\n",
            "installs the local project . (a.txt line 1)",
        ),
    ],
)
def test_what_needs_a_person(
    run_cli: RunCli,
    write_notebook: WriteNotebook,
    tmp_path: Path,
    cells: list[str],
    name: str,
    text: str,
    said: str,
) -> None:
    (tmp_path / name).write_text(text)
    done = run_cli("convert", write_notebook(tmp_path / "n.ipynb", *cells), "-o", "job")
    assert done.returncode == 1
    assert said in " ".join(done.stdout.split())
    assert done.stdout.count("lies beside") == said.count("lies beside")
    copied = (tmp_path / "job" / "src" / name).is_file()
    assert copied is ("nobody" in text)


def test_a_secret_in_a_file_is_nowhere(
    run_cli: RunCli, write_notebook: WriteNotebook, tmp_path: Path
) -> None:
    token = token_of("OPENAI_API_KEY")
    (tmp_path / "a.py").write_text(f"def f():\n    return '{token}'\n")
    (tmp_path / "r.txt").write_text(
        f"--extra-index-url https://host.invalid/{token}/simple\nnumpy\n"
    )
    path = write_notebook(tmp_path / "n.ipynb", "!pip install -r r.txt\nimport a\n%run a.py")
    done = run_cli("convert", path, "-o", "job")
    shown = run_cli("inspect", path, "--json")
    assert (done.returncode, shown.returncode) == (1, 1)
    assert (
        "a.py lies beside the notebook and is not copied: line 2 holds an OpenAI key"
        in " ".join(done.stdout.split())
    )
    written = [p.read_bytes() for p in (tmp_path / "job").rglob("*") if p.is_file()]
    assert written
    for text in (done.stdout, done.stderr, shown.stdout, shown.stderr):
        assert token not in text
    assert not [content for content in written if token.encode() in content]


def test_inspect_tells_of_modules_beside_the_notebook(run_cli: RunCli, notebook: Path) -> None:
    found = json.loads(run_cli("inspect", notebook, "--json").stdout)
    answers = {one["module"]: one["answered_by"] for one in found["dependencies"]}
    assert answers["readings"] == answers["plots"] == answers["test"] == "local"
    assert answers["yaml"] == "install"
    beside = found["facts"]["beside"]
    assert sorted(one["path"] for one in beside if one["copied"]) == COPIED
    assert len(beside) == len(COPIED)
