"""The files that the notebook asks somebody to upload: nobody but the user knows their names."""

from __future__ import annotations

from nb2prod.project.targets.workload import Workload

UPLOADED = "work"
"""The directory beside the project that they go into: the program starts in what it becomes, so
that a file's name is its path (`workload`).
"""


def upload_words(workload: Workload) -> str:
    """`--upload FILE`: what the command needs besides, "" for most programs."""
    return " ".join(f"{flag} FILE" for flag in workload.uploads)


def upload_sentence(words: str, directory: str, key: str) -> str:
    """What the user does about them: they go into `directory`, the words to the end of `key`.
    For Markdown, all three are given as code.
    """
    return (
        f"The notebook asks for files to upload: put them into {directory}, and add {words}"
        f" at the end of {key}, their names in place of FILE."
    )
