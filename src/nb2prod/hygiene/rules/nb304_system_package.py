"""NB304: packages of the system, which belong into the image, not into a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from nb2prod.analysis.arguments import arguments
from nb2prod.analysis.shell import without_redirections
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.installs import commands
from nb2prod.hygiene.model import Finding
from nb2prod.location import Location

RULE = rule("NB304")

_INSTALL = frozenset({"install"})
# The programs, and the words by which they install.
_ACTIONS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("apt", "apt-get", "aptitude", "yum", "dnf", "brew", "snap"), _INSTALL),
    **dict.fromkeys(("conda", "mamba", "micromamba"), frozenset({"install", "create"})),
    **dict.fromkeys(("npm", "pnpm", "yarn"), frozenset({"install", "add", "i", "ci"})),
    "apk": frozenset({"add"}),
    "dpkg": frozenset({"-i", "--install"}),
}
# The letters of options that take a value, and those that are words.
_VALUED = ((("apt", "apt-get", "aptitude"), "otc"), (("conda", "mamba", "micromamba"), "cnp"))
_VALUED_LONG = frozenset({"--channel", "--name", "--prefix", "--file", "--option", "--repository"})
_NAME = re.compile(r"[a-z@][\w.+:@/-]*(?:[=<>].*)?")
_ARCHIVES = frozenset({"add-apt-repository", "apt-add-repository", "apt-key"})
_MOST_NAMED = 5


def check(context: Context) -> Iterator[Finding]:
    """The commands that install packages of the system, one finding for each line and program."""
    for cell in context.code_cells:
        found: dict[tuple[Location, str], list[str]] = {}
        for written, place in commands(cell):
            words = without_redirections(written)
            program = words[0].rpartition("/")[2] if words else ""
            names = _installed(program, words[1:])
            if names is not None:
                found.setdefault((place, program), []).extend(names)
        for (place, program), names in found.items():
            yield context.found(RULE, place, _message(program, list(dict.fromkeys(names))))


def _installed(program: str, words: Sequence[str]) -> list[str] | None:
    """The packages that a command installs, as far as it names them; None for another command."""
    if program in _ARCHIVES:
        return []
    actions = _ACTIONS.get(program, frozenset())
    at = next((index for index, word in enumerate(words) if word in actions), None)
    if at is None:
        return None
    valued = next((letters for names, letters in _VALUED if program in names), "")
    named = [
        value for option, value in arguments(words[at + 1 :], _VALUED_LONG, valued) if not option
    ]
    return [name for name in named if _NAME.fullmatch(name)]


def _message(program: str, names: list[str]) -> str:
    if program in _ARCHIVES:
        return f"{program} adds an archive of packages while the notebook runs; do so in its image"
    shown = ", ".join(f"`{name}`" for name in names[:_MOST_NAMED]) or "packages"
    more = len(names) - _MOST_NAMED
    shown += f" and {more} more" if more > 0 else ""
    return f"{program} installs {shown} while the notebook runs; install that in its image"
