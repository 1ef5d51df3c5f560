"""What a target may give: files below the project beside the others, and text that can be written.

Each function gives what is wrong as words that go on a sentence without its full stop, or None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from nb2prod.project.existing import is_kept

_PATH = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")


def wrong_files(files: object) -> str | None:
    """Whether these are texts by relative POSIX path, no path being a directory of another."""
    if not isinstance(files, Mapping):
        return f"files() gives {_kind(files)}, not texts by path"
    paths: list[str] = []
    for path, text in files.items():
        if not isinstance(path, str):
            return f"{path!r} is {_kind(path)}, not the text of a path"
        if not _PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
            return f"{path!r} is no path below the project"
        if is_kept(path):
            return f"{path} would lie among what the project's users have there"
        wrong = wrong_text(path, text) or in_the_way(path, paths, "it writes, too")
        if wrong is not None:
            return wrong
        paths.append(path)
    return None


def wrong_steps(steps: object) -> str | None:
    """Whether these are sentences."""
    if isinstance(steps, str) or not isinstance(steps, Iterable):
        return f"next_steps() gives {_kind(steps)}, not a sequence of texts"
    return next(filter(None, (wrong_text("next_steps()", one) for one in steps)), None)


def wrong_line(what: str, text: object) -> str | None:
    """Whether it is one line of text that says something."""
    wrong = wrong_text(what, text)
    if wrong is None and isinstance(text, str) and len(text.strip().splitlines()) != 1:
        return f"{what} is not one line of text"
    return wrong


def wrong_text(what: str, text: object) -> str | None:
    """Whether it is text that UTF-8 can hold; `what` says which."""
    if not isinstance(text, str):
        return f"{what} is {_kind(text)}, not text"
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        return f"{what} holds {text[error.start]!r}, which is no character"
    return None


def in_the_way(path: str, others: Iterable[str], whose: str) -> str | None:
    """Whether a file of that path can lie beside the others, on any system: some have one name for
    `README.md` and `readme.MD`, and none has a name for a file and a directory. `whose` ends the
    sentence on one of the others.
    """
    folded = path.casefold()
    for other in others:
        there = other.casefold()
        if path == other:
            return f"{path} would be written over what {whose}"
        if folded == there:
            return f"{path} would be written over {other}, which {whose}"
        if folded.startswith(f"{there}/"):
            return f"{path} would lie in the file {other}, which {whose}"
        if there.startswith(f"{folded}/"):
            return f"{path} would be written over the directory of {other}, which {whose}"
    return None


def _kind(found: object) -> str:
    if found is None or isinstance(found, str):
        return "None" if found is None else "text"
    return f"of the type {type(found).__name__}"
