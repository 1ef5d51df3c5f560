"""Both sides of an example that has no Drive: it reads Kaggle's input, or what lies beside it.

Each side runs in a directory of its own, which is also what it is compared by: `Side.drive` is
that directory here.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.examples.sides import EXAMPLES, HERE, STANDINS, Example, Side, _run

# Kaggle's directories; the rest of a longer path or of an address is none.
_KAGGLE = re.compile(r"(?<![\w./])/kaggle/(?=(?:input|working|temp)\b)")


class KaggleExample(Example):
    """An example whose `input/` stands for Kaggle's input; it runs in `/kaggle/working`."""

    @property
    def drive(self) -> Path:
        """What stands for `/kaggle/input`; read only."""
        return EXAMPLES / self.name / "input"

    def run_notebook(
        self,
        python: Path,
        *,
        run: str = "notebook",
        fields: Mapping[str, object] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Side:
        """Execute the notebook as Kaggle does when a version of it is saved."""
        kaggle = self.work / run / "kaggle"
        shutil.copytree(self.drive, kaggle / "input")
        # Not Kaggle's place, so that what is compared holds no notebook.
        moved = kaggle / self.notebook.name
        text = self.notebook.read_text(encoding="utf-8")
        moved.write_text(_KAGGLE.sub(lambda _: f"{kaggle}/", text), encoding="utf-8")
        variables = {"KAGGLE_KERNEL_RUN_TYPE": "Batch", **(environment or {})}
        side = executed(python, moved, kaggle / "working", fields, variables)
        printed = side.printed.replace(str(kaggle / "input"), "INPUT")
        return Side(side.directory, side.drive, printed, side.messages)

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
        """Run the package in an empty directory; `drive` takes the place of the example's input."""
        data, working = self.work / run / "input", self.work / run / "working"
        shutil.copytree(drive or self.drive, data)
        variables = {"DATA_DIR": str(data), **(environment or {})}
        side = packaged(python, project, self.name, working, options, variables)
        printed = side.printed.replace(str(data), "INPUT")
        return Side(side.directory, side.drive, printed, side.messages)

    def saved_text(self) -> str:
        """The text of the outputs that the notebook was saved with."""
        return saved(self.notebook).replace("/kaggle/input", "INPUT")


class LocalExample(Example):
    """An example that reads what lies in `data/` beside it."""

    @property
    def drive(self) -> Path:
        """What lies beside the notebook; read only."""
        return EXAMPLES / self.name / "data"

    def run_notebook(
        self,
        python: Path,
        *,
        run: str = "notebook",
        fields: Mapping[str, object] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Side:
        """Execute the notebook in a directory that holds its data."""
        working = self.work / run / "working"
        shutil.copytree(self.drive, working / "data")
        return executed(python, self.notebook, working, fields, environment or {})

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
        """Run the package in a directory that holds the example's data, or that in `drive`."""
        working = self.work / run / "working"
        shutil.copytree(drive or self.drive, working / "data")
        return packaged(python, project, self.name, working, options, environment or {})

    def saved_text(self) -> str:
        """The text of the outputs that the notebook was saved with."""
        return saved(self.notebook)


def executed(
    python: Path,
    notebook: Path,
    working: Path,
    fields: Mapping[str, object] | None,
    variables: Mapping[str, str],
) -> Side:
    """Execute a notebook in `working`, which is made when it is not there."""
    working.mkdir(exist_ok=True)
    output = working.parent / "printed.txt"
    changes = [f"{name}={value!r}" for name, value in (fields or {}).items()]
    execute: list[str | Path] = [python, HERE / "execute_notebook.py", notebook, working, output]
    done = _run([*execute, *changes], working, {"PYTHONPATH": str(STANDINS), **variables})
    text = output.read_text(encoding="utf-8").replace("\r\n", "\n")
    return Side(working.parent, working, text, done.stderr)


def saved(notebook: Path) -> str:
    """The text of the outputs that a notebook was saved with, figures and frames included."""
    text = ""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            if output["output_type"] == "stream":
                text += "".join(output["text"])
            else:
                text += "".join(output["data"]["text/plain"]) + "\n"
    return text.replace("\r\n", "\n")


def packaged(
    python: Path,
    project: Path,
    package: str,
    working: Path,
    options: Sequence[str],
    variables: Mapping[str, str],
) -> Side:
    """Run a package in `working`; the pictures that it saves go beside that."""
    working.mkdir(exist_ok=True)
    own = {"PYTHONPATH": str(project / "src"), "OUTPUT_DIR": str(working.parent / "outputs")}
    done = _run([python, "-m", package, *options], working, {**own, **variables})
    return Side(working.parent, working, done.stdout, done.stderr)
