"""The options of a conversion, as the library, the command line and `nb2prod.json` know them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from nb2prod.errors import OptionError

LockMode = Literal["never"]


@dataclass(frozen=True, slots=True)
class Options:
    """How to convert. Raises `OptionError` for a value that cannot be used.

    `python` overrides the Python version ("3.12" or "3.12.4"); `cpu` asks for a slim Python base
    instead of a CUDA one; `image` is the image name that job specs use; `lock` is "never" until
    locking exists.
    """

    python: str | None = None
    cpu: bool = False
    image: str | None = None
    lock: LockMode = "never"

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

    def as_json(self) -> dict[str, object]:
        """The form that `nb2prod.json` records; it holds no paths."""
        return {"python": self.python, "cpu": self.cpu, "image": self.image, "lock": self.lock}


# distribution/reference: [registry[:port]/]path[:tag][@digest]
_IMAGE = re.compile(
    r"(?:[A-Za-z0-9.-]+(?::\d+)?/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
    r"(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
)
