"""When the notebook ran, and whose versions are taken for it.

The day, strongest first: the user's `--as-of`, the runtime that Colab's metadata name, the times of
execution, the versions that saved outputs show, the file's last commit, and the last image with the
Python that the notebook ran on. Without any the newest versions are taken, and that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from nb2prod.analysis.all_facts import Facts
from nb2prod.analysis.requirements import parse_requirement
from nb2prod.data.distributions import newest_version, newest_version_date
from nb2prod.data.pythons import python
from nb2prod.data.runtime_names import find_runtime
from nb2prod.data.runtime_search import matching_day, runtime_with_python
from nb2prod.data.runtimes import Runtime, named_runtime, newest_runtime, runtime_at, span
from nb2prod.environment.model import AsOf, Attention, Strategy
from nb2prod.environment.python_version import minor_of
from nb2prod.location import Evidence
from nb2prod.notebook.model import Notebook
from nb2prod.options import Options


@dataclass(frozen=True, slots=True)
class Dated:
    """The decision on time: `by_user` where a person named the day or the runtime; `unknown` is the
    reason where no image of that day is known, and another one stands for it.
    """

    as_of: AsOf
    runtime: Runtime
    by_user: bool = False
    unknown: Attention | None = None


@dataclass(frozen=True, slots=True)
class _Clue:
    """One answer to when: a day, or a runtime that has a name. `older` says that it was before the
    day; `stale` is the evidence to show where the answer is not the last word.
    """

    evidence: Evidence
    day: str
    runtime: Runtime | None = None
    older: bool = False
    stale: Evidence | None = None


def date_notebook(
    notebook: Notebook,
    facts: Facts,
    options: Options,
    ran: str | None,
    committed: str | None = None,
) -> Dated:
    """Decide on the day and the runtime.

    `ran` is the minor version of the Python that the notebook is known to have run on; `committed`
    the day of the file's last commit, where there is one.
    """
    gpu = facts.accelerator == "GPU"
    clues = sorted(
        _clues(notebook, facts, options, ran, gpu=gpu), key=lambda clue: clue.stale is not None
    )
    wanted = options.strategy
    if all(clue.stale for clue in clues) and committed is not None and wanted != "modern":
        # Only where nothing in the notebook says when: elsewhere a file's history, which is none of
        # its bytes, must make no difference.
        detail = f"the file's last commit is of {committed}"
        clues.insert(0, _Clue(Evidence("recorded-output", detail), committed))
    if all(clue.stale for clue in clues) and ran is not None and wanted != "modern":
        clues[:0] = _python(ran)
    dates = bool(clues) and clues[0].stale is None
    strategy: Strategy = wanted or ("as-run" if dates else "modern")
    if strategy == "modern" or not dates:
        return _modern(wanted, clues, gpu=gpu)
    first = clues[0]
    by_user = options.as_of is not None
    runtime = _runtime(first, notebook, None if by_user else ran, gpu=gpu)
    evidence = [first.evidence, _of_runtime(runtime, notebook, first)]
    if wanted is not None:
        evidence.append(Evidence("user", "--strategy as-run"))
    for other in clues[1:]:
        if other.stale is not None:
            evidence.append(other.stale)
            continue
        found = _runtime(other, notebook, None if by_user else ran, gpu=gpu)
        evidence.append(other.evidence._replace(conflict=found.name != runtime.name))
    as_of = AsOf(strategy, first.day, runtime.name, tuple(evidence))
    return Dated(as_of, runtime, by_user, _unknown(first, runtime))


def _modern(wanted: Strategy | None, clues: list[_Clue], *, gpu: bool) -> Dated:
    """The newest versions: because they are wanted, or because nothing says when it ran."""
    runtime = newest_runtime(gpu=gpu)
    note = None
    if wanted == "modern":
        evidence = [Evidence("user", "--strategy modern")]
    else:
        detail = "nothing says when the notebook ran, so the newest versions are taken"
        evidence = [Evidence("default", detail)]
        if wanted == "as-run":
            note = Attention(f"{detail}; say when with --as-of")
    evidence.append(Evidence("runtime", f"{runtime.described} is the newest that is known"))
    evidence += [clue.stale or clue.evidence._replace(conflict=True) for clue in clues]
    return Dated(AsOf("modern", None, runtime.name, tuple(evidence)), runtime, unknown=note)


def _clues(
    notebook: Notebook, facts: Facts, options: Options, ran: str | None, *, gpu: bool
) -> Iterator[_Clue]:
    """All that the user and the notebook say of when, strongest first."""
    if options.as_of is not None:
        runtime = find_runtime(options.as_of, gpu=gpu)
        match = re.search(r"\d{4}-\d{2}-\d{2}", options.as_of)
        # A runtime is of its own day, and a day is the one that is asked for.
        day = match[0] if match else runtime.date if runtime else span().first
        yield _Clue(Evidence("user", f"--as-of {options.as_of}"), day, runtime)
    recorded = notebook.recorded
    if recorded.runtime_version is not None:
        named = named_runtime(recorded.runtime_version, gpu=gpu)
        if named is not None:
            detail = f"the metadata name Colab's runtime {named.name}"
            yield _Clue(Evidence("recorded-output", detail), named.date, named)
    if recorded.last_run is not None:
        detail = f"cells ran on {recorded.last_run}"
        if recorded.first_run != recorded.last_run:
            detail = f"cells ran from {recorded.first_run} to {recorded.last_run}"
        said = Evidence("recorded-output", detail)
        later = _younger(notebook, facts, recorded.last_run)
        stale = said._replace(detail=f"{detail}, before {later}", conflict=True) if later else None
        yield _Clue(said, recorded.last_run, stale=stale)
    for driver in reversed(facts.recorded_outputs.drivers):
        if driver.day is not None and _is_day(driver.day):
            detail = f"nvidia-smi ran on {driver.day}"
            yield _Clue(Evidence("recorded-output", detail, driver.location), driver.day)
            break
    yield from _outputs(facts, ran)


def _python(ran: str) -> Iterator[_Clue]:
    """The last image with the Python that the notebook ran on: what else it had is of that Python's
    time, which is more than can be said of the newest versions.
    """
    match = matching_day({}, ran)
    if match is None:
        return
    if match.before:
        said = Evidence("recorded-output", f"Python {ran} is older than any image that is known")
        yield _Clue(said, match.day, older=True)
    else:
        detail = f"{match.day} is the last day on which an image had the notebook's Python {ran}"
        yield _Clue(Evidence("recorded-output", detail), match.day)


def _younger(notebook: Notebook, facts: Facts, day: str) -> str | None:
    """What the notebook has that is younger than the day, in words: times of execution stay in a
    file that somebody changes later, or starts another notebook from.
    """
    info = notebook.metadata.get("language_info")
    version = info.get("version") if isinstance(info, Mapping) else None
    saved = python(minor_of(version)) if isinstance(version, str) else None
    if saved is not None and saved.released > day:
        return f"Python {saved.minor}, which saved it, was released"
    for install in facts.installs:
        for text in install.requirements if install.tool != "apt" else ():
            requirement = parse_requirement(text)
            if requirement is None or requirement.exact is None:
                continue
            month = newest_version_date(requirement.name)
            newest = newest_version(requirement.name) == requirement.exact
            if newest and month is not None and month > day[:7]:
                return f"{text}, which it installs, was released"
    return None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _outputs(facts: Facts, ran: str | None) -> Iterator[_Clue]:
    """What saved outputs show of the image, by the versions that were there already."""
    outputs = facts.recorded_outputs
    there = {one.distribution: one.public for one in outputs.versions if not one.installed}
    ran = ran if outputs.pythons or outputs.versions else None
    match = matching_day(there, ran)
    if match is None:
        return
    if match.before:
        said = Evidence("recorded-output", "saved outputs show versions of before " + match.day)
        yield _Clue(said, match.day, older=True)
    else:
        what = [f"{match.agreeing} of {match.compared} versions"] if match.agreeing else []
        what += [f"{match.nearest} {there[match.nearest]}"] if match.nearest else []
        what += [f"Python {ran}"] if ran else []
        seen = " and ".join(what)
        detail = f"what saved outputs show ({seen}) fits Colab's runtime of {match.day}"
        yield _Clue(Evidence("recorded-output", detail), match.day)


def _runtime(clue: _Clue, notebook: Notebook, ran: str | None, *, gpu: bool) -> Runtime:
    """The image of the clue's day: Kaggle's for its notebooks, and one that has the notebook's
    Python where that is known.
    """
    if clue.runtime is not None:
        return clue.runtime
    found = None
    if notebook.origin.platform == "kaggle":
        found = runtime_at(clue.day, gpu=gpu, platform="kaggle")
    found = found or runtime_at(clue.day, gpu=gpu) or runtime_at(span().first, gpu=gpu)
    assert found is not None, "Colab's first image is known"
    if ran is None or minor_of(found.python) == ran:
        return found
    first = runtime_at(span().first, gpu=gpu)
    if first is not None and _numbers(ran) < _numbers(first.python):
        return first  # the nearest in Python, if not in time
    return runtime_with_python(ran, clue.day, gpu=gpu) or found


def _numbers(python: str) -> tuple[int, int]:
    major, minor = python.split(".")[:2]
    return int(major), int(minor)


def _of_runtime(runtime: Runtime, notebook: Notebook, clue: _Clue) -> Evidence:
    """Why this image answers, and what it is where the notebook never ran on it."""
    what = runtime.described
    platform = notebook.origin.platform
    if clue.evidence.kind == "user" and clue.runtime is not None:
        return Evidence("runtime", f"{what} has Python {runtime.python}")
    if platform == runtime.platform:
        return Evidence("runtime", f"{what} is the one that fits")
    detail = f"{what} stands for it: its versions are known to have worked together"
    return Evidence("runtime", detail)


def _unknown(clue: _Clue, runtime: Runtime) -> Attention | None:
    first = span().first
    if clue.runtime is not None or (clue.day >= first and not clue.older):
        return None
    when = f"before {first}" if clue.older else f"on {clue.day}"
    return Attention(
        f"the notebook ran {when}, and no image of before {first} is known: what it neither pins"
        f" nor shows is taken from {runtime.described}"
    )
