"""What a notebook shows besides text: figures, images, HTML. A job saves it as files.

They go to `shown/` in the output directory, numbered in the order in which they were shown; their
text form is printed like any other displayed value.
"""

from __future__ import annotations

import base64
import importlib.util
import logging
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from .display import Handle
from .display import display as print_text

_log = logging.getLogger(__name__)


class _Shown:
    """Where files go, None for nowhere, and how many there are."""

    directory: Path | None = None
    count = 0


# The forms that are worth a file, the best first: their type, the method that makes one, the
# file's ending.
_FORMS = (
    ("image/png", "_repr_png_", "png"),
    ("image/jpeg", "_repr_jpeg_", "jpg"),
    ("image/svg+xml", "_repr_svg_", "svg"),
    ("text/markdown", "_repr_markdown_", "md"),
    ("text/html", "_repr_html_", "html"),
)


def save_in(directory: Path) -> None:
    """Say where files go from now on; before that nothing is saved.

    What libraries show by themselves comes here as well.
    """
    _Shown.directory = directory / "shown"
    for module, function, ours in (
        ("IPython.core.display_functions", "display", display),
        ("IPython.display", "display", display),
        ("plotly.io", "show", save),
    ):
        if importlib.util.find_spec(module.partition(".")[0]) is not None:
            with suppress(ImportError):
                setattr(importlib.import_module(module), function, ours)


def display(*values: object, **options: Any) -> Handle | None:
    """Print each value, and save what it looks like where text does not tell."""
    for value in values:
        print_text(value)
        save(value)
    return print_text(**options)


def show_figures() -> None:
    """Save the figures that are open and close them, as a notebook does at the end of a cell."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        for number in pyplot.get_fignums():
            display(pyplot.figure(number))
        pyplot.close("all")


def save(value: Any, *arguments: object, **options: object) -> None:
    """Save what a value looks like, where text does not tell; options mean nothing."""
    # A picture that cannot be drawn is no reason for a job to stop.
    try:
        if hasattr(value, "savefig") and hasattr(value, "get_axes"):  # a figure, not what holds one
            drawn = value.axes or value.lines  # a notebook shows no picture of nothing
            if drawn and (path := _next("png")) is not None:
                value.savefig(path, bbox_inches="tight")
            return
        form = _form(value)
        if form is not None and (path := _next(form[0])) is not None:
            path.write_bytes(form[1])
    except Exception:  # noqa: BLE001 - what drawing raises is up to the value
        _log.warning("could not save what %s looks like", type(value).__name__, exc_info=True)


def _form(value: Any) -> tuple[str, bytes] | None:
    """A file's ending and content; None for a value whose text says it all."""
    if isinstance(value, type):
        return None
    bundle: Any = {}
    if hasattr(value, "_repr_mimebundle_"):
        bundle = value._repr_mimebundle_()
        bundle = (bundle[0] if isinstance(bundle, tuple) else bundle) or {}
    for kind, method, ending in _FORMS:
        if ending == "html" and not _says_nothing(value):
            continue
        content = bundle.get(kind)
        if content is None and hasattr(value, method):
            content = getattr(value, method)()
        if isinstance(content, tuple):
            content = content[0]
        if isinstance(content, str):
            image = ending in ("png", "jpg")
            content = base64.b64decode(content) if image else content.encode()
        if content:
            return ending, content
    return None


def _says_nothing(value: Any) -> bool:
    """Whether a value's text is no more than its type, or is not what a notebook shows of it."""
    return hasattr(value, "write_html") or repr(value).startswith("<")


def _next(ending: str) -> Path | None:
    if _Shown.directory is None:
        return None
    _Shown.directory.mkdir(parents=True, exist_ok=True)
    _Shown.count += 1
    path = _Shown.directory / f"{_Shown.count:03}.{ending}"
    _log.info("saved %s", path)
    return path
