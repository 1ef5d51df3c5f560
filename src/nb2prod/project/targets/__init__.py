"""What a project consists of: an ordered, literal registry of targets, each giving some of its
files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nb2prod.migration import Migration
from nb2prod.project.targets import (
    beside,
    dependencies,
    docker,
    documents,
    gradient,
    notebook,
    package,
)

Target = Callable[[Migration], Mapping[str, str]]

TARGETS: tuple[Target, ...] = (
    package.files,
    beside.files,
    dependencies.files,
    docker.files,
    gradient.files,
    documents.files,
    notebook.files,
)
