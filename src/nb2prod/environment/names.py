"""Which distribution an imported module comes from: a chain of resolvers in order of evidence.

The first that answers decides, and the answer remembers who gave it. A module that the notebook
makes itself is never looked up, and the last resort, the module's own name where nobody knows it,
is offered for a person to judge: an index holds whatever somebody chose to upload under a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from nb2prod.analysis.facts import Import
from nb2prod.data.alternatives import alternatives
from nb2prod.data.distributions import is_named, is_namespace, normalise, tabled
from nb2prod.data.pipreqs_mapping import pipreqs_distribution
from nb2prod.data.runtimes import Runtime
from nb2prod.environment.installed import Repository
from nb2prod.environment.model import AnsweredBy
from nb2prod.environment.versions import Asked
from nb2prod.location import Evidence

# Builds of one project under several names: any of them answers for the module.
_VARIANT = re.compile(r"-(headless|gpu|cpu|binary|nightly|contrib-python|cu\d+|cuda\d*x?)$")
# A distribution's name around that of its module: python-magic, pyusb, kafka-python.
_AFFIXES = re.compile(r"^(python|py)-?|-?(python|py|sdk|client|lib)$")
_NOBODY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Known:
    """What the resolvers may look at.

    `user` maps modules to distributions. `asked` is what the install lines ask for, the last
    mentioned last, and `repositories` what they take from repositories. `cloned` says that the
    notebook clones repositories: a name alone may then be that of a module of theirs.
    """

    runtime: Runtime
    asked: Mapping[str, Asked]
    repositories: tuple[Repository, ...] = ()
    user: Mapping[str, str] = field(default_factory=lambda: _NOBODY)
    cloned: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One resolver's answer: the distribution, who it is, and why.

    `distribution` is None where the answer is that there is none. `indexed` is false where the
    notebook takes it from a repository and an index may hold something else by that name.
    """

    distribution: str | None
    answered_by: AnsweredBy
    evidence: tuple[Evidence, ...]
    indexed: bool = True


class Resolver(Protocol):
    """Answers for a module, or passes it on with None."""

    def __call__(self, module: Import, known: Known) -> Answer | None: ...


def answer_for(module: Import, known: Known) -> Answer:
    """The first answer of the chain; the last resolver has one for every module."""
    answers = (resolver(module, known) for resolver in RESOLVERS)
    return next(answer for answer in answers if answer is not None)


def user_map(module: Import, known: Known) -> Answer | None:
    """What the user's settings say, the longest part of the dotted name first."""
    parts = module.module.split(".")
    for length in range(len(parts), 0, -1):
        prefix = ".".join(parts[:length])
        if prefix in known.user:
            said = Evidence("user", f"[tool.nb2prod.imports] has {prefix} = {known.user[prefix]}")
            return Answer(normalise(known.user[prefix]), "user", (said,))
    return None


def install_lines(module: Import, known: Known) -> Answer | None:
    """What the notebook installs itself; of several distributions of one module the last."""
    if module.beside:
        return None  # Python looks beside the notebook before it looks at what is installed
    table = tabled(module.module)
    names = _names_of(module)
    for name, wanted in reversed(list(known.asked.items())):
        if name in names or _is_variant(name, table.distribution if table else None):
            said = Evidence("pinned", f"installed by the notebook: {wanted.text}", wanted.location)
            return Answer(name, "install", (said, *_about_display(module, name)))
    own = _squeezed(module.root)
    for repository in reversed(known.repositories):
        if repository.name in names or own == _core(repository.name):
            detail = f"installed by the notebook: {repository.text}"
            said = Evidence("pinned", detail, repository.location)
            name = table.distribution if table and table.distribution else repository.name
            indexed = table.distribution == name if table else is_named(name)
            return Answer(name, "install", (said,), indexed and not repository.commit)
    if table is None and not module.local and not is_named(module.root):
        for name, wanted in reversed(list(known.asked.items())):
            if own == _core(name):
                detail = f"installed by the notebook: {wanted.text}"
                return Answer(name, "install", (Evidence("pinned", detail, wanted.location),))
    return None


def own_modules(module: Import, known: Known) -> Answer | None:
    """What the notebook writes, fetches, clones or has beside it: on no index, so never looked up
    there.
    """
    if not module.local:
        return None
    detail = "the notebook makes this module itself"
    if module.beside:
        detail = "the module lies beside the notebook"
    said = Evidence("pinned", detail, module.location)
    return Answer(None, "local", (said,))


def runtime_freeze(module: Import, known: Known) -> Answer | None:
    """What the runtime had installed, by the name that the table gives or the module's own."""
    table = tabled(module.module)
    if table is not None and table.distribution is None:
        return None
    candidates = [table.distribution] if table and table.distribution else []
    if not is_namespace(module.root):
        candidates.append(normalise(module.root))
    for name in candidates:
        if name in known.runtime.packages:
            said = Evidence("runtime", f"{name} is preinstalled in {known.runtime.name}")
            return Answer(name, "runtime", (said,))
    return None


def embedded_table(module: Import, known: Known) -> Answer | None:
    """What the tables say, also that no distribution can be named."""
    table = tabled(module.module)
    if table is None:
        return None
    if table.distribution is not None:
        detail = f"{table.decisive} is imported from {table.distribution}: {table.reason}"
        return Answer(table.distribution, "table", (Evidence("table", detail),))
    evidence = [Evidence("table", f"{module.module}: {table.reason}")]
    name = normalise(module.root)
    if name in known.runtime.unservable:
        detail = f"{known.runtime.name} had {name}: {known.runtime.unservable[name]}"
        evidence.append(Evidence("runtime", detail))
    return Answer(None, "nobody", tuple(evidence))


def pipreqs_mapping(module: Import, known: Known) -> Answer | None:
    """What pipreqs' own mapping says, where the extra is installed."""
    name = pipreqs_distribution(module.root)
    if name is None or known.cloned:
        return None
    detail = f"pipreqs says that {module.root} is imported from {name}"
    return Answer(name, "pipreqs", (Evidence("table", detail),))


def same_name(module: Import, known: Known) -> Answer | None:
    """A distribution in use that has the module's own name."""
    name = normalise(module.root)
    if known.cloned or not is_named(name):
        return None
    said = Evidence("table", f"{name} is a distribution of the same name")
    return Answer(name, "same-name", (said,))


def same_name_unverified(module: Import, known: Known) -> Answer | None:
    """The module's own name as an offer, because nobody knows better."""
    name = normalise(module.root)
    detail = (
        "it may be a module of a repository that is cloned"
        if known.cloned
        else f"no table knows the module {module.module}"
    )
    return Answer(name, "same-name-unverified", (Evidence("default", detail),))


# The order of evidence, strongest first.
RESOLVERS: tuple[Resolver, ...] = (
    user_map,
    install_lines,
    own_modules,
    runtime_freeze,
    embedded_table,
    pipreqs_mapping,
    same_name,
    same_name_unverified,
)


def _names_of(module: Import) -> frozenset[str]:
    """The distributions that would answer for the module if the notebook installed one of them."""
    table = tabled(module.module)
    names = set(alternatives(module.root))
    if table is not None and table.distribution is not None:
        names.add(table.distribution)
    # `google` is nobody's: that a distribution has the name says nothing of google.protobuf.
    if not is_namespace(module.root):
        names.add(normalise(module.root))
    return frozenset(names)


def _is_variant(name: str, distribution: str | None) -> bool:
    return distribution is not None and _VARIANT.sub("", name) == _VARIANT.sub("", distribution)


def _about_display(module: Import, name: str) -> Iterator[Evidence]:
    """OpenCV with windows needs libraries that a job has no other use for, and keeps its name."""
    if module.root == "cv2" and not name.endswith("-headless"):
        detail = f"{name}-headless would do without a display's libraries; the notebook's own holds"
        yield Evidence("table", detail, conflict=True)


def _core(distribution: str) -> str:
    return _squeezed(_AFFIXES.sub("", distribution))


def _squeezed(name: str) -> str:
    return re.sub(r"[-_.]+", "", name).lower()
