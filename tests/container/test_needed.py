"""What the notebook reads and nobody has put there, as `run` tells it before the program starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from nb2prod.container.project import Directory, Project
from nb2prod.container.running.mounts import Mounted, NoDirectory, directories
from nb2prod.container.running.needed import listed, missing, read_in

DATA = Directory("data", "DATA_DIR", "/data", "data", filled=True, writable=True)
WORK = Directory("work", None, "/work", "work", filled=False, writable=True)
OUTPUT = Directory("output", "OUTPUT_DIR", "/outputs", "outputs", filled=False, writable=True)
# As nb2prod.json has them.
USED = [
    (".", "read", "kaggle"),
    ("churn", "read", "drive"),
    ("churn/customers.csv", "read", "drive"),
    ("churn/model.joblib", "both", "drive"),
    ("churn/metrics.json", "write", "drive"),
    ("churn/made", "write", "drive"),
    ("churn/made/later.csv", "read", "drive"),
    ("texts/*.txt", "read", "drive"),
    ("beside.csv", "read", "local"),
    ("photo.png", "read", "local"),
    ("fetched.zip", "read", "local"),
    ("report.json", "both", "local"),
    ("unpacked/*.csv", "read", "local"),
    ("../elsewhere.csv", "read", "local"),
    ("fetched.zip", "read", "url"),
]


def project(root: Path, *own: Directory) -> Project:
    """A project with these directories, of a notebook that uses these paths."""
    return Project(
        root=root,
        name="tiny",
        package="tiny",
        image="tiny:1",
        gpus=0,
        secrets=(),
        directories=own,
        service=None,
        uploads=(),
        manifest={
            "data": [
                {"path": path, "direction": direction, "origin": origin}
                for path, direction, origin in USED
            ]
        },
    )


def mounted(root: Path, *own: Directory) -> list[Mounted]:
    """The directories, all there, as they are shown."""
    for one in own:
        (root / one.local).mkdir(exist_ok=True)
    return [Mounted(f"p/{one.local}", root / one.local, one.path, one.writable) for one in own]


def test_what_a_notebook_reads_by_directory(tmp_path: Path) -> None:
    found = project(tmp_path, DATA, WORK, OUTPUT)
    assert read_in(found, "data") == ["churn/customers.csv", "texts/*.txt"]
    assert read_in(found, "work") == ["beside.csv", "photo.png", "../elsewhere.csv"]
    assert read_in(found, "output") == []


def test_what_of_it_is_missing(tmp_path: Path) -> None:
    own = (DATA, WORK, OUTPUT)
    there = mounted(tmp_path, *own)
    found = project(tmp_path, *own)
    missed = ["p/data/churn/customers.csv", "p/data/texts/*.txt", "p/work/beside.csv"]
    assert missing(found, there, ["photo.png"]) == missed
    assert missing(found, there[1:2]) == ["p/work/beside.csv", "p/work/photo.png"]
    for path in ("data/churn/customers.csv", "data/texts/a.txt", "work/beside.csv"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).touch()
    assert missing(found, there, ["photo.png"]) == []


def test_of_many_the_first_are_told() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed([str(number) for number in range(10)]) == "0, 1, 2, 3, 4, 5, 6, 7, …"


@pytest.mark.parametrize("own", [WORK, OUTPUT])
def test_a_directory_that_is_another_user_s(
    tmp_path: Path, own: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / own.local).mkdir()
    assert len(tuple(directories(project(tmp_path, own), {}))) == 1
    # As it is to a user who is not root, which tests may be run by.
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(NoDirectory, match=rf"may not write there: .* with --{own.name}\.$"):
        tuple(directories(project(tmp_path, own), {}))


def test_data_may_be_read_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setattr("os.access", lambda *_: False)
    assert len(tuple(directories(project(tmp_path, DATA), {}))) == 1
