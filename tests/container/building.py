"""A tiny project to build, and the command that builds it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import docker
from docker.errors import APIError

import nb2prod
from nb2prod.migration import Migration
from tests.container.unpinned import notebook_at

PYTHON = "3.11"  # the stand-in's own
# On each stage, so that what the tests built is found again.
LABEL = "nb2prod.tests=build"


@dataclass(frozen=True, slots=True)
class Tiny:
    """A converted notebook of one line; its tests' images begin with `nb2prod-tests/build`."""

    root: Path
    migration: Migration

    @property
    def base(self) -> str:
        return self.migration.environment.base_image.reference

    def dockerfile(self, *lines: str, file: str = "Dockerfile") -> None:
        """Put another Dockerfile in its place, on the same base."""
        head = (f"ARG BASE_IMAGE={self.base}", "FROM ${BASE_IMAGE}", f"LABEL {LABEL}")
        (self.root / file).write_text("\n".join((*head, *lines, "")), encoding="utf-8")
        if file != "Dockerfile":
            self.recorded(file)

    def recorded(self, file: str) -> None:
        """Have the project say that convert wrote the file as it is."""
        manifest = json.loads((self.root / "nb2prod.json").read_bytes())
        manifest["files"][file] = hashlib.sha256((self.root / file).read_bytes()).hexdigest()
        (self.root / "nb2prod.json").write_text(json.dumps(manifest), encoding="utf-8")


def tiny_project(directory: Path, source: str | None = None) -> Tiny:
    """A project whose generated Dockerfiles label their stages; `source` is its one cell."""
    options = nb2prod.Options(python=PYTHON, lock="never")
    notebook = notebook_at(directory)
    if source is not None:
        document = json.loads(notebook.read_bytes())
        document["cells"][0]["source"] = source
        notebook.write_text(json.dumps(document), encoding="utf-8")
    done = nb2prod.convert(notebook, directory / "project", options)
    tiny = Tiny(done.directory, done.migration)
    for path in done.directory.glob("Dockerfile*"):
        lines = path.read_text("utf-8").splitlines()
        labelled = [
            f"{line}\nLABEL {LABEL}" if line.startswith("FROM") and "UV_IMAGE" not in line else line
            for line in lines
        ]
        path.write_text("\n".join((*labelled, "")), encoding="utf-8")
        if path.name != "Dockerfile":
            tiny.recorded(path.name)
    return tiny


def command(
    name: str, *words: str | Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """`nb2prod NAME …` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "nb2prod", name, *map(str, words)],
        env=variables(environment),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )


def variables(more: Mapping[str, str]) -> dict[str, str]:
    """This process's variables for another that has the same package."""
    sources = str(Path(nb2prod.__file__).parents[1])
    return {**os.environ, "PYTHONPATH": sources, **more}


def remove_built(engine: docker.DockerClient) -> None:
    """Take away the images of the tests, those that others were made from last."""
    left = engine.images.list(all=True, filters={"label": LABEL})
    before = len(left) + 1
    while 0 < len(left) < before:
        for image in left:
            with suppress(APIError):  # it waits for those made from it, or is gone with them
                engine.images.remove(str(image.id), force=True)
        before, left = len(left), engine.images.list(all=True, filters={"label": LABEL})
