"""Turn a notebook into a project that runs every night.

The stages are functions on frozen values: `read` a file, `inspect` its facts, `plan` its project,
`convert` it into files, `verify` that they compute the same. All errors derive from `Nb2prodError`.
Nothing here prints, exits or keeps state.
"""

from __future__ import annotations

from nb2prod.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nb2prod.analysis.all_facts import Facts
    from nb2prod.container.building.build import build
    from nb2prod.container.building.record import Built
    from nb2prod.container.contents.sbom import BillOfMaterials, sbom
    from nb2prod.container.running.run import Ran, RunOptions, run
    from nb2prod.core import Conversion, convert, inspect, lock, plan
    from nb2prod.errors import (
        InternalError,
        InvalidNotebook,
        Nb2prodError,
        NotebookError,
        OptionError,
        TargetInTheWay,
        UnreadableNotebook,
        UnsupportedLanguage,
    )
    from nb2prod.hygiene.check import check
    from nb2prod.hygiene.config import CheckConfig
    from nb2prod.hygiene.model import Finding
    from nb2prod.location import Evidence, Location
    from nb2prod.migration import Migration
    from nb2prod.notebook.model import Notebook
    from nb2prod.notebook.reader import read
    from nb2prod.options import Options
    from nb2prod.program.model import Ledger, LedgerEntry
    from nb2prod.verification.model import Equivalence
    from nb2prod.verification.verify import verify

# Public name → module. Looked up on first use, so that importing nb2prod costs next to nothing.
_PUBLIC = {
    "read": "nb2prod.notebook.reader",
    "inspect": "nb2prod.core",
    "lock": "nb2prod.core",
    "plan": "nb2prod.core",
    "convert": "nb2prod.core",
    "check": "nb2prod.hygiene.check",
    "CheckConfig": "nb2prod.hygiene.config",
    "BillOfMaterials": "nb2prod.container.contents.sbom",
    "Conversion": "nb2prod.core",
    "build": "nb2prod.container.building.build",
    "Built": "nb2prod.container.building.record",
    "sbom": "nb2prod.container.contents.sbom",
    "verify": "nb2prod.verification.verify",
    "run": "nb2prod.container.running.run",
    "Ran": "nb2prod.container.running.run",
    "RunOptions": "nb2prod.container.running.run",
    "Equivalence": "nb2prod.verification.model",
    "Evidence": "nb2prod.location",
    "Facts": "nb2prod.analysis.all_facts",
    "Finding": "nb2prod.hygiene.model",
    "InternalError": "nb2prod.errors",
    "InvalidNotebook": "nb2prod.errors",
    "Ledger": "nb2prod.program.model",
    "LedgerEntry": "nb2prod.program.model",
    "Location": "nb2prod.location",
    "Migration": "nb2prod.migration",
    "Nb2prodError": "nb2prod.errors",
    "Notebook": "nb2prod.notebook.model",
    "NotebookError": "nb2prod.errors",
    "OptionError": "nb2prod.errors",
    "Options": "nb2prod.options",
    "TargetInTheWay": "nb2prod.errors",
    "UnreadableNotebook": "nb2prod.errors",
    "UnsupportedLanguage": "nb2prod.errors",
}

__all__ = [
    "BillOfMaterials",
    "Built",
    "CheckConfig",
    "Conversion",
    "Equivalence",
    "Evidence",
    "Facts",
    "Finding",
    "InternalError",
    "InvalidNotebook",
    "Ledger",
    "LedgerEntry",
    "Location",
    "Migration",
    "Nb2prodError",
    "Notebook",
    "NotebookError",
    "OptionError",
    "Options",
    "Ran",
    "RunOptions",
    "TargetInTheWay",
    "UnreadableNotebook",
    "UnsupportedLanguage",
    "__version__",
    "build",
    "check",
    "convert",
    "inspect",
    "lock",
    "plan",
    "read",
    "run",
    "sbom",
    "verify",
]


def __getattr__(name: str) -> Any:
    module = _PUBLIC.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(module), name)


def __dir__() -> list[str]:
    return sorted(__all__)
