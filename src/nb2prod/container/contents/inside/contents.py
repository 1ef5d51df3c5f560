"""Prints what an image holds as one JSON object: `python -I -S -c SOURCE [ROOT]`.

It runs in a container of the image, whose Python may be as old as 3.8 and has nothing but its
standard library. Files are read, and nothing of them is imported or run. What cannot be read is
told of under `problems`; every text has a limit, because an image may hold anything.
"""

from __future__ import annotations

import csv
import json
import os
import platform
import re
import stat
import sys
from email.parser import HeaderParser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message
    from typing import Any

    Record = dict[str, Any]

_ENVIRONMENT = "/opt/venv"
_INTERPRETERS = "/opt/python"
_SITES = (("lib", "site-packages"), ("lib", "dist-packages"), ("lib64", "site-packages"))
_FILE = 64_000_000  # bytes of one file
_HEADERS = 1_000_000  # bytes of a distribution's metadata
_COPYRIGHT = 200_000  # bytes of a package's copyright file
_FIELD = 20_000  # characters of a licence's text
_LINE = 500  # characters of anything else
_ENTRIES = 1000  # of one field that may come again and again
_PROBLEMS = 100
_TEXTS = 5
_LICENCE_FILES = ("LICENSE", "LICENCE", "COPYING")
# "License: GPL-2+" begins a licence in a machine-readable copyright file; its text comes below.
_LICENCE = re.compile(r"^License:[ \t]*(\S.*)$", re.MULTILINE | re.IGNORECASE)
# What other copyright files refer to for the text of a licence.
_COMMON = re.compile(r"/usr/share/common-licenses/([A-Za-z0-9][A-Za-z0-9.-]*[A-Za-z0-9])")
_MACHINE_READABLE = re.compile(r"\s*Format(-Specification)?:", re.IGNORECASE)
# [url "/opt/repositories/1-name.git"], and below it insteadOf = https://…
_SECTION = re.compile(r'\s*\[(?:url "(/opt/repositories/[^"\\]+)")?')
_INSTEAD_OF = re.compile(r"\s*insteadof\s*=\s*(\S+)\s*$", re.IGNORECASE)
_COMMIT = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")
_PACKED = re.compile(r"^([0-9a-f]{40}|[0-9a-f]{64}) refs/heads/", re.MULTILINE)


class Contents:
    """An image's contents below `root`, which is "/" but in tests."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.problems: list[str] = []

    def all(self) -> Record:
        """Everything, as plain values."""
        environment = self.at(_ENVIRONMENT)
        return {
            "environment": os.path.isdir(environment),
            "python": self.python(),
            "release": self.release(),
            "distributions": [
                record
                for base, directory in self.site_packages()
                for record in self.distributions(base, directory)
            ],
            "dpkg": os.path.exists(self.at("/var/lib/dpkg")),
            "packages": list(self.packages()),
            "repositories": list(self.repositories()),
            "problems": self.problems[:_PROBLEMS],
        }

    def at(self, path: str) -> str:
        """Where that path of the image is."""
        return os.path.join(self.root, path.lstrip("/"))

    def python(self) -> Record:
        """The Python that runs this, and what markers of requirements may ask of it."""
        info = sys.implementation.version
        version = f"{info.major}.{info.minor}.{info.micro}"
        if info.releaselevel != "final":
            version += info.releaselevel[0] + str(info.serial)
        return {
            "version": platform.python_version(),
            "base": os.path.dirname(os.path.dirname(os.path.realpath(sys.executable))),
            "markers": {
                "implementation_name": sys.implementation.name,
                "implementation_version": version,
                "os_name": os.name,
                "platform_machine": platform.machine(),
                "platform_python_implementation": platform.python_implementation(),
                "platform_release": "",  # the host's kernel, which the image does not decide
                "platform_system": platform.system(),
                "platform_version": "",
                "python_full_version": platform.python_version(),
                "python_version": ".".join(platform.python_version_tuple()[:2]),
                "sys_platform": sys.platform,
            },
        }

    def release(self) -> dict[str, str]:
        """`os-release`, without quotes."""
        for path in ("/etc/os-release", "/usr/lib/os-release"):
            text = self.read(self.at(path), _HEADERS, quiet=True)
            if text is not None:
                lines = (line.partition("=") for line in text.splitlines()[:_ENTRIES])
                return {
                    name.strip(): value.strip().strip("\"'")[:_LINE]
                    for name, equals, value in lines
                    if equals and not name.startswith("#")
                }
        return {}

    def site_packages(self) -> Iterator[tuple[str, str]]:
        """Where distributions are, each with where that is installed: the environment's, then those
        of the Pythons beside it. What dpkg installs is elsewhere, and among its packages.
        """
        seen = set()
        interpreters = [f"{_INTERPRETERS}/{name}" for name in self.names(self.at(_INTERPRETERS))]
        bases = [_ENVIRONMENT, *interpreters, "/usr/local", self.python()["base"]]
        for base in bases:
            for library, kind in _SITES:
                for name in self.names(self.at(f"{base}/{library}")):
                    place = self.at(f"{base}/{library}/{name}/{kind}")
                    real = os.path.realpath(place)
                    if name.startswith("python3.") and os.path.isdir(place) and real not in seen:
                        seen.add(real)
                        yield self.at(base), place

    def distributions(self, base: str, directory: str) -> Iterator[Record]:
        """The installed distributions of one directory, in the order of their names."""
        for name in self.names(directory):
            path = os.path.join(directory, name)
            if name.endswith(".dist-info") and os.path.isdir(path):
                yield self.distribution(base, directory, path, "METADATA")
            elif name.endswith(".egg-info"):
                yield self.distribution(base, directory, path, "PKG-INFO")

    def distribution(self, base: str, directory: str, path: str, metadata: str) -> Record:
        """One distribution; its name and version are the directory's where it does not say."""
        file = os.path.join(path, metadata) if os.path.isdir(path) else path
        fields = self.headers(file)
        stem = os.path.basename(path).rsplit(".", 1)[0].split("-")
        return {
            "name": _one(fields, "Name") or stem[0][:_LINE],
            "version": _one(fields, "Version") or (stem[1][:_LINE] if len(stem) > 1 else ""),
            "place": self.within(directory),
            "expression": _one(fields, "License-Expression"),
            "licence": _one(fields, "License", _FIELD),
            "texts": [] if _one(fields, "License-Expression") else self.texts(path),
            "classifiers": [
                value for value in _many(fields, "Classifier") if value.startswith("License ::")
            ],
            "requirements": _many(fields, "Requires-Dist"),
            "homepage": _one(fields, "Home-page"),
            "urls": _many(fields, "Project-URL"),
            "summary": _one(fields, "Summary"),
            "size": self.size(base, directory, path),
            "installer": self.line(os.path.join(path, "INSTALLER")),
            "origin": self.origin(os.path.join(path, "direct_url.json")),
        }

    def texts(self, path: str) -> list[str]:
        """The beginnings of the licence files that a distribution brings with its metadata."""
        places = [os.path.join(path, "licenses"), os.path.join(path, "license_files"), path]
        found = [
            os.path.join(place, name)
            for place in places
            for name in self.names(place)
            if name.upper().startswith(_LICENCE_FILES)
        ]
        files = [file for file in found if os.path.isfile(file)]
        read = (self.read(file, _FIELD, quiet=True) for file in files[:_TEXTS])
        return [text for text in read if text]

    def size(self, base: str, directory: str, path: str) -> int | None:
        """The bytes of the files below `base` that its RECORD lists, and of what is compiled of
        them; None where it has none.
        """
        text = self.read(os.path.join(path, "RECORD"), _FILE, quiet=True)
        if text is None:
            return None
        found: dict[str, int] = {}
        home = os.path.join(os.path.realpath(base), "")
        compiled: dict[str, list[str]] = {}
        try:
            for row in csv.reader(text.splitlines()):
                if not row:
                    continue
                file = os.path.realpath(os.path.join(directory, row[0]))
                if not file.startswith(home):  # no distribution's file is outside of it
                    continue
                self.measure(file, found)
                folder, name = os.path.split(file)
                if name.endswith(".py"):
                    cache = os.path.join(folder, "__pycache__")
                    if cache not in compiled:
                        compiled[cache] = self.names(cache)
                    for one in compiled[cache]:
                        if one.endswith(".pyc") and one.startswith(name[:-2]):
                            self.measure(os.path.join(cache, one), found)
        except (csv.Error, ValueError) as error:
            self.problem(path, error)
        return sum(found.values())

    def measure(self, file: str, found: dict[str, int]) -> None:
        """Add the size of a file, if it is one."""
        try:
            state = os.lstat(file)
        except (OSError, ValueError):
            return
        if stat.S_ISREG(state.st_mode):
            found[file] = state.st_size

    def origin(self, path: str) -> Record | None:
        """What `direct_url.json` says of where it came from, if that is no index."""
        text = self.read(path, _HEADERS, quiet=True)
        if text is None:
            return None
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            self.problem(path, error)
            return None
        archive, vcs = _object(found, "archive_info"), _object(found, "vcs_info")
        return {
            "url": _text(found, "url"),
            "archive": "archive_info" in found if isinstance(found, dict) else False,
            "sha256": _text(_object(archive, "hashes"), "sha256"),
            "vcs": _text(vcs, "vcs"),
            "commit": _text(vcs, "commit_id"),
        }

    def packages(self) -> Iterator[Record]:
        """The system's packages that dpkg has installed."""
        texts = [self.read(self.at("/var/lib/dpkg/status"), _FILE, quiet=True)]
        separate = self.at("/var/lib/dpkg/status.d")  # images without dpkg itself
        for name in self.names(separate):
            if not name.endswith(".md5sums"):
                texts.append(self.read(os.path.join(separate, name), _HEADERS))
        for text in texts:
            for paragraph in re.split(r"\n[ \t]*\n", text or ""):
                fields = HeaderParser().parsestr(paragraph.lstrip("\n"))
                status = _one(fields, "Status")
                name = _one(fields, "Package")
                if name and (not status or status.split()[-1] == "installed"):
                    yield self.package(name, fields)

    def package(self, name: str, fields: Message) -> Record:
        """One package of the system."""
        kilobytes = _one(fields, "Installed-Size")
        return {
            "name": name,
            "version": _one(fields, "Version"),
            "architecture": _one(fields, "Architecture"),
            "source": _one(fields, "Source"),
            "size": int(kilobytes) * 1024 if re.match(r"[0-9]{1,12}\Z", kilobytes) else None,
            "depends": [
                value[:_FIELD]
                for key in ("Pre-Depends", "Depends")
                for value in fields.get_all(key, [])
            ],
            "provides": _one(fields, "Provides", _FIELD),
            "homepage": _one(fields, "Homepage"),
            **self.licences(name),
        }

    def licences(self, name: str) -> Record:
        """What its copyright file says: `named` are the licences that a machine-readable one names,
        `common` those whose texts another, which is for people, refers to. Each is there once.
        """
        text = None
        if re.match(r"[a-z0-9][a-z0-9+.-]*\Z", name):
            path = self.at(f"/usr/share/doc/{name}/copyright")
            text = self.read(path, _COPYRIGHT, quiet=True)
        if text is None:
            return {"named": [], "common": []}
        is_for_machines = _MACHINE_READABLE.match(text) is not None
        named = _LICENCE.findall(text) if is_for_machines else []
        common = [] if is_for_machines else _COMMON.findall(text)
        return {"named": _each(named), "common": _each(common)}

    def repositories(self) -> Iterator[Record]:
        """The bare repositories that git takes in place of addresses, as git's settings say. Their
        objects are not looked at.
        """
        settings = self.read(self.at("/etc/gitconfig"), _HEADERS, quiet=True)
        place = None
        for line in (settings or "").splitlines():
            section, address = _SECTION.match(line), _INSTEAD_OF.match(line)
            if section:
                place = section.group(1)
            elif place is not None and address:
                yield {
                    "url": address.group(1)[:_LINE],
                    "place": place[:_LINE],
                    "commits": self.commits(self.at(place)),
                }

    def commits(self, repository: str) -> list[str]:
        """What the references of a repository lead to: packed ones, others, a HEAD by itself."""
        packed = self.read(os.path.join(repository, "packed-refs"), _HEADERS, quiet=True)
        found = _PACKED.findall(packed or "")
        files = [os.path.join(repository, "HEAD")]
        for directory, _, names in os.walk(os.path.join(repository, "refs", "heads")):
            files += [os.path.join(directory, name) for name in names]
        lines = [self.line(file) for file in files[:_ENTRIES]]
        return _each(found + [line for line in lines if _COMMIT.match(line)])

    def headers(self, path: str) -> Message:
        """The fields of a file of metadata; none where it cannot be read."""
        return HeaderParser().parsestr(self.read(path, _HEADERS) or "")

    def line(self, path: str) -> str:
        """The first line of a small file; empty where there is none."""
        text = self.read(path, _LINE, quiet=True)
        return text.splitlines()[0].strip() if text and text.strip() else ""

    def read(self, path: str, limit: int, quiet: bool = False) -> str | None:
        """A regular file's text up to so many bytes; what is no UTF-8 is replaced.

        None where it cannot be read; that is a problem unless the file need not be there.
        """
        try:
            # A pipe would be waited for.
            if not stat.S_ISREG(os.stat(path).st_mode):
                raise OSError("it is no file")
            with open(path, "rb") as file:
                return file.read(limit).decode("utf-8", "replace")
        except FileNotFoundError as error:
            if not quiet:
                self.problem(path, error)
        except OSError as error:
            self.problem(path, error)
        return None

    def names(self, path: str) -> list[str]:
        """What lies in a directory, sorted; nothing where there is none."""
        try:
            return sorted(os.listdir(path))
        except OSError:
            return []

    def within(self, path: str) -> str:
        """A path as the image has it."""
        return "/" + os.path.relpath(path, self.root).replace(os.sep, "/")

    def problem(self, path: str, error: Exception) -> None:
        """Tell of what could not be read."""
        why = getattr(error, "strerror", None) or str(error)
        self.problems.append(f"{self.within(path)}: {why}"[:_LINE])


def _object(found: object, name: str) -> object:
    return found.get(name) if isinstance(found, dict) else None


def _text(found: object, name: str) -> str:
    value = _object(found, name)
    return value[:_LINE] if isinstance(value, str) else ""


def _one(fields: Message, name: str, limit: int = _LINE) -> str:
    return str(fields.get(name, ""))[:limit].strip()


def _many(fields: Message, name: str) -> list[str]:
    return [str(value)[:_LINE].strip() for value in fields.get_all(name, [])[:_ENTRIES]]


def _each(found: list[str]) -> list[str]:
    return sorted({one.strip()[:_LINE] for one in found})[:_ENTRIES]


def main(arguments: list[str]) -> int:
    """Print the contents below the root that is named, by default the image's."""
    found = Contents(arguments[0] if arguments else "/").all()
    # Bytes, so that the container's locale has no say.
    sys.stdout.buffer.write(json.dumps(found).encode("ascii"))
    sys.stdout.buffer.write(b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
