"""The options of a conversion, as the library, the command line and `nb2prod.json` know them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from nb2prod.errors import OptionError

LockMode = Literal["auto", "never", "always"]
LockFormat = Literal["requirements", "pylock", "uv", "conda"]
LayoutName = Literal["auto", "sections", "main", "script"]
StrategyName = Literal["as-run", "modern"]
DEFAULT_TARGETS = ("gradient", "kubernetes")
LAYOUTS: tuple[LayoutName, ...] = get_args(LayoutName)
STRATEGIES: tuple[StrategyName, ...] = get_args(StrategyName)
LOCK_MODES: tuple[LockMode, ...] = get_args(LockMode)
LOCK_FORMATS: tuple[LockFormat, ...] = get_args(LockFormat)


@dataclass(frozen=True, slots=True)
class Options:
    """How to convert. Raises `OptionError` for a value that cannot be used.

    `python` overrides the Python version ("3.12" or "3.12.4"); `cpu` asks for a slim Python base
    instead of a CUDA one; `image` is the image name that job specs use.

    `lock` says whether a package index is asked for everything that the pins require: "auto" if
    one answers, "always" or not at all, "never" without any network. `lock_format` is what is
    written beside `requirements.lock`. Code of the distributions in `allow_build` may run, to find
    out what they require.

    `as_of` is a day (UTC, "2024-06-11") or the name of a runtime ("2025.07", "kaggle:2025-12");
    `strategy` takes the versions of that day ("as-run") or the newest ones ("modern"); by default
    those of the day, where one is known. `imports` maps modules to the distributions that they come
    from, against all other evidence.

    `gpu` is the GPU that the job will run on ("A4000", "A100:2" for two), `machine` the provider's
    machine, which has to carry it unless `machine_unchecked`; `cuda` ("12.4") forces the version of
    the base image's CUDA, and `pin_digest` asks a container engine for the image's digest.

    `layout` is the shape of the code: a module for each section, one `main()`, a script; by default
    the first of these that is safe.

    `targets` are the places that files are written for (`nb2prod targets` lists them). `schedule`
    ("0 3 * * *") is when the program runs, `timeout` the longest that one run may take, in seconds;
    `pull_secret` names what a provider keeps to log in to the image's registry with, and `on_push`
    a branch whose pushes start a run. With `jobs_per_section` each section is a job of its own.
    """

    python: str | None = None
    cpu: bool = False
    image: str | None = None
    lock: LockMode = "auto"
    lock_format: LockFormat = "requirements"
    allow_build: tuple[str, ...] = ()
    as_of: str | None = None
    strategy: StrategyName | None = None
    imports: Mapping[str, str] = field(default_factory=dict, hash=False)
    gpu: str | None = None
    machine: str | None = None
    machine_unchecked: bool = False
    cuda: str | None = None
    pin_digest: bool = False
    layout: LayoutName = "auto"
    targets: tuple[str, ...] = DEFAULT_TARGETS
    schedule: str | None = None
    timeout: int | None = None
    pull_secret: str | None = None
    on_push: str | None = None
    jobs_per_section: bool = False

    def __post_init__(self) -> None:
        if self.python is not None and not re.fullmatch(r"3\.\d{1,2}(\.\d{1,2})?", self.python):
            raise OptionError(
                f"--python takes a version such as 3.12 or 3.12.4, not {self.python!r}."
            )
        if self.image is not None and not _IMAGE.fullmatch(self.image):
            raise OptionError(
                "--image takes an image name such as registry.example/name:tag, not"
                f" {self.image!r}."
            )
        if self.lock not in LOCK_MODES:
            raise OptionError(f"--lock takes auto, never or always, not {self.lock!r}.")
        if self.lock_format not in LOCK_FORMATS:
            raise OptionError(
                f"--lock-format takes {', '.join(LOCK_FORMATS)}, not {self.lock_format!r}."
            )
        if self.lock == "never" and self.lock_format in ("pylock", "uv"):
            raise OptionError(f"--lock-format {self.lock_format} needs a lock, not --lock never.")
        for name in self.allow_build:
            if not _DISTRIBUTION.fullmatch(name):
                raise OptionError(f"--allow-build takes the name of a distribution, not {name!r}.")
        if self.strategy is not None and self.strategy not in STRATEGIES:
            raise OptionError(f"--strategy takes as-run or modern, not {self.strategy!r}.")
        if self.as_of is not None and not _is_moment(self.as_of):
            from nb2prod.data.runtime_names import why_unknown

            raise OptionError(f"--as-of: {why_unknown(self.as_of)}")
        self._check_target()
        self._check_run()
        for module, distribution in self.imports.items():
            if not _MODULE.fullmatch(module):
                raise OptionError(f"[tool.nb2prod.imports]: {module!r} is no name of a module.")
            if not _DISTRIBUTION.fullmatch(distribution):
                raise OptionError(
                    f"[tool.nb2prod.imports] {module} takes the name of a distribution, without a"
                    f" version, not {distribution!r}."
                )

    def _check_target(self) -> None:
        """GPU, machine and CUDA have to exist and to go together, as far as the tables know."""
        if self.layout not in LAYOUTS:
            raise OptionError(f"--layout takes {', '.join(LAYOUTS)}, not {self.layout!r}.")
        if self.cuda is not None:
            from nb2prod.data.cuda import images_of, why_no_image

            if not images_of(self.cuda):
                raise OptionError(f"--cuda: {why_no_image(self.cuda)}")
        if self.machine_unchecked and self.machine is None:
            raise OptionError("--machine-unchecked is about a machine; name it with --machine.")
        if self.machine is not None and not _MACHINE.fullmatch(self.machine):
            raise OptionError(f"--machine takes the name of a machine, not {self.machine!r}.")
        if self.gpu is not None or self.machine is not None:
            from nb2prod.data.machines import PROVIDER, why_no_such_gpu, why_not_on

            if self.machine is None and self.gpu is not None and PROVIDER not in self.targets:
                reason = why_no_such_gpu(self.gpu)
            else:
                reason = why_not_on(self.gpu, self.machine, unchecked=self.machine_unchecked)
            if reason is not None:
                raise OptionError(reason)

    def _check_run(self) -> None:
        """How the program is run: as far as no target has to be asked."""
        if not isinstance(self.targets, tuple):
            raise OptionError("Options(targets=…) takes a tuple of names.")
        if not self.targets or len(set(self.targets)) < len(self.targets):
            raise OptionError("--target takes one or more names, each once.")
        for name in self.targets:
            if not _TARGET.fullmatch(name):
                raise OptionError(f"--target: {name!r} is no name of a target.")
        if self.schedule is not None:
            from nb2prod.schedule import why_no_schedule

            reason = why_no_schedule(self.schedule)
            if reason is not None:
                raise OptionError(f"--schedule: {reason}")
        if self.timeout is not None and (
            type(self.timeout) is not int or not 0 < self.timeout <= _LONGEST_RUN
        ):
            raise OptionError("--timeout takes from one second to a year; in the library, seconds.")
        if self.pull_secret is not None and not _KEPT_NAME.fullmatch(self.pull_secret):
            raise OptionError(
                "--pull-secret takes the name that the provider keeps it under: lower-case letters,"
                f" digits, - and ., not {self.pull_secret!r}."
            )
        if self.on_push is not None and not _BRANCH.fullmatch(self.on_push):
            raise OptionError(f"--on-push takes the name of a branch, not {self.on_push!r}.")
        if self.jobs_per_section and self.layout in ("main", "script"):
            raise OptionError(
                f"--jobs-per-section needs sections, and --layout {self.layout} has none."
            )

    def as_json(self) -> dict[str, object]:
        """The form that `nb2prod.json` records; it holds no paths."""
        return {
            "python": self.python,
            "cpu": self.cpu,
            "image": self.image,
            "lock": self.lock,
            "lock_format": self.lock_format,
            "allow_build": sorted(self.allow_build),
            "as_of": self.as_of,
            "strategy": self.strategy,
            "imports": dict(sorted(self.imports.items())),
            "gpu": self.gpu,
            "machine": self.machine,
            "machine_unchecked": self.machine_unchecked,
            "cuda": self.cuda,
            "pin_digest": self.pin_digest,
            "layout": self.layout,
            "targets": list(self.targets),
            "schedule": self.schedule,
            "timeout": self.timeout,
            "pull_secret": self.pull_secret,
            "on_push": self.on_push,
            "jobs_per_section": self.jobs_per_section,
        }


def _is_moment(text: str) -> bool:
    """Whether it is a day, also one before the first image that is known, or a runtime's name."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        try:
            date.fromisoformat(text)
        except ValueError:
            return False
        return True
    from nb2prod.data.runtime_names import find_runtime

    return find_runtime(text, gpu=False) is not None


_TARGET = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# RFC 1123, as Kubernetes names objects; Gradient's names of registries are display names.
_KEPT_NAME = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
)
# git check-ref-format, without what needs quoting in a shell.
_BRANCH = re.compile(r"(?!.*(\.\.|//|/\.|\.lock(/|$)))[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}(?<![./])")
_LONGEST_RUN = 366 * 24 * 3600
_MACHINE = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,63}")
_MODULE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_DISTRIBUTION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
# distribution/reference: [registry[:port]/]path[:tag][@digest]
_IMAGE = re.compile(
    r"(?:[A-Za-z0-9.-]+(?::[0-9]+)?/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
)
