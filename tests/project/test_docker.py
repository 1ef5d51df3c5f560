from __future__ import annotations

import dataclasses
import json
import re
import shlex
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nb2prod.analysis.facts import Service
from nb2prod.environment.model import Lock, SystemPackage, TorchBuild
from nb2prod.location import Location
from nb2prod.migration import Migration
from nb2prod.project.parts import docker
from nb2prod.project.parts.image_packages import image_packages
from nb2prod.project.parts.readme import readme
from nb2prod.project.titles import title
from nb2prod.version import __version__
from tests.analysis.test_clones import migration as plan_of

MakeMigration = Callable[..., Migration]
Start = Callable[..., list[str]]


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


REPOSITORY = f"git+https://example.invalid/a/b@{'0' * 40}"
CASES: dict[str, dict[str, object]] = {
    "as small as can be": {},
    "with system packages": {"system_packages": ("ffmpeg", "g++", "libgl1:amd64", "graphviz=2.4")},
    "from a repository": {"vcs": (REPOSITORY,)},
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
    assert set(re.findall("hadolint ignore=(.*)", dockerfile)) == {"DL3008", "SC2016"}


def test_hadolint_finds_nothing_in_hostile_text(
    hostile_migration: Migration, tmp_path: Path
) -> None:
    assert lint(docker.files(hostile_migration)["Dockerfile"], tmp_path) == ""


CLEANED = (
    "rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/fontconfig/* /var/cache/ldconfig/*"
    " /var/cache/debconf/*-old /var/lib/dpkg/*-old && find /var/log -type f -delete"
)
COMPILED = "PYTHONHASHSEED=0 /opt/venv/bin/python -m compileall -qq --invalidation-mode"
PROBED = ["http://127.0.0.1:8501/_stcore/health"]
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
    "with a repository": (LOCKED, {"vcs": (REPOSITORY,)}),
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
    parts = install.removeprefix("RUN ").split("&&")
    commands = [part.strip() for part in parts if "uv pip install" in part]
    shown = [one.replace("/opt/venv/bin/python", "P").replace("/build/", "") for one in commands]
    assert shown == wanted
    assert ("build-essential" in dockerfile) == lock.compiles


def test_hadolint_is_asked(make_migration: MakeMigration, tmp_path: Path) -> None:
    dockerfile = docker.files(make_migration())["Dockerfile"]
    assert "DL3008" in lint(dockerfile.replace("# hadolint ignore=DL3008\n", ""), tmp_path)


def test_the_reason_of_an_exception_stands_above_it(make_migration: MakeMigration) -> None:
    migration = with_packages(make_migration(vcs=(REPOSITORY,)), build=("libcairo2-dev",))
    lines = docker.files(migration)["Dockerfile"].splitlines()
    places = [number for number, line in enumerate(lines) if "hadolint ignore" in line]
    assert len(places) == 4
    for place in places:
        assert lines[place - 1].startswith("# ")
        assert lines[place + 1].startswith("RUN ")


def test_the_order_of_the_instructions(make_migration: MakeMigration) -> None:
    found = instructions(docker.files(make_migration())["Dockerfile"])
    assert found[:6] == [
        "ARG BASE_IMAGE=nvidia/cuda:12.1.1-base-ubuntu22.04",
        "ARG UV_IMAGE=ghcr.io/astral-sh/uv:0.13.8",
        "ARG PYTHON_VERSION=3.12.4",
        "FROM ${UV_IMAGE} AS uv",
        "FROM ${BASE_IMAGE} AS system",
        (
            "RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install"
            f" --no-install-recommends -y ca-certificates && {CLEANED}"
        ),
    ]
    build = found[found.index("FROM system AS build") : found.index("FROM build AS program")]
    assert build[-3].startswith('RUN mkdir -p "${UV_PYTHON_INSTALL_DIR}" && uv venv --python ')
    assert build[-2:] == [
        "COPY requirements.lock /build/",
        (
            "RUN uv pip install --python /opt/venv/bin/python -r /build/requirements.lock"
            f" && {{ {COMPILED} unchecked-hash /opt/venv/lib || true; }}"
            ' && rm -f /opt/venv/.lock "${UV_PYTHON_INSTALL_DIR}/.lock"'
        ),
    ]
    assert not any("src" in line for line in build), "code after the dependencies"
    program = found[found.index("FROM build AS program") : found.index("FROM system")]
    assert program[1:] == [
        "COPY src /app/src",
        (f"RUN chmod -R u=rwX,go=rX /app/src && {{ {COMPILED} checked-hash /app/src || true; }}"),
    ]
    final = found[found.index("FROM system") :]
    place = final.index("COPY --from=program /app/src /app/src")
    assert final[place - 2 : place] == [
        (
            "ENV HOME=/home/app LOGNAME=app USER=app PATH=/opt/venv/bin:${PATH}"
            " PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/app/src PYTHONUNBUFFERED=1"
        ),
        "WORKDIR /work",
    ]
    # No layer comes after the program's, and the notebook's hash stands in none before it.
    after = [line.split()[0] for line in final[place + 1 :]]
    assert after == ["ARG", "ARG", "LABEL", "USER", "ENTRYPOINT"]
    assert not any("sha256" in line for line in final[:place])
    text = "\n".join(found)
    assert "--mount" not in text
    assert "latest" not in text


def run_in_shell(
    dockerfile: str, fragment: str, program: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run the part of the `RUN` that holds a text with a shell, with `program` for the command."""
    [line] = [line for line in instructions(dockerfile) if fragment in line]
    [part] = [part for part in line.removeprefix("RUN ").split(" && ") if fragment in part]
    return subprocess.run(
        ["/bin/sh", "-c", f"{program}\n{part}"],
        env={"PATH": "/usr/bin:/bin", **variables},
        capture_output=True,
        check=False,
        text=True,
    )


@pytest.mark.parametrize(
    ("wanted", "found", "fits"),
    [
        ("3.12.4", "3.12.4", True),
        ("3.12", "3.12.4", True),
        ("3.12.4", "3.12.13", False),
        ("3.1", "3.12.4", False),
        ("3.12.1", "3.12.13", False),
        ("3.*", "3.12.4", False),
    ],
)
def test_another_python_ends_the_build(
    make_migration: MakeMigration, wanted: str, found: str, fits: bool
) -> None:
    dockerfile = docker.files(make_migration())["Dockerfile"]
    done = run_in_shell(dockerfile, 'case "${found}."', f"found={found}", PYTHON_VERSION=wanted)
    assert (done.returncode == 0) == fits
    said = f"This image is to have Python {wanted}, and uv found {found}.\n"
    assert done.stderr == ("" if fits else said)


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
    pinned = base.partition("@")[2]
    assert (f"ARG BASE_DIGEST={pinned}" in dockerfile) == bool(pinned)
    found = labels(dockerfile).get("org.opencontainers.image.base.digest")
    assert found == ("${BASE_DIGEST}" if pinned else None)


def start_script(dockerfile: str) -> str:
    """The script that a container runs first."""
    assert instructions(dockerfile)[-1] == 'ENTRYPOINT ["/app/start"]'
    [line] = [line for line in dockerfile.replace("\\\n", " ").splitlines() if "printf" in line]
    words = shlex.split(line)
    first = words.index("%s\\n") + 1
    end = words.index(">")
    assert words[end + 1] == "/app/start"
    return "\n".join(words[first:end]) + "\n"


@pytest.fixture
def start(churn_migration: Migration, tmp_path: Path) -> Start:
    """Runs the script with `python` that prints what it is given, in directories of its own."""
    script = tmp_path / "start"
    script.write_text(start_script(docker.files(churn_migration)["Dockerfile"]), encoding="utf-8")
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n", encoding="utf-8")
    program.chmod(0o755)
    (tmp_path / "home").mkdir()
    (tmp_path / "work").mkdir()

    def run(*words: str, **variables: str) -> list[str]:
        done = subprocess.run(
            ["/bin/sh", script, *words],
            cwd=tmp_path / "work",
            env={
                "PATH": f"{tmp_path}:/usr/bin:/bin",
                "HOME": str(tmp_path / "home"),
                "TMPDIR": str(tmp_path),
                **variables,
            },
            capture_output=True,
            check=True,
            text=True,
        )
        assert done.stderr == ""
        return done.stdout.splitlines()

    return run


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
    start: Start, given: list[str], run: list[str]
) -> None:
    assert start(*given) == run


SHOW = ("sh", "-c", 'pwd; echo "$HOME"; echo "$TMPDIR"')


def test_where_everything_can_be_written_nothing_is_moved(start: Start, tmp_path: Path) -> None:
    assert start(*SHOW) == [str(tmp_path / "work"), str(tmp_path / "home"), str(tmp_path)]
    assert not list((tmp_path / "work").iterdir())


def test_what_cannot_be_written_is_elsewhere(start: Start, tmp_path: Path) -> None:
    work, home, scratch = start(*SHOW, HOME="/proc", TMPDIR="/proc")
    assert (work, scratch) == (str(tmp_path / "work"), "/dev/shm")
    assert Path(home).parent == Path("/dev/shm")
    Path(home).rmdir()


def test_directories_are_made_and_named(make_migration: MakeMigration) -> None:
    migration = make_migration(**CASES["with all directories"])
    text = "\n".join(instructions(docker.files(migration)["Dockerfile"]))
    assert "DATA_DIR=/data OUTPUT_DIR=/outputs" in text
    assert "WORK_DIR" not in text
    assert "-m 1777 /home/app /data /outputs /work" in text


def with_packages(
    migration: Migration, run: tuple[str, ...] = (), build: tuple[str, ...] = ()
) -> Migration:
    """The migration with these packages of the system."""
    packages = (
        *(SystemPackage(name, ()) for name in run),
        *(SystemPackage(name, (), build_only=True) for name in build),
    )
    environment = dataclasses.replace(migration.environment, system_packages=packages)
    return dataclasses.replace(migration, environment=environment)


def test_names_of_packages_are_installed(make_migration: MakeMigration) -> None:
    names = ("ffmpeg", "g++", "libgl1:amd64", "graphviz=2.42.2-7~deb12u1", "ffmpeg")
    found = image_packages(make_migration(system_packages=names))
    assert found.run == sorted({"ca-certificates", *names})
    assert (found.build, found.refused, found.links) == ([], [], False)


@pytest.mark.parametrize(
    "name", ["-o=Dir::Etc=/x", "curl-", "a b", "ab;cd", "$(id)", "Abc", "", "a", "ab\ncd", "ab=1=2"]
)
@pytest.mark.parametrize("stage", ["run", "build"])
def test_other_names_are_left_out_and_said_so(
    make_migration: MakeMigration, name: str, stage: str
) -> None:
    migration = with_packages(make_migration(), **{stage: (name,)})
    found = image_packages(migration)
    assert (found.run, found.build, found.refused) == (["ca-certificates"], [], [name])
    text = docker.files(migration)["Dockerfile"]
    said = f"# Left out, because it is not the name of a package: {' '.join(name.split())}".rstrip()
    assert said in [line.rstrip() for line in text.splitlines()]
    assert instructions(text) == instructions(docker.files(make_migration())["Dockerfile"])


def test_what_packages_are_built_with_stays_in_the_build(
    make_migration: MakeMigration, tmp_path: Path
) -> None:
    migration = with_packages(
        make_migration(vcs=(REPOSITORY,)), ("ffmpeg", "gcc"), ("libcairo2-dev", "gcc")
    )
    migration = dataclasses.replace(migration, lock=dataclasses.replace(LOCKED, compiles=True))
    found = image_packages(migration)
    assert found.run == ["ca-certificates", "ffmpeg", "gcc"]
    assert found.build == ["build-essential", "git", "libcairo2-dev"]
    dockerfile = docker.files(migration)["Dockerfile"]
    assert lint(dockerfile, tmp_path) == ""
    final = dockerfile.partition("\nFROM system\n")[2]
    assert not [name for name in found.build if name in final]
    assert "apt-get install --no-install-recommends -y python3-dev" in dockerfile
    # What is linked against is installed there, in the versions that the base has.
    assert "--arg-file=/opt/venv/system-packages.txt" in final
    assert "--no-upgrade" in final


def test_without_anything_built_no_library_is_looked_for(make_migration: MakeMigration) -> None:
    dockerfile = docker.files(make_migration(vcs=(REPOSITORY,)))["Dockerfile"]
    assert "system-packages.txt" not in dockerfile
    assert "git" in image_packages(make_migration(vcs=(REPOSITORY,))).build


@pytest.mark.parametrize(
    ("service", "words"),
    [
        (None, None),
        (Service("flask", 5000, Location(3), health=None), None),
        (Service("streamlit", 8501, Location(3), health="/_stcore/health"), PROBED),
    ],
)
def test_what_serves_is_asked_whether_it_does(
    make_migration: MakeMigration, tmp_path: Path, service: Service | None, words: list[str] | None
) -> None:
    migration = make_migration()
    facts = dataclasses.replace(migration.facts, service=service)
    dockerfile = docker.files(dataclasses.replace(migration, facts=facts))["Dockerfile"]
    assert lint(dockerfile, tmp_path) == ""
    found = [line for line in instructions(dockerfile) if line.startswith("HEALTHCHECK ")]
    assert [json.loads(line.partition("CMD ")[2])[-1:] for line in found] == (
        [words] if words else []
    )


def test_labels(churn_migration: Migration, hostile_migration: Migration) -> None:
    for migration in (churn_migration, hostile_migration):
        assert labels(docker.files(migration)["Dockerfile"]) == {
            "org.opencontainers.image.title": title(migration.notebook),
            "org.opencontainers.image.base.name": "${BASE_IMAGE}",
            "nb2prod.notebook.sha256": migration.notebook.sha256,
            "nb2prod.python": "${PYTHON_VERSION}",
            "nb2prod.runtime": "colab-2026-10-01",
            "nb2prod.runtime.day": "2026-10-02",
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
    assert kinds(hostile_migration) == kinds(tame) == kinds(make_migration(vcs=(REPOSITORY,)))


INDEX = "https://index.example.invalid/simple"
WORD = "-".join(("not", "for", "anybody"))
SSH = f"git+ssh://git@host.example.invalid/a/b.git@{'0' * 40}"
HTTPS = f"git+https://host.example.invalid/a/b.git@{'0' * 40}"
WITH_INDEX, WITH_GIT = "--secret id=index,env=UV_INDEX", '"id=git-credentials,src='


@pytest.mark.parametrize(
    ("asked", "index", "git"),
    [
        ("six", False, False),
        (f"--index-url {INDEX} six", True, False),
        (f"--extra-index-url https://me:{WORD}@index.example.invalid/simple six", True, False),
        (f"{HTTPS.replace('//', f'//me:{WORD}@')}", False, True),
        ("git+https://me:{TOKEN}@host.example.invalid/a/b.git@" + "0" * 40, False, True),
        (f"--index-url {INDEX} {SSH}", True, True),
        # What names no commit is not installed.
        (f"git+https://{WORD}@host.example.invalid/a/b.git", False, False),
        (HTTPS, False, False),
    ],
)
def test_what_is_private_gets_a_file_of_its_own(
    tmp_path: Path, asked: str, index: bool, git: bool
) -> None:
    migration = plan_of(f"!pip install {asked}")
    found = docker.files(migration)
    assert WORD not in "".join(found.values())
    assert "--mount" not in found["Dockerfile"]
    assert ("Dockerfile.private" in found) == (index or git)
    said = readme(migration, [])
    if not (index or git):
        assert "Dockerfile.private" not in said
        return
    private = found["Dockerfile.private"]
    assert lint(private, tmp_path) == ""
    assert not private.startswith("# syntax")
    command = private.splitlines()[1].removeprefix("#   ")
    assert command.startswith("DOCKER_BUILDKIT=1 docker build --file Dockerfile.private ")
    assert f"\n{command}\n" in said
    [install] = [line for line in instructions(private) if "uv pip install" in line]
    mounts = re.findall(r"--mount=type=secret,id=(\S+)", install)
    assert mounts == ["index"] * index + ["git-credentials"] * git
    assert (WITH_INDEX in command, WITH_GIT in command) == (index, git)
    # The stages after it are the same, so that the images are.
    plain = found["Dockerfile"]
    assert private.partition("AS program")[2] == plain.partition("AS program")[2]


def test_what_is_reached_by_ssh_is_fetched_by_https() -> None:
    private = docker.files(plan_of(f"!pip install {SSH}"))["Dockerfile.private"]
    key = "url.https://host.example.invalid/.insteadOf ssh://git@host.example.invalid/"
    assert f"git config --system --add {key}" in private


def test_only_what_the_image_is_made_of_is_sent(make_migration: MakeMigration) -> None:
    ignore = docker.files(make_migration())[".dockerignore"].splitlines()
    patterns = [line for line in ignore if not line.startswith("#")]
    assert patterns[:3] == ["*", "!requirements.lock", "!src"]
    assert {"**/__pycache__", "**/.DS_Store", "**/.env"} <= set(patterns[3:])
    dockerfile = "\n".join(instructions(docker.files(make_migration())["Dockerfile"]))
    copied = re.findall(r"COPY (?!--from)(\S+)", dockerfile)
    assert [f"!{name}" for name in copied] == patterns[1:3]
