"""Where answers are kept from one run to the next."""

# What a check loads: pathlib takes as long to load as a small notebook to check.
# ruff: noqa: PTH111, PTH118
from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_PLATFORM: str = sys.platform


def cache_directory(environment: Mapping[str, str] = os.environ) -> str:
    """The directory of the cache: `NB2PROD_CACHE_DIR`, else the user's own place for caches."""
    named = environment.get("NB2PROD_CACHE_DIR")
    if named:
        return named
    if _PLATFORM == "linux":  # what platformdirs says, without loading it
        base = environment.get("XDG_CACHE_HOME", "").strip() or os.path.expanduser("~/.cache")
        return os.path.join(base, "nb2prod")
    from platformdirs import user_cache_dir

    return user_cache_dir("nb2prod", appauthor=False)
