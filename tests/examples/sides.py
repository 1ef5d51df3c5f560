"""Both sides of an example: the notebook as it is, and the package that is converted from it.

They run in one environment, each on its own copy of the example's Drive.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nb2prod
from nb2prod.verification.model import Tolerance
from nb2prod.verification.texts import LineDifference, Normaliser, differing_lines

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parents[1] / "examples"
STANDINS = Path(nb2prod.__file__).parent / "verification" / "inside" / "standins"

# What `%%writefile` says of itself. Verification marks it in its own kernel; these notebooks run in
# a plain one.
_WRITES = re.compile(r"^(Writing|Overwriting) \w+\.py\n", re.MULTILINE)


@dataclass(frozen=True)
class Side:
    """One run: its directory, its Drive, what it printed, and what it said on standard error."""

    directory: Path
    drive: Path
    printed: str
    messages: str

    def files(self) -> list[Path]:
        """The files on its Drive."""
        return sorted(path.relative_to(self.drive) for path in self.drive.rglob("*.*"))


@dataclass(frozen=True)
class Example:
    """An example by its name, and the directory that its runs are made in."""

    name: str
    work: Path

    @property
    def notebook(self) -> Path:
        """The notebook itself."""
        return EXAMPLES / self.name / f"{self.name}.ipynb"

    @property
    def drive(self) -> Path:
        """What stands for the user's Drive; read only."""
        return EXAMPLES / self.name / "drive" / "MyDrive"

    def convert(self, *, cpu: bool = False) -> Path:
        """The directory of the project, for the Python that runs this."""
        options = nb2prod.Options(python=f"3.{sys.version_info.minor}", cpu=cpu, lock="never")
        done = nb2prod.convert(self.notebook, self.work / "project", options)
        assert done.complete
        return done.directory

    def run_notebook(
        self,
        python: Path,
        *,
        run: str = "notebook",
        fields: Mapping[str, object] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Side:
        """Execute the notebook with other values in the named form fields."""
        directory = self.work / run
        content = directory / "content"
        drive = content / "drive" / "MyDrive"
        shutil.copytree(self.drive, drive)
        output = directory / "printed.txt"
        changes = [f"{name}={value!r}" for name, value in (fields or {}).items()]
        command: list[str | Path] = [
            python,
            HERE / "execute_notebook.py",
            self.notebook,
            content,
            output,
            *changes,
        ]
        messages = _run(command, directory, {"PYTHONPATH": str(STANDINS), **(environment or {})})
        text = output.read_text(encoding="utf-8").replace("\r\n", "\n").replace(str(drive), "DRIVE")
        return Side(directory, drive, text, messages.stderr)

    def run_package(
        self,
        python: Path,
        project: Path,
        *,
        run: str = "package",
        drive: Path | None = None,
        options: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> Side:
        """Run the package on a copy of `drive` (else the example's own) in an empty directory."""
        directory = self.work / run
        data, elsewhere = directory / "data", directory / "elsewhere"
        shutil.copytree(drive or self.drive, data)
        elsewhere.mkdir()
        command: list[str | Path] = [python, "-m", self.name, *options]
        variables = {"PYTHONPATH": str(project / "src"), "DATA_DIR": str(data)}
        done = _run(command, elsewhere, {**variables, **(environment or {})})
        return Side(directory, data, done.stdout.replace(str(data), "DRIVE"), done.stderr)

    def saved_text(self) -> str:
        """The text of the outputs that the notebook was saved with."""
        text = ""
        for cell in json.loads(self.notebook.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                if output["output_type"] == "stream":
                    text += "".join(output["text"])
                elif output["output_type"] == "execute_result":
                    text += "".join(output["data"]["text/plain"]) + "\n"
        return text.replace("\r\n", "\n").replace("/content/drive/MyDrive", "DRIVE")


def lines_of(printed: str) -> list[str]:
    """The lines of a printed text that belong to the result, as verification's comparer has them:
    what magics say and measure is none.
    """
    return Normaliser().text(_WRITES.sub("", printed))


def differing(one: Sequence[str], other: Sequence[str]) -> list[LineDifference]:
    """Where two sides' lines differ; they were computed in one environment, and no number may."""
    return differing_lines(one, other, Tolerance(relative=0.0, absolute=0.0), Counter())


def _run(
    command: Sequence[str | Path], directory: Path, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command,
        cwd=directory,
        env={**os.environ, **variables},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done


def uv_environment(directory: Path, project: Path, version: str = sys.executable) -> Path:
    """The interpreter of a new environment with the project's pins and what executes a notebook.

    `version` is the Python to take, by default the one that runs this.
    """
    uv: list[str | Path] = [sys.executable, "-m", "uv"]
    python = directory / "bin" / "python"
    subprocess.run([*uv, "venv", "--quiet", "--python", version, directory], check=True)
    install: list[str | Path] = [*uv, "pip", "install", "--quiet", "--python", python]
    lock = project / "requirements.lock"
    subprocess.run([*install, "--requirement", lock, "nbclient", "ipykernel"], check=True)
    return python
