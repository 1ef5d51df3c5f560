"""The options of a conversion, as the library, the command line and `nb2prod.json` know them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from nb2prod.errors import OptionError

LockMode = Literal["never"]
StrategyName = Literal["as-run", "modern"]
STRATEGIES: tuple[StrategyName, ...] = get_args(StrategyName)


@dataclass(frozen=True, slots=True)
class Options:
    """How to convert. Raises `OptionError` for a value that cannot be used.

    `python` overrides the Python version ("3.12" or "3.12.4"); `cpu` asks for a slim Python base
    instead of a CUDA one; `image` is the image name that job specs use; `lock` is "never" until
    locking exists. `as_of` is a day (UTC, "2024-06-11") or the name of a runtime ("2025.07",
    "kaggle:2025-12"); `strategy` takes the versions of that day ("as-run") or the newest ones
    ("modern"); by default those of the day, where one is known. `imports` maps modules to the
    distributions that they come from, against all other evidence.
    """

    python: str | None = None
    cpu: bool = False
    image: str | None = None
    lock: LockMode = "never"
    as_of: str | None = None
    strategy: StrategyName | None = None
    imports: Mapping[str, str] = field(default_factory=dict, hash=False)

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
        if self.lock != "never":
            raise OptionError(f"--lock takes never, the only mode so far, not {self.lock!r}.")
        if self.strategy is not None and self.strategy not in STRATEGIES:
            raise OptionError(f"--strategy takes as-run or modern, not {self.strategy!r}.")
        if self.as_of is not None and not _is_moment(self.as_of):
            from nb2prod.data.runtime_names import why_unknown

            raise OptionError(f"--as-of: {why_unknown(self.as_of)}")
        for module, distribution in self.imports.items():
            if not _MODULE.fullmatch(module):
                raise OptionError(f"[tool.nb2prod.imports]: {module!r} is no name of a module.")
            if not _DISTRIBUTION.fullmatch(distribution):
                raise OptionError(
                    f"[tool.nb2prod.imports] {module} takes the name of a distribution, without a"
                    f" version, not {distribution!r}."
                )

    def as_json(self) -> dict[str, object]:
        """The form that `nb2prod.json` records; it holds no paths."""
        return {
            "python": self.python,
            "cpu": self.cpu,
            "image": self.image,
            "lock": self.lock,
            "as_of": self.as_of,
            "strategy": self.strategy,
            "imports": dict(sorted(self.imports.items())),
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


_MODULE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_DISTRIBUTION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
# distribution/reference: [registry[:port]/]path[:tag][@digest]
_IMAGE = re.compile(
    r"(?:[A-Za-z0-9.-]+(?::\d+)?/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
    r"(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
)
