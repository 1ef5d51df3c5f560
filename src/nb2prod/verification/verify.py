"""`verify`: run a notebook and its package, and compare what they show, write and end with."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from nb2prod.errors import OptionError
from nb2prod.notebook.reader import read
from nb2prod.verification.given import Given
from nb2prod.verification.model import (
    AGAINST,
    ENVIRONMENTS,
    Against,
    EnvironmentName,
    Equivalence,
    Tolerance,
)
from nb2prod.verification.processes import Limits
from nb2prod.verification.steps import Verification


def verify(
    notebook: str | Path,
    project: str | Path | None = None,
    *,
    env: EnvironmentName = "current",
    against: Against = "notebook",
    data: str | Path | None = None,
    files: Sequence[str | Path] = (),
    inputs: Sequence[str | Path] = (),
    variables: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    tolerance: Tolerance | None = None,
    once: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Equivalence:
    """Whether the package of `project` computes what `notebook` computes; both are run.

    Without a project the notebook is converted to a temporary one. `env` is the environment of both
    sides: "current" (the Python that runs this), "lock" (one made of the project's lock) or "image"
    (the project's image, by a Docker Engine). `against` is what the package is compared with: the
    "notebook", run now, or the outputs "saved" in it.

    Each side has copies of `data` (a directory that stands for Drive or Kaggle's input), of `files`
    (they lie in the directory that the notebook begins in, as do those beside the notebook that it
    reads) and of `inputs` (the files for its uploads); `variables` are added to the environment of
    both. The notebook is run twice, for what differs between its runs is not deterministic; `once`
    leaves that out. Nothing is written outside a temporary directory, which is gone at the end.

    Raises `NotebookError` for a notebook that cannot be read and `OptionError` for a project that
    is none; that the notebook does not run here is a verdict.
    """
    if env not in ENVIRONMENTS:
        raise OptionError(f"--env takes {', '.join(ENVIRONMENTS)}, not {env!r}.")
    if against not in AGAINST:
        raise OptionError(f"--against takes {' or '.join(AGAINST)}, not {against!r}.")
    tolerance = tolerance or Tolerance()
    given = Given(
        _existing(data, "--data"),
        [found for path in files if (found := _existing(path, "--files"))],
        [found for path in inputs if (found := _existing(path, "--input"))],
        dict(variables or {}),
    )
    raw = read(notebook)
    scratch = Path(tempfile.mkdtemp(prefix="nb2prod-verify-")).resolve()
    try:
        return Verification(
            Path(notebook), raw, scratch, env, given, limits or Limits(), tolerance, once, progress
        ).verdict(project, against)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _existing(path: str | Path | None, flag: str) -> Path | None:
    if path is None:
        return None
    found = Path(path).expanduser().resolve()
    if not found.exists():
        raise OptionError(f"{flag}: there is no {path}.")
    return found
