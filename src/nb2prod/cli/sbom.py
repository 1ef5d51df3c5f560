"""`nb2prod sbom`: list what is inside an image."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nb2prod.cli.output import working
from nb2prod.container.contents.audit import Audit
from nb2prod.container.contents.sbom import BillOfMaterials, sbom
from nb2prod.errors import Nb2prodError

_FOUND = 1


class CannotWrite(Nb2prodError):
    """The file that was named cannot be written."""


def run(arguments: argparse.Namespace) -> int:
    """Print the bill, or write it to a file; the rest goes to standard error."""
    with _progress() as progress:
        bill = sbom(
            arguments.project or Path(),
            tag=arguments.tag,
            audited=arguments.audit,
            audit_url=arguments.audit_url,
            engine=arguments.engine,
            progress=progress,
        )
    _write(bill, arguments.output)
    for note in bill.notes:
        _say(f"nb2prod: {note}")
    if bill.unanswered is not None:
        _say(f"nb2prod: {bill.unanswered}")
        return _FOUND
    if bill.audit is None:
        return 0
    for line in _lines(bill.audit):
        _say(line)
    # What could not be asked about is not known to be without.
    return _FOUND if bill.audit.found or bill.audit.left_out else 0


def _write(bill: BillOfMaterials, output: Path | None) -> None:
    content = bill.text.encode("utf-8")
    if output is None:
        # Bytes, so that the terminal's encoding has no say.
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise CannotWrite(f"{output} cannot be written: {error.strerror}.") from error


def _lines(audit: Audit) -> Iterator[str]:
    """What was found, one line for each vulnerability, and what was not asked."""
    count = len({(one.package, one.asked) for one in audit.found})
    known = len(audit.found)
    if audit.asked:
        yield (
            f"{known} known {'vulnerability' if known == 1 else 'vulnerabilities'} in {count} of"
            f" {audit.asked} Python packages, says {audit.shown}; system packages were not asked"
            " about"
        )
    elif audit.left_out:
        yield "no Python package could be asked about; system packages were not asked about"
    else:
        yield "there was no Python package to ask about; system packages were not asked about"
    rows = [
        (
            f"{one.package} {one.asked}",
            " ".join((one.identifier, *one.aliases)),
            f"fixed in {', '.join(one.fixed)}" if one.fixed else "no fixed version is known",
        )
        for one in audit.found
    ]
    first, second = (max((len(row[at]) for row in rows), default=0) for at in (0, 1))
    for name, identifiers, fixed in rows:
        yield f"  {name:<{first}}  {identifiers:<{second}}  {fixed}"
    if audit.shortened:
        yield f"asked about without the part behind +: {', '.join(audit.shortened)}"
    if audit.left_out:
        total = audit.asked + len(audit.left_out)
        yield (
            f"not asked about, for want of a valid name and version, {len(audit.left_out)} of"
            f" {total}: {', '.join(audit.left_out)}"
        )


def _say(text: str) -> None:
    """One line of standard error; what could move a terminal's cursor does not reach it."""
    print("".join(char if char.isprintable() else " " for char in text), file=sys.stderr)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    with working(shown=True) as told:
        yield told or (lambda _: None)
