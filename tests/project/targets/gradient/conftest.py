"""What the tests of this target share."""

from __future__ import annotations

import pytest

from tests.project.targets.gradient.workloads import MakeWorkload, make


@pytest.fixture
def make_workload() -> MakeWorkload:
    """Makes a workload; keyword arguments say what is different."""
    return make
