"""The stages of a notebook without headings, by what its cells call and import.

Nothing is known here of other cells, so calls are told by the names they are written with. Bodies
of functions do not count: they say what the notebook will do, and not when.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from nb2prod.analysis.names import dotted_text

Stage = Literal["set_up", "data", "model", "train", "evaluate", "save"]

STAGE_NAMES: Mapping[Stage, str] = {
    "set_up": "set_up",
    "data": "load_data",
    "model": "build_model",
    "train": "train_model",
    "evaluate": "evaluate_model",
    "save": "save_results",
}
_ORDER: tuple[Stage, ...] = tuple(STAGE_NAMES)

# A cell that does several things is named for what it is there for. A step needs those before it
# in the same cell, so the later one tells; but training comes first of all, because it evaluates
# and saves by the way.
_STRENGTH: tuple[Stage, ...] = ("train", "save", "evaluate", "model", "data", "set_up")

# What a call says by its last name alone.
_SET_UP = frozenset(
    "basicConfig filterwarnings getLogger init_notebook_mode login manual_seed mount notebook_login"
    " seed seed_everything set_grad_enabled set_memory_growth set_option set_random_seed set_seed"
    " set_style set_theme".split()
)
_FETCHES = frozenset(
    "competition_download_files dataset_download dataset_download_files download_and_prepare"
    " fetch_20newsgroups fetch_california_housing fetch_olivetti_faces fetch_openml genfromtxt"
    " get_file imread load_breast_cancer load_data load_dataset load_diabetes load_digits"
    " load_from_disk load_iris load_wine loadtxt make_blobs make_classification make_moons"
    " make_regression untar_data urlretrieve".split()
)
_DATASETS = frozenset(
    "CIFAR10 CIFAR100 ConcatDataset DataLoader FashionMNIST ImageDataGenerator ImageFolder MNIST"
    " TensorDataset flow_from_dataframe flow_from_directory from_generator from_tensor_slices"
    " image_dataset_from_directory text_dataset_from_directory"
    " timeseries_dataset_from_array".split()
)
_PREPARES = frozenset(
    "drop_duplicates dropna fillna fit_on_texts fit_resample fit_transform get_dummies"
    " pad_sequences random_split texts_to_sequences to_categorical train_test_split".split()
)
_BUILDS = frozenset(
    "DBSCAN ElasticNet GaussianMixture GaussianNB GridSearchCV IsolationForest KMeans KerasLayer"
    " Lasso LinearSVC LoraConfig MultinomialNB Prophet RandomizedSearchCV Ridge SARIMAX SVC SVR"
    " Sequential TrainingArguments create_model from_pretrained get_peft_model"
    " load_from_checkpoint load_model load_state_dict load_weights make_pipeline pipeline"
    " prepare_model_for_kbit_training".split()
)
_TRAINS = frozenset(
    "apply_gradients backward fit fit_generator fit_one_cycle lr_find partial_fit"
    " train_and_evaluate train_on_batch".split()
)
_EVALUATES = frozenset(
    "ConfusionMatrixDisplay classification_report confusion_matrix cross_val_predict"
    " cross_validate evaluate inference_mode log_loss mean_absolute_error"
    " mean_absolute_percentage_error mean_squared_error no_grad permutation_importance"
    " plot_confusion_matrix precision_recall_curve predict predict_classes predict_generator"
    " predict_proba roc_curve root_mean_squared_error score".split()
)
_SAVES = frozenset(
    "push_to_hub save save_checkpoint save_file save_model save_pretrained save_weights savez"
    " savez_compressed to_csv to_excel to_feather to_parquet to_pickle upload_folder".split()
)
_BY_NAME: Mapping[str, Stage] = {
    **dict.fromkeys(_SET_UP, "set_up"),
    **dict.fromkeys(_FETCHES | _DATASETS | _PREPARES, "data"),
    **dict.fromkeys(_BUILDS, "model"),
    **dict.fromkeys(_TRAINS, "train"),
    **dict.fromkeys(_EVALUATES, "evaluate"),
    **dict.fromkeys(_SAVES, "save"),
}
# Names that say so only behind one of these.
_BY_OWNER: Mapping[tuple[str, str], Stage] = {
    **dict.fromkeys([("tfds", "load"), ("np", "load"), ("librosa", "load")], "data"),
    **dict.fromkeys([("hub", "load"), ("torch", "compile")], "model"),
    **dict.fromkeys([(owner, "train") for owner in "xgb xgboost lgb lightgbm".split()], "train"),
    **dict.fromkeys([("study", "optimize")], "train"),
    **dict.fromkeys([("model", "generate"), ("sess", "run"), ("session", "run")], "evaluate"),
    **dict.fromkeys([(owner, "dump") for owner in "joblib json pickle".split()], "save"),
    **dict.fromkeys([("onnx", "export"), ("model", "export")], "save"),
}
_BY_PATTERN: tuple[tuple[re.Pattern[str], Stage], ...] = (
    (re.compile(r"read_(?:csv|excel|feather|json|parquet|pickle|sql\w*|table)"), "data"),
    (re.compile(r"[A-Z]\w*(?:Classifier|Regressor|Regression|Model|CV)"), "model"),
    (re.compile(r"\w+_score"), "evaluate"),
)
# What a notebook calls its own functions.
_BY_OWN_NAME: tuple[tuple[re.Pattern[str], Stage], ...] = (
    (re.compile(r"(?:do_|run_)?(?:train|fit|fine_?tune)(?:_\w+)?"), "train"),
    (re.compile(r"(?:do_|run_)?(?:eval|evaluate|validate|test|predict)(?:_\w+)?"), "evaluate"),
    (re.compile(r"(?:load|get|read|download|prepare|preprocess)_(?:\w+_)?data\w*"), "data"),
    (re.compile(r"(?:build|create|make|define|get|load|init)_(?:\w+_)?model\w*"), "model"),
    (re.compile(r"save_\w+"), "save"),
)
_LAYERS = re.compile(r"(?:\w+\.)*(?:layers|nn|optim|optimizers)\.[A-Z]\w*")
# What fits itself to data, and no model to them.
_OF_THE_DATA = re.compile(
    r"\w*(?:scaler|(?<!auto)encoder|vectori[sz]er|imputer|tokenizer|binarizer|normali[sz]er)"
    r"|le|ohe|mlb|lb|ss|sc|pca|datagen",
    re.IGNORECASE,
)
_PRETRAINED_FOR_DATA = re.compile(r"\w*(?:Tokenizer(?:Fast)?|Processor|FeatureExtractor)")
_MODEL_NAME = re.compile(r"(?:\w+_)?(?:model|net|learner)")
_MODEL_BASES = frozenset("HybridBlock Layer LightningModule Model Module PreTrainedModel".split())
_DATA_BASES = frozenset("Dataset IterableDataset LightningDataModule Sequence".split())


def stage_of(tree: ast.Module) -> Stage | None:
    """What a cell's code does: the strongest of what its calls, classes and imports say.

    None where nothing tells, as for a cell that only defines functions or shows something.
    """
    found = {stage for node in _executed(tree) if (stage := _stage_of_node(node))}
    return next((stage for stage in _STRENGTH if stage in found), None)


def cuts(stages: Sequence[Stage | None]) -> tuple[tuple[int, Stage], ...]:
    """The indexes at which a new part begins, with its stage, for the stages of all cells in order.

    Parts go forward only, and a part begins with a cell of its stage; the first begins with the
    first cell. All other cells belong to the part that they stand in: those without a stage, of an
    earlier one, and of a later one that comes too soon, such as a file that is saved among the
    loading of data. Of all such cuts those are taken that make the most parts, then those with the
    strongest stages, then with the most cells in a part of their own stage, then the earliest.
    """
    best: dict[Stage, _Cuts] = {}
    for index, stage in enumerate(stages):
        if stage is None:
            continue
        before = [best[one] for one in _ORDER[: _ORDER.index(stage)] if one in best]
        begun = max((one.then(index, stage) for one in (*before, _Cuts())), key=_Cuts.worth)
        if stage not in best or begun.worth() > (gone_on := best[stage].go_on()).worth():
            best[stage] = begun
        else:
            best[stage] = gone_on
    if not best:
        return ()
    (_, first), *others = max(best.values(), key=_Cuts.worth).parts
    return ((0, first), *others)


@dataclass(frozen=True, slots=True)
class _Cuts:
    """Some cuts, and how many cells stand in a part of their own stage."""

    parts: tuple[tuple[int, Stage], ...] = ()
    agreeing: int = 0

    def then(self, index: int, stage: Stage) -> _Cuts:
        return _Cuts((*self.parts, (index, stage)), self.agreeing + 1)

    def go_on(self) -> _Cuts:
        return _Cuts(self.parts, self.agreeing + 1)

    def worth(self) -> tuple[int, list[bool], int, list[int]]:
        stages = {stage for _, stage in self.parts}
        strongest = [stage in stages for stage in _STRENGTH]
        return len(self.parts), strongest, self.agreeing, [-index for index, _ in self.parts]


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when the cell does: not what is in the bodies of functions and classes."""
    yield node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        return
    for child in ast.iter_child_nodes(node):
        yield from _executed(child)


def _stage_of_node(node: ast.AST) -> Stage | None:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return "set_up"
    if isinstance(node, ast.ClassDef):
        bases = {_last_name(base) for base in node.bases}
        return "model" if bases & _MODEL_BASES else "data" if bases & _DATA_BASES else None
    if isinstance(node, ast.Assign):
        named = any(_MODEL_NAME.fullmatch(_last_name(target)) for target in node.targets)
        return "model" if named and isinstance(node.value, ast.Call) else None
    return _stage_of_call(node) if isinstance(node, ast.Call) else None


def _stage_of_call(call: ast.Call) -> Stage | None:
    name = _last_name(call.func)
    owner = _last_name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    if name == "compile":  # of Keras, and not of `re`
        keywords = {keyword.arg for keyword in call.keywords}
        return "model" if owner == "torch" or keywords & {"loss", "optimizer"} else None
    if name == "step":
        return "train" if "opt" in owner.lower() else None
    if name == "train" and owner and (call.args or call.keywords or "train" in owner.lower()):
        return "train"  # `model.train()` of torch only switches a mode
    if name == "fit" and _OF_THE_DATA.fullmatch(owner):
        return "data"
    if name == "from_pretrained" and _PRETRAINED_FOR_DATA.fullmatch(owner):
        return "data"
    known = _BY_NAME.get(name) or _BY_OWNER.get((owner, name))
    if known is None and _LAYERS.fullmatch(dotted_text(call.func)):
        return "model"
    patterns = _BY_PATTERN if owner else (*_BY_PATTERN, *_BY_OWN_NAME)
    return known or next((stage for like, stage in patterns if like.fullmatch(name)), None)


def _last_name(node: ast.expr) -> str:
    """`fit` of `model.fit`, `Scaler` of `Scaler()` as well; "" where there is none."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
