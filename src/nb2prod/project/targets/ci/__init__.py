"""GitHub Actions: a workflow that checks the generated project whenever it changes.

It runs the checks, not the notebook's program: where that runs is the other targets' business.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from nb2prod.data.cuda import torch_index
from nb2prod.migration import Migration
from nb2prod.project.markdown import code
from nb2prod.project.parts import installation
from nb2prod.project.parts.dependencies import torch_backend
from nb2prod.project.quoting import rendered
from nb2prod.project.targets.ci.actions import CHECKED, CHECKOUT
from nb2prod.project.targets.ci.check import WORKFLOW, check
from nb2prod.project.targets.ci.document import Checked, workflow
from nb2prod.project.targets.target import DEFAULT, Settings
from nb2prod.project.targets.workload import workload
from nb2prod.project.yaml_text import yaml_text

name = "ci"
title = "GitHub Actions"
summary = "a GitHub Actions workflow: lock, tests and image of the project"
ignores = ("schedule", "timeout", "pull_secret", "jobs_per_section")

_PIP = ".venv/bin/python -m pip install"


def files(migration: Migration, settings: Settings = DEFAULT) -> dict[str, str]:
    """`.github/workflows/nb2prod.yaml`."""
    document = workflow(workload(migration), settings, checked(migration))
    return {WORKFLOW: yaml_text(document, _comments(migration))}


def validate(files: Mapping[str, str], settings: Settings = DEFAULT) -> None:
    """Refuse a workflow that GitHub would not take, or that may do more than check.

    Raises `InvalidSpec` with the place and what to write instead.
    """
    check(files)


def next_steps(migration: Migration, settings: Settings) -> Sequence[str]:
    """How the workflow comes to run."""
    branch = settings.on_push or "main"
    message = shlex.quote(f"Add {migration.project}")
    first = f"git init --initial-branch {branch} && git add . && git commit -m {message}"
    return (
        f"Make this directory a repository of its own, {code(first)}, and push it to GitHub.",
        f"See it check each push to {code(branch)} and each pull request: `gh run watch`.",
    )


def notes(migration: Migration, settings: Settings) -> str:
    """What is checked, what is not, and what to do in a larger repository."""
    return rendered(
        "targets/ci.md.j2",
        workflow=WORKFLOW,
        project=migration.project,
        hashed=migration.lock.complete and migration.lock.hashed,
        complete=checked(migration).complete,
        cuda=migration.environment.base_image.cuda,
        tags=_tags(),
        day=CHECKED,
    )


def checked(migration: Migration) -> Checked:
    """What the checks need to know of the lock."""
    return Checked(
        python=migration.environment.python.version,
        install=tuple(install_commands(migration)),
        complete=migration.lock.complete or migration.lock.mode != "locked",
    )


def install_commands(migration: Migration) -> list[str]:
    """The lines that install the lock in `.venv`, as the README has them."""
    backend = torch_backend(migration)
    given = " ".join(f"--{kind} {file}" for kind, file in installation.sources(migration))
    day = installation.build_day(migration)
    if day is not None:
        options = ["--exclude-newer", day, *(["--torch-backend", backend] if backend else [])]
        said = " ".join([*options, *installation.undated(migration)])
        commands = [
            f"{_PIP} uv",
            f".venv/bin/python -m uv pip install --python .venv/bin/python {said} {given}",
        ]
    elif backend and migration.lock.text:
        commands = [f"{_PIP} --extra-index-url {shlex.quote(torch_index(backend))} {given}"]
    else:
        commands = [f"{_PIP} {given}"]
    apart = installation.installed_apart(migration)
    if apart is not None:
        commands.append(f"{_PIP} --no-deps --requirement {apart}")
    return commands


def _comments(migration: Migration) -> tuple[str, ...]:
    name = '"ghcr.io/${GITHUB_REPOSITORY,,}:$GITHUB_SHA"'
    return (
        f"Checks {migration.project} on GitHub: that its lock installs, its tests, its image. It",
        "does not run the notebook's program, has no secret and may only read the repository.",
        "The repository is this directory; README.md says what to do in a larger one.",
        f"The actions are named by the tags that were the newest on {CHECKED}. A tag can be moved,",
        "a commit cannot: to pin one, put the commit in the last line of this behind the @:",
        f"  {_tags()}",
        "The image is built and thrown away. For GitHub's registry, give its job the permission",
        "`packages: write`, and one more step with `TOKEN: ${{ github.token }}` in its env:",
        '  echo "$TOKEN" | docker login ghcr.io --username "$GITHUB_ACTOR" --password-stdin',
        f"  docker tag {shlex.quote(migration.build_tag)} {name}",
        f"  docker push {name}",
    )


def _tags() -> str:
    return f"git ls-remote https://github.com/{CHECKOUT.repository} '{CHECKOUT.tag}*'"
