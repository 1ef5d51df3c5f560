from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nb2prod.environment.model import Lock, SystemPackage, TorchBuild
from nb2prod.migration import Migration
from nb2prod.project.parts import docker
from nb2prod.project.titles import title
from nb2prod.version import __version__

MakeMigration = Callable[..., Migration]


def instructions(dockerfile: str) -> list[str]:
    """The instructions as Docker sees them: comments gone, continued lines joined."""
    lines = [line for line in dockerfile.splitlines() if not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [" ".join(line.split()) for line in joined.splitlines() if line.strip()]


def labels(dockerfile: str) -> dict[str, str]:
    """The labels with their values as written, the quotes taken off."""
    [line] = [line for line in instructions(dockerfile) if line.startswith("LABEL ")]
    found = re.findall(r'([\w.]+)=(?:"((?:[^"\\]|\\.)*)"|(\S+))', line)
    return {key: re.sub(r"\\(.)", r"\1", quoted) or bare for key, quoted, bare in found}


def lint(dockerfile: str, directory: Path) -> str:
    path = directory / "Dockerfile"
    path.write_text(dockerfile, encoding="utf-8")
    hadolint = Path(sysconfig.get_path("scripts")) / "hadolint"
    # Default settings: no configuration file is read from this directory.
    done = subprocess.run(
        [hadolint, "--no-color", path.name],
        cwd=directory,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == (1 if done.stdout else 0), done.stderr
    return done.stdout


CASES: dict[str, dict[str, object]] = {
    "as small as can be": {},
    "with system packages": {"system_packages": ("ffmpeg", "g++", "libgl1:amd64", "graphviz=2.4")},
    "from a repository": {"vcs": (f"git+https://example.invalid/a/b@{'0' * 40}",)},
    "with all directories": {
        "data_directory": "data_dir",
        "work_directory": "work_dir",
        "output_directory": "output_dir",
    },
    "for a CPU": {"image": "python:3.12.4-slim-bookworm", "cuda": None},
    "with a digest": {"image": f"nvidia/cuda:12.1.1-base-ubuntu22.04@sha256:{'0' * 64}"},
    "with a hostile title": {"title": "a\" \\ $(id) ${PATH} `id` '#"},
}


@pytest.mark.parametrize("case", CASES)
def test_hadolint_finds_nothing(make_migration: MakeMigration, tmp_path: Path, case: str) -> None:
    dockerfile = docker.files(make_migration(**CASES[case]))["Dockerfile"]
    assert lint(dockerfile, tmp_path) == ""
    assert re.findall("hadolint ignore=(.*)", dockerfile) == ["DL3008"]


def test_hadolint_finds_nothing_in_hostile_text(
    hostile_migration: Migration, tmp_path: Path
) -> None:
    assert lint(docker.files(hostile_migration)["Dockerfile"], tmp_path) == ""


LOCKED = Lock("locked", complete=True, hashed=True, text="numpy==1.26.4\n")
LOCKS: dict[str, tuple[Lock, dict[str, Any]]] = {
    "complete": (LOCKED, {}),
    "not complete": (dataclasses.replace(LOCKED, complete=False), {}),
    "with sources": (
        dataclasses.replace(
            LOCKED,
            exclude_newer="2024-06-12T00:00:00Z",
            from_source=("docopt",),
            compiles=True,
            versions={"torch": "2.3.0+cu118", "docopt": "0.6.2"},
        ),
        {"torch_build": TorchBuild("11.8", "cu118", ())},
    ),
    "with a repository": (LOCKED, {"vcs": (f"git+https://example.invalid/a/b@{'0' * 40}",)}),
}


@pytest.mark.parametrize(
    ("case", "wanted"),
    [
        ("complete", ["uv pip install --python P --require-hashes -r requirements.lock"]),
        ("not complete", ["uv pip install --python P -r requirements.lock"]),
        (
            "with sources",
            [
                (
                    "uv pip install --python P --require-hashes ${TORCH_BACKEND:+--torch-backend"
                    ' "${TORCH_BACKEND}"} --exclude-newer 2024-06-12T00:00:00Z'
                    " --exclude-newer-package torch=false --exclude-newer-package torchvision=false"
                    " --exclude-newer-package torchaudio=false -r requirements.lock"
                )
            ],
        ),
        (
            "with a repository",
            [
                "uv pip install --python P --require-hashes -r requirements.lock",
                "uv pip install --python P --no-deps -r requirements-vcs.lock",
            ],
        ),
    ],
)
def test_the_lock_is_what_is_installed(
    make_migration: MakeMigration, tmp_path: Path, case: str, wanted: list[str]
) -> None:
    lock, facts = LOCKS[case]
    migration = make_migration(vcs=facts.get("vcs", ()))
    environment = dataclasses.replace(migration.environment, **facts)
    migration = dataclasses.replace(migration, lock=lock, environment=environment)
    dockerfile = docker.files(migration)["Dockerfile"]
    assert lint(dockerfile, tmp_path) == ""
    [install] = [line for line in instructions(dockerfile) if "uv pip install" in line]
    commands = [part.strip() for part in install.split("&&") if "uv pip install" in part]
    shown = [one.replace("/opt/venv/bin/python", "P").replace("/build/", "") for one in commands]
    assert shown == wanted
    assert ("build-essential" in dockerfile) == lock.compiles


def test_hadolint_is_asked(make_migration: MakeMigration, tmp_path: Path) -> None:
    dockerfile = docker.files(make_migration())["Dockerfile"]
    assert "DL3008" in lint(dockerfile.replace("# hadolint ignore=DL3008\n", ""), tmp_path)


def test_the_reason_of_the_exception_stands_above_it(make_migration: MakeMigration) -> None:
    lines = docker.files(make_migration())["Dockerfile"].splitlines()
    place = lines.index("# hadolint ignore=DL3008")
    assert lines[place - 1].startswith("# No versions: ")
    assert lines[place + 1].startswith("RUN apt-get update")


def test_the_order_of_the_instructions(make_migration: MakeMigration) -> None:
    found = instructions(docker.files(make_migration())["Dockerfile"])
    assert found[:5] == [
        "ARG BASE_IMAGE=nvidia/cuda:12.1.1-base-ubuntu22.04",
        "ARG UV_IMAGE=ghcr.io/astral-sh/uv:0.13.8",
        "FROM ${UV_IMAGE} AS uv",
        "FROM ${BASE_IMAGE} AS system",
        (
            "RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install"
            " --no-install-recommends -y ca-certificates && rm -rf /var/lib/apt/lists/*"
        ),
    ]
    build = found[found.index("FROM system AS build") : found.index("FROM system")]
    assert "ARG PYTHON_VERSION=3.12.4" in build
    assert build[-1] == (
        'RUN mkdir -p "${UV_PYTHON_INSTALL_DIR}" && uv venv --python "${PYTHON_VERSION}" /opt/venv'
        " && uv pip install --python /opt/venv/bin/python -r /build/requirements.lock"
    )
    assert not any("src" in line for line in build), "code after the dependencies"
    final = found[found.index("FROM system") :]
    assert final[-4:-1] == [
        (
            "ENV HOME=/home/app LOGNAME=app USER=app PATH=/opt/venv/bin:${PATH}"
            " PYTHONPATH=/app/src PYTHONUNBUFFERED=1"
        ),
        "WORKDIR /work",
        "USER 10001:10001",
    ]
    assert "COPY src /app/src" in final
    text = "\n".join(found)
    assert "--mount" not in text
    assert "latest" not in text


@pytest.mark.parametrize(
    ("reference", "digest", "base"),
    [
        ("nvidia/cuda:12.1.1-base", None, "nvidia/cuda:12.1.1-base"),
        ("nvidia/cuda:12.1.1-base", "sha256:01", "nvidia/cuda:12.1.1-base@sha256:01"),
        ("nvidia/cuda:12.1.1-base@sha256:02", None, "nvidia/cuda:12.1.1-base@sha256:02"),
        ("nvidia/cuda:12.1.1-base@sha256:02", "sha256:02", "nvidia/cuda:12.1.1-base@sha256:02"),
    ],
)
def test_the_base_is_pinned_to_its_digest(
    make_migration: MakeMigration, reference: str, digest: str | None, base: str
) -> None:
    migration = make_migration(image=reference)
    image = dataclasses.replace(migration.environment.base_image, digest=digest)
    environment = dataclasses.replace(migration.environment, base_image=image)
    dockerfile = docker.files(dataclasses.replace(migration, environment=environment))["Dockerfile"]
    assert instructions(dockerfile)[0] == f"ARG BASE_IMAGE={base}"


def test_the_entry_point_is_json(churn_migration: Migration) -> None:
    [line] = [
        line.removeprefix("ENTRYPOINT ")
        for line in instructions(docker.files(churn_migration)["Dockerfile"])
        if line.startswith("ENTRYPOINT ")
    ]
    assert json.loads(line)[0] == "/bin/sh"


@pytest.mark.parametrize(
    ("given", "run"),
    [
        ([], ["-m", "customer_churn_v2"]),
        (["--depth", "2"], ["-m", "customer_churn_v2", "--depth", "2"]),
        (["--name", "a  b $HOME"], ["-m", "customer_churn_v2", "--name", "a  b $HOME"]),
        (
            ["python", "-m", "customer_churn_v2", "--depth", "2"],
            ["-m", "customer_churn_v2", "--depth", "2"],
        ),
        (["python", "-c", "print(1)"], ["-c", "print(1)"]),
    ],
)
def test_the_entry_point_takes_options_or_a_command(
    churn_migration: Migration, tmp_path: Path, given: list[str], run: list[str]
) -> None:
    [line] = [
        line.removeprefix("ENTRYPOINT ")
        for line in instructions(docker.files(churn_migration)["Dockerfile"])
        if line.startswith("ENTRYPOINT ")
    ]
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n", encoding="utf-8")
    program.chmod(0o755)
    done = subprocess.run(
        [*json.loads(line), *given],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout.splitlines() == run


def test_directories_are_made_and_named(make_migration: MakeMigration) -> None:
    migration = make_migration(**CASES["with all directories"])
    text = "\n".join(instructions(docker.files(migration)["Dockerfile"]))
    assert "DATA_DIR=/data OUTPUT_DIR=/outputs" in text
    assert "WORK_DIR" not in text
    assert "-m 1777 /home/app /data /outputs /work" in text


def test_names_of_packages_are_installed(make_migration: MakeMigration) -> None:
    names = ("ffmpeg", "g++", "libgl1:amd64", "graphviz=2.42.2-7~deb12u1", "ffmpeg")
    packages, left_out = docker.system_packages(make_migration(system_packages=names))
    assert packages == sorted({"ca-certificates", *names})
    assert left_out == []


@pytest.mark.parametrize(
    "name", ["-o=Dir::Etc=/x", "curl-", "a b", "ab;cd", "$(id)", "Abc", "", "a", "ab\ncd", "ab=1=2"]
)
def test_other_names_are_left_out_and_said_so(make_migration: MakeMigration, name: str) -> None:
    migration = make_migration(system_packages=(name,))
    assert docker.system_packages(migration) == (["ca-certificates"], [name])
    text = docker.files(migration)["Dockerfile"]
    said = f"# Left out, because it is not the name of a package: {' '.join(name.split())}".rstrip()
    assert said in [line.rstrip() for line in text.splitlines()]
    assert instructions(text) == instructions(docker.files(make_migration())["Dockerfile"])


def test_git_is_there_for_repositories(make_migration: MakeMigration) -> None:
    assert docker.system_packages(make_migration(**CASES["from a repository"]))[0] == [
        "ca-certificates",
        "git",
    ]


def test_labels(churn_migration: Migration, hostile_migration: Migration) -> None:
    for migration in (churn_migration, hostile_migration):
        assert labels(docker.files(migration)["Dockerfile"]) == {
            "org.opencontainers.image.title": title(migration.notebook),
            "org.opencontainers.image.base.name": "${BASE_IMAGE}",
            "nb2prod.notebook.sha256": migration.notebook.sha256,
            "nb2prod.version": __version__,
        }


def test_hostile_names_add_no_instruction(
    hostile_migration: Migration, make_migration: MakeMigration
) -> None:
    def kinds(migration: Migration) -> list[str]:
        text = docker.files(migration)["Dockerfile"]
        return [line.split()[0] for line in instructions(text)]

    environment = dataclasses.replace(
        hostile_migration.environment, system_packages=(SystemPackage("ffmpeg", ()),)
    )
    tame = dataclasses.replace(hostile_migration, environment=environment)
    assert kinds(hostile_migration) == kinds(tame) == kinds(make_migration())


def test_only_what_the_image_is_made_of_is_sent(make_migration: MakeMigration) -> None:
    ignore = docker.files(make_migration())[".dockerignore"].splitlines()
    patterns = [line for line in ignore if not line.startswith("#")]
    assert patterns == ["*", "!requirements.lock", "!src", "**/__pycache__"]
    dockerfile = "\n".join(instructions(docker.files(make_migration())["Dockerfile"]))
    copied = re.findall(r"COPY (?!--from)(\S+)", dockerfile)
    assert [f"!{name}" for name in copied] == patterns[1:3]
