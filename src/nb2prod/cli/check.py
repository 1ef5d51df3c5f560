"""`nb2prod check`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from nb2prod.cli.boundary import UNUSABLE
from nb2prod.errors import OptionError
from nb2prod.hygiene import reporting
from nb2prod.hygiene.check import Checked, Job, Mode, checked_content, jobs_for, run_jobs
from nb2prod.hygiene.config import EXCLUDED, CheckConfig, Configs, Overrides
from nb2prod.hygiene.model import Finding, Profile

_STDIN = "-"


def run(arguments: argparse.Namespace) -> int:
    """Check, fix or compare, and print what there is to say."""
    configs = _configs(arguments)
    mode: Mode = "diff" if arguments.diff else "fix" if arguments.fix else "check"
    paths = [Path(path) for path in arguments.paths or ["."]]
    if arguments.jobs is not None and arguments.jobs < 1:
        raise OptionError(f"--jobs takes a number from 1, not {arguments.jobs}.")
    if arguments.show_settings:
        return _show_settings(paths, arguments, configs)
    if _STDIN in map(str, paths):
        if len(paths) > 1:
            raise OptionError("- (standard input) is read alone, without other paths.")
        results = [_check_stdin(arguments, configs, mode)]
    else:
        jobs = list(jobs_for(paths, configs, mode, unsafe=arguments.unsafe_fixes))
        if not jobs:
            print("nb2prod: no notebooks under these paths", file=sys.stderr)
        results = list(run_jobs(jobs, arguments.jobs))
    return _report(arguments, mode, results)


def _check_stdin(arguments: argparse.Namespace, configs: Configs, mode: Mode) -> Checked:
    """Check what comes in. What comes of it with `--fix` goes to standard output."""
    content = sys.stdin.buffer.read()
    name = arguments.stdin_filename
    path = Path(name) if name else Path("stdin.ipynb")
    config = configs.of(path)
    after = content
    done = Checked(str(name or _STDIN))
    if not (name and config.force_exclude and config.excludes(path)):
        profile = config.profile(path)
        job = Job(str(name or _STDIN), profile, mode, arguments.unsafe_fixes)
        done, after = checked_content(job, content, path.parent if name else None)
    if mode == "fix":
        sys.stdout.buffer.write(after)
        sys.stdout.buffer.flush()
    return done


def _report(arguments: argparse.Namespace, mode: Mode, results: Sequence[Checked]) -> int:
    failed = [result for result in results if result.error is not None]
    for result in failed:
        print(f"nb2prod: {result.path} {result.error}.", file=sys.stderr)
    fixed = sum(result.fixed.total() for result in results)
    if mode == "diff":
        _write(arguments, [line for result in results for line in result.diff])
        return UNUSABLE if failed else int(bool(fixed) and not arguments.exit_zero)
    findings = [finding for result in results for finding in result.findings]
    findings.sort(key=lambda finding: finding.order)
    _write(arguments, _lines(arguments, findings, fixed, len(results) - len(failed)))
    if failed:
        return UNUSABLE
    changed = bool(fixed) and arguments.exit_non_zero_on_fix
    return int(changed or (bool(findings) and not arguments.exit_zero))


def _lines(
    arguments: argparse.Namespace, findings: Sequence[Finding], fixed: int, files: int
) -> Iterable[str]:
    unsafe = arguments.unsafe_fixes
    if arguments.output_format == "json":
        return reporting.as_json(findings)
    if arguments.statistics:
        return reporting.statistics(findings)
    shown = reporting.full if arguments.output_format == "full" else reporting.concise
    last = reporting.summary(findings, fixed, files, unsafe=unsafe)
    return [*shown(findings, unsafe=unsafe), *last]


def _write(arguments: argparse.Namespace, lines: Iterable[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    if arguments.output_file is not None:
        try:
            # Names of files may hold bytes that are no text.
            arguments.output_file.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            reason = error.strerror or error
            raise OptionError(f"{arguments.output_file} cannot be written: {reason}.") from None
        return
    # The notebook itself goes to standard output there.
    to_stdin = arguments.fix and not arguments.diff and _STDIN in arguments.paths
    stream = sys.stderr if to_stdin else sys.stdout
    try:
        stream.write(text)
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()


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


def _show_settings(paths: Sequence[Path], arguments: argparse.Namespace, configs: Configs) -> int:
    """The settings of the first path, in the words of the configuration file."""
    path = Path(arguments.stdin_filename) if arguments.stdin_filename else paths[0]
    config = configs.of_directory(path) if path.is_dir() else configs.of(path)
    profile = config.profile(path)
    _write(arguments, _settings(path, config, profile))
    return 0


def _settings(path: Path, config: CheckConfig, profile: Profile) -> list[str]:
    lines = [f"# {path}", f"# configuration: {config.file or 'none'}"]
    for name in ("select", "ignore", "extend_select", "exclude"):
        lines.append(f"{name.replace('_', '-')} = {_listed(getattr(config, name))}")
    lines.append(f"force-exclude = {str(config.force_exclude).lower()}")
    lines.append(f"secrets-scanner = {_quoted(config.secrets_scanner)}")
    lines.append(f"# always excluded: {_listed(EXCLUDED)}")
    lines.append(f"# rules that are on: {_listed(sorted(profile.enabled))}")
    if config.per_file_ignores:
        lines.append("[per-file-ignores]")
        for pattern, words in config.per_file_ignores.items():
            lines.append(f"{_quoted(pattern)} = {_listed(words)}")
    for code, options in profile.options.items():
        lines.append(f"[rules.{code}]")
        lines += [f"{name} = {_value(value)}" for name, value in options.items()]
    return lines


def _listed(words: Iterable[str]) -> str:
    return "[" + ", ".join(map(_quoted, words)) + "]"


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool | int) else _quoted(str(value))


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)
