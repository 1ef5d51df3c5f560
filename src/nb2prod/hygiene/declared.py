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
from os import fspath
from pathlib import Path
from typing import Any, NamedTuple

from nb2prod.data.distributions import normalise
from nb2prod.hygiene.project_files import CONDA, LISTS, TOML, files_in, places_around, remembered

_LARGEST = 5_000_000
_NAME = re.compile(r"\s*([A-Za-z0-9][\w.-]*)")
_EGG = re.compile(r"[#&]egg=([\w.-]+)|/([\w.-]+?)(?:\.git)?(?:@[^@/]*)?(?:#.*)?$")
_QUOTED = re.compile(r"[\"']([A-Za-z0-9][\w.-]*)[^\"'\n]*[\"']")
_TAKEN_IN = re.compile(r"^\s*(?:-r|--requirement)[\s=]*([^\s#]+)", re.MULTILINE)
_CONDA_ITEM = re.compile(r"^\s*-\s*[\"']?(?:[\w-]+::)?([A-Za-z0-9][\w.-]*)", re.MULTILINE)
_CONFIG_LINE = re.compile(r"^\s+([A-Za-z0-9][\w.-]*)", re.MULTILINE)


class Declared(NamedTuple):
    """The distributions that are declared, by normalised name, and the directories in which files
    declare them: modules that lie there are the project's own. `takes_in` when files of
    requirements take others in.
    """

    names: frozenset[str]
    directories: tuple[Path, ...]
    takes_in: bool = False

    def holds(self, module: str) -> bool:
        """Whether a module, by its first name, lies in one of the project's directories."""
        places = [place for one in self.directories for place in (one, one / "src", one / "lib")]
        return any(
            (place / module).is_dir() or (place / f"{module}.py").is_file() for place in places
        )


@remembered
def declared(directory: Path) -> Declared | None:
    """What the project around a directory declares; None where no file declares anything. Files
    that cannot be read declare nothing. It is remembered until the next run.
    """
    names: set[str] = set()
    places = places_around(fspath(directory))
    waiting = [Path(one) for place in places for one in files_in(place)]
    seen = set(waiting)
    takes_in = False
    while waiting:
        path = waiting.pop()
        try:
            found, others = _names(path), _others(path)
            names.update(found)
        except (OSError, UnicodeDecodeError):
            continue
        waiting += others - seen
        takes_in = takes_in or bool(others)
        seen |= others
    if not names:
        return None
    directories = tuple(map(Path, places))
    return Declared(frozenset(map(normalise, names)), directories, takes_in)


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


def _others(path: Path) -> set[Path]:
    """The files that a file of requirements takes in (`-r base.txt`)."""
    if not LISTS.fullmatch(path.name):
        return set()
    text = path.read_text(encoding="utf-8")[:_LARGEST]
    return {path.parent / name for name in _TAKEN_IN.findall(text)}


def _names(path: Path) -> Iterable[str]:
    with path.open("rb") as opened:
        text = opened.read(_LARGEST).decode("utf-8")
    if path.suffix in (".txt", ".in") or LISTS.fullmatch(path.name):
        return names_of_list(text)
    if CONDA.fullmatch(path.name):
        return _CONDA_ITEM.findall(text)
    if path.name in TOML:
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
