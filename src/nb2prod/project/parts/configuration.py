"""`config.py` of a generated package: what the template is given for each option."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nb2prod.analysis.facts import Literalish, ParameterType
from nb2prod.migration import Migration
from nb2prod.project.interface import Interface, ProgramDirectory, ProgramOption, interface
from nb2prod.project.parts.secrets import in_files
from nb2prod.project.parts.section_jobs import epilog
from nb2prod.project.quoting import Quoted, one_line, python, rendered

_ANNOTATIONS: Mapping[ParameterType, str] = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "raw": "object",
}
_READERS: Mapping[ParameterType, Quoted] = {"integer": Quoted("int"), "number": Quoted("number")}
_COMMENT_WIDTH = 92
_STRING_WIDTH = 76
# argparse fails on brackets and blanks in the choices of a long usage line; such choices stay out
# of it.
_USAGE_SAFE = re.compile(r"[\w.+:/@-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class _OptionView:
    field: str
    flag: str
    negative_flag: str
    negative_help: str
    renamed: bool
    kind: ParameterType
    annotation: Quoted
    comment: tuple[str, ...]
    default: Literalish
    choices: tuple[Literalish, ...]
    metavar: str | None
    ranged: bool
    reader: Quoted
    minimum: Quoted
    maximum: Quoted
    help: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _DirectoryView:
    field: str
    flag: str
    renamed: bool
    variable: str
    default: str
    meaning: str
    help: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _SettingView:
    """What can be set in the environment and in a file, too."""

    field: str
    flag: str
    variable: str
    type: Quoted


@dataclass(frozen=True, slots=True)
class _PlaceView:
    field: str
    path: str
    target: str | None
    target_path: str


def configuration_source(
    migration: Migration, called: str | None = None, *, in_project: bool = True
) -> str:
    """The source of `config.py`, not yet formatted.

    `called` is how its user calls the program, by default as the package that it is. Only a project
    has other files to speak of (`in_project`).
    """
    found = interface(migration.program.configuration)
    options = [_option_view(option) for option in found.options]
    directories = {directory.kind: _directory_view(directory) for directory in found.directories}
    places = [
        _PlaceView(
            directories[place.directory].field,
            place.path,
            directories[place.target].field if place.target else None,
            place.target_path,
        )
        for place in migration.program.configuration.places
    ]
    minor = migration.environment.python.minor
    asking = migration.program.configuration.questions
    data_from = None
    if found.data_from is not None:
        data_from = {
            "field": found.data_from.field,
            "flag": found.data_from.flag,
            "renamed": _renamed(found.data_from.flag, found.data_from.field),
            "variable": found.data_from.variable,
            "help": _pieces(
                f"is copied into the data directory first; or {found.data_from.variable}"
                " in the environment"
            ),
            "conflict": f"{found.data_from.flag} holds the data directory itself",
        }
    return rendered(
        "package/config.py.j2",
        prog=called or f"python -m {migration.package}",
        in_project=in_project,
        description=_pieces(_description(migration.notebook.name)),
        epilog=_section_epilog(migration) if in_project else (),
        options=options,
        settings=list(_settings(found, migration.package)) if found.file else [],
        file=found.file,
        file_help=_pieces(_file_help(found, migration.package, minor)),
        toml=has_toml(minor),
        directories=list(directories.values()),
        data=directories.get("data"),
        work=directories.get("work"),
        data_from=data_from,
        made=[place for place in places if place.target is None],
        links=[place for place in places if place.target is not None],
        ranges=any(option.ranged for option in options),
        unbounded=any(
            option.ranged and None in (option.minimum, option.maximum) for option in found.options
        ),
        numbers=any(option.kind == "number" for option in options),
        literals=any(option.kind == "raw" for option in options),
        booleans=any(option.kind == "boolean" for option in options),
        questions=[option for option in options if option.field in asking],
        uploads=[
            {
                "field": upload.field,
                "flag": upload.flag,
                "renamed": _renamed(upload.flag, upload.field),
                "help": _pieces(f"needed: the files to upload in {upload.location}"),
            }
            for upload in found.uploads
        ],
        secrets=in_files(migration),
        uses_secret=migration.program.configuration.uses_secret_function,
        script=migration.program.layout.rung == "script",
        old_python=_version(minor) < (3, 9),
    )


def variable_of(option: ProgramOption, package: str) -> str:
    """The environment variable that sets an option."""
    return f"{package.upper()}_{option.variable}"


def has_toml(minor: str) -> bool:
    """Whether a project's Python reads TOML; an older one has a file of settings in JSON."""
    return _version(minor) >= (3, 11)


def _version(minor: str) -> tuple[int, ...]:
    return tuple(map(int, minor.split(".")))


def _settings(found: Interface, package: str) -> Iterable[_SettingView]:
    for option in found.options:
        kind = Quoted(_ANNOTATIONS[option.kind])
        yield _SettingView(option.field, option.flag, variable_of(option, package), kind)
    text = Quoted("str")
    for directory in found.directories:
        yield _SettingView(directory.field, directory.flag, directory.variable, text)
    if found.data_from is not None:
        source = found.data_from
        yield _SettingView(source.field, source.flag, source.variable, text)


def _file_help(found: Interface, package: str, minor: str) -> str:
    if not found.options:
        return "none"
    first = found.options[0]
    name = "TOML" if has_toml(minor) else "JSON"
    return (
        f"a {name} file that sets options by their names ({first.field}, ...);"
        f" variables in the environment ({variable_of(first, package)}, ...) win over it"
    )


def missing_errors(migration: Migration) -> list[str]:
    """The errors in `config.py` for what has to be given to the program and was not."""
    found = migration.program.configuration
    return [
        *(["MissingAnswer"] if found.questions or found.uploads else []),
        *(["MissingSecret"] if found.uses_secret_function else []),
    ]


def _option_view(option: ProgramOption) -> _OptionView:
    simple = all(_USAGE_SAFE.fullmatch(str(choice)) for choice in option.choices or ())
    listed = sum(len(str(choice)) + 1 for choice in option.choices or ())
    metavar = None if not option.choices or (simple and listed <= 60) else "CHOICE"
    text = one_line(option.help) or f"{option.field} in cell {option.location.cell}"
    text = text.replace("%", "%%")
    if metavar or option.ranged:
        text = text.rstrip(".")
    if metavar:
        text += "; one of: %(choices)s"
    if option.ranged:
        text += f"; {_range(option)}"
    return _OptionView(
        field=option.field,
        flag=option.flag,
        negative_flag=f"--no-{option.flag[2:]}",
        negative_help=f"the opposite of {option.flag}",
        renamed=_renamed(option.flag, option.field),
        kind=option.kind,
        annotation=_annotation(option),
        comment=_comment(option),
        default=option.default,
        choices=option.choices or (),
        metavar=metavar,
        ranged=option.ranged,
        reader=_READERS.get(option.kind, Quoted("str")),
        minimum=Quoted("-math.inf") if option.minimum is None else python(option.minimum),
        maximum=Quoted("math.inf") if option.maximum is None else python(option.maximum),
        help=_pieces(text),
    )


def _annotation(option: ProgramOption) -> Quoted:
    name = _ANNOTATIONS[option.kind]
    return Quoted(f"{name} | None" if option.default is None and option.kind != "raw" else name)


def _comment(option: ProgramOption) -> tuple[str, ...]:
    text = one_line(option.help)
    text = f"{text} ({option.location})" if text else str(option.location)
    return tuple(
        textwrap.wrap(text, _COMMENT_WIDTH, break_long_words=False, break_on_hyphens=False)
    )


def _range(option: ProgramOption) -> str:
    if option.minimum is None:
        return f"at most {option.maximum}"
    if option.maximum is None:
        return f"at least {option.minimum}"
    return f"from {option.minimum} to {option.maximum}"


def _directory_view(directory: ProgramDirectory) -> _DirectoryView:
    return _DirectoryView(
        field=directory.field,
        flag=directory.flag,
        renamed=_renamed(directory.flag, directory.field),
        variable=directory.variable,
        default=directory.default,
        meaning=directory.meaning,
        help=_pieces(f"{directory.meaning}; or {directory.variable} in the environment"),
    )


def _renamed(flag: str, field: str) -> bool:
    """Whether argparse would derive another name from the flag than the field's."""
    return flag[2:].replace("-", "_") != field


def _description(name: str) -> str:
    text = one_line(name)
    # argparse formats a description only when it holds this; then every other percent sign counts.
    text = text.replace("%", "%%") if "%(prog)" in text else text
    return f"Runs the notebook {text} from its first cell to its last."


def _section_epilog(migration: Migration) -> tuple[str, ...]:
    """What `--help` says of running one section alone; nothing where that cannot be done."""
    text = epilog(migration)
    return _pieces(text) if text else ()


def _pieces(text: str) -> tuple[str, ...]:
    """The text as strings that Python joins again: a long one would be one overlong line."""
    lines = textwrap.wrap(text, _STRING_WIDTH, break_long_words=False, break_on_hyphens=False)
    return (*(f"{line} " for line in lines[:-1]), lines[-1])
