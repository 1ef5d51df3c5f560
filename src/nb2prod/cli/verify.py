"""`nb2prod verify`: run both sides and say whether they agree."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from nb2prod.container.running.variables import read_variables
from nb2prod.errors import OptionError
from nb2prod.verification.model import Equivalence, Tolerance
from nb2prod.verification.processes import Limits
from nb2prod.verification.reports import as_junit, as_text, keep
from nb2prod.verification.verify import verify


def run(arguments: argparse.Namespace) -> int:
    """Verify one notebook; the exit code says how it went."""
    limits = _limits(arguments)
    tolerance = _tolerance(arguments)
    variables = read_variables(arguments.env_file) if arguments.env_file else {}
    # What is asked to end has to end its processes and take its directories away, too.
    signal.signal(signal.SIGTERM, _ended)
    with _progress(quiet=arguments.quiet or arguments.json) as progress:
        found = verify(
            arguments.notebook,
            arguments.project,
            env=arguments.env,
            against=arguments.against,
            data=arguments.data,
            files=arguments.files or (),
            inputs=arguments.input or (),
            variables=variables,
            limits=limits,
            tolerance=tolerance,
            once=arguments.once,
            progress=progress,
        )
    if arguments.junit is not None:
        arguments.junit.write_bytes(as_junit(found, arguments.notebook.name))
    if arguments.project is not None:
        keep(found, arguments.project)
    _print(found, arguments)
    return found.exit_code


def _ended(number: int, _: object) -> NoReturn:
    raise SystemExit(128 + number)


def _print(found: Equivalence, arguments: argparse.Namespace) -> None:
    if arguments.json:
        print(json.dumps(found.as_json(), ensure_ascii=False))
        return
    print(as_text(found, brief=arguments.quiet))
    if arguments.project is not None and not arguments.quiet:
        print(f"see {arguments.project / 'verification.json'}")


def _limits(arguments: argparse.Namespace) -> Limits:
    if not arguments.timeout > 0:
        raise OptionError("--timeout takes a number of seconds greater than 0.")
    if arguments.memory is None:
        return Limits(arguments.timeout)
    if not arguments.memory > 0:
        raise OptionError("--memory takes a number of gigabytes greater than 0.")
    return Limits(arguments.timeout, int(arguments.memory * 1e9))


def _tolerance(arguments: argparse.Namespace) -> Tolerance:
    usual = Tolerance()
    relative = usual.relative if arguments.rtol is None else arguments.rtol
    absolute = usual.absolute if arguments.atol is None else arguments.atol
    if not 0 <= relative < 1:
        raise OptionError(f"--rtol takes a number from 0 to 1, not {relative}.")
    if not absolute >= 0:
        raise OptionError(f"--atol takes a number that is not negative, not {absolute}.")
    return Tolerance(relative, absolute)


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Shows what is under way where somebody looks, and nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status("starting") as status:
        yield lambda text: status.update(text, spinner="dots")
