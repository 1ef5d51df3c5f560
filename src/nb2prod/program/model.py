"""The program that a notebook becomes, and the ledger that accounts for every line of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from nb2prod.analysis.facts import Literalish, Parameter
from nb2prod.location import Location

Fate = Literal["kept", "rewritten", "hoisted", "dropped", "attention"]
Rung = Literal["sections", "main", "script"]
Support = Literal["capture", "display", "figures", "images", "outputs", "shell"]

DirectoryName = Literal["data", "work", "output"]

FATES: tuple[Fate, ...] = ("kept", "rewritten", "hoisted", "dropped", "attention")


@dataclass(frozen=True, slots=True, order=True)
class LedgerEntry:
    """The fate of a run of lines of one cell. `lines` counts the non-blank lines from `line` on it
    covers.
    """

    cell: int
    line: int
    lines: int
    fate: Fate
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """One fate for every non-blank line of every code cell, in the notebook's order."""

    entries: tuple[LedgerEntry, ...]

    @property
    def lines(self) -> int:
        """All lines that are accounted for."""
        return sum(entry.lines for entry in self.entries)

    def count(self, fate: Fate) -> int:
        """The number of lines with this fate."""
        return sum(entry.lines for entry in self.entries if entry.fate == fate)

    def of(self, fate: Fate) -> Iterable[LedgerEntry]:
        """The entries with this fate, in order."""
        return (entry for entry in self.entries if entry.fate == fate)


@dataclass(frozen=True, slots=True)
class Option:
    """A form parameter as a field of the configuration: `field` is its name in the dataclass and,
    with dashes, on the command line; it differs from the parameter's name where that one is taken.
    """

    field: str
    parameter: Parameter

    @property
    def choices(self) -> tuple[Literalish, ...]:
        """The values to choose from; empty where any may be given."""
        return self.parameter.choices or ()


@dataclass(frozen=True, slots=True)
class Upload:
    """Files that the notebook asks somebody to upload: the configuration's field for them."""

    field: str
    location: Location


@dataclass(frozen=True, slots=True)
class Place:
    """A directory that has to be there: `path` below one of the program's own directories.

    It is made, or it is a link to another of these directories (`target`) or a path below it.
    """

    directory: DirectoryName
    path: str
    target: DirectoryName | None
    target_path: str = ""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What `config.py` holds. A directory's field name is None when the program does not use it.

    `data_directory` stands for the user's Drive or Kaggle's input, `work_directory` for the
    directory the notebook ran in, `output_directory` for the pictures that it showed and
    what it handed to the browser for download. `places` are what has to lie below them.
    `questions` are the fields of those options that answer what the notebook asks for.
    """

    options: tuple[Option, ...]
    data_directory: str | None
    work_directory: str | None
    output_directory: str | None
    secrets: tuple[str, ...]
    uses_secret_function: bool
    places: tuple[Place, ...] = ()
    questions: tuple[str, ...] = ()
    uploads: tuple[Upload, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """The rung of the ladder that the program stands on, and why it is not a higher one."""

    rung: Rung
    reason: str = ""
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Module:
    """One generated Python module: its name within the package and its formatted source.

    `function` is the one that holds a part of the notebook's flow; None where the module has none,
    and where the flow is the module itself (the rung `script`). `cells` holds the cell of each of
    that block's last statements, in order: all that come from the notebook.
    """

    name: str
    source: str
    function: str | None = None
    cells: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the notebook under a heading of its own, as a module of the package.

    `cells` are the notebook's that have statements in it. `reads` are the variables that its
    function takes from earlier sections, `gives` those that later ones read of it.
    """

    name: str
    module: str
    cells: tuple[int, ...]
    reads: tuple[str, ...]
    gives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """The notebook's code as a package's modules.

    `modules` holds what is made from the notebook (`pipeline`); `support` names the small helper
    modules that the code calls; `entry_point` is the function in `pipeline` to call (with the
    configuration), unless the rung is `script`, where the module is run as a script. `asynchronous`
    when the entry point is a coroutine. `imports` holds the cell of each import that went to the
    top of a module, by what is imported: `module:name:alias`, with an empty module for `import
    name` and an empty alias for none. `sections` are there where the rung is `sections`.
    """

    package: str
    modules: tuple[Module, ...]
    configuration: Configuration
    support: frozenset[Support]
    layout: Layout
    entry_point: str
    asynchronous: bool
    imports: tuple[tuple[str, int], ...] = ()
    sections: tuple[Section, ...] = ()
