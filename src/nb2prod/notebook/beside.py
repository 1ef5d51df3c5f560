"""The files that lie beside a notebook and that it needs: modules that its cells import, the
requirement files that its installs name, the scripts that it runs.

Only texts are read, nothing is imported or executed. What a text names is found by patterns, which
may take in a file too many; the analysis looks at the code itself and decides. The order in which
Python looks for a module is that of its import system (reference, 5.4.2): a package goes before a
module, and a directory without `__init__.py` comes last.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from nb2prod.data.standard_library import STANDARD_MODULES

LARGEST_FILE = 1_000_000
# In one package, of Python and of any kind; more are no helper of a notebook's.
_MOST_FILES = 500
_MOST_ENTRIES = 20_000

_DOTTED = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_FROM = re.compile(
    rf"^[^\n#'\"]*?\bfrom[ \t]+({_DOTTED})[ \t]+import\b[ \t]*(\([^)]*\)|[^\n#;]*)", re.MULTILINE
)
_IMPORT = re.compile(rf"^(?:[^\n#'\"]*?[;:])?[ \t]*import[ \t]+({_DOTTED}[^\n#;]*)", re.MULTILINE)
_CALL = re.compile(rf"(?:import_module|__import__)\(\s*['\"]({_DOTTED})['\"]")
_NAME = re.compile(r"[^\W\d]\w*")
# `pip install -qr base.txt`; as words of a list; `uv pip sync base.txt`.
_INSTALLS = re.compile(r"\b(?:pip3?(?:\.\d+)?|uv)\b")
_FILE_OPTION = re.compile(
    r"(?<![\w-])(?:-[A-Za-z]*?[rc]|--(?:requirement|constraint)s?)[\s=]*['\"]?([^\s'\";&|<>()]+)"
)
_LISTED_OPTION = re.compile(
    r"['\"](?:-r|-c|--(?:requirement|constraint)s?)['\"]\s*,\s*['\"]([^'\"]+)['\"]"
)
_SYNCED = re.compile(r"\bsync\s+([^\s'\";&|<>()]+)")
_NESTED = re.compile(r"^\s*(?:-[rc]|--(?:requirement|constraint)s?)[\s=]*(\S+)", re.MULTILINE)
_RUN = re.compile(r"(?:^|[\s%'\"(])run\b['\",\s]+([^\n]*)", re.MULTILINE)
_SCRIPT = re.compile(r"\b(?:python[\d.]*|sys\.executable)\b[^\n;|&]*?[\s'\",]([\w./-]+\.py)\b")
_JOINED = re.compile(r"\\\r?\n")


class FilesBeside(NamedTuple):
    """What was found: texts by their POSIX paths relative to the notebook's directory, and the
    files that are there and cannot be used, by path, each with the reason in words.
    """

    files: Mapping[str, str]
    refused: tuple[tuple[str, str], ...] = ()


def files_beside(directory: Path, sources: Iterable[str]) -> FilesBeside:
    """The files in `directory` that `sources`, the texts of a notebook's cells, need, and those
    that these files need in turn; sorted by path.

    Never raises: a directory that cannot be listed has no files. It is listed once, and only when
    something is named that could lie in it. Links that leave it are not followed.
    """
    texts = tuple(sources)
    modules = {name for text in texts for name in _modules(text)}
    scripts = {name for text in texts for name in _scripts(text)}
    lists = {name for text in texts for name in _lists(text)}
    if not (modules or scripts or lists):
        return FilesBeside({})
    search = _Search(directory)
    search.take_modules(modules)
    for name in scripts:
        search.take(name, code=True)
    for name in lists:
        search.take(name, code=False)
    search.follow()
    return FilesBeside(
        {name: search.files[name] for name in sorted(search.files)},
        tuple(sorted(search.refused.items())),
    )


class _Search:
    """One look into a directory, and what was taken from it."""

    def __init__(self, directory: Path) -> None:
        self.files: dict[str, str] = {}
        self.refused: dict[str, str] = {}
        self._directory = directory
        self._waiting: list[tuple[str, bool]] = []  # what was taken and not looked into yet
        try:
            self._root = os.path.realpath(directory)
            with os.scandir(directory) as entries:
                self._names = {entry.name for entry in entries}
        except OSError:
            self._root, self._names = "", set()

    def take_modules(self, dotted: Iterable[str]) -> None:
        """Take the modules of these dotted names, as far as they are files here."""
        by_root: dict[str, list[str]] = {}
        for name in dotted:
            by_root.setdefault(name.partition(".")[0], []).append(name)
        for root, names in by_root.items():
            paths = list(islice(self._paths_of(root, names), _MOST_FILES + 1))
            if len(paths) > _MOST_FILES:
                reason = f"it is a package of more than {_MOST_FILES} files"
                self.refused[f"{root}/__init__.py"] = reason
                continue
            for path in paths:
                self.take(path, code=True)

    def take(self, name: str, *, code: bool) -> None:
        """Take a file of Python (`code`) or a list of requirements."""
        path = posixpath.normpath(name)
        known = path in self.files or path in self.refused
        if known or path.startswith(("/", "..")) or path.partition("/")[0] not in self._names:
            return
        text = self._read(path)
        if text is not None:
            self.files[path] = text
            self._waiting.append((path, code))

    def follow(self) -> None:
        """Take what the taken files name, and so on to the end."""
        while self._waiting:
            path, code = self._waiting.pop()
            text = self.files[path]
            if code:
                self.take_modules(_modules(text))
                continue
            for name in _NESTED.findall(text):
                self.take(posixpath.join(posixpath.dirname(path), name), code=False)

    def _paths_of(self, root: str, dotted: Iterable[str]) -> Iterator[str]:
        """The files of a module by its first name."""
        directory = self._directory / root if root in self._names else None
        if directory is not None and os.path.isfile(directory / "__init__.py"):  # noqa: PTH113
            yield from self._below(root)
        elif f"{root}.py" in self._names:
            yield f"{root}.py"
        elif directory is not None and any(self._has_part(name) for name in dotted):
            yield from self._below(root)

    def _has_part(self, dotted: str) -> bool:
        """Whether a dotted name names something in a directory, not the directory alone."""
        parts = dotted.split(".")[:2]
        place = self._directory.joinpath(*parts)
        # Unlike those of `Path` these never raise.
        is_there = os.path.isdir(place) or os.path.isfile(f"{place}.py")  # noqa: PTH112, PTH113
        return len(parts) > 1 and is_there

    def _below(self, root: str) -> Iterator[str]:
        """The Python files of a package, as far as something can import them."""
        if not self._is_inside(self._directory / root):
            self.refused[f"{root}/__init__.py"] = _OUTSIDE
            return
        entries = 0
        for place, directories, names in os.walk(self._directory / root):
            directories[:] = sorted(
                name for name in directories if name.isidentifier() and name != "__pycache__"
            )
            relative = Path(place).relative_to(self._directory).as_posix()
            modules = (name for name in sorted(names) if name.removesuffix(".py").isidentifier())
            yield from (f"{relative}/{name}" for name in modules if name.endswith(".py"))
            entries += len(names)
            if entries > _MOST_ENTRIES:
                reason = f"it is a package of more than {_MOST_ENTRIES} files"
                self.refused[f"{root}/__init__.py"] = reason
                return

    def _read(self, path: str) -> str | None:
        """A file's text; None, mostly with the reason noted, where it cannot be used."""
        place = self._directory / path
        try:
            if not self._is_inside(place):
                self.refused[path] = _OUTSIDE
                return None
            if not place.is_file():
                return None
            with place.open("rb") as opened:
                content = opened.read(LARGEST_FILE + 1)
            if len(content) > LARGEST_FILE:
                self.refused[path] = "it is larger than 1 MB"
                return None
            return content.decode("utf-8")
        except UnicodeDecodeError:
            self.refused[path] = "it is not UTF-8 text"
        except (OSError, ValueError):
            self.refused[path] = "it cannot be read"
        return None

    def _is_inside(self, place: Path) -> bool:
        return os.path.realpath(place).startswith(f"{self._root.rstrip(os.sep)}{os.sep}")


_OUTSIDE = "it is a link that leads out of the notebook's directory"


def _modules(text: str) -> Iterator[str]:
    """The dotted names that a text may import; of `from a import b`, both `a` and `a.b`."""
    if "import" not in text:
        return
    for match in _FROM.finditer(text):
        if not _is_standard(match[1]):
            yield match[1]
            yield from (f"{match[1]}.{name}" for name in _NAME.findall(match[2]))
    named = [part.split() for match in _IMPORT.finditer(text) for part in match[1].split(",")]
    names = [words[0] for words in named if words] + _CALL.findall(text)
    yield from (name for name in names if not _is_standard(name))


def _is_standard(dotted: str) -> bool:
    """Private names are the standard library's too, unless there is a file of that name."""
    return dotted.partition(".")[0] in STANDARD_MODULES


def _scripts(text: str) -> Iterator[str]:
    """The Python files directly in the directory that a text may run."""
    words: list[str] = []
    if "run" in text:
        words += [word for match in _RUN.finditer(text) for word in match[1].split()]
    if ".py" in text:
        words += _SCRIPT.findall(_JOINED.sub(" ", text))
    for word in words:
        path = posixpath.normpath(word.strip("'\"(),"))
        if "/" not in path:
            yield path if path.endswith(".py") else f"{path}.py"


def _lists(text: str) -> Iterator[str]:
    """The files that installs in a text may name."""
    if not _INSTALLS.search(text):
        return
    yield from _LISTED_OPTION.findall(text)
    for line in _JOINED.sub(" ", text).splitlines():
        if _INSTALLS.search(line):
            yield from _FILE_OPTION.findall(line)
            yield from _SYNCED.findall(line)
