"""torch's family from an index of its own: it alone is asked for there, all else stays."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from nb2prod import core
from nb2prod.environment.lock import variant
from nb2prod.environment.lock.ladder import Settled, settle
from nb2prod.environment.lock.uv import ask
from nb2prod.environment.lock.variant import Built, in_variant
from nb2prod.environment.model import TorchBuild
from nb2prod.project.files import render
from tests.environment.lock.asking import ground, pin, planned
from tests.environment.lock.index import Index, running_index

BUILD = TorchBuild("12.6", "cu126", ())


@pytest.fixture
def second(index: Index, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """PyTorch's own index, which does not say when its files came. It offers more than is wanted
    of it, and newer.
    """
    with running_index() as found:
        monkeypatch.setattr(variant, "torch_index", lambda backend: found.url)
        for name, version in (("torch", "2.7.1"), ("torchvision", "0.22.1")):
            requires = ["numpy", "six"] if name == "torch" else ["torch==2.7.1"]
            index.wheel(name, version, *requires)
            found.wheel(name, f"{version}+cu126", *requires, day=None)
        index.wheel("torch", "2.8.0", "numpy")
        for name, version in (("numpy", "9.0"), ("six", "9.0")):
            found.wheel(name, version, day=None)
        index.wheel("numpy", "1.26.0")
        index.wheel("numpy", "2.0.0")
        index.wheel("six", "1.16.0")
        index.wheel("pandas", "2.2.0", "numpy")
        yield found


def built(environment: dict[str, str], build: TorchBuild | None, *pins: str) -> Built:
    start = ground(*(pin(text) for text in pins), preferred={"numpy": "1.26.0"})
    settled = settle(start, lambda question: ask(question, environment))
    assert isinstance(settled, Settled), settled
    return in_variant(build, settled, lambda question: ask(question, environment))


def test_the_family_has_the_build_and_the_rest_is_as_it_was(
    second: Index, environment: dict[str, str]
) -> None:
    found = built(environment, BUILD, "torch==2.7.1", "torchvision==0.22.1", "pandas==2.2.0")
    assert found.reason == ""
    assert found.settled.resolved.versions == {
        "numpy": "1.26.0",
        "pandas": "2.2.0",
        "six": "1.16.0",
        "torch": "2.7.1+cu126",
        "torchvision": "0.22.1+cu126",
    }
    assert second.asked == {"torch", "torchvision"}
    text = found.settled.resolved.text
    assert text.count("--hash=sha256:") == 5
    assert second.host not in text


def test_a_member_that_is_only_required_comes_from_there_too(
    second: Index, environment: dict[str, str]
) -> None:
    found = built(environment, BUILD, "torchvision==0.22.1")
    assert found.settled.resolved.versions["torch"] == "2.7.1+cu126"
    assert second.asked == {"torch", "torchvision"}


@pytest.mark.parametrize(
    ("build", "pins"),
    [
        (None, ["torch==2.7.1"]),
        (TorchBuild("12.6", None, ()), ["torch==2.7.1"]),
        (BUILD, ["pandas==2.2.0"]),
    ],
)
def test_where_the_default_wheel_will_do_the_other_index_is_not_asked(
    second: Index, environment: dict[str, str], build: TorchBuild | None, pins: list[str]
) -> None:
    found = built(environment, build, *pins)
    assert not [one for one in found.settled.resolved.versions.values() if "+" in one]
    assert second.requests == []


@pytest.mark.parametrize("how", ["gone", "closed", "without it"])
def test_what_cannot_be_had_there_leaves_the_default_build_and_says_so(
    second: Index,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    named = {**environment, "UV_HTTP_RETRIES": "0"}
    if how == "gone":
        with running_index() as gone:
            address = gone.url
        monkeypatch.setattr(variant, "torch_index", lambda backend: address)
    elif how == "closed":
        second.login = base64.b64encode(b"another:word").decode()
    else:
        second.files.clear()
    found = built(named, BUILD, "torch==2.7.1")
    assert found.settled.resolved.versions["torch"] == "2.7.1"
    assert found.reason.startswith("torch 2.7.1+cu126 should be installed, ")
    assert "the default build, which carries CUDA 12.6, is locked" in found.reason
    # To uv, what an index beside the default one refuses to show is not there.
    told = "could not be reached" if how == "gone" else "does not have it"
    assert f"PyTorch's own index {told}" in found.reason
    assert "127.0.0.1" not in found.reason


_CELLS = ("!pip install torch==2.7.1+cu126\nimport torch, pandas",)


@pytest.mark.parametrize("reached", [True, False])
def test_a_project_whose_build_cannot_be_reached_is_not_complete(
    second: Index, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, reached: bool
) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    plan = planned(*_CELLS, cpu=False, python="3.12")
    assert plan.environment.torch_build is not None
    backend = plan.environment.torch_build.backend
    if not reached:
        with running_index() as gone:
            address = gone.url
        monkeypatch.setattr(variant, "torch_index", lambda backend: address)
    locked = core.lock(plan)
    files = render(locked)
    assert (locked.lock.mode, locked.lock.complete) == ("locked", reached)
    text = files["requirements.lock"].decode()
    dockerfile = files["Dockerfile"].decode()
    assert ("torch==2.7.1+cu126 " in text) == reached
    assert ("--torch-backend" in dockerfile) == reached
    notes = [note.reason for note in locked.attention if "the lock is not complete" in note.reason]
    assert len(notes) == (0 if reached else 1)
    assert backend == "cu126"
