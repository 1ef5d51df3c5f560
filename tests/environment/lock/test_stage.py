"""From a plan to a locked one: what is in the lock, whether it is complete, and what is told."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from nb2prod import core
from nb2prod.data.distributions import survey_day
from nb2prod.data.source_only import SourceOnly
from nb2prod.environment.lock import stage
from nb2prod.environment.lock.ladder import Settled
from nb2prod.environment.lock.question import end_of
from nb2prod.environment.lock.stage import glibc
from nb2prod.environment.lock.uv import Resolved
from nb2prod.errors import NoIndex
from nb2prod.migration import Migration
from nb2prod.project.files import render
from tests.environment.lock.asking import planned, question
from tests.environment.lock.index import Index

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FRAMES = "!pip install pandas==2.2.0 numpy==1.26.0\nimport pandas, numpy"


@pytest.fixture
def frames(index: Index) -> Index:
    index.wheel("pandas", "2.2.0", "numpy", "six", "pytz")
    index.wheel("numpy", "1.26.0")
    index.wheel("numpy", "2.0.0")
    index.wheel("six", "1.16.0")
    index.wheel("pytz", "2024.1")
    return index


def locked(*cells: str, **options: object) -> Migration:
    return core.lock(planned(*cells, **options))


def read(migration: Migration, name: str) -> str:
    return render(migration)[name].decode()


@pytest.mark.usefixtures("frames", "environment")
def test_the_lock_holds_everything_with_hashes() -> None:
    found = locked(FRAMES)
    lock = found.lock
    assert (lock.mode, lock.complete, lock.hashed) == ("locked", True, True)
    assert lock.exclude_newer == end_of(survey_day())
    assert set(lock.versions) == {"numpy", "pandas", "pytz", "six"}
    assert found.attention == ()
    text = read(found, "requirements.lock")
    assert len(re.findall(r"^\S+==\S+ \\$", text, re.MULTILINE)) == 4
    assert text.count("--hash=sha256:") == 4
    assert text.startswith("numpy==1.26.0 ")
    assert not re.search(r"^\s*(-c|-r|--index|--extra|--find|-i)\b|://|127\.0", text, re.MULTILINE)
    dockerfile = read(found, "Dockerfile")
    assert "uv pip install --python /opt/venv/bin/python --require-hashes" in dockerfile
    assert "requirements-vcs" not in dockerfile
    assert "constraints.txt" not in render(found)
    readme = read(found, "README.md")
    assert "`requirements.lock` holds all that is installed: 4 packages" in readme


@pytest.mark.usefixtures("frames", "environment")
def test_the_same_plan_gives_the_same_bytes() -> None:
    cells = (FRAMES, f"!pip install git+https://git.example.invalid/x/requests.git@{COMMIT}")
    assert render(locked(*cells)) == render(locked(*cells))


@pytest.mark.usefixtures("environment")
def test_a_notebook_that_needs_nothing_asks_nobody(index: Index) -> None:
    found = locked("print(1)")
    assert (found.lock.mode, found.lock.complete, found.lock.hashed) == ("locked", True, True)
    assert found.lock.text == ""
    assert index.requests == []
    assert found.attention == ()


@pytest.mark.usefixtures("environment")
def test_what_is_required_in_turn_has_the_runtime_s_version_as_far_as_it_goes(
    frames: Index,
) -> None:
    plan = planned("!pip install pandas==2.2.0\nimport pandas")
    assert plan.environment.runtime is not None
    had = plan.environment.runtime.packages
    frames.wheel("six", had["six"])
    frames.wheel("six", "99.0")
    found = core.lock(plan)
    assert found.lock.versions["six"] == had["six"]
    assert f"pytz 2024.1 ({had['pytz']})" in found.lock.reason
    assert "six" not in found.lock.reason
    assert found.lock.complete
    assert f"pytz 2024.1 ({had['pytz']})" in read(found, "README.md")


@pytest.mark.usefixtures("frames", "environment")
def test_a_runtime_s_pin_that_gives_way_says_so_and_needs_nobody() -> None:
    plan = planned("!pip install pandas==2.2.0\nimport pandas, numpy")
    before = {pin.name: pin for pin in plan.environment.pins}["numpy"]
    found = core.lock(plan)
    pin = {pin.name: pin for pin in found.environment.pins}["numpy"]
    assert pin.version != before.version
    assert pin.version == found.lock.versions["numpy"]
    assert (pin.evidence[0].kind, pin.evidence[0].conflict) == ("lock", False)
    assert pin.evidence[1].conflict
    assert found.attention == ()
    assert f"numpy=={pin.version}" in read(found, "pyproject.toml")


@pytest.mark.usefixtures("frames", "environment")
def test_what_cannot_be_met_is_for_a_person_with_its_place() -> None:
    found = locked(FRAMES, "!pip install six==9.9\nimport six", python="3.12")
    assert (found.lock.mode, found.lock.complete, found.lock.hashed) == ("failed", False, False)
    (note,) = [note for note in found.attention if "six==9.9" in note.reason]
    assert str(note.location) == "cell 2 line 1"
    assert note.reason.endswith("What would go: six==1.16.0 instead of 9.9.")
    assert found.lock.reason == note.reason
    text = read(found, "requirements.lock")
    assert "cannot be installed together" in text
    assert "six==9.9" in text
    assert "--require-hashes" not in read(found, "Dockerfile")
    assert "they could not be resolved together" in read(found, "README.md")


@pytest.mark.usefixtures("environment")
def test_an_undated_notebook_takes_the_python_that_its_pins_need(index: Index) -> None:
    index.wheel("numpy", "1.21.0", tag="cp39-cp39-manylinux2014_x86_64")
    found = locked("!pip install numpy==1.21.0\nimport numpy")
    assert found.environment.python.minor == "3.9"
    assert found.environment.python.evidence[0].kind == "lock"
    assert all(one.conflict for one in found.environment.python.evidence[1:])
    assert found.lock.complete
    assert read(found, ".python-version").startswith("3.9.")
    assert 'requires-python = ">=3.9,<3.10"' in read(found, "pyproject.toml")


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("options", [{"python": "3.12"}, {"as_of": "2024-06-11"}])
def test_a_python_that_is_known_stays(index: Index, options: dict[str, object]) -> None:
    index.wheel("numpy", "1.21.0", tag="cp39-cp39-manylinux2014_x86_64")
    plan = planned("!pip install numpy==1.21.0\nimport numpy", **options)
    found = core.lock(plan)
    assert found.lock.mode == "failed"
    assert found.environment.python == plan.environment.python


@pytest.mark.usefixtures("environment")
def test_nothing_after_the_notebook_s_day_is_locked(frames: Index) -> None:
    frames.wheel("pytz", "2024.2", day="2024-09-11")
    found = locked("!pip install pandas==2.2.0\nimport pandas", as_of="2024-06-11")
    assert found.lock.versions["pytz"] == "2024.1"
    assert found.lock.exclude_newer == "2024-06-12T00:00:00Z"
    assert "none of them later than 2024-06-12T00:00:00Z" in read(found, "README.md")


@pytest.mark.usefixtures("environment")
def test_a_pin_younger_than_the_day_is_told(frames: Index) -> None:
    frames.wheel("six", "1.17.0", day="2024-12-04")
    found = locked("!pip install six==1.17.0\nimport six", as_of="2024-06-11")
    assert found.lock.exclude_newer == "2024-12-05T00:00:00Z"
    assert "a pinned version came after 2024-06-11" in found.lock.reason


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("egg", ["", "#egg=requests"])
def test_a_commit_of_a_known_distribution_brings_what_its_release_requires(
    frames: Index, egg: str
) -> None:
    frames.wheel("requests", "2.31.0", "pytz")
    line = f"git+https://git.example.invalid/x/requests.git@{COMMIT}{egg}"
    found = locked(f"!pip install '{line}' six==1.16.0\nimport requests, six")
    assert set(found.lock.versions) == {"pytz", "six"}
    assert found.lock.complete
    assert "what requests requires is what its release of that day does" in found.lock.reason
    vcs = read(found, "requirements-vcs.lock")
    assert COMMIT in vcs
    assert len(vcs.splitlines()) == 1
    assert "git+" not in read(found, "requirements.lock")
    dockerfile = read(found, "Dockerfile")
    assert "--require-hashes" in dockerfile
    assert "--no-deps -r /build/requirements-vcs.lock" in dockerfile


@pytest.mark.usefixtures("frames", "environment")
@pytest.mark.parametrize("beside", ["", " six==1.16.0\nimport six"])
def test_a_commit_of_an_unknown_one_leaves_the_lock_incomplete(beside: str) -> None:
    line = f"git+https://git.example.invalid/x/zz-quux.git@{COMMIT}"
    found = locked(f"!pip install {line}{beside}")
    assert (found.lock.mode, found.lock.complete, found.lock.hashed) == ("locked", False, True)
    told = "what zz-quux requires is not known without running its code"
    assert told in found.lock.reason
    assert [note for note in found.attention if told in note.reason]
    assert "--require-hashes" not in read(found, "Dockerfile")
    assert COMMIT in read(found, "requirements-vcs.lock")


@pytest.mark.usefixtures("environment")
def test_what_comes_as_source_is_named(index: Index) -> None:
    index.source("docopt", "0.6.2", {"setup.py": "raise SystemExit(1)"})
    found = locked("!pip install docopt==0.6.2\nimport docopt")
    assert found.lock.from_source == ("docopt",)
    assert not found.lock.compiles
    assert "built when it is installed: docopt" in read(found, "README.md")
    assert f"--exclude-newer {found.lock.exclude_newer}" in read(found, "Dockerfile")


@pytest.mark.usefixtures("frames", "environment")
def test_a_lock_that_was_kept_has_no_pylock_where_no_index_answers_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "pylock.toml" in render(locked(FRAMES, lock_format="pylock"))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "another"))
    found = locked(FRAMES, lock_format="pylock")
    assert found.lock.complete
    assert "pylock.toml" not in render(found)
    assert [note.reason for note in found.attention] == [
        "no package index answered for pylock.toml, which is left out"
    ]


@pytest.fixture
def nobody(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that does not answer."""
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:1/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")


@pytest.mark.usefixtures("nobody")
def test_without_an_index_the_runtime_constrains_what_its_own_pins_require() -> None:
    plan = planned("import pandas")
    assert plan.environment.runtime is not None
    had = plan.environment.runtime.packages
    found = core.lock(plan)
    assert (found.lock.mode, found.lock.complete, found.lock.hashed) == ("no-index", False, False)
    assert found.lock.exclude_newer is None
    assert found.lock.reason.startswith("no package index answered: ")
    assert "127.0.0.1" not in found.lock.reason
    assert found.attention == ()
    lines = read(found, "constraints.txt").splitlines()
    assert f"numpy=={had['numpy']}" in lines
    assert not [line for line in lines if line.startswith("pandas==")]
    assert "-c /build/constraints.txt" in read(found, "Dockerfile")
    assert "constraints.txt /build/" in read(found, "Dockerfile")
    assert "--constraint constraints.txt" in read(found, "README.md")
    assert f"pandas=={had['pandas']}" in read(found, "requirements.lock")


@pytest.mark.usefixtures("nobody")
def test_without_an_index_other_pins_are_not_held_to_the_runtime() -> None:
    found = locked("!pip install pandas==1.0.0\nimport pandas")
    assert found.lock.mode == "no-index"
    assert "constraints.txt" not in render(found)
    assert "constraints" not in read(found, "Dockerfile")


@pytest.mark.usefixtures("nobody")
def test_without_an_index_always_is_refused() -> None:
    with pytest.raises(NoIndex, match="No package index answered") as raised:
        locked("import pandas", lock="always")
    assert "127.0.0.1" not in str(raised.value)


@pytest.mark.usefixtures("frames", "environment")
def test_progress_is_told_and_changes_nothing() -> None:
    told: list[str] = []
    found = core.lock(planned(FRAMES), progress=told.append)
    assert found.lock.versions == locked(FRAMES).lock.versions
    assert told
    assert all("resolving 2 packages" in line for line in told)


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("nvidia/cuda:12.4.1-base-ubuntu22.04", "2.35"),
        ("nvidia/cuda:11.8.0-base-ubuntu20.04", "2.31"),
        ("nvidia/cuda:13.0.1-base-ubuntu24.04", "2.39"),
        ("nvidia/cuda:10.1-base-ubuntu18.04", "2.17"),
        ("python:3.12-slim-bookworm", "2.36"),
        ("example.invalid/another", "2.31"),
    ],
)
def test_the_image_says_which_wheels_fit(image: str, version: str) -> None:
    assert glibc(image) == version


@pytest.mark.parametrize(("name", "told"), [("flash-attn", True), ("deepspeed", False)])
def test_what_is_built_with_torch_at_hand_is_told(name: str, told: bool) -> None:
    source = SourceOnly("2.0", "2024-01-01", (), (), "", "cuda")
    asked = replace(question(name), sources={name: source})
    settled = Settled(Resolved("", {name: "2.0"}), asked, ())
    found = list(stage._built_with_torch(settled))
    assert [one.partition(" ")[0] for one in found] == ([name] if told else [])
