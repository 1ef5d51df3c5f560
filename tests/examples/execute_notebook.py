"""Run a notebook with nbclient and write down what it printed and showed, as text.

A program of its own, because it runs in the environment that the notebook needs:
`python execute_notebook.py NOTEBOOK CONTENT OUTPUT [FIELD=VALUE ...]`. `CONTENT` is the directory
that takes the place of Colab's `/content`; install lines are left out, as the environment is there
already. Each `FIELD` of the notebook's forms gets its `VALUE`, a Python literal, as if a person had
typed it in.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

INSTALLS = re.compile(r"^[!%](pip|apt-get) .*$", re.MULTILINE)


def main(notebook: Path, content: Path, output: Path, fields: dict[str, str]) -> None:
    """Execute the notebook at `notebook` and write the text of its outputs to `output`."""
    document = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    for cell in document.cells:
        if cell.cell_type == "code":
            cell.source = INSTALLS.sub("", cell.source).replace("/content", str(content))
    for field, value in fields.items():
        fill_in(document, field, value)
    os.chdir(content)
    NotebookClient(document, timeout=300, kernel_name="python3").execute()
    texts = [shown(item) for cell in document.cells for item in cell.get("outputs", [])]
    output.write_text("".join(texts), encoding="utf-8")


def fill_in(document: nbformat.NotebookNode, field: str, value: str) -> None:
    """Give a form field another value; ValueError when no form has that field."""
    assignment = re.compile(rf"^{field} = .*?(?=\s*#\s*@param)", re.MULTILINE)
    cells = [cell for cell in document.cells if assignment.search(cell.source)]
    if not cells:
        raise ValueError(f"no form has the field {field}")
    for cell in cells:
        cell.source = assignment.sub(lambda _: f"{field} = {value}", cell.source)


def shown(output: nbformat.NotebookNode) -> str:
    """The text of one output: what was printed, or the text form of a displayed value."""
    if output.output_type == "stream":
        return str(output.text) if output.name == "stdout" else ""
    if output.output_type in ("execute_result", "display_data"):
        return str(output.data["text/plain"]) + "\n"
    if output.output_type == "error":
        raise RuntimeError(f"the notebook failed: {output.ename}: {output.evalue}")
    raise ValueError(f"an output of the kind {output.output_type}")


if __name__ == "__main__":
    notebook, content, output = (Path(argument).resolve() for argument in sys.argv[1:4])
    main(notebook, content, output, dict(argument.split("=", 1) for argument in sys.argv[4:]))
