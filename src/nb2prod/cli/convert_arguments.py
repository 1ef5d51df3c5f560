"""The arguments of `nb2prod convert`."""

from __future__ import annotations

import argparse

from nb2prod.cli.arguments import path


def add_convert(parser: argparse.ArgumentParser) -> None:
    """Give `convert` its arguments."""
    parser.description = "Write a project for each notebook. Nothing of the notebook is executed."
    parser.epilog = (
        "exit codes: 0 written; 1 written, but something needs a person; 2 nothing written"
    )
    parser.add_argument(
        "notebooks", nargs="+", type=path, metavar="NOTEBOOK", help="an .ipynb file"
    )
    parser.add_argument(
        "-o",
        dest="output",
        type=path,
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
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from nb2prod.cli.convert import run

    return run(arguments)
