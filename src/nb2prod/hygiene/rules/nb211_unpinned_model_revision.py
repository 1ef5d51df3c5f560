"""NB211: a model or a data set of a hub, without the revision of it.

Sources: the signatures of transformers' and diffusers' `from_pretrained` (`revision="main"`), of
`datasets.load_dataset`, `huggingface_hub.hf_hub_download` and `snapshot_download` (`revision=None`,
which is main), `transformers.pipeline` (`revision`), and `torch.hub.load` (`owner/name:ref`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from nb2prod.analysis.known_values import Value, possible, texts
from nb2prod.analysis.names import called_name
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.meanings import argument, cells_with, has_keyword, once_given
from nb2prod.hygiene.model import Finding

RULE = rule("NB211")

_WORDS = frozenset(RULE.words.split())
# Texts, which `re` compiles when they are first needed.
_NAME = r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*"
# Names of the Hugging Face Hub that never had an owner in front.
_OWNERLESS = (
    r"(?:bert|distilbert|roberta|distilroberta|albert|camembert|xlm|xlnet|t5|gpt2|distilgpt2"
    r"|openai-gpt|ctrl|transfo-xl)(?:-[\w.-]*)?"
)
_DATASET = rf"{_NAME}|[A-Za-z][\w.-]*"
_FILE = r".*\.(?:pt|pth|bin|ckpt|h5|onnx|zip|csv|tsv|jsonl?|txt|py|parquet|arrow|pkl)"
# First parts of paths, as notebooks name their own directories; no owner of a repository.
_DIRECTORIES = frozenset(
    "checkpoint checkpoints ckpt content data dataset datasets drive finetuned fine_tuned home"
    " kaggle log logs model models my_model out output outputs result results root run runs save"
    " saved saved_model saved_models temp tmp trained weights work workspace".split()
)
# What `load_dataset` reads from the files that it is given.
_FORMATS = frozenset(
    "csv json text parquet arrow pandas xml sql imagefolder audiofolder videofolder webdataset"
    " generator".split()
)
_SAVING = r"save\w*|makedirs|mkdir|copytree|push_to_hub|create_repo"
_SAVED_TO = frozenset({"output_dir", "save_dir", "save_directory", "local_dir", "hub_model_id"})
_MOVING = frozenset({"main", "master", "HEAD"})


def check(context: Context) -> Iterator[Finding]:
    """The calls that take what is newest, one finding for each."""
    cells = cells_with(context, _WORDS)
    if not cells:
        return
    meanings = context.meanings
    known: Mapping[str, tuple[Value, ...]] | None = None
    own: frozenset[str] = frozenset()
    for cell in cells:
        for call, meaning in meanings.calls(cell):
            asked = _asked(call, meaning)
            if asked is None or _says_revision(call) or has_keyword(call, "local_files_only"):
                continue
            if known is None:
                known = once_given(context.code_cells)
                own = _own(context, known)
            for source in texts(asked, known):
                if _is_there(source, meaning) and source not in own:
                    yield context.found(RULE, cell.place(call), _said(call, meaning, source))
                    break


def _says_revision(call: ast.Call) -> bool:
    """Whether a call names a revision that is no branch which moves, or may do so by `**`."""
    for keyword in call.keywords:
        if keyword.arg is None:
            return True
        if keyword.arg == "revision":
            value = keyword.value
            return not (isinstance(value, ast.Constant) and value.value in {None, *_MOVING})
    return False


def _asked(call: ast.Call, meaning: str) -> ast.expr | None:
    """The expression that names the repository, in a call that fetches one."""
    name = called_name(call)
    if name == "from_pretrained":
        if meaning.startswith("peft."):
            return argument(call, 1, "model_id")
        named = ("pretrained_model_name_or_path", "model_name", "model_id")
        return argument(call, 0, *named)
    module = meaning.partition(".")[0]
    if name == "load_dataset" and module == "datasets":
        given = argument(call, -1, "data_files", "data_dir")
        return argument(call, 0, "path") if given is None else None
    if name in ("hf_hub_download", "snapshot_download") and module in ("huggingface_hub", "?"):
        return argument(call, 0, "repo_id")
    if name == "pipeline" and module == "transformers":
        return argument(call, 1, "model")
    if meaning == "torch.hub.load" and argument(call, -1, "source") is None:
        return argument(call, 0, "repo_or_dir", "github")
    return None


def _is_there(source: str, meaning: str) -> bool:
    """Whether a text is the name of a repository, and says no revision itself."""
    if meaning == "torch.hub.load":
        repository, _, reference = source.partition(":")
        return re.fullmatch(_NAME, repository) is not None and reference in {"", *_MOVING}
    if re.fullmatch(_FILE, source) or "checkpoint-" in source:
        return False
    if source.partition("/")[0].lower() in _DIRECTORIES:
        return False
    if meaning.endswith("load_dataset"):
        return re.fullmatch(_DATASET, source) is not None and source not in _FORMATS
    return (re.fullmatch(_NAME, source) or re.fullmatch(_OWNERLESS, source)) is not None


def _own(context: Context, known: Mapping[str, tuple[Value, ...]]) -> frozenset[str]:
    """What the notebook itself saves, as directories and as repositories."""
    found: set[str] = set()
    for cell in context.code_cells:
        for node in cell.nodes:
            if not isinstance(node, ast.Call):
                continue
            if re.fullmatch(_SAVING, called_name(node).rpartition(".")[2]):
                for given in node.args[:2]:
                    found.update(texts(given, known))
            for keyword in node.keywords:
                if keyword.arg in _SAVED_TO:
                    found.update(one for one in possible(keyword.value, known) if type(one) is str)
    return frozenset(path.removeprefix("./").rstrip("/") for path in found)


def _said(call: ast.Call, meaning: str, source: str) -> str:
    how = "write `:` and a tag or commit behind the name"
    if meaning != "torch.hub.load":
        how = "add `revision=` with a commit"
    return f"`{called_name(call)}` takes whatever `{source}` is on the day that it runs; {how}"
