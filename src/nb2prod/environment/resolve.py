"""Imports and installs → distributions at exact versions, each answer remembering who gave it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from nb2prod.analysis.facts import Implied, Import, Install
from nb2prod.data.alternatives import same_family
from nb2prod.data.cuda import made_for
from nb2prod.data.distributions import is_known, is_namespace, normalise, tabled
from nb2prod.data.look_alikes import popular_look_alike
from nb2prod.data.runtimes import Runtime
from nb2prod.environment.installed import (
    TOOLS,
    Installed,
    doubts_of_names,
    in_place_of,
    read_installs,
)
from nb2prod.environment.model import Attention, Dependency, Pin, Unpinned
from nb2prod.environment.names import Answer, Known, answer_for
from nb2prod.environment.versions import Asked, choose_version
from nb2prod.location import Evidence

_NOBODY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Resolution:
    """The outcome for all imports and installs. `until_locked` is the part of `attention` that
    tells of what is `unpinned`.
    """

    dependencies: tuple[Dependency, ...]
    pins: tuple[Pin, ...]
    vcs: tuple[str, ...]
    attention: tuple[Attention, ...]
    unpinned: tuple[Unpinned, ...] = ()
    until_locked: tuple[Attention, ...] = ()


@dataclass(slots=True)
class _Notes:
    """What is noted on the way: `unknown` says of which versions no table knows, and `unpinned` are
    these distributions by name.
    """

    said: list[Attention]
    unknown: list[Attention] = field(default_factory=list)
    unpinned: dict[str, Unpinned] = field(default_factory=dict)


def resolve(
    imports: Iterable[Import],
    installs: Iterable[Install],
    runtime: Runtime,
    *,
    cloned: bool = False,
    implied: Iterable[Implied] = (),
    user: Mapping[str, str] = _NOBODY,
) -> Resolution:
    """Answer for every imported module and every installed distribution, without a network.

    `cloned` says that the notebook clones repositories: then a module that only a distribution of
    the same name would answer for may be one of theirs, and is not pinned. `implied` are the
    distributions that uses imply, and `user` maps modules to distributions as the user says.
    """
    installed = read_installs(installs)
    known = Known(runtime, installed.asked, installed.repositories, user, cloned)
    notes = _Notes(doubts_of_names(installed))
    pins: dict[str, Pin] = {}
    dependencies: list[Dependency] = []
    for module in _modules(imports, user):
        answer = answer_for(module, known)
        pin = _pin(module, answer, installed, runtime, notes)
        if pin is not None:
            pins.setdefault(pin.name, pin)
        dependencies.append(_dependency(module, answer, pin))
    for name, wanted in installed.asked.items():
        if name not in pins and name not in TOOLS:
            pin = _versioned(name, wanted, runtime, notes)
            if pin is not None:
                pins[name] = replace(pin, evidence=(*pin.evidence, *in_place_of(installed, name)))
    for dependency, pin in _implied(implied, dependencies, pins, installed, runtime):
        dependencies.append(dependency)
        if pin is not None:
            pins.setdefault(pin.name, pin)
    # A repository at a commit is installed itself; a pin beside it would contradict it.
    for repository in installed.repositories:
        if repository.commit:
            pins.pop(repository.name, None)
    pins.update(_companions(pins, installed))
    ordered = tuple(pins[name] for name in sorted(pins))
    return Resolution(
        dependencies=tuple(dependencies),
        pins=ordered,
        vcs=installed.vcs,
        attention=tuple(dict.fromkeys([*notes.said, *notes.unknown])),
        unpinned=tuple(notes.unpinned[name] for name in sorted(notes.unpinned) if name not in pins),
        until_locked=tuple(dict.fromkeys(notes.unknown)),
    )


def _versioned(
    name: str,
    wanted: Asked | None,
    runtime: Runtime,
    notes: _Notes,
) -> Pin | None:
    """The pin, or None where only an index can say a version."""
    pin = choose_version(name, wanted, runtime, notes.unknown)
    if pin is None:
        extras, limits, said = (
            (wanted.requirement.extras, wanted.requirement.specifier, (wanted.evidence,))
            if wanted is not None
            else ((), "", ())
        )
        notes.unpinned[name] = Unpinned(name, extras, limits, said)
    return pin


def _companions(pins: Mapping[str, Pin], installed: Installed) -> Iterator[tuple[str, Pin]]:
    """torchvision and torchaudio in the version that was made for the torch that the notebook pins,
    where it leaves theirs open: of others pip would find none.
    """
    asked = installed.asked.get("torch")
    torch = pins.get("torch")
    if asked is None or torch is None or asked.requirement.exact is None:
        return
    for name in ("torchaudio", "torchvision"):
        pin, wanted = pins.get(name), installed.asked.get(name)
        made = made_for(name, torch.version)
        if pin is None or made is None or pin.version == made:
            continue
        if wanted is None or (wanted.requirement.exact is None and wanted.requirement.allows(made)):
            said = Evidence("table", f"{made} was made for torch {torch.version}")
            others = tuple(found._replace(conflict=True) for found in pin.evidence)
            yield name, replace(pin, version=made, evidence=(said, *others))


def _modules(imports: Iterable[Import], user: Mapping[str, str]) -> Iterator[Import]:
    """One import for each distribution's worth of modules, required where any of them is."""
    first: dict[str, Import] = {}
    for found in imports:
        table = tabled(found.module)
        key = found.root
        if any("." in name and _within(found.module, name) for name in user):
            key = found.module
        elif table is not None and not found.local:
            # Of a namespace nothing less than the whole name says what is missing.
            key = found.module if is_namespace(table.decisive) else table.decisive
        known = first.get(key)
        if known is None:
            first[key] = found._replace(module=key)
        elif known.optional and not found.optional:
            first[key] = known._replace(optional=False)
    yield from first.values()


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _pin(
    module: Import,
    answer: Answer,
    installed: Installed,
    runtime: Runtime,
    notes: _Notes,
) -> Pin | None:
    name = answer.distribution
    if name is None or answer.answered_by == "same-name-unverified":
        if not module.optional and answer.answered_by != "local":
            notes.said.append(Attention(_unknown(module, answer), module.location))
        return None
    had = name in installed.asked or name in runtime.packages or answer.answered_by == "user"
    if not answer.indexed or (module.optional and not had):
        return None  # taken from its repository, or the notebook ran without it
    if answer.answered_by == "install" and name not in installed.asked:
        # A repository without a commit, of which the install line's own note tells: a release
        # stands in for it as far as one is known.
        return choose_version(name, None, runtime, []) if is_known(name) else None
    pin = _versioned(name, installed.asked.get(name), runtime, notes)
    return pin and replace(pin, evidence=(*pin.evidence, *in_place_of(installed, name)))


def _implied(
    implied: Iterable[Implied],
    dependencies: Iterable[Dependency],
    pins: Mapping[str, Pin],
    installed: Installed,
    runtime: Runtime,
) -> Iterator[tuple[Dependency, Pin | None]]:
    """What uses imply and nothing else names; pinned only where the notebook's runtime had it."""
    named = {found.distribution for found in dependencies if found.distribution}
    named |= {repository.name for repository in installed.repositories}
    for one in implied:
        family = set(same_family(one.distribution))
        if family & named:
            continue
        said = Evidence("table", one.reason, one.location)
        pin = next((pins[name] for name in sorted(family & set(pins))), None)
        if pin is None and one.distribution in runtime.packages:
            pin = choose_version(one.distribution, None, runtime, [])
            pin = pin and replace(pin, evidence=(*pin.evidence, said))
        answer = Answer(pin.name if pin else one.distribution, "implied", (said,))
        module = Import(one.module, one.location, optional=pin is None)
        yield _dependency(module, answer, pin), pin


def _dependency(module: Import, answer: Answer, pin: Pin | None) -> Dependency:
    evidence = answer.evidence
    if pin is not None:
        evidence = tuple(dict.fromkeys([*pin.evidence, *answer.evidence]))
    return Dependency(
        module.module,
        answer.distribution,
        pin.version if pin else None,
        answer.answered_by,
        module.optional,
        evidence,
    )


def _unknown(module: Import, answer: Answer) -> str:
    if answer.distribution is None:
        return f"no distribution can be named for the module {answer.evidence[0].detail}"
    if "cloned" in answer.evidence[0].detail:
        return (
            f"the module {module.module} may come from a repository that the notebook clones,"
            f" or from the distribution {answer.distribution}; it is not pinned"
        )
    popular = popular_look_alike(normalise(module.root))
    importer = f", which {module.file} imports," if module.file else ""
    return (
        f"the module {module.module}{importer} comes from no distribution that is known; one of"
        " that name may be something else, so it is not pinned"
    ) + (f"; is it {popular} that is meant?" if popular else "")
