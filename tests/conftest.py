"""What all tests share: the shared directory, its notebooks, and the command line as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import nb2prod

CHECKOUT = Path(__file__).resolve().parents[1]
SOURCES = Path(nb2prod.__file__).resolve().parents[1]

# A slow machine is not a failure, and the examples are the same on every run; `explore` looks for
# new ones (`pytest --hypothesis-profile explore`).
settings.register_profile("nb2prod", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("nb2prod")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the corpus out of the coverage: what its notebooks happen to touch is not thereby
    tested, and tracing them takes minutes.
    """
    if config.pluginmanager.hasplugin("_cov"):
        for item in items:
            if item.get_closest_marker("corpus"):
                item.add_marker(pytest.mark.no_cover)


@pytest.fixture(scope="session", autouse=True)
def cache_directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What is kept from one run to the next is kept here: a test never touches the user's own."""
    directory = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("NB2PROD_CACHE_DIR", str(directory))
        yield directory


@pytest.fixture(scope="session")
def shared_directory() -> Path:
    """Data too large for the repository. A test that needs it is skipped where there is none."""
    named = os.environ.get("NB2PROD_SHARED")
    if named:
        directory = Path(named)
        assert directory.is_dir(), f"NB2PROD_SHARED names no directory: {named}"
        return directory
    directory = CHECKOUT.parent / "shared"
    if not directory.is_dir():
        pytest.skip("there is no shared/ beside the checkout and NB2PROD_SHARED is not set")
    return directory


@pytest.fixture(scope="session")
def corpus(shared_directory: Path) -> list[Path]:
    """The notebooks of the corpus, sorted by name."""
    notebooks = sorted((shared_directory / "corpus").glob("*.ipynb"))
    assert notebooks, f"{shared_directory / 'corpus'} holds no notebook"
    return notebooks


@pytest.fixture
def run_cli(
    tmp_path: Path, cache_directory: Path
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs nb2prod as a process of its own, in an empty directory unless `cwd` names another."""

    def run(
        *arguments: str | Path,
        cwd: Path = tmp_path,
        env: dict[str, str] | None = None,
        timeout: float = 300,
    ) -> subprocess.CompletedProcess[str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("NB2PROD_")}
        # Only tests of locking ask a package index, by an `env` of their own.
        inherited["NB2PROD_LOCK"] = "never"
        inherited["NB2PROD_CACHE_DIR"] = str(cache_directory)
        # The process runs the same sources as this one, from whatever directory it starts in.
        paths = [str(SOURCES), os.environ.get("PYTHONPATH", "")]
        inherited["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        return subprocess.run(
            [sys.executable, "-m", "nb2prod", *map(str, arguments)],
            cwd=cwd,
            env=inherited | (env or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )

    return run
