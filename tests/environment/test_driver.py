"""Which drivers start which CUDA."""

from __future__ import annotations

import pytest

from nb2prod.data.machines import Driver, documented_driver
from nb2prod.environment.driver import Start, numbers, runs, starts
from tests.environment.cuda_cases import DOCUMENTED, NEW, OLD


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
        (NEW, "14.0.0", "no"),
    ],
)
def test_starts(driver: Driver, cuda: str, start: Start) -> None:
    assert starts(cuda, driver) == start
    assert runs(cuda, driver) == (start != "no")


def test_versions_compare_as_numbers() -> None:
    assert numbers("2.9.0") < numbers("2.15.0") < numbers("2.15.0.post1") < numbers("2.15.1")
