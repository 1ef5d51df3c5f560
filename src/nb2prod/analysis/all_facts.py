"""The facts of a notebook together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nb2prod.analysis.facts import (
        Asked,
        Clone,
        Command,
        Concern,
        DataPath,
        Fetched,
        FileBeside,
        Gpus,
        Implied,
        Import,
        Install,
        Mount,
        Nodes,
        Parameter,
        Secret,
        Service,
    )
    from nb2prod.analysis.pasted import Pasted
    from nb2prod.analysis.recorded_versions import RecordedOutputs
    from nb2prod.location import Location


def _nothing_recorded() -> RecordedOutputs:
    # `nb2prod check` needs other facts, and is not to wait for the tables that this one loads.
    from nb2prod.analysis.recorded_versions import RecordedOutputs

    return RecordedOutputs()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that later stages need to know of a notebook."""

    imports: tuple[Import, ...]
    installs: tuple[Install, ...]
    mounts: tuple[Mount, ...]
    parameters: tuple[Parameter, ...]
    secrets: tuple[Secret, ...]
    data: tuple[DataPath, ...]
    commands: tuple[Command, ...]
    accelerator: str | None
    gpu_type: str | None
    bound_names: frozenset[str]
    unnamed_secrets: tuple[Location, ...] = ()
    pasted: tuple[Pasted, ...] = ()
    asked: tuple[Asked, ...] = ()
    clones: tuple[Clone, ...] = ()
    concerns: tuple[Concern, ...] = ()
    fetched: tuple[Fetched, ...] = ()
    recorded_outputs: RecordedOutputs = field(default_factory=_nothing_recorded)
    beside: tuple[FileBeside, ...] = ()
    implied: tuple[Implied, ...] = ()
    service: Service | None = None
    nodes: Nodes | None = None
    gpus: Gpus | None = None
