"""Which version of a distribution a notebook was run with, as far as something beside it says.

What pip said when the notebook ran is the best evidence, then a lock or a list of requirements
around the notebook, then the runtime of its platform, which only tells what was there already.
"""

# pathlib takes longer to load than all of this to run.
# ruff: noqa: PTH116, PTH119, PTH123
from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from os import fspath
from typing import Any, NamedTuple

from nb2prod.data.distributions import normalise
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import FixClass
from nb2prod.hygiene.project_files import CONDA, TEXTS, TOML, files_in, places_around, remembered

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# What can stand behind `==` in any shell; a local part is on no index.
_PLAIN = re.compile(r"\d[A-Za-z0-9.]*")
_PIN = re.compile(
    r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*={2,3}\s*([A-Za-z0-9.+!]+)(?![\w.*])"
)
_LOCKS = frozenset({"uv.lock", "poetry.lock", "pdm.lock", "pylock.toml"})
_LARGEST = 20_000_000
_CLAUSE = re.compile(r"\s*(<=|>=|<|>|!=|~=)\s*(\d+(?:\.\d+)*)\s*")
_SAID = ("Successfully installed ", "Requirement already ", "==")


class KnownVersion(NamedTuple):
    """A version, in words where it is from, and how sure it is that it is the one."""

    version: str
    source: str
    applicability: FixClass


class KnownVersions:
    """The versions that are known for one notebook."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def find(
        self, name: str, specifier: str, cell: int, *, upgrades: bool = False
    ) -> KnownVersion | None:
        """The version for a distribution that a cell installs; None where none is known, or none
        that its specifier allows.

        A runtime says nothing of what an install `upgrades`: that was not what was wanted.
        """
        name = normalise(name)
        for known in (self._said(name, cell), self._locked(name)):
            if known is not None:
                return known if allows(specifier, known.version) else None
        known = None if upgrades else self._in_runtime(name)
        return known if known is not None and allows(specifier, known.version) else None

    def _said(self, name: str, cell: int) -> KnownVersion | None:
        """What pip said in that cell, or else in another, where that is the same every time."""
        said = [one for one in self._recorded.get(name, ()) if one[1] == cell]
        said = said or self._recorded.get(name, [])
        versions = {version for version, _ in said}
        if len(versions) != 1:
            return None
        version, where = said[0]
        return KnownVersion(version, f"the output of cell {where}", "safe")

    @cached_property
    def _recorded(self) -> Mapping[str, list[tuple[str, int]]]:
        from nb2prod.analysis.pip_said import said_by_pip

        found: dict[str, list[tuple[str, int]]] = {}
        for cell in self._context.code_cells:
            for name, version, _, _ in said_by_pip(_printed(cell)):
                public = version.partition("+")[0]
                # What was built from a repository is on no index.
                if _PLAIN.fullmatch(public) and "dev" not in public:
                    found.setdefault(normalise(name), []).append((public, cell.number))
        return found

    def _locked(self, name: str) -> KnownVersion | None:
        found = self._locks.get(name)
        return KnownVersion(*found, "safe") if found is not None else None

    @cached_property
    def _locks(self) -> Mapping[str, tuple[str, str]]:
        directory = self._context.directory
        return locked(fspath(directory)) if directory is not None else {}

    def _in_runtime(self, name: str) -> KnownVersion | None:
        if self._image is None:
            return None
        from nb2prod.data.runtime_pins import version_in

        version = version_in(self._image, name)
        if version is None or not _PLAIN.fullmatch(version):
            return None
        return KnownVersion(version, self._image[0], "unsafe")

    @cached_property
    def _image(self) -> tuple[str, int, int, str] | None:
        from nb2prod.data.runtime_pins import image_of

        metadata = self._context.metadata
        platform = self._context.platform
        if platform not in ("colab", "kaggle"):
            return None
        colab = metadata.get("colab")
        attributes = colab.get("runtime_attributes") if isinstance(colab, dict) else None
        named = attributes.get("runtime_version") if isinstance(attributes, dict) else None
        gpu = str(metadata.get("accelerator", "")).upper() == "GPU"
        return image_of(platform, named if isinstance(named, str) else None, gpu=gpu)


def allows(specifier: str, version: str) -> bool:
    """Whether a version is one that a specifier asks for. Of anything but plain numbers nothing is
    said: that is no.
    """
    if not specifier.strip():
        return True
    if not re.fullmatch(r"\d+(?:\.\d+)*", version):
        return False
    has = _numbers(version)
    for clause in specifier.split(","):
        match = _CLAUSE.fullmatch(clause)
        if match is None:
            return False
        sign, asked = match[1], _numbers(match[2])
        length = max(len(has), len(asked))
        left, right = (one + (0,) * (length - len(one)) for one in (has, asked))
        kept = {
            "<": left < right,
            ">": left > right,
            "<=": left <= right,
            ">=": left >= right,
            "!=": left != right,
            "~=": left >= right and left[: len(asked) - 1] == asked[:-1],
        }[sign]
        if not kept:
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _printed(cell: CheckedCell) -> Iterator[str]:
    """The lines that a cell printed, where pip may be among those who did."""
    for output in cell.outputs:
        text = output.get("text")
        if isinstance(text, list):
            text = "".join(part for part in text if isinstance(part, str))
        if isinstance(text, str) and any(words in text for words in _SAID):
            for line in _ANSI.sub("", text).split("\n"):
                yield line.rstrip("\r").rpartition("\r")[2]


@remembered
def locked(directory: str) -> Mapping[str, tuple[str, str]]:
    """The exact versions that locks and lists of requirements around a directory name, with the
    file of each. The nearest directory counts; what it names with two versions has none.
    """
    found: dict[str, tuple[str, str]] = {}
    for place in places_around(directory):
        here: dict[str, set[tuple[str, str]]] = {}
        for path in files_in(place):
            for name, version in _pins(path):
                here.setdefault(name, set()).add((version, os.path.basename(path)))
        for name, versions in here.items():
            settled = len({version for version, _ in versions}) == 1
            found.setdefault(name, min(versions) if settled else ("", ""))
    return {name: pin for name, pin in found.items() if pin[0]}


def _pins(path: str) -> Iterable[tuple[str, str]]:
    name = os.path.basename(path)
    if name not in _LOCKS and (name in TOML | TEXTS or CONDA.fullmatch(name)):
        return ()
    try:
        if os.stat(path).st_size > _LARGEST:
            return ()
        with open(path, encoding="utf-8") as opened:
            text = opened.read()
        found = _of_lock(text) if os.path.basename(path) in _LOCKS else _of_list(text)
        return [(normalise(name), version) for name, version in found]
    except (OSError, ValueError):  # what is no text and no TOML says nothing
        return ()


def _of_list(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        match = _PIN.match(line)
        if match is not None and _PLAIN.fullmatch(public := match[2].partition("+")[0]):
            yield match[1], public


def _of_lock(text: str) -> Iterator[tuple[str, str]]:
    import tomllib

    document: dict[str, Any] = tomllib.loads(text)
    for key in ("package", "packages"):
        packages = document.get(key)
        for package in packages if isinstance(packages, list) else ():
            if not isinstance(package, dict):
                continue
            name, version = package.get("name"), package.get("version")
            if isinstance(name, str) and isinstance(version, str):
                public = version.partition("+")[0]
                if _PLAIN.fullmatch(public):
                    yield name, public
