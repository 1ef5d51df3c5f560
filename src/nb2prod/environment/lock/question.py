"""What uv is asked: a set of requirements for one Python and one day, and what it may not do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import tomli_w

from nb2prod.data.source_only import SourceOnly

# The name that uv's explanations use for what the requirements belong to.
ASKER = "notebook"


@dataclass(frozen=True, slots=True)
class Variant:
    """Builds of a few distributions that an index of their own has ("2.7.1+cu126", by name)."""

    index: str
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """One resolution.

    `requirements` have to be met. `preferred` are versions to take where nothing speaks against
    them, of whatever is required in turn. `exclude_newer` is the moment (RFC 3339, UTC) after which
    nothing exists. Only wheels are looked at, but for `sources`, whose metadata is known, and for
    `buildable`, whose code may run. `constraints` hold for all that is required, and `glibc` is the
    newest that wheels may need ("2.35").
    What is in `unlisted` is resolved for the sake of what it requires, and not locked itself. With
    `alone` what the requirements require in turn is not asked for.
    """

    requirements: tuple[str, ...]
    preferred: Mapping[str, str]
    python: str
    glibc: str
    exclude_newer: str
    sources: Mapping[str, SourceOnly]
    buildable: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    variant: Variant | None = None
    unlisted: tuple[str, ...] = ()
    alone: bool = False

    def project(self) -> str:
        """The `pyproject.toml` that states the requirements."""
        requirements = sorted(self.requirements)
        document: dict[str, Any] = {}
        if self.variant is not None:
            family = self.variant.versions
            requirements += [f"{name}=={family[name]}" for name in sorted(family)]
            document["tool"] = {
                "uv": {
                    "index": [{"name": "variant", "url": self.variant.index, "explicit": True}],
                    "sources": {name: {"index": "variant"} for name in sorted(family)},
                }
            }
        minor = ".".join(self.python.split(".")[:2])
        document["project"] = {
            "name": ASKER,
            "version": "0",
            "requires-python": f">={minor}",
            "dependencies": requirements,
        }
        return tomli_w.dumps(document)

    def settings(self) -> str:
        """The `uv.toml` beside it; uv reads no other settings then, and nobody's own."""
        # What has no wheel may come as source, because none of its code runs: at the one version
        # of which the metadata is given.
        pinned = [f"{name}=={found.version}" for name, found in sorted(self.sources.items())]
        from_source = sorted({*self.sources, *self.buildable})
        document: dict[str, Any] = {
            "exclude-newer": self.exclude_newer,
            "constraint-dependencies": [*sorted(self.constraints), *pinned],
            "dependency-metadata": [
                _metadata(name, found) for name, found in sorted(self.sources.items())
            ],
            "pip": {
                "generate-hashes": True,
                "no-header": True,
                "only-binary": [":all:"],
                "no-binary": from_source,
                "no-emit-package": sorted(self.unlisted),
                "no-deps": self.alone,
                "python-version": self.python,
                "python-platform": f"x86_64-manylinux_{self.glibc.replace('.', '_')}",
            },
        }
        if self.variant is not None:
            # Indexes of their own do not say when a file came.
            document["exclude-newer-package"] = dict.fromkeys(sorted(self.variant.versions), False)
        return tomli_w.dumps(document)

    def preferences(self) -> str:
        """The lock file that uv finds in place, whose versions it keeps as far as it can."""
        return pinned_lines(self.preferred)

    def digest(self, *others: str) -> str:
        """The question's own name: equal questions, and only they, have the same."""
        parts = (self.project(), self.settings(), self.preferences(), *others)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def end_of(day: str) -> str:
    """The moment (RFC 3339) at which a day (UTC) is over."""
    from datetime import date, timedelta

    return f"{date.fromisoformat(day) + timedelta(days=1)}T00:00:00Z"


def pinned_lines(versions: Mapping[str, str] | Iterable[tuple[str, str]]) -> str:
    """`name==version` lines, sorted."""
    return "".join(f"{name}=={version}\n" for name, version in sorted(dict(versions).items()))


def _metadata(name: str, found: SourceOnly) -> dict[str, Any]:
    document: dict[str, Any] = {
        "name": name,
        "version": found.version,
        "requires-dist": list(found.requires),
        "provides-extra": list(found.extras),
    }
    if found.requires_python:
        document["requires-python"] = found.requires_python
    return document
