"""The arguments of `nb2prod build`, `run` and `sbom`, named as Docker names its own."""

from __future__ import annotations

import argparse

from nb2prod.cli.arguments import path


def add_build(parser: argparse.ArgumentParser) -> None:
    """Give `build` its arguments."""
    parser.description = "Build the image of a project that convert wrote, with a Docker Engine."
    parser.epilog = (
        "exit codes: 0 built; 1 the build, or the push, failed; 2 no engine, or a usage error"
    )
    _add_project(parser)
    parser.add_argument(
        "-t", "--tag", metavar="REF", help="what the image is called (default: as the specs say)"
    )
    parser.add_argument(
        "--base", metavar="REF", help="the base image (default: what the Dockerfile names)"
    )
    parser.add_argument(
        "--build-arg",
        metavar="NAME[=VALUE]",
        action="append",
        help="an argument of the Dockerfile; NAME alone takes its value from the environment; may"
        " be repeated",
    )
    parser.add_argument(
        "--network", metavar="NAME", help="the network of the build's commands: host, none, …"
    )
    parser.add_argument("--platform", metavar="linux/ARCH", help="another than the engine's own")
    parser.add_argument("--no-cache", action="store_true", help="use nothing of earlier builds")
    parser.add_argument(
        "--pin-digest",
        action="store_true",
        help="ask the registry for the base's digest, and build on that",
    )
    parser.add_argument("--push", action="store_true", help="send the image to its registry")
    parser.add_argument(
        "--verbose", action="store_true", help="show all that the build's commands say"
    )
    _add_engine(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object: image.json")
    parser.add_argument("--quiet", action="store_true", help="print errors only")
    parser.set_defaults(run=_run_build)


def add_run(parser: argparse.ArgumentParser) -> None:
    """Give `run` its arguments."""
    parser.description = (
        "Run the image of a project, with its data, outputs and secrets; it is built first where"
        " the engine does not have it. This executes the notebook's code."
    )
    parser.usage = "%(prog)s [options] [PROJECT] [-- OPTION ...]"
    parser.epilog = (
        "exit codes: the program's own; 125 when it could not be started. Behind -- are the"
        " program's options, or a whole command that runs in its place."
    )
    _add_project(parser)
    parser.add_argument(
        "-t", "--tag", metavar="REF", help="the image (default: as the last build called it)"
    )
    for name, meaning in _DIRECTORIES:
        parser.add_argument(f"--{name}", type=path, metavar="DIR", help=meaning)
    parser.add_argument(
        "-e",
        "--env",
        metavar="NAME[=VALUE]",
        action="append",
        help="a variable for the program; NAME alone takes its value from the environment; may be"
        " repeated",
    )
    parser.add_argument(
        "--env-file",
        type=path,
        metavar="FILE",
        help="secrets and variables, NAME=value on each line (default: the project's .env)",
    )
    parser.add_argument(
        "--secrets",
        choices=("files", "env"),
        default="files",
        help="how the program gets its secrets: as files that are seen by nobody else, or in its"
        " environment, which the engine shows (default: files)",
    )
    parser.add_argument(
        "--gpus", metavar="auto|all|none|N", default="auto", help="GPUs (default: auto)"
    )
    parser.add_argument("--network", metavar="NAME", help="the container's network: none, host, …")
    parser.add_argument(
        "--port",
        type=_port,
        metavar="PORT",
        help="where a service is published on this machine (default: its own port)",
    )
    parser.add_argument(
        "--read-only",
        action="store_true",
        help="let the program write to its directories alone",
    )
    _add_engine(parser)
    parser.add_argument(
        "--quiet", action="store_true", help="print what the program prints, and errors"
    )
    parser.set_defaults(run=_run_run, refuse=parser.error)


def add_sbom(parser: argparse.ArgumentParser) -> None:
    """Give `sbom` its arguments."""
    parser.description = (
        "List what is inside a project's image as a CycloneDX bill of materials: Python and system"
        " packages with their licences."
    )
    parser.epilog = (
        "exit codes: 0 shown; 1 with --audit: known vulnerabilities, or the service did not answer;"
        " 2 no image, no engine, or a usage error"
    )
    _add_project(parser)
    parser.add_argument(
        "-t", "--tag", metavar="REF", help="the image (default: the project's, as build calls it)"
    )
    parser.add_argument(
        "--audit",
        action="store_true",
        help="ask for known vulnerabilities of the Python packages (pip-audit)",
    )
    parser.add_argument(
        "--audit-url",
        metavar="URL",
        help="with --audit: a service that speaks as OSV does (default: OSV itself)",
    )
    parser.add_argument("-o", dest="output", type=path, metavar="FILE", help="write to a file")
    _add_engine(parser)
    parser.set_defaults(run=_run_sbom)


_DIRECTORIES = (
    ("data", "what stands for the user's Drive, or Kaggle's input (default: data/ in the project)"),
    ("output", "where results go (default: outputs/ in the project)"),
    ("work", "the directory that the program starts in (default: work/ in the project)"),
)


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: those are 1 to 65535")
    return port


def _add_project(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "project", nargs="?", type=path, metavar="PROJECT", help="a project (default: .)"
    )


def _add_engine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--engine",
        metavar="URL",
        help="an engine that speaks Docker's API, such as unix:///run/podman/podman.sock (default:"
        " DOCKER_HOST, or what Docker's own configuration names)",
    )


def _run_build(arguments: argparse.Namespace) -> int:
    from nb2prod.cli.build import run

    return run(arguments)


def _run_run(arguments: argparse.Namespace) -> int:
    from nb2prod.cli.run import run

    return run(arguments)


def _run_sbom(arguments: argparse.Namespace) -> int:
    from nb2prod.cli.sbom import run

    return run(arguments)
