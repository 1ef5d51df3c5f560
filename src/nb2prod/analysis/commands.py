"""The programs that a notebook starts, and what its commands install."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from nb2prod.analysis.beside import Beside
from nb2prod.analysis.cell_code import INSTALL_MAGICS
from nb2prod.analysis.facts import Command, Install
from nb2prod.analysis.installs import install_of, install_of_words
from nb2prod.analysis.shell import ShellCommand, split_commands
from nb2prod.location import Location
from nb2prod.notebook.statements import LineMagic, ParsedCell

_BUILTINS = frozenset(
    ". : [ [[ alias bg cd command do done echo esac eval exec exit export false fg fi for hash jobs"
    " kill let local printf pwd read return select set shift source test trap true type ulimit"
    " umask unalias unset wait case function in".split()
)
_PROGRAM = re.compile(r"[A-Za-z0-9_][\w.+-]*")


def programs_started(
    commands: Iterable[tuple[ShellCommand, Location]],
    lists: Iterable[tuple[Sequence[str], Location]],
) -> Iterator[Command]:
    """The programs of shell commands and of lists of words (`subprocess.run(["ffmpeg", …])`), but
    for those that only install something.
    """
    for command, place in commands:
        if _is_program(command.program) and install_of(command, place) is None:
            yield Command(command.program, place)
    for words, place in lists:
        name = words[0].rpartition("/")[2]
        if _is_program(name) and install_of_words(words, place) is None:
            yield Command(name, place)


def find_installs(
    cells: tuple[ParsedCell, ...],
    commands: Iterable[tuple[ShellCommand, Location]],
    lists: Iterable[tuple[Sequence[str], Location]],
    beside: Beside,
) -> Iterator[Install]:
    """What shell commands, lists of words and magics install; files of requirements are read where
    they lie beside the notebook.
    """
    found = [install_of(command, place, beside.at(place)) for command, place in commands]
    for parsed in cells:
        for statement in parsed.own:
            if isinstance(statement, LineMagic) and statement.magic in INSTALL_MAGICS:
                place = statement.location
                line = f"{statement.magic} {statement.arguments}"
                commands_of_line = split_commands(line)
                files = beside.at(place)
                found += [install_of(command, place, files) for command in commands_of_line]
    found += [install_of_words(words, place, beside.at(place)) for words, place in lists]
    yield from (install for install in found if install is not None)


def _is_program(name: str) -> bool:
    return name not in _BUILTINS and _PROGRAM.fullmatch(name) is not None
