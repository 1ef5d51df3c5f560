"""How far the pins hold: what stands, what gives way, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from nb2prod.environment.lock.ladder import (
    Ground,
    Refused,
    Settled,
    settle,
)
from nb2prod.environment.lock.pins import limits, pinned_now, with_versions
from nb2prod.environment.lock.question import Question, end_of
from nb2prod.environment.lock.uv import Answer, Unreachable, Unsolvable, ask, named_in
from nb2prod.environment.model import Pin, Unpinned
from nb2prod.location import Evidence, EvidenceKind, Location
from tests.environment.lock.asking import ground, pin
from tests.environment.lock.index import Index

Solve = Callable[..., Settled | Refused]


@pytest.fixture
def solve(environment: dict[str, str]) -> Solve:
    """Settles by real uv and the test's index."""

    def solve(start: Ground) -> Settled | Refused:
        outcome = settle(start, lambda question: ask(question, environment))
        assert not isinstance(outcome, Unreachable), outcome
        return outcome

    return solve


def versions(outcome: Settled | Refused) -> dict[str, str]:
    assert isinstance(outcome, Settled), outcome
    return dict(outcome.resolved.versions)


@pytest.fixture
def frames(index: Index) -> Index:
    """pandas 1 and numpy 1 go together, and pandas 2 and numpy 2."""
    index.wheel("pandas", "1.5.0", "numpy<2")
    index.wheel("pandas", "2.2.0", "numpy>=2")
    index.wheel("numpy", "1.26.0")
    index.wheel("numpy", "2.0.0")
    return index


@pytest.mark.parametrize("kind", ["pinned", "user"])
def test_what_the_notebook_says_stands(frames: Index, solve: Solve, kind: EvidenceKind) -> None:
    outcome = solve(ground(pin("pandas==1.5.0", kind), pin("numpy==2.0.0", kind)))
    assert isinstance(outcome, Refused)
    assert "numpy" in outcome.answer.why


@pytest.mark.parametrize("kind", ["recorded-output", "runtime", "table", "default"])
def test_what_others_say_gives_way_to_it(frames: Index, solve: Solve, kind: EvidenceKind) -> None:
    weak = Pin("numpy", "2.0.0", (), (Evidence(kind, "2.0.0"),))
    outcome = solve(ground(pin("pandas==1.5.0"), weak))
    assert versions(outcome) == {"numpy": "1.26.0", "pandas": "1.5.0"}
    assert isinstance(outcome, Settled)
    assert outcome.yielded == ("numpy",)


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [("default", "table"), ("table", "runtime"), ("runtime", "recorded-output")],
)
def test_the_weaker_gives_way_to_the_stronger(
    frames: Index, solve: Solve, weaker: EvidenceKind, stronger: EvidenceKind
) -> None:
    for first, second, left in (
        (weaker, stronger, {"pandas": "2.2.0", "numpy": "2.0.0"}),
        (stronger, weaker, {"pandas": "1.5.0", "numpy": "1.26.0"}),
    ):
        one = Pin("pandas", "1.5.0", (), (Evidence(first, "1.5.0"),))
        two = Pin("numpy", "2.0.0", (), (Evidence(second, "2.0.0"),))
        assert versions(solve(ground(one, two))) == left


def test_only_what_the_explanation_names_gives_way(frames: Index, solve: Solve) -> None:
    frames.wheel("six", "1.15.0")
    frames.wheel("six", "1.16.0")
    outcome = solve(
        ground(pin("pandas==1.5.0"), pin("numpy==2.0.0", "runtime"), pin("six==1.15.0", "runtime"))
    )
    assert versions(outcome)["six"] == "1.15.0"
    assert isinstance(outcome, Settled)
    assert outcome.yielded == ("numpy",)


def test_a_freed_pin_is_kept_where_nothing_speaks_against_it(frames: Index, solve: Solve) -> None:
    # Both are of the runtime and freed together; pandas can stay as it was.
    frames.wheel("scipy", "1.11.0", "numpy<2", "pandas")
    outcome = solve(
        ground(
            pin("scipy==1.11.0"), pin("numpy==2.0.0", "runtime"), pin("pandas==1.5.0", "runtime")
        )
    )
    assert versions(outcome) == {"numpy": "1.26.0", "pandas": "1.5.0", "scipy": "1.11.0"}


def test_a_version_that_no_index_has_gives_way_to_the_newest(frames: Index, solve: Solve) -> None:
    frames.wheel("numpy", "2.1.0", day="2024-08-18")
    outcome = solve(ground(pin("numpy==1.99.0", "runtime")))
    assert versions(outcome) == {"numpy": "2.0.0"}


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        (["numpy>=1.20,<2"], "1.26.0"),
        (["numpy>=1.20"], "2.0.0"),
        (["numpy>=1.20", "numpy<2"], "1.26.0"),
        (["numpy!=2.0.0"], "1.26.0"),
        (["numpy~=1.20"], "1.26.0"),
        (["numpy"], "2.0.0"),
        (["pandas<2", "-U numpy", "git+https://example.invalid/numpy"], "2.0.0"),
    ],
)
def test_a_freed_pin_keeps_to_the_install_lines(
    frames: Index, solve: Solve, lines: list[str], left: str
) -> None:
    outcome = solve(ground(pin("numpy==1.30.0", "runtime", *lines)))
    assert versions(outcome) == {"numpy": left}


def test_install_lines_that_were_overruled_limit_nothing() -> None:
    said = Evidence("pinned", "numpy<1", Location(1), conflict=True)
    held = Evidence("pinned", "numpy>1", Location(2))
    found = Pin("numpy", "1.2", (), (Evidence("runtime", "it"), said, held))
    assert limits(found) == ">1"


def test_a_freed_pin_keeps_its_extras(frames: Index, solve: Solve) -> None:
    frames.wheel("requests", "2.31.0", 'six; extra == "socks"')
    frames.wheel("six", "1.16.0")
    weak = Pin("requests", "2.99.0", ("socks",), (Evidence("runtime", "2.99.0"),))
    assert versions(solve(ground(weak))) == {"requests": "2.31.0", "six": "1.16.0"}


def test_a_pin_younger_than_the_day_moves_the_day(index: Index, solve: Solve) -> None:
    index.wheel("numpy", "2.0.0", "six", day="2024-06-16T12:30:00.000000Z")
    index.wheel("six", "1.16.0")
    index.wheel("six", "1.16.1", day="2024-06-16")
    index.wheel("six", "1.17.0", day="2024-06-17T00:00:01.000000Z")
    outcome = solve(ground(pin("numpy==2.0.0"), day="2024-06-11"))
    assert isinstance(outcome, Settled)
    assert outcome.question.exclude_newer == "2024-06-17T00:00:00Z"
    assert versions(outcome) == {"numpy": "2.0.0", "six": "1.16.1"}


def test_the_youngest_pin_says_how_far(index: Index, solve: Solve) -> None:
    index.wheel("numpy", "2.0.0", day="2024-06-16")
    index.wheel("pandas", "2.2.3", day="2024-09-20")
    outcome = solve(ground(pin("numpy==2.0.0"), pin("pandas==2.2.3")))
    assert isinstance(outcome, Settled)
    assert outcome.question.exclude_newer == "2024-09-21T00:00:00Z"


def test_what_the_notebook_does_not_say_does_not_move_the_day(index: Index, solve: Solve) -> None:
    index.wheel("numpy", "2.0.0", day="2024-06-16")
    index.wheel("numpy", "1.26.0")
    outcome = solve(ground(pin("numpy==2.0.0", "runtime")))
    assert versions(outcome) == {"numpy": "1.26.0"}
    assert isinstance(outcome, Settled)
    assert outcome.question.exclude_newer == "2024-06-12T00:00:00Z"


def test_the_runtime_is_preferred_for_what_the_pins_require(frames: Index, solve: Solve) -> None:
    frames.wheel("six", "1.16.0", "numpy")
    start = ground(pin("six==1.16.0"), preferred={"numpy": "1.26.0", "pandas": "2.2.0"})
    assert versions(solve(start)) == {"numpy": "1.26.0", "six": "1.16.0"}
    assert versions(solve(ground(pin("six==1.16.0"))))["numpy"] == "2.0.0"


# docopt never had a wheel; of antlr4-python3-runtime versions before 4.11 have none. Both are in
# the table of sources, with what they require.
@pytest.fixture
def sources(index: Index) -> Index:
    for version in ("4.9", "4.9.2", "4.9.3", "4.10"):
        index.source("antlr4-python3-runtime", version, {"setup.py": "raise SystemExit(1)"})
    index.wheel("antlr4-python3-runtime", "4.13.0")
    index.wheel("omegaconf", "2.3.0", "antlr4-python3-runtime==4.9.*")
    for version in ("0.6.1", "0.6.2"):
        index.source("docopt", version, {"setup.py": "raise SystemExit(1)"})
    index.wheel("six", "1.16.0", "docopt")
    return index


@pytest.mark.parametrize(
    ("asked", "preferred", "left"),
    [
        ("docopt==0.6.2", {}, {"docopt": "0.6.2"}),
        ("six==1.16.0", {}, {"docopt": "0.6.2"}),
        ("antlr4-python3-runtime==4.9.2", {}, {"antlr4-python3-runtime": "4.9.2"}),
        # The newest source is 4.10, which is not what is required.
        ("omegaconf==2.3.0", {}, {"antlr4-python3-runtime": "4.9.3"}),
        (
            "omegaconf==2.3.0",
            {"antlr4-python3-runtime": "4.9.2"},
            {"antlr4-python3-runtime": "4.9.2"},
        ),
        # Where a wheel would do, no source is taken.
        ("antlr4-python3-runtime==4.13.0", {}, {"antlr4-python3-runtime": "4.13.0"}),
    ],
)
def test_sources_of_the_table_are_locked_and_never_built(
    sources: Index,
    solve: Solve,
    asked: str,
    preferred: Mapping[str, str],
    left: Mapping[str, str],
) -> None:
    found = versions(solve(ground(pin(asked), preferred=preferred)))
    assert found.items() >= left.items()
    assert not [path for path in sources.requests if path.endswith(".tar.gz")]


def test_what_the_table_says_of_a_source_is_required_too(index: Index, solve: Solve) -> None:
    index.source("promise", "2.3")
    index.wheel("six", "1.16.0")
    assert versions(solve(ground(pin("promise==2.3")))) == {"promise": "2.3", "six": "1.16.0"}


def test_a_runtime_s_pin_of_an_unknown_source_gives_way_to_a_known_one(
    sources: Index, solve: Solve
) -> None:
    outcome = solve(ground(pin("docopt==0.6.1", "runtime")))
    assert versions(outcome) == {"docopt": "0.6.2"}


_SETUP = """
from pathlib import Path
here = Path("{name}-{version}.dist-info")
def prepare_metadata_for_build_wheel(directory, config_settings=None):
    made = Path(directory) / here
    made.mkdir()
    (made / "METADATA").write_text(
        "Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\nRequires-Dist: six\\n"
    )
    (made / "WHEEL").write_text("Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    return str(here)
"""
_PROJECT = '[build-system]\nrequires = []\nbuild-backend = "it"\nbackend-path = ["."]\n'


def buildable(index: Index, name: str, version: str) -> None:
    backend = _SETUP.format(name=name, version=version)
    index.source(name, version, {"pyproject.toml": _PROJECT, "it.py": backend})


@pytest.mark.parametrize(
    ("name", "version", "asked"),
    [
        ("tqdm", "4.0", "tqdm==4.0"),
        ("tqdm", "4.0", "pandas==9.0"),
        # The table knows only another version of it.
        ("docopt", "0.6.1", "docopt==0.6.1"),
        ("docopt", "0.6.1", "pandas==9.1"),
    ],
)
def test_what_may_be_built_is_built_and_nothing_else(
    index: Index, solve: Solve, name: str, version: str, asked: str
) -> None:
    buildable(index, name, version)
    index.wheel("pandas", "9.0", "tqdm==4.0")
    index.wheel("pandas", "9.1", "docopt==0.6.1")
    index.wheel("six", "1.16.0")
    refused = solve(ground(pin(asked)))
    assert isinstance(refused, Refused)
    assert refused.answer.wheels_required == (name,)
    assert not [path for path in index.requests if path.endswith(".tar.gz")]
    for allowed in ("six", name):
        outcome = solve(ground(pin(asked), allowed=frozenset({allowed})))
        assert isinstance(outcome, Settled) == (allowed == name)
    found = versions(outcome)
    assert (found[name], found["six"]) == (version, "1.16.0")


def test_a_source_of_the_table_is_not_built_although_it_may_be(
    sources: Index, solve: Solve
) -> None:
    outcome = solve(ground(pin("docopt==0.6.2"), allowed=frozenset({"docopt"})))
    assert versions(outcome) == {"docopt": "0.6.2"}
    assert not [path for path in sources.requests if path.endswith(".tar.gz")]


def test_a_repository_s_release_brings_what_it_requires(frames: Index, solve: Solve) -> None:
    outcome = solve(ground(pin("numpy==1.26.0"), stand_ins=("pandas",)))
    assert versions(outcome) == {"numpy": "1.26.0"}
    assert "pandas" in frames.asked


def test_of_what_no_table_knows_the_newest_that_goes_with_all_is_taken(
    frames: Index, solve: Solve
) -> None:
    some = Unpinned("numpy", (), "<2", (Evidence("pinned", "numpy<2", Location(1)),))
    outcome = solve(ground(pin("pandas==1.5.0"), unpinned=(some,)))
    (now,) = pinned_now((some,), versions(outcome), "2024-06-11")
    assert now.requirement == "numpy==1.26.0"
    assert [one.kind for one in now.evidence] == ["lock", "pinned"]


def test_an_index_that_does_not_answer_ends_it() -> None:
    asked: list[Question] = []

    def nobody(question: Question) -> Answer:
        asked.append(question)
        return Unreachable("nobody there")

    assert settle(ground(pin("six==1.16.0")), nobody) == Unreachable("nobody there")
    assert len(asked) == 1


def test_an_answer_that_names_the_same_again_and_again_ends_too() -> None:
    asked: list[Question] = []

    def never(question: Question) -> Answer:
        asked.append(question)
        names = ("six", "docopt", "numpy")
        return Unsolvable("six and docopt and numpy", names, {"six": question.exclude_newer})

    pins = (pin("six==1.16.0"), pin("numpy==2.0.0", "runtime"))
    assert isinstance(settle(ground(*pins), never), Refused)
    assert len(asked) < 100


@pytest.mark.parametrize(
    ("day", "moment"),
    [("2024-06-11", "2024-06-12T00:00:00Z"), ("2024-12-31", "2025-01-01T00:00:00Z")],
)
def test_a_day_ends_where_the_next_begins(day: str, moment: str) -> None:
    assert end_of(day) == moment


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("because torch==2.0 depends on", ["torch"]),
        ("because torchvision==0.1 depends on", []),
        ("all versions of torch-geometric", []),
        ("there is no torch.", ["torch"]),
        ("`torch` and x[torch]", ["torch"]),
    ],
)
def test_names_are_found_as_words(text: str, found: list[str]) -> None:
    assert named_in(["torch"], text) == found


def test_a_pin_at_another_version_says_so_and_keeps_its_evidence() -> None:
    before = pin("numpy==2.0.0", "runtime", "numpy>=1")
    same, other = (
        with_versions((before, before), {"numpy": "2.0.0"}, "2024-06-11"),
        with_versions((before,), {"numpy": "1.26.0"}, "2024-06-11"),
    )
    assert same == (before, before)
    assert [(one.kind, one.conflict) for one in other[0].evidence] == [
        ("lock", False),
        ("runtime", True),
        ("pinned", False),
    ]
    assert "1.26.0" in other[0].evidence[0].detail
    assert with_versions((before,), {}, "2024-06-11") == (before,)
