"""The arguments of `nb2prod check` and `nb2prod rule`, named as ruff names its own."""

from __future__ import annotations

import argparse

from nb2prod.hygiene.reporters import FORMATS


def add_check(parser: argparse.ArgumentParser) -> None:
    """Give `check` its arguments."""
    parser.description = "Check notebooks, and directories of them. Nothing of them is executed."
    parser.epilog = "exit codes: 0 clean; 1 findings; 2 a file cannot be opened, or a usage error"
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="files, directories, or - (default: .)"
    )
    _add_selection(parser)
    parser.add_argument("--fix", action="store_true", help="make the safe fixes")
    parser.add_argument(
        "--unsafe-fixes", action="store_true", help="with --fix or --diff: also those to look at"
    )
    parser.add_argument(
        "--diff", action="store_true", help="show what --fix would change, cell by cell"
    )
    parser.add_argument(
        "--add-noqa", action="store_true", help="suppress all that is found, and say how much"
    )
    parser.add_argument(
        "--output-format",
        choices=tuple(FORMATS),
        default="full",
        help="how findings are reported (default: full)",
    )
    parser.add_argument(
        "-o",
        "--output-file",
        metavar="FILE",
        help="write to a file, not to standard output",
    )
    parser.add_argument(
        "--statistics", action="store_true", help="how often each rule found something"
    )
    parser.add_argument("--exit-zero", action="store_true", help="exit 0 in spite of findings")
    parser.add_argument(
        "--exit-non-zero-on-fix", action="store_true", help="exit 1 when anything was fixed"
    )
    parser.add_argument(
        "--stdin-filename", metavar="NAME", help="what standard input is called (with - as PATH)"
    )
    parser.add_argument(
        "--show-settings", action="store_true", help="show the settings of the first path"
    )
    parser.add_argument("--isolated", action="store_true", help="read no configuration")
    parser.add_argument("--config", metavar="FILE", help="read this file's [tool.nb2prod.check]")
    parser.add_argument(
        "--no-cache", action="store_true", help="check notebooks that have not changed, too"
    )
    parser.add_argument(
        "--jobs", type=int, metavar="N", help="files at once (default: as many as pay)"
    )
    parser.set_defaults(run=_run_check)


def _add_selection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--select",
        action="append",
        metavar="RULES",
        help="only these, by code, beginning (NB3), name, or ALL; with commas",
    )
    parser.add_argument("--ignore", action="append", metavar="RULES", help="not these")
    parser.add_argument(
        "--extend-select", action="append", metavar="RULES", help="these besides the selected"
    )
    parser.add_argument(
        "--per-file-ignores",
        action="append",
        metavar="PATTERN:RULE",
        help="not this rule in files that match; with commas",
    )
    parser.add_argument(
        "--exclude", action="append", metavar="PATTERNS", help="leave these paths out; with commas"
    )
    parser.add_argument(
        "--force-exclude", action="store_true", help="leave them out even when they are named"
    )
    parser.add_argument(
        "--secrets-scanner",
        choices=("none", "betterleaks"),
        help="ask this scanner about secrets too (default: none)",
    )


def add_rule(parser: argparse.ArgumentParser) -> None:
    """Give `rule` its arguments."""
    parser.description = "Print the page of a rule, or a list of all rules."
    parser.epilog = "exit codes: 0 shown; 2 no such rule"
    parser.add_argument("rule", nargs="?", metavar="RULE", help="a code (NB301) or a name")
    parser.add_argument("--all", action="store_true", help="one line for each rule")
    parser.set_defaults(run=_run_rule)


def _run_check(arguments: argparse.Namespace) -> int:
    from nb2prod.cli.check import run

    return run(arguments)


def _run_rule(arguments: argparse.Namespace) -> int:
    from nb2prod.cli.rule import run

    return run(arguments)
