"""Which version of a distribution, by a ladder of evidence.

Strongest first: what the notebook pins, what its saved outputs record, what its runtime had, and
what the tables know of that day. All that says something is kept; what says another version than
the answer is marked as a conflict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType

from nb2prod.analysis.recorded_versions import RecordedVersion
from nb2prod.analysis.requirements import Requirement, parse_requirement
from nb2prod.data.distributions import newest_version, newest_version_date
from nb2prod.data.runtime_search import version_after, version_by, versions_seen
from nb2prod.data.runtimes import Runtime
from nb2prod.environment.model import Attention, Pin
from nb2prod.location import Evidence, Location

_NOTHING: Mapping[str, tuple[RecordedVersion, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Ground(Runtime):
    """A runtime, and what else says which versions the notebook met on it.

    `recorded` is what saved outputs name, by distribution, in their order. `day` is the day (UTC)
    whose versions are wanted; None means the newest. `forget` says that the newest are wanted
    whatever the outputs record.
    """

    recorded: Mapping[str, tuple[RecordedVersion, ...]] = field(default_factory=lambda: _NOTHING)
    day: str | None = None
    forget: bool = False

    @classmethod
    def of(
        cls,
        runtime: Runtime,
        recorded: Iterable[RecordedVersion] = (),
        day: str | None = None,
        *,
        forget: bool = False,
    ) -> Ground:
        """The ground that a runtime and the records of the outputs make."""
        by_name: dict[str, tuple[RecordedVersion, ...]] = {}
        for found in recorded:
            by_name[found.distribution] = (*by_name.get(found.distribution, ()), found)
        known = {one.name: getattr(runtime, one.name) for one in fields(Runtime)}
        return cls(**known, recorded=MappingProxyType(by_name), day=day, forget=forget)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the notebook's install lines ask for of one distribution."""

    requirement: Requirement
    upgrade: bool
    location: Location
    text: str
    earlier: tuple[Evidence, ...] = ()

    @property
    def evidence(self) -> Evidence:
        """The install line as evidence."""
        return Evidence("pinned", self.text, self.location)


@dataclass(frozen=True, slots=True)
class _Rung:
    """One version and who says so. `usable` is false where it can only agree or disagree."""

    version: str
    evidence: Evidence
    build: str | None = None
    usable: bool = True


def choose_version(
    name: str, wanted: Asked | None, runtime: Runtime, notes: list[Attention]
) -> Pin | None:
    """The pin of the distribution `name` (normalised), or None with a note of why there is none.

    `wanted` is the last word of the notebook's install lines on it; a `Ground` as the runtime adds
    what saved outputs record. No network is asked.
    """
    ground = runtime if isinstance(runtime, Ground) else Ground.of(runtime)
    extras = wanted.requirement.extras if wanted else ()
    rungs = list(_rungs(name, wanted, ground))
    chosen = next((rung for rung in rungs if rung.usable and _allowed(rung, wanted)), None)
    if chosen is None:
        chosen = next(
            (rung for rung in _last_resorts(name, ground) if _allowed(rung, wanted)), None
        )
    if chosen is None and wanted is not None:
        chosen = next((rung for rung in _seen(name) if _allowed(rung, wanted)), None)
    if chosen is None and wanted is not None and (version := wanted.requirement.named) is not None:
        said = Evidence("pinned", f"{wanted.text} names it", wanted.location)
        chosen = _Rung(version, said)
    if chosen is None:
        notes.append(_unknown(name, wanted))
        return None
    asked = [wanted.evidence] if wanted and wanted.evidence != chosen.evidence else []
    others = [
        rung.evidence._replace(conflict=rung.version != chosen.version)
        for rung in rungs
        if rung.evidence not in (chosen.evidence, *asked)
    ]
    evidence = tuple(dict.fromkeys([chosen.evidence, *asked, *others]))
    return Pin(name, chosen.version, extras, evidence, chosen.build)


def _rungs(name: str, wanted: Asked | None, ground: Ground) -> Iterator[_Rung]:
    """All that names a version, strongest first."""
    yield from _pinned(wanted)
    recorded = list(_recorded(name, ground))
    if not ground.forget:
        yield from recorded
    upgrade = wanted is not None and wanted.upgrade and wanted.requirement.exact is None
    if upgrade:
        yield from _newest(name, ground)
    preinstalled = ground.packages.get(name)
    if preinstalled:
        detail = f"{ground.described} has {preinstalled}"
        if upgrade and ground.day is not None:
            detail += f", and no newer one is known of {ground.day}"
        yield _Rung(preinstalled, Evidence("runtime", detail))
    if ground.forget:
        yield from (replace(rung, usable=False) for rung in recorded)


def _pinned(wanted: Asked | None) -> Iterator[_Rung]:
    """What the install lines pin, the last first. An earlier pin holds only under a line that would
    leave it as it is.
    """
    if wanted is None:
        return
    exact = wanted.requirement.exact
    if exact is not None:
        public, _, build = exact.lower().partition("+")
        yield _Rung(public, wanted.evidence, build or None)
    for found in reversed(wanted.earlier):
        requirement = parse_requirement(found.detail)
        if requirement is None or requirement.exact is None or found.detail == wanted.text:
            continue
        public, _, build = requirement.exact.lower().partition("+")
        yield _Rung(public, found, build or None, usable=exact is None and not wanted.upgrade)


def _recorded(name: str, ground: Ground) -> Iterator[_Rung]:
    """What outputs record, the last first, each version once. No index has builds of a day."""
    seen: set[str] = set()
    for found in reversed(ground.recorded.get(name, ())):
        if found.public in seen:
            continue
        usable = not seen and "dev" not in found.public and _is_release(found.public)
        seen.add(found.public)
        said = Evidence("recorded-output", f"{found.how} {found.version}", found.location)
        yield _Rung(found.public, said, usable=usable)


def _newest(name: str, ground: Ground) -> Iterator[_Rung]:
    """The newest version of the day, as far as it is known."""
    newest, month = newest_version(name), newest_version_date(name)
    if newest is None or month is None:
        return
    if ground.day is None:
        yield _Rung(newest, Evidence("table", f"{newest} was the newest in {month}"))
    elif month <= ground.day[:7]:
        detail = f"{newest} of {month} was the newest on {ground.day}"
        yield _Rung(newest, Evidence("table", detail))


def _last_resorts(name: str, ground: Ground) -> Iterator[_Rung]:
    """What is left where nothing of the notebook or its runtime names a version that is allowed:
    the newest of the day, else the nearest in time.
    """
    yield from _newest(name, ground)
    if ground.day is None:
        newest = newest_version(name)
        if newest is not None:
            yield _Rung(newest, Evidence("table", f"{newest} is the newest that is known"))
        return
    before = version_by(name, ground.day, gpu=ground.variant == "gpu")
    if before is not None:
        detail = f"Colab's runtime of {before.day} was the last that had it, as {before.version}"
        yield _Rung(before.version, Evidence("table", detail))
    none = f"no version of {ground.day} is known"
    after = version_after(name, ground.day)
    if after is not None:
        detail = f"{none}; Colab's runtime of {after.day} has {after.version}"
        yield _Rung(after.version, Evidence("table", detail))
    newest, month = newest_version(name), newest_version_date(name)
    if newest is not None:
        yield _Rung(newest, Evidence("table", f"{none}; {newest} was the newest in {month}"))


def _seen(name: str) -> Iterator[_Rung]:
    """What any image had, the last first."""
    for found in versions_seen(name):
        detail = f"Colab's runtime of {found.day} was the last with {found.version}"
        yield _Rung(found.version, Evidence("table", detail))


def _allowed(rung: _Rung, wanted: Asked | None) -> bool:
    """Whether the last install line allows the version; its own pin it always does."""
    if wanted is None or rung.evidence == wanted.evidence:
        return True
    return wanted.requirement.allows(rung.version)


def _is_release(version: str) -> bool:
    from packaging.version import InvalidVersion, Version

    try:
        Version(version)
    except InvalidVersion:
        return False
    return True


def _unknown(name: str, wanted: Asked | None) -> Attention:
    if wanted is None:
        return Attention(f"no version of {name} is known without an index; pin one")
    return Attention(
        f"no version of {name} that meets {wanted.text!r} is known without an index; pin one",
        wanted.location,
    )
