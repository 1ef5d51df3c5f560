"""Which cells may leave figures open, which a notebook then shows and closes.

Closing matters to the result: `pyplot` draws into the figure that is open, so the next cell's plot
would land in this cell's. Nothing is lost where a cell is named that draws nothing after all.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from nb2prod.analysis.names import dotted_text
from nb2prod.notebook.trees import walk

# Modules whose functions draw with pyplot, and which of them do (their own documentation).
_SETTINGS = (
    r"rc|rc_context|rcdefaults|rcParams\b.*|style\b.*|close|show|ion|ioff|switch_backend|use|cm\b.*"
    r"|get_cmap|colormaps\b.*|set|reset_\w+|set_\w+|\w*palette|load_dataset|get_dataset_names|axes_style"
)
_ANY = re.compile(rf"(?!(?:{_SETTINGS})\Z).*")
_DRAWING = {
    "matplotlib.pyplot": _ANY,
    "matplotlib.pylab": _ANY,
    "pylab": _ANY,
    "seaborn": _ANY,
    "missingno": _ANY,
    "scikitplot": _ANY,
    "networkx": re.compile(r"draw\w*"),
    "librosa.display": re.compile(r"specshow|waveshow|waveplot"),
    "mlxtend.plotting": _ANY,
    "statsmodels.graphics": re.compile(r"(?:\w+\.)?(?:plot_\w+|qqplot)"),
    "pandas.plotting": re.compile(r"(?!register_).*"),
}
# Methods that draw, of pandas, scikit-learn, Keras, XGBoost, fastai and their like.
_METHOD = re.compile(
    r"plot|plot_\w+|\w+_plot|hist|boxplot|scatter_matrix|lr_find|show_batch|show_results"
    r"|from_estimator|from_predictions|from_cv_results"
)
# The function is called by its bare name.
_NOTHING = re.compile(r"\Z")
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def may_draw(trees: Sequence[ast.Module]) -> list[bool]:
    """For the syntax tree of each of the notebook's cells: whether a figure may be open behind it.

    A cell draws that calls a drawing library, a method of a drawing name, or a function or method
    of the notebook's that does.
    """
    nodes = [node for tree in trees for node in walk(tree)]
    drawing = _drawing_names(nodes)
    definitions = [node for node in nodes if isinstance(node, _Definition)]
    own: set[str] = set()
    while True:
        found = {node.name for node in definitions if _draws(ast.walk(node), drawing, own)}
        if found == own:
            break
        own = found
    return [_draws(_run_at_once(tree), drawing, own) for tree in trees]


def _drawing_names(nodes: Iterable[ast.AST]) -> dict[str, re.Pattern[str]]:
    """The names that the notebook has for drawing modules and functions, each with a pattern for
    the dotted name behind it.
    """
    names: dict[str, re.Pattern[str]] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                for module, pattern in _DRAWING.items():
                    if alias.name == module or alias.name.startswith(f"{module}."):
                        names[alias.asname or alias.name] = pattern
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                name = alias.asname or alias.name
                for module, pattern in _DRAWING.items():
                    if f"{node.module}.{alias.name}" == module:
                        names[name] = pattern
                    elif f"{node.module}.".startswith(f"{module}.") and pattern.fullmatch(name):
                        names[name] = _NOTHING
    return names


def _draws(nodes: Iterable[ast.AST], drawing: dict[str, re.Pattern[str]], own: set[str]) -> bool:
    calls = (node.func for node in nodes if isinstance(node, ast.Call))
    return any(_is_drawing(called, drawing, own) for called in calls)


def _is_drawing(called: ast.expr, drawing: dict[str, re.Pattern[str]], own: set[str]) -> bool:
    if isinstance(called, ast.Name):
        return called.id in own or drawing.get(called.id) is _NOTHING
    if not isinstance(called, ast.Attribute):
        return False
    if called.attr in own or _METHOD.fullmatch(called.attr):
        return True
    if isinstance(called.value, ast.Attribute) and called.value.attr == "plot":
        return True  # df.plot.bar()
    name = dotted_text(called)
    return any(
        name.startswith(f"{module}.") and pattern.fullmatch(name[len(module) + 1 :]) is not None
        for module, pattern in drawing.items()
    )


def _run_at_once(tree: ast.Module) -> Iterable[ast.AST]:
    """The nodes of a cell that run with it: what a function holds runs when it is called."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [*node.decorator_list, *node.args.defaults]
        else:
            waiting += ast.iter_child_nodes(node)


def ends_with_show(tree: ast.Module) -> bool:
    """Whether a cell's last statement is `plt.show()` itself, behind which no figure is open."""
    last = tree.body[-1] if tree.body else None
    if not (isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)):
        return False
    called = last.value.func
    return isinstance(called, ast.Attribute) and dotted_text(called) in (
        "plt.show",
        "pyplot.show",
        "pylab.show",
        "matplotlib.pyplot.show",
    )
