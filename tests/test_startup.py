"""The lower floors start in milliseconds: importing them loads the standard library alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import nb2prod
from tests.hygiene.build import code, text, written

# Imports each named package with all its modules, then prints the third-party packages this loaded.
# What was there before is not counted: environments load packages of their own at start-up.
PROBE = """
import importlib, pkgutil, sys
before = set(sys.modules)
for name in sys.argv[1:]:
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(getattr(package, "__path__", []), name + "."):
        importlib.import_module(module.name)
loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(loaded - sys.stdlib_module_names - {"nb2prod"}))
"""

# `hygiene` stands on these rooms and starts as they do.
ROOMS = [
    "nb2prod.data",
    "nb2prod.notebook",
    "nb2prod.analysis",
    "nb2prod.hygiene",
]


def third_party(*names: str) -> list[str]:
    sources = Path(nb2prod.__file__).resolve().parents[1]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
    process = subprocess.run(
        [sys.executable, "-c", PROBE, *names],
        env=kept | {"PYTHONPATH": str(sources)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return process.stdout.split()


@pytest.mark.parametrize("room", ROOMS)
def test_a_lower_floor_loads_the_standard_library_alone(room: str) -> None:
    assert third_party(room) == []


def test_the_probe_sees_a_third_party_package() -> None:
    assert "packaging" in third_party("packaging.version")


# Checks a notebook and prints which modules this loaded.
CHECKING = """
import sys
before = set(sys.modules)
from nb2prod.cli import main
assert main(["check", "nb.ipynb"]) == 0
print(*sorted(set(sys.modules) - before))
"""
# What takes as long to load as a small notebook takes to check, or longer.
SLOW = frozenset(
    "dataclasses inspect pathlib datetime tomllib shutil tempfile zipfile importlib.resources"
    " concurrent.futures multiprocessing subprocess logging platformdirs nbformat jsonschema"
    " packaging libcst rich jinja2 yaml uv".split()
)
STREAM = {"output_type": "stream", "name": "stdout", "text": ["1\n"]}
CLEAN = {
    "code": written(text("# Title"), "import os\nprint(os.name)\n", "def f(a):\n    return [a]\n"),
    "nothing": written(),
    "magics": written("%matplotlib inline\n!ls\n", "%%time\nx = 1\n", "print(x)\n"),
    "installs": written("%pip install numpy==2.1.0\n", "import numpy as np\nprint(np.pi)\n"),
    "outputs": written(code("print(1)\n", outputs=[STREAM], execution_count=1)),
    "suppressed": written("!pip install a==1  # noqa: NB303\n"),
}


def loaded_by_a_check(directory: Path) -> set[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
    process = subprocess.run(
        [sys.executable, "-c", CHECKING],
        cwd=directory,
        env=kept | {"PYTHONPATH": str(Path(nb2prod.__file__).resolve().parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return set(process.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("name", CLEAN)
def test_a_check_loads_nothing_slow(tmp_path: Path, name: str) -> None:
    (tmp_path / "nb.ipynb").write_bytes(CLEAN[name])
    first, second = loaded_by_a_check(tmp_path), loaded_by_a_check(tmp_path)
    assert first & SLOW == set()
    assert second & SLOW == set()
    # What is remembered is not checked again.
    rule = "nb2prod.hygiene.rules.nb101_invalid_notebook"
    assert rule in first
    assert rule not in second


def test_a_check_loads_the_rules_that_may_find_something(tmp_path: Path) -> None:
    (tmp_path / "nb.ipynb").write_bytes(CLEAN["code"])
    rules = [name for name in loaded_by_a_check(tmp_path) if ".rules.nb" in name]
    assert 0 < len(rules) < 20
