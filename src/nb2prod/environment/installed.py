"""What the notebook's install lines ask for, by distribution, and which of them takes another's
place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from nb2prod.analysis.facts import Install
from nb2prod.analysis.pip_requirements import without_credentials
from nb2prod.analysis.requirements import parse_requirement
from nb2prod.data.alternatives import module_of_family, same_family, stand_in
from nb2prod.data.distributions import is_named, normalise
from nb2prod.data.look_alikes import popular_look_alike
from nb2prod.environment.model import Attention
from nb2prod.environment.versions import Asked
from nb2prod.location import Evidence, Location

# Tools that set an environment up and are no part of it.
TOOLS = frozenset(
    {"pip", "wheel", "virtualenv", "uv", "pip-tools", "poetry", "conda", "mamba", "ipykernel"}
)
_COMMIT = re.compile(r"@[0-9a-f]{40}(?=#|$)")


@dataclass(frozen=True, slots=True)
class Repository:
    """A distribution that an install line takes from a repository, under its normalised name.

    `commit` says that the line names one, so that the same code comes every time. `text` is the
    line's requirement without credentials.
    """

    name: str
    text: str
    commit: bool
    location: Location


@dataclass(frozen=True, slots=True)
class Installed:
    """What all install lines come to.

    `asked` has the last word on each distribution, the last mentioned last. `replaced` holds for a
    distribution the lines on others that hold the same module and came before it. `vcs` are the
    requirements of repositories that name a commit.
    """

    asked: Mapping[str, Asked]
    repositories: tuple[Repository, ...]
    vcs: tuple[str, ...]
    replaced: Mapping[str, tuple[Asked, ...]]


def read_installs(installs: Iterable[Install]) -> Installed:
    """Read the requirements off the install lines, in their order."""
    asked: dict[str, Asked] = {}
    repositories: list[Repository] = []
    vcs: list[str] = []
    for install in installs:
        if install.tool == "apt":
            continue
        for text in install.requirements:
            if text.startswith("git+"):
                repository = _repository(text, install.location)
                repositories.append(repository)
                if repository.commit:
                    vcs.append(text)
                continue
            wanted = _wanted(text, install)
            if wanted is not None:
                # Taken out first: the order is that of the last mention.
                before = asked.pop(wanted.requirement.name, None)
                earlier = (*before.earlier, before.evidence) if before else ()
                asked[wanted.requirement.name] = replace(wanted, earlier=earlier)
    replaced: dict[str, tuple[Asked, ...]] = {}
    for name in list(asked):
        others = [other for other in same_family(name) if other in asked and other != name]
        if others and name == next(one for one in reversed(asked) if one in {name, *others}):
            replaced[name] = tuple(asked[other] for other in asked if other in others)
    for losers in replaced.values():
        for loser in losers:
            asked.pop(loser.requirement.name)
    return Installed(asked, tuple(repositories), tuple(sorted(set(vcs))), replaced)


def doubts_of_names(installed: Installed) -> list[Attention]:
    """What a person has to look at: distributions that take each other's place, and names that
    nobody knows.
    """
    notes = [
        Attention(
            f"{loser.requirement.name} and {name} hold the same module {module_of_family(name)};"
            f" {name}, which is installed last, is taken",
            loser.location,
        )
        for name, losers in installed.replaced.items()
        for loser in losers
    ]
    for name, wanted in installed.asked.items():
        if is_named(name) or name in TOOLS:
            continue
        reason = f"the distribution {name} is in no table; see that it is the one that is meant"
        popular = popular_look_alike(name)
        if popular is not None:
            reason = f"the distribution {name} is in no table; is it {popular} that is meant?"
        notes.append(Attention(reason, wanted.location))
    return notes


def in_place_of(installed: Installed, name: str) -> tuple[Evidence, ...]:
    """The lines on other distributions of the same module, as evidence against this one."""
    return tuple(
        loser.evidence._replace(conflict=True) for loser in installed.replaced.get(name, ())
    )


def _wanted(text: str, install: Install) -> Asked | None:
    requirement = parse_requirement(text)
    if requirement is None:
        return None
    meant = stand_in(requirement.name)
    if meant is None:
        return Asked(requirement, install.upgrade, install.location, text)
    # The version was one of the stand-in, and says nothing of what is meant.
    requirement = replace(requirement, name=meant.distribution, specifier="")
    shown = f"{meant.distribution} for {text}, of which {meant.reason}"
    return Asked(requirement, install.upgrade, install.location, shown)


def _repository(text: str, location: Location) -> Repository:
    address, _, fragment = text.partition("#")
    egg = re.search(r"(?:^|&)egg=([A-Za-z0-9._-]+)", fragment)
    path = re.sub(r"@[^@/]+$", "", address).rstrip("/")
    name = egg[1] if egg else path.rpartition("/")[2].removesuffix(".git")
    return Repository(
        normalise(name), without_credentials(text), _COMMIT.search(text) is not None, location
    )
