"""NB210: random numbers that no seed makes the same in the next run.

Sources: the documentation of Python's `random`, of NumPy's legacy generator, of PyTorch, TensorFlow
and scikit-learn on randomness. scikit-learn draws from NumPy's global generator wherever
`random_state` is None ("Controlling randomness"), so NumPy's seed is scikit-learn's too. JAX has
explicit keys and is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nb2prod.analysis.names import called_name, dotted_text
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.meanings import Meanings, cells_with, has_keyword, says
from nb2prod.hygiene.model import Finding, Fix, SourceEdit

RULE = rule("NB210")

_RANDOM = frozenset(
    "betavariate binomialvariate choice choices expovariate gammavariate gauss getrandbits"
    " lognormvariate normalvariate paretovariate randbytes randint random randrange sample shuffle"
    " triangular uniform vonmisesvariate weibullvariate".split()
)
_NUMPY = frozenset(
    "beta binomial bytes chisquare choice dirichlet exponential gamma geometric gumbel"
    " hypergeometric laplace logistic lognormal logseries multinomial multivariate_normal"
    " negative_binomial normal pareto permutation poisson power rand randint randn random"
    " random_integers random_sample ranf rayleigh sample shuffle standard_cauchy"
    " standard_exponential standard_gamma standard_normal standard_t triangular uniform vonmises"
    " wald weibull zipf".split()
)
_GENERATORS = frozenset({"numpy.random.default_rng", "numpy.random.RandomState"})
_TORCH = frozenset(
    "torch.bernoulli torch.multinomial torch.normal torch.poisson torch.rand torch.rand_like"
    " torch.randint torch.randint_like torch.randn torch.randn_like torch.randperm"
    " torch.utils.data.random_split torch.utils.data.dataset.random_split".split()
)
_LOADERS = frozenset(
    {"torch.utils.data.DataLoader", "torch.utils.data.dataloader.DataLoader"},
)
_TENSORFLOW = frozenset("categorical gamma normal poisson shuffle truncated_normal uniform".split())
# What draws in any case, and what only does so when it is told to shuffle.
_SKLEARN = frozenset(
    "BaggingClassifier BaggingRegressor BernoulliRBM DecisionTreeClassifier DecisionTreeRegressor"
    " ExtraTreeClassifier ExtraTreeRegressor ExtraTreesClassifier ExtraTreesRegressor"
    " GaussianMixture GradientBoostingClassifier GradientBoostingRegressor GroupShuffleSplit"
    " IsolationForest KMeans LatentDirichletAllocation MLPClassifier MLPRegressor"
    " MiniBatchKMeans Perceptron RandomForestClassifier RandomForestRegressor"
    " RandomizedSearchCV RepeatedKFold RepeatedStratifiedKFold SGDClassifier SGDRegressor"
    " ShuffleSplit StratifiedShuffleSplit TSNE make_blobs make_circles make_classification"
    " make_moons make_regression make_swiss_roll train_test_split".split()
)
_FOLDS = frozenset({"KFold", "StratifiedKFold", "StratifiedGroupKFold"})
# What a wait or a file's name takes from chance is no data.
_NO_DATA = frozenset({"sleep", "join", "mkdir", "makedirs"})
_NAMES = (
    _RANDOM
    | _NUMPY
    | _TENSORFLOW
    | _SKLEARN
    | _FOLDS
    | {name.rpartition(".")[2] for name in _TORCH | _LOADERS | _GENERATORS}
)
_SEEDS = {
    "random.seed": "random",
    "random.setstate": "random",
    "numpy.random.seed": "numpy",
    "numpy.random.set_state": "numpy",
    "torch.manual_seed": "torch",
    "torch.random.manual_seed": "torch",
    "torch.cuda.manual_seed": "torch",
    "torch.cuda.manual_seed_all": "torch",
    "torch.set_rng_state": "torch",
    "torch.random.set_rng_state": "torch",
    "tensorflow.random.set_seed": "tensorflow",
    "tensorflow.random.set_random_seed": "tensorflow",
    "tensorflow.set_random_seed": "tensorflow",
    "tensorflow.compat.v1.set_random_seed": "tensorflow",
    "tensorflow.compat.v1.random.set_random_seed": "tensorflow",
}
# Library → the module that holds its seed, the call, and what the seed is called in words.
_LINES = {
    "random": ("random", "seed(0)"),
    "numpy": ("numpy", "random.seed(0)"),
    "sklearn": ("numpy", "random.seed(0)"),
    "torch": ("torch", "manual_seed(0)"),
    "tensorflow": ("tensorflow", "random.set_seed(0)"),
}
_USUAL = {"random": "random", "numpy": "np", "torch": "torch", "tensorflow": "tf"}
_SHOWN = {"numpy": "NumPy", "torch": "PyTorch", "tensorflow": "TensorFlow"}


class _Use(NamedTuple):
    """A call that draws, its library, and whether it is a generator of its own without a seed."""

    library: str
    cell: CheckedCell
    call: ast.Call
    own: bool


def check(context: Context) -> Iterator[Finding]:
    """The first draw of each library that no cell seeds."""
    cells = cells_with(context, _NAMES)
    if not cells:
        return
    meanings = context.meanings
    uses = [use for cell in cells for use in _uses(cell, meanings)]
    seeded = _seeded(context, meanings) if uses else frozenset()
    first: dict[str, _Use] = {}
    for use in uses:
        if use.own or use.library not in seeded:
            place = (use.cell.number, use.call.lineno, use.call.col_offset)
            old = first.get(use.library)
            if old is None or place < (old.cell.number, old.call.lineno, old.call.col_offset):
                first[use.library] = use
    for use in first.values():
        said, fix = _of_generator(use, uses) if use.own else _of_library(context, use)
        yield context.found(RULE, use.cell.place(use.call), said, fix=fix)


def _uses(cell: CheckedCell, meanings: Meanings) -> Iterator[_Use]:
    no_data: set[int] = set()
    for node in cell.nodes:
        if isinstance(node, ast.Assign) and any(map(_is_seed, node.targets)):
            no_data.update(id(part) for part in ast.walk(node.value))
        if not isinstance(node, ast.Call):
            continue
        if called_name(node).rpartition(".")[2] in _NO_DATA:
            no_data.update(id(part) for part in ast.walk(node))
        if id(node) in no_data:
            continue
        meaning = meanings.of(node.func)
        if meaning in _GENERATORS:
            if not node.args and not node.keywords:
                yield _Use("numpy", cell, node, own=True)
        elif (library := _library(node, meaning)) is not None:
            yield _Use(library, cell, node, own=False)


def _is_seed(target: ast.expr) -> bool:
    """Whether a seed is drawn, which is meant to be another one every time."""
    return "seed" in dotted_text(target).rpartition(".")[2].lower()


def _library(call: ast.Call, meaning: str) -> str | None:
    """The library whose global generator a call draws from."""
    module, _, name = meaning.rpartition(".")
    if module == "random":
        return "random" if name in _RANDOM else None
    if module == "numpy.random":
        return "numpy" if name in _NUMPY else None
    if meaning in _TORCH:
        return None if has_keyword(call, "generator") else "torch"
    if meaning in _LOADERS:
        draws = says(call, "shuffle", True) and not has_keyword(call, "generator", "sampler")
        return "torch" if draws else None
    if module in ("tensorflow.random", "tensorflow.compat.v1.random"):
        return "tensorflow" if name in _TENSORFLOW and not has_keyword(call, "seed") else None
    if module.startswith("sklearn."):
        draws = name in _SKLEARN or (name in _FOLDS and says(call, "shuffle", True))
        told = has_keyword(call, "random_state") or says(call, "shuffle", False)
        return "sklearn" if draws and not told else None
    return None


def _seeded(context: Context, meanings: Meanings) -> frozenset[str]:
    """The libraries that any line of the notebook seeds, wherever it is."""
    found: set[str] = set()
    cells = [
        cell
        for cell in context.code_cells
        if any(word in cell.source for word in ("seed", "_state", "setstate", "determinis"))
    ]
    own = {node.name for cell in cells for node in cell.nodes if isinstance(node, ast.FunctionDef)}
    for cell in cells:
        for call, meaning in meanings.calls(cell):
            name = meaning.rpartition(".")[2].lower()
            if meaning in _SEEDS:
                # Without an argument it takes one from the system.
                found |= {_SEEDS[meaning]} if call.args or call.keywords else set()
            elif name == "seed" and meaning.startswith("?"):
                pass  # of an environment, of a generator of its own
            elif ("seed" in name or "full_determinism" in name) and name not in own:
                found.update(_LINES)  # a library's, or another file's, for all that it knows
    return frozenset(found | ({"sklearn"} if "numpy" in found else set()))


def _of_generator(use: _Use, uses: Sequence[_Use]) -> tuple[str, Fix]:
    """What is said of a generator; the fix is for all of them, of which only the first is told."""
    name = dotted_text(use.call.func)
    said = f"`{name}()` draws other numbers in every run; give it a seed, as in `{name}(0)`"
    ends = [(one.cell.number, one.cell.span(one.call)[1] - 1) for one in uses if one.own]
    edits = tuple(SourceEdit(cell, end, end, "0") for cell, end in ends)
    return said, Fix(f"give `{name}` the seed 0", edits, "unsafe")


def _of_library(context: Context, use: _Use) -> tuple[str, Fix | None]:
    module, call = _LINES[use.library]
    found = _import_of(context, module)
    line = f"{found[2] if found else _USUAL[module]}.{call}"
    what = dotted_text(use.call.func) or called_name(use.call)
    if use.library == "sklearn":
        said = (
            f"`{what}` draws other numbers in every run; give it a `random_state`, or add `{line}`"
        )
        said += " below the imports"
    else:
        shown = _SHOWN.get(module, f"`{module}`")
        said = f"`{what}` draws other numbers in every run, for no cell seeds {shown}; add `{line}`"
        said += " below its import"
    if found is None and use.library == "sklearn":
        found, line = _import_of(context, "sklearn"), f"import numpy as np\n{line}"
        if any("np" in cell.source for cell in context.code_cells):
            found = None  # which may be something else there
    if found is None or found[0].number > use.cell.number:
        return said, None
    edit = _below_imports(found[0], found[1], line)
    return said, Fix(f"add `{line.splitlines()[-1]}`", (edit,), "unsafe") if edit else None


def _import_of(context: Context, module: str) -> tuple[CheckedCell, ast.stmt, str] | None:
    """The first import of a module at the top level of a cell, and the name that it has there. Of
    scikit-learn any will do.
    """
    for cell in context.code_cells:
        if module not in cell.source:
            continue
        for node in cell.tree.body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    whole = alias.name == module
                    if whole or (not alias.asname and alias.name.startswith(f"{module}.")):
                        return cell, node, alias.asname or module
            elif isinstance(node, ast.ImportFrom) and module == "sklearn" == _top(node):
                return cell, node, module
    return None


def _top(node: ast.ImportFrom) -> str:
    return (node.module or "").partition(".")[0]


def _below_imports(cell: CheckedCell, node: ast.stmt, line: str) -> SourceEdit | None:
    """A line of its own below the imports among which one stands."""
    body = cell.tree.body
    index = body.index(node)
    while index + 1 < len(body) and isinstance(body[index + 1], ast.Import | ast.ImportFrom):
        index += 1
    start, end = cell.span(body[index])
    begin = cell.source.rfind("\n", 0, start) + 1
    margin = cell.source[begin:start]
    if margin.lstrip().startswith((">>>", "...", "In [")):
        return None
    margin = margin[: len(margin) - len(margin.lstrip())]
    stop = cell.source.find("\n", end)
    stop = len(cell.source) if stop < 0 else stop
    text = "".join(f"\n{margin}{one}" for one in line.splitlines())
    return SourceEdit(cell.number, stop, stop, text)
