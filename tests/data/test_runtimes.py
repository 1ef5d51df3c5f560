"""The images of Colab and Kaggle, checked against the milestones of backend-info's history."""

from __future__ import annotations

import re

import pytest

from nb2prod.data.runtimes import (
    Runtime,
    in_any_runtime,
    named_runtime,
    newest_runtime,
    runtime_at,
    runtimes,
    span,
)

FRAMEWORKS = ("torch", "tensorflow", "jax", "numpy")


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


# What backend-info says of the days on which something large changed.
MILESTONES = [
    ("2022-09-13", False, "3.7", "1.12.1+cu113 2.8.2+zzzcolab20220719082949 0.3.17 1.21.6"),
    ("2022-10-13", False, "3.7", "1.12.1+cu113 2.9.2 0.3.21 1.21.6"),
    ("2022-12-05", True, "3.8", "1.13.0+cu116 2.9.2 0.3.25 1.21.6"),
    ("2023-03-06", True, "3.9", "1.13.1+cu116 2.11.0 0.4.4 1.22.4"),
    ("2023-03-30", True, "3.9", "2.0.0+cu118 2.12.0 0.4.7 1.22.4"),
    ("2023-04-25", True, "3.10", "2.0.0+cu118 2.12.0 0.4.8 1.22.4"),
    ("2023-12-12", True, "3.10.12", "2.1.0+cu121 2.15.0 0.4.20 1.23.5"),
    ("2024-05-17", False, "3.10.12", "2.3.0+cu121 2.15.0 0.4.26 1.25.2"),
    ("2024-07-29", True, "3.10.12", "2.3.1+cu121 2.17.0 0.4.26 1.26.4"),
    ("2025-01-09", True, "3.11.11", "2.5.1+cu121 2.17.1 0.4.33 1.26.4"),
    ("2025-03-13", True, "3.11.11", "2.6.0+cu124 2.18.0 0.5.2 2.0.2"),
    ("2025-08-15", True, "3.12.11", "2.8.0+cu126 2.19.0 0.5.3 2.0.2"),
    ("2025-12-10", False, "3.12.12", "2.9.0+cpu 2.19.0 0.7.2 2.0.2"),
    ("2026-02-17", True, "3.12.12", "2.10.0+cu128 2.19.0 0.7.2 2.0.2"),
    ("2026-04-24", True, "3.12.13", "2.10.0+cu128 2.20.0 0.7.2 2.0.2"),
]


@pytest.mark.parametrize(("day", "gpu", "python", "versions"), MILESTONES)
def test_milestones(day: str, gpu: bool, python: str, versions: str) -> None:
    runtime = runtime_at(day, gpu=gpu)
    assert runtime is not None
    assert (runtime.date, runtime.python) == (day, python)
    assert [runtime.freeze[name] for name in FRAMEWORKS] == versions.split()
    assert [runtime.packages[name] for name in FRAMEWORKS] == re.sub(r"\+\w+", "", versions).split()


@pytest.mark.parametrize(
    ("day", "gpu", "found", "variant"),
    [
        ("2022-09-14", False, "2022-09-13", "main"),
        ("2025-12-09", True, "2025-12-08", "main"),
        ("2025-12-09", False, "2025-12-08", "main"),
        # The freezes of the image with a GPU begin a month after the images were parted.
        ("2025-12-10", True, "2025-12-08", "main"),
        ("2026-01-07", True, "2025-12-08", "main"),
        ("2026-01-07", False, "2025-12-16", "main"),
        ("2026-01-08", True, "2026-01-08", "gpu"),
        ("2099-01-01", True, "2026-08-19", "gpu"),
    ],
)
def test_the_newest_image_not_after_the_day(day: str, gpu: bool, found: str, variant: str) -> None:
    runtime = runtime_at(day, gpu=gpu)
    assert runtime is not None
    assert (runtime.date, runtime.name, runtime.variant) == (found, f"colab-{found}", variant)


@pytest.mark.parametrize("day", ["2025-12-10", "2025-12-25", "2026-01-07", "2026-01-08"])
def test_a_gpu_is_never_given_an_image_without_cuda(day: str) -> None:
    runtime = runtime_at(day, gpu=True)
    assert runtime is not None
    assert runtime.builds["torch"] == "2.9.0+cu126"


@pytest.mark.parametrize("gpu", [False, True])
def test_before_the_first_image_nothing_is_known(gpu: bool) -> None:
    assert runtime_at("2022-09-12", gpu=gpu) is None
    assert runtime_at("2024-12-03", gpu=gpu, platform="kaggle") is None
    assert span().first == "2022-09-13"
    assert span("kaggle").first == "2024-12-04"


@pytest.mark.parametrize("text", ["", "2024-02-30", "yesterday", "2025.07"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|day|month"):
        runtime_at(text, gpu=False)


@pytest.mark.parametrize(
    ("name", "date", "python", "torch", "tensorflow"),
    [
        # Its day's own snapshot has Python 3.11.13 too, but TensorFlow 2.19.0.
        ("2025.07", "2025-08-13", "3.11.13", "2.6.0+cu124", "2.18.0"),
        ("2025.10", "2025-10-13", "3.12.12", "2.8.0+cu126", "2.19.0"),
        ("2026.01", "2026-01-16", "3.12.12", "2.9.0+cu126", "2.19.0"),
        ("2026.04", "2026-04-02", "3.12.13", "2.10.0+cu128", "2.19.0"),
        ("2026.07", "2026-07-14", "3.12.13", "2.11.0+cu128", "2.20.0"),
    ],
)
def test_named_runtimes(name: str, date: str, python: str, torch: str, tensorflow: str) -> None:
    runtime = named_runtime(name, gpu=True)
    assert runtime is not None
    assert (runtime.name, runtime.date, runtime.python) == (name, date, python)
    assert (runtime.builds["torch"], runtime.packages["tensorflow"]) == (torch, tensorflow)


def test_a_named_runtime_is_not_that_of_its_day() -> None:
    of_the_day = runtime_at("2025-08-13", gpu=True)
    assert of_the_day is not None
    assert of_the_day.packages["tensorflow"] == "2.19.0"


@pytest.mark.parametrize("name", ["2025.08", "2025.7", "kaggle:2025-11", "kaggle:2025.12", ""])
def test_another_name_is_no_runtime(name: str) -> None:
    assert named_runtime(name, gpu=False) is None


@pytest.mark.parametrize(
    ("day", "gpu", "name", "base", "python"),
    [
        ("2024-12-04", True, "kaggle:2024-12", "2024-09-20", "3.10.12"),
        ("2025-07-01", True, "kaggle:2025-07", "2025-06-26", "3.11.13"),
        ("2025-12-11", True, "kaggle:2025-09", "2025-07-25", "3.11.13"),
        ("2025-12-12", True, "kaggle:2025-12", "2025-10-24", "3.12.12"),
        # One image, built from two of different days.
        ("2026-02-28", True, "kaggle:2026-02", "2026-01-26", "3.12.12"),
        ("2026-02-28", False, "kaggle:2026-02", "2026-01-23", "3.12.12"),
    ],
)
def test_an_image_of_kaggle_holds_what_the_image_of_colab_below_it_does(
    day: str, gpu: bool, name: str, base: str, python: str
) -> None:
    runtime = runtime_at(day, gpu=gpu, platform="kaggle")
    below = runtime_at(base, gpu=gpu)
    assert runtime is not None
    assert below is not None
    assert (runtime.name, runtime.based_on, runtime.python) == (name, base, python)
    assert runtime.freeze == below.freeze
    assert runtime.commit == below.commit


@pytest.mark.parametrize(
    ("runtime", "words"),
    [
        (runtime_at("2024-06-12", gpu=False), "Colab's runtime of 2024-06-10"),
        (named_runtime("2025.07", gpu=True), "Colab's runtime 2025.07"),
        (
            named_runtime("kaggle:2025-12", gpu=False),
            "Kaggle's image of 2025-12-12, built from Colab's of 2025-10-24",
        ),
    ],
    ids=["day", "name", "kaggle"],
)
def test_a_runtime_says_what_it_is(runtime: Runtime, words: str) -> None:
    assert runtime.described == words


@pytest.mark.parametrize(
    ("day", "name", "version", "word"),
    [
        # The index has none of jaxlib's oldest versions any more.
        ("2022-09-13", "jaxlib", "0.3.15+cuda11.cudnn805", "default index"),
        ("2024-06-11", "cudf-cu12", "24.4.1", "direct URL"),
        ("2022-09-13", "google-colab", "", "file"),
        ("2025-10-01", "jupyter-kernel-gateway", "", "Git"),
        ("2022-09-13", "xkit", "0.0.0", "Ubuntu"),
        ("2023-01-10", "python-apt", "2.0.0+ubuntu0.20.4.8", "Ubuntu"),
    ],
)
def test_what_no_index_served_then(day: str, name: str, version: str, word: str) -> None:
    runtime = runtime_at(day, gpu=False)
    assert runtime is not None
    assert name not in runtime.packages
    assert word in runtime.unservable[name]
    assert runtime.freeze[name] == version


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("numpy", True),
        ("fix-yahoo-finance", True),  # gone since
        ("cudf-cu12", True),
        ("google-colab", False),
        ("en-core-web-sm", False),
        ("no-such-distribution", False),
    ],
)
def test_what_any_image_ever_had(name: str, known: bool) -> None:
    assert in_any_runtime(name) is known


def test_the_list_names_each_runtime_once() -> None:
    names = [one.name for one in runtimes()]
    assert len(names) == len(set(names)) == 18
    assert span().count == 534
