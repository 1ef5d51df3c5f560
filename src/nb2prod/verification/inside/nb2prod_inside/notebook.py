"""Runs a notebook with nbclient, cell by cell: `start.py notebook REQUEST`.

The request is a JSON file: the `notebook` with its cells' sources, the `directory` it runs in,
`progress` (a file that is told each cell's number before it runs), `executed` (where the notebook
with its outputs goes), `error` (where an error that ended it goes) and what the kernel needs.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Run the notebook; 0 when it ran to its end, 1 when a cell failed."""
    with open(arguments[0], encoding="utf-8") as file:
        request: dict[str, Any] = json.load(file)
    os.environ["NB2PROD_REQUEST"] = os.path.abspath(arguments[0])
    _kernel_spec(request)
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    document = nbformat.from_dict(request["notebook"])
    numbers: list[int] = request["numbers"]
    client = NotebookClient(
        document,
        timeout=None,
        kernel_name="nb2prod",
        resources={"metadata": {"path": request["directory"]}},
    )
    error: dict[str, object] | None = None
    with client.setup_kernel():
        for index, cell in enumerate(document.cells):
            with open(request["progress"], "a", encoding="utf-8") as progress:
                progress.write(f"{numbers[index]}\n")
            try:
                client.execute_cell(cell, index)
            except CellExecutionError as failure:
                error = {"name": failure.ename, "text": failure.evalue}
            except DeadKernelError:
                error = {"name": "DeadKernelError", "text": "the kernel died"}
            if error is not None:
                error["cell"] = numbers[index]
                break
        if error is None:
            record = nbformat.v4.new_code_cell("get_ipython().nb2prod_record()")
            document.cells.append(record)
            client.execute_cell(record, len(document.cells) - 1, store_history=False)
            document.cells.pop()
    with open(request["executed"], "w", encoding="utf-8", errors="surrogatepass") as file:
        json.dump({"notebook": document, "error": error}, file)
    return 1 if error else 0


def _kernel_spec(request: dict[str, Any]) -> None:
    """Tell Jupyter of our kernel, in directories that are this run's own."""
    root = request["jupyter"]
    directory = os.path.join(root, "kernels", "nb2prod")
    os.makedirs(directory, exist_ok=True)
    start = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "start.py")
    argv = [sys.executable, start, "kernel", "-f", "{connection_file}"]
    with open(os.path.join(directory, "kernel.json"), "w", encoding="utf-8") as file:
        json.dump({"argv": argv, "display_name": "nb2prod", "language": "python"}, file)
    os.environ["JUPYTER_PATH"] = root
    os.environ["JUPYTER_RUNTIME_DIR"] = os.path.join(root, "runtime")
    os.environ["IPYTHONDIR"] = os.path.join(root, "ipython")
