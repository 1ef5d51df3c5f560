"""The library as others use it: public names alone, nothing printed, no exit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import nb2prod

CELLS = ["import pandas as pd\n", "x = 1  #@param {type: 'integer'}\n", "print 'two'\n"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    empty: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
    }
    document = {
        "cells": [{**empty, "source": cell} for cell in CELLS],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 2,
    }
    path = tmp_path / "report.ipynb"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_the_stages_in_a_row(path: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    notebook = nb2prod.read(path)
    assert [found.module for found in nb2prod.inspect(notebook).imports] == ["pandas"]
    migration = nb2prod.plan(notebook, nb2prod.Options(cpu=True))
    assert migration.environment.base_image.cuda is None
    assert [note.location for note in migration.attention] == [nb2prod.Location(3, 1)]
    done = nb2prod.convert(path, tmp_path / "job", nb2prod.Options(cpu=True, lock="never"))
    assert not done.complete
    assert done.files["nb2prod.json"] == (tmp_path / "job" / "nb2prod.json").read_bytes()
    assert capfd.readouterr() == ("", "")


def test_every_error_has_the_one_root(path: Path, tmp_path: Path) -> None:
    with pytest.raises(nb2prod.UnreadableNotebook):
        nb2prod.read(tmp_path / "missing.ipynb")
    (tmp_path / "bad.ipynb").write_text("{}", encoding="utf-8")
    with pytest.raises(nb2prod.InvalidNotebook):
        nb2prod.read(tmp_path / "bad.ipynb")
    with pytest.raises(nb2prod.OptionError):
        nb2prod.Options(python="latest")
    nb2prod.convert(path, tmp_path / "job", nb2prod.Options(lock="never"))
    with pytest.raises(nb2prod.TargetInTheWay):
        nb2prod.convert(path, tmp_path / "job", nb2prod.Options(lock="never"))
    for name in nb2prod.__all__:
        found = getattr(nb2prod, name)
        if isinstance(found, type) and issubclass(found, Exception):
            assert issubclass(found, nb2prod.Nb2prodError)


def test_values_are_frozen(path: Path) -> None:
    notebook = nb2prod.read(path)
    with pytest.raises(AttributeError):
        notebook.name = "other"  # type: ignore[misc]


def test_every_public_name_exists_and_no_other_does() -> None:
    assert set(nb2prod.__all__) == set(dir(nb2prod))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        nb2prod.nonsense  # noqa: B018 - the look-up is what is tested
