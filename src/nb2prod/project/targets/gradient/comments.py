"""What the comments above Gradient's files say alike."""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.project.targets.comments import wrapped
from nb2prod.project.targets.gradient import arguments
from nb2prod.project.targets.uploads import upload_sentence, upload_words
from nb2prod.project.targets.workload import Workload


def upload_lines(workload: Workload, place: str, key: str) -> Iterator[str]:
    """What there is to say of files to upload: where they go, and which key names them."""
    if workload.uploads:
        yield from wrapped(upload_sentence(upload_words(workload), place, key))


def options_lines(workload: Workload, key: str) -> Iterator[str]:
    """What there is to say of the options in the command that stands under `key`."""
    if arguments.carried(workload):
        yield from wrapped(
            f"{key} ends in every option at the notebook's own value; change or delete what you"
            " like."
        )
    for flag in arguments.left_out(workload):
        yield from wrapped(
            f"{flag} is left out: its value holds what would be replaced on the way ({{{{ }}}}, $("
            " or $$), or what no process takes. The program has the same value of its own."
        )
