"""Running a project's image: its directories, secrets and GPU as the project declares them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from nb2prod.container.engine import NoEngine, connect, engine_errors
from nb2prod.container.hidden import Hidden
from nb2prod.container.host import Host, host_of
from nb2prod.container.project import Project, read_project
from nb2prod.container.running.earlier import labels, still_running
from nb2prod.container.running.gpu import NO_GPU, WITHOUT, Gpus, gpus_for, refuses_gpu
from nb2prod.container.running.mounts import Mounted, directories, make
from nb2prod.container.running.needed import listed, missing
from nb2prod.container.running.outputs import Output, outputs, states
from nb2prod.container.running.present import image_to_run
from nb2prod.container.running.process import CannotRun, Ended, PassingOn, Refused, run_container
from nb2prod.container.running.refusals import refusal
from nb2prod.container.running.secret_files import (
    PLACE,
    Secrets,
    file_variables,
    secret_files,
    secrets_for,
)
from nb2prod.container.running.settings import address, port_of, read_only, settings_of
from nb2prod.container.running.uploads import with_uploads
from nb2prod.container.running.variables import asked_variables, read_variables

if TYPE_CHECKING:
    from docker import DockerClient


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a project is run. `directories` are those that lie elsewhere than beside the project, by
    name ("data", "output", "work"); `env` are words of `--env`, and `port` is where a service is
    published; None and the like mean what the command line's defaults do.
    """

    tag: str | None = None
    directories: Mapping[str, Path] | None = None
    env: Sequence[str] = ()
    env_file: Path | None = None
    secrets: Literal["files", "env"] = "files"
    gpus: str = "auto"
    network: str | None = None
    port: int | None = None
    read_only: bool = False
    engine: str | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """How the program ended, and the files that it made or changed. `out_of_memory`: the kernel
    ended a process of it for want of memory; `killed`: somebody else killed it.
    """

    exit_code: int
    outputs: tuple[Output, ...]
    out_of_memory: bool = False
    killed: bool = False


Build = Callable[[Project, str], object]
"""Builds the project's image under that name, at the engine that runs it."""


@contextmanager
def _nobody(_: Callable[[int], None]) -> Iterator[None]:
    yield


def run(
    project: Project | Path,
    arguments: Sequence[str] = (),
    options: RunOptions | None = None,
    *,
    stdout: BinaryIO | None = None,
    stderr: BinaryIO | None = None,
    tell: Callable[[str], None] = lambda _: None,
    build: Build | None = None,
    passing_on: PassingOn = _nobody,
) -> Ran:
    """Run the project's image with these arguments for the program; this executes the notebook's
    code. The image is built first (by `build`) where the engine does not have it and `options`
    name none.

    What the program prints is written to `stdout` and `stderr` as it comes, where these are given;
    `tell` gets what a person should know of the run, a sentence each. `passing_on` sees to it that
    signals reach the program.

    Raises `CannotRun`, `NoEngine`, `NotAProject`, `NoDirectory`, `OptionError`, and what `build`
    raises, all of them `Nb2prodError`s, when the program was not started.
    """
    project = project if isinstance(project, Project) else read_project(project)
    options = options or RunOptions()
    build_it = build or _building(options.engine)
    port = port_of(project.service, options.network, options.port)
    mounted = tuple(directories(project, options.directories or {}))
    words, uploaded = with_uploads(arguments, project.uploads)
    secrets, variables = _given(project, options)
    with closing(connect(options.engine)) as client:
        host = _host(client)
        gpus = gpus_for(options.gpus, needed=project.gpus, there=host.gpus)
        image = image_to_run(client, project, options.tag, partial(build_it, project), tell)
        _tell_first(tell, project, secrets, gpus, options)
        _tell_earlier(tell, client, project)
        make(mounted)
        lacking = missing(project, mounted, [Path(one.target).name for one in uploaded])
        if lacking:
            tell(
                f"The notebook reads what is not there: {listed(lacking)}. The program starts"
                " nevertheless, and ends where it needs what it does not make itself."
            )
        before = states(mounted)
        with secret_files(secrets.files) as files:
            seen = [*mounted, *uploaded]
            if files is not None:
                seen.append(Mounted(PLACE, files, PLACE, writable=False))
                variables |= file_variables(secrets.files)
            settings = {
                **settings_of(project.service, host, options.network, options.port),
                **(read_only(image) if options.read_only else {}),
                "labels": labels(project.name),
                "environment": {**variables, **secrets.variables},
                "mounts": [one.mount() for one in seen],
            }

            def attempt(gpus: Gpus) -> Ended:
                return run_container(
                    client,
                    image.id,
                    words,
                    {**settings, "device_requests": gpus.requests()},
                    stdout=stdout,
                    stderr=stderr,
                    passing_on=passing_on,
                )

            ended = _attempted(attempt, gpus, tell, port, secrets)
        return Ran(ended.exit_code, outputs(before, mounted), ended.out_of_memory, ended.killed)


def _attempted(
    attempt: Callable[[Gpus], Ended],
    gpus: Gpus,
    tell: Callable[[str], None],
    port: int | None,
    secrets: Secrets,
) -> Ended:
    """The run with the GPU, or without one where it can be and the engine has none to give."""
    try:
        try:
            return attempt(gpus)
        except Refused as error:
            if not gpus.count or not refuses_gpu(str(error)):
                raise
            if gpus.required:
                raise CannotRun(NO_GPU) from error
            tell(WITHOUT)
            return attempt(replace(gpus, count=0))
    except Refused as error:
        raise CannotRun(refusal(str(error), Hidden(secrets.values), port)) from error


def _given(project: Project, options: RunOptions) -> tuple[Secrets, dict[str, str]]:
    """The program's secrets, and the other variables that it is given."""
    asked = asked_variables(options.env, os.environ)
    beside = project.root / ".env"
    if options.env_file is not None:
        file, in_file = str(options.env_file), read_variables(options.env_file)
    else:
        file, in_file = beside.name, read_variables(beside) if beside.is_file() else {}
    secrets = secrets_for(
        project.secrets,
        {"--env": asked, "environment": os.environ, file: in_file},
        as_files=options.secrets == "files",
    )
    served = dict(project.service.variables) if project.service is not None else {}
    others = {
        name: value
        for name, value in {**served, **in_file, **asked}.items()
        if name not in project.secrets
    }
    return secrets, others


def _tell_first(
    tell: Callable[[str], None],
    project: Project,
    secrets: Secrets,
    gpus: Gpus,
    options: RunOptions,
) -> None:
    """What a person should know before the program says anything."""
    if secrets.sources:
        given = ", ".join(f"{name} ({source})" for name, source in secrets.sources.items())
        tell(f"Gives the program the secrets {given}.")
    if secrets.missing:
        names = ", ".join(secrets.missing)
        tell(
            f"Not set: {names}. The program reads secrets of these names; give them in the"
            " environment, with --env-file, or in the project's .env."
        )
    if secrets.unusable:
        names = ", ".join(ascii(name) for name in secrets.unusable)
        tell(f"Left out, because no variable of the program can have the name: {names}.")
    if gpus.note is not None:
        tell(gpus.note)
    served_at = address(project.service, options.network, options.port)
    if served_at is not None:
        tell(f"The program serves at {served_at} once it is ready.")


def _tell_earlier(tell: Callable[[str], None], client: DockerClient, project: Project) -> None:
    with suppress(*engine_errors()):  # what is wrong with the engine, the run itself finds
        for name in still_running(client, project.name):
            tell(
                f"An earlier run of this project was killed, and its program still runs: docker rm"
                f" --force {name} ends it."
            )


def _host(client: DockerClient) -> Host:
    try:
        return host_of(client)
    except Exception as error:  # whatever the SDK's ways to an engine raise
        raise NoEngine("The engine does not answer: see whether it runs.") from error


def _building(engine: str | None) -> Build:
    """Builds at that engine, without a word."""

    def build(project: Project, reference: str) -> object:
        from nb2prod.container.building.build import build

        return build(project, tag=reference, engine=engine)

    return build
