"""NB504: code that shows something on a page and does nothing else.

Sources: IPython's documentation (`IPython.display`, and `display` as a name of every session),
ipywidgets' and tqdm's: `tqdm.notebook` draws a widget and fails where ipywidgets is missing,
`tqdm.auto` and `tqdm.autonotebook` choose.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from nb2prod.analysis.names import bound_names, dotted_text
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.guards import guarded_lines
from nb2prod.hygiene.model import Finding

RULE = rule("NB504")

_MOST_NAMES = 3
_PAGES = ("IPython.display.", "IPython.core.display.", "ipywidgets.")
_ROOTS = frozenset({"IPython", "ipywidgets"})
_BARS = frozenset(
    "tqdm.notebook tqdm.tqdm_notebook tqdm.tnrange tqdm.notebook.tqdm tqdm.notebook.trange"
    " tqdm.notebook.tqdm_notebook tqdm.notebook.tnrange".split()
)
# What NB503 has, because it waits for somebody; and what shows nothing itself.
_OTHERS = frozenset(
    "ipywidgets.interact ipywidgets.interactive ipywidgets.interact_manual"
    " ipywidgets.interactive_output IPython.display.set_matplotlib_formats"
    " IPython.display.set_matplotlib_close".split()
)


def check(context: Context) -> Iterator[Finding]:
    """Each cell that shows something, at its first call that does, and each bar of tqdm's for
    pages where it is imported.
    """
    meanings = _meanings(context)
    for cell in context.code_cells:
        yield from _bars(context, cell)
        if not any(name in cell.source for name in meanings):
            continue
        shown = list(_shown(cell, meanings))
        if shown:
            said = (
                f"{_listed(shown)} for a page, and a job has none; print, log or write to a file"
                " what is worth keeping"
            )
            yield context.found(RULE, cell.place(shown[0]), said)


def _meanings(context: Context) -> dict[str, str]:
    """The names by which the notebook knows what shows something, with their whole names. One that
    something else is called as well, such as `Image` of PIL, is left out.
    """
    meanings: dict[str, str] = {"display": "IPython.display.display"}
    others: set[str] = set()
    for cell in context.code_cells:
        if "import" not in cell.source and "display" not in cell.source:
            continue
        imported = dict(_imported(cell))
        meanings.update({name: whole for name, whole in imported.items() if _is_for_page(whole)})
        others.update(name for name, whole in imported.items() if not _is_for_page(whole))
        # Names of functions and variables; those of imports are known by now.
        others.update(set(bound_names(cell.tree)) - imported.keys())
    return {name: whole for name, whole in meanings.items() if name not in others}


def _is_for_page(whole: str) -> bool:
    return whole.partition(".")[0] in _ROOTS


def _imported(cell: CheckedCell) -> Iterator[tuple[str, str]]:
    """The names that the imports of a cell bind, with their whole names."""
    for node in cell.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.partition(".")[0]
                yield alias.asname or root, alias.name if alias.asname else root
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module or ''}.{alias.name}"


def _shown(cell: CheckedCell, meanings: Mapping[str, str]) -> Iterator[ast.Call]:
    """The calls that show something, in their order, but for those that ask for the platform."""
    skipped = guarded_lines(cell)
    calls = [node for node in cell.nodes if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda one: (one.lineno, one.col_offset)):
        root, dot, rest = dotted_text(call.func).partition(".")
        meaning = f"{meanings.get(root, '')}{dot}{rest}"
        if meaning.startswith(_PAGES) and meaning not in _OTHERS and call.lineno not in skipped:
            yield call


def _bars(context: Context, cell: CheckedCell) -> Iterator[Finding]:
    if "tqdm" not in cell.source:
        return
    for node in cell.nodes:
        if isinstance(node, ast.ImportFrom):
            named = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            named = [f"{alias.name}.tqdm" for alias in node.names]
        else:
            continue
        if not _BARS.isdisjoint(named):
            said = (
                "tqdm's bar for notebooks is a widget, and fails where ipywidgets is missing;"
                " import it from `tqdm.auto`"
            )
            yield context.found(RULE, cell.place(node), said)


def _listed(calls: list[ast.Call]) -> str:
    """The names that are called, the first three of them, with the verb that they want."""
    names = list(dict.fromkeys(f"`{dotted_text(call.func)}`" for call in calls))
    more = " and more" if len(names) > _MOST_NAMES else ""
    return f"{', '.join(names[:_MOST_NAMES])}{more} {'is' if len(names) == 1 else 'are'}"
