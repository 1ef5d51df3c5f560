"""The command line: parses arguments, calls the library, prints. It decides nothing."""

from __future__ import annotations

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with `argv` (default: the process's own) and return its exit code."""
    from nb2prod.cli.boundary import guarded
    from nb2prod.cli.parser import build_parser

    parser = build_parser()
    arguments = parser.parse_args(argv)
    return guarded(lambda: arguments.run(arguments))
