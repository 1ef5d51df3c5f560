"""NB301: an install without an exact version, which gives another one later."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from nb2prod.analysis.pip_options import CONSTRAINT_FILES
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.installs import TOOLS, Asked, InstallCommand, installs
from nb2prod.hygiene.model import Finding, Fix, SourceEdit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nb2prod.hygiene.known_versions import KnownVersion, KnownVersions
    from nb2prod.location import Location

RULE = rule("NB301")

# With these the versions are said elsewhere: by a file, a directory of wheels, a day.
_SAID_ELSEWHERE = CONSTRAINT_FILES | {"--no-index", "--exclude-newer"}
_EXACT = re.compile(r"(?<![<>!~=])={2,3}(?!=)")
_EXACT_FOR_CONDA = re.compile(r"(?<![<>!~=])={1,2}(?!=)")
_MOST_NAMED = 5
_UPGRADES = frozenset({"-U", "--upgrade", "--pre"})
# A requirement cut before and behind what it says of versions.
_WRITTEN = re.compile(r"(?P<name>\s*[A-Za-z][\w.-]*(?:\[[^\]]*\])?)[^;@]*?(?P<rest>\s*(?:;.*)?)")


def check(context: Context) -> Iterator[Finding]:
    """The install commands that leave the version of something open, one finding for each."""
    known: KnownVersions | None = None
    for cell in context.code_cells:
        found = list(installs(cell))
        by_line: dict[Location, list[InstallCommand]] = {}
        for install in found:
            by_line.setdefault(install.location, []).append(install)
        for install in found:
            if install.tool == "pip" and install.has(_SAID_ELSEWHERE):
                continue
            opened = [one for one in install.asked if _open(one, install)]
            names = list(dict.fromkeys(f"`{one.text}`" for one in opened))
            if not names:
                continue
            shown = ", ".join(names[:_MOST_NAMED])
            more = len(names) - _MOST_NAMED
            shown += f" and {more} more" if more > 0 else ""
            verb = "is" if len(names) == 1 else "are"
            sign = "==" if install.tool == "pip" else "="
            said = f"{shown} {verb} installed without an exact version; write `{sign}` and one"
            fix = None
            if install.tool == "pip":
                if known is None:
                    from nb2prod.hygiene.known_versions import KnownVersions

                    known = KnownVersions(context)
                fix = _fix(cell, install, opened, by_line[install.location], known)
            yield context.found(RULE, install.location, said, fix=fix)


def _fix(
    cell: CheckedCell,
    install: InstallCommand,
    opened: Sequence[Asked],
    beside: Sequence[InstallCommand],
    known: KnownVersions,
) -> Fix | None:
    """The versions that are known, written where the names stand. Those that are sure go first.

    `beside` are all commands of the line: a word that stands there more often than they ask for it
    may be something else.
    """
    from nb2prod.hygiene.shell_words import words_behind_install

    versions: dict[str, KnownVersion] = {}
    upgrades = install.has(_UPGRADES)
    for asked in opened:
        version = known.find(asked.name, asked.specifier, cell.number, upgrades=upgrades)
        if version is not None:
            versions[asked.text] = version
    if not versions:
        return None
    places = list(words_behind_install(cell.source, cell.offset(install.location)))
    wanted = Counter(one.text for command in beside for one in command.asked)
    standing = Counter(word.strip() for word, _, _ in places)
    versions = {
        text: version for text, version in versions.items() if wanted[text] == standing[text]
    }
    sure = {text: one for text, one in versions.items() if one.applicability == "safe"}
    chosen = sure or versions
    edits: list[SourceEdit] = []
    for word, start, end in places:
        version, match = chosen.get(word.strip()), _WRITTEN.fullmatch(word)
        if version is not None and match is not None:
            text = f"{match['name']}=={version.version}{match['rest']}"
            edits.append(SourceEdit(cell.number, start, end, text))
    if not edits:
        return None
    pins: dict[str, list[str]] = {}
    for edit in edits:
        source = chosen[cell.source[edit.start : edit.end].strip()].source
        pins.setdefault(source, []).append(f"`{edit.text.strip()}`")
    said = "; ".join(
        f"{', '.join(dict.fromkeys(texts))} from {source}" for source, texts in pins.items()
    )
    return Fix(f"write {said}", tuple(edits), "safe" if sure else "unsafe")


def _open(asked: Asked, install: InstallCommand) -> bool:
    if asked.address or asked.name.lower() in TOOLS:
        return False
    exact = _EXACT if install.tool == "pip" else _EXACT_FOR_CONDA
    return exact.search(asked.specifier) is None or "*" in asked.specifier
