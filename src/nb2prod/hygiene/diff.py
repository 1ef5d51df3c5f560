"""What a fix changes, as a person sees notebooks: by cell, never as JSON."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.shown import hidden, printable, stars

_WIDEST = 200


def differences(before: Context, after: Context) -> Iterator[str]:
    """The lines of unified diffs of all that differs, secrets blanked."""
    for line in _differences(before, after):
        for secret in (*before.secrets, *(leak.value for leak in before.leaks)):
            # What is known as a secret by another place, as JSON writes it and as it stands.
            for value in (json.dumps(secret, ensure_ascii=False)[1:-1], secret):
                line = line.replace(value, stars(value))  # noqa: PLW2901
        yield printable(line)[:_WIDEST]


def _differences(before: Context, after: Context) -> Iterator[str]:
    yield from _diff(f"{before.path}:metadata", _json(before.metadata), _json(after.metadata))
    for old, new in _pairs(before, after):
        number = (old or new).number if old or new else 0  # type: ignore[union-attr]
        name = f"{before.path}:cell {number}"
        yield from _diff(name, _source(old), _source(new))
        yield from _diff(f"{name} metadata", _metadata(old), _metadata(new))
        yield from _diff(f"{name} outputs", _outputs(old), _outputs(new))


def _pairs(
    before: Context, after: Context
) -> Iterator[tuple[CheckedCell | None, CheckedCell | None]]:
    """The cells that are the same one before and after; None beside one that came or went."""
    if len(before.cells) == len(after.cells):
        yield from zip(before.cells, after.cells, strict=True)
        return
    old = [(cell.kind, cell.source) for cell in before.cells]
    new = [(cell.kind, cell.source) for cell in after.cells]
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from zip(before.cells[i1:i2], after.cells[j1:j2], strict=True)
        else:
            yield from ((cell, None) for cell in before.cells[i1:i2])
            yield from ((None, cell) for cell in after.cells[j1:j2])


def _diff(name: str, old: list[str], new: list[str]) -> Iterator[str]:
    yield from difflib.unified_diff(old, new, name, name, lineterm="")


def _source(cell: CheckedCell | None) -> list[str]:
    return cell.hidden.split("\n") if cell is not None and cell.source else []


def _metadata(cell: CheckedCell | None) -> list[str]:
    if cell is None:
        return []
    found = {key: value for key, value in cell.found.items() if key not in _TEXTS}
    return _json(found) if found else []


_TEXTS = frozenset({"source", "input", "outputs", "cell_type", "attachments"})


def _outputs(cell: CheckedCell | None) -> list[str]:
    """One line for each output: what it is, how large, how it begins."""
    return [_output(output) for output in cell.outputs] if cell is not None else []


def _output(output: Mapping[str, Any]) -> str:
    written = _written(output)
    kind = output.get("output_type")
    text = output.get("text", output.get("evalue", ""))
    # A file may hold anything where the format has lines.
    text = "".join(map(str, text)) if isinstance(text, list) else str(text)
    begins = hidden(text, code=False).strip().split("\n")[0]
    return f"{kind}, {len(written)} characters: {begins}".removesuffix(": ")


def _json(value: Mapping[str, Any]) -> list[str]:
    return hidden(_written(value, indent=1), code=True).split("\n")


def _written(value: Mapping[str, Any], indent: int | None = None) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, indent=indent)
    except RecursionError:
        return "nested too deeply to be shown"
