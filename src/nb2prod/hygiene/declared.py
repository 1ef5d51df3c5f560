"""What the project around a notebook declares: the distributions in its `requirements*.txt`,
`pyproject.toml`, `environment.yml`, `setup.cfg`, `setup.py`, `Pipfile` and lock files.

Files count from the notebook's directory up to the root of its repository. More may be read off
them than they mean (groups that nobody installs, names in a comment of `setup.py`), never less:
what is declared in any way is no finding.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nb2prod.data.distributions import normalise

_LARGEST = 5_000_000
_LISTS = re.compile(r"requirements.*\.(?:txt|in|lock)|.*requirements\.txt|constraints.*\.txt")
_CONDA = re.compile(r"(?:environment|env|conda).*\.ya?ml")
_TOML = frozenset(
    {"pyproject.toml", "uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile"}
)
_TEXTS = frozenset({"setup.cfg", "setup.py", "Pipfile.lock", "pixi.toml", "pixi.lock"})
_NAME = re.compile(r"\s*([A-Za-z0-9][\w.-]*)")
_EGG = re.compile(r"[#&]egg=([\w.-]+)|/([\w.-]+?)(?:\.git)?(?:@[^@/]*)?(?:#.*)?$")
_QUOTED = re.compile(r"[\"']([A-Za-z0-9][\w.-]*)[^\"'\n]*[\"']")
_CONDA_ITEM = re.compile(r"^\s*-\s*[\"']?(?:[\w-]+::)?([A-Za-z0-9][\w.-]*)", re.MULTILINE)
_CONFIG_LINE = re.compile(r"^\s+([A-Za-z0-9][\w.-]*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Declared:
    """The distributions that are declared, by normalised name, and the directories in which files
    declare them: modules that lie there are the project's own.
    """

    names: frozenset[str]
    directories: tuple[Path, ...]

    def holds(self, module: str) -> bool:
        """Whether a module, by its first name, lies in one of the project's directories."""
        places = [place for one in self.directories for place in (one, one / "src", one / "lib")]
        return any(
            (place / module).is_dir() or (place / f"{module}.py").is_file() for place in places
        )


def declared(directory: Path) -> Declared | None:
    """What the project around a directory declares; None where no file declares anything. Files
    that cannot be read declare nothing.
    """
    names: set[str] = set()
    for place in _places(directory):
        for path in _files(place):
            try:
                names.update(_names(path))
            except (OSError, UnicodeDecodeError):
                continue
    if not names:
        return None
    return Declared(frozenset(map(normalise, names)), tuple(_places(directory)))


def names_of_list(text: str) -> Iterator[str]:
    """The distributions in a file of requirements; of an address what its end is called."""
    for line in text.splitlines():
        said = line.partition(" #")[0].strip()
        said = re.sub(r"^(?:-e|--editable)[\s=]+", "", said)
        if said.startswith(("-", "#", ".")):
            continue
        if "://" in said and "@" not in said.partition("://")[0]:
            found = _EGG.search(said)
            if found is not None:
                yield found[1] or found[2]
        elif match := _NAME.match(said):
            yield match[1]


def _places(directory: Path) -> list[Path]:
    """The directory and those above it, up to the root of its repository, where there is one."""
    directory = directory.absolute()
    places = [directory]
    for place in (directory, *directory.parents):
        if place not in places:
            places.append(place)
        if (place / ".git").exists():
            return places
    return places[:1]


def _files(place: Path) -> Iterator[Path]:
    try:
        found = sorted(place.iterdir())
    except OSError:
        return
    for path in found:
        name = path.name
        if name == "requirements" and path.is_dir():
            yield from sorted(path.glob("*.txt"))
        elif _LISTS.fullmatch(name) or _CONDA.fullmatch(name) or name in _TOML | _TEXTS:
            yield path


def _names(path: Path) -> Iterable[str]:
    with path.open("rb") as opened:
        text = opened.read(_LARGEST).decode("utf-8")
    if path.suffix in (".txt", ".in") or _LISTS.fullmatch(path.name):
        return names_of_list(text)
    if _CONDA.fullmatch(path.name):
        return _CONDA_ITEM.findall(text)
    if path.name in _TOML:
        try:
            return _in_toml(tomllib.loads(text))
        except tomllib.TOMLDecodeError:
            return ()
    if path.name == "setup.cfg":
        # All that is indented below any key, of which the requirements are some.
        return _CONFIG_LINE.findall(text) if "install_requires" in text else ()
    return _QUOTED.findall(text)


def _in_toml(document: dict[str, Any]) -> Iterator[str]:
    """The requirements of a project's table, of Poetry's, PDM's, Pixi's and uv's, of lock files."""
    for package in _list(document, "package") + _list(document, "packages"):
        if isinstance(package, dict):
            yield str(package.get("name", ""))
    project = _table(document, "project")
    texts = [
        *_list(project, "dependencies"),
        *_list(_table(document, "tool", "uv"), "dev-dependencies"),
    ]
    groups = [_table(project, "optional-dependencies"), _table(document, "dependency-groups")]
    texts += [text for group in groups for listed in group.values() for text in listed]
    for text in texts:
        if isinstance(text, str) and (match := _NAME.match(text)):
            yield match[1]
    poetry = _table(document, "tool", "poetry")
    tables = [
        _table(poetry, "dependencies"),
        _table(poetry, "dev-dependencies"),
        *(_table(group, "dependencies") for group in _table(poetry, "group").values()),
        _table(document, "tool", "pixi", "dependencies"),
        _table(document, "tool", "pixi", "pypi-dependencies"),
        _table(document, "packages"),
        _table(document, "dev-packages"),
    ]
    for table in tables:
        yield from table
    if texts or any(tables):
        yield str(project.get("name") or poetry.get("name") or "")


def _table(value: Any, *keys: str) -> dict[str, Any]:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _list(value: Any, key: str) -> list[Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []
