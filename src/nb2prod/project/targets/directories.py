"""The program's directories where a place has what it gives a run apart from what it keeps."""

from __future__ import annotations

from collections.abc import Callable

from nb2prod.project.targets.workload import Volume, Workload


def directory_variables(
    workload: Workload, given: Callable[[Volume], str], kept: Callable[[Volume], str]
) -> dict[str, str]:
    """The variables that send the program to its directories; `given` and `kept` say where the
    place has those of a volume.

    What is only read is read where it lies. What may be written to is copied first (`DATA_FROM`),
    because what is given may be read-only, and is not kept.
    """
    found: dict[str, str] = {}
    source = workload.interface.data_from
    for volume in workload.volumes:
        if volume.variable is None:
            continue
        if not volume.writable:
            found[volume.variable] = given(volume)
            continue
        if volume.filled and source is not None:
            found[source.variable] = given(volume)
        found[volume.variable] = kept(volume)
    return found
