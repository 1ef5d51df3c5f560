"""Which files are checked: those that are named, and the notebooks below named directories."""

from __future__ import annotations

import os

from nb2prod.hygiene.patterns import Patterns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nb2prod.hygiene.config import Configs, StrPath

    # The directory whose `.gitignore` says it, and what it says.
    Level = tuple[str, Patterns]


def find_files(paths: Iterable[StrPath], configs: Configs) -> Iterator[str]:
    """The files to check, each once. A file that is named is checked whatever excludes it, unless
    `force_exclude` is set; one that is not there is told like any other.
    """
    seen: set[str] = set()
    for named in paths:
        path = os.fspath(named)
        found: Iterable[str]
        if os.path.isdir(path):
            found = _below(path, configs)
        else:
            config = configs.of(path)
            found = [] if config.force_exclude and config.excludes(path) else [path]
        for file in found:
            whole = os.path.abspath(file)
            if whole not in seen:
                seen.add(whole)
                yield os.path.normpath(file)


def _below(directory: str, configs: Configs) -> Iterator[str]:
    config = configs.of_directory(directory)
    if not (config.force_exclude and config.excludes(directory)):
        yield from _walk(directory, configs, _levels_above(directory))


def _walk(directory: str, configs: Configs, levels: list[Level]) -> Iterator[str]:
    levels = [*levels, *_level(directory)]
    config = configs.of_directory(directory)
    try:
        entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        is_directory = entry.is_dir(follow_symlinks=False)
        if not is_directory and not entry.name.endswith(".ipynb"):
            continue
        path = os.path.join(directory, entry.name)
        if config.excluded.decides(config.relative(path), is_directory=is_directory):
            continue
        if levels and _is_ignored(path, levels, is_directory=is_directory):
            continue
        if is_directory:
            yield from _walk(path, configs, levels)
        elif entry.is_file():
            yield path


def _is_ignored(path: str, levels: list[Level], *, is_directory: bool) -> bool:
    """What the deepest `.gitignore` says that says anything."""
    # The whole path, with its links: `.gitignore` speaks of the tree as it is walked.
    whole = os.path.abspath(path)
    for base, patterns in reversed(levels):
        relative = os.path.relpath(whole, base).replace(os.sep, "/")
        decided = patterns.decides(relative, is_directory=is_directory)
        if decided is not None:
            return decided
    return False


def _level(directory: str) -> list[Level]:
    """The patterns of a directory's `.gitignore`, and of its repository where it is its root."""
    levels = []
    for name in (".git/info/exclude", ".gitignore"):
        try:
            with open(os.path.join(directory, name), encoding="utf-8", errors="replace") as opened:
                text = opened.read()
        except OSError:
            continue
        levels.append((os.path.abspath(directory), Patterns(text.split("\n"))))
    return levels


def _levels_above(directory: str) -> list[Level]:
    """Those of the directories above, up to the root of the repository; none outside of one."""
    above: list[str] = []
    current = os.path.abspath(directory)
    while not os.path.exists(os.path.join(current, ".git")):
        parent = os.path.dirname(current)
        if parent == current:
            return []
        current = parent
        above.append(current)
    return [level for parent in reversed(above) for level in _level(parent)]
