"""The generator of the tables of images, on inputs of a few lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools.make_runtimes import build_runtimes, newest_packages, written


@pytest.mark.parametrize(
    ("name", "version", "value"),
    [
        ("numpy", "2.1.3", "2.1.3"),
        ("numpy", None, "-"),
        ("torch", "2.11.0+cpu@https://example.invalid/torch.whl", "2.11.0+cpu"),
        ("torch", "2.11.0+cu128", "2.11.0+cu128"),
        ("tensorflow", "2.8.2+zzzcolab20220719082949", "2.8.2+zzzcolab20220719082949"),
        ("tensorflow", "2.15.0@https://example.invalid/tensorflow.whl", "2.15.0"),
        ("jaxlib", "0.4.20+cuda12.cudnn89", "0.4.20+cuda12.cudnn89"),
        ("jaxlib", "0.4.16+cuda11.cudnn86", "0.4.16+cuda11.cudnn86#gone"),
        ("lightgbm", "4.6.0@file:///build/lightgbm.whl", "4.6.0"),
        ("cuvs-cu12", "26.2.0@https://example.invalid/cuvs.whl", "26.2.0"),
        ("cuvs-cu12", "24.4.0@https://example.invalid/cuvs.whl", "24.4.0#url"),
        ("en-core-web-sm", "3.8.0@https://example.invalid/model.whl", "3.8.0#url"),
        ("some-tool", "@git+https://example.invalid/tool", "#git"),
        ("google-colab", "@file:///colabtools/google_colab.tar.gz", "#file"),
        ("python-apt", "2.0.0+ubuntu0.20.4.8", "2.0.0+ubuntu0.20.4.8#ubuntu"),
        ("pygobject", "3.42.1", "3.42.1#gobject"),
    ],
)
def test_a_version_as_the_tables_write_it(name: str, version: str | None, value: str) -> None:
    assert written(name, version) == value


@pytest.mark.parametrize("version", ["", "1 2", "1=2", "1#2", "1\t2"])
def test_a_version_that_cannot_be_written_stops_the_generator(version: str) -> None:
    with pytest.raises(SystemExit, match="package"):
        written("package", version)


MAIN = [
    {"date": "2026-01-01", "commit": "aa", "python": "3.12.1", "ubuntu": "22.04.4",
     "d": {"x": "1", "y": "1@https://example.invalid/y-a.whl"}},
    {"date": "2026-01-02", "commit": "bb",
     "d": {"x": None, "y": "1@https://example.invalid/y-b.whl"}},
    {"date": "2026-01-02", "commit": "cc", "python": "3.13.0", "d": {"x": "2", "z": "1+cpu"}},
]  # fmt: skip
GPU = [
    {"date": "2026-01-02", "commit": "cc", "python": "3.13.0", "ubuntu": "22.04.5",
     "d": {"x": "2"}},
]  # fmt: skip


def inputs(directory: Path, named: dict[str, Any]) -> Path:
    deltas = {"variants": {"main": MAIN, "gpu": GPU, "tpu": []}}
    (directory / "colab_runtimes.json").write_text(json.dumps(deltas), encoding="utf-8")
    (directory / "colab_named_full.json").write_text(json.dumps(named), encoding="utf-8")
    return directory


def named(commit: str, packages: dict[str, str]) -> dict[str, Any]:
    return {
        "2026.01": {
            "commit": commit,
            "date": "2026-02-01",
            "python": "3.13.0",
            "ubuntu": "22.04.04",
            "variants": {"main": packages},
        }
    }


def test_each_distribution_has_its_changes_in_one_line(tmp_path: Path) -> None:
    tables = build_runtimes(inputs(tmp_path, {}))
    assert tables["runtime_packages.tsv"].splitlines()[1:] == [
        "x\t0=1 1=- 2=2\t0=2",
        "y\t0=1#url\t",
        "z\t2=1+cpu\t",
    ]
    head = json.loads(tables["runtimes.json"])
    assert head["date"] == "2026-01-02"
    assert head["variants"]["main"] == {
        "snapshots": ["2026-01-01 aa", "2026-01-02 bb", "2026-01-02 cc"],
        "pythons": {"0": "3.12.1", "2": "3.13.0"},
        "ubuntus": {"0": "22.04.4"},
    }


def test_only_what_an_index_serves_counts_as_known(tmp_path: Path) -> None:
    assert newest_packages(inputs(tmp_path, {})) == {"x", "z"}


@pytest.mark.parametrize(
    ("commit", "packages", "snapshot", "changes"),
    [
        # A branch of its own, nearest to the first snapshot although its day is after the last.
        ("ff00", {"x": "1", "y": "1@https://example.invalid/y.whl", "w": "3"}, 0, {"w": "3"}),
        ("ff00", {"x": "1"}, 0, {"y": "-"}),
        ("ccdd", {"x": "2", "y": "1@https://example.invalid/y.whl", "z": "1+cpu"}, 2, {}),
    ],
)
def test_a_named_runtime_is_found_by_what_it_holds(
    tmp_path: Path, commit: str, packages: dict[str, str], snapshot: int, changes: dict[str, str]
) -> None:
    tables = build_runtimes(inputs(tmp_path, named(commit, packages)))
    found = json.loads(tables["runtimes.json"])["named"]["2026.01"]
    assert found["main"] == {"snapshot": snapshot, "changes": changes}
    assert (found["date"], found["python"], found["ubuntu"]) == ("2026-02-01", "3.13.0", "22.04.4")


@pytest.mark.parametrize(
    ("commit", "packages"),
    [("ccdd", {"x": "9"}), ("aadd", {"x": "1", "y": "1@https://example.invalid/y.whl"})],
    ids=["other packages", "another Python"],
)
def test_a_runtime_that_differs_from_its_full_copy_stops_the_generator(
    tmp_path: Path, commit: str, packages: dict[str, str]
) -> None:
    with pytest.raises(SystemExit, match=r"2026\.01 \(main\)"):
        build_runtimes(inputs(tmp_path, named(commit, packages)))
