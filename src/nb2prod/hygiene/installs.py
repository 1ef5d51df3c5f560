"""The commands of a cell that install something, as the rules about installs see them.

`nb2prod.analysis.installs` reads requirements with `packaging`, which takes longer to load than a
small notebook to check; what is asked here can be told from the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from nb2prod.analysis.cell_code import INSTALL_MAGICS
from nb2prod.analysis.install_words import conda_arguments, pip_arguments
from nb2prod.analysis.shell import every_command
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.location import Location
from nb2prod.notebook.statements import LineMagic

# Tools that set an environment up and are no part of it.
TOOLS = frozenset(
    "build conda ipykernel mamba pip pip-tools poetry setuptools uv virtualenv wheel".split()
)
_WORDS = ("install", "apt", "conda", "mamba", "npm", "yarn", "apk", "dpkg")
_REQUIREMENT = re.compile(r"([A-Za-z][\w.-]*)\s*(?:\[[^\]]*\])?\s*([^;@]*)(?:;.*)?", re.DOTALL)
_ADDRESS = re.compile(r"(?:([A-Za-z][\w.-]*)(?:\[[^\]]*\])?\s*@\s*)?((?:\w+\+)?[a-z]+://\S+)")
_ARCHIVES = (".whl", ".egg", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


class Asked(NamedTuple):
    """A word of an install command. `specifier` is what it says of versions ("", "==1.2"), `name`
    the distribution's; of an address that names no distribution it is empty.
    """

    text: str
    name: str
    specifier: str = ""
    address: str = ""


class InstallCommand(NamedTuple):
    """`pip install` or `conda install` (`tool`): what it asks for, the options with their values,
    and whether there is a word that does not say what it installs: a variable, a file of the disk.
    """

    tool: str
    location: Location
    asked: tuple[Asked, ...]
    options: tuple[tuple[str, str], ...]
    is_open: bool

    def has(self, names: Iterable[str]) -> bool:
        """Whether one of these options is given."""
        return any(option in names for option, _ in self.options)


def commands(cell: CheckedCell) -> tuple[tuple[tuple[str, ...], Location], ...]:
    """The commands of a cell that may install something, as words, with their places."""
    if not any(word in cell.source for word in _WORDS):
        return ()
    return tuple(_commands(cell))


def _commands(cell: CheckedCell) -> Iterator[tuple[tuple[str, ...], Location]]:
    for script, place in cell.shell:
        yield from ((command.words, cell.shown(place)) for command in every_command(script))
    for found in cell.parsed.own:
        if isinstance(found, LineMagic) and found.magic in INSTALL_MAGICS:
            for command in every_command(f"{found.magic} {found.arguments}"):
                yield command.words, cell.shown(found.location)
    for call in cell.python_commands:
        place = cell.place(call.node)
        if call.line is None:
            yield call.words, place
        else:
            yield from ((command.words, place) for command in every_command(call.line))


def installs(cell: CheckedCell) -> Iterator[InstallCommand]:
    """The commands of pip, uv and conda that install for the notebook's own Python."""
    for words, place in commands(cell):
        if "install" not in words:
            continue
        for tool, arguments in (("pip", pip_arguments(words)), ("conda", conda_arguments(words))):
            if arguments is not None:
                yield _install(tool, arguments, place)


def _install(tool: str, arguments: Sequence[tuple[str, str]], place: Location) -> InstallCommand:
    named = [value for option, value in arguments if not option or option in ("-e", "--editable")]
    asked = [None if _is_open(word) else _asked(word.strip(), tool) for word in named]
    return InstallCommand(
        tool,
        place,
        tuple(one for one in asked if one is not None),
        tuple((option, value) for option, value in arguments if option),
        None in asked,
    )


def _is_open(word: str) -> bool:
    """Whether only the run knows what the word is."""
    return any(sign in word for sign in "{}$`")


def _asked(word: str, tool: str) -> Asked | None:
    """What a word asks for; None for a file or a directory."""
    if address := _ADDRESS.fullmatch(word):
        return Asked(word, address[1] or "", address=address[2])
    if tool == "conda":
        word = word.rpartition("::")[2]
    if "/" in word or "\\" in word or word.lower().endswith(_ARCHIVES):
        return None
    found = _REQUIREMENT.fullmatch(word)
    return Asked(word, found[1], found[2].strip()) if found else None
