"""Requirement strings as pip takes them.

`packaging` knows the grammar; it is imported when the first requirement is met.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement: normalised distribution name, extras, version specifier (">=1,<2"), and the
    marker that says where it holds (PEP 508), empty where it always does.
    """

    name: str
    extras: tuple[str, ...]
    specifier: str
    marker: str = ""

    @property
    def exact(self) -> str | None:
        """The version when the requirement allows exactly one."""
        from packaging.specifiers import SpecifierSet

        specifiers = list(SpecifierSet(self.specifier))
        if (
            len(specifiers) == 1
            and specifiers[0].operator in ("==", "===")
            and "*" not in specifiers[0].version
        ):
            return specifiers[0].version
        return None

    @property
    def named(self) -> str | None:
        """The highest version that the specifier names itself and allows (`<=1.23.5`)."""
        from packaging.specifiers import SpecifierSet
        from packaging.version import Version

        named = [
            s.version
            for s in SpecifierSet(self.specifier)
            if s.operator in ("==", "<=", ">=", "~=")
        ]
        usable = [version for version in named if "*" not in version and self.allows(version)]
        return max(usable, key=Version, default=None)

    def holds(self, python: str) -> bool:
        """Whether its marker holds for a Python ("3.12.13") on Linux, as in the image."""
        from packaging.markers import Marker

        return not self.marker or Marker(self.marker).evaluate(_LINUX | _versions(python))

    def allows(self, version: str) -> bool:
        """Whether `version` meets the specifier."""
        from packaging.specifiers import SpecifierSet

        return SpecifierSet(self.specifier).contains(version, prereleases=True)


# What a marker can ask about but the version of Python: CPython in a container.
_LINUX = {
    "extra": "",
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_release": "",
    "platform_system": "Linux",
    "platform_version": "",
    "sys_platform": "linux",
}


def _versions(python: str) -> dict[str, str]:
    minor = ".".join(python.split(".")[:2])
    return {
        "implementation_version": python,
        "python_full_version": python,
        "python_version": minor,
    }


@cache
def parse_requirement(text: str) -> Requirement | None:
    """The requirement in `text`, or None where no index can answer (a path, a URL, nonsense)."""
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as Parsed
    from packaging.utils import canonicalize_name

    try:
        parsed = Parsed(text.strip())
    except InvalidRequirement:
        return None
    if parsed.url:
        return None
    return Requirement(
        canonicalize_name(parsed.name),
        tuple(sorted(parsed.extras)),
        str(parsed.specifier),
        str(parsed.marker or ""),
    )


def is_requirement(text: str) -> bool:
    """Whether `text` is a requirement that an index can answer."""
    return parse_requirement(text) is not None
