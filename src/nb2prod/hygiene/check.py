"""`check`: the findings in files, one file after another or several at once."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress

from nb2prod.errors import InternalError, OptionError, UnreadableNotebook
from nb2prod.hygiene.config import CheckConfig, Configs
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.engine import findings_of
from nb2prod.hygiene.files import find_files
from nb2prod.hygiene.model import Finding, Profile
from nb2prod.hygiene.project_files import forget_projects

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Literal

    from nb2prod.hygiene.cache import Cache
    from nb2prod.hygiene.config import StrPath

    Mode = Literal["check", "fix", "diff", "add-noqa"]

# Below this many bytes of notebooks a second process costs more time than it saves.
PARALLEL_FROM = 8_000_000


class Job:
    """One file, and what is to be done with it. `path` is what findings call it."""

    __slots__ = ("mode", "path", "profile", "unsafe")

    def __init__(
        self, path: str, profile: Profile, mode: Mode = "check", *, unsafe: bool = False
    ) -> None:
        self.path = path
        self.profile = profile
        self.mode = mode
        self.unsafe = unsafe


class Checked:
    """What came of one file: findings (those that are left, where it was fixed), how many were
    fixed or suppressed, by code, the lines of a diff; or why it could not be opened. `content` are
    the bytes that the findings depend on, None where they depend on more.
    """

    __slots__ = ("content", "diff", "error", "findings", "fixed", "path")

    def __init__(
        self,
        path: str,
        findings: Sequence[Finding] = (),
        *,
        fixed: Counter[str] | None = None,
        diff: Sequence[str] = (),
        error: str | None = None,
        content: bytes | None = None,
    ) -> None:
        self.path = path
        self.findings = findings
        self.fixed = Counter[str]() if fixed is None else fixed
        self.diff = diff
        self.error = error
        self.content = content


def check(paths: Iterable[StrPath] | StrPath, config: CheckConfig | None = None) -> list[Finding]:
    """The findings in notebooks: files, and directories with all that are below them.

    Without a `config` each file has the one that the command line would give it, from the nearest
    `pyproject.toml` with a table `[tool.nb2prod.check]`. Raises `UnreadableNotebook` for a file
    that cannot be opened and `OptionError` for a configuration that cannot be used. One that opens
    and is no notebook is a finding.
    """
    named = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    configs = Configs(config=config)
    findings: list[Finding] = []
    for job in jobs_for(named, configs):
        done = carry_out(job)
        if done.error is not None:
            raise UnreadableNotebook(f"{done.path} {done.error}.")
        findings += done.findings
    return sorted(findings, key=lambda finding: finding.order)


def jobs_for(
    paths: Iterable[StrPath], configs: Configs, mode: Mode = "check", *, unsafe: bool = False
) -> Iterator[Job]:
    """A job for each file that is to be checked."""
    forget_projects()
    for path in find_files(paths, configs):
        yield Job(path, configs.of(path).profile(path), mode, unsafe=unsafe)


def run_jobs(
    jobs: Sequence[Job], processes: int | None = None, cache: Cache | None = None
) -> Iterator[Checked]:
    """Carry out jobs, the results in their order. `processes` is how many run at once; None for as
    many as pay. What a `cache` knows is not looked at again; its findings have fixes without edits.
    """
    known = {job.path: found for job in jobs if cache and (found := _known(job, cache))}
    made = _carried_out_all([job for job in jobs if job.path not in known], processes)
    for job in jobs:
        if job.path in known:
            yield known[job.path]
            continue
        done = next(made)
        if cache is not None and done.content is not None:
            cache.put(job.path, done.content, job.profile, done.findings)
        yield done


def _known(job: Job, cache: Cache) -> Checked | None:
    if job.mode != "check":
        return None
    try:
        with open(job.path, "rb") as opened:
            content = opened.read()
    except (OSError, ValueError):
        return None
    findings = cache.get(job.path, content, job.profile)
    return None if findings is None else Checked(job.path, findings)


def _carried_out_all(jobs: Sequence[Job], processes: int | None) -> Iterator[Checked]:
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
    try:
        with open(job.path, "rb") as opened:
            content = opened.read()
    except (OSError, ValueError) as error:
        return Checked(job.path, error=f"cannot be read: {_reason(error)}")
    try:
        return _carried_out(job, content)
    except OSError as error:
        return Checked(job.path, error=f"cannot be written: {_reason(error)}")
    except OptionError:
        raise
    except Exception as error:
        raise InternalError(f"Checking {job.path} failed.") from error


def checked_content(job: Job, content: bytes, directory: str | None) -> tuple[Checked, bytes]:
    """The same for bytes, with those that come of them; nothing is written."""
    if job.mode == "check":
        context = Context(job.path, content, job.profile, directory)
        findings = findings_of(context)
        lasting = None if context.depends_on_more else content
        return Checked(job.path, findings, content=lasting), content
    if job.mode == "add-noqa":
        from nb2prod.hygiene.noqa import add_noqa

        after, added = add_noqa(content, job.path, job.profile, directory)
        return Checked(job.path, fixed=Counter(noqa=added)), after
    from nb2prod.hygiene.fixing import fix_content

    done = fix_content(content, job.path, job.profile, directory, unsafe=job.unsafe)
    lines: Sequence[str] = ()
    if job.mode == "diff" and done.content != content:
        from nb2prod.hygiene.diff import differences

        before = Context(job.path, content, job.profile, directory)
        after_fixes = Context(job.path, done.content, job.profile, directory)
        lines = tuple(differences(before, after_fixes))
    return Checked(job.path, done.findings, fixed=done.fixed, diff=lines), done.content


def _carried_out(job: Job, content: bytes) -> Checked:
    checked, after = checked_content(job, content, os.path.dirname(job.path) or ".")
    if job.mode in ("fix", "add-noqa") and after != content:
        _write(job.path, after)
    return checked


def _write(path: str, content: bytes) -> None:
    """Replace a file at once, with the rights that it has; a link stays one."""
    import tempfile

    target = os.path.realpath(path)
    handle, temporary = tempfile.mkstemp(
        prefix=f".{os.path.basename(target)}.", dir=os.path.dirname(target)
    )
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, os.stat(target).st_mode & 0o7777)
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
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
            size += os.stat(job.path).st_size
    return min(_processors(), len(jobs), 1 + size // PARALLEL_FROM)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
