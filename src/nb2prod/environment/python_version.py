"""Which Python: the user's, else what the notebook itself tells, else its runtime's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from nb2prod.analysis.recorded_versions import RecordedPython
from nb2prod.data.cuda import tensorflow_pythons, torch_for, torch_pythons
from nb2prod.data.cuda_packages import needs_torch
from nb2prod.data.distributions import newest_version, newest_version_date
from nb2prod.data.pythons import oldest_python, python
from nb2prod.data.runtime_search import version_after
from nb2prod.data.runtimes import Runtime
from nb2prod.environment.model import Attention, Pin, PythonVersion
from nb2prod.location import Evidence
from nb2prod.notebook.model import Notebook

_FRAMEWORKS: Mapping[str, Callable[[str], tuple[str, ...]]] = {
    "tensorflow": tensorflow_pythons,
    "tensorflow-cpu": tensorflow_pythons,
    "tensorflow-gpu": tensorflow_pythons,
    "torch": torch_pythons,
    "torchvision": lambda version: torch_pythons(torch_for("torchvision", version) or ""),
}
# The last patch of each Python that Colab's own images had (source: googlecolab/backend-info).
_LAST_PATCH = {"3.10": "3.10.12", "3.11": "3.11.13", "3.12": "3.12.13"}


@dataclass(frozen=True, slots=True)
class ToldPython:
    """The Pythons that the notebook tells of, strongest first: versions and who says so."""

    versions: tuple[tuple[str, Evidence], ...] = ()

    @property
    def minor(self) -> str | None:
        """The strongest's minor version."""
        return minor_of(self.versions[0][0]) if self.versions else None


def told_python(notebook: Notebook, outputs: tuple[RecordedPython, ...]) -> ToldPython:
    """What saved outputs show, the last first, then the file's own word for it.

    Colab writes no Python into its files: a version in one comes from another machine.
    """
    found = [
        (one.version, Evidence("recorded-output", f"{one.how} {one.version}", one.location))
        for one in reversed(outputs)
    ]
    info = notebook.metadata.get("language_info")
    version = info.get("version") if isinstance(info, Mapping) else None
    if isinstance(version, str) and re.fullmatch(r"3\.\d{1,2}(\.\d{1,2})?", version):
        detail = f"the notebook was saved with Python {version}"
        found.append((version, Evidence("recorded-output", detail)))
    distinct = {version: (version, evidence) for version, evidence in reversed(found)}
    return ToldPython(tuple(reversed(distinct.values())))


def told_of_the_run(told: ToldPython, notebook: Notebook) -> str | None:
    """The minor version that the notebook ran on, as far as it tells."""
    shown = [version for version, evidence in told.versions if evidence.location is not None]
    if not shown and notebook.origin.platform != "colab":
        shown = [version for version, _ in told.versions]
    return minor_of(shown[0]) if shown else None


def choose_python(
    asked: str | None, ran: str | None, told: ToldPython, runtime: Runtime, pins: tuple[Pin, ...]
) -> PythonVersion:
    """The version, with all evidence. `asked` is the user's, `ran` the minor version to keep where
    the notebook's own word counts.

    A framework that the notebook pins and that has no wheel for it decides before both.
    """
    evidence: list[Evidence] = []
    minor = ran or minor_of(runtime.python)
    version = runtime.python if minor == minor_of(runtime.python) else minor
    known = python(minor)
    gone = known is not None and known.latest is None
    if gone:
        minor = version = oldest_python()
    framework = _framework_python(minor, pins)
    if asked is not None:
        version = asked
        evidence.append(Evidence("user", f"--python {asked}"))
    elif framework is not None:
        version, reason = framework
        evidence.append(reason)
    elif gone:
        detail = f"Python {version} is the oldest that an image can get"
        evidence.append(Evidence("table", detail))
    if asked is None and version.count(".") == 1:
        version = patched(version)
    told_evidence = [
        found._replace(conflict=not _same_minor(one, version)) for one, found in told.versions
    ]
    detail = f"{runtime.described} runs Python {runtime.python}"
    of_runtime = Evidence("runtime", detail, conflict=not _same_minor(runtime.python, version))
    if ran is not None:
        evidence += [*told_evidence, of_runtime]
    else:
        evidence += [of_runtime, *told_evidence]
    known = python(minor_of(version))
    if known is not None and known.ended:
        detail = f"Python {known.minor} is past its end of life ({known.end_of_life})"
        evidence.append(Evidence("table", detail))
    return PythonVersion(version, tuple(evidence))


def doubts_of_python(
    chosen: PythonVersion, ran: str | None, runtime: Runtime
) -> Iterator[Attention]:
    """What a person has to know of a Python that cannot be had."""
    known = python(chosen.minor)
    if known is not None and known.latest is None:
        yield Attention(
            f"no image can get Python {chosen.minor}, which ended on {known.end_of_life}; choose"
            f" --python {oldest_python()} or later"
        )
    had = ran or minor_of(runtime.python)
    old = python(had)
    by_user = chosen.evidence[0].kind == "user"
    if old is not None and old.latest is None and not by_user and had != chosen.minor:
        yield Attention(
            f"the notebook ran on Python {had}, which ended on {old.end_of_life} and which no image"
            f" can get; it gets {chosen.minor}"
        )


def doubts_of_wheels(
    chosen: PythonVersion, pins: tuple[Pin, ...], day: str | None
) -> Iterator[Attention]:
    """What a person has to know as long as no index was asked: packages without a wheel, and those
    of which no version of the `day` is known.
    """
    known = python(chosen.minor)
    by_user = chosen.evidence[0].kind == "user"
    yield from _missing_wheels(pins, chosen)
    yield from _of_another_torch(pins, day)
    if known is not None and known.ended and not by_user:
        yield from _too_young(pins, chosen.minor, known.end_of_life, day)


def minor_of(version: str) -> str:
    """ "3.12" of "3.12.13"."""
    return ".".join(version.split(".")[:2])


def _too_young(pins: tuple[Pin, ...], minor: str, end: str, day: str | None) -> Iterator[Attention]:
    """Packages in a version that is younger than the Python's last day, for want of an older one
    that is known.
    """
    for pin in pins:
        if pin.evidence[0].kind != "table":
            continue
        when = newest_version_date(pin.name) if pin.version == newest_version(pin.name) else None
        if when is None and day is not None:
            after = version_after(pin.name, day)
            when = after.day if after is not None and after.version == pin.version else None
        if when is not None and when[:7] > end[:7]:
            yield Attention(
                f"{pin.name} {pin.version} is of {when}, after the end of Python {minor}, and may"
                " not run on it; pin one of that Python's time"
            )


def _of_another_torch(pins: tuple[Pin, ...], day: str | None) -> Iterator[Attention]:
    """Packages that need torch, in a version of years after the torch that they meet."""
    torch = next((pin for pin in pins if pin.name == "torch"), None)
    if torch is None or day is None or torch.evidence[0].kind == "table":
        return
    for pin in pins:
        month = newest_version_date(pin.name)
        if (
            needs_torch(pin.name)
            and pin.evidence[0].kind == "table"
            and pin.version == newest_version(pin.name)
            and month is not None
            and month > day[:7]
        ):
            yield Attention(
                f"{pin.name} {pin.version} is of {month}, and may not run with torch"
                f" {torch.version}; pin one of its time"
            )


def _missing_wheels(pins: tuple[Pin, ...], chosen: PythonVersion) -> Iterator[Attention]:
    """Frameworks that have no wheel for this Python, or of which no table says whether they do."""
    for pin in pins:
        pythons = _pythons(pin) if pin.name in _FRAMEWORKS else (chosen.minor,)
        if chosen.minor in pythons:
            continue
        place = next((found.location for found in pin.evidence if found.location), None)
        what = f"{pin.name} {pin.version}"
        reason = (
            f"{what} has no wheel for Python {chosen.minor}, only for {', '.join(pythons)}"
            if pythons
            else f"{what} may have no wheel for Python {chosen.minor}"
        )
        yield Attention(reason, place)


def _framework_python(minor: str, pins: tuple[Pin, ...]) -> tuple[str, Evidence] | None:
    """The newest Python of a pinned framework's wheels, when the notebook's is none of them."""
    for pin in pins:
        pythons = [one for one in _pythons(pin) if (known := python(one)) and known.latest]
        if not pythons or minor in pythons:
            continue
        newest = max(pythons, key=lambda one: int(one.split(".")[1]))
        detail = f"{pin.name} {pin.version} has wheels for Python up to {newest}"
        return newest, Evidence("table", detail)
    return None


def _pythons(pin: Pin) -> tuple[str, ...]:
    return _FRAMEWORKS[pin.name](pin.version) if pin.name in _FRAMEWORKS else ()


def patched(minor: str) -> str:
    """The exact version to take for a minor one: Colab's last, else the last that there is."""
    known = python(minor)
    return _LAST_PATCH.get(minor) or (known.latest if known else None) or minor


def _same_minor(one: str, other: str) -> bool:
    return minor_of(one) == minor_of(other)
