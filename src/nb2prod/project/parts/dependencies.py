"""What a generated project depends on: `pyproject.toml`, `requirements.lock` and what lies beside
it, `.python-version`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import tomli_w
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from nb2prod.data.cuda import torch_cuda, torch_index
from nb2prod.environment.lock.question import pinned_lines
from nb2prod.errors import InternalError
from nb2prod.migration import Migration
from nb2prod.project.parts import beside
from nb2prod.project.quoting import Quoted, rendered
from nb2prod.project.titles import title
from nb2prod.project.uv_lock import uv_settings
from nb2prod.project.yaml_text import yaml_text


def files(migration: Migration) -> dict[str, str]:
    """The files. Raises `InternalError` for a pin that is no requirement.

    Repositories, whose lines no hash can stand beside, have a file of their own.
    """
    found = {
        "pyproject.toml": pyproject(migration),
        "requirements.lock": _lock(migration),
        ".python-version": f"{migration.environment.python.version}\n",
        **migration.lock.formats,
    }
    if migration.environment.vcs:
        found["requirements-vcs.lock"] = "".join(f"{line}\n" for line in repositories(migration))
    if constraints(migration):
        found["constraints.txt"] = pinned_lines(constraints(migration))
    if migration.options.lock_format == "conda":
        found["environment.yml"] = _conda(migration)
    return found


def requirements(migration: Migration) -> list[str]:
    """All that is installed, exactly and without hashes: the closure where it is known, else the
    pins, and the repositories.
    """
    versions = migration.lock.versions
    pins = [f"{name}=={version}" for name, version in sorted(versions.items())]
    return [*(pins or map(str, _pins(migration))), *map(str, repositories(migration))]


def constraints(migration: Migration) -> Mapping[str, str]:
    """The runtime's versions for what the pins require in turn, where no index was to be had.

    Only where the pins are the runtime's too: others may require what it did not have.
    """
    runtime = migration.environment.runtime
    pins = {pin.name: pin.version for pin in migration.environment.pins}
    if migration.lock.mode != "no-index" or runtime is None:
        return {}
    if any(runtime.packages.get(name) != version for name, version in pins.items()):
        return {}
    return {name: version for name, version in runtime.packages.items() if name not in pins}


def torch_backend(migration: Migration) -> str | None:
    """The build of torch that is installed from PyTorch's own index ("cu126"); None for the default
    index's, which is also what is locked where the other index could not be reached.
    """
    torch = migration.environment.torch_build
    if migration.lock.mode != "locked" or torch is None:
        return torch.backend if torch is not None else None
    return migration.lock.versions.get("torch", "").partition("+")[2] or None


def installed_torch_cuda(migration: Migration) -> str | None:
    """The CUDA of the torch that is installed, which may not be the one that should be."""
    locked = migration.lock.versions.get("torch")
    if locked is not None:
        return torch_cuda(locked)
    torch = migration.environment.torch_build
    return torch.cuda if torch is not None else None


def _lock(migration: Migration) -> str:
    if migration.lock.mode == "locked":
        return migration.lock.text
    return rendered(
        "documents/requirements.lock.j2", requirements=_pins(migration), mode=migration.lock.mode
    )


def _conda(migration: Migration) -> str:
    backend = torch_backend(migration)
    index = [f"--extra-index-url {torch_index(backend)}"] if backend else []
    return yaml_text(
        {
            "name": distribution_name(migration),
            "channels": ["conda-forge"],
            "dependencies": [
                f"python={migration.environment.python.version}",
                "pip",
                *([{"pip": [*index, *found]}] if (found := requirements(migration)) else []),
            ],
        }
    )


def _pins(migration: Migration) -> list[Quoted]:
    return sorted(_requirement(pin.requirement) for pin in migration.environment.pins)


def repositories(migration: Migration) -> list[Quoted]:
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


def pyproject(migration: Migration) -> str:
    """The text of `pyproject.toml`."""
    major, minor = map(int, migration.environment.python.minor.split("."))
    packages = [f"src/{name}" for name in (migration.package, *beside.modules(migration))]
    document: dict[str, Any] = {
        "build-system": {"requires": ["hatchling>=1.27"], "build-backend": "hatchling.build"},
        "project": {
            "name": distribution_name(migration),
            "version": "0.1.0",
            "description": title(migration.notebook),
            "readme": "README.md",
            "requires-python": f">={major}.{minor},<{major}.{minor + 1}",
            "dependencies": [str(pin) for pin in _pins(migration)],
            "scripts": {distribution_name(migration): f"{migration.package}.__main__:main"},
        },
        "tool": {
            "hatch": {"build": {"targets": {"wheel": {"packages": packages}}}},
            "pytest": {"ini_options": {"pythonpath": ["src"], "testpaths": ["tests"]}},
        },
    }
    if migration.options.lock_format == "uv" and migration.lock.mode == "locked":
        document["tool"]["uv"] = uv_settings(migration.lock)
    return tomli_w.dumps(document)


def distribution_name(migration: Migration) -> str:
    """The name that the project is installed under: its own, unless a dependency has it, which
    installing the project would put out of its place.
    """
    names = [*migration.lock.versions, *(pin.name for pin in migration.environment.pins)]
    taken = {canonicalize_name(name) for name in names}
    if canonicalize_name(migration.project) not in taken:
        return migration.project
    return migration.package.replace("_", "-")
