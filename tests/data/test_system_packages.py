"""The apt packages that imports and shell commands need."""

from __future__ import annotations

import re

import pytest

from nb2prod.data._files import read_json
from nb2prod.data.distributions import normalise
from nb2prod.data.system_packages import packages_for_command, packages_for_distribution


@pytest.mark.parametrize(
    ("distribution", "packages"),
    [
        ("lightgbm", {"libgomp1"}),
        ("opencv-python", {"libgl1", "libglib2.0-0", "libsm6", "libxext6"}),
        ("opencv_python", {"libgl1", "libglib2.0-0", "libsm6", "libxext6"}),
        ("opencv-python-headless", set()),
        ("soundfile", set()),
        ("pydub", {"ffmpeg"}),
        ("moviepy", {"ffmpeg"}),
        ("pytesseract", {"tesseract-ocr"}),
        ("pdf2image", {"poppler-utils"}),
        ("graphviz", {"graphviz"}),
        ("pyspark", {"openjdk-17-jre-headless"}),
        ("GitPython", {"git"}),
        ("numpy", set()),
        ("no-such-distribution-here", set()),
    ],
)
def test_packages_for_distribution(distribution: str, packages: set[str]) -> None:
    assert set(packages_for_distribution(distribution)) == packages


@pytest.mark.parametrize(
    ("command", "packages"),
    [
        ("git", ("git",)),
        ("git-lfs", ("git-lfs",)),
        ("wget", ("wget",)),
        ("curl", ("curl",)),
        ("unzip", ("unzip",)),
        ("zip", ("zip",)),
        ("7z", ("p7zip-full",)),
        ("aria2c", ("aria2",)),
        ("ffmpeg", ("ffmpeg",)),
        ("ffprobe", ("ffmpeg",)),
        ("make", ("build-essential",)),
        ("g++", ("build-essential",)),
        ("tesseract", ("tesseract-ocr",)),
        ("dot", ("graphviz",)),
        ("pdftotext", ("poppler-utils",)),
        ("java", ("default-jre-headless",)),
        ("node", ("nodejs",)),
        ("npm", ("npm",)),
        ("jq", ("jq",)),
        ("tree", ("tree",)),
        ("rsync", ("rsync",)),
        ("convert", ("imagemagick",)),
        ("sox", ("sox",)),
        ("espeak", ("espeak",)),
        ("no-such-command", ()),
    ],
)
def test_packages_for_command(command: str, packages: tuple[str, ...]) -> None:
    assert packages_for_command(command) == packages


@pytest.mark.parametrize(
    "command",
    ["ls", "cp", "mkdir", "sed", "awk", "tar", "gzip", "bzip2", "ps", "nvidia-smi", "nvcc", "pip"],
)
def test_nothing_is_installed_for_what_the_base_the_driver_or_python_brings(command: str) -> None:
    assert packages_for_command(command) == ()


@pytest.mark.parametrize("key", ["distributions", "commands"])
def test_the_table_holds_sorted_names_that_apt_takes(key: str) -> None:
    table: dict[str, list[str]] = read_json("system_packages.json")[key]
    assert list(table) == sorted(table)
    assert [name for name, packages in table.items() if packages != sorted(set(packages))] == []
    names = {package for packages in table.values() for package in packages}
    assert [name for name in names if not re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", name)] == []


def test_distributions_are_written_normalised() -> None:
    names = read_json("system_packages.json")["distributions"]
    assert [name for name in names if name != normalise(name)] == []
