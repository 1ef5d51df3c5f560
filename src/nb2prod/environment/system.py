"""System packages of the image: what the notebook installs with apt, and what its packages and
commands need, by the names of the release that the image has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from packaging.version import Version

from nb2prod.analysis.all_facts import Facts
from nb2prod.analysis.facts import Command, Install
from nb2prod.data.package_names import Release, name_in, release_of, release_title, remark_on
from nb2prod.data.source_only import source_only
from nb2prod.data.system_packages import (
    compilers_for_distribution,
    packages_for_building,
    packages_for_command,
    packages_for_distribution,
)
from nb2prod.environment.compilers import compiles_when_run
from nb2prod.environment.model import (
    UNLOCKED,
    Attention,
    Environment,
    Lock,
    Pin,
    SystemPackage,
)
from nb2prod.location import Evidence
from nb2prod.notebook.model import Notebook

_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]+(?::[a-z0-9]+)?")
# A driver inside an image does not match the host's and breaks it.
_DRIVERS = re.compile(
    r"(nvidia-(driver|utils|dkms|kernel)|libnvidia-|cuda-drivers|cuda$|xserver-xorg-video-nvidia)"
)
# Headers of the driver's library, which hold nothing of the driver.
_NO_DRIVERS = frozenset({"libnvidia-ml-dev"})
_COMPILER, _C_COMPILER = "build-essential", "g++"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A package by the name that the notebook or a table gives it."""

    name: str
    evidence: Evidence
    build_only: bool = False


def system_packages(
    installs: Iterable[Install],
    commands: Iterable[Command],
    pins: Iterable[Pin],
    *,
    release: Release | None = None,
    compiling: Iterable[Evidence] = (),
    lock: Lock = UNLOCKED,
) -> tuple[tuple[SystemPackage, ...], tuple[Attention, ...]]:
    """The packages by name, each with its evidence, and what a person has to look at.

    `release` is the image's; None leaves the names as they are. `compiling` says what calls a
    compiler when the program runs. What is needed only to build a distribution is given where the
    `lock` builds that; without a lock, where no wheel of it is known.
    """
    pinned = tuple(pins)
    notes: list[Attention] = []
    found: dict[str, list[_Wanted]] = {}
    for wanted in (
        *_installed(installs, notes),
        *_of_commands(commands),
        *_of_pins(pinned),
        *_built(pinned, lock),
        *(_Wanted(_C_COMPILER, evidence) for evidence in compiling),
    ):
        name = name_in(release, wanted.name)
        if name is None:
            notes.append(_not_there(wanted, release))
            continue
        found.setdefault(name, []).append(wanted)
    ordered = (_package(name, found[name], release) for name in sorted(found))
    return tuple(ordered), tuple(dict.fromkeys(notes))


def with_system_packages(
    environment: Environment, notebook: Notebook, facts: Facts, lock: Lock = UNLOCKED
) -> Environment:
    """The environment with the packages that its base image, pins and lock call for, in place of
    those that it had.
    """
    packages, notes = system_packages(
        facts.installs,
        facts.commands,
        environment.pins,
        release=release_of(environment.base_image.reference),
        compiling=compiles_when_run(notebook, facts),
        lock=lock,
    )
    earlier = set(environment.package_attention) - set(notes)
    kept = [note for note in environment.attention if note not in earlier]
    new = [note for note in notes if note not in kept]
    return replace(
        environment,
        system_packages=packages,
        package_attention=notes,
        attention=(*kept, *new),
    )


def _installed(installs: Iterable[Install], notes: list[Attention]) -> Iterator[_Wanted]:
    for install in installs:
        for text in install.requirements if install.tool == "apt" else ():
            name = text.partition("=")[0]
            if name.endswith("-"):
                reason = f"{text!r} asks apt to take a package away, which the image does not do"
                notes.append(Attention(reason, install.location))
            elif not _NAME.fullmatch(name):
                reason = f"{text!r} is not the name of a system package"
                notes.append(Attention(reason, install.location))
            elif _DRIVERS.match(name) and name not in _NO_DRIVERS:
                reason = f"{name} is a GPU driver, which belongs to the host"
                notes.append(Attention(reason, install.location))
            else:
                yield _Wanted(name, Evidence("pinned", f"apt-get install {text}", install.location))


def _of_commands(commands: Iterable[Command]) -> Iterator[_Wanted]:
    for command in commands:
        for name in packages_for_command(command.name):
            detail = f"the notebook runs {command.name}"
            yield _Wanted(name, Evidence("table", detail, command.location))


def _of_pins(pins: Iterable[Pin]) -> Iterator[_Wanted]:
    for pin in pins:
        for name in packages_for_distribution(pin.name):
            yield _Wanted(name, Evidence("table", f"{pin.name} needs it"))
        for name in compilers_for_distribution(pin.name):
            detail = f"{pin.name} compiles when the program runs"
            yield _Wanted(name, Evidence("table", detail))


def _built(pins: Iterable[Pin], lock: Lock) -> Iterator[_Wanted]:
    """What is built from source needs its tools for that, and what it links against to run."""
    locked = lock.mode == "locked"
    names = [pin.name for pin in pins if _is_built(pin, lock)]
    names += [name for name in lock.from_source if locked and name not in names]
    for name in names:
        needs = packages_for_building(name)
        if needs is None:
            continue
        for package in needs.build:
            detail = f"{name} is built from source with it"
            yield _Wanted(package, Evidence("table", detail), build_only=True)
        for package in needs.run:
            yield _Wanted(package, Evidence("table", f"{name}, built from source, uses it"))
    if locked and lock.compiles:
        detail = f"of what is locked, {', '.join(lock.from_source)} has no wheel"
        yield _Wanted(_COMPILER, Evidence("lock", detail), build_only=True)
    for pin in pins if not locked else ():
        if any(one.version == pin.version and one.compiles for one in source_only(pin.name)):
            detail = f"{pin.name} {pin.version} has no wheel"
            yield _Wanted(_COMPILER, Evidence("table", detail), build_only=True)


def _is_built(pin: Pin, lock: Lock) -> bool:
    """Whether installing the pin builds it, as far as that can be known."""
    if lock.mode == "locked" and pin.name in lock.versions:
        return pin.name in lock.from_source
    needs = packages_for_building(pin.name)
    if needs is None:
        return False
    return needs.wheel is None or Version(pin.version) < Version(needs.wheel)


def _package(name: str, wanted: list[_Wanted], release: Release | None) -> SystemPackage:
    evidence = [one.evidence for one in wanted]
    for other in dict.fromkeys(one.name for one in wanted if one.name != name):
        assert release is not None
        detail = f"{release_title(release)} has it in place of {other}"
        evidence.append(Evidence("table", detail))
    build_only = all(one.build_only for one in wanted)
    return SystemPackage(name, tuple(dict.fromkeys(evidence)), build_only)


def _not_there(wanted: _Wanted, release: Release | None) -> Attention:
    assert release is not None
    remark = remark_on(wanted.name)
    because = f" ({remark})" if remark else ""
    needing = "" if wanted.evidence.location else f"; {wanted.evidence.detail}"
    reason = (
        f"{release_title(release)}, which the image starts from, has no package"
        f" {wanted.name}{because}, and the image is built without it{needing}"
    )
    return Attention(reason, wanted.evidence.location)
