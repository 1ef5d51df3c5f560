"""What every project consists of, wherever it runs: an ordered, literal table of parts, each giving
some of the files. Where it runs is told by `nb2prod.project.targets`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nb2prod.migration import Migration

Part = Callable[[Migration], Mapping[str, str]]


def parts() -> tuple[Part, ...]:
    """The parts, in order. Imported here, because targets share single ones of them."""
    from nb2prod.project.parts import (
        beside,
        dependencies,
        docker,
        documents,
        notebook,
        package,
        section_jobs,
    )

    return (
        section_jobs.files,  # refuses what the others would take
        package.files,
        beside.files,
        dependencies.files,
        docker.files,
        documents.files,
        notebook.files,
    )
