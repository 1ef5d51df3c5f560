"""Taking pasted secrets out of a notebook before anything else looks at it.

Every occurrence of a value, in code, text, outputs, metadata and the files beside the notebook,
gives way to a marker that names the secret. What is made of the notebook later (facts, program,
ledger, reports, the copy of the notebook) cannot show a value that it never had.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from nb2prod.analysis.texts import JUNCTION, texts_in
from nb2prod.analysis.tokens import Token, find_tokens
from nb2prod.location import Location
from nb2prod.notebook.model import Cell, Notebook


class Pasted(NamedTuple):
    """A secret that was pasted: the variable that holds it now, what it is, and where it stood.

    `in_code` when the place is a line of a code cell, not its output or a text.
    """

    name: str
    kind: str
    location: Location
    in_code: bool

    @property
    def marker(self) -> str:
        """What stands in the notebook where the value was."""
        return marker(self.name)

    @property
    def advice(self) -> str:
        """What a person has to do, in words."""
        place = "here" if self.in_code else "in this cell's text or output"
        now = f"is read from {self.name} now" if self.in_code else "was taken out"
        return f"{self.kind} was pasted {place} and {now}; have it replaced, others may have it"


def marker(name: str) -> str:
    """The marker for the secret of a name. It is a word to Python, a shell and a reader."""
    return f"PASTED_SECRET_{name}_REMOVED"


def is_marked(value: object) -> bool:
    """Whether a text holds a marker."""
    return isinstance(value, str) and re.search(r"PASTED_SECRET_\w+_REMOVED", value) is not None


def without_pasted_secrets(notebook: Notebook) -> tuple[Notebook, tuple[Pasted, ...]]:
    """The notebook with markers in the place of pasted secrets, and what they were.

    The notebook itself where there are none. A file beside it that holds one is not to be copied;
    its text, with markers, still tells what it imports.
    """
    names: dict[str, str] = {}
    pasted: list[Pasted] = []
    pieces: dict[str, re.Pattern[str]] = {}
    documents = notebook.document.get("cells")
    outputs = [cell.get("outputs") for cell in documents] if isinstance(documents, list) else []
    for index, cell in enumerate(notebook.cells):
        in_code = cell.kind == "code"
        for token in find_tokens(cell.source, names=in_code):
            line = cell.source.count("\n", 0, token.start) + 1
            place = Location(cell.number, line) if in_code else Location(cell.number)
            pasted.append(Pasted(_name(token, names), token.kind, place, in_code))
        for token in in_pieces(cell.source) if in_code else ():
            name = _name(token, names)
            pieces[token.value] = _as_pieces(token.value)
            line = cell.source.count("\n", 0, token.start) + 1
            pasted.append(Pasted(name, token.kind, Location(cell.number, line), in_code))
        for text in texts_in(outputs[index] if index < len(outputs) else None):
            for token in find_tokens(text):
                name, place = _name(token, names), Location(cell.number)
                if not any(known.name == name for known in pasted):
                    pasted.append(Pasted(name, token.kind, place, in_code=False))
    for text in texts_in(notebook.metadata):
        for token in find_tokens(text):
            _name(token, names)
    kept_back = dict(notebook.not_copied)
    for path, text in notebook.beside.items():
        for token in find_tokens(text, names=path.endswith(".py")):
            known = token.value in names
            name = _name(token, names)
            line = text.count("\n", 0, token.start) + 1
            kept_back.setdefault(path, _advice_for_file(token.kind, name, line))
            if not known:
                pasted += _places(token, name, notebook)
    if not names:
        return notebook, ()
    values = sorted(names, key=len, reverse=True)

    def clean(text: str) -> str:
        for value, pattern in pieces.items():
            text = pattern.sub(lambda found: _marked(names[value], found[0]), text)  # noqa: B023
        for value in values:
            if value in text:
                # A key of several lines leaves its line ends, so that places stay right.
                text = text.replace(value, _marked(names[value], value))
        return text

    cells = tuple(
        Cell(cell.number, cell.kind, clean(cell.source), _cleaned(cell.metadata, clean))
        for cell in notebook.cells
    )
    cleaned = notebook._replace(
        cells=cells,
        metadata=_cleaned(notebook.metadata, clean),
        document=_cleaned(notebook.document, clean),
        beside={path: clean(text) for path, text in notebook.beside.items()},
        not_copied=tuple(sorted(kept_back.items())),
    )
    return cleaned, tuple(dict.fromkeys(pasted))


def _places(token: Token, name: str, notebook: Notebook) -> list[Pasted]:
    """Where a notebook's code holds a value that only a file beside it shows to be a secret."""
    return [
        Pasted(name, token.kind, Location(cell.number, number), in_code=True)
        for cell in notebook.code_cells
        for number, line in enumerate(cell.source.split("\n"), start=1)
        if token.value in line
    ]


def _advice_for_file(kind: str, name: str, line: int) -> str:
    return (
        f"line {line} holds {kind}, which belongs into the environment ({name}); have it replaced,"
        " others may have it"
    )


def _marked(name: str, text: str) -> str:
    """The marker, with as many line ends as the text that it stands for."""
    return marker(name) + "\n" * text.count("\n")


def in_pieces(source: str) -> Iterator[Token]:
    """The secrets that are written as several literals, at the places of all their pieces."""
    joined = JUNCTION.sub("", source)
    for token in find_tokens(joined) if joined != source else ():
        found = None if token.value in source else _as_pieces(token.value).search(source)
        if found is not None:
            yield token._replace(start=found.start(), end=found.end())


def _as_pieces(value: str) -> re.Pattern[str]:
    """The value in as many literals as somebody likes."""
    return re.compile(f"(?:{JUNCTION.pattern})?".join(map(re.escape, value)))


def _name(token: Token, names: dict[str, str]) -> str:
    """The variable for a token: the same for the same value, another for another."""
    if token.value not in names:
        name, number = token.variable, 2
        while name in names.values():
            name, number = f"{token.variable}_{number}", number + 1
        names[token.value] = name
    return names[token.value]


def _cleaned(value: Any, clean: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(item, clean) for item in value]
    if isinstance(value, Mapping):
        return {clean(str(key)): _cleaned(item, clean) for key, item in value.items()}
    return value
