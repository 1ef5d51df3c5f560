"""`lock_environment`: from an environment with exact pins to one with a lock."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from nb2prod.data.distributions import is_known, normalise, survey_day
from nb2prod.data.runtimes import span
from nb2prod.environment.lock.cache import ask_cached
from nb2prod.environment.lock.explain import explain
from nb2prod.environment.lock.formats import pylock
from nb2prod.environment.lock.ladder import (
    Ask,
    Ground,
    Refused,
    Settled,
    settle,
)
from nb2prod.environment.lock.pins import pinned_now, with_versions
from nb2prod.environment.lock.pythons import OtherPython, on_another_python
from nb2prod.environment.lock.question import Question, end_of
from nb2prod.environment.lock.uv import Answer, Resolved, Unreachable
from nb2prod.environment.lock.variant import in_variant
from nb2prod.environment.model import Attention, Environment, Lock
from nb2prod.errors import NoIndex
from nb2prod.location import Evidence
from nb2prod.options import Options

Progress = Callable[[str], None]
Redecide = Callable[[Environment, Mapping[str, str]], Environment]
# Which C library the images have (Ubuntu's and Debian's own release notes).
_GLIBC = {"18.04": "2.17", "20.04": "2.31", "22.04": "2.35", "24.04": "2.39", "bookworm": "2.36"}
_MOST_NAMED = 8
# Their setup.py imports torch before anything else (source: their archives and READMEs, which ask
# for --no-build-isolation).
_BUILT_WITH_TORCH = frozenset(
    {"auto-gptq", "causal-conv1d", "flash-attn", "mamba-ssm", "torch-cluster", "torch-scatter"}
    | {"torch-sparse", "torch-spline-conv"}
)


@dataclass(frozen=True, slots=True)
class Locked:
    """The environment with the versions that go together, and its lock."""

    environment: Environment
    lock: Lock


def lock_environment(
    environment: Environment,
    options: Options,
    *,
    redecide: Redecide,
    ask: Ask = ask_cached,
    progress: Progress | None = None,
) -> Locked:
    """Ask a package index for everything that the pins require, at versions of the notebook's day.

    No code of any package runs but of those in `options.allow_build`. `redecide` gives the
    environment with CUDA decided again, for the versions of everything that will be installed;
    `progress` is told what is under way. Raises `NoIndex` where `options.lock` is "always" and
    none answers.
    """
    stand_ins, unnamed = _repositories(environment)
    if not (environment.pins or environment.unpinned or stand_ins):
        return _nothing_to_lock(environment, unnamed)
    ground = _ground(environment, options, stand_ins)
    other: OtherPython | None = None

    def asked(question: Question) -> Answer:
        if progress is not None:
            progress(f"resolving {len(question.requirements)} packages as of {ground.day}")
        return ask(question)

    outcome = settle(ground, asked)
    if isinstance(outcome, Unreachable):
        if options.lock == "always":
            raise NoIndex(f"No package index answered ({outcome.why}), and --lock always asks one.")
        lock = Lock("no-index", reason=f"no package index answered: {outcome.why}")
        return Locked(_without_index(environment, outcome, options), lock)
    if isinstance(outcome, Refused) and options.python is None:
        undated = environment.as_of.day is None
        other = on_another_python(ground, outcome, asked, thoroughly=undated)
        if other is not None and undated:
            # Nothing says on which Python the notebook ran: what it pins does.
            environment, outcome = _on_python(environment, other), other.settled
            ground = replace(ground, python=other.version)
    if isinstance(outcome, Refused) and ground.unpinned:
        without = settle(replace(ground, leave_out=True), asked)
        outcome = without if isinstance(without, Settled) else outcome
    if isinstance(outcome, Refused):
        return _failed(environment, outcome.question, explain(outcome, ground, asked, other))
    return _locked(environment, ground, outcome, unnamed, redecide, asked, options)


def _locked(
    environment: Environment,
    ground: Ground,
    settled: Settled,
    unnamed: tuple[str, ...],
    redecide: Redecide,
    ask: Ask,
    options: Options,
) -> Locked:
    versions = settled.resolved.versions
    before = _settled(environment, versions, ground.day)
    found = redecide(before, versions)
    if found.pins != before.pins:
        # The decision asks for more than was resolved, such as CUDA's part of JAX.
        again = settle(replace(ground, pins=found.pins, unpinned=()), ask)
        if isinstance(again, Settled):
            settled, versions = again, again.resolved.versions
            found = replace(found, pins=with_versions(found.pins, versions, ground.day))
        else:
            kept = {pin.requirement for pin in before.pins}
            asked = ", ".join(pin.requirement for pin in found.pins if pin.requirement not in kept)
            note = Attention(f"{asked} cannot be installed with the rest")
            found = replace(found, pins=before.pins, attention=(*found.attention, note))
    built = in_variant(found.torch_build, settled, ask)
    reasons = [
        *([built.reason] if built.reason else []),
        *(f"{name} is not in it: {why}" for name, why in settled.missing.items()),
        *environment.not_followed,
        *_built_with_torch(built.settled),
        *_of_unnamed(unnamed),
    ]
    complete = not reasons
    # What is not followed stands there already, with its place.
    notes = _incomplete([one for one in reasons if one not in environment.not_followed])
    question, resolved = built.settled.question, built.settled.resolved
    formats = _formats(question, resolved, options)
    if options.lock_format == "pylock" and not formats:
        # The lock itself may be one that was kept.
        notes.append(Attention("no package index answered for pylock.toml, which is left out"))
    from_source = sorted({*question.sources, *question.buildable} & set(resolved.versions))
    lock = Lock(
        mode="locked",
        complete=complete,
        hashed=True,
        exclude_newer=question.exclude_newer,
        reason="; ".join([*reasons, *_remarks(environment, ground, settled)]),
        text=resolved.text,
        versions=resolved.versions,
        from_source=tuple(from_source),
        compiles=any(
            question.sources[name].compiles if name in question.sources else True
            for name in from_source
        ),
        formats=formats,
    )
    return Locked(replace(found, attention=(*found.attention, *notes)), lock)


def _without_index(environment: Environment, outcome: Unreachable, options: Options) -> Environment:
    """The environment with what a person has to know: that more was asked for than can be had."""
    reasons = []
    if outcome.refused:
        reasons.append(f"the package index refuses to answer ({outcome.why}); see its credentials")
    if options.lock_format in ("pylock", "uv"):
        reasons.append(f"no package index answered for --lock-format {options.lock_format}")
    notes = map(Attention, reasons)
    return replace(environment, attention=(*environment.attention, *notes))


def _built_with_torch(settled: Settled) -> Iterator[str]:
    """What is built for the GPU with torch at hand, which builds in isolation do not have."""
    from_source = {*settled.question.sources, *settled.question.buildable}
    for name in sorted(from_source & set(settled.resolved.versions)):
        if name in _BUILT_WITH_TORCH:
            yield (
                f"{name} has no wheel, and building it needs torch beside it, which the image's"
                " build does not do (--no-build-isolation)"
            )


def _formats(question: Question, resolved: Resolved, options: Options) -> Mapping[str, str]:
    if options.lock_format != "pylock":
        return {}
    text = pylock(question, resolved.versions)
    return {"pylock.toml": text} if text is not None else {}


def _settled(environment: Environment, versions: Mapping[str, str], day: str) -> Environment:
    """The environment at the versions of a resolution, without the doubts that it settles."""
    now = pinned_now(environment.unpinned, versions, day)
    pins = sorted((*with_versions(environment.pins, versions, day), *now), key=lambda pin: pin.name)
    chosen = {pin.name: pin.version for pin in pins}
    settled = set(environment.until_locked)
    return replace(
        environment,
        pins=tuple(pins),
        dependencies=tuple(
            replace(one, version=chosen[one.distribution]) if one.distribution in chosen else one
            for one in environment.dependencies
        ),
        unpinned=(),
        until_locked=(),
        attention=tuple(note for note in environment.attention if note not in settled),
    )


def _on_python(environment: Environment, other: OtherPython) -> Environment:
    said = Evidence("lock", other.reason)
    before = tuple(one._replace(conflict=True) for one in environment.python.evidence)
    python = replace(environment.python, version=other.version, evidence=(said, *before))
    return replace(environment, python=python)


def _failed(environment: Environment, question: Question, why: Attention) -> Locked:
    lock = Lock("failed", exclude_newer=question.exclude_newer, reason=why.reason)
    return Locked(replace(environment, attention=(*environment.attention, why)), lock)


def _nothing_to_lock(environment: Environment, unnamed: tuple[str, ...]) -> Locked:
    reasons = _of_unnamed(unnamed)
    notes = _incomplete(reasons)
    reasons += environment.not_followed
    lock = Lock("locked", complete=not reasons, hashed=True, reason="; ".join(reasons))
    return Locked(replace(environment, attention=(*environment.attention, *notes)), lock)


def _of_unnamed(unnamed: tuple[str, ...]) -> list[str]:
    return [f"what {name} requires is not known without running its code" for name in unnamed]


def _incomplete(reasons: list[str]) -> list[Attention]:
    return [Attention(f"the lock is not complete: {reason}") for reason in reasons]


def _ground(environment: Environment, options: Options, stand_ins: tuple[str, ...]) -> Ground:
    pinned = {pin.name for pin in environment.pins}
    runtime = environment.runtime
    freeze = runtime.packages if runtime is not None else {}
    day = environment.as_of.day or survey_day()
    if runtime is not None and day < span().first:
        day = runtime.date  # it stands in for those that are not known, with files of its own time
    return Ground(
        pins=environment.pins,
        preferred={name: version for name, version in freeze.items() if name not in pinned},
        python=environment.python.version,
        glibc=glibc(environment.base_image.reference),
        day=min(day, survey_day()),
        unpinned=environment.unpinned,
        constraints=environment.constraints,
        allowed=frozenset(map(normalise, options.allow_build)),
        stand_ins=stand_ins,
    )


def glibc(image: str) -> str:
    """The C library of an image, as far as wheels may need it ("2.35")."""
    return next((version for name, version in _GLIBC.items() if name in image), "2.31")


def _repositories(environment: Environment) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of what is installed from repositories: those of which a release says what they
    require, and the addresses of the others.
    """
    known: list[str] = []
    unknown: list[str] = []
    for line in environment.vcs:
        egg = re.search(r"[#&]egg=([A-Za-z0-9._-]+)", line)
        address = line.partition("#")[0]
        last = re.sub(r"@[^@/]+$", "", address).rstrip("/").rpartition("/")[2]
        name = normalise(egg[1] if egg else last.removesuffix(".git"))
        if is_known(name):
            known.append(name)
        else:
            unknown.append(last.removesuffix(".git"))
    return tuple(dict.fromkeys(known)), tuple(dict.fromkeys(unknown))


def _remarks(environment: Environment, ground: Ground, settled: Settled) -> list[str]:
    """What could not be kept as it was, for whoever compares the lock with the runtime."""
    remarks = []
    if settled.question.exclude_newer > end_of(ground.day):
        remarks.append(f"a pinned version came after {ground.day}, the day of the notebook")
    changed = [
        f"{name} {version} ({ground.preferred[name]})"
        for name, version in sorted(settled.resolved.versions.items())
        if name in ground.preferred and version != ground.preferred[name]
    ]
    if changed:
        shown = ", ".join(changed[:_MOST_NAMED])
        more = f" and {len(changed) - _MOST_NAMED} more" if len(changed) > _MOST_NAMED else ""
        remarks.append(f"other than in the runtime (its version): {shown}{more}")
    if ground.stand_ins:
        names = ", ".join(ground.stand_ins)
        remarks.append(f"what {names} requires is what its release of that day does")
    return remarks
