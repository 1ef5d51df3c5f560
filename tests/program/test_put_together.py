"""Paths that a notebook puts together lead to the file that they led to on the platform."""

from __future__ import annotations

import json
import os
import pathlib
import posixpath
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nb2prod
from nb2prod.notebook.reader import read_bytes
from nb2prod.project.parts.configuration import configuration_source

HEAD = "import os\nimport os.path as osp\nimport pathlib\nfrom pathlib import Path, PurePosixPath\n"
MOUNT = "from google.colab import drive\ndrive.mount('/content/drive')\n"


def plan(code: str) -> nb2prod.Migration:
    cell: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
    }
    document = {
        "cells": [{**cell, "source": code}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    return nb2prod.plan(read_bytes(json.dumps(document).encode(), "paths"))


def opened(migration: nb2prod.Migration, root: Path) -> tuple[str, str]:
    """The converted program's `p` and `root`, in directories of a run's own."""
    config = ModuleType("paths.config")
    sys.modules[config.__name__] = config  # dataclasses look their module up
    exec(compile(configuration_source(migration), "config.py", "exec"), config.__dict__)
    directories = {"data_dir": root / "data", "work_dir": root / "work", "output_dir": root / "out"}
    fields = config.Config.__dataclass_fields__
    values = config.Config(**{name: directories[name] for name in fields if name in directories})
    config.prepare(values)
    pipeline: dict[str, object] = {}
    package = ModuleType("paths")
    package.config = config  # type: ignore[attr-defined]
    sys.modules["paths"] = package
    try:
        source = migration.program.modules[0].source.replace("print(p, root)", "return p, root")
        exec(compile(source, "pipeline.py", "exec"), pipeline)
        main = pipeline["main"]
        assert callable(main)
        path, place = main(values)
        return str(path), str(place)
    finally:
        del sys.modules["paths"], sys.modules["paths.config"]


# A root of each platform as documented, and the same place written as one literal.
ROOTS = {
    "/content/drive/MyDrive": "'/content/drive/MyDrive'",
    "/content/drive/My Drive": "'/content/drive/MyDrive'",
    "/content": "'/content'",
    "/kaggle/input": "'/kaggle/input'",
    "/kaggle/working": "'/kaggle/working'",
    "/kaggle/temp": "'/kaggle/temp'",
}


NAMES = ["a", "b c", "x.csv", "drive2", "d-1"]
TAILS = st.lists(st.sampled_from(NAMES), max_size=2)
PLACES = st.sampled_from(
    [
        ("colab", ["content", "drive", "MyDrive"]),
        ("colab", ["content", "drive", "My Drive"]),
        ("colab", ["content"]),
        ("kaggle", ["kaggle", "input"]),
        ("kaggle", ["kaggle", "working"]),
        ("kaggle", ["kaggle", "temp"]),
    ]
)


@st.composite
def expressions(draw: st.DrawFn) -> tuple[str, str]:
    """A platform, and lines of code that put the path `p` together somehow."""
    platform, head = draw(PLACES)
    segments = [*head, *draw(TAILS)]
    cuts = sorted(draw(st.sets(st.integers(1, len(segments)), max_size=3)) - {len(segments)})
    groups = [
        segments[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(segments)], strict=True)
    ]
    texts = ["/".join(group) for group in groups]
    texts[0] = f"/{texts[0]}"
    lines, parts = [], []
    for number, text in enumerate(texts):
        if draw(st.booleans()):
            lines.append(f"part_{number} = {text!r}")
            parts.append(f"part_{number}")
        else:
            parts.append(repr(text))
    idiom = draw(st.sampled_from(["join", "osp", "divide", "path", "plus", "format", "percent"]))
    if idiom == "join":
        value = f"os.path.join({', '.join(parts)})"
    elif idiom == "osp":
        value = f"osp.join({', '.join(parts)})"
    elif idiom == "divide":
        value = " / ".join([f"Path({parts[0]})", *parts[1:]])
    elif idiom == "path":
        value = f"pathlib.Path({', '.join(parts)})"
    elif idiom == "plus":
        value = " + '/' + ".join(parts)
    elif idiom == "format":
        fields = "/".join("{}" for _ in parts)
        value = f"'{fields}'.format({', '.join(parts)})"
    else:
        fields = "/".join("%s" for _ in parts)
        value = f"'{fields}' % ({', '.join(parts)},)"
    return platform, "\n".join([*lines, f"p = {value}"])


@given(found=expressions())
def test_a_path_leads_to_the_same_file(
    tmp_path_factory: pytest.TempPathFactory, found: tuple[str, str]
) -> None:
    platform, lines = found
    names: dict[str, object] = {"os": os, "osp": posixpath, "pathlib": pathlib, "Path": Path}
    exec(lines, names)
    on_platform = str(names["p"])
    root = next(root for root in ROOTS if f"{on_platform}/".startswith(f"{root}/"))
    head = HEAD + (MOUNT if platform == "colab" else "")
    migration = plan(f"{head}root = {ROOTS[root]}\n{lines}\nprint(p, root)")
    here = Path.cwd()
    try:
        path, place = opened(migration, tmp_path_factory.mktemp("run"))
        assert os.path.realpath(path) == os.path.realpath(place + on_platform.removeprefix(root))
    finally:
        os.chdir(here)
