"""Which files are checked: those that are named, and the notebooks below named directories."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from nb2prod.hygiene.config import EXCLUDED, Configs
from nb2prod.hygiene.patterns import Patterns

_Level = tuple[str, Patterns]


def find_files(paths: Iterable[Path], configs: Configs) -> Iterator[Path]:
    """The files to check, each once. A file that is named is checked whatever excludes it, unless
    `force_exclude` is set; one that is not there is told like any other.
    """
    seen: set[str] = set()
    for path in paths:
        found: Iterable[Path]
        if path.is_dir():
            found = _below(path, configs)
        else:
            config = configs.of(path)
            found = [] if config.force_exclude and config.excludes(path) else [path]
        for file in found:
            name = os.path.normpath(file)
            if name not in seen:
                seen.add(name)
                yield Path(name)


def _below(directory: Path, configs: Configs) -> Iterator[Path]:
    if configs.of_directory(directory).force_exclude and (
        configs.of_directory(directory).excludes(directory)
    ):
        return
    yield from _walk(directory, configs, _levels_above(directory))


def _walk(directory: Path, configs: Configs, levels: list[_Level]) -> Iterator[Path]:
    levels = [*levels, *_level(directory)]
    config = configs.of_directory(directory)
    own = Patterns((*EXCLUDED, *config.exclude))
    try:
        entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        is_directory = entry.is_dir(follow_symlinks=False)
        if not is_directory and not entry.name.endswith(".ipynb"):
            continue
        path = directory / entry.name
        if own.decides(config.relative(path), is_directory=is_directory):
            continue
        if _is_ignored(path, levels, is_directory=is_directory):
            continue
        if is_directory:
            yield from _walk(path, configs, levels)
        elif entry.is_file():
            yield path


def _is_ignored(path: Path, levels: list[_Level], *, is_directory: bool) -> bool:
    """What the deepest `.gitignore` says that says anything."""
    whole = _absolute(path)
    for base, patterns in reversed(levels):
        relative = os.path.relpath(whole, base).replace(os.sep, "/")
        decided = patterns.decides(relative, is_directory=is_directory)
        if decided is not None:
            return decided
    return False


def _level(directory: Path) -> list[_Level]:
    """The patterns of a directory's `.gitignore`, and of its repository where it is its root."""
    levels = []
    for name in (".git/info/exclude", ".gitignore"):
        try:
            text = (directory / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        levels.append((_absolute(directory), Patterns(text.split("\n"))))
    return levels


def _levels_above(directory: Path) -> list[_Level]:
    """Those of the directories above, up to the root of the repository; none outside of one."""
    above = []
    current = Path(_absolute(directory))
    while not (current / ".git").exists():
        if current.parent == current:
            return []
        current = current.parent
        above.append(current)
    return [level for parent in reversed(above) for level in _level(parent)]


def _absolute(path: Path) -> str:
    """The whole path. Links stay: `.gitignore` speaks of the tree as it is walked."""
    return os.path.normpath(Path.cwd() / path)
