"""NB505: magics that a platform brings, and that IPython and the extensions of an index do not.

Source of the names: Colab's own notebooks for `%tensorflow_version`, `%%shell` and its extensions
(`google.colab.data_table`), and for `%%bigquery`, which Colab loads at its start; Databricks'
documentation of its notebooks; AWS's of Glue's interactive sessions and of SageMaker Studio's
analytics extension. `%%sh`, `%%bash` and `%pip` are IPython's own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.guards import guarded_lines
from nb2prod.hygiene.model import Finding
from nb2prod.notebook.statements import CellMagic, LineMagic, Unparsed

RULE = rule("NB505")

_DATABRICKS = {
    "fs": "use `shutil` or `pathlib`",
    "sh": "write `!` before the line, or `%%sh` above it",
    "md": "make it a cell of text",
    "md-sandbox": "make it a cell of text",
    "scala": "write it in Python",
    "r": "write it in Python",
}
_GLUE = frozenset(
    "glue_version idle_timeout worker_type number_of_workers iam_role session_id_prefix"
    " additional_python_modules".split()
)
_LINE = {
    "tensorflow_version": ("Colab", "pin the version of TensorFlow with `%pip install`"),
    "shell": ("Colab", "write `!` before the line"),
    "sm_analytics": ("SageMaker", "open the connection in Python"),
    **{name: ("Databricks", advice) for name, advice in _DATABRICKS.items()},
    **dict.fromkeys(_GLUE, ("AWS Glue", "set the session up outside of the notebook")),
}
_CELL = {
    "shell": ("Colab", "write `%%bash`"),
    "bigquery": ("Colab", "load it with `%load_ext google.cloud.bigquery`, or use the client"),
}
_LOADING = frozenset({"load_ext", "reload_ext"})
_QUERY = "run the query with a client of the database"


def check(context: Context) -> Iterator[Finding]:
    """The magics of a platform, but for those that are reached on it only, or that may fail."""
    cells = [cell for cell in context.code_cells if "%" in cell.source and _names(cell.source)]
    extensions = set(_loaded(cells))
    for cell in cells:
        skipped: frozenset[int] | None = None
        for found in cell.parsed.own:
            if isinstance(found, LineMagic):
                said = _of_line(found, extensions)
            elif isinstance(found, CellMagic):
                said = _of_cell(found, extensions)
            elif isinstance(found, Unparsed):
                said = _of_other_language(cell)
            else:
                continue
            if said is None:
                continue
            if skipped is None:
                skipped = guarded_lines(cell) | _tried_lines(cell)
            if found.location.line not in skipped:
                place = cell.shown(found.location)
                if isinstance(found, Unparsed):
                    place = cell.place_at(cell.source.index("%"))
                yield context.found(RULE, place, said)


@cache
def _pattern() -> re.Pattern[str]:
    names = "|".join(sorted({*_LINE, *_CELL, *_LOADING, "sql"}, key=len, reverse=True))
    return re.compile(rf"^[ \t]*%%?(?:{names})\b", re.MULTILINE)


def _names(source: str) -> bool:
    return _pattern().search(source) is not None


def _loaded(cells: list[CheckedCell]) -> Iterator[str]:
    """The extensions that the notebook loads itself."""
    for cell in cells:
        for found in cell.parsed.own:
            if isinstance(found, LineMagic) and found.magic in _LOADING:
                yield found.arguments.strip()


def _of_line(found: LineMagic, extensions: set[str]) -> str | None:
    if found.magic in _LOADING:
        extension = found.arguments.strip()
        if extension.split(".")[:2] != ["google", "colab"]:
            return None
        return f"`%{found.magic} {extension}` loads what Colab alone has; leave it out"
    if found.magic == "sql":
        return _of_sql("%sql", extensions)
    if found.magic not in _LINE:
        return None
    return _message(f"%{found.magic}", *_LINE[found.magic])


def _of_cell(found: CellMagic, extensions: set[str]) -> str | None:
    if found.magic == "sql":
        return _of_sql("%%sql", extensions)
    if found.magic not in _CELL:
        return None
    if found.magic == "bigquery" and any("bigquery" in name for name in extensions):
        return None
    return _message(f"%%{found.magic}", *_CELL[found.magic])


def _of_sql(written: str, extensions: set[str]) -> str | None:
    """`sql` is a magic of many extensions too; which, is said by loading one."""
    is_loaded = any(not name.startswith(("autoreload", "google.colab")) for name in extensions)
    return None if is_loaded else _message(written, "Databricks", _QUERY)


def _of_other_language(cell: CheckedCell) -> str | None:
    """A cell of Databricks in another language: its first word says so, and it is no Python."""
    match = re.match(r"\s*%(sql|fs|sh|md-sandbox|md|scala|r)\b", cell.source)
    if match is None:
        return None
    name = match[1]
    return _message(f"%{name}", "Databricks", _DATABRICKS.get(name, _QUERY))


def _message(written: str, platform: str, advice: str) -> str:
    return f"`{written}` is a magic of {platform}; {advice}"


def _tried_lines(cell: CheckedCell) -> frozenset[int]:
    """The lines of code whose failure is dealt with."""
    found: set[int] = set()
    for node in cell.nodes:
        if isinstance(node, ast.Try) and node.handlers:
            last = node.body[-1]
            found.update(range(node.lineno, (last.end_lineno or last.lineno) + 1))
    return frozenset(found)
