"""What a notebook's namespace holds that its code does not show: IPython's own names, those of the
kernel, and what extensions and magics of other makers may put there.

Sources: IPython's documentation of its history variables and of `InteractiveShell`; what the named
extensions document to bind; pyspark's shell, Databricks' and Sage's documentation of their names.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nb2prod.analysis.beside import NOTHING_BESIDE, Beside, beside_of
from nb2prod.analysis.cell_code import SHELL_CELL_MAGICS, SHELL_LINE_MAGICS
from nb2prod.analysis.ipython_names import MEASURES
from nb2prod.analysis.names import BUILTINS, called_name, dotted_text, literal_text
from nb2prod.analysis.undefined import PROVIDED
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.location import Location
from nb2prod.notebook.automagic import IPYTHON_MAGICS
from nb2prod.notebook.ipython import PYTHON_CELL_MAGICS
from nb2prod.notebook.statements import FILE_MAGICS, CellMagic, LineMagic

_HISTORY = re.compile(r"_{1,3}|_\d+|_i{1,3}|_i\d+|_[iod]h|In|Out|__\w+")
# Colab's, `%pip` and the like, and those of widespread extensions: none binds what it does not say.
_MAGICS = (
    IPYTHON_MAGICS
    | MEASURES
    | SHELL_LINE_MAGICS
    | frozenset(
        "aimport autoreload bigquery cython dotenv loadpy sql tensorboard tensorflow_version"
        " version_information wandb watermark xterm snakeviz R Rget Rpush".split()
    )
)
_CELL_MAGICS = (
    PYTHON_CELL_MAGICS
    | SHELL_CELL_MAGICS
    | FILE_MAGICS
    | frozenset(
        "HTML html SVG svg js javascript latex markdown perl pypy python python2 python3 ruby cmd"
        " bigquery R sql cython configure cu cuda cpp nvcc typescript".split()
    )
)
_EXTENSIONS = frozenset(
    "autoreload autotime black colabxterm Cython cython dotenv google.cloud.bigquery"
    " google.colab.data_table ipyparallel itikz jupyter_black lab_black line_profiler"
    " memory_profiler nb_black nvcc4jupyter nvcc_plugin pycodestyle_magic rpy2.ipython snakeviz sql"
    " tensorboard tensorboard.notebook tensorboardcolab version_information watermark"
    " wurlitzer".split()
)
# What these bind in the namespace of their caller is in no assignment: sympy's, and Sage's.
_BINDING_CALLS = frozenset({"init_session", "inject_variables"})
_BINDING_METHODS = frozenset(
    "run_cell run_cell_magic ex push user_ns user_global_ns safe_execfile enable_pylab".split()
)
_MODULES = frozenset({"__main__", "builtins", "__builtin__"})
_SPARK = frozenset("spark sc sqlContext sqlCtx".split())
_DATABRICKS = _SPARK | frozenset({"dbutils", "displayHTML", "table", "sql", "udf", "getArgument"})


def beside_for(context: Context) -> Beside:
    """What `%run` finds beside the notebook; looked up only where there is such a line."""
    runs = any(
        isinstance(found, LineMagic) and found.magic == "run"
        for parsed in context.parsed
        for found in parsed.own
    )
    return beside_of(context.notebook_in_place, context.parsed) if runs else NOTHING_BESIDE


def is_given(name: str, context: Context) -> bool:
    """Whether a name is there without the notebook's doing: Python's, IPython's, the kernel's."""
    if name in BUILTINS or name in PROVIDED or _HISTORY.fullmatch(name) is not None:
        return True
    return name in _DATABRICKS and name in _of_kernel(context)


def hidden_bindings(context: Context) -> Iterator[Location]:
    """The places from which on the notebook may have names that no code of it shows: extensions and
    magics that are not known, and calls that bind names in the namespace of their caller.
    """
    for cell in context.code_cells:
        for found in cell.parsed.own:
            if isinstance(found, CellMagic):
                hides = found.magic not in _CELL_MAGICS
            elif isinstance(found, LineMagic):
                hides = _hides(f"{found.magic} {found.arguments}")
            else:
                continue
            if hides:
                yield found.location
        for node in cell.nodes:
            if _binds(node):
                yield Location(cell.number, getattr(node, "lineno", 1))


def place_of(cell: CheckedCell, location: Location, name: str) -> Location:
    """Where in its cell a name stands that the parser found at a place or, behind a magic on that
    line, with the column that it has there.
    """
    shown = cell.shown(location)
    if cell.source.startswith(name, cell.offset(shown)):
        return shown
    line = cell.lines[location.line - 1] if location.line <= len(cell.lines) else ""
    match = re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", line)
    return Location(cell.number, location.line, match.start() + 1 if match else 1)


def _hides(line: str) -> bool:
    """Whether the magic of a line may bind names that it does not say."""
    words = line.split()
    if not words or words[0] not in _MAGICS:
        return True
    return words[0] in ("load_ext", "reload_ext") and not _EXTENSIONS.issuperset(words[1:])


def _binds(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name in _MODULES for alias in node.names)
    if isinstance(node, ast.Attribute):
        return node.attr in _BINDING_METHODS and _is_shell(node.value)
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("run_line_magic", "magic"):
        words = [literal_text(argument) for argument in node.args]
        return None in words or _hides(" ".join(word or "" for word in words))
    if called_name(node) == "var":  # sympy's, which takes names; others' is the variance
        return bool(node.args) and literal_text(node.args[0]) is not None
    return called_name(node) in _BINDING_CALLS or dotted_text(node.func) == "gettext.install"


def _is_shell(node: ast.expr) -> bool:
    """Whether an expression is likely to be IPython's shell."""
    if isinstance(node, ast.Call):
        return called_name(node) == "get_ipython"
    return dotted_text(node) in ("ip", "ipy", "ipython", "shell")


def _of_kernel(context: Context) -> frozenset[str]:
    """The names that a kernel for Spark gives its notebooks; a Jupyter that pyspark started has no
    kernel of its own name, but its notebooks import it.
    """
    if "application/vnd.databricks.v1+notebook" in context.metadata:
        return _DATABRICKS
    if "spark" in str(context.metadata.get("kernelspec", "")).lower():
        return _SPARK
    imported = any("pyspark" in cell.source for cell in context.code_cells)
    return _SPARK if imported else frozenset()
