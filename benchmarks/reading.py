"""CPU seconds to inspect a directory of notebooks, beside nbformat reading it:
`python benchmarks/reading.py DIR`.

Each row is the work of one process over all the files, measured by that process, imports aside; the
best of three. nbformat and our stages take turns, so that a busy machine is busy for both. Files
that a side refuses count as far as it gets with them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_PEER = """
import sys, time, warnings
import nbformat
warnings.simplefilter("ignore")
started = time.process_time()
for path in sys.argv[1:]:
    try:
        nbformat.read(path, as_version=4)
    except Exception:
        pass
print(time.process_time() - started)
"""
_OURS = """
import sys, time
import nb2prod
from nb2prod.errors import Nb2prodError
from nb2prod.notebook.ipython import parse_notebook
from nb2prod.analysis.gather import gather
from nb2prod.program import build as _
stage = {stage!r}
started = time.process_time()
for path in sys.argv[1:]:
    try:
        notebook = nb2prod.read(path)
    except Nb2prodError:
        continue
    if stage == "read":
        continue
    if stage == "plan":
        nb2prod.plan(notebook)
        continue
    cells = parse_notebook(notebook)
    if stage == "gather":
        gather(notebook, cells)
print(time.process_time() - started)
"""
_ROWS = {
    "nbformat.read": _PEER,
    "read": _OURS.format(stage="read"),
    "and every cell cut into statements": _OURS.format(stage="parse"),
    "and the facts": _OURS.format(stage="gather"),
    "and the whole plan, with the fate of every line (`nb2prod inspect`)": _OURS.format(
        stage="plan"
    ),
}
_ROUNDS = 3


def main(directory: Path) -> None:
    """Print the table of docs/benchmarks.md."""
    notebooks = [str(path) for path in sorted(directory.glob("*.ipynb"))]
    best = dict.fromkeys(_ROWS, float("inf"))
    for _ in range(_ROUNDS):
        for name, code in _ROWS.items():
            command = [sys.executable, "-c", code, *notebooks]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            best[name] = min(best[name], float(done.stdout))
    peer = best["nbformat.read"]
    print(f"{len(notebooks)} files\n\n| stage | CPU seconds | of nbformat's |\n|---|---|---|")
    for name, seconds in best.items():
        print(f"| {name} | {seconds:.2f} | {seconds / peer:.1f} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
