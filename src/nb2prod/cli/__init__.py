"""The command line: parses arguments, calls the library, prints. It decides nothing."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with `argv` (default: the process's own) and return its exit code."""
    import gc

    # What a command makes lives until it ends, and is made by the hundred thousand; looking for
    # garbage after each 700 objects, as Python does, costs as much as all parsing.
    gc.set_threshold(100_000)
    from nb2prod.cli.boundary import guarded
    from nb2prod.cli.parser import build_parser

    parser = build_parser(sys.argv[1:] if argv is None else argv)
    arguments = parser.parse_args(argv)
    return guarded(lambda: arguments.run(arguments))
