"""The project's image as the environment of a verification.

Each run is a container of its own, which goes with the run. It sees the run's directories where a
mount namespace would show them, and the project's package as it is now, not as it was built in.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nb2prod.container.host import has_gpu
from nb2prod.migration import Migration
from nb2prod.notebook.model import Platform
from nb2prod.verification.containers import Call, Engine, check_memory
from nb2prod.verification.environments import INSIDE, RUNNERS, DoesNotRun, last_words, run_uv
from nb2prod.verification.model import EnvironmentName
from nb2prod.verification.places import ROOT, Places
from nb2prod.verification.processes import Limits

if TYPE_CHECKING:
    from docker.models.images import Image

# Where they are within a container; outside of the run's own directory, which is seen at `ROOT`.
_INSIDE, _RUNNERS, _SOURCES = "/nb2prod-inside", "/nb2prod-runners", "/nb2prod-sources"
_ASKING = Limits(300)


@dataclass(frozen=True, slots=True)
class _Inside:
    """What an image says of itself: its user, its Python and the distributions in it."""

    user: int
    group: int
    python: str
    machine: str
    glibc: str
    installed: Sequence[tuple[str, str]]


class ImageEnvironment:
    """An image, with each run in a container of its own. `variables` are added to the image's."""

    name: EnvironmentName = "image"
    inside = _INSIDE

    def __init__(
        self, engine: Engine, image: Image, scratch: Path, variables: Mapping[str, str]
    ) -> None:
        self.notes: list[str] = []
        self._engine = engine
        self._image = image
        self._scratch = scratch
        self._variables = variables
        self._gpus = has_gpu()
        self._owner: tuple[int, int] | None = None

    def places(self, outside: Path, platform: Platform | None) -> Places:
        """The directories of a run, at a place of their own."""
        return Places(outside, ROOT, platform)

    def variables(self) -> dict[str, str]:
        """The image's own, and the secrets of this process that the notebook asks for."""
        lines: Sequence[str] = self._image.attrs["Config"].get("Env") or ()
        own = {name: value for name, _, value in (line.partition("=") for line in lines)}
        own.pop("PYTHONPATH", None)  # it names the package that was built in
        return {**own, **self._variables}

    def sources(self, project: Path) -> str:
        """Where they are mounted, of whatever project."""
        return _SOURCES

    def prepare(self, progress: Callable[[str], None]) -> None:
        """Ask the image what it has, and install what runs notebooks for it. DoesNotRun."""
        found = self._ask()
        if self._engine.user is None:
            # This is root: the image's own user takes part, and has to own what it writes to.
            self._owner = (found.user, found.group)
        progress(f"installing what runs notebooks for the image's Python {found.python}")
        _install_runners(found, self._scratch)

    def run(
        self,
        places: Places,
        arguments: Sequence[str],
        *,
        variables: Mapping[str, str],
        project: Path | None = None,
        limits: Limits,
        watch: Callable[[], None] = lambda: None,
        name: str = "run",
    ) -> int:
        """Run `start.py` in a container."""
        mounts = [
            (places.outside, str(places.root), "rw"),
            (places.outside / "tmp", "/tmp", "rw"),
            *((places.outside / root, f"/{root}", "rw") for root in places.platform_roots),
            (INSIDE, _INSIDE, "ro"),
            (self._scratch / "runners", _RUNNERS, "ro"),
        ]
        if project is not None:
            mounts.append((project / "src", _SOURCES, "ro"))
        own = {"HOME": places.inside("home"), "TMPDIR": "/tmp", "NB2PROD_RUNNERS": _RUNNERS}
        out, err, told = (f"{name}.{ending}" for ending in ("out", "err", "memory"))
        call = Call(
            ["python", f"{_INSIDE}/start.py", *arguments],
            places.directory,
            {**variables, **own},
            mounts,
            (places.inside(out), places.inside(err), places.inside(told)),
        )
        if self._owner is not None:
            _give(places.outside, *self._owner)
        state = self._engine.run(self._image, call, limits, watch, gpus=self._gpus)
        check_memory(state, places.outside / told, limits)
        for file in (out, err):  # a container whose shell did not begin has left none
            (places.outside / file).touch()
        return int(state["ExitCode"])

    def close(self) -> None:
        """Take away what was left in the engine."""
        self._engine.close()

    def _ask(self) -> _Inside:
        directory = self._scratch / "image"
        (self._scratch / "runners").mkdir()
        places = self.places(directory, None)
        places.make()
        for path in (directory, directory / "tmp", directory / "work"):
            # Whose it has to be is what is asked; the scratch is closed to others.
            path.chmod(0o777)
        answer = directory / "answer.json"

        def ask() -> int:
            words = ["image", places.inside(answer.name)]
            return self.run(places, words, variables=self.variables(), limits=_ASKING, name="ask")

        try:
            code = ask()
        except DoesNotRun:
            if not self._gpus:
                raise
            self._gpus = False
            code = ask()
            self.notes.append("the Docker Engine gives containers no GPU, although there is one")
        if code != 0 or not answer.is_file():
            said = last_words((directory / "ask.err").read_text("utf-8", "replace"))
            raise DoesNotRun(f"no program can be started in the image: {said}")
        return _Inside(**json.loads(answer.read_text("utf-8")))


def image_environment(
    project: Path, migration: Migration, scratch: Path, progress: Callable[[str], None]
) -> ImageEnvironment:
    """The environment of the project's image, which is built where the engine does not have it.

    Nothing but that image stays in the engine. DoesNotRun where there is no engine, or the image
    cannot be built.
    """
    engine = Engine()
    try:
        image, is_new = engine.image(project, migration.image, progress)
        asked = {secret.name for secret in migration.facts.secrets}
        held = {name: value for name, value in os.environ.items() if name in asked}
        environment = ImageEnvironment(engine, image, scratch, held)
        if is_new:
            environment.notes.append(
                f"the image {migration.image} was built, and stays in the Docker Engine"
            )
        made_of = (image.labels or {}).get("nb2prod.notebook.sha256")
        if made_of not in (None, migration.notebook.sha256):
            environment.notes.append(
                f"the image {migration.image} was made of another state of this notebook"
            )
        environment.prepare(progress)
    except BaseException:
        engine.close()
        raise
    return environment


def _install_runners(found: _Inside, scratch: Path) -> None:
    """Install what runs notebooks beside the image, in versions that go with what is in it."""
    from packaging.version import InvalidVersion, Version

    lines = []
    for name, version in found.installed:
        with suppress(InvalidVersion):
            lines.append(f"{name}=={Version(version)}\n")
    constraints = scratch / "image-constraints.txt"
    constraints.write_text("".join(lines), "utf-8")
    newer = tuple(map(int, (found.glibc or "2.17").split(".")[:2])) >= (2, 28)
    run_uv(
        [
            *("pip", "install", "--quiet"),
            *("--python", sys.executable, "--target", str(scratch / "runners")),
            *("--python-version", found.python, "--only-binary", ":all:"),
            *("--python-platform", f"{found.machine}-manylinux_{'2_28' if newer else '2_17'}"),
            *("--constraint", str(constraints), *RUNNERS),
        ],
        "what runs notebooks cannot be installed for the image",
    )


def _give(directory: Path, user: int, group: int) -> None:
    """Make all that lies there another user's."""
    for folder, folders, names in os.walk(directory):
        for name in (*folders, *names):
            path = Path(folder, name)
            os.chown(path, user, group, follow_symlinks=False)
    os.chown(directory, user, group)
