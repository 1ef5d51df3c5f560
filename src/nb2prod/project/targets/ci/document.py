"""The workflow as plain values."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from nb2prod.project.parts.installation import UV_VERSION
from nb2prod.project.targets.ci.actions import CHECKOUT, RUNNER, SETUP_UV
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import Workload

TESTS = "-m unittest discover"


@dataclass(frozen=True, slots=True)
class Checked:
    """What is checked besides the image: the exact Python, the lines that install the lock in
    `.venv`, and whether all that the pins require is in it, so that pip can say that nothing is
    missing.
    """

    python: str
    install: tuple[str, ...]
    complete: bool


def workflow(workload: Workload, settings: Settings, checked: Checked) -> dict[str, object]:
    """The workflow, with no value of the notebook where GitHub puts expressions in."""
    return {
        "name": workload.name,
        "on": {
            "push": {"branches": [settings.on_push] if settings.on_push else ["main", "master"]},
            "pull_request": {},
            "workflow_dispatch": {},
        },
        "permissions": {"contents": "read"},
        "concurrency": {
            "group": "${{ github.workflow }}-${{ github.ref }}",
            "cancel-in-progress": True,
        },
        "jobs": {
            "lock": _job(60, [*_with_uv(), *_lock_steps(checked)]),
            "tests": _job(10, [*_with_uv(), *_test_steps(checked)]),
            "image": _job(90, [_checkout(), *_image_steps(workload)]),
        },
    }


def _job(minutes: int, steps: list[dict[str, object]]) -> dict[str, object]:
    return {"runs-on": RUNNER, "timeout-minutes": minutes, "steps": steps}


def _checkout() -> dict[str, object]:
    return {"uses": CHECKOUT.uses, "with": {"persist-credentials": False}}


def _with_uv() -> list[dict[str, object]]:
    # No cache: what a lock says is to be had from the index, not from an earlier run.
    return [
        _checkout(),
        {"uses": SETUP_UV.uses, "with": {"version": UV_VERSION, "enable-cache": False}},
    ]


def _lock_steps(checked: Checked) -> list[dict[str, object]]:
    steps = [
        _step("The exact Python", f"uv venv --python {shlex.quote(checked.python)} --seed .venv"),
        _step("Install the lock as the README does", *checked.install),
    ]
    if checked.complete:
        steps.append(
            _step(
                "The lock and pyproject.toml agree",
                ".venv/bin/python -m pip install --no-deps .",
                ".venv/bin/python -m pip check",
            )
        )
    return steps


def _test_steps(checked: Checked) -> list[dict[str, object]]:
    return [
        _step("The exact Python", f"uv venv --python {shlex.quote(checked.python)} .venv"),
        _step(
            "Checks that need none of the libraries",
            f"PYTHONPATH=src .venv/bin/python {TESTS} tests",
        ),
    ]


def _image_steps(workload: Workload) -> list[dict[str, object]]:
    image = shlex.quote(workload.build_tag)
    run = 'docker run --rm --volume "$PWD/tests:/app/tests:ro"'
    return [
        _step("Build the image", f"docker build --tag {image} ."),
        _step("The same checks, with the libraries", f"{run} {image} python {TESTS} /app/tests"),
    ]


def _step(name: str, *commands: str) -> dict[str, object]:
    return {"name": name, "run": " && ".join(map(_literal, commands))}


def _literal(command: str) -> str:
    """The command where GitHub puts the values of expressions in, before a shell sees it."""
    return command.replace("${{", "${{ '${{' }}")
