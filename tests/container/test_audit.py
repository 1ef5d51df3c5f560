"""pip-audit asks a service on this machine's loopback."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from nb2prod.container.contents.audit import CannotAudit, NoAudit, audit
from tests.container.osv import Manner, serving
from tests.container.roots import distribution

pytestmark = pytest.mark.slow

VULNERABLE = distribution("Demo.Vulnerable", "1.0+cu121")


def test_what_is_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Names as indexes have them, versions without their local part, two versions of one name; the
    user's own settings of pip-audit and modules in the directory have no say.
    """
    monkeypatch.setenv("PIP_AUDIT_FORMAT", "markdown")
    monkeypatch.setenv("PIP_AUDIT_OUTPUT", str(tmp_path / "elsewhere"))
    (tmp_path / "requests.py").write_text("raise SystemExit(7)", "utf-8")
    monkeypatch.chdir(tmp_path)
    distributions = [
        VULNERABLE,
        distribution("demo-vulnerable", "1.1"),
        distribution("demo_vulnerable", "1.0"),
        distribution("fine", "2!1.0rc1"),
        distribution("bad name\x1b", "1"),
        distribution("--index-url", "1"),
        distribution("x", "1 --hash=a"),
    ]
    with serving() as service:
        found = audit(distributions, service.url)
    assert sorted(service.asked) == [
        ("demo-vulnerable", "1.0"),
        ("demo-vulnerable", "1.1"),
        ("fine", "2!1.0rc1"),
    ]
    assert found.asked == 3
    (one,) = found.found
    assert (one.package, one.asked, one.fixed) == ("demo-vulnerable", "1.0", ("1.1",))
    assert {one.identifier, *one.aliases} == {"GHSA-demo-demo-demo", "CVE-1999-0001"}
    assert "\x1b" not in one.description
    assert found.shortened == ("Demo.Vulnerable 1.0+cu121",)
    assert found.left_out == ("--index-url 1", "bad name 1", "x 1 --hash=a")


def test_what_cannot_be_asked_about_is_counted() -> None:
    assert audit([]).share == "0"
    assert audit([distribution("bad name")]).share == "0 of 1"
    with serving() as service:
        assert audit([VULNERABLE], service.url).share == "1"
        assert audit([VULNERABLE, distribution("a", "x")], service.url).share == "1 of 2"


@pytest.mark.parametrize("manner", ["garbage", "unknown-schema", "no-json", "refusing", "slow"])
def test_a_service_that_does_not_answer_well_says_nothing(manner: Manner) -> None:
    with serving(manner) as service, pytest.raises(CannotAudit, match="nothing is known"):
        audit([VULNERABLE, distribution("fine")], service.url, seconds=1)
    assert service.asked


def test_a_service_that_is_down() -> None:
    with serving() as service:
        url = service.url.replace("//", "//user:word@")
    with pytest.raises(CannotAudit) as raised:
        audit([VULNERABLE], url)
    assert "word" not in str(raised.value)
    assert service.url in str(raised.value)


def test_without_pip_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pip_audit", None)
    with pytest.raises(NoAudit, match=r"install nb2prod\[audit\]"):
        audit([VULNERABLE])
