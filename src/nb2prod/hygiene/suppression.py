"""Comments, tags and metadata that keep findings back, and whether they still do.

    pip_line  # noqa: NB301                the line, or the statement that ends on it
    # nb2prod: ignore[NB301, NB5]          in the comments that open a cell: the cell, outputs too
    <!-- nb2prod: ignore[NB401] -->        the same in a cell of text
    the tag nb2prod:ignore=NB204           the same without a word in the cell
    "nb2prod": {"ignore": ["NB203"]}       in the notebook's metadata: all of it
    # nb2prod: ignore-file[NB5]            the same in a cell's opening comments

Without codes all rules are meant. A code may be cut short (NB3) to mean all that begin so; but for
noqa, which other tools read too, a rule's name does as well.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from nb2prod.hygiene.catalogue import find_rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding
from nb2prod.hygiene.selection import EVERYTHING
from nb2prod.location import Location
from nb2prod.notebook.lean import JsonPath
from nb2prod.notebook.statements import LineMagic, Shell

_NOQA = re.compile(
    r"#\s*noqa(?P<list>\s*:\s*(?P<codes>[A-Z]+[0-9]+(?:[\s,]+[A-Z]+[0-9]+)*))?(?![\w:])",
    re.IGNORECASE,
)
_OWN = re.compile(r"nb2prod:\s*ignore(?P<file>-file)?(?P<list>\[(?P<codes>[^\]]*)\])?(?![\w-])")
_TAG = re.compile(r"nb2prod:ignore(?:=(?P<codes>.+))?")
_CODE = re.compile(r"[A-Za-z]+[0-9]+")
_WORD = re.compile(r"[^\s,+]+")
_ANY = ""  # the word of a directive that names none
_Stretch = tuple[tuple[int, int], tuple[int, int]]


class Directive:
    """One place that keeps findings back.

    `codes` are those that it names, None where it means all. `cell` is 0 for the whole notebook,
    `lines` are those that it is about, empty for all. It stands in a cell's source, where `span` is
    all of it and `list_span` its codes, or at `path` in the JSON. `used` are the codes for which it
    kept anything back.
    """

    __slots__ = ("cell", "codes", "is_noqa", "lines", "list_span", "path", "place", "span", "used")

    def __init__(
        self,
        codes: tuple[str, ...] | None,
        cell: int,
        *,
        lines: frozenset[int] = frozenset(),
        place: Location | None = None,
        span: tuple[int, int] | None = None,
        list_span: tuple[int, int] | None = None,
        path: JsonPath | None = None,
        is_noqa: bool = False,
    ) -> None:
        self.codes = codes
        self.cell = cell
        self.lines = lines
        self.place = place
        self.span = span
        self.list_span = list_span
        self.path = path
        self.is_noqa = is_noqa
        self.used: set[str] = set()


def find_directives(context: Context) -> list[Directive]:
    """All directives of a notebook, in the order of their places."""
    found = list(_of_metadata(context))
    for cell in context.cells:
        found += _of_tags(cell)
        if "nb2prod:" in cell.source:
            found += _of_comments(cell)
        if cell.kind == "code" and "noqa" in cell.source.lower():
            found += _of_lines(cell)
    return found


def kept(findings: Iterable[Finding], directives: Sequence[Directive]) -> Iterator[Finding]:
    """The findings that no directive keeps back. What the others are used for is noted."""
    index: _Index | None = None
    for finding in findings:
        if directives and index is None:
            index = _Index(directives)
        if index is None or not index.takes(finding):
            yield finding


class _Index:
    """Directives by cell, line and word: a finding costs the same however many there are."""

    def __init__(self, directives: Iterable[Directive]) -> None:
        self._found: dict[tuple[int, int, str], list[Directive]] = {}
        self._noted: set[tuple[tuple[int, int, str], str]] = set()
        for one in directives:
            for line in one.lines or (0,):
                for word in dict.fromkeys((_ANY,) if one.codes is None else one.codes):
                    self._found.setdefault((one.cell, line, word), []).append(one)

    def takes(self, finding: Finding) -> bool:
        """Whether directives keep a finding back. Each that means it is noted, not only the first,
        so that all of them count as used.
        """
        code, place = finding.code, finding.location
        places = [(0, 0)]
        if place is not None:
            places.append((place.cell, 0))
            if finding.part == "source":
                places.append((place.cell, place.line))
        words = (_ANY, EVERYTHING, *(code[:length] for length in range(2, len(code) + 1)))
        keys = [(*at, word) for at in places for word in words if (*at, word) in self._found]
        for key in keys:
            if (key, code) not in self._noted:
                self._noted.add((key, code))
                for directive in self._found[key]:
                    directive.used.add(key[2] or code)
        return bool(keys)


def _of_metadata(context: Context) -> Iterator[Directive]:
    own = context.metadata.get("nb2prod")
    words = own.get("ignore") if isinstance(own, dict) else None
    for index, word in enumerate(words if isinstance(words, list) else []):
        if isinstance(word, str) and _WORD.fullmatch(word):
            path: JsonPath = ("metadata", "nb2prod", "ignore", index)
            yield Directive(_own_words(word), 0, path=path)


def _of_tags(cell: CheckedCell) -> Iterator[Directive]:
    tags = cell.metadata.get("tags")
    for index, tag in enumerate(tags if isinstance(tags, list) else []):
        match = _TAG.fullmatch(tag) if isinstance(tag, str) else None
        if match is not None:
            codes = _own_words(match["codes"]) if match["codes"] else None
            path = (*cell.path, "metadata", "tags", index)
            yield Directive(codes, cell.number, place=Location(cell.number), path=path)


def _of_comments(cell: CheckedCell) -> Iterator[Directive]:
    """Those in the comments above a cell's code, or in the first line of a text."""
    offset = 0
    for number, line in enumerate(cell.lines, start=1):
        text = line.strip()
        opens = text.startswith("#") if cell.kind == "code" else text.startswith("<!--")
        if text and not opens:
            return
        if (match := _OWN.search(line)) is not None and opens:
            start = offset + line.index(text)
            span = (start, start + len(text))
            listed = match["codes"] is not None
            yield Directive(
                _own_words(match["codes"]) if listed else None,
                0 if match["file"] else cell.number,
                place=Location(cell.number, number, match.start() + 1),
                span=span,
                list_span=(offset + match.start("codes"), offset + match.end("codes"))
                if listed
                else None,
            )
        offset += len(line) + 1


def _own_words(listed: str) -> tuple[str, ...]:
    """What a list of ours names: codes in capitals, names as codes, and what means nothing."""
    words = []
    for word in _WORD.findall(listed):
        found = find_rule(word.lower())
        if found is not None:
            words.append(found.code)
        else:
            words.append(word.upper() if _CODE.fullmatch(word) or word.upper() == "ALL" else word)
    return tuple(words)


def _of_lines(cell: CheckedCell) -> Iterator[Directive]:
    texts: list[_Stretch] | None = None
    endings: dict[int, int] = {}
    offset = 0
    for number, line in enumerate(cell.lines, start=1):
        for match in _NOQA.finditer(line):
            if texts is None:
                texts, endings = _texts(cell), _endings(cell)
            if _is_within(texts, (number, match.start())):
                continue
            listed = match["codes"] is not None
            yield Directive(
                tuple(_CODE.findall(match["codes"].upper())) if listed else None,
                cell.number,
                lines=frozenset(range(endings.get(number, number), number + 1)),
                place=Location(cell.number, number, match.start() + 1),
                span=(offset + match.start(), offset + match.end()),
                list_span=(offset + match.start("codes"), offset + match.end("codes"))
                if listed
                else None,
                is_noqa=True,
            )
            break
        offset += len(line) + 1


def _endings(cell: CheckedCell) -> dict[int, int]:
    """The first lines of statements without a block, those of shells and magics too, by their last
    lines; of several that end on one line the one that begins first.
    """
    found: dict[int, int] = {}
    for one in cell.parsed.own:
        if isinstance(one, Shell | LineMagic):
            first = min(one.location.line, found.get(one.end_line, one.end_line))
            found[one.end_line] = first
    for node in cell.nodes:
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            last = node.end_lineno or node.lineno
            found[last] = min(node.lineno, found.get(last, last))
    return found


def _texts(cell: CheckedCell) -> list[_Stretch]:
    """Where the strings of the code stand, in order; those that lie in each other as one."""
    found: list[_Stretch] = sorted(
        ((node.lineno, node.col_offset), (node.end_lineno or node.lineno, node.end_col_offset or 0))
        for node in cell.nodes
        if isinstance(node, ast.JoinedStr)
        or (isinstance(node, ast.Constant) and isinstance(node.value, str))
    )
    apart: list[_Stretch] = []
    for start, end in found:
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _is_within(stretches: Sequence[_Stretch], place: tuple[int, int]) -> bool:
    """Whether a place is in one of the stretches, which are in order."""
    index = bisect_right(stretches, place, key=lambda stretch: stretch[0]) - 1
    return index >= 0 and place < stretches[index][1]
