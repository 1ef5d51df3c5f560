"""What the tests of the targets share."""

from __future__ import annotations

import pytest

from tests.project.targets.workloads import MakeWorkload, make


@pytest.fixture
def make_workload() -> MakeWorkload:
    """Makes a workload; keyword arguments say what is different."""
    return make
