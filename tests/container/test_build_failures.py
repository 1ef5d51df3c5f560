"""What is said of a build that failed. The words are those of engines, of apt-get, uv and git."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from nb2prod.container.building.dockerfile import read_dockerfile
from nb2prod.container.building.failure import Failure
from nb2prod.container.building.failures import explained
from nb2prod.container.building.order import Order, Teller
from nb2prod.container.hidden import Hidden
from nb2prod.container.progress import Began
from nb2prod.container.project import Project

DOCKERFILE = "FROM scratch\n"
LOCK = """\
cffi==1.17.1 \\
    --hash=sha256:00
    # via
    #   cryptography
    #   pynacl
cryptography==44.0.0
    # via paramiko
paramiko==3.5.0
    # via tiny (pyproject.toml)
six==1.16.0
    # via -r requirements.in
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "Dockerfile").write_text(DOCKERFILE, encoding="utf-8")
    (tmp_path / "requirements.lock").write_text(LOCK, encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "original.ipynb").write_text(json.dumps(NOTEBOOK), encoding="utf-8")
    runtime = {"kind": "runtime", "detail": "Colab has 1", "cell": None, "line": None}

    def evidence(detail: str, cell: int, line: int) -> list[dict[str, object]]:
        asked = {"kind": "pinned", "detail": detail, "cell": cell, "line": line}
        return [dict(one, conflict=False) for one in (runtime, asked)]

    manifest: dict[str, Any] = {
        "files": {
            "Dockerfile": hashlib.sha256(DOCKERFILE.encode()).hexdigest(),
            "requirements.lock": hashlib.sha256(LOCK.encode()).hexdigest(),
        },
        "pins": [
            {"name": "paramiko", "evidence": evidence("paramiko==3.5.0", 3, 2)},
            {"name": "scikit-learn", "evidence": [dict(runtime, conflict=False)]},
        ],
        "system_packages": [
            {"name": "libgl1-mesa-glx", "evidence": evidence("apt-get install", 4, 1)}
        ],
    }
    return Project(tmp_path, "tiny", "tiny", "tiny:1", 0, (), (), None, (), manifest)


NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": "import os\nimport sklearn",
        }
    ],
    "metadata": {"language_info": {"name": "python"}},
    "nbformat": 4,
    "nbformat_minor": 4,
}
APT = "RUN apt-get update && apt-get install -y x"
UV = "RUN uv venv && uv pip install -r /build/requirements.lock"
BASE = "FROM ${BASE_IMAGE} AS system"
CODE = "The command '/bin/sh -c …' returned a non-zero code: 1"
LOOKUP = 'Get "https://example.invalid/v2/": dial tcp: lookup example.invalid: no such host'


@pytest.mark.parametrize(
    ("instruction", "said", "message", "expected"),
    [
        # The engine and its registries.
        (
            "COPY a b",
            "",
            "failed to copy files: write /x: no space left on device",
            "no space left on its disk. docker system df shows",
        ),
        (
            BASE,
            "",
            "manifest for base:1 not found: manifest unknown: manifest unknown",
            "The registry does not have the base image, base:1, or shows it to nobody",
        ),
        (
            BASE,
            "",
            "pull access denied for base, repository does not exist or may require 'docker login'",
            "log in with docker login, or name another with --base.",
        ),
        (
            BASE,
            "",
            "Head https://example.invalid/v2/base: unauthorized: authentication required",
            "The registry does not give the base image, base:1: log in with docker login",
        ),
        (
            BASE,
            "",
            "toomanyrequests: You have reached your pull rate limit.",
            "The registry gives no more images for now",
        ),
        (BASE, "", LOOKUP, "The engine does not reach the registry of the base image, base:1"),
        ("FROM ${UV_IMAGE} AS uv", "", LOOKUP, "name another with --build-arg UV_IMAGE=… that it"),
        (
            BASE,
            "",
            "no matching manifest for linux/arm64/v8 in the manifest list entries",
            "There is the base image, base:1, for other platforms, but not for linux/arm64",
        ),
        # A container that another takes away is no want of memory.
        (
            "RUN x",
            "",
            "removal of container 0a is already in progress; returned a non-zero code: 137",
            "The container of RUN x was taken away while it ran, by another who uses the engine",
        ),
        # A Dockerfile that a person wrote.
        (
            None,
            "",
            "dockerfile parse error line 6: unknown instruction: RUNN",
            "The engine cannot read the Dockerfile: dockerfile parse error line 6: unknown",
        ),
        (
            "LABEL a",
            "",
            'failed to process "\\"b": unexpected end of statement',
            "The engine cannot read the Dockerfile: failed to process",
        ),
        (
            "COPY x.txt /",
            "",
            (
                "COPY failed: file not found in build context or excluded by .dockerignore: stat"
                " x.txt: file does not exist"
            ),
            "COPY x.txt / finds no x.txt: it is not in the project, or .dockerignore keeps it out.",
        ),
        (
            "COPY x.txt /",
            "",
            'failed to compute cache key: "/x.txt" not found: not found',
            "COPY x.txt / finds no x.txt: it is not in the project",
        ),
        # The system's packages.
        (
            APT,
            "E: Unable to locate package libgl1-mesa-glx",
            CODE,
            (
                "The release of the base image has no system package libgl1-mesa-glx. Cell 4 line 1"
                " asks for it (apt-get install). Name the one"
            ),
        ),
        (APT, "E: Package 'python-pip' has no installation candidate", CODE, "package python-pip."),
        (
            APT,
            "E: Version '0.0.1' for 'curl' was not found",
            CODE,
            "no system package version 0.0.1 of curl.",
        ),
        (
            APT,
            (
                "Err:1 http://example.invalid/debian x InRelease\n"
                "  Temporary failure resolving 'example.invalid'\n"
                "E: Unable to locate package libgl1-mesa-glx"
            ),
            CODE,
            "The build does not reach the archive of the system's packages",
        ),
        (
            APT,
            "E: The repository 'http://example.invalid x Release' does not have a Release file.",
            CODE,
            "The archive has the packages of the base image's release no more",
        ),
        # Python and its packages.
        (
            UV,
            "error: No interpreter found for Python 3.11.99 in managed installations",
            CODE,
            "Neither the base image nor uv has Python 3.11.99:",
        ),
        (
            UV,
            "This image is to have Python 3.10, and uv found 3.11.2.",
            CODE,
            "The image is to have Python 3.10, and uv found 3.11.2: name another with",
        ),
        (
            UV,
            "error: Failed to download `six==1.16.0`\n  cause: Hash mismatch for `six==1.16.0`",
            CODE,
            "The index gives another file for six==1.16.0 than the one whose hash is in",
        ),
        (
            UV,
            "error: Failed to build `cffi==1.17.1`\n  cause: The build backend returned an error",
            CODE,
            (
                "cffi==1.17.1 has no wheel for this Python, and does not build from its source."
                " Cell 3 line 2 asks for paramiko, which requires it (paramiko==3.5.0)."
            ),
        ),
        (
            UV,
            "error: Failed to build `Scikit_Learn==0.19`",
            CODE,
            "does not build from its source. Cell 1 line 2 asks for it (import sklearn).",
        ),
        (
            UV,
            (
                "  \N{MULTIPLICATION SIGN} No solution found when resolving dependencies:\n"
                "  ╰─▶ Because there is no version of paramiko==99.1 and you require paramiko==99.1"
            ),
            CODE,
            "The package index has no paramiko==99.1. Cell 3 line 2 asks for it (paramiko==3.5.0).",
        ),
        (
            UV,
            (
                "error: No solution found when resolving dependencies\n  cause: Because nosuch-xyz"
                " was not found in the package registry and you require nosuch-xyz==1"
            ),
            CODE,
            "The package index has no nosuch-xyz.",
        ),
        (
            UV,
            "  cause: Because torch==1.7.0 has no wheels with a matching Python ABI tag (`x`)",
            CODE,
            "torch==1.7.0 has no wheel for the image's Python and platform.",
        ),
        (
            UV,
            (
                "error: No solution found when resolving dependencies\n  cause: Because a==1"
                " depends on b>2 and you require b==1"
            ),
            CODE,
            "The versions that the project asks for do not go together.",
        ),
        (
            UV,
            (
                "error: Request failed after 3 retries\n  cause: Failed to fetch:"
                " `https://example.invalid/simple/six/`\n  cause: dns error"
            ),
            CODE,
            "The build does not reach the package index",
        ),
        (
            UV,
            (
                "error: Failed to fetch: `https://example.invalid/simple/six/`\n  cause: HTTP"
                " status client error (401 Unauthorized) for url (https://example.invalid/simple/six/)"
            ),
            CODE,
            "A package index wants to know who asks.",
        ),
        # Repositories.
        (
            UV,
            (
                "error: Failed to download and build `x @ git+https://example.invalid/y.git`\n"
                "  cause: Git operation failed"
            ),
            CODE,
            "git does not fetch a repository that the notebook names",
        ),
        (
            "RUN git clone --quiet --bare https://example.invalid/y.git",
            "fatal: could not read Username for 'https://example.invalid': No such device",
            CODE,
            "git does not fetch a repository that the notebook names",
        ),
        # Memory, and what nobody knows.
        ("RUN x", "Killed", "returned a non-zero code: 137", "RUN x was ended from outside"),
        ("RUN x", "oh\n\nno", CODE, "The build fails at RUN x, which ends with 1.\n    oh"),
        ("RUN false", "", CODE, "The build fails at RUN false, which ends with 1."),
        (None, "", "the engine is tired", "The build fails.\n    the engine is tired"),
    ],
)
def test_what_is_said(
    project: Project, instruction: str | None, said: str, message: str, expected: str
) -> None:
    lines = tuple(line for line in said.splitlines() if line)
    text = str(explained(Failure(instruction, lines, message, "base:1"), project, Hidden()))
    assert expected in text
    assert "was changed since" not in text
    if lines and "uv found" not in text:
        assert text.endswith(f"\n    {lines[-1]}")


def test_the_last_words_are_those_of_the_error(project: Project) -> None:
    """Its head and its end, when there is much between."""
    told = [
        "Using CPython 3.11.2",
        "error: Failed to build `cffi==1.17.1`",
        "  cause: The build backend returned an error",
        *(f"    building {number}" for number in range(50)),
        "    'ffi.h' not found",
    ]
    text = str(explained(Failure(UV, tuple(told), CODE), project, Hidden())).splitlines()
    assert text[1].strip() == told[1]
    assert text[4] == "    …"
    assert text[-1].strip() == "'ffi.h' not found"
    assert len(text) == 1 + 3 + 1 + 12


def test_a_dockerfile_that_was_changed_is_named(project: Project) -> None:
    (project.root / "Dockerfile").write_text("FROM scratch\nRUN x\n", encoding="utf-8")
    text = str(explained(Failure("RUN x", (), CODE), project, Hidden()))
    assert "The Dockerfile was changed since nb2prod wrote it" in text


@pytest.mark.parametrize("said", ["Hash mismatch for `six==1`", "there is no version of six==1"])
def test_a_lock_that_was_changed_is_named(project: Project, said: str) -> None:
    changed = "requirements.lock was changed since nb2prod wrote it"
    failure = Failure(UV, (f"error: {said}",), CODE)
    assert changed not in str(explained(failure, project, Hidden()))
    (project.root / "requirements.lock").write_text("six==1\n", encoding="utf-8")
    text = str(explained(failure, project, Hidden()))
    assert changed in text
    assert "is to be trusted" not in text


def test_what_is_hidden_does_not_hide_the_reason(project: Project) -> None:
    said = "error: Hash mismatch for `six==1`"
    text = str(explained(Failure(UV, (said,), CODE), project, Hidden(["mismatch"])))
    assert "The index gives another file for six==1" in text
    assert "error: Hash **** for `six==1`" in text


def test_a_refused_login_is_no_missing_one(project: Project) -> None:
    said = "error: HTTP status client error (401 Unauthorized) for url (https://example.invalid)"
    for secrets, expected in ((("index",), "refuses the login"), ((), "wants to know who asks")):
        failure = Failure(UV, (said,), CODE, secrets=secrets)
        assert expected in str(explained(failure, project, Hidden()))


STAGES = """\
ARG BASE_IMAGE=base:1
ARG UV_IMAGE=example.invalid/team/uv
FROM ${UV_IMAGE} AS uv
FROM ${BASE_IMAGE} AS system
FROM system
"""
NO_ARM = "no matching manifest for linux/arm64/v8 in the manifest list entries"


@pytest.mark.parametrize(
    ("step", "image", "message", "expected"),
    [
        ("FROM system", None, NO_ARM, "There is the base image, base:1, for other platforms, but"),
        (None, "docker.io/library/base:1", f"failed to solve: {LOOKUP}", "the base image, base:1"),
        (
            None,
            "example.invalid/team/uv:latest",
            "failed to solve with frontend dockerfile.v0: pull access denied for team/uv",
            "The registry does not have the image of uv, example.invalid/team/uv,",
        ),
        (None, "docker.io/library/other:1", f"failed to solve: {LOOKUP}", "library/other:1"),
    ],
)
def test_images_are_named_as_the_dockerfile_does(
    project: Project, step: str | None, image: str | None, message: str, expected: str
) -> None:
    dockerfile = read_dockerfile(STAGES)
    told = Teller(Order(project, "tiny:1", dockerfile, {}, Hidden()), lambda _: None)
    if step is not None:
        told.pass_on(Began(3, 5, None, step))
    assert expected in str(told.failed(message, None, image))


TEXT = """\
# ARG COMMENT
ARG BASE_IMAGE="example.invalid/base:1"
ARG UV_IMAGE=uv:2 OTHER
FROM ${UV_IMAGE} AS uv
FROM --platform=linux/amd64 ${BASE_IMAGE} AS System
ARG TOKEN \\
    WORDS="a b"
RUN echo \\
  ARG NOT
from system
"""


@pytest.mark.parametrize(
    ("text", "given", "arguments", "base"),
    [
        (
            TEXT,
            {},
            ("BASE_IMAGE", "UV_IMAGE", "OTHER", "TOKEN", "WORDS"),
            "example.invalid/base:1",
        ),
        (
            TEXT,
            {"BASE_IMAGE": "mine"},
            ("BASE_IMAGE", "UV_IMAGE", "OTHER", "TOKEN", "WORDS"),
            "mine",
        ),
        ("FROM scratch", {}, (), "scratch"),
        ("ARG A\nFROM $A", {}, ("A",), None),
        ("ARG A\nFROM $A", {"A": "x"}, ("A",), "x"),
        ("ARG A=1\nFROM x:${A:-2}", {}, ("A",), None),
        ("FROM x AS y\nFROM y AS z\nFROM z", {}, (), "x"),
        ("FROM y AS y", {}, (), "y"),
        ('RUN echo "\n', {}, (), None),
        ("", {}, (), None),
    ],
)
def test_a_dockerfile(
    text: str, given: dict[str, str], arguments: tuple[str, ...], base: str | None
) -> None:
    found = read_dockerfile(text)
    assert found.arguments == arguments
    assert found.base(given) == base
