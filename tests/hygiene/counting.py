"""How much Python runs for something: the lines and the calls, by function."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

Counts = Counter[str]


def counted(work: Callable[[], object]) -> Counts:
    """How many lines of each function run, and how many functions written in C it calls; the
    same on every run and every machine, as seconds are not.
    """
    ran: Counter[CodeType] = Counter()

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        ran[frame.f_code] += 1
        return trace

    def profile(frame: FrameType, event: str, _: Any) -> None:
        if event == "c_call":
            ran[frame.f_code] += 1

    before = sys.gettrace(), sys.getprofile()
    collects = gc.isenabled()
    gc.disable()  # what others have called back at a collection is no step of this work
    sys.settrace(trace)
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])
        if collects:
            gc.enable()
    found: Counts = Counter()
    for place, count in ran.items():
        found[f"{Path(place.co_filename).stem}.{place.co_qualname}"] += count
    return found
