"""An example with its project and its image, which the tests of a run share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from docker.models.images import Image

from nb2prod.migration import Migration
from tests.examples.sides import Example

PYTHON = "3.11"  # the stand-in's own
# A value that must stay out of the image although it lies in the project when that is built.
FORGOTTEN = "-".join(("left", "in", "the", "directory", "0417"))


@dataclass(frozen=True)
class Built:
    """An example, its project and its image."""

    example: Example
    migration: Migration
    project: Path
    image: Image

    @property
    def work(self) -> Path:
        """Where runs are made."""
        return self.example.work
