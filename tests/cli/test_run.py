"""What `nb2prod run` says of a command line that it cannot use; tests/container has the runs."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

RunCli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["there", "--epochs", "3"], "--epochs 3; the program's own options go behind --"),
        (["--epochs", "3", "--", "-v"], "--epochs; the program's own options go behind --"),
        (["--port", "0"], "'0' is no port: those are 1 to 65535"),
        (["--port", "http"], "'http' is no port: those are 1 to 65535"),
    ],
)
def test_words_that_it_does_not_know(run_cli: RunCli, words: list[str], said: str) -> None:
    done = run_cli("run", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: nb2prod run [options] [PROJECT] [-- OPTION ...]\n")
    assert done.stderr.endswith(f"{said}\n")


def test_words_that_others_do_not_know(run_cli: RunCli) -> None:
    done = run_cli("build", "there", "--epochs", "3")
    assert done.returncode == 2
    assert done.stderr.endswith("error: unrecognized arguments: --epochs 3\n")


@pytest.mark.parametrize(("command", "code"), [("run", 125), ("build", 2), ("sbom", 2)])
def test_a_notebook_is_no_project(run_cli: RunCli, tmp_path: Path, command: str, code: int) -> None:
    (tmp_path / "a b.ipynb").write_text("{}", "utf-8")
    done = run_cli(command, "a b.ipynb")
    assert (done.returncode, done.stdout) == (code, "")
    assert (
        "is a notebook, and has to be converted first: nb2prod convert 'a b.ipynb'" in done.stderr
    )
    (tmp_path / "file").touch()
    assert "file is no directory: name that of a project." in run_cli(command, "file").stderr
