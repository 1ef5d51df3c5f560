"""What a notebook has that only makes sense with somebody watching it: servers, debuggers, cells
that failed when they were last run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from nb2prod.analysis.daemon_calls import daemon_calls
from nb2prod.analysis.facts import Concern
from nb2prod.analysis.names import called_name, dotted_text
from nb2prod.analysis.running_code import Code
from nb2prod.analysis.service_rules import IN_BACKGROUND
from nb2prod.location import Location
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.trees import walk

# Calls that serve until they are stopped, by the library that has to be imported for them.
_SERVERS = {
    "gradio": re.compile(r".*\.launch"),
    "flask": re.compile(r"(?:\w*app|\w*server)\.run"),
    "dash": re.compile(r"(?:\w*app|\w*server)\.(?:run|run_server)"),
    "uvicorn": re.compile(r"uvicorn\.run"),
    "http": re.compile(r".*\.serve_forever"),
    "panel": re.compile(r".*\.serve"),
}
DEBUGGERS = frozenset({"breakpoint", "pdb.set_trace", "set_trace", "ipdb.set_trace", "pdb.run"})
_SERVES = "serves until somebody stops it: the program does not get beyond it, nor end"
_ERROR = re.compile(r"[A-Za-z_][\w.]{0,60}")


def find_needs_of_people(
    notebook: Notebook, code: Code, service: Location | None = None
) -> Iterator[Concern]:
    """The lines that wait for somebody, and the cells whose saved output is an error.

    `code` is the notebook's own. What it serves at `service` is there to go on, if nothing comes
    after it.
    """
    trees = code.trees
    ending = daemon_calls(code)
    waits = any(called_name(node) == "block_thread" for node, _, _ in code.calls())
    last = max(
        ((cell, tree.body[-1].end_lineno or 0) for cell, tree in trees if tree.body), default=None
    )
    roots = set(_imported(tree for _, tree in trees))
    for cell, tree in trees:
        for node in walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = dotted_text(node.func) or _last(node.func)
            place = Location(cell, node.lineno, node.col_offset + 1)
            if name in DEBUGGERS:
                yield Concern(place, "waits for somebody to debug, and a job has nobody")
            elif not code.runs(place):
                continue
            elif any(root in roots and form.fullmatch(name) for root, form in _SERVERS.items()):
                if id(node) in ending or (_returns(node) and not waits):
                    yield Concern(place, IN_BACKGROUND)
                    continue
                served = service is not None and (cell, place.line) == service[:2]
                if not (served and last == (cell, _end(tree, place.line))):
                    yield Concern(place, _SERVES)
    yield from _failed(notebook)


def _returns(call: ast.Call) -> bool:
    """Whether gradio's `launch` is told not to wait."""
    given = {one.arg: one.value for one in call.keywords}
    told = given.get("prevent_thread_lock")
    return isinstance(told, ast.Constant) and told.value is True


def _end(tree: ast.Module, line: int) -> int:
    """The last line of the statement of a cell that holds this one."""
    ends = [node.end_lineno or 0 for node in tree.body]
    return next((end for end in ends if end >= line), 0)


def _imported(trees: Iterable[ast.Module]) -> Iterator[str]:
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module.partition(".")[0]


def _last(node: ast.expr) -> str:
    """`().launch` for a method of what a call returns."""
    return f"().{node.attr}" if isinstance(node, ast.Attribute) else ""


def _failed(notebook: Notebook) -> Iterator[Concern]:
    """Cells whose saved output is an error; what Colab's own modules raised is Colab's."""
    cells = notebook.document.get("cells")
    for number, cell in enumerate(cells if isinstance(cells, list) else (), start=1):
        for output in cell.get("outputs", ()) if isinstance(cell, dict) else ():
            if output.get("output_type") != "error":
                continue
            name = str(output.get("ename", ""))
            if "google/colab" not in str(output.get("traceback", "")):
                error = name if _ERROR.fullmatch(name) else "an error"
                yield Concern(
                    Location(number),
                    f"the notebook's own run failed here with {error}, and was saved so; the"
                    " program stops where it fails",
                )
                break
