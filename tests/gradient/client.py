"""The real Gradient command, each version in a virtual environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.gradient.server import Server

VERSIONS = ("1.11.0", "2.0.6")
WITH_JOBS = "1.11.0"  # the last version that has `gradient jobs`
API_KEY = "made-up-key"

# 2.0.6 imports distutils, which Python 3.12 no longer has; the pins have wheels for 3.11.
PYTHON = (3, 11)
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
BINARIES = "Scripts" if os.name == "nt" else "bin"
UV = (sys.executable, "-m", "uv")


@dataclass(frozen=True, slots=True)
class Client:
    """One version of the command, installed below `directory`."""

    version: str
    directory: Path

    def run(
        self,
        *arguments: str,
        server: Server,
        cwd: Path,
        variables: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run `gradient` in `cwd`, speaking to `server`, with these variables in its environment.

        Nothing is said about the exit code: it is 0 whatever the server answers.
        """
        home = self.directory / "home"
        home.mkdir(exist_ok=True)
        kept = {k: os.environ[k] for k in ("PATH", "SYSTEMROOT", "TMPDIR") if k in os.environ}
        own = {
            "HOME": str(home),
            "NO_PROXY": "127.0.0.1",
            "PAPERSPACE_API_HOST": f"{server.address}/graphql",
            "PAPERSPACE_API_KEY": API_KEY,
            "PAPERSPACE_CLI_DEV": "true",  # or it asks the package index for its newest version
            "PAPERSPACE_CONFIG_EXPERIMENTS_HOST": server.address,
            "PAPERSPACE_CONFIG_EXPERIMENTS_HOST_V2": server.address,
            "PAPERSPACE_CONFIG_HOST": server.address,
            "PAPERSPACE_CONFIG_LOG_HOST": server.address,
            "PAPERSPACE_CONFIG_PATH": str(home),
            "PAPERSPACE_CONFIG_SERVICE_HOST": server.address,
            "PAPERSPACE_USE_CONSOLE_COLORS": "false",
        }
        return subprocess.run(
            [self.directory / "environment" / BINARIES / "gradient", *arguments],
            cwd=cwd,
            env={**(variables or {}), **kept, **own},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )


def install(version: str, directory: Path) -> Client:
    """Install that version below `directory`. Skips the test where there is no Python 3.11."""
    environment = directory / "environment"
    _uv("venv", "--quiet", "--no-project", "--python", _interpreter(), environment)
    _uv(
        *("pip", "install", "--quiet", "--python", environment, "--no-deps"),
        *("--requirement", REQUIREMENTS, "--build-constraints", REQUIREMENTS),
        f"gradient=={version}",
    )
    return Client(version, directory)


def _interpreter() -> str:
    if sys.version_info[:2] == PYTHON:
        return sys.executable
    wanted = ".".join(map(str, PYTHON))
    found = subprocess.run(
        [*UV, "python", "find", "--no-project", "--no-python-downloads", wanted],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if found.returncode:
        pytest.skip(f"the gradient command needs Python {wanted}, which was not found")
    return found.stdout.strip()


def _uv(*arguments: str | Path) -> None:
    done = subprocess.run(
        [*UV, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
