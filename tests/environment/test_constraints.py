"""Markers and constraints: what holds at all, and what only chooses versions."""

from __future__ import annotations

import pytest

from nb2prod.analysis.facts import Import, Install
from nb2prod.data.runtimes import Runtime
from nb2prod.environment.constraints import constrained, holding
from nb2prod.environment.resolve import Resolution, resolve
from nb2prod.location import Location

RUNTIME = Runtime(
    name="colab-test",
    date="2026-01-01",
    python="3.12.1",
    ubuntu="22.04",
    variant="main",
    commit="0",
    packages={"pandas": "2.2.2", "numpy": "2.0.2"},
    unservable={},
)
HERE, THERE = Location(1), Location(2, 3)


def resolved(asked: str, limits: str) -> Resolution:
    installs = [Install("pip", tuple(asked.split()), HERE)] if asked else []
    installs.append(Install("pip", (), THERE, constraints=tuple(limits.split())))
    found = resolve([Import("pandas", HERE)], installs, RUNTIME)
    return constrained(found, installs, RUNTIME)


@pytest.mark.parametrize(
    ("asked", "limits", "pins"),
    [
        ("", "pandas==2.1.0", ["pandas==2.1.0"]),
        ("", "pandas<3", ["pandas==2.2.2"]),
        # It installs nothing.
        ("", "numpy==1.26.4", ["pandas==2.2.2"]),
        ("numpy", "numpy==1.26.4", ["numpy==1.26.4", "pandas==2.2.2"]),
        ("numpy>=1.25", "numpy==1.26.4", ["numpy==1.26.4", "pandas==2.2.2"]),
        ("numpy==2.0.1", "numpy==1.26.4", ["numpy==2.0.1", "pandas==2.2.2"]),
        ("pandas[excel]", "pandas==2.1.0", ["pandas[excel]==2.1.0"]),
        ("", "pandas", ["pandas==2.2.2"]),
    ],
)
def test_constraints_choose_versions(asked: str, limits: str, pins: list[str]) -> None:
    found = resolved(asked, limits)
    assert [pin.requirement for pin in found.pins] == pins
    [dependency] = found.dependencies
    [pandas] = [pin for pin in found.pins if pin.name == "pandas"]
    assert dependency.version == pandas.version


def test_the_constraint_is_the_evidence_and_the_rest_stays() -> None:
    [pin] = resolved("", "pandas==2.1.0").pins
    assert (pin.evidence[0].kind, pin.evidence[0].detail) == ("pinned", "pandas==2.1.0")
    assert pin.evidence[0].location == THERE
    assert [one.conflict for one in pin.evidence] == [False, True]


def test_a_constraint_that_forbids_what_is_asked_for_is_noted() -> None:
    [note] = resolved("pandas==2.2.2", "pandas<2").attention
    assert note.reason == "pandas==2.2.2 is asked for, which the constraint pandas<2 forbids"
    assert note.location == THERE


@pytest.mark.parametrize(
    ("requirement", "python", "holds"),
    [
        ("a", "3.12.1", True),
        ("a; python_version < '3.11'", "3.12.1", False),
        ("a; python_version < '3.11'", "3.10.4", True),
        ("a; python_full_version >= '3.12.1'", "3.12.1", True),
        ("a; sys_platform == 'win32'", "3.12.1", False),
        ("a; platform_system == 'Linux' and extra == ''", "3.12", True),
        ("a>=1; implementation_name != 'cpython'", "3.12.1", False),
        ("git+https://host.invalid/a", "3.12.1", True),
    ],
)
def test_markers(requirement: str, python: str, holds: bool) -> None:
    install = Install("pip", (requirement,), HERE, constraints=(requirement,))
    [found] = holding([install], python)
    kept = (requirement,) if holds else ()
    assert (found.requirements, found.constraints) == (kept, kept)
