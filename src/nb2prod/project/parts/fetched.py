"""What the notebook fetches while it runs, as the README tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nb2prod.analysis.clones import is_commit
from nb2prod.analysis.facts import Fetched, FetchKind

MOST_ROWS = 40
_FROM: dict[FetchKind, str] = {
    "url": "its address",
    "google-drive": "Google Drive",
    "kaggle-dataset": "Kaggle, a dataset",
    "kaggle-competition": "Kaggle, a competition's data",
    "kaggle-model": "Kaggle, a model",
    "kaggle-kernel": "Kaggle, a notebook's output",
    "hugging-face-model": "Hugging Face, a model",
    "hugging-face-dataset": "Hugging Face, a dataset",
    "hugging-face-space": "Hugging Face, a Space",
    "git-lfs": "Git LFS",
    "tensorflow-datasets": "TensorFlow Datasets",
    "tensorflow-hub": "TensorFlow Hub",
    "torch-hub": "torch.hub",
    "keras": "Keras",
    "openml": "OpenML",
    "uci": "UCI's repository",
    "nltk": "NLTK",
}
# A revision of these is a version, which stays what it is.
_VERSIONED: frozenset[FetchKind] = frozenset(
    {"kaggle-dataset", "kaggle-model", "tensorflow-datasets", "tensorflow-hub", "openml"}
)
# The library holds the checksums of what it fetches, so that its own pin is enough (their sources).
_CHECKED: frozenset[FetchKind] = frozenset(
    {"keras", "scikit-learn", "torchvision", "torchaudio", "whisper", "clip"}
)


@dataclass(frozen=True, slots=True)
class FetchedRow:
    """A row of the table: what is fetched, from where, in which cells, and whether it is pinned."""

    what: str
    origin: str
    cells: str
    pinned: str


def fetched_rows(fetched: Sequence[Fetched]) -> list[FetchedRow]:
    """A row for each, in the order in which they are fetched."""
    return [
        FetchedRow(
            found.source,
            _FROM.get(found.kind, f"{found.kind}, by this name"),
            ", ".join(map(str, found.cells)),
            _pinned(found),
        )
        for found in fetched
    ]


def is_pinned(found: Fetched) -> bool:
    """Whether every run fetches the same, or stops."""
    return bool(
        found.checksum
        or found.kind in _CHECKED
        or (found.revision and (is_commit(found.revision) or found.kind in _VERSIONED))
    )


def _pinned(found: Fetched) -> str:
    if found.checksum:
        return "by its checksum"
    if found.kind in _CHECKED:
        return "by the library"
    if found.revision:
        return found.revision if is_pinned(found) else f"no, {found.revision} may move"
    return "no"
