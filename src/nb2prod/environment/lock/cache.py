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
from typing import Any

from nb2prod.environment.lock.question import Question
from nb2prod.environment.lock.uv import (
    INDEX_VARIABLES,
    Answer,
    Resolved,
    Unreachable,
    Unsolvable,
    ask,
    uv_version,
)
from nb2prod.user_cache import cache_directory


def ask_cached(question: Question, environment: Mapping[str, str] = os.environ) -> Answer:
    """The resolution of before, else uv's answer, which is kept.

    That there is none is asked again, because an index may have more by now; only where no index
    answers what it said before stands, so that the same notebook gets the same lock without a
    network. What is built is always asked anew: nothing holds the build to the same result.
    """
    if question.buildable:
        return ask(question, environment)
    indexes = [f"{name}={environment.get(name, '')}" for name in INDEX_VARIABLES]
    digest = question.digest(uv_version(), *indexes)
    path = Path(cache_directory(environment)) / "locks" / f"{digest}.json"
    known = _read(path)
    if isinstance(known, Resolved):
        return known
    answer = ask(question, environment)
    if isinstance(answer, Unreachable):
        return known or answer
    _write(path, answer)
    return answer


def _read(path: Path) -> Resolved | Unsolvable | None:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        found: dict[str, Any] = kept["answer"]
        if kept["sha256"] != _sum(found):
            return None
        if "text" in found:
            return Resolved(found["text"], MappingProxyType(found["versions"]))
        return Unsolvable(
            found["why"], tuple(found["wheels_required"]), MappingProxyType(found["too_new"])
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _write(path: Path, answer: Resolved | Unsolvable) -> None:
    """A directory that cannot be written to costs the next run its time, and nothing else."""
    found: dict[str, object]
    if isinstance(answer, Resolved):
        found = {"text": answer.text, "versions": dict(answer.versions)}
    else:
        found = {
            "why": answer.why,
            "wheels_required": list(answer.wheels_required),
            "too_new": dict(answer.too_new),
        }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    except OSError:
        return
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"sha256": _sum(found), "answer": found}, file)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)


def _sum(found: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()
