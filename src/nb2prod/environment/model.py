"""The environment a notebook needs: Python, exact pins, base image, system packages, each with
evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from nb2prod.data.runtimes import Runtime
from nb2prod.location import Evidence, Location

AnsweredBy = Literal[
    "user",
    "install",
    "local",
    "runtime",
    "table",
    "pipreqs",
    "same-name",
    "same-name-unverified",
    "implied",
    "nobody",
]
Flavour = Literal["base", "runtime", "devel", "cudnn-runtime", "cudnn-devel", "slim"]
Strategy = Literal["as-run", "modern"]
LockOutcome = Literal["locked", "never", "no-index", "failed"]

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Dependency:
    """What became of one imported module, or of one that a use implies: the distribution and
    version that answer for it, and who said so.

    `distribution` is None for local modules and where the tables say that none can be named.
    """

    module: str
    distribution: str | None
    version: str | None
    answered_by: AnsweredBy
    optional: bool
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Pin:
    """A direct dependency at one exact version; `name` is normalised as PEP 503 says.

    `build` is the local part that the notebook asked for ("cu118" of 2.0.1+cu118); `version` is
    without it, because the default index has no such builds.
    """

    name: str
    version: str
    extras: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    build: str | None = None

    @property
    def requirement(self) -> str:
        """The pin as a requirement: `name[extra]==1.2.3`."""
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        return f"{self.name}{extras}=={self.version}"


@dataclass(frozen=True, slots=True)
class Unpinned:
    """A direct dependency of which no table knows a version that the notebook allows: an index has
    to say one. `specifier` is what the install lines leave (">=2,<3"), "" where they say nothing.
    """

    name: str
    extras: tuple[str, ...]
    specifier: str
    evidence: tuple[Evidence, ...]

    @property
    def requirement(self) -> str:
        """It as a requirement: `name[extra]>=2,<3`."""
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        return f"{self.name}{extras}{self.specifier}"


@dataclass(frozen=True, slots=True)
class AsOf:
    """Whose versions are taken: those of the day on which the notebook ran, or the newest.

    `day` is that day (UTC); None where none is known, or where the strategy is "modern". `runtime`
    is the name of the image whose versions answer where the notebook is silent.
    """

    strategy: Strategy
    day: str | None
    runtime: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class PythonVersion:
    """The exact Python ("3.12.13") and why."""

    version: str
    evidence: tuple[Evidence, ...]

    @property
    def minor(self) -> str:
        """The version without its patch part ("3.12")."""
        return ".".join(self.version.split(".")[:2])


@dataclass(frozen=True, slots=True)
class BaseImage:
    """The image that the Dockerfile starts from. `cuda` is None for a CPU image."""

    reference: str
    cuda: str | None
    flavour: Flavour
    digest: str | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class TorchBuild:
    """The build of the pinned torch that the image gets, and why.

    `cuda` is what it carries, None for a CPU. `backend` names the build on PyTorch's own index
    ("cu126", "cpu"); None is the wheel of the default index.
    """

    cuda: str | None
    backend: str | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class SystemPackage:
    """A package of the image's distribution, by its name there. With `build_only` it is needed
    while packages of Python are built, and the program itself does without it.
    """

    name: str
    evidence: tuple[Evidence, ...]
    build_only: bool = False


@dataclass(frozen=True, slots=True)
class Lock:
    """What came of asking a package index for all that the pins require.

    `complete` says that every pin and all it requires is in `text`, the lines of
    `requirements.lock`, and `hashed` that each has its files' hashes; `versions` are the same by
    name. Nothing that came later than `exclude_newer` (RFC 3339, UTC) is in it. `reason` says why
    it is not complete, or what could not be kept. `from_source` are those without a wheel, which
    the image's build builds, and `compiles` says that it needs a compiler for that. `formats` are
    the same lock in other forms, by file name.
    """

    mode: LockOutcome
    complete: bool = False
    hashed: bool = False
    exclude_newer: str | None = None
    reason: str = ""
    text: str = ""
    versions: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    from_source: tuple[str, ...] = ()
    compiles: bool = False
    formats: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


UNLOCKED = Lock("never", reason="no package index was asked (--lock never)")


@dataclass(frozen=True, slots=True)
class Attention:
    """Something that a person has to decide or do; no `location` when no single line is meant."""

    reason: str
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """Everything outside the notebook's own code that its program needs.

    `vcs` holds requirements that name a commit of a repository (`git+https://…@<commit>`); they are
    installed beside the pins. `torch_build` is None where torch is not pinned. `runtime` is
    the one whose versions are preferred for what the pins require in turn.

    `gpu` is the GPU that the job asks for, and `machine` the provider's machine. `cannot_run` says
    why the target's driver refuses the image or what is in it, None where nothing is known against
    it. `cuda_attention` is the part of `attention` that the decision on CUDA gave,
    `package_attention` the part that the system packages gave, and `until_locked`
    what of it a resolution settles: versions that no table knows or that may not go together.
    `constraints` are those of the install lines (`-c`), and `not_followed` says what of the install
    lines cannot be installed as it stands, each with its place.
    """

    as_of: AsOf
    python: PythonVersion
    base_image: BaseImage
    torch_build: TorchBuild | None
    pins: tuple[Pin, ...]
    vcs: tuple[str, ...]
    dependencies: tuple[Dependency, ...]
    system_packages: tuple[SystemPackage, ...]
    gpu: str | None
    attention: tuple[Attention, ...]
    machine: str | None = None
    cannot_run: str | None = None
    cuda_attention: tuple[Attention, ...] = ()
    package_attention: tuple[Attention, ...] = ()
    runtime: Runtime | None = None
    unpinned: tuple[Unpinned, ...] = ()
    until_locked: tuple[Attention, ...] = ()
    constraints: tuple[str, ...] = ()
    not_followed: tuple[str, ...] = ()
