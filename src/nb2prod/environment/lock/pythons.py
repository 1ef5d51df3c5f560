"""Another Python, where what the notebook pins cannot be had for the one that was chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nb2prod.data.pythons import available_pythons
from nb2prod.environment.lock.ladder import Ask, Ground, Refused, Settled, settle
from nb2prod.environment.python_version import minor_of, patched

# Each costs a resolution or more.
_NEAREST = 2


@dataclass(frozen=True, slots=True)
class OtherPython:
    """The version, why it is taken, and the resolution for it."""

    version: str
    reason: str
    settled: Settled


def on_another_python(
    ground: Ground, refused: Refused, ask: Ask, *, thoroughly: bool
) -> OtherPython | None:
    """The newest older Python for which everything resolves, else the oldest newer one; only the
    nearest are tried, unless `thoroughly`.
    """
    minors = available_pythons()
    here = minors.index(minor_of(ground.python)) if minor_of(ground.python) in minors else None
    if here is None:
        return None
    others = (*reversed(minors[:here]), *minors[here + 1 :])
    for minor in others if thoroughly else others[:_NEAREST]:
        version = patched(minor)
        outcome = settle(replace(ground, python=version), ask)
        if isinstance(outcome, Settled):
            reason = (
                f"what the notebook pins can be had for Python {minor} and not for"
                f" {minor_of(ground.python)}: {refused.answer.why}"
            )
            return OtherPython(version, reason, outcome)
    return None
