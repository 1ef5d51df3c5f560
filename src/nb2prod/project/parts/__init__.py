"""What every project consists of, wherever it runs: an ordered, literal table of parts, each giving
some of the files. Where it runs is told by `nb2prod.project.targets`, a floor above; what the
README says of that is given to `documents.files`, the one part that is not in the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nb2prod.migration import Migration
from nb2prod.project.parts import beside, dependencies, docker, notebook, package, section_jobs

Part = Callable[[Migration], Mapping[str, str]]

PARTS: tuple[Part, ...] = (
    section_jobs.files,  # refuses what the others would take
    package.files,
    beside.files,
    dependencies.files,
    docker.files,
    notebook.files,
)
