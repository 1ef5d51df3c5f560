"""What is read of a project's `nb2prod.json`, and what of it no engine is told."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from nb2prod.container.project import NotAProject, read_project

DATA = {"name": "data", "variable": "DATA_DIR", "path": "/data", "local": "data"}
WORK = {"name": "work", "variable": None, "path": "/work", "local": "work"}
MANIFEST: dict[str, Any] = {
    "project": "tiny",
    "package": "tiny",
    "secrets": ["TOKEN", "no name", "PATH"],
    "notebook": {"sha256": "0" * 64},
    "data": [{"path": "churn", "direction": "read", "origin": "drive", "cells": [1]}],
    "container": {
        "image": "tiny:0123456789ab",
        "gpus": 1,
        "directories": [
            {**DATA, "filled": True, "writable": True},
            {**WORK, "filled": False, "writable": True},
        ],
        "service": {
            "port": 7860,
            "local": False,
            "health": "/",
            "variables": {"GRADIO_SERVER_NAME": "0.0.0.0"},
        },
        "uploads": ["--upload"],
    },
}
# By the path of a value, those that no project has.
WRONG: dict[str, list[Any]] = {
    "project": ["", 3, "a\nb"],
    "package": [None],
    "secrets": [[{"name": "TOKEN"}], "TOKEN", None, [1]],
    "notebook": [None, [], {}],
    "notebook.sha256": [1],
    "data": [{}, [1], [{"path": "x"}], [{"path": 1, "origin": "drive", "direction": "read"}]],
    "container": [None, [], "x"],
    "container.image": ["", "--rm", "a b", 1, None],
    "container.gpus": [-1, True, "1", 1.5, 10**9],
    "container.directories": [None, "work", [1], [WORK]],
    "container.directories.1.name": ["home", ["work"], "data"],
    "container.directories.1.path": ["/app/src", "/", "/outputs", "work", 1],
    "container.directories.1.local": ["/etc", "../..", "work/../..", ".", ".git", "", 1, None],
    "container.directories.1.writable": ["yes", 1],
    "container.directories.1.more": [1],
    "container.service": ["x", {}, []],
    "container.service.port": [0, 65536, "80", True],
    "container.service.local": [None],
    "container.service.variables": [
        [],
        {"PATH": "/tmp"},
        {"LD_PRELOAD": "x"},
        {"A B": "x"},
        {"A=B": "x"},
        {"A": 1},
    ],
    "container.uploads": ["--upload", [1]],
}


def written(root: Path, manifest: object) -> Path:
    (root / "nb2prod.json").write_text(json.dumps(manifest), "utf-8")
    return root


def changed(path: str, value: object) -> dict[str, Any]:
    manifest = copy.deepcopy(MANIFEST)
    found: Any = manifest
    *way, last = path.split(".")
    for key in way:
        found = found[int(key) if key.isdigit() else key]
    found[last] = value
    return manifest


def test_a_project_as_convert_writes_it(tmp_path: Path) -> None:
    project = read_project(written(tmp_path, MANIFEST))
    assert [one.local for one in project.directories] == ["data", "work"]
    assert project.secrets == ("TOKEN", "no name", "PATH")
    assert project.service is not None
    assert project.service.port == 7860


@pytest.mark.parametrize(
    ("path", "value"), [(path, value) for path, values in WRONG.items() for value in values]
)
def test_a_value_that_no_project_has(tmp_path: Path, path: str, value: object) -> None:
    where = ".".join(path.split(".")[:2])
    with pytest.raises(NotAProject) as raised:
        read_project(written(tmp_path, changed(path, value)))
    assert f"({where}" in str(raised.value)
    assert str(raised.value).endswith("Convert the notebook again.")


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\xff"])
def test_what_is_no_json(tmp_path: Path, text: str) -> None:
    (tmp_path / "nb2prod.json").write_text(text, "latin-1")
    with pytest.raises(NotAProject, match="cannot be read"):
        read_project(tmp_path)


@pytest.mark.parametrize("manifest", [None, [], 1, "x", {}])
def test_what_is_no_manifest(tmp_path: Path, manifest: object) -> None:
    with pytest.raises(NotAProject):
        read_project(written(tmp_path, manifest))
