"""Progress bars: those of a notebook's page need its widgets, those of a terminal nothing."""

from __future__ import annotations

import libcst as cst

from nb2prod.program.cst_names import dotted
from nb2prod.program.outcome import Outcome, rewritten

_PAGE = frozenset({"tqdm.notebook", "tqdm._tqdm_notebook"})
_REASON = "progress is shown in the log; the page's bar needs the notebook's widgets"


def progress_bar(node: cst.Import | cst.ImportFrom) -> Outcome | None:
    """The import of tqdm's bars for a notebook's page, of those instead that suit where they are;
    None for any other import.
    """
    if isinstance(node.names, cst.ImportStar):
        return None
    if isinstance(node, cst.Import):
        (alias, *others) = node.names
        if others or alias.asname is None or dotted(alias.name) not in _PAGE:
            return None
        return rewritten(f"import tqdm.auto as {alias.evaluated_alias}", _REASON)
    module = dotted(node.module) if node.module is not None else None
    if node.relative:
        return None
    found = [(alias.evaluated_name, alias.evaluated_alias) for alias in node.names]
    bars = {"tqdm": {"tqdm_notebook", "tnrange"}}.get(module or "", {"tqdm", "trange"})
    if module not in (*_PAGE, "tqdm") or not {name for name, _ in found} <= bars:
        return None
    plain = {"tqdm_notebook": "tqdm", "tnrange": "trange"}
    parts = [
        _part(plain.get(name, name), alias or (name if name in plain else None))
        for name, alias in found
    ]
    return rewritten(f"from tqdm.auto import {', '.join(parts)}", _REASON)


def _part(name: str, alias: str | None) -> str:
    return f"{name} as {alias}" if alias and alias != name else name
