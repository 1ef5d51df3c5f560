"""The built distributions, as a user gets them: nothing here may lean on the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from uv import find_uv_bin

from nb2prod.version import __version__

CHECKOUT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(
    path.relative_to(CHECKOUT).as_posix()
    for path in (CHECKOUT / "templates").rglob("*")
    if path.is_file()
)
EXAMPLE = CHECKOUT / "examples" / "customer_churn" / "customer_churn.ipynb"

pytestmark = [pytest.mark.packaging, pytest.mark.network, pytest.mark.slow]


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command that knows nothing of the environment the tests run in."""
    foreign = {"PYTHONPATH", "VIRTUAL_ENV", "UV_PYTHON", "UV_PROJECT_ENVIRONMENT"}
    return subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env={k: v for k, v in os.environ.items() if k not in foreign},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@dataclass(frozen=True, slots=True)
class Distributions:
    source: Path
    wheel: Path


@dataclass(frozen=True, slots=True)
class Installed:
    python: Path
    command: Path


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """Both distributions; the wheel is built from the source distribution, not the checkout."""
    directory = tmp_path_factory.mktemp("dist")
    built = run(
        find_uv_bin(), "build", "--python", sys.executable, "--out-dir", directory, cwd=CHECKOUT
    )
    assert built.returncode == 0, built.stderr
    [source] = directory.glob("*.tar.gz")
    [wheel] = directory.glob("*.whl")
    return Distributions(source, wheel)


@pytest.fixture(scope="module")
def installed(distributions: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A clean environment outside the checkout that holds the wheel and what it requires."""
    directory = tmp_path_factory.mktemp("clean")
    environment = directory / "environment"
    binaries = environment / ("Scripts" if os.name == "nt" else "bin")
    uv = find_uv_bin()
    made = run(uv, "venv", "--python", sys.executable, environment, cwd=directory)
    assert made.returncode == 0, made.stderr
    filled = run(uv, "pip", "install", "--python", environment, distributions.wheel, cwd=directory)
    assert filled.returncode == 0, filled.stderr
    return Installed(binaries / "python", binaries / "nb2prod")


def test_the_wheel_holds_the_package_and_the_templates_only(distributions: Distributions) -> None:
    with zipfile.ZipFile(distributions.wheel) as wheel:
        names = wheel.namelist()
    metadata = f"nb2prod-{__version__}.dist-info/"
    assert [name for name in names if not name.startswith(("nb2prod/", metadata))] == []
    templates = [name for name in names if name.startswith("nb2prod/templates/")]
    assert sorted(name.removeprefix("nb2prod/") for name in templates) == TEMPLATES
    assert "nb2prod/py.typed" in names
    assert f"{metadata}licenses/LICENSE" in names


def test_the_source_distribution_holds_templates_and_tests(distributions: Distributions) -> None:
    with tarfile.open(distributions.source) as source:
        names = {name.partition("/")[2] for name in source.getnames()}
    assert {*TEMPLATES, "pyproject.toml", "README.md", "LICENSE", "tests/conftest.py"} <= names


def test_the_installed_package_finds_its_own_templates(
    installed: Installed, tmp_path: Path
) -> None:
    program = """
from pathlib import Path
import nb2prod
from nb2prod.project.templates import templates_directory
package = Path(nb2prod.__file__).resolve().parent
directory = templates_directory()
assert directory == package / "templates", directory
assert (package / "py.typed").is_file()
print(*sorted(p.relative_to(package).as_posix() for p in directory.rglob("*") if p.is_file()))
"""
    process = run(installed.python, "-c", program, cwd=tmp_path)
    assert process.returncode == 0, process.stderr
    assert process.stdout.split() == TEMPLATES
    assert any(name.endswith(".j2") for name in TEMPLATES)


def test_the_installed_command_says_its_version(installed: Installed, tmp_path: Path) -> None:
    process = run(installed.command, "--version", cwd=tmp_path)
    assert process.returncode == 0, process.stderr
    assert __version__ in process.stdout.split()


def test_the_installed_command_converts_an_example(installed: Installed, tmp_path: Path) -> None:
    process = run(
        installed.command, "convert", EXAMPLE, "-o", "out", "--lock", "never", cwd=tmp_path
    )
    assert process.returncode == 0, process.stdout + process.stderr
    assert (tmp_path / "out" / "nb2prod.json").is_file()
    assert (tmp_path / "out" / "Dockerfile").is_file()
