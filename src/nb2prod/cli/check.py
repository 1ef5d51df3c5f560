"""`nb2prod check`."""

from __future__ import annotations

import os
import sys

from nb2prod.cli.boundary import UNUSABLE
from nb2prod.errors import OptionError
from nb2prod.hygiene.check import Checked, Job, checked_content, jobs_for, run_jobs
from nb2prod.hygiene.config import Configs, Overrides

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence

    from nb2prod.hygiene.cache import Cache
    from nb2prod.hygiene.check import Mode

_STDIN = "-"


def run(arguments: argparse.Namespace) -> int:
    """Check, fix, suppress or compare, and print what there is to say."""
    configs = _configs(arguments)
    mode = _mode(arguments)
    paths = arguments.paths or ["."]
    if arguments.jobs is not None and arguments.jobs < 1:
        raise OptionError(f"--jobs takes a number from 1, not {arguments.jobs}.")
    if arguments.show_settings:
        from nb2prod.cli.check_settings import settings

        _write(arguments, settings(arguments.stdin_filename or paths[0], configs))
        return 0
    if _STDIN in paths:
        if len(paths) > 1:
            raise OptionError("- (standard input) is read alone, without other paths.")
        return _check_stdin(arguments, configs, mode)
    jobs = list(jobs_for(paths, configs, mode, unsafe=arguments.unsafe_fixes))
    if not jobs:
        print("nb2prod: no notebooks under these paths", file=sys.stderr)
    return _report(
        arguments, mode, jobs, list(run_jobs(jobs, arguments.jobs, _cache(arguments, mode)))
    )


def _cache(arguments: argparse.Namespace, mode: Mode) -> Cache | None:
    if arguments.no_cache or mode != "check":
        return None
    from nb2prod.hygiene.cache import Cache
    from nb2prod.user_cache import cache_directory

    return Cache(cache_directory())


def _mode(arguments: argparse.Namespace) -> Mode:
    if arguments.add_noqa and (arguments.fix or arguments.diff):
        raise OptionError("--add-noqa goes without --fix and --diff.")
    if arguments.add_noqa:
        return "add-noqa"
    return "diff" if arguments.diff else "fix" if arguments.fix else "check"


def _check_stdin(arguments: argparse.Namespace, configs: Configs, mode: Mode) -> int:
    """Check what comes in. What comes of it with `--fix` goes to standard output."""
    content = sys.stdin.buffer.read()
    name = arguments.stdin_filename
    path = name or "stdin.ipynb"
    config = configs.of(path)
    job = Job(name or _STDIN, config.profile(path), mode, unsafe=arguments.unsafe_fixes)
    done, after = Checked(job.path), content
    if not (name and config.force_exclude and config.excludes(path)):
        directory = (os.path.dirname(name) or ".") if name else None
        done, after = checked_content(job, content, directory)
    if mode in ("fix", "add-noqa"):
        sys.stdout.buffer.write(after)
        sys.stdout.buffer.flush()
    return _report(arguments, mode, [job], [done], {job.path: after})


def _report(
    arguments: argparse.Namespace,
    mode: Mode,
    jobs: Sequence[Job],
    results: Sequence[Checked],
    contents: Mapping[str, bytes] | None = None,
) -> int:
    """Print what came of the files. `contents` are the bytes of those that are not to be read."""
    failed = {result.path: result for result in results if result.error is not None}
    for result in failed.values():
        print(f"nb2prod: {result.path} {result.error}.", file=sys.stderr)
    fixed = sum(result.fixed.total() for result in results)
    if mode == "diff":
        _write(arguments, [line for result in results for line in result.diff])
        return UNUSABLE if failed else int(bool(fixed) and not arguments.exit_zero)
    if mode == "add-noqa":
        _write(arguments, [f"Added {fixed} {'suppression' if fixed == 1 else 'suppressions'}."])
        return UNUSABLE if failed else 0
    findings = [finding for result in results for finding in result.findings]
    findings.sort(key=lambda finding: finding.order)
    from nb2prod.hygiene import reporting
    from nb2prod.hygiene.reporters import FOR_PEOPLE

    if arguments.statistics and arguments.output_format in FOR_PEOPLE:
        _write(arguments, reporting.statistics(findings))
    else:
        files = {job.path: job.profile for job in jobs if job.path not in failed}
        unsafe = arguments.unsafe_fixes
        form = arguments.output_format
        _write(
            arguments,
            reporting.render(form, findings, files, contents, unsafe=unsafe, fixed=fixed),
        )
    if failed:
        return UNUSABLE
    changed = bool(fixed) and arguments.exit_non_zero_on_fix
    return int(changed or (bool(findings) and not arguments.exit_zero))


def _write(arguments: argparse.Namespace, lines: Iterable[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    if arguments.output_file is not None:
        try:
            # Names of files may hold bytes that are no text.
            with open(
                arguments.output_file, "w", encoding="utf-8", errors="backslashreplace"
            ) as opened:
                opened.write(text)
        except OSError as error:
            reason = error.strerror or error
            raise OptionError(f"{arguments.output_file} cannot be written: {reason}.") from None
        return
    # The notebook itself goes to standard output there.
    changes = (arguments.fix and not arguments.diff) or arguments.add_noqa
    stream = sys.stderr if changes and _STDIN in arguments.paths else sys.stdout
    if stream is None:  # closed by who started this
        raise OptionError("standard output is closed.")
    try:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            encoding = stream.encoding or "ascii"
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        # What is still buffered would raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        reason = error.strerror or error
        raise OptionError(f"standard output cannot be written: {reason}.") from None


def _configs(arguments: argparse.Namespace) -> Configs:
    overrides = Overrides(
        select=_words(arguments.select) if arguments.select else None,
        ignore=_words(arguments.ignore),
        extend_select=_words(arguments.extend_select),
        per_file_ignores=_per_file(arguments.per_file_ignores),
        exclude=_words(arguments.exclude),
        force_exclude=arguments.force_exclude,
        secrets_scanner=arguments.secrets_scanner,
    )
    return Configs(overrides, file=arguments.config, isolated=arguments.isolated)


def _words(given: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(word.strip() for one in given or () for word in one.split(",") if word.strip())


def _per_file(given: Sequence[str] | None) -> Mapping[str, tuple[str, ...]] | None:
    """`drafts/*:NB2,other.ipynb:NB301` as a table."""
    if not given:
        return None
    table: dict[str, tuple[str, ...]] = {}
    for pair in _words(given):
        pattern, colon, code = pair.rpartition(":")
        if not colon or not pattern or not code:
            raise OptionError(f"--per-file-ignores takes PATTERN:CODE, not {pair!r}.")
        table[pattern] = (*table.get(pattern, ()), code)
    return table
