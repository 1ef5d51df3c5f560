"""Paths as services want them: from the working directory, with slashes."""

from __future__ import annotations

import os


def relative(path: str) -> str:
    """The path from the working directory, which in CI is the repository's root."""
    try:
        path = os.path.relpath(path)
    except ValueError:  # on another drive
        path = os.path.normpath(path)
    return path.replace(os.sep, "/")


def uri(path: str) -> str:
    """The same as a relative reference of RFC 3986; a file beyond the working directory has its
    whole address.
    """
    from pathlib import Path
    from urllib.parse import quote

    found = relative(path)
    # Names may hold bytes that are no text.
    if not found.startswith("../") and not Path(found).is_absolute():
        # With its colons escaped, nothing in it is taken for a scheme.
        return quote(os.fsencode(found))
    whole = os.path.normpath(Path.cwd() / path).replace(os.sep, "/")
    drive = "" if whole.startswith("/") else "/"
    return f"file://{drive}{quote(os.fsencode(whole))}"
