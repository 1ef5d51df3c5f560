"""Import the modules of a package in a process of its own, all that they depend on stubbed.

An import runs what stands at the top of a module, which is the converted notebook's code: this is
for notebooks that are trusted. Nothing but the standard library is imported for real.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Collection, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

SECONDS = 60


def import_failures(sources: Mapping[str, str], package: str) -> dict[str, str]:
    """The last line of what is raised where a module is imported, by the module's name."""
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder, "src", package)
        directory.mkdir(parents=True)
        for name, text in sources.items():
            Path(directory, f"{name}.py").write_text(text, encoding="utf-8")
        done = subprocess.run(
            # Isolated: what is in the environment or in the current directory is not looked for.
            [sys.executable, "-I", str(Path(__file__).resolve()), str(directory), *sources],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
    try:
        found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return dict.fromkeys(sources, (done.stderr.strip().splitlines() or ["it says nothing"])[-1])
    return found


class _Value(MagicMock):
    """Anything that a stubbed module may hold: called, asked for attributes, decorated with."""

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        # A class of its own each time, because no class may have the same base twice.
        return (type("Stub", (), {}),)


class _Module(ModuleType):
    """A module that has every name."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what Python itself asks for, as `__all__` of `import *`
            raise AttributeError(name)
        value = _Value()
        setattr(self, name, value)
        return value


class _Stubs(MetaPathFinder, Loader):
    """Finds everything but the standard library and the package."""

    def __init__(self, real: Collection[str]) -> None:
        self._real = real

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Python's own question: who can load the module?"""
        if fullname.partition(".")[0] in self._real:
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The stub."""
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


def _import_all(directory: Path, names: Sequence[str]) -> dict[str, str]:
    sys.path.insert(0, str(directory.parent))
    sys.meta_path.insert(0, _Stubs({*sys.stdlib_module_names, directory.name}))
    failures: dict[str, str] = {}
    for name in names:
        try:
            importlib.import_module(f"{directory.name}.{name}")
        except BaseException:  # noqa: BLE001 - also what ends a process is only one failure here
            failures[name] = traceback.format_exc().strip().splitlines()[-1]
    return failures


if __name__ == "__main__":
    print("\n" + json.dumps(_import_all(Path(sys.argv[1]), sys.argv[2:])))
