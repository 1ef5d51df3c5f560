"""`uv.lock`: the same lock for `uv sync`, with what it needs in `pyproject.toml`."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

from nb2prod.data.cuda import torch_index
from nb2prod.data.source_only import source_only
from nb2prod.environment.lock.uv import in_directory, last_cause, without_addresses
from nb2prod.environment.lock.variant import FAMILY
from nb2prod.environment.model import Attention, Lock
from nb2prod.migration import Migration


def with_uv_lock(migration: Migration) -> Migration:
    """The migration with a `uv.lock` of the versions that are locked; uv needs the project's Python
    for that, and brings it where it is missing. Where it cannot, a person has to know.
    """
    from nb2prod.project.parts.dependencies import pyproject

    given = {"pyproject.toml": pyproject(migration)}
    sources = [
        part for name in migration.lock.from_source for part in ("--no-binary-package", name)
    ]
    minor = migration.environment.python.minor
    # This Python is at hand, and may be on no path where uv looks.
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    python = ["--python", sys.executable] if minor == here else []
    done = in_directory(["lock", "--quiet", "--no-build", *sources, *python], given, "uv.lock")
    if done.returncode == 0:
        lock = replace(migration.lock, formats={**migration.lock.formats, "uv.lock": done.stdout})
        return replace(migration, lock=lock)
    why = without_addresses(last_cause(done.stderr))
    note = Attention(f"uv could not write uv.lock, for which it needs Python {minor}: {why}")
    environment = migration.environment
    return replace(
        migration,
        environment=replace(environment, attention=(*environment.attention, note)),
    )


def uv_settings(lock: Lock) -> dict[str, Any]:
    """`[tool.uv]`: the platform, the day and the versions that are locked."""
    settings: dict[str, Any] = {
        "environments": ["sys_platform == 'linux' and platform_machine == 'x86_64'"],
        "constraint-dependencies": [
            f"{name}=={version}" for name, version in sorted(lock.versions.items())
        ],
    }
    if lock.exclude_newer:
        settings["exclude-newer"] = lock.exclude_newer
    family = sorted(name for name in FAMILY if "+" in lock.versions.get(name, ""))
    if family:
        backend = lock.versions[family[0]].partition("+")[2]
        settings["exclude-newer-package"] = dict.fromkeys(family, False)
        settings["index"] = [{"name": "pytorch", "url": torch_index(backend), "explicit": True}]
        settings["sources"] = {name: {"index": "pytorch"} for name in family}
    known = [
        (name, found)
        for name in lock.from_source
        for found in source_only(name)
        if found.version == lock.versions[name]
    ]
    if known:
        settings["dependency-metadata"] = [
            {"name": name, "version": found.version, "requires-dist": list(found.requires)}
            for name, found in known
        ]
    return settings
