"""Findings of before: a notebook that is as it was, checked as it was, is not checked again.

A file of the cache is called by the notebook's path and holds the digest of all that its findings
depend on: the bytes, the rules with their options, nb2prod's own code, Python, and what lies around
the notebook that says what its project declares. A notebook whose findings depend on more (a module
beside it, a second scanner) is checked anew each time. The directory may be deleted at any time: a
file appears whole or not at all, and one that is not what it says is not read.
"""

# pathlib takes as long to load as a small notebook to check.
# ruff: noqa: PTH100, PTH103, PTH105, PTH108, PTH116, PTH118, PTH120, PTH123
from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from hashlib import blake2b

from nb2prod.hygiene.model import Finding, Fix
from nb2prod.location import Location
from nb2prod.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nb2prod.hygiene.model import Profile

_OWN_CODE = ("", "hygiene", "hygiene/rules", "analysis", "notebook", "data", "data/tables")


class Cache:
    """The findings of before, below a directory."""

    def __init__(self, directory: str) -> None:
        self._directory = os.path.join(directory, "check")
        self._around: dict[str, str] = {}
        self._common = f"{__version__} {sys.version} {_own_code()}"

    def get(self, path: str, content: bytes, profile: Profile) -> list[Finding] | None:
        """The findings in a notebook, None where they are not known. Their fixes say what they
        would do, and hold no edits.
        """
        try:
            with open(self._file(path), encoding="utf-8") as opened:
                held = json.load(opened)
            if held["digest"] == self._digest(path, content, profile):
                return [_finding(path, row) for row in held["findings"]]
        except (OSError, ValueError, TypeError, KeyError, IndexError, RecursionError):
            pass
        return None

    def put(self, path: str, content: bytes, profile: Profile, findings: Sequence[Finding]) -> None:
        """Keep the findings in a notebook. Where they cannot be written, nothing is kept."""
        held = {
            "digest": self._digest(path, content, profile),
            "findings": [_row(finding) for finding in findings],
        }
        target = self._file(path)
        temporary = f"{target}.{os.getpid()}"
        try:
            os.makedirs(self._directory, exist_ok=True)
            with open(temporary, "w", encoding="utf-8", errors="surrogatepass") as opened:
                json.dump(held, opened)
            os.replace(temporary, target)
        except (OSError, ValueError):
            with suppress(OSError):
                os.unlink(temporary)

    def _file(self, path: str) -> str:
        whole = os.path.abspath(path).encode("utf-8", "surrogateescape")
        return os.path.join(self._directory, f"{blake2b(whole, digest_size=16).hexdigest()}.json")

    def _digest(self, path: str, content: bytes, profile: Profile) -> str:
        options = sorted(
            (code, sorted(map(repr, held.items()))) for code, held in profile.options.items()
        )
        said = f"{self._common} {path} {sorted(profile.enabled)} {options}"
        whole = blake2b(content, digest_size=20)
        whole.update(said.encode("utf-8", "surrogateescape"))
        whole.update(self._of_directory(os.path.dirname(path) or ".").encode("utf-8", "replace"))
        return whole.hexdigest()

    def _of_directory(self, directory: str) -> str:
        """What lies around a notebook and says what its project declares and holds."""
        if directory not in self._around:
            from nb2prod.hygiene.project_files import files_in, places_around

            seen: list[object] = []
            for place in places_around(directory):
                for inner in (place, os.path.join(place, "src"), os.path.join(place, "lib")):
                    seen += _names(inner)
                seen += [(file, *_stamp(file)) for file in files_in(place)]
            self._around[directory] = repr(seen)
        return self._around[directory]


def _own_code() -> str:
    """What changes when nb2prod's own files do: somebody may be working on them."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    found = []
    for room in _OWN_CODE:
        with os.scandir(os.path.join(root, room)) as entries:
            found += [
                (entry.name, entry.stat().st_mtime_ns) for entry in entries if entry.is_file()
            ]
    return blake2b(repr(sorted(found)).encode(), digest_size=16).hexdigest()


def _names(place: str) -> list[str]:
    """The modules and directories of a directory: what may be the project's own."""
    try:
        with os.scandir(place) as entries:
            return sorted(
                entry.name for entry in entries if entry.name.endswith(".py") or entry.is_dir()
            )
    except OSError:
        return []


def _stamp(file: str) -> tuple[int, int]:
    try:
        found = os.stat(file)
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


def _row(finding: Finding) -> list[object]:
    fix = finding.fix and [finding.fix.description, finding.fix.applicability]
    place = finding.location and [*finding.location]
    return [finding.code, place, finding.message, finding.severity, finding.part, fix]


def _finding(path: str, row: list[object]) -> Finding:
    code, place, message, severity, part, fix = row
    return Finding(
        path,
        str(code),
        Location(*place) if isinstance(place, list) else None,
        str(message),
        severity,  # type: ignore[arg-type]  # what `put` wrote, or the digest would not fit
        part,  # type: ignore[arg-type]
        Fix(str(fix[0]), (), fix[1]) if isinstance(fix, list) else None,
    )
