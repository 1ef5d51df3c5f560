"""NB212: a transformer that learns from the data before they are split.

Source: scikit-learn's "Common pitfalls", Data leakage during pre-processing. What learns nothing
from the values (`Normalizer`, `PolynomialFeatures`) or only which labels there are (`LabelEncoder`,
`OneHotEncoder`) is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from nb2prod.analysis.names import called_name
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding

RULE = rule("NB212")

_LEARNING = frozenset(
    "CountVectorizer FactorAnalysis FastICA FeatureAgglomeration IncrementalPCA IterativeImputer"
    " KBinsDiscretizer KNNImputer KernelPCA MaxAbsScaler MinMaxScaler NMF PCA PowerTransformer"
    " QuantileTransformer RobustScaler SelectFromModel SelectKBest SelectPercentile SimpleImputer"
    " StandardScaler TfidfTransformer TfidfVectorizer TruncatedSVD VarianceThreshold".split()
)
_FITTING = frozenset({"fit", "fit_transform"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class _Fit(NamedTuple):
    """A call that learns from all of some data."""

    cell: CheckedCell
    call: ast.Call
    data: str


class _State:
    """What is known at a line: the transformers, and which data one of them has learned from."""

    def __init__(self) -> None:
        self.transformers: set[str] = set()
        self.learned: dict[str, _Fit] = {}
        self.fitted: dict[str, _Fit] = {}


def check(context: Context) -> Iterator[Finding]:
    """The calls that learn from what is split further down, one finding for each."""
    cells = [cell for cell in context.code_cells if "import" in cell.source or "fit" in cell.source]
    if not any(".fit" in cell.source for cell in cells):
        return
    state = _State()
    said: set[int] = set()
    for cell in context.code_cells:
        for statement in _statements(cell.tree.body):
            for fit in _split(statement, state):
                if id(fit.call) in said:
                    continue
                said.add(id(fit.call))
                written = ast.unparse(fit.call.func)
                text = (
                    f"`{written}` learns from all of `{fit.data}`, which is split only in cell"
                    f" {cell.number}: split first, and fit on the training part alone"
                )
                yield context.found(RULE, fit.cell.place(fit.call), text)
            _learn(cell, statement, state)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The simple statements at the top level, those in blocks too, in order."""
    for statement in body:
        if isinstance(statement, _FUNCTIONS):
            continue
        blocks = [getattr(statement, field, None) for field in ("body", "orelse", "finalbody")]
        if not any(blocks):
            yield statement
        for block in blocks:
            yield from _statements(block or [])


def _calls(statement: ast.stmt) -> Iterator[ast.Call]:
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _FUNCTIONS):
            continue
        if isinstance(node, ast.Call):
            yield node
        waiting += ast.iter_child_nodes(node)


def _split(statement: ast.stmt, state: _State) -> Iterator[_Fit]:
    for call in _calls(statement):
        if called_name(call).rpartition(".")[2] != "train_test_split":
            continue
        for given in call.args:
            name = _root(given)
            if name in state.learned:
                yield state.learned[name]


def _learn(cell: CheckedCell, statement: ast.stmt, state: _State) -> None:
    """Take in what a statement fits, makes and binds."""
    value = getattr(statement, "value", None)
    fresh: _Fit | None = None
    for call in _calls(statement):
        fit = _fit(cell, call, state)
        if fit is not None:
            state.learned[_root(call.args[0])] = fit
            fresh = fit
            if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
                state.fitted[call.func.value.id] = fit
        elif isinstance(call.func, ast.Attribute) and call.func.attr == "transform":
            fresh = fresh or state.fitted.get(_root(call.func.value))
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or not isinstance(value, ast.expr):
        return
    fresh = fresh or next(
        (
            state.learned[part.id]
            for part in ast.walk(value)
            if isinstance(part, ast.Name) and part.id in state.learned
        ),
        None,
    )
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    for target in targets:
        name = _root(target)
        if fresh is not None and "train" not in name and "test" not in name:
            state.learned[name] = fresh
        elif isinstance(target, ast.Name):
            state.learned.pop(name, None)
        if isinstance(target, ast.Name):
            state.transformers.discard(name)
            if isinstance(value, ast.Call) and called_name(value).rpartition(".")[2] in _LEARNING:
                state.transformers.add(name)


def _fit(cell: CheckedCell, call: ast.Call, state: _State) -> _Fit | None:
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in _FITTING or not call.args:
        return None
    receiver = function.value
    if isinstance(receiver, ast.Call):
        learns = called_name(receiver).rpartition(".")[2] in _LEARNING
    else:
        learns = isinstance(receiver, ast.Name) and receiver.id in state.transformers
    data = _root(call.args[0])
    if not learns or not data or "train" in data.lower():
        return None
    return _Fit(cell, call, data)


def _root(node: ast.expr) -> str:
    """The name at the beginning of an expression: `df` of `df[["a", "b"]].values`."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
