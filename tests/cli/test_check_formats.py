"""`nb2prod check --output-format` as a process, with files and with standard input."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import nb2prod
from nb2prod.hygiene.reporters import FOR_PEOPLE, FORMATS
from tests.hygiene.build import written

RunCli = Callable[..., subprocess.CompletedProcess[str]]

BAD = written("import os\n!pip install x==1\n", "def f():\n\timport google.colab\n")
RULES = ("--isolated", "--select", "NB303,NB501")


def from_stdin(content: bytes, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "nb2prod", "check", *RULES, *arguments, "-"],
        input=content,
        capture_output=True,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(Path(nb2prod.__file__).parents[1])},
        check=False,
    )


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_of_files_and_of_standard_input(
    run_cli: RunCli, tmp_path: Path, name: str
) -> None:
    wanted = ("--output-format", name)
    path = tmp_path / "bad.ipynb"
    path.write_bytes(BAD)
    done = run_cli("check", *RULES, *wanted)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.count("NB501") >= 1
    assert ("2 findings in 1 notebook." in done.stdout) == (name in FOR_PEOPLE)
    counted = run_cli("check", *RULES, *wanted, "--statistics").stdout
    assert counted == (STATISTICS if name in FOR_PEOPLE else done.stdout)
    # What standard input holds is not looked for on the disk, whatever it is called.
    path.write_bytes(b"{")
    named = (*wanted, "--stdin-filename", "bad.ipynb")
    assert from_stdin(BAD, *named, cwd=tmp_path).stdout.decode() == done.stdout
    # With --fix, places are those in the notebook as it is then.
    fixed = from_stdin(BAD, *named, "--fix", cwd=tmp_path)
    path.write_bytes(fixed.stdout)
    after = run_cli("check", *RULES, *wanted).stdout
    assert "NB501" in after
    assert "NB303" not in after
    assert fixed.stderr.decode().replace(" (1 fixed)", "") == after


STATISTICS = "1  NB303  shell-install\n1  NB501  colab-api\n"


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_in_a_terminal_that_has_ascii_alone(
    run_cli: RunCli, tmp_path: Path, name: str
) -> None:
    (tmp_path / "ä.ipynb").write_bytes(written("'é'\nimport google.colab\n"))
    wanted = ("check", *RULES, "--output-format", name)
    shown = run_cli(*wanted, env={"PYTHONIOENCODING": "ascii"})
    assert (shown.returncode, shown.stderr) == (1, "")
    assert shown.stdout.isascii()
    # Formats for programs are the same wherever they are written.
    run_cli(*wanted, "-o", "found.txt")
    in_file = (tmp_path / "found.txt").read_text(encoding="utf-8")
    assert (in_file == shown.stdout) == (name not in (*FOR_PEOPLE, "github"))
