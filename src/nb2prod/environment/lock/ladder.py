"""How far the pins hold: all of them, or all but those that an index contradicts.

What the notebook pins stands. What its outputs recorded, what its runtime had and what tables name
gives way, the weakest first and one by one, where no set of versions meets everything; a version
that gave way is still taken where nothing speaks against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from nb2prod.data.runtime_search import version_by
from nb2prod.data.source_only import SourceOnly
from nb2prod.environment.lock.pins import YIELDING, is_later, requirement, stands
from nb2prod.environment.lock.question import Question, end_of
from nb2prod.environment.lock.sources import always, version_of
from nb2prod.environment.lock.uv import Answer, Resolved, Unreachable, Unsolvable, named_in
from nb2prod.environment.model import Pin, Unpinned

Ask = Callable[[Question], Answer]
# Each step frees a pin, admits a source or moves the day; this bounds them on any input.
_MOST_STEPS = 60


@dataclass(frozen=True, slots=True)
class Ground:
    """What a resolution starts from.

    `preferred` are the runtime's versions, `day` (UTC) the last one whose files exist. `unpinned`
    are distributions of which only the index knows a version, `stand_ins` those that are installed
    from a repository, and of which the release says what they require. Code of those in `allowed`
    may run. With `leave_out` what is unpinned and cannot be had is left out. `constraints` are the
    notebook's own.
    """

    pins: tuple[Pin, ...]
    preferred: Mapping[str, str]
    python: str
    glibc: str
    day: str
    unpinned: tuple[Unpinned, ...] = ()
    allowed: frozenset[str] = frozenset()
    stand_ins: tuple[str, ...] = ()
    leave_out: bool = False
    constraints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """The resolution, the question that it answers, the pins whose versions gave way, and the
    distributions without a pin of which there is no version that goes with the rest, with uv's
    derivation.
    """

    resolved: Resolved
    question: Question
    yielded: tuple[str, ...]
    missing: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Refused:
    """What stands cannot be met; `question` is the last that was asked."""

    answer: Unsolvable
    question: Question


@dataclass(slots=True)
class _State:
    """How far it has come: what is asked for now.

    `versions` are those of the pins, and of what has none the newest of the day; `free` ask for no
    version, `missing` for nothing.
    """

    moment: str
    versions: dict[str, str]
    free: set[str] = field(default_factory=set)
    sources: dict[str, SourceOnly] = field(default_factory=dict)
    passed: dict[str, set[str]] = field(default_factory=dict)
    buildable: set[str] = field(default_factory=set)
    missing: dict[str, str] = field(default_factory=dict)


def settle(ground: Ground, ask: Ask) -> Settled | Refused | Unreachable:
    """Ask until the answer is a resolution, or nothing is left that may give way."""
    return _Ladder(ground, ask).descend()


class _Ladder:
    """One descent."""

    def __init__(self, ground: Ground, ask: Ask) -> None:
        self.ground = ground
        self.ask = ask
        self.pins = {pin.name: pin for pin in ground.pins}
        self.wanted: dict[str, Pin | Unpinned] = {
            **{pin.name: pin for pin in ground.pins},
            **{one.name: one for one in ground.unpinned},
        }
        moment = end_of(ground.day)
        pinned = {pin.name: pin.version for pin in ground.pins}
        self.state = _State(moment, pinned)
        self.state.sources = always({**ground.preferred, **pinned}, set(pinned), moment)

    def descend(self) -> Settled | Refused | Unreachable:
        """All steps."""
        self._take_newest(one.name for one in self.ground.unpinned)
        question = self._question()
        for _ in range(_MOST_STEPS):
            answer = self.ask(question)
            if isinstance(answer, Unreachable):
                return answer
            if isinstance(answer, Resolved):
                versions = answer.versions
                yielded = tuple(
                    pin.name
                    for pin in self.ground.pins
                    if versions.get(pin.name, pin.version) != pin.version
                )
                missing = MappingProxyType(dict(sorted(self.state.missing.items())))
                return Settled(answer, question, yielded, missing)
            if not self._give_way(answer):
                break
            question = self._question()
        assert isinstance(answer, Unsolvable)
        return Refused(answer, question)

    def _question(self) -> Question:
        state, ground = self.state, self.ground
        freed = {name: state.versions[name] for name in state.free if name in state.versions}
        return Question(
            requirements=(*map(self._requirement, self._asked()), *ground.stand_ins),
            preferred=MappingProxyType({**ground.preferred, **freed}),
            python=ground.python,
            glibc=ground.glibc,
            exclude_newer=state.moment,
            sources=MappingProxyType(dict(state.sources)),
            buildable=tuple(sorted(state.buildable)),
            constraints=ground.constraints,
            unlisted=ground.stand_ins,
        )

    def _asked(self) -> list[str]:
        return [name for name in self.wanted if name not in self.state.missing]

    def _requirement(self, name: str) -> str:
        version = None if name in self.state.free else self.state.versions.get(name)
        return requirement(self.wanted[name], version)

    def _give_way(self, answer: Unsolvable) -> bool:
        """One step down; False when there is none."""
        admitted = [name for name in answer.wheels_required if self._admit(name)]
        if admitted or self._of_the_day(answer) or self._known_source(answer):
            return True
        if self._blocked(answer):
            return False
        return self._free(answer) or self._other_source(answer) or self._leave_out(answer)

    def _of_the_day(self, answer: Unsolvable) -> bool:
        """What came later than the day: what stands moves the day, the rest is taken as of it."""
        young = {name for name in answer.too_new if name in self.wanted} - self.state.free
        for name in young:
            if self._stands(name) and answer.too_new[name] >= self.state.moment:
                self.state.moment = end_of(answer.too_new[name][:10])
                return True
        if not young:
            return False
        # Where one came later, others did too; each alone would cost a resolution.
        later = {name for name in self._asked() if self._came_later(name)}
        self._take_newest({*young, *later} - self.state.free)
        self.state.free |= {name for name in young if self._is_pinned(name)}
        return True

    def _take_newest(self, names: Iterable[str]) -> None:
        """Take the newest versions of the day in place of later ones, whatever they require; what
        has none is free.
        """
        left = sorted(names)
        while left:
            question = replace(
                self._question(),
                requirements=tuple(requirement(self.wanted[name]) for name in left),
                preferred=MappingProxyType({}),
                unlisted=(),
                alone=True,
            )
            answer = self.ask(question)
            if isinstance(answer, Resolved):
                for name in left:
                    if is_later(self.state.versions.get(name), answer.versions[name]):
                        self.state.versions[name] = answer.versions[name]
                return
            if isinstance(answer, Unreachable):
                return
            if any(self._admit(name, held=False) for name in answer.wheels_required):
                continue
            text = " ".join((answer.why, *answer.wheels_required, *answer.too_new))
            without = named_in(left, text) or left
            self.state.free |= {name for name in without if not self._stands(name)}
            left = [name for name in left if name not in without]

    def _came_later(self, name: str) -> bool:
        """Whether a runtime of the day is known to have had less than what is asked for now."""
        had = version_by(name, self.ground.day, gpu=False)
        now = self.state.versions.get(name)
        return had is not None and not self._stands(name) and is_later(now, had.version)

    def _is_pinned(self, name: str) -> bool:
        return name in self.pins and self.state.versions[name] == self.pins[name].version

    def _admit(self, name: str, *, held: bool = True) -> bool:
        """Admit a source whose metadata is known, or one that may be built; at the version that is
        asked for now, if `held`.
        """
        state = self.state
        version = state.versions.get(name) if held and name not in state.free else None
        if name in state.sources or name in state.buildable:
            return False
        wanted = version or self.ground.preferred.get(name)
        found = version_of(name, wanted, state.moment, state.passed.get(name, set()))
        if found is not None and version in (None, found.version):
            state.sources[name] = found
            return True
        if name in self.ground.allowed:
            state.buildable.add(name)
            return True
        return False

    def _known_source(self, answer: Unsolvable) -> bool:
        """A version whose metadata is known in place of one that exists only as source, too."""
        for name in answer.wheels_required:
            if name in self.pins and name not in self.state.free and not self._stands(name):
                found = version_of(name, None, self.state.moment, set())
                if found is not None:
                    self.state.free.add(name)
                    self.state.sources[name] = found
                    return True
        return False

    def _blocked(self, answer: Unsolvable) -> bool:
        """Whether something exists only as source that may not be built. What requires it is not
        taken in an older version that did not: that may be years older.
        """
        return any(
            name in self.state.free or self._kind(name) not in ("", "default", "table")
            for name in answer.wheels_required
        )

    def _stands(self, name: str) -> bool:
        return name in self.pins and stands(self.pins[name])

    def _free(self, answer: Unsolvable) -> bool:
        """Free the weakest pins of those that the explanation names."""
        text = " ".join((answer.why, *answer.wheels_required, *answer.too_new))
        named = set(named_in(self._asked(), text)) - self.state.free
        for kind in ("", *YIELDING):
            found = {name for name in named if self._kind(name) == kind}
            if found:
                self.state.free |= found
                return True
        return False

    def _kind(self, name: str) -> str:
        """The evidence of a version; "" where only the index has one."""
        if name not in self.wanted:
            return "required"
        return self.pins[name].evidence[0].kind if name in self.pins else ""

    def _other_source(self, answer: Unsolvable) -> bool:
        """Another version of a source that the explanation names, where it was our choice."""
        state = self.state
        for name in named_in(state.sources, answer.why):
            if name in state.versions and name not in state.free:
                continue
            passed = state.passed.setdefault(name, set())
            passed.add(state.sources[name].version)
            found = version_of(name, None, state.moment, passed)
            if found is not None:
                state.sources[name] = found
            else:
                # None of those that are known: uv says then that only a build would do.
                del state.sources[name]
            return True
        return False

    def _leave_out(self, answer: Unsolvable) -> bool:
        """Leave out what no table knows a version of and no index either, if that is allowed."""
        if not self.ground.leave_out:
            return False
        named = [name for name in named_in(self._asked(), answer.why) if name not in self.pins]
        self.state.missing |= dict.fromkeys(named, answer.why)
        return bool(named)
