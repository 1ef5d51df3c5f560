"""System packages of the image: what the notebook installs with apt, and what its packages and
commands need.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from nb2prod.analysis.facts import Command, Install
from nb2prod.data.system_packages import packages_for_command, packages_for_distribution
from nb2prod.environment.model import Attention, Pin, SystemPackage
from nb2prod.location import Evidence

_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]+(?::[a-z0-9]+)?")
# A driver inside an image does not match the host's and breaks it.
_DRIVERS = re.compile(
    r"(nvidia-(driver|utils|dkms|kernel)|libnvidia-|cuda-drivers|cuda$|xserver-xorg-video-nvidia)"
)


def system_packages(
    installs: Iterable[Install], commands: Iterable[Command], pins: Iterable[Pin]
) -> tuple[tuple[SystemPackage, ...], tuple[Attention, ...]]:
    """The packages by name, each with its evidence, and what a person has to look at."""
    found: dict[str, list[Evidence]] = {}
    notes: list[Attention] = []
    for install in installs:
        for text in install.requirements if install.tool == "apt" else ():
            name = text.partition("=")[0]
            if not _NAME.fullmatch(name):
                notes.append(
                    Attention(f"{text!r} is not the name of a system package", install.location)
                )
            elif _DRIVERS.match(name):
                notes.append(
                    Attention(
                        f"{name} is a GPU driver, which belongs to the host", install.location
                    )
                )
            else:
                found.setdefault(name, []).append(
                    Evidence("pinned", f"apt-get install {text}", install.location)
                )
    for command in commands:
        for name in packages_for_command(command.name):
            detail = Evidence("table", f"the notebook runs {command.name}", command.location)
            found.setdefault(name, []).append(detail)
    for pin in pins:
        for name in packages_for_distribution(pin.name):
            found.setdefault(name, []).append(Evidence("table", f"{pin.name} needs it"))
    ordered = tuple(
        SystemPackage(name, tuple(dict.fromkeys(found[name]))) for name in sorted(found)
    )
    return ordered, tuple(notes)
