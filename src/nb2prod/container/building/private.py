"""The secrets of a build: what `Dockerfile.private` takes, and what of it this machine gives.

A build gives secrets to whatever it runs, so none is given that its user has not named for builds.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nb2prod.container.building.context import PRIVATE
from nb2prod.container.building.failure import is_changed
from nb2prod.container.building.failures import BuildFailed
from nb2prod.container.project import Project
from nb2prod.errors import Nb2prodError

_INDEX, _FILE = "UV_INDEX", "GIT_CREDENTIALS_FILE"
_SECRET = re.compile(r"--mount=type=secret,[^\s]*?id=([\w-]+)")


class NotGiven(Nb2prodError):
    """The secrets are not given to a file that nb2prod did not write; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret of a build: its name there, and the variable or the file that holds it here."""

    name: str
    variable: str | None = None
    file: Path | None = None

    @property
    def option(self) -> str:
        """How `docker build` is told of it."""
        here = f"env={self.variable}" if self.variable is not None else f"src={self.file}"
        # The option is a line of CSV.
        quoted = here.replace('"', '""')
        return f'id={self.name},"{quoted}"' if re.search('[,"]', here) else f"id={self.name},{here}"

    @property
    def told(self) -> str:
        """Its name, and the variable that it comes by."""
        return f"{self.name} ({self.variable or _FILE})"

    def value(self, environment: Mapping[str, str]) -> str:
        """What must not be seen."""
        if self.variable is not None:
            return environment.get(self.variable, "")
        try:
            return self.file.read_text("utf-8", "replace") if self.file is not None else ""
        except OSError as error:
            raise BuildFailed(f"{self.file} cannot be read: {error.strerror or error}.") from error


def wanted(root: Path) -> tuple[str, ...]:
    """The names of the secrets that the project's `Dockerfile.private` takes; none without one."""
    try:
        text = (root / PRIVATE).read_text("utf-8", "replace")
    except OSError:
        return ()
    return tuple(dict.fromkeys(_SECRET.findall(text)))


def given(names: Sequence[str], environment: Mapping[str, str] = os.environ) -> tuple[Secret, ...]:
    """Those of the secrets that the user gives to builds: `index` in the variable UV_INDEX,
    `git-credentials` in the file that GIT_CREDENTIALS_FILE names.
    """
    found = []
    if "index" in names and environment.get(_INDEX):
        found.append(Secret("index", variable=_INDEX))
    if "git-credentials" in names and (file := environment.get(_FILE)):
        found.append(Secret("git-credentials", file=Path(file).expanduser().absolute()))
    return tuple(found)


def require_ours(project: Project) -> None:
    """Raises `NotGiven` where `Dockerfile.private` is not as convert wrote it."""
    if is_changed(project, PRIVATE):
        raise NotGiven(
            f"{PRIVATE} was changed since nb2prod wrote it, and is given no secrets for that:"
            " convert the notebook again, or build it by hand, with the docker build that its"
            f" first lines say. Without {_INDEX} and {_FILE} in the environment the plain"
            " Dockerfile is built."
        )
