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

    words, behind = _split(sys.argv[1:] if argv is None else argv)
    parser = build_parser(words)
    arguments, unknown = parser.parse_known_args(words)
    if unknown:
        refuse = getattr(arguments, "refuse", parser.error)
        hint = "; the program's own options go behind --" if behind is not None else ""
        refuse(f"unrecognized arguments: {' '.join(unknown)}{hint}")
    if behind is not None:
        arguments.options = behind
    return guarded(lambda: arguments.run(arguments))


def _split(argv: Sequence[str]) -> tuple[Sequence[str], Sequence[str] | None]:
    """The words of the command, and those of the program that `run` runs, which are behind `--`:
    argparse would take the first of them for the project.
    """
    if list(argv[:1]) != ["run"]:
        return argv, None
    end = argv.index("--") if "--" in argv else len(argv)
    return argv[:end], argv[end + 1 :]
