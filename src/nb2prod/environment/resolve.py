"""Imports and installs → distributions at exact versions, each answer remembering who gave it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nb2prod.analysis.facts import Import, Install
from nb2prod.analysis.requirements import parse_requirement
from nb2prod.data.distributions import distribution_for, is_known, normalise
from nb2prod.data.runtimes import Runtime
from nb2prod.environment.model import AnsweredBy, Attention, Dependency, Pin
from nb2prod.environment.versions import Asked, choose_version
from nb2prod.location import Evidence

# Tools that set an environment up and are no part of it.
_TOOLS = frozenset(
    {"pip", "wheel", "virtualenv", "uv", "pip-tools", "poetry", "conda", "mamba", "ipykernel"}
)
# Builds of one project under several names: any of them answers for the module.
_VARIANT = re.compile(r"-(headless|gpu|cpu|binary|nightly|contrib-python|cu\d+|cuda\d*x?)$")


@dataclass(frozen=True, slots=True)
class Resolution:
    """The outcome for all imports and installs."""

    dependencies: tuple[Dependency, ...]
    pins: tuple[Pin, ...]
    vcs: tuple[str, ...]
    attention: tuple[Attention, ...]


def resolve(
    imports: Iterable[Import],
    installs: Iterable[Install],
    runtime: Runtime,
    *,
    cloned: bool = False,
) -> Resolution:
    """Answer for every imported module and every installed distribution, without a network.

    `cloned` says that the notebook clones repositories: then a module that only a distribution of
    the same name would answer for may be one of theirs, and is not pinned.
    """
    asked, vcs = _asked(installs)
    notes: list[Attention] = []
    pins: dict[str, Pin] = {}
    dependencies: list[Dependency] = []
    for module in _modules(imports):
        dependency = _dependency(module, asked, runtime, cloned=cloned)
        pin = None
        if dependency.distribution and dependency.answered_by != "same-name-unverified":
            pin = choose_version(
                dependency.distribution, asked.get(dependency.distribution), runtime, notes
            )
            known = dependency.distribution in asked or dependency.distribution in runtime.packages
            if dependency.optional and not known:
                pin = None  # the notebook ran without it
        elif not dependency.optional and dependency.answered_by != "local":
            notes.append(Attention(_unknown(dependency), module.location))
        if pin is not None:
            pins.setdefault(pin.name, pin)
        dependencies.append(_with_pin(dependency, pin))
    for name, wanted in asked.items():
        if name not in pins and name not in _TOOLS:
            pin = choose_version(name, wanted, runtime, notes)
            if pin is not None:
                pins[name] = pin
    ordered = tuple(pins[name] for name in sorted(pins))
    return Resolution(tuple(dependencies), ordered, vcs, tuple(dict.fromkeys(notes)))


def _asked(installs: Iterable[Install]) -> tuple[Mapping[str, Asked], tuple[str, ...]]:
    """The last word of the install lines on each distribution, and what they take from
    repositories.
    """
    asked: dict[str, Asked] = {}
    vcs: list[str] = []
    for install in installs:
        if install.tool == "apt":
            continue
        for text in install.requirements:
            if text.startswith("git+"):
                if re.search(r"@[0-9a-f]{40}(?=#|$)", text):
                    vcs.append(text)
                continue
            requirement = parse_requirement(text)
            if requirement is not None:
                before = asked.get(requirement.name)
                earlier = (*before.earlier, before.evidence) if before else ()
                asked[requirement.name] = Asked(
                    requirement, install.upgrade, install.location, text, earlier
                )
    return asked, tuple(sorted(set(vcs)))


def _modules(imports: Iterable[Import]) -> Iterator[Import]:
    """One import for each distribution's worth of modules, required where any of them is."""
    first: dict[str, Import] = {}
    for found in imports:
        key = found.module if found.root in ("google", "azure", "ruamel") else found.root
        known = first.get(key)
        if known is None:
            first[key] = Import(key, found.location, found.optional, found.local)
        elif known.optional and not found.optional:
            first[key] = Import(key, known.location, False, known.local)
    yield from first.values()


def _dependency(
    module: Import, asked: Mapping[str, Asked], runtime: Runtime, *, cloned: bool
) -> Dependency:
    if module.local:
        detail = Evidence("pinned", "the notebook makes this module itself", module.location)
        return Dependency(module.module, None, None, "local", module.optional, (detail,))
    distribution, answered_by, evidence = _distribution(module, asked, runtime)
    if cloned and answered_by == "same-name":
        answered_by = "same-name-unverified"
        evidence = (Evidence("default", "it may be a module of a repository that is cloned"),)
    return Dependency(module.module, distribution, None, answered_by, module.optional, evidence)


def _distribution(
    module: Import, asked: Mapping[str, Asked], runtime: Runtime
) -> tuple[str | None, AnsweredBy, tuple[Evidence, ...]]:
    tabled = distribution_for(module.module)
    same = normalise(module.root)
    for name, wanted in asked.items():
        if name in (tabled, same) or (
            tabled and _VARIANT.sub("", name) == _VARIANT.sub("", tabled)
        ):
            return (
                name,
                "install",
                (Evidence("pinned", f"installed by the notebook: {wanted.text}", wanted.location),),
            )
    for candidate in (tabled, same):
        if candidate and candidate in runtime.packages:
            detail = f"{candidate} is preinstalled in {runtime.name}"
            return candidate, "runtime", (Evidence("runtime", detail),)
    if tabled:
        return tabled, "table", (Evidence("table", f"{module.module} is imported from {tabled}"),)
    if is_known(same):
        return same, "same-name", (Evidence("table", f"{same} is a distribution of the same name"),)
    return (
        same,
        "same-name-unverified",
        (Evidence("default", f"no table knows the module {module.module}"),),
    )


def _with_pin(dependency: Dependency, pin: Pin | None) -> Dependency:
    if pin is None:
        return dependency
    return Dependency(
        dependency.module,
        dependency.distribution,
        pin.version,
        dependency.answered_by,
        dependency.optional,
        tuple(dict.fromkeys([*pin.evidence, *dependency.evidence])),
    )


def _unknown(dependency: Dependency) -> str:
    if "cloned" in dependency.evidence[0].detail:
        return (
            f"the module {dependency.module} may come from a repository that the notebook clones,"
            f" or from the distribution {dependency.distribution}; it is not pinned"
        )
    return (
        f"the module {dependency.module} comes from no distribution that is known; one of that name"
        " may be something else, so it is not pinned"
    )
