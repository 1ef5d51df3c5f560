"""Making fixes: edits of a file's bytes that leave alone whatever they are not about."""

from __future__ import annotations

from bisect import bisect_left

from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Edit, Fix, RemoveValue, SetValue, SourceEdit, WrapValue
from nb2prod.hygiene.positions import Container, Member, NoSuchValue, Positions
from nb2prod.hygiene.sources import Span, spans_of_source
from nb2prod.hygiene.style import Style
from nb2prod.notebook.lean import JsonPath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


class Batch:
    """Fixes of one notebook that do not touch each other, to be made at once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        text = context.content.decode("utf-8")
        self._bom = text[:1] if text[:1] == _BOM else ""
        self._positions = Positions(text.removeprefix(_BOM))
        self._style = Style(self._positions)
        self._sources: dict[int, list[SourceEdit]] = {}
        self._others: list[SetValue | RemoveValue | WrapValue] = []
        self._appended: list[tuple[JsonPath, Sequence[str]]] = []
        self._claimed: set[JsonPath] = set()
        self._above: set[JsonPath] = set()
        # Containers that lose or gain members; two changes to one of them do not mix.
        self._losing: set[JsonPath] = set()
        self._gaining: set[JsonPath] = set()
        # What the fix that is being taken in has added to these, to be taken out if it fails.
        self._added: list[tuple[set[JsonPath], JsonPath] | tuple[list[SourceEdit], SourceEdit]] = []

    def add(self, fix: Fix) -> bool:
        """Take a fix in. False when it is about what another fix is about, or about nothing."""
        others = len(self._others)
        self._added.clear()
        if fix.edits and all(self._take(edit) for edit in fix.edits):
            return True
        del self._others[others:]
        for collection, item in self._added:
            collection.remove(item)  # type: ignore[arg-type]
        return False

    def append(self, path: JsonPath, texts: Sequence[str]) -> bool:
        """Put texts at the end of a list. False when a fix is about it, or it is no list."""
        try:
            if not self._is_free(path) or path in self._losing or self._container(path).is_object:
                return False
        except NoSuchValue:
            return False
        self._claim(path)
        self._appended.append((path, texts))
        return True

    def apply(self) -> bytes:
        """The file with all fixes made."""
        spans: list[Span] = []
        for cell, edits in self._sources.items():
            if not edits:
                continue
            path = self._context.cells[cell - 1].text_path
            made = path and spans_of_source(
                self._positions, self._style, self._positions.find(path), edits
            )
            spans += made or []
        removed: dict[JsonPath, set[str | int]] = {}
        for edit in self._others:
            if isinstance(edit, RemoveValue):
                removed.setdefault(edit.path[:-1], set()).add(edit.path[-1])
            elif isinstance(edit, WrapValue):
                spans += self._wrapped(edit)
            else:
                spans.append(self._set(edit))
        for path, keys in removed.items():
            spans += _without(self._container(path), keys)
        spans += [self._longer(path, texts) for path, texts in self._appended]
        text, position = [], 0
        for start, end, new in sorted(spans, key=lambda span: span[:2]):
            text += [self._positions.text[position:start], new]
            position = end
        text.append(self._positions.text[position:])
        return (self._bom + "".join(text)).encode("utf-8")

    def _take(self, edit: Edit) -> bool:
        if isinstance(edit, SourceEdit):
            return self._take_source(edit)
        if not edit.path or not self._is_free(edit.path):
            return False
        above = edit.path[:-1]
        try:
            found = self._positions.find(above).value
            is_there = self._positions.member(found, edit.path[-1]) is not None
        except NoSuchValue:
            return False
        if isinstance(edit, RemoveValue):
            if above in self._gaining:
                return False
            self._mark(self._losing, above)
        elif not is_there:
            if not isinstance(edit, SetValue) or above in self._losing or above in self._gaining:
                return False
            if not self._container(above).is_object:
                return False
            self._mark(self._gaining, above)
        self._claim(edit.path)
        self._others.append(edit)
        return is_there or isinstance(edit, SetValue)

    def _take_source(self, edit: SourceEdit) -> bool:
        cell = self._context.cells[edit.cell - 1]
        taken = self._sources.setdefault(edit.cell, [])  # in order, none touching another
        if cell.text_path is None or not 0 <= edit.start <= edit.end <= len(cell.source):
            return False
        index = bisect_left(taken, edit)
        beside = taken[max(index - 1, 0) : index + 1]
        if edit in beside:
            return True  # what two fixes need, such as an import, is made once
        if any(edit.start <= other.end and other.start <= edit.end for other in beside):
            return False
        if not taken and not self._is_source(cell.text_path, edit):
            return False
        taken.insert(index, edit)
        self._added.append((taken, edit))
        self._claim(cell.text_path)
        return True

    def _is_source(self, path: JsonPath, edit: SourceEdit) -> bool:
        """Whether there is a text at a path that nothing else is about."""
        try:
            found = self._positions.find(path)
        except NoSuchValue:
            return False
        made = spans_of_source(self._positions, self._style, found, [edit])
        return made is not None and self._is_free(path)

    def _is_free(self, path: JsonPath) -> bool:
        if path in self._claimed or path in self._above:
            return False
        return not any(path[:length] in self._claimed for length in range(len(path)))

    def _claim(self, path: JsonPath) -> None:
        self._mark(self._claimed, path)
        for length in range(len(path)):
            self._mark(self._above, path[:length])

    def _mark(self, paths: set[JsonPath], path: JsonPath) -> None:
        if path not in paths:
            paths.add(path)
            self._added.append((paths, path))

    def _container(self, path: JsonPath) -> Container:
        return self._positions.container(self._positions.find(path).value)

    def _wrapped(self, edit: WrapValue) -> list[Span]:
        found = self._positions.find(edit.path)
        opening = "{" + self._style.text(edit.key) + self._style.colon
        return [(found.value, found.value, opening), (found.end, found.end, "}")]

    def _longer(self, path: JsonPath, texts: Sequence[str]) -> Span:
        container = self._container(path)
        margin = self._style.margin(container)
        separator = self._style.separator(margin)
        new = separator.join(self._style.text(text) for text in texts)
        if container.members:
            return (container.members[-1].end, container.members[-1].end, f"{separator}{new}")
        closing = margin.removesuffix(self._style.unit) if margin else ""
        return (container.start + 1, container.end - 1, f"{margin}{new}{closing}")

    def _set(self, edit: SetValue) -> Span:
        container = self._container(edit.path[:-1])
        margin = self._style.margin(container)
        value = self._style.value(edit.value, margin)
        members = container.members
        there = self._positions.member(container.start, edit.path[-1])
        if there is not None:
            return (there.value, there.end, value)
        new = self._style.text(str(edit.path[-1])) + self._style.colon + value
        separator = self._style.separator(margin)
        if not members:
            closing = margin.removesuffix(self._style.unit) if margin else ""
            return (container.start + 1, container.end - 1, f"{margin}{new}{closing}")
        follower = _follower(members, str(edit.path[-1]))
        if follower is not None:
            return (follower.start, follower.start, f"{new}{separator}")
        return (members[-1].end, members[-1].end, f"{separator}{new}")


def _follower(members: tuple[Member, ...], key: str) -> Member | None:
    """The member before which a new key belongs, where the keys are in alphabetical order."""
    keys = [str(member.key) for member in members]
    if keys != sorted(keys):
        return None
    return next((member for member in members if str(member.key) > key), None)


def _without(container: Container, keys: set[str | int]) -> list[Span]:
    """The members of these keys go, each with one of the commas beside it."""
    members = container.members
    gone = [member.key in keys for member in members]
    if all(gone):
        return [(container.start + 1, container.end - 1, "")]
    first = gone.index(False)
    spans: list[Span] = []
    for index, member in enumerate(members):
        if gone[index] and index < first:
            spans.append((member.start, members[index + 1].start, ""))
        elif gone[index]:
            spans.append((members[index - 1].end, member.end, ""))
    return spans
