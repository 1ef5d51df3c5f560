"""Where the templates of generated files lie: in the installed package, or in a checkout."""

from __future__ import annotations

from pathlib import Path

from nb2prod.errors import InternalError

_PACKAGE = Path(__file__).resolve().parents[1]


def templates_directory(package: Path = _PACKAGE) -> Path:
    """The directory that holds the templates.

    `package` is the directory of the nb2prod package. A wheel carries the templates inside it; in
    a checkout, and so in an editable install, they lie at the top, beside `src/`.

    Raises `InternalError` when there are none at either place: the installation is broken.
    """
    candidates = [package / "templates"]
    if package.parent.name == "src":
        candidates.append(package.parents[1] / "templates")
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise InternalError(
        "The templates that come with nb2prod are missing from this installation. Install it again."
    )
