"""Magics that people leave the sign off: `pip install pandas`, `ls -l`, `cd data` as a whole cell.

IPython takes a cell of a single line so (`IPython.core.prefilter`) when its first word is the name
of a magic and nothing in the notebook's namespace has that name. Blank lines above do not count;
comments and blank lines below do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from nb2prod.location import Location
from nb2prod.notebook.scope import imports_everything, names_in_scope
from nb2prod.notebook.statements import LineMagic, ParsedCell
from nb2prod.notebook.trees import shared_tree

# Shell commands and what people use like them; no library has such names for `import *` to bring.
_COMMANDS = frozenset(
    "pip uv conda mamba micromamba cd pwd ls ll lf lk lx ldir mkdir rm rmdir cp mv cat man more"
    " less clear who whos env matplotlib load_ext reload_ext".split()
)
# The other line magics of IPython and its kernel, as `%lsmagic` names them.
IPYTHON_MAGICS = _COMMANDS | frozenset(
    "alias alias_magic autoawait autocall automagic bookmark code_wrap colors config connect_info"
    " debug dhist dirs doctest_mode ed edit gui hist history killbgscripts load loadpy logoff logon"
    " logstart logstate logstop lsmagic macro magic notebook page pastebin pdb pdef pdoc pfile"
    " pinfo pinfo2 popd pprint precision prun psearch psource pushd pycat pylab qtconsole quickref"
    " recall rehashx rep rerun reset reset_selective run save sc set_env store sx system tb time"
    " timeit unalias unload_ext who_ls xdel xmode".split()
)
# IPython takes dots and stars into the name: `time.sleep(1)` and `ls*` begin with no magic's.
_LINE = re.compile(r"(?P<name>[A-Za-z_]\w*)(?![\w.*])(?P<rest>.*)")


class Bound(NamedTuple):
    """The names that a notebook binds itself; `unknown` when there are more that cannot be seen."""

    names: frozenset[str] = frozenset()
    unknown: bool = False


NOTHING_BOUND = Bound()


def is_automagic(parsed: ParsedCell) -> bool:
    """Whether the cell is a single line that begins with a magic's name, whatever else has it."""
    return _match(parsed) is not None


def automagic(parsed: ParsedCell, bound: Bound) -> ParsedCell | None:
    """The cell with its line read as a magic, or None when it is something else.

    Names that the notebook binds itself go before magics.
    """
    match = _match(parsed)
    if match is None or match["name"] in bound.names:
        return None
    if bound.unknown and parsed.unparsed is None and match["name"] not in _COMMANDS:
        return None
    index = len(parsed.cell.lines) - 1
    line = parsed.cell.lines[index]
    place = Location(parsed.cell.number, index + 1, len(line) - len(line.lstrip()) + 1)
    name = f"__ipython_{parsed.cell.number}_0__"
    statement = LineMagic(place, index + 1, match["name"], match["rest"].strip(), None, name)
    return ParsedCell(parsed.cell, "\n" * index + name, (statement,))


def bound_in(cells: Iterable[ParsedCell], before: Bound = NOTHING_BOUND) -> Bound:
    """The names that the cells bind in the notebook's own namespace, besides those of `before`."""
    bodies = [shared_tree(parsed.python).body for parsed in cells]
    names = [name for body in bodies for name in names_in_scope(body)]
    unknown = before.unknown or any(imports_everything(body) for body in bodies)
    return Bound(before.names.union(names) if names else before.names, unknown)


def _match(parsed: ParsedCell) -> re.Match[str] | None:
    if "\n" in parsed.cell.source.strip() or (parsed.own and not parsed.unparsed):
        return None
    lines = parsed.cell.lines
    if not lines or not lines[-1].strip() or any(line.strip() for line in lines[:-1]):
        return None
    match = _LINE.fullmatch(lines[-1].strip())
    if (
        match is None
        or match["name"] not in IPYTHON_MAGICS
        or match["rest"].lstrip()[:1] in ("=", ",")
    ):
        return None
    return match
