"""The commands that copy files into the claims before a run, and out of them after it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from nb2prod.project.quoting import one_line
from nb2prod.project.targets.kubernetes.claims import copier_name
from nb2prod.project.targets.kubernetes.paths import CLAIMS, COPIER
from nb2prod.project.targets.workload import Volume, Workload


def before(workload: Workload) -> list[str]:
    """What puts the program's files where it looks for them; none where it looks for none."""
    filled = [one for one in workload.volumes if one.filled]
    copies = [f"{shlex.quote(one.local)}/. {_there(workload, one)}" for one in filled]
    return _with_the_copier(workload, f"--filename {CLAIMS} --filename {COPIER}", copies)


def after(workload: Workload) -> list[str]:
    """What fetches what the program wrote; none where it keeps nothing."""
    written = [one for one in workload.volumes if one.writable]
    copies = [f"{_there(workload, one)} {shlex.quote(one.local)}" for one in written]
    return _with_the_copier(workload, f"--filename {COPIER}", copies)


def _there(workload: Workload, volume: Volume) -> str:
    return shlex.quote(f"{copier_name(workload)}:{volume.path}")


def _with_the_copier(workload: Workload, applied: str, copies: Sequence[str]) -> list[str]:
    """The Pod has to be ready before, and gone after: most storage serves one node at a time."""
    if not copies:
        return []
    return [
        f"kubectl apply {applied}",
        # A claim's storage is often made now, which takes longer than kubectl waits by itself.
        f"kubectl wait --for=condition=Ready --timeout=5m pod/{copier_name(workload)}",
        *(one_line(f"kubectl cp {copy}") for copy in copies),
        f"kubectl delete --filename {COPIER}",
    ]
