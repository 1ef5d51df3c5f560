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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from nb2prod.hygiene.catalogue import find_rule
from nb2prod.hygiene.context import CheckedCell, Context
from nb2prod.hygiene.model import Finding
from nb2prod.hygiene.selection import means
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


@dataclass(slots=True)
class Directive:
    """One place that keeps findings back.

    `codes` are those that it names, None where it means all. `cell` is 0 for the whole notebook,
    `lines` are those that it is about, empty for all. It stands in a cell's source, where `span` is
    all of it and `list_span` its codes, or at `path` in the JSON.
    """

    codes: tuple[str, ...] | None
    cell: int
    lines: frozenset[int] = frozenset()
    place: Location | None = None
    span: tuple[int, int] | None = None
    list_span: tuple[int, int] | None = None
    path: JsonPath | None = None
    is_noqa: bool = False
    used: set[str] = field(default_factory=set)

    def takes(self, finding: Finding) -> bool:
        """Whether it keeps a finding back; what it is used for is noted."""
        place = finding.location
        if self.cell and (place is None or place.cell != self.cell):
            return False
        if self.lines and (
            finding.part != "source" or place is None or place.line not in self.lines
        ):
            return False
        if self.codes is None:
            self.used.add(finding.code)
            return True
        words = [word for word in self.codes if means(word, finding.code)]
        self.used.update(words)
        return bool(words)


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
    """The findings that no directive keeps back."""
    for finding in findings:
        # Each is asked, so that all that mean a finding count as used.
        taken = [directive for directive in directives if directive.takes(finding)]
        if not taken:
            yield finding


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
    offset = 0
    for number, line in enumerate(cell.lines, start=1):
        for match in _NOQA.finditer(line):
            if _is_in_string(cell, number, match.start()):
                continue
            listed = match["codes"] is not None
            yield Directive(
                tuple(_CODE.findall(match["codes"].upper())) if listed else None,
                cell.number,
                lines=frozenset(_lines_ended(cell, number)),
                place=Location(cell.number, number, match.start() + 1),
                span=(offset + match.start(), offset + match.end()),
                list_span=(offset + match.start("codes"), offset + match.end("codes"))
                if listed
                else None,
                is_noqa=True,
            )
            break
        offset += len(line) + 1


def _lines_ended(cell: CheckedCell, number: int) -> Iterator[int]:
    """The line itself, and the lines of the statements without a block that end on it, those of
    shells and magics too.
    """
    yield number
    for found in cell.parsed.statements:
        if isinstance(found, Shell | LineMagic) and found.end_line == number > found.location.line:
            yield from range(found.location.line, number)
    for node in cell.nodes:
        if (
            isinstance(node, ast.stmt)
            and not hasattr(node, "body")
            and node.end_lineno == number > node.lineno
        ):
            yield from range(node.lineno, number)


def _is_in_string(cell: CheckedCell, number: int, column: int) -> bool:
    for node in cell.nodes:
        if isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str)
        ):
            end = (node.end_lineno or node.lineno, node.end_col_offset or 0)
            if (node.lineno, node.col_offset) <= (number, column) < end:
                return True
    return False
