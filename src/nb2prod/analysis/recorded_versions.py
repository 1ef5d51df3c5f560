"""What a notebook's saved outputs record of the versions that it ran with.

Facts come from the words of tools, and from printed values that the code ties to a name. Only
distributions' names and versions are taken out of an output, never its text, so that no path, user
or secret that somebody's output shows gets any further.

Source of the words: pip's, uv's, Python's and nvidia-smi's own output in notebooks in public use.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nb2prod.analysis.pip_said import NAME, VERSION, said_by_pip
from nb2prod.analysis.printed_versions import printed_versions
from nb2prod.data.distributions import distribution_for, normalise
from nb2prod.location import Location
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.statements import ParsedCell
from nb2prod.notebook.trees import shared_tree, walk


@dataclass(frozen=True, slots=True)
class RecordedVersion:
    """A version that an output names: of which distribution (normalised), in which cell, and in
    whose words ("pip installed it").

    `installed` is true where the notebook put it there, false where it was there already.
    """

    distribution: str
    version: str
    location: Location
    how: str
    installed: bool = False

    @property
    def public(self) -> str:
        """The version without its local part, which no index has."""
        return self.version.partition("+")[0]


@dataclass(frozen=True, slots=True)
class RecordedPython:
    """The Python that an output names: "3.10" where only its directory is shown, else "3.10.12"."""

    version: str
    location: Location
    how: str


@dataclass(frozen=True, slots=True)
class RecordedDriver:
    """The driver that nvidia-smi showed, the newest CUDA that it runs, and the day by the machine's
    own clock; None where the output does not show it.
    """

    version: str
    cuda: str
    location: Location
    day: str | None = None


@dataclass(frozen=True, slots=True)
class RecordedOutputs:
    """What the outputs record, in the order of the cells; what contradicts itself stays."""

    versions: tuple[RecordedVersion, ...] = ()
    pythons: tuple[RecordedPython, ...] = ()
    drivers: tuple[RecordedDriver, ...] = ()


_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# Longer lines are data.
_LONGEST_LINE = 20_000
_DIRECTORY = re.compile(r"[/\\]python(3\.\d{1,2})[/\\](?:dist|site)-packages\b")
_LISTED = re.compile(rf"({NAME})\s+({VERSION})(?:\s.*)?")
_FROZEN = re.compile(rf"({NAME})==({VERSION})\s*")
_SHOWN = re.compile(
    rf"Name: ({NAME})\s*\n(?:Metadata-Version: .*\n)?Version: ({VERSION})\s*$", re.M
)
_DRIVER = re.compile(r"Driver Version:\s*(\d+(?:\.\d+)+)\s+CUDA Version:\s*(\d+\.\d+)")
# "Fri Mar 15 16:38:31 2024", above nvidia-smi's table.
_CLOCK = re.compile(r"^[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) [\d:]{8} (20\d\d)\s*$", re.M)
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()

_LISTS = re.compile(r"\b(?:pip3?|conda|mamba)\s+list\b")
_FREEZES = re.compile(r"\bpip3?\s+(?:freeze\b|list\b.*--format[= ]freeze\b)")
_SHOWS = re.compile(r"\bpip3?\s+show\b")
_ASKS_PYTHON = re.compile(r"(?:^|[!\s;&|/])python3?(?:\.\d+)?\s+(?:--version|-VV?)(?:\s|$)", re.M)
_PYTHON_LINE = re.compile(r"Python (3\.\d{1,2}\.\d{1,2})\b.*")
# "3.11.7 (main, Dec  8 2023, …)", "3.8.10 | packaged by conda-forge | (default, …)"
_SYS_VERSION = re.compile(r"(?:^|.*[\s:'\"])(3\.\d{1,2}\.\d{1,2})\+? (?:\(|\| packaged by ).*")
_VERSION_INFO = re.compile(r"sys\.version_info\(major=3, minor=(\d{1,2}), micro=(\d{1,2}), .*")


def recorded_outputs(notebook: Notebook, cells: Iterable[ParsedCell]) -> RecordedOutputs:
    """Read the records off a notebook's outputs; `cells` are its parsed code cells."""
    parsed = {found.cell.number: found for found in cells}
    modules = _modules(parsed.values())
    versions: list[RecordedVersion] = []
    pythons: list[RecordedPython] = []
    drivers: list[RecordedDriver] = []
    for number, streams, values in _outputs(notebook):
        if number not in parsed:
            continue
        source, place = _live(parsed[number].cell.source), Location(number)
        text = "\n".join((streams, *values))
        lines = text.split("\n")
        versions += _of_pip(lines, place)
        versions += _of_lists(source, text, lines, place)
        for module, version, line in printed_versions(parsed[number].python, streams, values):
            distribution = distribution_for(modules[module]) if module in modules else None
            if distribution and distribution not in _OWN_NUMBERS and _is_version(version):
                how = "the notebook printed its version"
                where = Location(number, line)
                versions.append(RecordedVersion(distribution, version, where, how))
        pythons += _pythons(source, lines, place)
        drivers += _drivers(text, place)
    return RecordedOutputs(
        tuple(dict.fromkeys(versions)),
        tuple(dict.fromkeys(pythons)),
        tuple(dict.fromkeys(drivers)),
    )


# Their module's version is not their distribution's: cv2 says 4.8.0 of opencv-python 4.8.0.76.
_OWN_NUMBERS = frozenset({"opencv-python", "opencv-python-headless", "opencv-contrib-python"})


def _is_version(text: str) -> bool:
    return re.fullmatch(VERSION, text) is not None


def _live(source: str) -> str:
    """The source without lines that are comments."""
    return "\n".join(line for line in source.split("\n") if line.lstrip()[:1] != "#")


def _outputs(notebook: Notebook) -> Iterator[tuple[int, str, list[str]]]:
    """For each cell that has any: its number, what it printed, and the values that it showed."""
    documents = notebook.document.get("cells")
    for number, cell in enumerate(documents if isinstance(documents, list) else [], start=1):
        streams: list[str] = []
        values: list[str] = []
        for output in cell.get("outputs") or []:
            kind = output.get("output_type")
            if kind == "stream":
                streams.append(_text(output.get("text")))
            elif kind == "execute_result":
                data = output.get("data")
                values.append(_text(data.get("text/plain")) if isinstance(data, Mapping) else "")
        if streams or values:
            yield number, _plain("".join(streams)), [_plain(value) for value in values]


def _text(value: object) -> str:
    if isinstance(value, list):
        return "".join(item for item in value if isinstance(item, str))
    return value if isinstance(value, str) else ""


def _plain(text: str) -> str:
    """Without colours, without what a progress bar wrote over, and without lines of data."""
    lines = (
        line.rpartition("\r")[2] for line in _ANSI.sub("", text).replace("\r\n", "\n").split("\n")
    )
    return "\n".join(line if len(line) <= _LONGEST_LINE else "" for line in lines)


def _of_pip(lines: Iterable[str], place: Location) -> Iterator[RecordedVersion]:
    """What pip and uv say while they install."""
    for name, version, how, installed in said_by_pip(lines):
        yield _version(name, version, place, how, installed=installed)


def _of_lists(
    source: str, text: str, lines: Iterable[str], place: Location
) -> Iterator[RecordedVersion]:
    """Lists of what is installed, in the outputs of cells that ask for one."""
    if _FREEZES.search(source):
        for line in lines:
            if match := _FROZEN.fullmatch(line):
                yield _version(match[1], match[2], place, "pip freeze listed")
    elif _LISTS.search(source):
        for line in lines:
            if match := _LISTED.fullmatch(line):
                yield _version(match[1], match[2], place, "a list of what was installed had")
    if _SHOWS.search(source):
        for match in _SHOWN.finditer(text):
            yield _version(match[1], match[2], place, "pip show said")


def _version(
    name: str, version: str, place: Location, how: str, *, installed: bool = False
) -> RecordedVersion:
    return RecordedVersion(normalise(name), version, place, how, installed)


def _pythons(source: str, lines: Iterable[str], place: Location) -> Iterator[RecordedPython]:
    told = re.search(r"\bsys\.version\b|\bplatform\.python_version\b", source) is not None
    info = "sys.version_info" in source
    asked = _ASKS_PYTHON.search(source) is not None
    for line in lines:
        found = re.match(r"Requirement already ", line) and _DIRECTORY.search(line)
        if found:
            yield RecordedPython(found[1], place, "pip found packages of Python")
        elif told and (match := _SYS_VERSION.fullmatch(line)):
            yield RecordedPython(match[1], place, "the notebook printed its Python,")
        elif info and (match := _VERSION_INFO.fullmatch(line)):
            yield RecordedPython(
                f"3.{match[1]}.{match[2]}", place, "the notebook printed its Python,"
            )
        elif asked and (match := _PYTHON_LINE.fullmatch(line)):
            yield RecordedPython(match[1], place, "the notebook printed its Python,")


def _drivers(text: str, place: Location) -> Iterator[RecordedDriver]:
    before = 0
    for match in _DRIVER.finditer(text):
        clocks = list(_CLOCK.finditer(text, before, match.start()))
        before = match.end()
        day = None
        if clocks:
            month = _MONTHS.index(clocks[-1][1]) + 1
            day = f"{clocks[-1][3]}-{month:02}-{int(clocks[-1][2]):02}"
        yield RecordedDriver(match[1], match[2], place, day)


def _modules(cells: Iterable[ParsedCell]) -> Mapping[str, str]:
    """The modules by the names that they have in the notebook, where a name has one meaning."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for parsed in cells:
        for node in walk(shared_tree(parsed.python)):
            if not isinstance(node, ast.Import):
                continue
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                module = alias.name if alias.asname else name
                if found.setdefault(name, module) != module:
                    twice.add(name)
    return {name: module for name, module in found.items() if name not in twice}
