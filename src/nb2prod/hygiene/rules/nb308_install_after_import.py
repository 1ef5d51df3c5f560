"""NB308: an install that the running kernel does not see, and a kernel that is killed to see it.

Sources: Python keeps a module that was imported (`sys.modules`), whatever is installed then; the
documentation of `os.kill`, of ipykernel's `do_shutdown(restart)`, and of Databricks'
`dbutils.library.restartPython` and `%restart_python`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nb2prod.analysis.names import called_name, dotted_text
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding
from nb2prod.location import Location
from nb2prod.notebook.statements import LineMagic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nb2prod.hygiene.installs import Asked

RULE = rule("NB308")

_AGAIN = frozenset({"-U", "--upgrade", "--force-reinstall", "-I", "--ignore-installed"})
_RESTARTS = ("kill", "_exit", "do_shutdown", "restart_runtime", "restartPython", "restart")


def check(context: Context) -> Iterator[Finding]:
    """The installs of what is imported already, and the lines that end the kernel."""
    imported: dict[str, tuple[str, Location]] = {}
    for cell in context.code_cells:
        here = _imports(cell) if "import" in cell.source else []
        if "install" in cell.source and (imported or here):
            yield from _installs(context, cell, here, imported)
        for place, root, module in here:
            imported.setdefault(root, (module, place))
        if any(word in cell.source for word in _RESTARTS):
            yield from _restarts(context, cell)


def _installs(
    context: Context,
    cell: CheckedCell,
    here: list[tuple[Location, str, str]],
    imported: dict[str, tuple[str, Location]],
) -> Iterator[Finding]:
    """The installs of a cell that come too late for what is imported above them."""
    from nb2prod.hygiene.installs import installs

    for install in installs(cell):
        above = dict(imported)
        for place, root, module in here:
            if place < install.location:
                above.setdefault(root, (module, place))
        again = install.has(_AGAIN)
        for asked in install.asked:
            changes = again or asked.specifier or asked.address
            late = _late(asked, above) if changes else None
            if late is None or _is_there(context, asked, install.location):
                continue
            module, place = late
            said = (
                f"`{asked.text}` is installed after cell {place.cell} has imported `{module}`, so"
                " that the old one stays in use until a restart; install above the import"
            )
            yield context.found(RULE, install.location, said)
            break


def _is_there(context: Context, asked: Asked, place: Location) -> bool:
    """Whether a line above has installed just the same."""
    from nb2prod.hygiene.installs import installs

    return any(
        asked in install.asked and install.location < place
        for cell in context.code_cells
        if cell.number <= place.cell and asked.name in cell.source
        for install in installs(cell)
    )


def _imports(cell: CheckedCell) -> list[tuple[Location, str, str]]:
    """The places, top-level names and names of the modules that a cell imports in any case."""
    found: list[tuple[Location, str, str]] = []
    for node in cell.tree.body:
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules = [node.module]
        else:
            continue
        place = cell.place(node)
        found += [(place, module.partition(".")[0], module) for module in modules]
    return found


def _late(asked: Asked, imported: dict[str, tuple[str, Location]]) -> tuple[str, Location] | None:
    """The import above of what a word installs."""
    from nb2prod.data.alternatives import alternatives
    from nb2prod.data.distributions import normalise, tabled
    from nb2prod.hygiene.installs import TOOLS

    name = normalise(asked.name)
    if not name or name in TOOLS:
        return None
    for root, (module, place) in imported.items():
        if normalise(root) == name or name in alternatives(root):
            return module, place
        row = tabled(module)
        if row is not None and row.distribution == name:
            return module, place
    return None


def _restarts(context: Context, cell: CheckedCell) -> Iterator[Finding]:
    for node in cell.nodes:
        what = _ends_kernel(node)
        if what is not None and isinstance(node, ast.Call):
            yield context.found(RULE, cell.place(node), _said(what))
    for found in cell.parsed.own if "restart_python" in cell.source else ():
        if isinstance(found, LineMagic) and found.magic == "restart_python":
            yield context.found(RULE, cell.shown(found.location), _said("%restart_python"))


def _said(what: str) -> str:
    return (
        f"`{what}` ends the kernel, and a run of all cells with it; install what needs a restart"
        " before the notebook starts"
    )


def _ends_kernel(node: ast.AST) -> str | None:
    """How a call that ends the running kernel is written, in short."""
    if not isinstance(node, ast.Call):
        return None
    name = called_name(node).rpartition(".")[2]
    written = dotted_text(node.func)
    if name == "kill" and node.args and isinstance(node.args[0], ast.Call):
        return "os.kill(os.getpid(), …)" if called_name(node.args[0]).endswith("getpid") else None
    if written == "os._exit":
        return "os._exit"
    if name in ("restart_runtime", "restartPython"):
        return f"{written or name}()"
    if name == "do_shutdown":
        return "do_shutdown"
    if name in ("Javascript", "HTML", "display_html", "display_javascript"):
        texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
        if any(isinstance(text, str) and "kernel.restart(" in text for text in texts):
            return "kernel.restart()"
    return None
