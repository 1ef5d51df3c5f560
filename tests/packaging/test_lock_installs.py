"""Locks of two notebooks of the benchmark, installed into a clean environment."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import nb2prod
from benchmarks.lock_installs import install
from benchmarks.lock_notebooks import CASES
from nb2prod.core import lock

pytestmark = [pytest.mark.packaging, pytest.mark.network, pytest.mark.slow]

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.mark.parametrize(
    ("name", "from_source"),
    [("columns on a laptop", ()), ("an agent at a pole", ("docopt", "gym"))],
)
def test_a_lock_installs_and_everything_imports(
    name: str, from_source: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NB2PROD_CACHE_DIR", str(tmp_path / "cache"))
    case = next(case for case in CASES if case.name == name)
    migration = lock(nb2prod.plan(case.notebook(), nb2prod.Options(python=MINOR, cpu=True)))
    if migration.lock.mode == "no-index":
        pytest.skip(migration.lock.reason)
    assert migration.lock.mode == "locked", migration.lock.reason
    assert migration.lock.complete, migration.lock.reason
    assert migration.lock.hashed
    assert migration.lock.from_source == from_source

    done = install(migration, case.statements, tmp_path, sys.executable)

    assert done.failed == ""
    assert done.versions == migration.lock.versions
