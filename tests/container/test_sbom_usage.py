"""`nb2prod sbom` where it cannot do anything: exit code 2, and what it needs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import nb2prod
from nb2prod.container.contents.audit import NoAudit
from nb2prod.container.contents.sbom import NoBillOfMaterials, sbom
from tests.container.unpinned import notebook_at

Cli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that nobody built."""
    options = nb2prod.Options(lock="never")
    return nb2prod.convert(notebook_at(tmp_path), tmp_path / "project", options).directory


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["No Docker Engine answers", "docs.docker.com/engine/install"]),
        (["--engine", "unix:///nowhere"], ["No engine answers at unix:///nowhere"]),
        (["--audit-url", "https://example.invalid"], ["--audit, which is not given"]),
        (["--audit", "--audit-url", "example.invalid"], ["begins with https://"]),
    ],
)
def test_what_it_needs(run_cli: Cli, project: Path, arguments: list[str], words: list[str]) -> None:
    done = run_cli("sbom", project, *arguments, env={"DOCKER_HOST": "unix:///nowhere.sock"})
    assert (done.returncode, done.stdout) == (2, "")
    for word in words:
        assert word in done.stderr


def test_a_directory_that_is_no_project(run_cli: Cli, tmp_path: Path) -> None:
    done = run_cli("sbom", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Convert a notebook first" in done.stderr


def test_without_its_libraries(monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "pip_audit", None)
        with pytest.raises(NoAudit, match=r"nb2prod\[audit\]"):
            sbom(project, audited=True)
    monkeypatch.setitem(sys.modules, "cyclonedx", None)
    with pytest.raises(NoBillOfMaterials, match=r"nb2prod\[sbom\]"):
        sbom(project)
