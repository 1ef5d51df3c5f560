"""A whole project, byte for byte, as it was when somebody last read it.

`golden/` holds each file under its own name and `.golden`, so that no tool takes one for its own.
After a change on purpose: `NB2PROD_UPDATE_GOLDEN=1 pytest tests/project/test_golden.py`, then read
the difference.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from nb2prod.migration import Migration
from nb2prod.project.files import render

GOLDEN = Path(__file__).parent / "golden" / "customer-churn-v2"


def test_a_project_is_what_it_was(churn_migration: Migration) -> None:
    files = {f"{name}.golden": content for name, content in render(churn_migration).items()}
    if os.environ.get("NB2PROD_UPDATE_GOLDEN") == "1":
        shutil.rmtree(GOLDEN, ignore_errors=True)
        for name, content in files.items():
            (GOLDEN / name).parent.mkdir(parents=True, exist_ok=True)
            (GOLDEN / name).write_bytes(content)
    kept = {
        path.relative_to(GOLDEN).as_posix(): path.read_bytes()
        for path in GOLDEN.rglob("*")
        if path.is_file()
    }
    assert sorted(files) == sorted(kept)
    for name, content in files.items():
        assert content.decode() == kept[name].decode(), name
