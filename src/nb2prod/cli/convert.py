"""`nb2prod convert`."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from nb2prod.cli.boundary import report
from nb2prod.cli.output import Printer, working
from nb2prod.cli.settings import read_options
from nb2prod.core import Conversion, convert, project_directory
from nb2prod.environment.model import Lock
from nb2prod.errors import Nb2prodError, OptionError
from nb2prod.inspection import attention_json
from nb2prod.options import Options
from nb2prod.project.targets import chosen, next_steps


def run(arguments: argparse.Namespace) -> int:
    """Convert each notebook; one that cannot be converted does not stop the others."""
    options = read_options(arguments)
    if options.image is not None and len(arguments.notebooks) > 1:
        raise OptionError(
            "--image names one image, and each notebook becomes one of its own; convert them one by"
            " one, or leave --image out."
        )
    chosen(options)  # a name that is no target is an error of the command, not of each notebook
    targets = _targets(arguments.notebooks, arguments.output)
    return max(_convert(path, target, arguments, options) for path, target in targets)


def _targets(notebooks: Sequence[Path], output: Path | None) -> list[tuple[Path, Path]]:
    if len(notebooks) == 1:
        return [(notebooks[0], output if output is not None else project_directory(notebooks[0]))]
    targets: dict[Path, Path] = {}
    for path in notebooks:
        target = (output or Path()) / project_directory(path)
        if target in targets:
            raise OptionError(
                f"{targets[target]} and {path} would both become {target};"
                " convert them one by one with -o."
            )
        targets[target] = path
    return [(path, target) for target, path in targets.items()]


def _convert(path: Path, target: Path, arguments: argparse.Namespace, options: Options) -> int:
    try:
        with working(shown=not (arguments.json or arguments.quiet)) as progress:
            done = convert(
                path,
                target,
                options,
                force=arguments.force,
                discard_edits=arguments.discard_edits,
                dry_run=arguments.dry_run,
                progress=progress,
            )
    except Nb2prodError as error:
        if arguments.json:
            print(json.dumps({"notebook": str(path), "error": str(error)}, ensure_ascii=False))
        return report(error, str(path))
    code = 0 if done.complete else 1
    if done.migration.lock.mode == "no-index":
        print(f"nb2prod: {path}: not locked, {done.migration.lock.reason}", file=sys.stderr)
    if arguments.json:
        print(json.dumps(_summary(path, done, code, arguments.dry_run), ensure_ascii=False))
    elif not arguments.quiet:
        _tell(done, dry_run=arguments.dry_run)
    return code


def _summary(path: Path, done: Conversion, code: int, dry_run: bool) -> dict[str, object]:
    migration = done.migration
    return {
        "notebook": str(path),
        "directory": str(done.directory),
        "project": migration.project,
        "package": migration.package,
        "written": not dry_run,
        "exit": code,
        "files": sorted(done.files),
        "attention": attention_json(migration),
    }


def _lock(lock: Lock) -> str:
    if lock.mode == "locked":
        day = f", nothing later than {lock.exclude_newer}" if lock.exclude_newer else ""
        state = "complete" if lock.complete else "not complete"
        return f"{state}, {len(lock.versions)} packages with hashes{day}"
    return {
        "never": "none (--lock never): direct pins alone",
        "no-index": "none, because no package index answered: direct pins alone",
        "failed": "none, because the pins do not go together: direct pins alone",
    }[lock.mode]


def _tell(done: Conversion, *, dry_run: bool) -> None:
    migration, printer = done.migration, Printer()
    environment = migration.environment
    verb = "would write" if dry_run else "wrote"
    printer.line(f"{verb} {done.directory} ({len(done.files)} files)", style="bold")
    if dry_run:
        for name in sorted(done.files):
            printer.line(f"  {name}")
    printer.fact(
        "origin",
        f"{migration.notebook.origin.platform}, {migration.notebook.origin.evidence[0].detail}",
    )
    printer.moment(environment.as_of)
    printer.fact("python", f"{environment.python.version}, {environment.python.evidence[0].detail}")
    printer.fact(
        "image", f"{environment.base_image.reference}, {environment.base_image.evidence[0].detail}"
    )
    printer.fact("pins", ", ".join(pin.requirement for pin in environment.pins) or "none needed")
    printer.fact("lock", _lock(migration.lock))
    printer.layout(migration.program)
    printer.ledger(migration.ledger)
    if migration.attention:
        printer.attention(migration.attention)
    printer.next_steps(next_steps(migration))
    if not dry_run:
        place = shlex.quote(str(done.directory))
        printer.line(f"run it here: nb2prod build {place} && nb2prod run {place}")
        printer.line(f"more: {done.directory / 'README.md'}")
