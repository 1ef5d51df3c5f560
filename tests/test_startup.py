"""The lower floors start in milliseconds: importing them loads the standard library alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import nb2prod

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
