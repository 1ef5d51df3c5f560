"""`nb2prod inspect`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from nb2prod.cli.boundary import UNUSABLE, report
from nb2prod.cli.output import Printer
from nb2prod.cli.settings import read_imports
from nb2prod.core import plan_file
from nb2prod.errors import Nb2prodError
from nb2prod.inspection import inspection
from nb2prod.migration import Migration
from nb2prod.options import Options


def run(arguments: argparse.Namespace) -> int:
    """Show each notebook, in the order given; one that cannot be read does not stop the others."""
    options = Options(imports=read_imports())
    return max(_inspect(path, options, as_json=arguments.json) for path in arguments.notebooks)


def _inspect(path: Path, options: Options, *, as_json: bool) -> int:
    try:
        migration = plan_file(path, options)
    except Nb2prodError as error:
        if as_json:
            _print_json({"notebook": str(path), "error": str(error)})
            return UNUSABLE
        return report(error, str(path))
    if as_json:
        _print_json({"notebook": str(path), **inspection(migration)})
    else:
        _tell(path, migration)
    return 1 if migration.attention else 0


def _print_json(shown: Mapping[str, object]) -> None:
    print(json.dumps(shown, ensure_ascii=False, separators=(",", ":")))


def _tell(path: Path, migration: Migration) -> None:
    printer, facts, notebook = Printer(), migration.facts, migration.notebook
    printer.line(str(path), style="bold")
    printer.fact("origin", f"{notebook.origin.platform}, {notebook.origin.evidence[0].detail}")
    printer.fact("nbformat", notebook.nbformat)
    printer.fact("cells", f"{len(notebook.cells)}, {len(notebook.code_cells)} of them code")
    printer.fact(
        "accelerator",
        f"{facts.accelerator or 'none'}{f' ({facts.gpu_type})' if facts.gpu_type else ''}",
    )
    environment = migration.environment
    printer.moment(environment.as_of)
    printer.fact("python", f"{environment.python.version}, {environment.python.evidence[0].detail}")
    for dependency in environment.dependencies:
        own = dependency.evidence[0].detail if dependency.answered_by == "local" else "unknown"
        answer = dependency.distribution or own
        version = f"=={dependency.version}" if dependency.version else ""
        printer.fact("import", f"{dependency.module}: {answer}{version} ({dependency.answered_by})")
    for install in facts.installs:
        if install.requirements:
            printer.fact(
                "install", f"{install.tool} {' '.join(install.requirements)} ({install.location})"
            )
    for mount in facts.mounts:
        printer.fact("mount", f"{mount.path} ({mount.location})")
    for data in facts.data:
        printer.fact("data", f"{data.origin}: {data.path} ({data.direction})")
    for fetched in facts.fetched:
        version = f" at {fetched.revision}" if fetched.revision else ""
        printer.fact("fetched", f"{fetched.kind}: {fetched.source}{version}")
    for parameter in facts.parameters:
        printer.fact(
            "parameter",
            f"{parameter.name} = {parameter.default!r} ({parameter.type}, {parameter.location})",
        )
    for secret in facts.secrets:
        printer.fact("secret", f"{secret.name} ({secret.location})")
    if facts.service is not None:
        service = facts.service
        reached = ", on 127.0.0.1 alone" if service.local else ""
        printer.fact(
            "service", f"{service.kind}, port {service.port}{reached} ({service.location})"
        )
    if facts.nodes is not None:
        nodes = facts.nodes
        printer.fact("nodes", f"{nodes.machines} machines, {nodes.launcher} ({nodes.location})")
    if facts.gpus is not None:
        printer.fact("gpus", f"{facts.gpus.number} in each machine ({facts.gpus.location})")
    printer.layout(migration.program)
    printer.ledger(migration.ledger)
    printer.fates(notebook.code_cells, migration.ledger)
    if migration.attention:
        printer.attention(migration.attention)
