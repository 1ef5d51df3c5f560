"""Which drivers start which CUDA, which build of torch follows, and what a person is told."""

from __future__ import annotations

import pytest

from nb2prod.data.cuda import cuda_images, tensorflow_versions, torch_versions
from nb2prod.data.machines import Driver, documented_driver
from nb2prod.environment.driver import Start, numbers, runs, starts, verdict
from nb2prod.environment.image import choose_image
from nb2prod.environment.model import Pin
from nb2prod.environment.torch_build import choose_torch_build

OLD = Driver("470.57.02", "2021-07-01", "11.4")
DOCUMENTED = Driver("525.116.04", "2024-02-02", "12.4")
NEW = Driver("580.82.07", "2026-02-05", "13.0")


def test_gradient_s_driver_is_the_documented_one() -> None:
    assert documented_driver() == DOCUMENTED


@pytest.mark.parametrize(
    ("driver", "cuda", "start"),
    [
        (OLD, "10.2", "yes"),
        (OLD, "11.4.3", "yes"),
        (OLD, "11.8.0", "unknown"),
        (OLD, "12.0.1", "no"),
        (DOCUMENTED, "11.8.0", "yes"),
        (DOCUMENTED, "12.1.1", "yes"),
        (DOCUMENTED, "12.4.1", "yes"),
        (DOCUMENTED, "12.5.1", "unknown"),
        (DOCUMENTED, "12.9.1", "unknown"),
        (DOCUMENTED, "13.0.3", "no"),
        (NEW, "12.9.1", "yes"),
        (NEW, "13.0.3", "yes"),
        (NEW, "13.2.1", "unknown"),
    ],
)
def test_starts(driver: Driver, cuda: str, start: Start) -> None:
    assert starts(cuda, driver) == start


@pytest.mark.parametrize(
    ("requirement", "cpu", "cuda", "backend"),
    [
        ("2.3.0", False, "12.1", None),
        ("2.7.1", False, "12.6", None),
        ("2.3.0+cu118", False, "11.8", "cu118"),
        ("2.3.0+cu999", False, "12.1", None),  # there is no such build
        ("2.11.0", False, "12.6", "cu126"),
        ("2.11.0+cu128", False, "12.8", "cu128"),
        ("2.11.0+cu130", False, "13.0", "cu130"),
        ("2.15.0", False, "13.2", None),  # every build needs a newer driver
        ("2.11.0", True, None, "cpu"),
        ("2.11.0+cu128", True, None, "cpu"),
        ("99.0", True, None, None),
    ],
)
def test_the_build_of_torch(
    requirement: str, cpu: bool, cuda: str | None, backend: str | None
) -> None:
    version, _, build = requirement.partition("+")
    found = choose_torch_build([Pin("torch", version, (), (), build or None)], cpu=cpu)
    assert found is not None
    assert (found.cuda, found.backend) == (cuda, backend)
    assert found.evidence


def test_what_no_table_knows_gets_no_build() -> None:
    assert choose_torch_build([Pin("torch", "99.0", (), ())], cpu=False) is None
    assert choose_torch_build([Pin("pandas", "2.2.2", (), ())], cpu=False) is None


@pytest.mark.parametrize(
    ("name", "version", "start", "choices"),
    [
        ("torch", "2.11.0", "yes", []),
        ("torch", "2.15.0", "no", ["torch==2.14.1 or --cpu"]),
        ("tensorflow", "2.15.0", "yes", []),
        ("tensorflow", "2.20.0", "unknown", ["tensorflow==2.17.1 or --cpu"]),
        ("pandas", "2.2.2", "yes", []),
    ],
)
def test_the_verdict_says_what_to_choose(
    name: str, version: str, start: Start, choices: list[str]
) -> None:
    pins = [Pin(name, version, (), ())]
    image = choose_image(pins, choose_torch_build(pins, cpu=False), "3.12.1", cpu=False)
    found, reason = verdict(image, "T4", pins)
    assert found == start
    assert [choice for choice in choices if choice in reason] == choices
    assert bool(reason) == (start != "yes")
    assert verdict(image, None, pins) == ("yes", "")


@pytest.mark.parametrize("name", ["torch", "tensorflow"])
def test_every_known_version_gets_an_image_that_exists_and_an_honest_verdict(name: str) -> None:
    versions = torch_versions() if name == "torch" else tensorflow_versions()
    driver = documented_driver()
    for version in versions:
        pins = [Pin(name, version, (), ())]
        image = choose_image(pins, choose_torch_build(pins, cpu=False), "3.12.1", cpu=False)
        assert image.cuda is not None
        assert image.cuda in cuda_images()
        found, _ = verdict(image, "T4", pins)
        assert found == starts(image.cuda, driver), version
        # torch carries its CUDA itself: whatever runs there, starts there.
        build = choose_torch_build(pins, cpu=False)
        if build is not None and build.cuda is not None and runs(build.cuda, driver):
            assert found == "yes", version
            assert numbers(image.cuda)[0] in (numbers(build.cuda)[0], 11)
