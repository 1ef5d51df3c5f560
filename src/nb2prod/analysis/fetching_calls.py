"""What the Python of a notebook fetches: the calls of `fetch_rules` with arguments that the text
shows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from nb2prod.analysis.addresses import is_address
from nb2prod.analysis.dotted_imports import DottedImports
from nb2prod.analysis.facts import Fetched, FetchKind
from nb2prod.analysis.fetch_rules import At, Rule, rule_for
from nb2prod.analysis.known_values import Known, possible, texts
from nb2prod.analysis.names import called_name, dotted_text
from nb2prod.analysis.scopes import Scope
from nb2prod.location import Location
from nb2prod.notebook.trees import walk

# Names on the Hugging Face Hub that never had an owner in front.
_OWNERLESS = re.compile(
    r"(?:bert|distilbert|roberta|distilroberta|albert|camembert|xlm|xlnet|t5|gpt2|distilgpt2"
    r"|openai-gpt|ctrl|transfo-xl)(?:-[\w.-]*)?"
)
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9][\w.-]*)?")
_FILE = re.compile(r".*\.(?:pt|pth|bin|ckpt|h5|onnx|zip|csv|tsv|jsonl?|txt|py|parquet|arrow|pkl)")
# First parts of paths, as notebooks name their own directories; no owner on the Hub.
_DIRECTORIES = frozenset(
    "content data dataset datasets drive checkpoint checkpoints ckpt logs model models my_model"
    " output outputs result results run runs saved saved_model saved_models tmp temp trained"
    " weights work workspace home kaggle root mnt finetuned fine_tuned".split()
)
# Formats of files that `datasets.load_dataset` reads from where `data_files` says.
_FORMATS = frozenset(
    "csv json text parquet arrow pandas xml imagefolder audiofolder videofolder webdataset".split()
)
_SAVING = re.compile(r"save\w*|makedirs|mkdir|ensure_dir|copytree")
_SAVED_TO = frozenset({"output_dir", "save_dir", "local_dir", "save_directory", "logging_dir"})
# An API is asked, with an answer of its own for every question.
_ASKING = frozenset({"params", "auth", "data", "json"})
_ACCEPTED: dict[FetchKind, re.Pattern[str]] = {
    "whisper": re.compile(r"(?:tiny|base|small|medium|large|turbo)(?:[-.]\w+)*"),
    "clip": re.compile(r"(?:RN50|RN101|ViT-)[\w/@-]*"),
    "ultralytics": re.compile(r"(?:yolo|rtdetr|sam|mobile_sam|FastSAM)[\w.-]*\.pt"),
    "torch-hub": re.compile(r"[\w.-]+/[\w.-]+(?::[\w./-]+)?"),
}


def calls_that_fetch(
    trees: Sequence[tuple[int, ast.Module]], groups: Iterable[Scope], made: Iterable[str] = ()
) -> Iterator[tuple[Fetched, Location]]:
    """What the calls in the cells' trees fetch, with the place of each, as the notebook writes it.

    `groups` are the nodes of the trees by scope; `made` are paths that the notebook makes
    by other means: a model of such a name is its own.
    """
    rules = _rules(trees)
    if not rules:
        return
    found: list[tuple[Scope, ast.Call]] = []
    own = {_directory(path) for path in made}
    for scope in groups:
        for node in scope.nodes:
            if isinstance(node, ast.Call):
                own.update(map(_directory, _saved(node, scope.known)))
                if id(node) in rules:
                    found.append((scope, node))
    own.discard("")
    for scope, call in found:
        place = Location(scope.cell, call.lineno, call.col_offset + 1)
        for one in _fetched(call, *rules[id(call)], scope, own):
            yield one, place


def _rules(trees: Sequence[tuple[int, ast.Module]]) -> dict[int, tuple[Rule, str, str]]:
    """The calls that fetch by their names, by their ids: the rule for each, the name of what it
    fetches where that is said by the call's own, and the call's full name.
    """
    imports = DottedImports(tree for _, tree in trees)
    rules: dict[int, tuple[Rule, str, str]] = {}
    for _, tree in trees:
        imports.read(tree)
        for node in walk(tree):
            if isinstance(node, ast.Call):
                for meaning in imports.meanings(node.func):
                    rule = rule_for(meaning)
                    if rule is not None:
                        rules.setdefault(id(node), (*rule, meaning))
    return rules


def _saved(call: ast.Call, known: Known) -> Iterator[str]:
    name = called_name(call)
    if _SAVING.fullmatch(name.rpartition(".")[2]):
        for argument in call.args[:2]:
            yield from texts(argument, known)
    for keyword in call.keywords:
        if keyword.arg in _SAVED_TO:
            yield from texts(keyword.value, known)


def _directory(path: str) -> str:
    return path.removeprefix("./").rstrip("/")


def _fetched(
    call: ast.Call, rule: Rule, name: str, meaning: str, scope: Scope, own: Collection[str]
) -> Iterator[Fetched]:
    known = scope.known
    if not _applies(call, rule, meaning):
        return
    sources: tuple[str, ...] = (name,)
    kind, form = rule.kind, rule.form
    if rule.source is not None:
        argument = _argument(call, rule.source)
        sources = _sources(argument, known)
        if kind == "hugging-face-dataset" and set(sources) & _FORMATS:
            kind, form = "url", "address"
            sources = _sources(_argument(call, At(-1, ("data_files",))), known)
    if kind == "hugging-face-model":
        kind = _hub_kind(call, known)
    always = rule.form == "hub"
    sources = tuple(
        one for one in sources if _is_source(one, "hub" if always and form == "hub" else form, own)
    )
    accepted = _ACCEPTED.get(kind)
    for source in sources:
        if accepted is not None and not accepted.fullmatch(source):
            continue
        alone = len(sources) == 1
        yield Fetched(
            kind,
            source,
            _one(call, rule.revision, known),
            _one(call, rule.checksum, known),
            _path(call, rule, known) if alone else None,
            (scope.cell,),
        )


def _applies(call: ast.Call, rule: Rule, meaning: str) -> bool:
    """Whether the call fetches, by the arguments that decide on it."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if rule.requires:
        return any(
            not (isinstance(given[name], ast.Constant) and not _constant(given[name]))
            for name in rule.requires
            if name in given
        )
    if ".applications." in meaning:
        weights = given.get("weights", call.args[1] if len(call.args) > 1 else None)
        return weights is None or _constant(weights) == "imagenet"
    if meaning == "torch.hub.load":
        return _constant(given.get("source")) in (None, "github")
    if "local_files_only" in given:
        return _constant(given["local_files_only"]) is not True
    return not (meaning in ("requests.get", "httpx.get") and _ASKING & given.keys())


def _constant(node: ast.expr | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _argument(call: ast.Call, at: At) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg in at.names:
            return keyword.value
    before = call.args[: at.position + 1]
    if 0 <= at.position < len(call.args) and not any(isinstance(a, ast.Starred) for a in before):
        return call.args[at.position]
    return None


def _sources(argument: ast.expr | None, known: Known) -> tuple[str, ...]:
    if isinstance(argument, ast.Attribute) and dotted_text(argument).startswith("URLs."):
        return (argument.attr,)  # fastai's list of addresses
    if argument is None:
        return ()
    found: list[str] = []
    for value in possible(argument, known):
        values = value.values() if isinstance(value, dict) else (value,)
        for one in values:
            for text in one if isinstance(one, tuple) else (one,):
                if isinstance(text, str) or type(text) is int:
                    found.append(str(text))
    return tuple(dict.fromkeys(found))


def _is_source(text: str, form: str, own: Collection[str]) -> bool:
    if form == "address":
        return is_address(text)
    if not text.strip() or "\n" in text:
        return False
    if form == "any":
        return True
    if not _HUB_NAME.fullmatch(text) or _FILE.fullmatch(text):
        return False
    first = text.partition("/")[0]
    if first.lower() in _DIRECTORIES or "checkpoint-" in text:
        return False
    if any(text == path or text.startswith(f"{path}/") for path in own):
        return False
    return "/" in text or form == "hub" or _OWNERLESS.fullmatch(text) is not None


def _hub_kind(call: ast.Call, known: Known) -> FetchKind:
    match _one(call, At(-1, ("repo_type",)), known):
        case "dataset":
            return "hugging-face-dataset"
        case "space":
            return "hugging-face-space"
    return "hugging-face-model"


def _one(call: ast.Call, at: At | None, known: Known) -> str | None:
    """The one value of an argument, as text."""
    argument = _argument(call, at) if at is not None else None
    found = possible(argument, known) if argument is not None else ()
    if len(found) == 1 and (isinstance(found[0], str) or type(found[0]) is int):
        return str(found[0]) or None
    return None


def _path(call: ast.Call, rule: Rule, known: Known) -> str | None:
    """Where the call puts what it fetches; None where a part of it is not known."""
    parts: list[str] = []
    for at in rule.path:
        if _argument(call, at) is not None:
            part = _one(call, at, known)
            if part is None:
                return None
            parts.append(part.rstrip("/") or part)
    return "/".join(parts) or None
