"""The generated program's command line: its options and directories, and what they are called.

`config.py`, the README, the job specs and the generated tests all speak of the same options; here
is the one place that names them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from nb2prod.analysis.facts import Literalish, Parameter, ParameterType
from nb2prod.location import Location
from nb2prod.program.model import Configuration, DirectoryName
from nb2prod.project.quoting import python


@dataclass(frozen=True, slots=True)
class ProgramOption:
    """A parameter as an option. `kind` says how its text is read; bounds are finite. `variable` is
    the end of the environment variable that sets it, behind the package's name.
    """

    field: str
    flag: str
    variable: str
    kind: ParameterType
    default: Literalish
    choices: tuple[Literalish, ...] | None
    minimum: float | None
    maximum: float | None
    help: str
    location: Location

    @property
    def ranged(self) -> bool:
        """Whether a value can be out of range."""
        return self.minimum is not None or self.maximum is not None

    def arguments(self) -> tuple[str, ...]:
        """The option with its default, as words on a command line; none when no text means it."""
        if self.kind == "boolean":
            if self.default is None:
                return ()
            return (self.flag if self.default else f"--no-{self.flag[2:]}",)
        if self.default is None and self.kind != "raw":
            return ()
        value = str(python(self.default)) if self.kind == "raw" else str(self.default)
        # A separate word that starts with a dash would be taken for an option.
        return (f"{self.flag}={value}",) if value.startswith("-") else (self.flag, value)

    def example(self) -> Literalish:
        """A value that the option takes and that is not its default; None where none is known."""
        if self.kind == "boolean":
            return not self.default
        if self.choices:
            values: tuple[Literalish, ...] = tuple(
                choice for choice in self.choices if _is_plain(choice)
            )
        elif self.kind in ("integer", "number"):
            start = self.default if isinstance(self.default, int | float) else 0
            low, high = self.minimum, self.maximum
            values = tuple(v for v in (start + 1, start - 1, low, high, 0, 1) if self._takes(v))
        else:
            values = ("another text",) if self.kind == "string" else (7, 8)
        return next((v for v in values if v != self.default), None)

    def _takes(self, value: float | None) -> bool:
        if value is None or not math.isfinite(value):
            return False
        whole = isinstance(value, int) or self.kind == "number"
        low = -math.inf if self.minimum is None else self.minimum
        return whole and low <= value <= (math.inf if self.maximum is None else self.maximum)


@dataclass(frozen=True, slots=True)
class ProgramDirectory:
    """A directory of the program. `variable` is the environment variable that names it; `container`
    is where it lies in the image, None when that is the directory the container starts in.
    """

    kind: DirectoryName
    field: str
    flag: str
    variable: str
    default: str
    container: str | None
    meaning: str


@dataclass(frozen=True, slots=True)
class DataSource:
    """The option that names a directory to copy into the data directory first."""

    field: str
    flag: str
    variable: str = "DATA_FROM"


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """The option that names a file with values for the others; `field` is none of theirs."""

    field: str
    flag: str


@dataclass(frozen=True, slots=True)
class ProgramUpload:
    """The option that takes the files of an upload."""

    field: str
    flag: str
    location: Location


@dataclass(frozen=True, slots=True)
class Interface:
    """All options of a generated program. `data_from` is there when there is a data directory,
    `file` when there are options that a file can set.
    """

    options: tuple[ProgramOption, ...]
    directories: tuple[ProgramDirectory, ...]
    data_from: DataSource | None
    uploads: tuple[ProgramUpload, ...] = ()
    file: SettingsFile | None = None

    def directory(self, kind: DirectoryName) -> ProgramDirectory | None:
        """The directory of this kind, where the program uses one."""
        return next((found for found in self.directories if found.kind == kind), None)


def interface(configuration: Configuration) -> Interface:
    """The command line for a configuration."""
    flags = _Flags()
    # First, so that it is called the same in every program.
    file_flag = flags.give("config") if configuration.options else None
    directories = tuple(_directories(configuration, flags))
    fields = {option.field for option in configuration.options} | {
        found.field for found in directories
    }
    data_from = None
    if configuration.data_directory is not None:
        field = "data_from"
        while field in fields:
            field += "_directory"
        data_from = DataSource(field, flags.give(field))
    variables = _variables(option.field for option in configuration.options)
    options = tuple(
        _option(option.field, variables[option.field], option.parameter, flags)
        for option in configuration.options
    )
    uploads = tuple(
        ProgramUpload(upload.field, flags.give(upload.field), upload.location)
        for upload in configuration.uploads
    )
    file = None
    if file_flag is not None:
        taken = fields | {upload.field for upload in uploads}
        taken |= {data_from.field} if data_from is not None else set()
        field = "config_file"
        while field in taken:
            field += "_"
        file = SettingsFile(field, file_flag)
    return Interface(options, directories, data_from, uploads, file)


def _variables(fields: Iterable[str]) -> dict[str, str]:
    """The fields in capitals, by field; each once, also where fields differ in capitals alone."""
    found: dict[str, str] = {}
    for field in fields:
        variable = base = field.upper()
        number = 2
        while variable in found.values():
            variable, number = f"{base}_{number}", number + 1
        found[field] = variable
    return found


class _Flags:
    """Gives out option names, each once; `--help` and the `--no-…` forms count as given."""

    def __init__(self) -> None:
        self._taken = {"--help"}

    def give(self, field: str, *, boolean: bool = False) -> str:
        base = "--" + (field.strip("_").replace("_", "-") or "value")
        flag, number = base, 1
        while self._forms(flag, boolean) & self._taken:
            flag = f"{base}-value" if number == 1 else f"{base}-value-{number}"
            number += 1
        self._taken |= self._forms(flag, boolean)
        return flag

    @staticmethod
    def _forms(flag: str, boolean: bool) -> set[str]:
        return {flag, f"--no-{flag[2:]}"} if boolean else {flag}


def _directories(configuration: Configuration, flags: _Flags) -> Iterable[ProgramDirectory]:
    if configuration.data_directory is not None:
        field = configuration.data_directory
        meaning = "stands for the user's Drive, or for Kaggle's input"
        yield ProgramDirectory(
            "data", field, flags.give(field), "DATA_DIR", "data", "/data", meaning
        )
    if configuration.work_directory is not None:
        field = configuration.work_directory
        meaning = "stands for the directory that the notebook ran in"
        yield ProgramDirectory("work", field, flags.give(field), "WORK_DIR", ".", None, meaning)
    if configuration.output_directory is not None:
        field = configuration.output_directory
        meaning = "takes the pictures that the notebook showed, and the files that it handed out"
        yield ProgramDirectory(
            "output", field, flags.give(field), "OUTPUT_DIR", "outputs", "/outputs", meaning
        )


def _option(field: str, variable: str, parameter: Parameter, flags: _Flags) -> ProgramOption:
    kind = _kind(parameter)
    numeric = kind in ("integer", "number")
    return ProgramOption(
        field=field,
        flag=flags.give(field, boolean=kind == "boolean"),
        variable=variable,
        kind=kind,
        default=parameter.default,
        choices=None if kind == "boolean" else parameter.choices,
        minimum=_finite(parameter.minimum) if numeric else None,
        maximum=_finite(parameter.maximum) if numeric else None,
        help=parameter.help,
        location=parameter.location,
    )


def _kind(parameter: Parameter) -> ParameterType:
    """How the option's text is read: as a Python literal where some value is not of its type."""
    values = [
        value for value in (parameter.default, *(parameter.choices or ())) if value is not None
    ]
    if parameter.type == "boolean" or all(_is_of(value, parameter.type) for value in values):
        return parameter.type
    return "raw"


def _is_of(value: Literalish, kind: ParameterType) -> bool:
    if kind == "string":
        return isinstance(value, str)
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return kind == "raw" or (isinstance(value, int | float) and not isinstance(value, bool))


def _is_plain(value: Literalish) -> bool:
    """Whether a value can be written in a file of settings and in the environment as it is."""
    text = str(value)
    return bool(text) and text.isascii() and text.isprintable() and text not in ("inf", "nan")


def _finite(bound: float | None) -> float | None:
    return bound if bound is not None and math.isfinite(bound) else None
