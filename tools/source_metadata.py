"""What a source distribution says of itself, read from its archive without running any of it.

For `tools/make_source_only.py`. An archive is walked in memory: nothing is unpacked, so that its
paths cannot lead anywhere, and what it may unpack to is bounded. In order of trust, its
requirements are those of PKG-INFO, of `*.egg-info/requires.txt`, of a static `[project]` in
pyproject.toml, none at all where an egg-info is there without requires.txt, none where setup.py
is of distutils alone and names no requirements, and literals in its call of `setup`. That file is
parsed and never imported.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from pathlib import PurePosixPath
from typing import Any

from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from tools.source_archives import Archive

_COMPILED = frozenset({".c", ".cc", ".cpp", ".cxx", ".f", ".f90", ".pyx", ".rs"})
_ASIDE = frozenset({"benchmarks", "doc", "docs", "example", "examples", "test", "testing", "tests"})
# ">=3.6.*" and ">=3." were never valid, and everyone reads them as ">=3.6" and ">=3".
_LOOSE_END = re.compile(r"([<>]=?\s*\d+(?:\.\d+)*)\.\*?(?![\w.*])")
# Every argument for requirements has one of these in its name ("install_requires" too) ...
_OF_REQUIREMENTS = ("requires", "extras_require")
# ... and these could make up a name that setup.py does not spell.
_HIDING = frozenset({"__import__", "compile", "eval", "exec", "globals", "import_module", "vars"})


class Unsettled(Exception):
    """Nothing in the archive settles what the distribution requires; the message says why."""


@dataclass(frozen=True, slots=True)
class SourceMetadata:
    """Requirements in the form of PEP 508; `compiles` is "", "c" or "cuda"."""

    requires: tuple[str, ...]
    extras: tuple[str, ...]
    requires_python: str
    compiles: str


@dataclass(frozen=True, slots=True)
class _Stated:
    """Requirements and extras as one of the files states them."""

    requires: tuple[str, ...]
    extras: tuple[str, ...] = ()


def read_metadata(archive: Archive, name: str, index_python: str = "") -> SourceMetadata:
    """The metadata of the distribution `name`; `index_python` is the index's Requires-Python, which
    counts where the archive has none.

    Raises `Unsettled` where nothing in it can be trusted to be the whole truth.
    """
    info = _message(archive.text("PKG-INFO"))
    try:
        stated = _stated(archive, name, info)
        requires = tuple(sorted({_requirement(text) for text in stated.requires}))
        python = str(_specifiers(info.get("Requires-Python", "") or index_python))
    except (InvalidRequirement, InvalidMarker, InvalidSpecifier) as error:
        raise Unsettled(f"not in the form of PEP 508: {error}".partition("\n")[0]) from error
    except (AttributeError, MemoryError, RecursionError, TypeError) as error:
        # A text where a list belongs, a thousand parentheses.
        raise Unsettled("its requirements have no form that could be read") from error
    extras = tuple(sorted({canonicalize_name(extra) for extra in stated.extras}))
    if any(not re.fullmatch(r"[a-z0-9-]+", extra) for extra in extras):
        raise Unsettled("an extra has no name of an extra")
    # `===` admits any text at all; nothing else can hold what separates the table's fields.
    if any(mark in text for text in (python, *requires) for mark in "|\t\r\n"):
        raise Unsettled("a requirement holds what no version holds")
    return SourceMetadata(requires, extras, python, _compiles(archive.paths))


def _stated(archive: Archive, name: str, info: Message) -> _Stated:
    version = info.get("Metadata-Version", "1.0").strip()
    required = info.get_all("Requires-Dist", [])
    dynamic = {str(field).strip().lower() for field in info.get_all("Dynamic", [])}
    try:
        whole = Version(version) >= Version("2.2") and "requires-dist" not in dynamic
    except InvalidVersion:
        whole = False
    if required or whole:
        return _Stated(tuple(required), tuple(info.get_all("Provides-Extra", [])))
    egg = _egg_info(archive, name)
    if egg is not None and (listed := archive.text(f"{egg}/requires.txt")):
        return _of_sections(listed)
    if (project := _project(archive)) is not None:
        return project
    if egg is not None:
        return _Stated(())
    return _of_setup(archive)


def _egg_info(archive: Archive, name: str) -> str | None:
    """The folder of the distribution's own egg-info, not of one that it carries along."""
    wanted = canonicalize_name(name)
    for folder in sorted(archive.folders(".egg-info"), key=lambda path: (path.count("/"), path)):
        stem = PurePosixPath(folder).name.removesuffix(".egg-info")
        if canonicalize_name(stem) == wanted and folder.count("/") <= 1:
            return folder
    return None


def _of_sections(text: str) -> _Stated:
    """The lines of requires.txt, whose sections `[extra:marker]` become markers."""
    extra = marker = ""
    requires: list[str] = []
    extras: list[str] = []
    for line in map(str.strip, text.splitlines()):
        if match := re.fullmatch(r"\[([^:]*)(?::(.*))?\]", line):
            extra, marker = match[1].strip(), (match[2] or "").strip()
            extras += [extra] if extra else []
        elif line and not line.startswith("#"):
            requires.append(_conditional(line, marker, extra))
    return _Stated(tuple(requires), tuple(extras))


def _conditional(text: str, marker: str, extra: str) -> str:
    requirement = Requirement(_repaired(text))
    parts = [str(requirement.marker or ""), marker]
    if extra:
        parts.append(f'extra == "{canonicalize_name(extra)}"')
    parts = [part for part in parts if part]
    if parts:
        joined = " and ".join(f"({part})" for part in parts) if len(parts) > 1 else parts[0]
        requirement.marker = Marker(joined)
    return str(requirement)


def _project(archive: Archive) -> _Stated | None:
    """The dependencies of `[project]`; None where there is none, or they are said to be dynamic."""
    try:
        document: dict[str, Any] = tomllib.loads(archive.text("pyproject.toml"))
    except tomllib.TOMLDecodeError:
        return None
    project = document.get("project")
    if not isinstance(project, dict):
        return None
    dynamic = project.get("dynamic", [])
    if "dependencies" in dynamic or "optional-dependencies" in dynamic:
        return None
    optional: Mapping[str, list[str]] = project.get("optional-dependencies", {})
    requires = list(project.get("dependencies", []))
    for extra, listed in optional.items():
        requires += [_conditional(line, "", extra) for line in listed]
    return _Stated(tuple(requires), tuple(optional))


def _of_setup(archive: Archive) -> _Stated:
    """The literals that setup.py gives to `setup`."""
    if re.search(r"(?m)^\s*(install_requires|extras_require)\b", archive.text("setup.cfg")):
        raise Unsettled("its requirements stand in setup.cfg, and no egg-info was made of it")
    try:
        tree = ast.parse(archive.text("setup.py"))
    except (SyntaxError, ValueError) as error:
        raise Unsettled("setup.py is no Python 3") from error
    if _of_distutils(tree, archive.text("setup.py")):
        return _Stated(())
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _last_name(node.func) == "setup"
    ]
    if len(calls) != 1:
        raise Unsettled("no egg-info, and setup.py has no single call of setup")
    arguments = {keyword.arg: keyword.value for keyword in calls[0].keywords}
    if None in arguments:
        raise Unsettled("no egg-info, and setup.py hands over arguments that it computes")
    requires = _literal(tree, arguments.get("install_requires"), [])
    optional = _literal(tree, arguments.get("extras_require"), {})
    if isinstance(requires, str):
        requires = requires.splitlines()
    sections = {"": requires, **optional} if isinstance(optional, dict) else {}
    lines = [
        f"[{name}]\n" * bool(name) + "\n".join([listed] if isinstance(listed, str) else listed)
        for name, listed in sections.items()
    ]
    return _of_sections("\n".join(lines))


def _of_distutils(tree: ast.Module, text: str) -> bool:
    """Whether `setup` is that of distutils and nothing in the file could hand it requirements.

    Distutils knows of none itself, but installers put setuptools in its place, which takes them
    from any argument. So neither may the file name one, nor import what is not of Python.
    """
    origins: set[str] = set()
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # A module beside setup.py is none of Python's, however it is named.
            modules.add("" if node.level else node.module or "")
            if any("setup" in (alias.asname or alias.name, alias.name) for alias in node.names):
                origins.add(node.module or "")
        elif isinstance(node, ast.Name | ast.Attribute) and _last_name(node) in _HIDING:
            return False
    python = {"distutils", *sys.stdlib_module_names}  # which it was until Python 3.12
    return (
        origins == {"distutils.core"}
        and all(module.partition(".")[0] in python for module in modules)
        and not any(word in text for word in _OF_REQUIREMENTS)
    )


def _literal(tree: ast.Module, node: ast.expr | None, otherwise: Any) -> Any:
    """The value of a literal, or of a name that the module binds to one literal and no other."""
    if isinstance(node, ast.Name):
        name = node.id
        stores = [found for found in ast.walk(tree) if isinstance(found, ast.Name)]
        bound = [
            one.value
            for one in tree.body
            if isinstance(one, ast.Assign) and _last_name(one.targets[0]) == name
        ]
        # Read or written anywhere else (`requires.append(...)`), the literal is not all of it.
        if len(bound) != 1 or len([found for found in stores if found.id == name]) != 2:
            raise Unsettled("no egg-info, and setup.py computes its requirements")
        node = bound[0]
    if node is None:
        return otherwise
    try:
        value = ast.literal_eval(node)
    except ValueError as error:
        raise Unsettled("no egg-info, and setup.py computes its requirements") from error
    return otherwise if value is None else value


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _requirement(text: str) -> str:
    """A requirement in its one spelling. One that names an address is nothing an index can lock."""
    requirement = Requirement(_repaired(text))
    if requirement.url:
        raise Unsettled(f"{requirement.name} is required from an address")
    requirement.name = canonicalize_name(requirement.name)
    return str(requirement)


def _repaired(text: str) -> str:
    head, semicolon, marker = text.partition(";")
    return _LOOSE_END.sub(r"\1", head) + semicolon + marker


def _specifiers(text: str) -> SpecifierSet:
    return SpecifierSet(_LOOSE_END.sub(r"\1", text))


def _compiles(paths: Iterable[str]) -> str:
    suffixes = set(_suffixes(paths))
    if ".cu" in suffixes:
        return "cuda"
    return "c" if suffixes & _COMPILED else ""


def _suffixes(paths: Iterable[str]) -> Iterator[str]:
    for text in paths:
        path = PurePosixPath(text.lower())
        if not _ASIDE.intersection(path.parts[:-1]):
            yield path.suffix


def _message(text: str) -> Message:
    return Parser().parsestr(text, headersonly=True)
