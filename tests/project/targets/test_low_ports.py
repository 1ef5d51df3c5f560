"""Ports on which only root may serve, as a machine is set by itself: what each target does."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

import pytest
import yaml

from nb2prod.analysis.facts import Service
from nb2prod.errors import InvalidSpec
from nb2prod.location import Location
from nb2prod.migration import Migration
from nb2prod.project.targets import compose, gradient, kubernetes, skypilot
from nb2prod.project.targets.low_ports import SYSCTL
from nb2prod.project.targets.target import DEFAULT, Target

MakeMigration = Callable[..., Migration]

PLACE = Location(3, 1)
TASK, PAPERSPACE = (f"deploy/skypilot/{name}.yaml" for name in ("task", "paperspace"))
# A target, its file, whether it listens to its own machine alone, and what the file says.
SAID: list[tuple[Target, str, bool, str]] = [
    (compose, "compose.yaml", False, f"sysctls:\n      {SYSCTL}: '0'\n"),
    (compose, "compose.yaml", True, f"#   sysctl --write {SYSCTL}=80\n"),
    (gradient, "deploy/gradient/deployment.yaml", False, "# Port 80 is one that, on many machines"),
    (kubernetes, "deploy/kubernetes/deployment.yaml", False, f"- name: {SYSCTL}\n"),
    (skypilot, PAPERSPACE, False, f"#   sudo sysctl --write {SYSCTL}=80\n"),
    (skypilot, PAPERSPACE, True, "`ssh -L 8080:localhost:80 tiny`"),
]


def serving(make: MakeMigration, port: int, local: bool) -> Migration:
    migration = make()
    service = Service("flask", port, PLACE, local=local)
    facts = dataclasses.replace(migration.facts, service=service)
    return dataclasses.replace(migration, facts=facts)


@pytest.mark.parametrize(("target", "path", "local", "said"), SAID)
def test_what_is_said_and_done(
    make_migration: MakeMigration, target: Target, path: str, local: bool, said: str
) -> None:
    files = target.files(serving(make_migration, 80, local), DEFAULT)
    target.validate(files, DEFAULT)
    assert said in files[path]
    above = target.files(serving(make_migration, 1024, local), DEFAULT)[path]
    assert SYSCTL not in above
    assert "# Port 1024 is one" not in above
    assert "ssh -L 9024" not in above


def test_the_image_runs_as_root_with_skypilot(make_migration: MakeMigration) -> None:
    assert "Only root" not in skypilot.files(serving(make_migration, 80, False))[TASK]


def test_compose_sets_no_sysctl_of_the_machine(make_migration: MakeMigration) -> None:
    [text] = compose.files(serving(make_migration, 80, True)).values()
    [service] = yaml.safe_load(text)["services"].values()
    assert service["network_mode"] == "host"
    assert "sysctls" not in service
    bad = text.replace(
        "network_mode: host", f"network_mode: host\n    sysctls:\n      {SYSCTL}: '0'"
    )
    with pytest.raises(InvalidSpec, match=re.escape("$.services.tiny.sysctls: the machine's own")):
        compose.validate({"compose.yaml": bad})
