"""The same lock in other forms, which uv writes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace

from nb2prod.environment.lock.question import Question
from nb2prod.environment.lock.uv import run


def pylock(question: Question, versions: Mapping[str, str]) -> str | None:
    """`pylock.toml` (PEP 751) of a resolution; None where no index answers any more."""
    variant = question.variant.versions if question.variant is not None else {}
    exact = tuple(f"{name}=={version}" for name, version in versions.items() if name not in variant)
    asked = replace(question, requirements=exact, preferred={}, unlisted=())
    done = run(asked, os.environ, "--format", "pylock.toml", output="pylock.toml")
    return done.stdout if done.returncode == 0 else None
