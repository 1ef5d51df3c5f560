"""The README of a generated project: how to run it, and the plain truth about what was done to the
notebook.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nb2prod.data.cuda import torch_index
from nb2prod.environment.model import Lock, LockOutcome
from nb2prod.location import Evidence
from nb2prod.migration import Migration
from nb2prod.program.model import Fate
from nb2prod.project.interface import Interface, ProgramOption, interface
from nb2prod.project.parts import dependencies
from nb2prod.project.parts.beside import copied
from nb2prod.project.parts.configuration import has_toml, variable_of
from nb2prod.project.parts.fetched import MOST_ROWS, fetched_rows, is_pinned
from nb2prod.project.parts.files_needed import USE, DataRow, files_beside
from nb2prod.project.parts.private import private_build
from nb2prod.project.parts.secrets import in_files, secrets
from nb2prod.project.parts.sections import layout_sentence, section_rows
from nb2prod.project.quoting import rendered
from nb2prod.project.titles import title
from nb2prod.version import __version__

_MOST_PLACES = 6


@dataclass(frozen=True, slots=True)
class _OptionRow:
    flag: str
    default: str
    takes: str
    meaning: str


@dataclass(frozen=True, slots=True)
class _ChangeRow:
    fate: str
    reason: str
    lines: int
    where: str


@dataclass(frozen=True, slots=True)
class _EvidenceRow:
    what: str
    version: str
    because: str


@dataclass(frozen=True, slots=True)
class TargetSection:
    """What the README shows of a target: heading, what to do next, and the rest, in Markdown."""

    title: str
    steps: Sequence[str]
    notes: str


@dataclass(frozen=True, slots=True)
class _AttentionItem:
    location: str
    reason: str


def _pictures(migration: Migration, found: Interface) -> str | None:
    """Where the program saves what the notebook showed, when it is run with the defaults."""
    output = found.directory("output")
    if output is None or "outputs" not in migration.program.support:
        return None
    return f"{output.default}/shown"


def readme(migration: Migration, sections: Sequence[TargetSection]) -> str:
    """The text of `README.md`; `sections` are those of the targets."""
    found = interface(migration.program.configuration)
    environment = migration.environment
    return rendered(
        "documents/README.md.j2",
        title=title(migration.notebook),
        notebook=f"{migration.notebook.name}.ipynb",
        project=migration.project,
        package=migration.package,
        version=__version__,
        shell="shell" in migration.program.support,
        pictures=_pictures(migration, found),
        minor=environment.python.minor,
        python=environment.python.version,
        copied=copied(migration),
        options=list(_options(found)),
        directories=found.directories,
        data_from=found.data_from,
        **_settings(migration, found),
        data=found.directory("data"),
        data_rows=_data(migration),
        system_packages=sorted(
            package.name for package in environment.system_packages if not package.build_only
        ),
        build_packages=sorted(
            package.name for package in environment.system_packages if package.build_only
        ),
        files_beside=list(files_beside(migration)),
        fetched=fetched_rows(migration.facts.fetched[:MOST_ROWS]),
        more_fetched=max(len(migration.facts.fetched) - MOST_ROWS, 0),
        unpinned=not all(map(is_pinned, migration.facts.fetched)),
        secrets=secrets(migration),
        secret_file=next(iter(in_files(migration)), None),
        sections=list(section_rows(migration)),
        base_image=environment.base_image.reference,
        cuda=environment.base_image.cuda,
        torch_backend=(backend := dependencies.torch_backend(migration)),
        torch_cuda=dependencies.installed_torch_cuda(migration),
        # What source distributions are built with has to be of the same day as they are.
        build_day=migration.lock.exclude_newer if migration.lock.from_source else None,
        torch_index=torch_index(backend) if backend and migration.lock.text else None,
        vcs=bool(environment.vcs),
        locked=migration.lock.mode == "locked",
        constraints=bool(dependencies.constraints(migration)),
        lock=lock_sentences(migration.lock),
        image=migration.image,
        build_tag=migration.build_tag,
        private=private_build(migration),
        mounted=[directory for directory in found.directories if directory.container],
        gpu=environment.gpu,
        service=migration.facts.service,
        recommend_cpu=environment.base_image.cuda is not None and environment.gpu is None,
        targets=sections,
        attention=[
            _AttentionItem(str(item.location or ""), item.reason) for item in migration.attention
        ],
        ledger=_ledger_sentence(migration),
        layout_reason=layout_sentence(migration),
        changes=_changes(migration),
        evidence=list(_evidence(migration)),
    )


def _settings(migration: Migration, found: Interface) -> dict[str, object]:
    """How an option is set other than on the command line, by the example of one."""
    option = next(iter(found.options), None)
    if option is None:
        return {"file": None}
    value = option.example()
    key = option.field if option.field.isascii() else json.dumps(option.field, ensure_ascii=False)
    toml = has_toml(migration.environment.python.minor)
    line = f"{key} = {json.dumps(value)}" if toml else json.dumps({option.field: value})
    return {
        "file": found.file,
        "file_format": "TOML" if toml else "JSON",
        "file_line": line if value is not None else None,
        "first_variable": variable_of(option, migration.package),
        "first_flag": option.flag,
    }


def _options(found: Interface) -> Iterable[_OptionRow]:
    for option in found.options:
        shown = option.arguments()
        default = shown[-1].removeprefix(f"{option.flag}=") if shown else ""
        where = f"{option.help} ({option.location})" if option.help else str(option.location)
        flag = f"{option.flag}, --no-{option.flag[2:]}" if option.kind == "boolean" else option.flag
        yield _OptionRow(
            flag, default or ('""' if option.default == "" else ""), _takes(option), where
        )
    for upload in found.uploads:
        meaning = f"needed: the files to upload in {upload.location}"
        yield _OptionRow(upload.flag, "", "files", meaning)
    for directory in found.directories:
        yield _OptionRow(directory.flag, directory.default, "a directory", directory.meaning)
    if found.data_from is not None:
        meaning = "is copied into the data directory first"
        yield _OptionRow(found.data_from.flag, "", "a directory", meaning)


def _takes(option: ProgramOption) -> str:
    if option.choices:
        return "one of " + ", ".join(map(str, option.choices))
    bounds = [
        f"from {option.minimum}" if option.minimum is not None else "",
        f"to {option.maximum}" if option.maximum is not None else "",
    ]
    kinds = {
        "string": "text",
        "integer": "a whole number",
        "number": "a number",
        "boolean": "",
        "raw": "a value as Python writes it",
    }
    return " ".join(filter(None, [kinds[option.kind], *bounds]))


def _data(migration: Migration) -> list[DataRow]:
    return [
        DataRow(f"data/{found.path}", USE[found.direction], ", ".join(map(str, found.cells)))
        for found in migration.facts.data
        if found.origin in ("drive", "kaggle")
    ]


def _ledger_sentence(migration: Migration) -> str:
    ledger = migration.ledger
    words: tuple[tuple[Fate, str], ...] = (
        ("kept", "kept as they were"),
        ("rewritten", "rewritten"),
        ("hoisted", "hoisted into the dependencies, the image or the configuration"),
        ("dropped", "dropped"),
        ("attention", "left to a person"),
    )
    counts = ", ".join(f"{ledger.count(fate)} {word}" for fate, word in words)
    return f"Lines of code in the notebook: {ledger.lines}. Of these, {counts}."


def lock_sentences(lock: Lock) -> str:
    """What `requirements.lock` holds, and what it does not, from the verb on."""
    if lock.mode != "locked":
        return (
            "pins what the notebook uses directly, exactly, but without hashes;"
            " what those packages require in turn is resolved when they are installed, because"
            f" {_WHY_UNLOCKED[lock.mode]}."
        )
    day = f", none of them later than {lock.exclude_newer}" if lock.exclude_newer else ""
    short = "" if lock.complete else ", as far as it is known"
    count = f"{len(lock.versions)} packages, each at one version and with the hashes of its files"
    said = [f"holds all that is installed{short}: {count}{day}."]
    if lock.from_source:
        names = ", ".join(lock.from_source)
        said.append(f"What has no wheel is built when it is installed: {names}.")
    if lock.reason:
        said.append(f"To know: {lock.reason}.")
    return " ".join(said)


_WHY_UNLOCKED: Mapping[LockOutcome, str] = {
    "never": "no package index was asked",
    "no-index": "no package index answered when the project was made",
    "failed": "they could not be resolved together",
}


def _changes(migration: Migration) -> list[_ChangeRow]:
    """The lines that are not as they were, grouped by what became of them and why."""
    fates: tuple[Fate, ...] = ("dropped", "hoisted", "rewritten")
    rows: list[_ChangeRow] = []
    for fate in fates:
        entries = list(migration.ledger.of(fate))
        for reason in sorted({entry.reason for entry in entries}):
            these = [entry for entry in entries if entry.reason == reason]
            places = [f"cell {entry.cell} line {entry.line}" for entry in these]
            rows.append(
                _ChangeRow(fate, reason, sum(entry.lines for entry in these), _listed(places))
            )
    return rows


def _listed(places: Sequence[str]) -> str:
    shown = ", ".join(places[:_MOST_PLACES])
    more = len(places) - _MOST_PLACES
    return f"{shown} and {more} more" if more > 0 else shown


def _evidence(migration: Migration) -> Iterable[_EvidenceRow]:
    environment = migration.environment
    as_of = environment.as_of
    moment = f"{as_of.strategy}, {as_of.day}" if as_of.day else as_of.strategy
    yield _EvidenceRow("whose versions", moment, _because(as_of.evidence))
    yield _EvidenceRow("Python", environment.python.version, _because(environment.python.evidence))
    base = environment.base_image
    yield _EvidenceRow("base image", base.reference, _because(base.evidence))
    for pin in sorted(environment.pins, key=lambda pin: pin.name):
        name = pin.requirement.partition("==")[0]
        yield _EvidenceRow(name, pin.version, _because(pin.evidence))
    for repository in environment.vcs:
        yield _EvidenceRow(repository, "", "installed by the notebook from a repository")
    for package in sorted(environment.system_packages, key=lambda package: package.name):
        yield _EvidenceRow(package.name, "", _because(package.evidence))


def _because(evidence: Iterable[Evidence]) -> str:
    """What each piece of evidence says and where; what disagrees is said to."""
    return "; ".join(_sentence(found) for found in evidence)


def _sentence(evidence: Evidence) -> str:
    where = f" ({evidence.location})" if evidence.location else ""
    return f"{'but ' if evidence.conflict else ''}{evidence.detail}{where}"
