"""`check`: the findings in files, one file after another or several at once."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from nb2prod.errors import InternalError, OptionError, UnreadableNotebook
from nb2prod.hygiene.config import CheckConfig, Configs
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.engine import check_content
from nb2prod.hygiene.files import find_files
from nb2prod.hygiene.model import Finding, Profile

Mode = Literal["check", "fix", "diff"]

# Below this many bytes a second process costs more time than it saves.
PARALLEL_FROM = 4_000_000


@dataclass(frozen=True, slots=True)
class Job:
    """One file, and what is to be done with it. `path` is what findings call it."""

    path: str
    profile: Profile
    mode: Mode = "check"
    unsafe: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one file: findings (those that are left, where it was fixed), how many were
    fixed, the lines of a diff; or why it could not be opened.
    """

    path: str
    findings: Sequence[Finding] = ()
    fixed: Counter[str] = field(default_factory=Counter)
    diff: Sequence[str] = ()
    error: str | None = None


def check(
    paths: Iterable[str | Path] | str | Path, config: CheckConfig | None = None
) -> list[Finding]:
    """The findings in notebooks: files, and directories with all that are below them.

    Without a `config` each file has the one that the command line would give it, from the nearest
    `pyproject.toml` with a table `[tool.nb2prod.check]`. Raises `UnreadableNotebook` for a file
    that cannot be opened and `OptionError` for a configuration that cannot be used. One that opens
    and is no notebook is a finding.
    """
    named = [paths] if isinstance(paths, str | Path) else list(paths)
    configs = Configs(config=config)
    findings: list[Finding] = []
    for job in jobs_for([Path(path) for path in named], configs):
        done = carry_out(job)
        if done.error is not None:
            raise UnreadableNotebook(f"{done.path} {done.error}.")
        findings += done.findings
    return sorted(findings, key=lambda finding: finding.order)


def jobs_for(
    paths: Iterable[Path], configs: Configs, mode: Mode = "check", *, unsafe: bool = False
) -> Iterator[Job]:
    """A job for each file that is to be checked."""
    for path in find_files(paths, configs):
        yield Job(str(path), configs.of(path).profile(path), mode, unsafe)


def run_jobs(jobs: Sequence[Job], processes: int | None = None) -> Iterator[Checked]:
    """Carry out jobs, the results in their order. `processes` is how many run at once; None for as
    many as pay.
    """
    wanted = _processes(jobs) if processes is None else min(processes, len(jobs))
    if wanted < 2:
        yield from map(carry_out, jobs)
        return
    from concurrent.futures import ProcessPoolExecutor

    chunk = max(1, min(8, len(jobs) // (4 * wanted)))
    with ProcessPoolExecutor(wanted) as pool:
        yield from pool.map(carry_out, jobs, chunksize=chunk)


def carry_out(job: Job) -> Checked:
    """Check, fix or compare one file. Never raises for what the file is."""
    path = Path(job.path)
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        return Checked(job.path, error=f"cannot be read: {_reason(error)}")
    try:
        return _carried_out(job, content, path)
    except OSError as error:
        return Checked(job.path, error=f"cannot be written: {_reason(error)}")
    except OptionError:
        raise
    except Exception as error:
        raise InternalError(f"Checking {job.path} failed.") from error


def checked_content(job: Job, content: bytes, directory: Path | None) -> tuple[Checked, bytes]:
    """The same for bytes, with those that come of them; nothing is written."""
    if job.mode == "check":
        return Checked(job.path, check_content(content, job.path, job.profile, directory)), content
    from nb2prod.hygiene.fixing import fix_content

    done = fix_content(content, job.path, job.profile, directory, unsafe=job.unsafe)
    lines: Sequence[str] = ()
    if job.mode == "diff" and done.content != content:
        from nb2prod.hygiene.diff import differences

        before = Context(job.path, content, job.profile, directory)
        after = Context(job.path, done.content, job.profile, directory)
        lines = tuple(differences(before, after))
    return Checked(job.path, done.findings, done.fixed, lines), done.content


def _carried_out(job: Job, content: bytes, path: Path) -> Checked:
    checked, after = checked_content(job, content, path.parent)
    if job.mode == "fix" and after != content:
        _write(path, after)
    return checked


def _write(path: Path, content: bytes) -> None:
    """Replace a file at once, with the rights that it has; a link stays one."""
    import tempfile

    target = path.resolve()
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(target.stat().st_mode & 0o7777)
        Path(temporary).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise


def _reason(error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error)
    return reason[:1].lower() + reason[1:]


def _processes(jobs: Sequence[Job]) -> int:
    """How many processes pay for these files on this machine."""
    if len(jobs) < 2:
        return 1
    size = 0
    for job in jobs:
        with suppress(OSError, ValueError):
            size += Path(job.path).stat().st_size
    return min(_processors(), len(jobs), 1 + size // PARALLEL_FROM)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
