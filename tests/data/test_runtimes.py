"""The newest Colab runtime, checked against the milestones of backend-info's history."""

from __future__ import annotations

import re

import pytest

from nb2prod.data.runtimes import newest_runtime


@pytest.mark.parametrize("gpu", [False, True])
def test_the_newest_runtime_is_that_of_august_2026(gpu: bool) -> None:
    runtime = newest_runtime(gpu=gpu)
    assert runtime.name == "colab-2026-08-19"
    assert runtime.date == "2026-08-19"
    assert runtime.python == "3.13.15"
    assert runtime.ubuntu == "22.04.5"
    assert runtime.commit == "a72407924822"
    assert runtime.variant == ("gpu" if gpu else "main")


@pytest.mark.parametrize("gpu", [False, True])
@pytest.mark.parametrize(
    ("name", "version"),
    [("torch", "2.11.0"), ("tensorflow", "2.20.0"), ("jax", "0.7.2"), ("numpy", "2.1.3")],
)
def test_headline_packages(gpu: bool, name: str, version: str) -> None:
    assert newest_runtime(gpu=gpu).packages[name] == version


def test_only_the_gpu_runtime_has_cuda_packages() -> None:
    assert "cudf-cu12" in newest_runtime(gpu=True).packages
    assert "cudf-cu12" not in newest_runtime(gpu=False).packages


def test_builds_remember_the_local_part_that_packages_leave_out() -> None:
    assert newest_runtime(gpu=True).builds["torch"] == "2.11.0+cu128"
    assert newest_runtime(gpu=False).builds["torch"] == "2.11.0+cpu"
    assert "numpy" not in newest_runtime(gpu=True).builds


@pytest.mark.parametrize("gpu", [False, True])
def test_versions_are_what_an_index_can_be_asked_for(gpu: bool) -> None:
    packages = newest_runtime(gpu=gpu).packages
    odd = {
        name: version
        for name, version in packages.items()
        if not re.fullmatch(r"\d[\w.]*", version)
    }
    assert len(packages) > 600
    assert odd == {}


@pytest.mark.parametrize("gpu", [False, True])
def test_names_are_normalised(gpu: bool) -> None:
    runtime = newest_runtime(gpu=gpu)
    names = [*runtime.packages, *runtime.unservable]
    assert [name for name in names if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []


@pytest.mark.parametrize("gpu", [False, True])
@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("google-colab", "file"),
        ("jupyter-kernel-gateway", "Git"),
        ("en-core-web-sm", "direct URL"),
        ("python-apt", "Ubuntu"),
        ("dbus-python", "Ubuntu"),
        ("pygobject", "source"),
    ],
)
def test_what_no_index_serves_is_listed_with_its_reason(gpu: bool, name: str, word: str) -> None:
    runtime = newest_runtime(gpu=gpu)
    assert name not in runtime.packages
    assert word in runtime.unservable[name]


def test_a_direct_url_whose_version_is_on_the_index_stays() -> None:
    assert newest_runtime(gpu=True).packages["cuvs-cu12"] == "26.2.0"


def test_the_table_cannot_be_changed_through_the_answer() -> None:
    packages = newest_runtime(gpu=False).packages
    with pytest.raises(TypeError):
        packages["numpy"] = "0"  # type: ignore[index]
