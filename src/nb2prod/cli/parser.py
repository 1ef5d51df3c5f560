"""The argument parser for all commands. It must be quick to build: argparse, and commands imported
when run.
"""

from __future__ import annotations

import argparse
import os
import sys

from nb2prod.cli.arguments import path
from nb2prod.cli.check_arguments import add_check, add_rule
from nb2prod.cli.container_arguments import add_build, add_run, add_sbom
from nb2prod.cli.convert_arguments import add_convert
from nb2prod.cli.verify_arguments import add_verify
from nb2prod.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class _Formatter(argparse.HelpFormatter):
    """argparse's own, but for how it learns the width: argparse makes one for each option, and each
    would load `shutil`, which loads all that compresses files.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_width())


def build_parser(argv: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """The parser of the `nb2prod` command; each subcommand sets `run` to what carries it out.

    With `argv` only the arguments of the command that is named there are added.
    """
    parser = argparse.ArgumentParser(
        prog="nb2prod",
        description="Turn a notebook into a package, a container and a job, without running it.",
        allow_abbrev=False,
        formatter_class=_Formatter,
    )
    parser.add_argument("--version", action="version", version=f"nb2prod {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    named = next((word for word in argv or () if not word.startswith("-")), None)
    for name, summary, fill in _COMMANDS:
        command = commands.add_parser(
            name, help=summary, allow_abbrev=False, formatter_class=_Formatter
        )
        if named in (None, name):
            fill(command)
    return parser


def _width() -> int:
    """The columns for help, as argparse counts them."""
    try:
        columns = int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        try:
            columns = os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr]
        except (AttributeError, ValueError, OSError):
            columns = 80
    return (columns or 80) - 2


def _add_inspect(parser: argparse.ArgumentParser) -> None:
    parser.description = "Show facts, dependencies and the fate of the lines. Nothing is written."
    parser.epilog = (
        "exit codes: 0 shown; 1 shown, something needs a person; 2 a file cannot be read"
    )
    parser.add_argument(
        "notebooks", nargs="+", type=path, metavar="NOTEBOOK", help="an .ipynb file"
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object per notebook and line"
    )
    parser.set_defaults(run=_run_inspect)


def _add_runtimes(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "List the known images of Colab and Kaggle, or show what one of them holds."
    )
    parser.epilog = "exit codes: 0 shown; 2 no such runtime"
    parser.add_argument(
        "runtime",
        nargs="?",
        metavar="NAME|DATE",
        help="2025.07, kaggle:2025-12, or a day (UTC): 2024-06-11, kaggle:2026-01-31",
    )
    parser.add_argument(
        "--gpu", action="store_true", help="the image with a GPU (one for both until 2025-12-10)"
    )
    parser.add_argument("--all", action="store_true", help="every package, not the best known only")
    parser.add_argument("--json", action="store_true", help="print one JSON object, all packages")
    parser.set_defaults(run=_run_runtimes)


def _add_machines(parser: argparse.ArgumentParser) -> None:
    parser.description = "List Gradient's machines and the GPUs they stand in for, or show one."
    parser.epilog = "exit codes: 0 shown; 2 no such machine or GPU"
    parser.add_argument("name", nargs="?", metavar="NAME", help="a machine or a GPU: A4000, T4")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=_run_machines)


def _add_targets(parser: argparse.ArgumentParser) -> None:
    parser.description = "List where a project can run, and what convert --target writes for it."
    parser.epilog = "exit codes: 0 shown; 2 a target of another package cannot be loaded"
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=_run_targets)


def _run_inspect(arguments: argparse.Namespace) -> int:
    from nb2prod.cli.inspect import run

    return run(arguments)


def _run_runtimes(arguments: argparse.Namespace) -> int:
    from nb2prod.cli.runtimes import run

    return run(arguments)


def _run_machines(arguments: argparse.Namespace) -> int:
    from nb2prod.cli.machines import run

    return run(arguments)


def _run_targets(arguments: argparse.Namespace) -> int:
    from nb2prod.cli.targets import run

    return run(arguments)


# Each command with its line in the list, and what adds its arguments.
_COMMANDS: tuple[tuple[str, str, Callable[[argparse.ArgumentParser], None]], ...] = (
    ("convert", "write a project for each notebook", add_convert),
    ("inspect", "show what is known of each notebook", _add_inspect),
    ("verify", "run a notebook and its package, and compare what they compute", add_verify),
    ("build", "build a project's image with a Docker Engine", add_build),
    ("run", "run a project's image", add_run),
    ("sbom", "list what is inside a project's image", add_sbom),
    ("check", "find what breaks notebooks on their way to production", add_check),
    ("rule", "explain a rule of check", add_rule),
    (
        "runtimes",
        "list the images of Colab and Kaggle that are known, or show one",
        _add_runtimes,
    ),
    ("machines", "list the GPUs and machines that are known, or show one", _add_machines),
    ("targets", "list where a project can run", _add_targets),
)
