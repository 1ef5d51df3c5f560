"""The calls of Python libraries that fetch something, as a table.

Source of the facts: the documentation of each library. A call is known by its full dotted name
(`keras.utils.get_file`), whatever the notebook calls the modules; where the receiver is not known
by name (a client, a class), the name begins with `?`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from nb2prod.analysis.facts import FetchKind

# What has to be true of a source: an address, a name on the Hugging Face Hub (where a name of one
# part counts for what never had an owner, or always), or nothing.
Form = Literal["address", "owned", "hub", "any"]


@dataclass(frozen=True, slots=True)
class At:
    """Where an argument stands: its position (-1 for none) and its keywords."""

    position: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a call fetches. Without a `source` it is said by the name that is called.

    `path` are the parts of where it is put. `requires` names an argument that has to be true.
    """

    kind: FetchKind
    form: Form = "any"
    source: At | None = None
    path: tuple[At, ...] = ()
    revision: At | None = None
    checksum: At | None = None
    requires: tuple[str, ...] = ()


def _at(position: int, *names: str) -> At:
    return At(position, names)


_URL = _at(0, "url", "filepath_or_buffer", "path_or_buf", "path_or_buffer", "io", "path", "uri")
_HUB = _at(0, "pretrained_model_name_or_path", "model_name", "model_id", "repo_id", "model")
_REVISION = _at(-1, "revision")
_REPOSITORY = Rule(
    "hugging-face-model",
    "hub",
    _at(0, "repo_id"),
    (_at(-1, "local_dir"), _at(1, "filename")),
    _REVISION,
)
_FILES = (_at(1, "path", "data_dir", "output_dir"),)

_RULES: tuple[tuple[str, Rule], ...] = (
    # Addresses
    (
        r"(?:six\.moves\.)?urllib\.(?:request\.)?urlretrieve",
        Rule("url", "address", _URL, (_at(1, "filename"),)),
    ),
    (r"(?:six\.moves\.)?urllib\.request\.urlopen", Rule("url", "address", _URL)),
    (r"urllib\.request\.Request", Rule("url", "address", _URL)),
    (r"(?:requests|httpx)\.get", Rule("url", "address", _URL)),
    (r"wget\.download", Rule("url", "address", _URL, (_at(1, "out"),))),
    (
        r"(?:pandas|geopandas|polars|dask\.dataframe|modin\.pandas)\.(?:read_\w+|json_normalize)",
        Rule("url", "address", _URL),
    ),
    (
        r"numpy\.(?:loadtxt|genfromtxt)|imageio(?:\.v[23])?\.imread|skimage\.io\.imread",
        Rule("url", "address", _at(0, "fname", "uri")),
    ),
    (
        r"(?:diffusers\.utils|transformers\.image_utils)\.load_image",
        Rule("url", "address", _at(0, "image")),
    ),
    (
        r"torchvision\.datasets\.utils\.download_url",
        Rule("url", "address", _URL, (_at(1, "root"), _at(2, "filename")), None, _at(3, "md5")),
    ),
    (
        r"torchvision\.datasets\.utils\.download_and_extract_archive",
        Rule("url", "address", _URL, (_at(1, "download_root"),), None, _at(4, "md5")),
    ),
    (
        r"torch\.(?:hub\.load_state_dict_from_url|utils\.model_zoo\.load_url)",
        Rule("url", "address", _URL, (_at(1, "model_dir"),)),
    ),
    (
        r"torch\.hub\.download_url_to_file",
        Rule("url", "address", _URL, (_at(1, "dst"),), None, _at(2, "hash_prefix")),
    ),
    (
        r"pooch\.retrieve",
        Rule("url", "address", _URL, (_at(3, "path"), _at(2, "fname")), None, _at(1, "known_hash")),
    ),
    (
        r"(?:mxnet\.gluon\.utils|mxnet\.test_utils|gluoncv\.utils)\.download",
        Rule("url", "address", _URL, (_at(1, "path"),), None, _at(3, "sha1_hash")),
    ),
    (r"opendatasets\.download", Rule("url", "address", _at(0, "dataset_id_or_url"), _FILES)),
    (
        r"(?:.*\.)?keras\.(?:\w+\.)*get_file",
        Rule(
            "url",
            "address",
            _at(1, "origin"),
            (_at(0, "fname"),),
            None,
            _at(4, "file_hash", "md5_hash"),
        ),
    ),
    (r".*\.from_single_file", Rule("url", "address", _at(0, "pretrained_model_link_or_path"))),
    # Google Drive
    (
        r"gdown\.(?:download|cached_download|download_folder)",
        Rule(
            "google-drive",
            "any",
            _at(0, "url", "id"),
            (_at(1, "output", "path"),),
            None,
            _at(-1, "hash", "md5"),
        ),
    ),
    # Kaggle
    (r"kagglehub\.dataset_download", Rule("kaggle-dataset", "any", _at(0, "handle"))),
    (
        r"kagglehub\.(?:dataset_load|load_dataset)",
        Rule("kaggle-dataset", "any", _at(1, "handle")),
    ),
    (r"kagglehub\.competition_download", Rule("kaggle-competition", "any", _at(0, "handle"))),
    (r"kagglehub\.model_download", Rule("kaggle-model", "any", _at(0, "handle"))),
    (
        r".*\.dataset_download_(?:files|cli|file)",
        Rule("kaggle-dataset", "any", _at(0, "dataset"), (_at(-1, "path"),)),
    ),
    (
        r".*\.competition_download_(?:files|cli|file)",
        Rule("kaggle-competition", "any", _at(0, "competition"), (_at(-1, "path"),)),
    ),
    # Hugging Face
    (r".*\.from_pretrained", Rule("hugging-face-model", "owned", _HUB, (), _REVISION)),
    (
        r"peft\.Peft\w*\.from_pretrained",
        Rule("hugging-face-model", "owned", _at(1, "model_id"), (), _REVISION),
    ),
    (
        r"transformers\.(?:pipelines\.)?pipeline",
        Rule("hugging-face-model", "owned", _at(1, "model"), (), _REVISION),
    ),
    (
        r"sentence_transformers\.(?:\w+\.)*(?:SentenceTransformer|CrossEncoder|SparseEncoder)",
        Rule(
            "hugging-face-model", "hub", _at(0, "model_name_or_path", "model_name"), (), _REVISION
        ),
    ),
    (r"vllm\.LLM", Rule("hugging-face-model", "owned", _at(0, "model"), (), _REVISION)),
    (
        r"langchain\w*\..*\bHuggingFace\w*Embeddings",
        Rule("hugging-face-model", "hub", _at(-1, "model_name")),
    ),
    (r"huggingface_hub\.(?:\w+\.)*(?:hf_hub_download|snapshot_download)", _REPOSITORY),
    (
        r"datasets\.(?:load\.)?load_dataset",
        Rule("hugging-face-dataset", "hub", _at(0, "path"), (), _REVISION),
    ),
    # Libraries with collections of their own
    (r"torch\.hub\.load", Rule("torch-hub", "any", _at(0, "repo_or_dir", "github"))),
    (r"tensorflow_datasets\.(?:load|builder)", Rule("tensorflow-datasets", "any", _at(0, "name"))),
    (
        r"tensorflow_hub\.(?:load|KerasLayer|Module|load_module_spec)",
        Rule("tensorflow-hub", "address", _at(0, "handle", "spec")),
    ),
    (
        r"torchvision\.datasets\.(?:\w+\.)*(?P<name>[A-Z]\w+)",
        Rule("torchvision", path=(_at(0, "root"),), requires=("download",)),
    ),
    (
        r"torchaudio\.datasets\.(?:\w+\.)*(?P<name>[A-Z]\w+)",
        Rule("torchaudio", path=(_at(0, "root"),), requires=("download",)),
    ),
    (r"torchtext\.datasets\.(?P<name>\w+)", Rule("torchtext", path=(_at(0, "root"),))),
    (
        r"torch_geometric\.datasets\.(?P<name>[A-Z]\w+)",
        Rule("torch-geometric", path=(_at(0, "root"),)),
    ),
    (
        r"torchvision\.models\.(?:\w+\.)*(?P<name>[a-z]\w+)",
        Rule("torchvision", requires=("pretrained", "weights")),
    ),
    (
        r"(?:.*\.)?keras\.(?:\w+\.)*datasets\.(?P<name>\w+)\.load_data",
        Rule("keras", path=(_at(0, "path"),)),
    ),
    (
        r"(?:.*\.)?keras\.(?:\w+\.)*applications\.(?:\w+\.)*(?P<name>[A-Z]\w+)",
        Rule("keras"),
    ),
    (r"sklearn\.datasets\.fetch_(?P<name>\w+)", Rule("scikit-learn")),
    (
        r"sklearn\.datasets\.fetch_openml",
        Rule("openml", "any", _at(0, "name", "data_id"), (), _at(1, "version")),
    ),
    (r"ucimlrepo\.fetch_ucirepo", Rule("uci", "any", _at(-1, "id", "name"))),
    (
        r"nltk\.(?:downloader\.)?download",
        Rule("nltk", "any", _at(0, "info_or_id"), (_at(1, "download_dir"),)),
    ),
    (r"seaborn\.load_dataset", Rule("seaborn", "any", _at(0, "name"))),
    (r"fastai\..*\buntar_data", Rule("fastai", "any", _at(0, "url"))),
    (r"gensim\.downloader\.load", Rule("gensim", "any", _at(0, "name"))),
    (
        r"timm\.(?:models\.)?create_model",
        Rule("timm", "any", _at(0, "model_name"), requires=("pretrained",)),
    ),
    (r"clip\.load", Rule("clip", "any", _at(0, "name"))),
    (r"whisper\.load_model", Rule("whisper", "any", _at(0, "name"))),
    (r"ultralytics\.(?:\w+\.)*(?:YOLO|SAM|RTDETR)", Rule("ultralytics", "any", _at(0, "model"))),
)
_COMPILED = tuple((re.compile(pattern), rule) for pattern, rule in reversed(_RULES))


@lru_cache(maxsize=4096)
def rule_for(name: str) -> tuple[Rule, str] | None:
    """The rule for what a call's full dotted name means, and the name of what is fetched where the
    call's own name says it (`keras.datasets.mnist.load_data`); None for a call that fetches
    nothing.

    The later of two rules counts: those for all receivers stand before those for some.
    """
    for pattern, rule in _COMPILED:
        match = pattern.fullmatch(name)
        if match:
            return rule, match.groupdict().get("name", "")
    return None
