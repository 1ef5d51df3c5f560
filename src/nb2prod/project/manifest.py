"""`nb2prod.json`: what a project was made from, why it is as it is, and what each file was."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping

from nb2prod.analysis.addresses import last_part
from nb2prod.analysis.facts import Fetched, Literalish, Parameter, ParameterSource
from nb2prod.location import Evidence
from nb2prod.migration import Migration
from nb2prod.program.model import FATES, Section
from nb2prod.project.schemas import require_valid
from nb2prod.project.targets.workload import workload
from nb2prod.version import __version__


def render_manifest(migration: Migration, files: Mapping[str, bytes]) -> bytes:
    """The manifest of a project that consists of `files` and itself.

    Raises `InternalError` when it breaks its published schema.
    """
    document = manifest(migration, files)
    require_valid(document, "nb2prod")
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    # A lone half of a surrogate pair, which UTF-8 cannot hold, is written as JSON escapes it.
    return f"{text}\n".encode("utf-8", "backslashreplace")


def manifest(migration: Migration, files: Mapping[str, bytes]) -> dict[str, object]:
    """The manifest as plain values, its keys in the published order."""
    environment, notebook, program = migration.environment, migration.notebook, migration.program
    base, layout = environment.base_image, program.layout
    return {
        "nb2prod": __version__,
        "options": migration.options.as_json(),
        "project": migration.project,
        "package": migration.package,
        "notebook": {
            "name": notebook.name,
            "sha256": notebook.sha256,
            "nbformat": notebook.nbformat,
            "origin": notebook.origin.platform,
        },
        "as_of": {
            "strategy": environment.as_of.strategy,
            "day": environment.as_of.day,
            "runtime": environment.as_of.runtime,
            "evidence": _evidence(environment.as_of.evidence),
        },
        "python": {
            "version": environment.python.version,
            "evidence": _evidence(environment.python.evidence),
        },
        "base_image": {
            "reference": base.reference,
            "cuda": base.cuda,
            "flavour": base.flavour,
            "digest": base.digest,
            "evidence": _evidence(base.evidence),
        },
        "pins": [
            {"name": pin.name, "version": pin.version, "evidence": _evidence(pin.evidence)}
            for pin in sorted(environment.pins, key=lambda pin: pin.name)
        ],
        "lock": {
            "mode": migration.lock.mode,
            "complete": migration.lock.complete,
            "hashed": migration.lock.hashed,
            "exclude_newer": migration.lock.exclude_newer,
            "reason": migration.lock.reason,
        },
        "system_packages": [
            {"name": package.name, "evidence": _evidence(package.evidence)}
            for package in sorted(environment.system_packages, key=lambda package: package.name)
        ],
        "parameters": [_parameter(option.parameter) for option in program.configuration.options],
        "secrets": list(program.configuration.secrets),
        "data": [
            {
                "path": found.path,
                "direction": found.direction,
                "origin": found.origin,
                "cells": list(found.cells),
            }
            for found in migration.facts.data
        ]
        + [_fetched(found) for found in migration.facts.fetched],
        "container": _container(migration),
        "layout": {
            "rung": layout.rung,
            "reason": layout.reason,
            "cell": layout.location.cell if layout.location else None,
            "line": layout.location.line if layout.location else None,
        },
        "sections": [_section(section) for section in program.sections],
        "ledger": _ledger(migration),
        "targets": list(migration.options.targets),
        "files": {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)},
    }


def _container(migration: Migration) -> dict[str, object]:
    """What an engine is told to run the image."""
    found = workload(migration)
    service = found.service
    return {
        "image": found.build_tag,
        "gpus": found.gpu.count if found.gpu is not None else 0,
        "directories": [
            {
                "name": volume.name,
                "variable": volume.variable,
                "path": volume.path,
                "local": volume.local,
                "filled": volume.filled,
                "writable": volume.writable,
            }
            for volume in found.volumes
        ],
        "service": None
        if service is None
        else {
            "port": service.port,
            "local": service.local,
            "health": service.health,
            "variables": dict(service.variables),
        },
        "uploads": list(found.uploads),
    }


def _fetched(found: Fetched) -> dict[str, object]:
    """What is fetched, among the data: by where it is put, or else by its name."""
    name = last_part(found.source) if "://" in found.source else found.source
    return {
        "path": found.path or name,
        "direction": "read",
        "origin": "url",
        "cells": list(found.cells),
        "kind": found.kind,
        "source": found.source,
        "revision": found.revision,
        "checksum": found.checksum,
    }


def _evidence(evidence: tuple[Evidence, ...]) -> list[dict[str, object]]:
    return [found.as_json() for found in evidence]


_SAID_BY: Mapping[ParameterSource, str] = {
    "form": "the value in the notebook's form",
    "papermill": "the value in papermill's cell of parameters",
    "constant": "the notebook's constant",
}


def _parameter(parameter: Parameter) -> dict[str, object]:
    return {
        "name": parameter.name,
        "type": parameter.type,
        "default": _json_value(parameter.default),
        "choices": None
        if parameter.choices is None
        else [_json_value(item) for item in parameter.choices],
        "minimum": _json_bound(parameter.minimum),
        "maximum": _json_bound(parameter.maximum),
        "help": parameter.help,
        "evidence": [Evidence("default", _SAID_BY[parameter.source], parameter.location).as_json()],
    }


def _json_value(value: Literalish) -> Literalish:
    """JSON has no infinity; the word stands for it."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _json_bound(bound: float | None) -> float | None:
    return bound if bound is None or math.isfinite(bound) else None


def _section(section: Section) -> dict[str, object]:
    return {
        "name": section.name,
        "module": section.module,
        "cells": list(section.cells),
        "reads": list(section.reads),
        "gives": list(section.gives),
    }


def _ledger(migration: Migration) -> dict[str, object]:
    ledger = migration.ledger
    return {
        "lines": ledger.lines,
        **{fate: ledger.count(fate) for fate in FATES},
        "entries": [
            {
                "cell": entry.cell,
                "line": entry.line,
                "lines": entry.lines,
                "fate": entry.fate,
                "reason": entry.reason,
            }
            for entry in ledger.entries
        ],
    }
