"""`nb2prod sbom` where it cannot do anything: exit code 2, and what it needs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import nb2prod
from nb2prod.cli import main
from nb2prod.container.contents.audit import OSV, Audit, NoAudit, Vulnerability
from nb2prod.container.contents.sbom import BillOfMaterials, NoBillOfMaterials, sbom
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
        ([], ["No engine answers at unix:///nowhere.sock, which the variable DOCKER_HOST names"]),
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


FOUND = Vulnerability("web", "1.0", "PYSEC-1", (), ("1.1",), "")
ASKED = "system packages were not asked about"


@pytest.mark.parametrize(
    ("audit", "code", "lines"),
    [
        (
            Audit(OSV, 2, (), (), ()),
            0,
            [f"0 known vulnerabilities in 0 of 2 Python packages, says OSV; {ASKED}"],
        ),
        (
            Audit(OSV, 2, (FOUND,), (), ()),
            1,
            [
                f"1 known vulnerability in 1 of 2 Python packages, says OSV; {ASKED}",
                "  web 1.0  PYSEC-1  fixed in 1.1",
            ],
        ),
        # What was not asked about may be vulnerable.
        (
            Audit(OSV, 5, (), (), ("a x", "b y")),
            1,
            [
                f"0 known vulnerabilities in 0 of 5 Python packages, says OSV; {ASKED}",
                "not asked about, for want of a valid name and version, 2 of 7: a x, b y",
            ],
        ),
        (Audit(OSV, 0, (), (), ()), 0, [f"there was no Python package to ask about; {ASKED}"]),
        (
            Audit(OSV, 0, (), (), ("a x",)),
            1,
            [
                f"no Python package could be asked about; {ASKED}",
                "not asked about, for want of a valid name and version, 1 of 1: a x",
            ],
        ),
    ],
)
def test_what_an_audit_comes_to(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    audit: Audit,
    code: int,
    lines: list[str],
) -> None:
    bill = BillOfMaterials("", audit, None, ())
    monkeypatch.setattr("nb2prod.cli.sbom.sbom", lambda *_, **__: bill)
    assert main(["sbom", "--audit"]) == code
    assert capsys.readouterr().err.splitlines() == lines
