"""Answers that were had before, each under the digest of its question.

The directory may be shared between users and machines and deleted at any time: a file appears whole
or not at all, and one that is not what it says is not read.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from nb2prod.environment.lock.question import Question
from nb2prod.environment.lock.uv import (
    INDEX_VARIABLES,
    Answer,
    Resolved,
    ask,
    uv_version,
)


def ask_cached(question: Question, environment: Mapping[str, str] = os.environ) -> Answer:
    """The answer of before, else uv's, which is kept where it is a resolution.

    What is built is asked anew, because nothing holds the build to the same result.
    """
    if question.buildable:
        return ask(question, environment)
    indexes = [f"{name}={environment.get(name, '')}" for name in INDEX_VARIABLES]
    digest = question.digest(uv_version(), *indexes)
    path = cache_directory(environment) / "locks" / f"{digest}.json"
    known = _read(path)
    if known is not None:
        return known
    answer = ask(question, environment)
    if isinstance(answer, Resolved):
        _write(path, answer)
    return answer


def cache_directory(environment: Mapping[str, str] = os.environ) -> Path:
    """Where answers are kept: `NB2PROD_CACHE_DIR`, else the user's own place for caches."""
    named = environment.get("NB2PROD_CACHE_DIR")
    if named:
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("nb2prod", appauthor=False)


def _read(path: Path) -> Resolved | None:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        text, versions = kept["text"], kept["versions"]
        if kept["sha256"] != _sum(text, versions):
            return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return Resolved(text, MappingProxyType(versions))


def _write(path: Path, answer: Resolved) -> None:
    """A directory that cannot be written to costs the next run its time, and nothing else."""
    versions = dict(answer.versions)
    kept = {"sha256": _sum(answer.text, versions), "text": answer.text, "versions": versions}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    except OSError:
        return
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(kept, file)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)


def _sum(text: str, versions: Mapping[str, str]) -> str:
    return hashlib.sha256(f"{text}\0{sorted(versions.items())}".encode()).hexdigest()
