"""The files around a notebook that may say which distributions its project needs.

They count from the notebook's directory up to the root of its repository.
"""

# pathlib takes longer to load than all of this to run.
# ruff: noqa: PTH100, PTH110, PTH112, PTH118, PTH120, PTH208
from __future__ import annotations

import os
import re
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from functools import _lru_cache_wrapper
    from typing import Any, TypeVar

    T = TypeVar("T")

LISTS = re.compile(r"requirements.*\.(?:txt|in|lock)|.*requirements\.txt|constraints.*\.txt")
CONDA = re.compile(r"(?:environment|env|conda).*\.ya?ml")
TOML = frozenset({"pyproject.toml", "uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile"})
TEXTS = frozenset({"setup.cfg", "setup.py", "Pipfile.lock", "pixi.toml", "pixi.lock"})


_REMEMBERED: list[_lru_cache_wrapper[Any]] = []


def remembered(function: Callable[..., T]) -> _lru_cache_wrapper[T]:
    """A function of what lies around notebooks, whose answers are remembered within a run, for the
    notebooks of a directory ask one after another.
    """
    cached = lru_cache(maxsize=256)(function)
    _REMEMBERED.append(cached)
    return cached


def forget_projects() -> None:
    """Forget all that is remembered: files may have changed since the last run."""
    for cached in _REMEMBERED:
        cached.cache_clear()


def places_around(directory: str) -> list[str]:
    """The directory and those above it, up to the root of its repository, where there is one."""
    places = [os.path.abspath(directory)]
    while not os.path.exists(os.path.join(places[-1], ".git")):
        above = os.path.dirname(places[-1])
        if above == places[-1]:
            return places[:1]
        places.append(above)
    return places


@remembered
def files_in(place: str) -> tuple[str, ...]:
    """The files of a directory that may declare something, and those of its `requirements/`."""
    return tuple(_files_in(place))


def _files_in(place: str) -> Iterator[str]:
    for name in _names(place):
        path = os.path.join(place, name)
        if name == "requirements" and os.path.isdir(path):
            yield from (os.path.join(path, one) for one in _names(path) if one.endswith(".txt"))
        elif LISTS.fullmatch(name) or CONDA.fullmatch(name) or name in TOML | TEXTS:
            yield path


def _names(place: str) -> list[str]:
    try:
        return sorted(os.listdir(place))
    except OSError:
        return []
