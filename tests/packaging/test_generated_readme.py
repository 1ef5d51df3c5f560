"""A converted project's own README: its commands, run literally in a fresh environment."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import nb2prod

EXAMPLE = Path(__file__).parents[2] / "examples" / "customer_churn"

pytestmark = [pytest.mark.packaging, pytest.mark.network]


def test_the_commands_of_the_readme_work(tmp_path: Path) -> None:
    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    options = nb2prod.Options(python=minor)
    project = nb2prod.convert(EXAMPLE / "customer_churn.ipynb", tmp_path / "project", options)
    shutil.copytree(EXAMPLE / "drive" / "MyDrive", tmp_path / "project" / "data")
    # The README says pythonX.Y; on a machine with that Python the name is on the path.
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / f"python{minor}").symlink_to(Path(sys.base_prefix, "bin", "python3"))
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment["PATH"] = f"{tmp_path / 'bin'}{os.pathsep}{environment['PATH']}"

    readme = project.files["README.md"].decode()
    blocks = re.findall(r"^```sh\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 2
    printed = ""
    for block in blocks:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=project.directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        printed += done.stdout
    assert "reloaded model gives the same scores: True" in printed
    assert (project.directory / "data" / "churn" / "churn_model.joblib").is_file()
