"""`python -m pip`: note an install, or run the real pip."""

from __future__ import annotations

import os
import runpy
import sys

_CHANGES = frozenset({"install", "uninstall", "download"})


def main() -> None:
    """Note what would change the environment; run the real pip for the rest."""
    if _CHANGES.isdisjoint(sys.argv[1:]):
        own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        sys.path[:] = [place for place in sys.path if os.path.abspath(place) != own]
        del sys.modules["pip"]
        runpy.run_module("pip", run_name="__main__", alter_sys=True)
        return
    with open(os.environ["NB2PROD_INSTALLS"], "a", encoding="utf-8") as notes:
        notes.write(f"pip {' '.join(sys.argv[1:])}\n")


if __name__ == "__main__":
    main()
