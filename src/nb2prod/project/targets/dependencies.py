"""What a generated project depends on: `pyproject.toml`, `requirements.lock`, `.python-version`."""

from __future__ import annotations

import re

import tomli_w
from packaging.requirements import InvalidRequirement, Requirement

from nb2prod.errors import InternalError
from nb2prod.migration import Migration
from nb2prod.project.quoting import Quoted, rendered
from nb2prod.project.targets import beside
from nb2prod.project.titles import title


def files(migration: Migration) -> dict[str, str]:
    """The three files. Raises `InternalError` for a pin that is no requirement."""
    return {
        "pyproject.toml": _pyproject(migration),
        "requirements.lock": rendered(
            "documents/requirements.lock.j2",
            requirements=[*_pins(migration), *_repositories(migration)],
        ),
        ".python-version": f"{migration.environment.python.version}\n",
    }


def _pins(migration: Migration) -> list[Quoted]:
    return sorted(_requirement(pin.requirement) for pin in migration.environment.pins)


def _repositories(migration: Migration) -> list[Quoted]:
    """Requirements that name a commit of a repository, with or without the distribution's name
    before it.
    """
    return sorted(_repository(line) for line in migration.environment.vcs)


def _requirement(text: str) -> Quoted:
    try:
        Requirement(text)
    except InvalidRequirement:
        raise InternalError(
            f"{text!r} was to be a pinned dependency and is no requirement."
        ) from None
    return Quoted(text)


def _repository(text: str) -> Quoted:
    if not re.fullmatch(
        r"([A-Za-z0-9._-]+(\[[A-Za-z0-9._,-]*\])? ?@ ?)?git\+[^\s\x00-\x20\x7f]+", text
    ):
        raise InternalError(f"{text!r} was to be a repository's commit and is none.")
    # pip replaces ${NAME} in this file by the environment's value.
    return Quoted(text.replace("$", "%24"))


def _pyproject(migration: Migration) -> str:
    major, minor = map(int, migration.environment.python.minor.split("."))
    packages = [f"src/{name}" for name in (migration.package, *beside.modules(migration))]
    return tomli_w.dumps(
        {
            "build-system": {"requires": ["hatchling>=1.27"], "build-backend": "hatchling.build"},
            "project": {
                "name": migration.project,
                "version": "0.1.0",
                "description": title(migration.notebook),
                "readme": "README.md",
                "requires-python": f">={major}.{minor},<{major}.{minor + 1}",
                "dependencies": [str(pin) for pin in _pins(migration)],
                "scripts": {migration.project: f"{migration.package}.__main__:main"},
            },
            "tool": {
                "hatch": {"build": {"targets": {"wheel": {"packages": packages}}}},
                "pytest": {"ini_options": {"pythonpath": ["src"], "testpaths": ["tests"]}},
            },
        }
    )
