"""What system packages are called in the release that an image has."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from nb2prod.data._files import read_json, read_rows
from nb2prod.data.cuda import cuda_images
from nb2prod.data.package_names import (
    RELEASES,
    Release,
    name_in,
    names,
    release_of,
    release_title,
    remark_on,
)
from nb2prod.environment.cuda_image import slim_image

_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+")


def table_names() -> Iterator[str]:
    """Every name that `system_packages.json` gives a distribution or a command."""
    table = read_json("system_packages.json")
    for key in ("distributions", "compilers", "commands"):
        for packages in table[key].values():
            yield from packages
    for needs in table["built"].values():
        yield from (*needs["build"], *needs["run"])


@pytest.mark.parametrize(
    ("reference", "release"),
    [
        ("nvidia/cuda:12.1.1-base-ubuntu22.04", "ubuntu22.04"),
        ("nvidia/cuda:13.3.1-cudnn-devel-ubuntu24.04", "ubuntu24.04"),
        ("nvidia/cuda:11.2.2-cudnn8-runtime-ubuntu20.04", "ubuntu20.04"),
        ("python:3.11-slim-bookworm", "bookworm"),
        ("python:3.12.11-bookworm", "bookworm"),
        ("debian:bookworm-slim", "bookworm"),
        ("ubuntu:24.04", "ubuntu24.04"),
        ("example.invalid:5000/base/cuda:12.1.1-base-ubuntu22.04", "ubuntu22.04"),
        (f"nvidia/cuda:12.1.1-base-ubuntu22.04@sha256:{'a' * 64}", "ubuntu22.04"),
        ("nvidia/cuda:11.0.3-base-ubuntu18.04", None),
        ("nvidia/cuda:12.1.1-base-ubi8", None),
        ("python:3.11-slim", None),
        ("ubuntu22.04/base:latest", None),
        ("", None),
    ],
)
def test_release_of(reference: str, release: Release | None) -> None:
    assert release_of(reference) == release


@pytest.mark.parametrize(
    ("name", "focal", "jammy", "noble", "bookworm"),
    [
        ("libgl1-mesa-glx", "libgl1-mesa-glx", "libgl1-mesa-glx", "libgl1", "libgl1-mesa-glx"),
        ("libasound2", "libasound2", "libasound2", "libasound2t64", "libasound2"),
        ("libasound2t64", "libasound2", "libasound2", "libasound2t64", "libasound2"),
        ("libglib2.0-0", "libglib2.0-0", "libglib2.0-0", "libglib2.0-0t64", "libglib2.0-0"),
        ("libcups2", "libcups2", "libcups2", "libcups2t64", "libcups2"),
        ("libcurl4", "libcurl4", "libcurl4", "libcurl4t64", "libcurl4"),
        ("libpng16-16", "libpng16-16", "libpng16-16", "libpng16-16t64", "libpng16-16"),
        ("libssl3", "libssl1.1", "libssl3", "libssl3t64", "libssl3"),
        ("libssl1.1", "libssl1.1", "libssl3", "libssl3t64", "libssl3"),
        ("libtiff5", "libtiff5", "libtiff5", "libtiff6", "libtiff6"),
        ("libffi7", "libffi7", "libffi7", "libffi8", "libffi8"),
        ("libffi8", "libffi7", "libffi8", "libffi8", "libffi8"),
        ("libicu70", "libicu66", "libicu70", "libicu74", "libicu72"),
        ("libicu66", "libicu66", "libicu70", "libicu74", "libicu72"),
        ("libgdal30", "libgdal26", "libgdal30", "libgdal34t64", "libgdal32"),
        ("libldap-2.5-0", "libldap-2.4-2", "libldap-2.5-0", "libldap2", "libldap-2.5-0"),
        ("libavcodec58", "libavcodec58", "libavcodec58", "libavcodec60", "libavcodec59"),
        ("freeglut3", "freeglut3", "freeglut3", "libglut3.12", "libglut3.12"),
        ("libjpeg8", "libjpeg8", "libjpeg8", "libjpeg8", "libjpeg62-turbo"),
        ("libjpeg-turbo8-dev", *["libjpeg-turbo8-dev"] * 3, "libjpeg62-turbo-dev"),
        ("mysql-client", "mysql-client", "mysql-client", "mysql-client", "default-mysql-client"),
        ("libmysqlclient21", *["libmysqlclient21"] * 3, "libmariadb3"),
        ("bsdextrautils", "bsdmainutils", "bsdextrautils", "bsdextrautils", "bsdextrautils"),
        (
            "python3-distutils",
            *["python3-distutils"] * 2,
            "python3-setuptools",
            "python3-distutils",
        ),
        ("python-opengl", *["python3-opengl"] * 4),
        ("netcat", "netcat", "netcat", "netcat-openbsd", "netcat-openbsd"),
        ("unrar", "unrar", "unrar", "unrar", "unrar-free"),
        ("openjdk-8-jdk-headless", *["openjdk-8-jdk-headless"] * 3, None),
        ("chromium-chromedriver", None, None, None, "chromium-driver"),
        ("python3.8", "python3.8", None, None, None),
        ("gcc-7", "gcc-7", None, None, None),
        ("google-chrome-stable", None, None, None, None),
        ("tensorflow-model-server", None, None, None, None),
        ("libcudnn8", "libcudnn8", "libcudnn8", "libcudnn8", None),
        ("cuda-toolkit-12-1", *["cuda-toolkit-12-1"] * 3, None),
    ],
)
def test_a_package_becomes(
    name: str, focal: str | None, jammy: str | None, noble: str | None, bookworm: str | None
) -> None:
    expected = (focal, jammy, noble, bookworm)
    assert tuple(name_in(release, name) for release in RELEASES) == expected


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    "name",
    [
        *("ffmpeg", "git", "wget", "unzip", "build-essential", "graphviz", "tesseract-ocr"),
        *("libgl1", "libsm6", "libxext6", "libgomp1", "xvfb", "libsndfile1", "portaudio19-dev"),
        *("default-jre-headless", "openjdk-17-jre-headless", "r-base", "g++", "poppler-utils"),
        *("libcairo2-dev", "texlive-latex-extra", "no-such-package-here"),
    ],
)
def test_a_package_stays(name: str, release: Release) -> None:
    assert name_in(release, name) == name


def test_an_architecture_stays_with_its_package() -> None:
    assert name_in("ubuntu24.04", "libasound2:i386") == "libasound2t64:i386"
    assert name_in("bookworm", "openjdk-8-jdk:amd64") is None


def test_names_stay_where_the_release_is_not_known() -> None:
    assert name_in(None, "libgl1-mesa-glx") == "libgl1-mesa-glx"
    assert name_in(None, "python3.8") == "python3.8"


def test_it_is_said_what_to_take_instead() -> None:
    assert remark_on("openjdk-8-jdk") == "openjdk-17-jdk is there"
    assert "NVIDIA's archive" in remark_on("libcudnn8-dev")
    assert "its own makers" in remark_on("google-cloud-sdk")
    assert remark_on("ffmpeg") == remark_on("no-such-package-here") == ""


def test_every_base_image_has_a_release_of_the_table() -> None:
    chosen = {
        image.reference("base", "22.04" if "22.04" in image.ubuntu else image.ubuntu[-1])
        for image in cuda_images().values()
    }
    found = {release_of(reference) for reference in (*chosen, slim_image("3.12.1").reference)}
    assert found == set(RELEASES)
    assert [release_title(release) for release in RELEASES] == [
        "Ubuntu 20.04",
        "Ubuntu 22.04",
        "Ubuntu 24.04",
        "Debian 12",
    ]


def test_what_we_install_ourselves_is_known_in_every_release() -> None:
    held = set(names())
    assert sorted(set(table_names()) - held) == []
    missing = {(name, release) for name in table_names() for release in RELEASES
               if name_in(release, name) is None}  # fmt: skip
    assert missing == set()


@pytest.mark.parametrize("release", RELEASES)
def test_a_name_that_was_translated_stays_and_is_one_that_apt_takes(release: Release) -> None:
    called = {name: name_in(release, name) for name in names()}
    again = {name: now for name, now in called.items() if now and name_in(release, now) != now}
    assert again == {}
    assert [now for now in called.values() if now and not _PACKAGE.fullmatch(now)] == []
    assert [name for name in called if not _PACKAGE.fullmatch(name)] == []


def test_each_name_stands_in_one_row_and_the_rows_are_sorted() -> None:
    rows = list(read_rows("system_package_names.tsv"))
    assert {len(row) for row in rows} <= {1, 5, 6}
    given = [name for row in rows for name in row[0].split()]
    assert len(given) == len(set(given))
    heads = [row[0].split()[0] for row in rows]
    assert heads == sorted(heads)
    assert [row for row in rows if len(row) == 6 and "-" not in row[1:5]] == []


@pytest.mark.network
@pytest.mark.skipif(shutil.which("apt-cache") is None, reason="there is no apt here")
def test_this_machines_own_archive_has_every_name(tmp_path: Path) -> None:
    from tools.check_package_names import installable

    system = platform.freedesktop_os_release()
    release = release_of(f"{system['ID']}:{system.get('VERSION_CODENAME', '')}") or release_of(
        f"{system['ID']}:{system.get('VERSION_ID', '')}"
    )
    if release is None:
        pytest.skip(f"no image starts from {system['ID']} {system.get('VERSION_ID')}")
    lists = tmp_path / "lists"
    (lists / "partial").mkdir(parents=True)
    configuration = tmp_path / "apt.conf"
    configuration.write_text(
        f'Dir::State::lists "{lists}";\n'
        f'Dir::Cache::pkgcache "{tmp_path}/packages.bin";\n'
        f'Dir::Cache::srcpkgcache "{tmp_path}/sources.bin";\n'
        'APT::Sandbox::User "root";\nAcquire::Retries "0";\nAcquire::http::Timeout "15";\n'
    )
    environment = {"APT_CONFIG": str(configuration), "PATH": "/usr/bin:/bin"}
    updated = subprocess.run(
        ["apt-get", "update"], env=environment, capture_output=True, timeout=120, check=False
    )
    if updated.returncode or not list(lists.glob("*_Packages*")):
        pytest.skip("the archive of this machine's system does not answer")
    called = {name: name_in(release, name) for name in names()}
    there = installable(filter(None, called.values()), environment)
    assert {name: now for name, now in called.items() if now and now not in there} == {}
