"""System packages: which, by what name, for the build alone or for the program, and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

import nb2prod
from nb2prod.analysis.facts import Command, Install
from nb2prod.data.package_names import RELEASES, Release
from nb2prod.environment.decide import decide_environment
from nb2prod.environment.model import UNLOCKED, BaseImage, Environment, Lock
from nb2prod.environment.system import system_packages, with_system_packages
from nb2prod.location import Location
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.reader import read_bytes
from tests.environment.cuda_cases import pins

HERE = Location(2, 1)
NOBLE = "nvidia/cuda:13.3.1-base-ubuntu24.04"


def notebook(source: str) -> Notebook:
    cell: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
    }
    document = {
        "cells": [{**cell, "source": source}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    return read_bytes(json.dumps(document).encode(), "n")


def environment(source: str, *, cpu: bool = False) -> Environment:
    read = notebook(source)
    return decide_environment(read, nb2prod.inspect(read), nb2prod.Options(cpu=cpu))


def locked(versions: Sequence[str], built: Sequence[str] = (), *, compiles: bool = False) -> Lock:
    named = dict(one.split("==") for one in versions)
    return Lock("locked", True, True, versions=named, from_source=tuple(built), compiles=compiles)


def by_stage(pinned: str, lock: Lock = UNLOCKED) -> tuple[list[str], list[str]]:
    """The packages for some pins: those of the build alone, and the others."""
    packages, notes = system_packages([], [], pins(pinned), release="ubuntu22.04", lock=lock)
    assert notes == ()
    return (
        [one.name for one in packages if one.build_only],
        [one.name for one in packages if not one.build_only],
    )


def test_they_come_from_installs_commands_and_pins() -> None:
    installs = [Install("apt", ("tree", "libsndfile1=1.0"), HERE)]
    commands = [Command("ffmpeg", HERE), Command("ls", HERE)]
    packages, notes = system_packages(installs, commands, pins("lightgbm==4.5.0"))
    assert [found.name for found in packages] == ["ffmpeg", "libgomp1", "libsndfile1", "tree"]
    assert notes == ()
    assert packages[3].evidence[0].location == HERE
    assert not any(found.build_only for found in packages)


@pytest.mark.parametrize(
    "name", ["nvidia-driver-535", "cuda", "libnvidia-compute-535", "a;b", "-o", "ffmpeg-"]
)
@pytest.mark.parametrize("release", [None, *RELEASES])
def test_drivers_and_what_is_no_name_are_left_to_a_person(
    name: str, release: Release | None
) -> None:
    packages, notes = system_packages([Install("apt", (name,), HERE)], [], [], release=release)
    assert packages == ()
    assert [note.location for note in notes] == [HERE]


def test_a_renamed_package_says_what_the_notebook_wrote_and_whose_name_it_has() -> None:
    installs = [Install("apt", ("libasound2", "ffmpeg"), HERE)]
    packages, notes = system_packages(installs, [], [], release="ubuntu24.04")
    assert [found.name for found in packages] == ["ffmpeg", "libasound2t64"]
    assert [found.detail for found in packages[0].evidence] == ["apt-get install ffmpeg"]
    assert [found.detail for found in packages[1].evidence] == [
        "apt-get install libasound2",
        "Ubuntu 24.04 has it in place of libasound2",
    ]
    assert packages[1].evidence[0].location == HERE
    assert notes == ()


def test_two_names_of_one_package_are_one_package() -> None:
    installs = [Install("apt", ("libgl1-mesa-glx",), HERE)]
    packages, _ = system_packages(
        installs, [], pins("opencv-python==4.10.0.84"), release="ubuntu24.04"
    )
    assert [found.name for found in packages] == ["libgl1", "libglib2.0-0t64", "libsm6", "libxext6"]
    assert [found.detail for found in packages[0].evidence] == [
        "apt-get install libgl1-mesa-glx",
        "opencv-python needs it",
        "Ubuntu 24.04 has it in place of libgl1-mesa-glx",
    ]


@pytest.mark.parametrize(
    ("release", "name", "said"),
    [
        ("bookworm", "openjdk-8-jdk-headless", "Debian 12, which the image starts from, has no"),
        ("bookworm", "libcudnn8", "it is in NVIDIA's archive"),
        ("ubuntu22.04", "google-cloud-sdk", "an archive of its own makers"),
        ("ubuntu22.04", "python3.8-distutils", "brings the Python of the project itself"),
        ("ubuntu24.04", "chromium-chromedriver", "a snap alone"),
    ],
)
def test_what_the_release_does_not_have_is_left_to_a_person(
    release: Release, name: str, said: str
) -> None:
    installs = [Install("apt", (name, "tree"), HERE)]
    packages, notes = system_packages(installs, [], [], release=release)
    assert [found.name for found in packages] == ["tree"]
    assert [note.location for note in notes] == [HERE]
    assert said in notes[0].reason
    assert f"no package {name}" in notes[0].reason


@pytest.mark.parametrize(
    ("pinned", "build", "run"),
    [
        ("pycairo==1.26.0", ["build-essential", "libcairo2-dev", "pkg-config"], ["libcairo2"]),
        ("psycopg2==2.9.9", ["build-essential", "libpq-dev"], ["libpq5"]),
        ("gdal==3.4.1", ["build-essential", "libgdal-dev"], ["libgdal30"]),
        ("dlib==19.24.6", ["build-essential", "cmake"], []),
        # Wheels came with a version, and the program calls something in any.
        ("mpi4py==4.0.3", ["build-essential", "libopenmpi-dev"], ["libopenmpi3", "openmpi-bin"]),
        ("mpi4py==4.1.0", [], ["openmpi-bin"]),
        ("pygraphviz==1.14", ["build-essential", "libgraphviz-dev", "pkg-config"], ["graphviz"]),
        ("pygraphviz==2.0", [], ["graphviz"]),
        # Its archive says that it is compiled.
        ("crcmod==1.7", ["build-essential"], []),
        # What compiles when the program runs keeps its compiler.
        ("pystan==3.10.0", [], ["g++"]),
        ("cmdstanpy==1.2.5", [], ["build-essential"]),
        ("cmdstanpy==1.2.5 dlib==19.24.6", ["cmake"], ["build-essential"]),
        ("pycuda==2024.1", ["build-essential"], ["g++"]),
        ("numpy==2.2.0", [], []),
    ],
)
def test_without_a_lock_what_has_no_wheel_is_built(
    pinned: str, build: list[str], run: list[str]
) -> None:
    assert by_stage(pinned) == (build, run)
    assert by_stage(pinned, Lock("failed", reason="…")) == (build, run)


def test_a_lock_says_what_is_built() -> None:
    wheel = locked(["pycairo==1.99"])
    assert by_stage("pycairo==1.99", wheel) == ([], [])
    source = locked(["pycairo==1.99"], ["pycairo"], compiles=True)
    build = ["build-essential", "libcairo2-dev", "pkg-config"]
    assert by_stage("pycairo==1.99", source) == (build, ["libcairo2"])
    brought = locked(["face-recognition==1.3.0", "dlib==19.24.6"], ["dlib"], compiles=True)
    assert by_stage("face-recognition==1.3.0", brought) == (["build-essential", "cmake"], [])
    pure = locked(["docopt==0.6.2"], ["docopt"])
    assert by_stage("docopt==0.6.2", pure) == ([], [])


def test_a_pin_that_the_lock_leaves_out_is_taken_as_without_one() -> None:
    lock = locked(["numpy==2.2.0"])
    assert by_stage("psycopg2==2.9.9 numpy==2.2.0", lock)[1] == ["libpq5"]


def test_what_the_notebook_asks_for_itself_is_there_when_it_runs() -> None:
    installs = [Install("apt", ("libcairo2-dev", "pkg-config"), HERE)]
    packages, _ = system_packages(installs, [Command("gcc", HERE)], pins("pycairo==1.26.0"))
    assert {found.name: found.build_only for found in packages} == {
        "build-essential": False,
        "libcairo2": False,
        "libcairo2-dev": False,
        "pkg-config": False,
    }


@pytest.mark.parametrize(
    ("source", "detail"),
    [
        ("import torch\nmodel = torch.compile(model)", "calls torch.compile"),
        ("@torch.compile\ndef step(x): return x", "calls torch.compile"),
        ("%%cython\ndef f(int x): return x", "has a cell of Cython"),
        ("import pyximport; pyximport.install()", "imports modules of Cython as they are"),
        ("ffibuilder.compile(verbose=True)", "compiles C with cffi"),
        ("from torch.utils.cpp_extension import load_inline", "builds an extension of torch"),
    ],
)
def test_what_compiles_when_it_runs_gets_a_compiler(source: str, detail: str) -> None:
    packages = {one.name: one for one in environment(source, cpu=True).system_packages}
    evidence = packages["g++"].evidence[0]
    assert (evidence.kind, evidence.detail) == ("pinned", f"the notebook {detail}")
    assert evidence.location is not None
    assert not packages["g++"].build_only


@pytest.mark.parametrize(
    "source", ["# torch.compile(model)", "import re\nre.compile('x')", "compile('1', 'a', 'eval')"]
)
def test_what_does_not_compile_gets_none(source: str) -> None:
    assert environment(source).system_packages == ()


def test_the_image_s_release_decides_the_names() -> None:
    source = "!apt-get install -y libgl1-mesa-glx mysql-client openjdk-8-jdk"
    usual, slim = environment(source), environment(source, cpu=True)
    names = [found.name for found in usual.system_packages]
    assert names == ["libgl1-mesa-glx", "mysql-client", "openjdk-8-jdk"]
    assert usual.package_attention == ()
    names = [found.name for found in slim.system_packages]
    assert names == ["default-mysql-client", "libgl1-mesa-glx"]
    assert [str(note.location) for note in slim.package_attention] == ["cell 1 line 1"]
    assert set(slim.package_attention) <= set(slim.attention)


def test_another_base_image_gives_other_names_and_nothing_of_before() -> None:
    source = "!apt-get install -y libasound2 python3.10-venv cuda-driver-x"
    read = notebook(source)
    facts = nb2prod.inspect(read)
    jammy = environment(source)
    image = BaseImage(NOBLE, "13.3.1", "base", None, ())
    noble = with_system_packages(replace(jammy, base_image=image), read, facts)
    assert [found.name for found in noble.system_packages] == ["cuda-driver-x", "libasound2t64"]
    assert "no package python3.10-venv" in str(noble.attention)
    assert with_system_packages(noble, read, facts) == noble
    back = with_system_packages(replace(noble, base_image=jammy.base_image), read, facts)
    assert back == jammy
