"""The ladder of evidence for a version, rung by rung, and what contradicts it."""

from __future__ import annotations

import pytest

from nb2prod.analysis.recorded_versions import RecordedVersion
from nb2prod.analysis.requirements import parse_requirement
from nb2prod.data.distributions import newest_version, newest_version_date
from nb2prod.data.runtimes import Runtime, runtime_at
from nb2prod.environment.model import Attention, Pin
from nb2prod.environment.versions import Asked, Ground, choose_version
from nb2prod.location import Evidence, Location

HERE, BEFORE = Location(3, 2), Location(2)
DAY = "2024-06-11"
FOUND = runtime_at(DAY, gpu=False)
assert FOUND is not None
RUNTIME: Runtime = FOUND
PANDAS = RUNTIME.packages["pandas"]


def asked(text: str, *earlier: str, upgrade: bool = False) -> Asked:
    requirement = parse_requirement(text)
    assert requirement is not None
    before = tuple(Evidence("pinned", one, BEFORE) for one in earlier)
    return Asked(requirement, upgrade, HERE, text, before)


def seen(*versions: str, name: str = "pandas") -> list[RecordedVersion]:
    return [
        RecordedVersion(name, version, Location(5 + index), "pip found")
        for index, version in enumerate(versions)
    ]


def pin(
    name: str,
    wanted: Asked | None = None,
    recorded: tuple[str, ...] = (),
    *,
    day: str | None = DAY,
    forget: bool = False,
    notes: list[Attention] | None = None,
) -> Pin | None:
    ground = Ground.of(RUNTIME, seen(*recorded, name=name), day, forget=forget)
    return choose_version(name, wanted, ground, [] if notes is None else notes)


Said = list[tuple[str, str, bool]]


@pytest.mark.parametrize(
    ("wanted", "recorded", "version", "evidence"),
    [
        (None, (), PANDAS, [("runtime", PANDAS, False)]),
        (None, ("1.5.3",), "1.5.3",
         [("recorded-output", "1.5.3", False), ("runtime", PANDAS, True)]),
        (None, (PANDAS,), PANDAS, [("recorded-output", PANDAS, False), ("runtime", PANDAS, False)]),
        # The last word of the outputs; the earlier one stays.
        (None, ("1.5.3", "1.5.0"), "1.5.0",
         [("recorded-output", "1.5.0", False), ("recorded-output", "1.5.3", True),
          ("runtime", PANDAS, True)]),
        # A pin is stronger than what outputs say, and the contradiction is shown.
        (asked("pandas==1.4.0"), ("1.5.3",), "1.4.0",
         [("pinned", "pandas==1.4.0", False), ("recorded-output", "1.5.3", True),
          ("runtime", PANDAS, True)]),
        (asked("pandas==1.5.3"), ("1.5.3",), "1.5.3",
         [("pinned", "pandas==1.5.3", False), ("recorded-output", "1.5.3", False),
          ("runtime", PANDAS, True)]),
        (asked("pandas"), ("1.5.3",), "1.5.3",
         [("recorded-output", "1.5.3", False), ("pinned", "pandas", False),
          ("runtime", PANDAS, True)]),
        # A record from before the install that the install does not allow.
        (asked("pandas>=1.6"), ("1.5.3",), PANDAS,
         [("runtime", PANDAS, False), ("pinned", "pandas>=1.6", False),
          ("recorded-output", "1.5.3", True)]),
        # `pip install pandas` leaves an installed pandas as it is.
        (asked("pandas", "pandas==1.4.0"), (), "1.4.0",
         [("pinned", "pandas==1.4.0", False), ("pinned", "pandas", False),
          ("runtime", PANDAS, True)]),
        (asked("pandas==1.5.0", "pandas==1.4.0"), (), "1.5.0",
         [("pinned", "pandas==1.5.0", False), ("pinned", "pandas==1.4.0", True),
          ("runtime", PANDAS, True)]),
        # Builds of a day are in no index.
        (None, ("2.2.0.dev5",), PANDAS,
         [("runtime", PANDAS, False), ("recorded-output", "2.2.0.dev5", True)]),
        (asked("pandas<1"), (), None, []),
        (asked("pandas<=0.25.3"), (), "0.25.3",
         [("pinned", "pandas<=0.25.3 names it", False), ("pinned", "pandas<=0.25.3", False),
          ("runtime", PANDAS, True)]),
    ],
)  # fmt: skip
def test_every_rung_and_what_contradicts_it(
    wanted: Asked | None, recorded: tuple[str, ...], version: str | None, evidence: Said
) -> None:
    notes: list[Attention] = []
    found = pin("pandas", wanted, recorded, notes=notes)
    if version is None:
        assert found is None
        assert notes[0].location == HERE
        return
    assert found is not None
    assert found.version == version
    assert len(found.evidence) == len(evidence)
    for said, (kind, words, conflict) in zip(found.evidence, evidence, strict=True):
        assert (said.kind, said.conflict) == (kind, conflict)
        assert said.detail.endswith(words)
    assert notes == []


def test_a_record_keeps_its_place_and_its_words() -> None:
    found = pin("torch", recorded=("2.1.0+cu121",))
    assert found is not None
    assert (found.version, found.build) == ("2.1.0", None)
    assert found.evidence[0] == Evidence("recorded-output", "pip found 2.1.0+cu121", Location(5))


def test_modern_forgets_what_outputs_record_but_not_what_is_pinned() -> None:
    found = pin("pandas", recorded=("1.5.3",), day=None, forget=True)
    assert found is not None
    assert found.version == PANDAS
    assert [(said.kind, said.conflict) for said in found.evidence] == [
        ("runtime", False),
        ("recorded-output", True),
    ]
    pinned = pin("pandas", asked("pandas==1.4.0"), day=None, forget=True)
    assert pinned is not None
    assert pinned.version == "1.4.0"


def test_an_upgrade_takes_the_newest_of_the_day_not_of_today() -> None:
    wanted = asked("pandas", upgrade=True)
    then, now = pin("pandas", wanted), pin("pandas", wanted, day=None)
    assert then is not None
    assert now is not None
    assert then.version == PANDAS
    assert f"no newer one is known of {DAY}" in then.evidence[0].detail
    assert now.version == newest_version("pandas") != PANDAS
    assert now.evidence[0].kind == "table"


def test_what_has_not_changed_since_was_the_newest_then_too() -> None:
    month = newest_version_date("rouge-score")
    assert month is not None
    assert month < DAY
    found = pin("rouge-score", asked("rouge-score", upgrade=True))
    assert found is not None
    assert found.version == newest_version("rouge-score")
    assert f"was the newest on {DAY}" in found.evidence[0].detail


def test_a_version_of_another_day_is_said_to_be_one() -> None:
    ground = Ground.of(RUNTIME, (), "2022-10-01")
    without = Ground.of(Runtime("r", DAY, "3.7", None, "main", "0", {}, {}), (), "2022-10-01")
    assert "transformers" in ground.packages
    found = choose_version("transformers", None, without, [])
    assert found is not None
    assert found.evidence[0].kind == "table"
    assert found.evidence[0].detail.startswith("no version of 2022-10-01 is known; Colab's runtime")
    last = choose_version("boto3", None, without, [])
    assert last is not None
    assert "no version of 2022-10-01 is known; " in last.evidence[0].detail
    assert last.version == newest_version("boto3")


def test_a_plain_runtime_is_ground_without_records() -> None:
    found = choose_version("pandas", None, RUNTIME, [])
    assert found is not None
    assert found.evidence == (Evidence("runtime", f"{RUNTIME.described} has {PANDAS}"),)
