"""One seed for what draws random numbers, so that two runs draw the same.

What a notebook seeds itself is not touched by it: its own seed comes later.
"""

from __future__ import annotations

import importlib.util
import random
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Seed:
    """The seed of a run. Libraries get it when they are imported; the standard library's generator
    when the first cell begins, for what runs cells draws numbers, too.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._begun = False
        sys.meta_path.insert(0, _Finder(seed))

    def begin(self) -> None:
        """The first cell begins; later calls do nothing."""
        if not self._begun:
            self._begun = True
            random.seed(self._seed)


class _Finder:
    """Finds libraries as ever, and seeds them behind their import."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._under_way = False

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        seeding = _SEEDING.get(name)
        if seeding is None or self._under_way:
            return None
        self._under_way = True
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self._under_way = False
        if spec is None or spec.loader is None or not hasattr(spec.loader, "exec_module"):
            return None
        executed, seed = spec.loader.exec_module, self._seed

        def exec_module(module: Any) -> None:
            executed(module)
            try:
                seeding(module, seed)
            except Exception:  # noqa: BLE001 - an unusual version is no reason to stop
                return

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _numpy(module: Any, seed: int) -> None:
    module.seed(seed)
    made = module.default_rng
    drawn = random.Random(seed)

    def default_rng(seed: Any = None) -> Any:
        return made(drawn.getrandbits(128) if seed is None else seed)

    default_rng.__doc__ = made.__doc__
    module.default_rng = default_rng


def _torch(module: Any, seed: int) -> None:
    module.manual_seed(seed)


def _tensorflow(module: Any, seed: int) -> None:
    module.random.set_seed(seed)


_SEEDING: dict[str, Callable[[Any, int], None]] = {
    "numpy.random": _numpy,
    "torch": _torch,
    "tensorflow": _tensorflow,
}
