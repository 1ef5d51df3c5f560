"""The argument parser for all commands. It must be quick to build: argparse, and commands imported
when run.
"""

from __future__ import annotations

import argparse
import os
import sys

from nb2prod.cli.check_arguments import add_check, add_rule
from nb2prod.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


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


def _path(text: str) -> Path:
    from pathlib import Path

    return Path(text)


def _add_convert(parser: argparse.ArgumentParser) -> None:
    parser.description = "Write a project for each notebook. Nothing of the notebook is executed."
    parser.epilog = (
        "exit codes: 0 written; 1 written, but something needs a person; 2 nothing written"
    )
    parser.add_argument(
        "notebooks", nargs="+", type=_path, metavar="NOTEBOOK", help="an .ipynb file"
    )
    parser.add_argument(
        "-o",
        dest="output",
        type=_path,
        metavar="DIR",
        help="the project's directory (default: ./<name>); with several notebooks the one above",
    )
    parser.add_argument(
        "--force", action="store_true", help="replace a directory that nb2prod wrote"
    )
    parser.add_argument(
        "--discard-edits",
        action="store_true",
        help="with --force: also when its files were changed since",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be written, write nothing"
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object per notebook and line"
    )
    parser.add_argument("--quiet", action="store_true", help="print errors only")
    parser.add_argument(
        "--python", metavar="X.Y[.Z]", help="the project's Python (default: by evidence)"
    )
    parser.add_argument(
        "--cpu",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="a slim Python image instead of a CUDA one",
    )
    parser.add_argument(
        "--image", metavar="REF", help="the image name in job specs (default: <name>:<hash>)"
    )
    parser.add_argument(
        "--lock",
        metavar="MODE",
        help="auto, never or always: resolve, pin and hash all that is required (default: auto,"
        " which does so if a package index answers)",
    )
    parser.add_argument(
        "--lock-format",
        metavar="FORMAT",
        help="write pylock, uv or conda beside requirements.lock (default: requirements alone)",
    )
    parser.add_argument(
        "--allow-build",
        metavar="NAME",
        action="append",
        help="run the code of this package, to learn what it requires; may be repeated",
    )
    parser.add_argument(
        "--gpu",
        metavar="NAME[:COUNT]",
        help="the GPU that the job will run on (default: by evidence; see nb2prod machines)",
    )
    parser.add_argument(
        "--machine", metavar="NAME", help="the provider's machine (default: one with that GPU)"
    )
    parser.add_argument(
        "--machine-unchecked",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="take a machine that is not in our list",
    )
    parser.add_argument(
        "--cuda", metavar="VERSION", help="the base image's CUDA (default: what the pins need)"
    )
    parser.add_argument(
        "--pin-digest",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="ask a container engine for the digest of the base image",
    )
    parser.add_argument(
        "--as-of",
        metavar="DATE|RUNTIME",
        help="when the notebook ran: a day (UTC) or a runtime, 2025.07 or kaggle:2025-12"
        " (default: by evidence)",
    )
    parser.add_argument(
        "--strategy",
        metavar="as-run|modern",
        help="the versions of that day, or the newest (default: as-run where a day is known)",
    )
    parser.add_argument(
        "--layout",
        metavar="NAME",
        help="sections (a module for each part), main (one function) or script; auto takes the"
        " first that is safe (default: auto)",
    )
    parser.add_argument(
        "--target",
        metavar="NAME,…",
        action="append",
        help="where it will run (default: gradient,kubernetes; see nb2prod targets)",
    )
    parser.add_argument(
        "--schedule", metavar="CRON", help="when it runs, as cron says it: '0 3 * * *'"
    )
    parser.add_argument(
        "--timeout", metavar="DURATION", help="the longest that a run may take: 90m, 12h, 3600"
    )
    parser.add_argument(
        "--pull-secret",
        metavar="NAME",
        help="what the provider keeps to log in to the image's registry with, by its name there",
    )
    parser.add_argument(
        "--on-push", metavar="BRANCH", help="also run when this branch is pushed to GitHub"
    )
    parser.add_argument(
        "--jobs-per-section",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="a job for each section, where the target has jobs that wait for each other",
    )
    parser.set_defaults(run=_run_convert)


def _add_inspect(parser: argparse.ArgumentParser) -> None:
    parser.description = "Show facts, dependencies and the fate of the lines. Nothing is written."
    parser.epilog = (
        "exit codes: 0 shown; 1 shown, something needs a person; 2 a file cannot be read"
    )
    parser.add_argument(
        "notebooks", nargs="+", type=_path, metavar="NOTEBOOK", help="an .ipynb file"
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object per notebook and line"
    )
    parser.set_defaults(run=_run_inspect)


def _add_verify(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Run a notebook and its package in one environment, each in directories of its own, and"
        " compare what they print, show, write and end with. This executes the notebook's code."
    )
    parser.epilog = (
        "exit codes: 0 equivalent; 1 equivalent except for what is listed, or different; 2 the"
        " notebook does not run here"
    )
    parser.add_argument("notebook", type=_path, metavar="NOTEBOOK", help="an .ipynb file")
    parser.add_argument(
        "project",
        nargs="?",
        type=_path,
        metavar="PROJECT",
        help="what it was converted to (default: it is converted to a temporary project)",
    )
    parser.add_argument(
        "--env",
        metavar="NAME",
        default="current",
        help="current: the Python that runs nb2prod; lock: one made of the project's lock; image:"
        " the project's image (default: current)",
    )
    parser.add_argument(
        "--against",
        metavar="NAME",
        default="notebook",
        help="compare with the notebook as it runs now, or with its saved outputs: notebook or"
        " saved (default: notebook)",
    )
    parser.add_argument(
        "--data",
        type=_path,
        metavar="DIR",
        help="stands for the user's Drive, or for Kaggle's input (default: the project's data/)",
    )
    parser.add_argument(
        "--files",
        type=_path,
        metavar="PATH",
        action="append",
        help="lies in the directory that the notebook begins in; may be repeated (what lies beside"
        " the notebook and is read by it does anyway)",
    )
    parser.add_argument(
        "--input",
        type=_path,
        metavar="FILE",
        action="append",
        help="is what files.upload() is given; may be repeated",
    )
    parser.add_argument(
        "--env-file",
        type=_path,
        metavar="FILE",
        help="variables for both sides, secrets among them: NAME=value on each line",
    )
    parser.add_argument(
        "--once",
        action="store_true",
        help="do not run the notebook a second time; what is not deterministic then counts as a"
        " difference",
    )
    parser.add_argument(
        "--timeout",
        type=float,
        metavar="SECONDS",
        default=3600.0,
        help="the longest that one run may take (default: 3600)",
    )
    parser.add_argument(
        "--memory", type=float, metavar="GB", help="the most memory that one run may take"
    )
    parser.add_argument(
        "--rtol",
        type=float,
        metavar="NUMBER",
        help="numbers agree when they differ by no more than this share (default: 1e-6)",
    )
    parser.add_argument(
        "--atol",
        type=float,
        metavar="NUMBER",
        help="numbers agree when they differ by no more than this (default: 1e-9)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--junit", type=_path, metavar="FILE", help="write JUnit's XML as well")
    parser.add_argument("--quiet", action="store_true", help="print the verdict alone")
    parser.set_defaults(run=_run_verify)


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


def _run_convert(arguments: argparse.Namespace) -> int:
    from nb2prod.cli.convert import run

    return run(arguments)


def _run_inspect(arguments: argparse.Namespace) -> int:
    from nb2prod.cli.inspect import run

    return run(arguments)


def _run_verify(arguments: argparse.Namespace) -> int:
    from nb2prod.cli.verify import run

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
    ("convert", "write a project for each notebook", _add_convert),
    ("inspect", "show what is known of each notebook", _add_inspect),
    ("verify", "run a notebook and its package, and compare what they compute", _add_verify),
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
