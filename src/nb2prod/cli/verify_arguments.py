"""The arguments of `nb2prod verify`."""

from __future__ import annotations

import argparse

from nb2prod.cli.arguments import path


def add_verify(parser: argparse.ArgumentParser) -> None:
    """Give `verify` its arguments."""
    parser.description = (
        "Run a notebook and its package in one environment, each in directories of its own, and"
        " compare what they print, show, write and end with. This executes the notebook's code."
    )
    parser.epilog = (
        "exit codes: 0 equivalent; 1 equivalent except for what is listed, or different; 2 the"
        " notebook does not run here"
    )
    parser.add_argument("notebook", type=path, metavar="NOTEBOOK", help="an .ipynb file")
    parser.add_argument(
        "project",
        nargs="?",
        type=path,
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
        type=path,
        metavar="DIR",
        help="stands for the user's Drive, or for Kaggle's input (default: the project's data/)",
    )
    parser.add_argument(
        "--files",
        type=path,
        metavar="PATH",
        action="append",
        help="lies in the directory that the notebook begins in; may be repeated (what lies beside"
        " the notebook and is read by it does anyway)",
    )
    parser.add_argument(
        "--input",
        type=path,
        metavar="FILE",
        action="append",
        help="is what files.upload() is given; may be repeated",
    )
    parser.add_argument(
        "--env-file",
        type=path,
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
    parser.add_argument("--junit", type=path, metavar="FILE", help="write JUnit's XML as well")
    parser.add_argument("--quiet", action="store_true", help="print the verdict alone")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from nb2prod.cli.verify import run

    return run(arguments)
