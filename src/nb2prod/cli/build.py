"""`nb2prod build`: build a project's image, show how far it is, and what came of it."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from nb2prod.cli.boundary import end, report
from nb2prod.cli.output import Printer
from nb2prod.cli.steps import shown_steps
from nb2prod.container.building.build import build
from nb2prod.container.building.failures import BuildFailed
from nb2prod.container.building.push import PushFailed
from nb2prod.container.building.record import RECORD, Built, as_json
from nb2prod.container.project import Project, read_project
from nb2prod.errors import OptionError

_UNITS = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3))


def run(arguments: argparse.Namespace) -> int:
    """Build one project's image; 1 where the build, or sending it to its registry, fails."""
    given = _given(arguments.build_arg or (), os.environ)
    project = read_project(arguments.project or Path())
    # What is asked to end has to end the build at the engine, too.
    signal.signal(signal.SIGTERM, end)
    try:
        with shown_steps(quiet=arguments.quiet, verbose=arguments.verbose) as progress:
            built = build(
                project,
                tag=arguments.tag,
                base=arguments.base,
                arguments=given,
                network=arguments.network,
                platform=arguments.platform,
                cache=not arguments.no_cache,
                pin_digest=arguments.pin_digest,
                push=arguments.push,
                engine=arguments.engine,
                progress=progress,
            )
    except (BuildFailed, PushFailed) as error:
        report(error)
        return 1
    if arguments.json:
        print(json.dumps(as_json(built, project), ensure_ascii=False))
    elif not arguments.quiet:
        _tell(built, project, arguments.engine)
    return 0


def size(count: int) -> str:
    """Bytes as people read them."""
    for unit, factor in _UNITS:
        if count >= factor:
            number = count / factor
            return f"{number:.1f} {unit}" if number < 10 else f"{number:.0f} {unit}"
    return f"{count} B"


def _given(words: Sequence[str], environment: Mapping[str, str]) -> dict[str, str]:
    """The arguments of the build with their values. An error names none of these."""
    found = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not name:
            raise OptionError("--build-arg takes NAME=VALUE, or NAME alone.")
        if not equals and name not in environment:
            raise OptionError(
                f"--build-arg {name} takes its value from the environment, which has no {name}:"
                " set it there, or give NAME=VALUE."
            )
        found[name] = value if equals else environment[name]
    return found


def _tell(built: Built, project: Project, engine: str | None) -> None:
    printer = Printer()
    printer.line(f"built {built.tag} ({built.id[:19]})", style="bold")
    if built.digest is not None:
        printer.fact("pushed", built.digest)
    if built.base is not None:
        pinned = f"@{built.base_digest}" if built.base_digest is not None else ""
        printer.fact("base", f"{built.base}{pinned}")
    printer.fact("platform", built.platform)
    printer.fact("size", size(built.size))
    printer.line("size by layer:")
    for layer in built.layers:
        printer.line(f"  {size(layer.size):>8}  {layer.words}")
    if built.packages:
        printer.line("largest packages:")
    for one in built.packages:
        printer.line(f"  {size(one.size):>8}  {one.name} {one.version} ({one.kind})")
    for warning in built.warnings:
        printer.line(f"note: {warning}", style="yellow")
    record = project.root / RECORD
    if record.is_file():
        words = ["nb2prod", "run", str(project.root)]
        words += ["--tag", built.tag] if built.tag != project.image else []
        words += ["--engine", engine] if engine is not None else []
        printer.line(f"see {record}; next: {shlex.join(words)}")
