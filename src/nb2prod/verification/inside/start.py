"""Starts one of the programs beside it: `python start.py PROGRAM ARGUMENT...`.

A script by its path, so that the environment needs nothing installed for it, and nothing of the
notebook's can take its modules' place.
"""

from __future__ import annotations

import importlib
import os
import sys

if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    if sys.path and os.path.abspath(sys.path[0]) == here:
        del sys.path[0]
    sys.path.insert(0, here)
    program = importlib.import_module(f"nb2prod_inside.{sys.argv[1]}")
    sys.path.remove(here)
    # What runs notebooks, where the environment itself has it not: last, so that the environment's
    # own versions are taken; and the package has to do without.
    runners = os.environ.get("NB2PROD_RUNNERS")
    if runners and sys.argv[1] in ("kernel", "missing", "notebook"):
        sys.path.append(runners)
    sys.argv[:2] = [sys.argv[0]]
    sys.exit(program.main(sys.argv[1:]))
