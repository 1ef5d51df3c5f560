"""`nb2prod inspect`, the real command in a process of its own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

RunCli = Callable[..., subprocess.CompletedProcess[str]]
WriteNotebook = Callable[..., Path]

SOURCE = """\
!pip install -q pandas==2.2.3
import pandas as pd
import surely_nobody_has_this
import helper
x = 3  #@param {type: "integer"}
"""


def test_json_holds_facts_dependencies_and_ledger_in_the_order_given(
    run_cli: RunCli, write_notebook: WriteNotebook, tmp_path: Path
) -> None:
    write_notebook(tmp_path / "a.ipynb", "%%writefile helper.py\ny = 1", SOURCE)
    done = run_cli("inspect", "--json", "missing.ipynb", "a.ipynb")
    assert done.returncode == 2
    missing, shown = (json.loads(line) for line in done.stdout.splitlines())
    assert "error" in missing
    answers = {found["module"]: found for found in shown["dependencies"]}
    assert answers["pandas"]["distribution"] == "pandas"
    assert (answers["pandas"]["version"], answers["pandas"]["answered_by"]) == ("2.2.3", "install")
    assert answers["pandas"]["evidence"][0] == {
        "kind": "pinned", "detail": "pandas==2.2.3", "cell": 2, "line": 1, "conflict": False,
    }  # fmt: skip
    assert answers["helper"]["answered_by"] == "local"
    assert answers["helper"]["distribution"] is None
    assert answers["surely_nobody_has_this"]["answered_by"] == "same-name-unverified"
    assert answers["surely_nobody_has_this"]["version"] is None
    assert shown["facts"]["parameters"][0]["name"] == "x"
    assert shown["ledger"]["lines"] == 7
    assert shown["layout"]["rung"] == "main"
    assert shown["sections"] == []
    assert shown["attention"][0]["cell"] == 2


def test_people_read_it_too_and_the_code_tells_attention(
    run_cli: RunCli, write_notebook: WriteNotebook, tmp_path: Path
) -> None:
    write_notebook(tmp_path / "a.ipynb", SOURCE)
    done = run_cli("inspect", "a.ipynb")
    assert done.returncode == 1
    assert "pandas==2.2.3" in done.stdout
    fates = done.stdout.partition("lines by cell:\n")[2].splitlines()
    assert [line.split(maxsplit=5)[:5] for line in fates[:3]] == [
        ["cell", "1", "line", "1", "hoisted"],
        ["cell", "1", "lines", "2-4", "kept"],
        ["cell", "1", "line", "5", "hoisted"],
    ]
    assert "layout:      main: the notebook has no parts" in done.stdout
    write_notebook(tmp_path / "b.ipynb", "x = 1")
    assert run_cli("inspect", "b.ipynb").returncode == 0


def test_what_is_served_and_over_how_many_machines_is_told(
    run_cli: RunCli, write_notebook: WriteNotebook, tmp_path: Path
) -> None:
    cells = (
        "!uvicorn main:app --host 127.0.0.1 --port 80",
        "!torchrun --nnodes 2 --nproc_per_node 8 t.py",
    )
    write_notebook(tmp_path / "a.ipynb", *cells)
    shown = run_cli("inspect", "a.ipynb").stdout
    assert "service:     fastapi, port 80, on 127.0.0.1 alone (cell 1 line 1)" in shown
    assert "nodes:       2 machines, torch (cell 2 line 1)" in shown
    assert "gpus:        8 in each machine (cell 2 line 1)" in shown
    facts = json.loads(run_cli("inspect", "--json", "a.ipynb").stdout)["facts"]
    assert (facts["service"]["kind"], facts["service"]["port"]) == ("fastapi", 80)
    assert (facts["nodes"]["machines"], facts["gpus"]["number"]) == (2, 8)
