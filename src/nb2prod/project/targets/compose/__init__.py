"""Docker Compose: the program on one's own machine, as the README's `docker run` has it.

What is written is taken by Compose 2 and by docker-compose 1.29, the last one in Python, which
Debian 12 has. The newer one's `name`, `create_host_path` and `gpus` are therefore left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nb2prod.migration import Migration
from nb2prod.project.markdown import code
from nb2prod.project.quoting import rendered
from nb2prod.project.targets.carried import flags_left_out, missing_answers, secrets, sentences
from nb2prod.project.targets.comments import wrapped
from nb2prod.project.targets.compose.check import COMPOSE, check
from nb2prod.project.targets.compose.document import (
    IDS,
    USER_VARIABLES,
    compose_document,
    local_directories,
)
from nb2prod.project.targets.low_ports import SYSCTL, low_port
from nb2prod.project.targets.target import DEFAULT, Settings
from nb2prod.project.targets.uploads import upload_sentence, upload_words
from nb2prod.project.targets.workload import HOME, Workload, workload
from nb2prod.project.yaml_text import yaml_text
from nb2prod.schedule import crontab_fields

name = "compose"
title = "Docker Compose"
summary = "compose.yaml: the same directories, secrets and GPU on one's own machine"
ignores = ("on_push", "pull_secret", "jobs_per_section")


def files(migration: Migration, settings: Settings = DEFAULT) -> dict[str, str]:
    """`compose.yaml`."""
    found = workload(migration)
    document = compose_document(found, settings, torch=_has_torch(migration))
    return {COMPOSE: yaml_text(document, _comments(found, settings))}


def validate(files: Mapping[str, str], settings: Settings = DEFAULT) -> None:
    """Refuse a file that Compose would not take, or take and not run as meant.

    Raises `InvalidSpec` with the place and what to write instead.
    """
    check(files)


def next_steps(migration: Migration, settings: Settings) -> Sequence[str]:
    """What comes before the first run, and the run."""
    found = workload(migration)
    filled = any(volume.filled for volume in found.volumes)
    fill = " and put the notebook's data and files into them" if filled else ""
    directories = code(f"mkdir -p {' '.join(local_directories(found))}")
    steps = [
        f"Make the directories with {directories}{fill}.",
        *(["Copy `.env.example` to `.env` and fill it in."] if found.secrets else []),
        f"Say in `.env` whose the results are: {code(IDS)}.",
        "Build the image with `docker compose build`.",
    ]
    if found.service is None:
        return [*steps, f"Run it with {code(_run(found))}."]
    address = code(f"http://127.0.0.1:{found.service.port}{found.service.health or '/'}")
    return [*steps, f"Start it with `docker compose up --detach`; it answers at {address}."]


def notes(migration: Migration, settings: Settings) -> str:
    """What Compose does otherwise than `docker run`, and what the file cannot say."""
    found = workload(migration)
    return rendered(
        "targets/compose.md.j2",
        run=_run(found),
        home=HOME,
        service=found.service is not None,
        local=found.service is not None and found.service.local,
        gpu=found.gpu,
        secrets=bool(found.secrets),
        example=_example(found),
        uploads=upload_words(found),
        directories=local_directories(found),
        schedule=settings.schedule if found.service is None else None,
        timeout=settings.timeout if found.service is None else None,
        unending=found.service is not None and bool(settings.schedule or settings.timeout),
        machines=found.nodes.machines if found.nodes is not None else None,
    )


def _has_torch(migration: Migration) -> bool:
    pinned = any(pin.name == "torch" for pin in migration.environment.pins)
    return pinned or "torch" in migration.lock.versions


def _run(found: Workload, more: str = "") -> str:
    """The run on a shell's line: what the notebook has uploaded has to be named there."""
    return f"docker compose run --rm {more}{found.name} {upload_words(found)}".rstrip()


def _example(found: Workload) -> str:
    """An option with another value than the notebook's, "" where none is known that reads well."""
    for option in found.interface.options:
        value = option.example()
        if isinstance(value, int | float) and not isinstance(value, bool):
            return f"{option.flag}={value}"
    return ""


def _comments(found: Workload, settings: Settings) -> tuple[str, ...]:
    lines = [
        f"{found.name} with Docker Compose on one's own machine, as README.md's docker run has it.",
        "Compose 2 and docker-compose 1.29 (write docker-compose then) take it. Once, in here:",
        f"  mkdir -p {' '.join(local_directories(found))}",
        *(["  cp .env.example .env  # and fill it in"] if found.secrets else []),
        f"  {IDS}",
        "  docker compose build",
        "Compose reads .env; what it starts runs as that user, to whom the results belong. Then:",
    ]
    if found.service is None:
        lines.append(f"  {_run(found)}")
    else:
        lines.append("  docker compose up --detach")
        lines += _service_comments(found)
    lines += _upload_comments(found)
    if settings.schedule is not None:
        lines += _schedule_comments(found, settings.schedule)
    if found.nodes is not None:
        lines.append(
            f"The notebook trains over {found.nodes.machines} machines; this is one of them alone."
        )
    lines += [*sentences(secrets(found, USER_VARIABLES)[1]), *missing_answers(found)]
    lines += [
        f"The option {flag} is left out: its value, which the program has anyway, fits on no"
        " command line."
        for flag in flags_left_out(found)
    ]
    return tuple(lines)


def _upload_comments(found: Workload) -> list[str]:
    if not found.uploads:
        return []
    if found.service is None:
        return ["FILE stands for the names of the files to upload; put them into work/."]
    sentence = upload_sentence(upload_words(found), "work/", "command (a line for each word)")
    return wrapped(sentence)


def _service_comments(found: Workload) -> list[str]:
    assert found.service is not None
    port = found.service.port
    said = [f"It answers at http://127.0.0.1:{port} on this machine."]
    if found.service.local:
        said.append("It listens to its own machine alone, so it shares this one's network.")
        if low_port(found.service) is not None:
            said += [
                f"There only root may serve on port {port}, until root allows it to all with",
                f"  sysctl --write {SYSCTL}={port}",
            ]
    return said


def _schedule_comments(found: Workload, schedule: str) -> list[str]:
    if found.service is not None:
        return ["It serves until it is stopped, so the schedule does not apply to it."]
    return [
        "Compose has no clock. cron has, and goes by the machine's time zone, not by UTC. A line",
        "for the crontab of a user who may use Docker, with this directory's path for DIRECTORY:",
        f"  {crontab_fields(schedule)} cd DIRECTORY && {_run(found, '-T ')}",
    ]
