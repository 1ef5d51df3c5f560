"""The real docker-compose (1.29, in Python) reads what was meant; it asks no engine for that."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import nb2prod
from nb2prod.analysis.facts import Parameter, Secret, Service
from nb2prod.location import Location
from nb2prod.migration import Migration
from nb2prod.project.targets import compose
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import workload

pytestmark = pytest.mark.docker

MakeMigration = Callable[..., Migration]
ReadBack = Callable[..., dict[str, Any]]

EXAMPLES = sorted(Path(__file__).parents[4].glob("examples/*/*.ipynb"))
PLACE = Location(3, 1)
IDS = {"PUID": "12345", "PGID": "54321"}
# Nothing of it is to be put in, expanded or read as anything but text.
VALUES = (
    *("$", "$$", "$HOME", "${HOME}", "${HOME:-x}", "${NOT_THERE:?x}", "$(id)", "`id`", "%"),
    *("on", "null", "1e3", "0x1f", "*a", "&a", "{{ a }}", "a\nb: c", "a #b"),
    *("'", '"', "\\", "é🎉\u2028", ""),
)


@pytest.fixture
def read_back(tmp_path: Path) -> ReadBack:
    """Gives the one service of `docker-compose config`, with its texts as a container has them."""
    program = shutil.which("docker-compose")
    if program is None:
        pytest.skip("docker-compose is not installed (Debian's package of that name)")

    def read(files: Mapping[str, str], env: Mapping[str, str], dotenv: str = "") -> dict[str, Any]:
        (tmp_path / "compose.yaml").write_text(files["compose.yaml"], encoding="utf-8")
        (tmp_path / ".env").write_text(dotenv, encoding="utf-8")
        done = subprocess.run(
            [program, "--file", "compose.yaml", "config"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8", **env},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        [service] = yaml.safe_load(done.stdout)["services"].values()
        found: dict[str, Any] = unescaped(service)
        return found

    return read


def unescaped(value: Any) -> Any:
    """`config` writes a file that can be read again, with `$$` for `$`."""
    if isinstance(value, dict):
        return {key: unescaped(one) for key, one in value.items()}
    if isinstance(value, list):
        return [unescaped(one) for one in value]
    return value.replace("$$", "$") if isinstance(value, str) else value


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples(path: Path, read_back: ReadBack, tmp_path: Path) -> None:
    migration = nb2prod.plan(nb2prod.read(path), nb2prod.Options(lock="never"))
    meant = workload(migration)
    given = {one.name: "a$b${c}" for one in meant.secrets}
    found = read_back(compose.files(migration), IDS | given)
    assert found["command"] == list(meant.command)
    assert found["image"] == migration.image
    assert found["user"] == "12345:54321"
    assert found.get("environment", {}) == given
    sources = {one["target"]: one["source"] for one in found["volumes"]}
    for volume in meant.volumes:
        assert sources[volume.path] == str(tmp_path / volume.local)
    if meant.gpu is not None:
        [device] = found["deploy"]["resources"]["reservations"]["devices"]
        assert device == {"driver": "nvidia", "count": meant.gpu.count, "capabilities": ["gpu"]}


def test_hostile_values(make_migration: MakeMigration, read_back: ReadBack) -> None:
    migration = make_migration(
        parameters=tuple(
            Parameter(f"p{number}", kind, value, PLACE)
            for kind in ("string", "raw")
            for number, value in enumerate(VALUES)
        ),
        secrets=(Secret("TOKEN", PLACE), Secret("MAYBE", PLACE, required=False)),
    )
    variables = {f"V{number}": value for number, value in enumerate(VALUES)}
    path = "/" + "".join(VALUES)
    service = Service("gradio", 7860, PLACE, tuple(variables.items()), health=path)
    facts = dataclasses.replace(migration.facts, service=service)
    served = dataclasses.replace(migration, facts=facts)
    found = read_back(compose.files(served), IDS | {"TOKEN": "${HOME}$$x"})
    assert found["command"] == list(workload(served).command)
    assert len(found["command"]) > 2 * len(VALUES)
    assert found["environment"] == {"TOKEN": "${HOME}$$x", "MAYBE": None, **variables}
    assert found["healthcheck"]["test"][-1] == f"http://127.0.0.1:7860{path}"
    assert found["ports"] == ["127.0.0.1:7860:7860/tcp"]


def test_secrets_come_from_the_shell_or_from_the_file(
    make_migration: MakeMigration, read_back: ReadBack
) -> None:
    migration = make_migration(
        secrets=(Secret("TOKEN", PLACE), Secret("MAYBE", PLACE, required=False))
    )
    files = compose.files(migration, Settings(timeout=60))
    dotenv = "PUID=1\nPGID=2\nTOKEN='a$b #c'\nMAYBE=d\n"
    found = read_back(files, {}, dotenv)
    assert found["environment"] == {"TOKEN": "a$b #c", "MAYBE": "d"}
    assert found["user"] == "1:2"
    assert read_back(files, {"TOKEN": "shell"}, dotenv)["environment"]["TOKEN"] == "shell"


@pytest.mark.parametrize("missing", ["TOKEN", "PUID", "PGID"])
@pytest.mark.parametrize("empty", [False, True])
def test_what_is_missing_is_asked_for_by_name(
    make_migration: MakeMigration, read_back: ReadBack, missing: str, empty: bool
) -> None:
    files = compose.files(make_migration(secrets=(Secret("TOKEN", PLACE),)))
    given = {**IDS, "TOKEN": "x"}
    del given[missing]
    with pytest.raises(RuntimeError, match=f"{missing} is missing, put it into .env"):
        read_back(files, given, f"{missing}=\n" if empty else "")
