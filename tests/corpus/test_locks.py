"""Four notebooks of the corpus get a lock, and what was known without an index stays true."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

import nb2prod
from nb2prod.core import lock, plan_file
from nb2prod.environment.model import Pin
from nb2prod.migration import Migration

pytestmark = [pytest.mark.corpus, pytest.mark.network, pytest.mark.slow]

NOTEBOOKS = 4
# Evidence whose versions may give way to others.
YIELDING = {"default", "table", "runtime", "recorded-output"}
# PyTorch's own index may be out of reach; nothing else may keep a lock from being complete.
TORCH = "PyTorch's own index"


@pytest.fixture(scope="module")
def locked(
    corpus: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[Migration, Migration]]:
    """The plan and the lock of the last notebooks, in the order of their digests, that have
    something to install.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NB2PROD_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        found = [(plan, lock(plan)) for plan in islice(with_distributions(corpus), NOTEBOOKS)]
    assert len(found) == NOTEBOOKS
    for _, after in found:
        if after.lock.mode == "no-index":
            pytest.skip(after.lock.reason)
    return found


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def with_distributions(corpus: list[Path]) -> Iterator[Migration]:
    for path in sorted(corpus, key=digest, reverse=True):
        try:
            plan = plan_file(path)
        except nb2prod.NotebookError:
            continue
        if plan.environment.pins:
            yield plan


def test_they_resolve(locked: list[tuple[Migration, Migration]]) -> None:
    for plan, after in locked:
        name, state = plan.notebook.name, after.lock
        assert state.mode == "locked", f"{name}: {state.reason}"
        assert state.hashed, name
        assert state.complete or TORCH in state.reason, f"{name}: {state.reason}"
        new = [note.reason for note in set(after.attention) - set(plan.attention)]
        assert all(TORCH in reason for reason in new), f"{name}: {new}"


def test_pins_stay_or_say_why(locked: list[tuple[Migration, Migration]]) -> None:
    for plan, after in locked:
        before, now = (by_name(one) for one in (plan, after))
        versions = after.lock.versions
        for name, pin in now.items():
            assert versions[name].partition("+")[0] == pin.version
            planned = before.get(name)
            if planned is not None and planned.version == pin.version:
                assert pin == planned
            else:
                assert pin.evidence[0].kind == "lock", pin
                assert planned is None or planned.evidence[0].kind in YIELDING, pin
        unpinned = {one.name for one in plan.environment.unpinned}
        assert now.keys() == before.keys() | unpinned
        assert not after.environment.unpinned


def test_what_is_known_without_an_index_agrees(
    locked: list[tuple[Migration, Migration]],
) -> None:
    for plan, after in locked:
        name = plan.notebook.name
        offline, online = plan.environment, after.environment
        named = [[(one.module, one.distribution) for one in each.dependencies] for each in
                 (offline, online)]  # fmt: skip
        assert named[0] == named[1], name
        assert offline.as_of == online.as_of
        assert offline.vcs == online.vcs
        same_torch = torch(plan) == torch(after)
        if online.python.evidence[0].kind != "lock":
            assert offline.python == online.python
        if same_torch:
            assert offline.torch_build == online.torch_build
            assert offline.base_image == online.base_image, name


def by_name(migration: Migration) -> dict[str, Pin]:
    return {pin.name: pin for pin in migration.environment.pins}


def torch(migration: Migration) -> str | None:
    found = by_name(migration).get("torch")
    return found.version if found else None
