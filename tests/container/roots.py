"""Directories that look like an image's root, and what the program for images says of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from nb2prod.container.contents.inventory import PROGRAM
from nb2prod.container.contents.model import Distribution, Inventory, Python, SystemPackage

SITE = "opt/venv/lib/python3.11/site-packages"
MARKERS = {
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "python_full_version": "3.11.2",
    "python_version": "3.11",
    "sys_platform": "linux",
}
DEBIAN = {"ID": "debian", "VERSION_ID": "12", "PRETTY_NAME": "Debian GNU/Linux 12 (bookworm)"}


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    """The root with these files in it."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def contents(root: Path) -> dict[str, Any]:
    """What the program prints of that root, as it is run in a container."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PROGRAM.read_text("utf-8"), str(root)],
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == b""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def distribution(name: str, version: str = "1.0", **given: Any) -> Distribution:
    """A distribution that says nothing but its name and version, and what is given."""
    values: dict[str, Any] = {
        "place": f"/{SITE}",
        "expression": "",
        "licence": "",
        "texts": (),
        "classifiers": (),
        "requirements": (),
        "homepage": "",
        "urls": (),
        "summary": "",
        "size": None,
        "installer": "uv",
        "origin": None,
    }
    return Distribution(name=name, version=version, **(values | given))


def package(name: str, version: str = "1.0-1", **given: Any) -> SystemPackage:
    """A package of dpkg's, in the same way."""
    values: dict[str, Any] = {
        "architecture": "amd64",
        "source": "",
        "size": None,
        "depends": (),
        "provides": "",
        "homepage": "",
        "named": (),
        "common": (),
    }
    return SystemPackage(name=name, version=version, **(values | given))


def inventory(*parts: Distribution | SystemPackage, **given: Any) -> Inventory:
    """An inventory of these, on Debian's own Python."""
    values: dict[str, Any] = {
        "python": Python("3.11.2", "/usr", MARKERS),
        "release": DEBIAN,
        "distributions": tuple(one for one in parts if isinstance(one, Distribution)),
        "packages": tuple(one for one in parts if isinstance(one, SystemPackage)),
        "repositories": (),
        "has_dpkg": True,
        "problems": (),
    }
    return Inventory(**(values | given))
