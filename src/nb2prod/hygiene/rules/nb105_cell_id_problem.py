"""NB105: cells without an id, with one that another cell has, or with one that is none.

Source: nbformat 4.5's schema (JEP 62): 1 to 64 letters, digits, `-` and `_`, each id once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding, Fix, SetValue
from nb2prod.location import Location

RULE = rule("NB105")


def check(context: Context) -> Iterator[Finding]:
    """The cells without an id together, and each with one that it cannot keep."""
    major, _, minor = context.nbformat.partition(".")
    if (int(major), int(minor)) < (4, 5):
        return
    seen: set[str] = set()
    missing: list[CheckedCell] = []
    wrong: list[tuple[CheckedCell, str]] = []
    first: dict[str, int] = {}
    for cell in context.cells:
        if "id" not in cell.found:
            missing.append(cell)
            continue
        identifier = cell.found["id"]
        if not is_id(identifier):
            wrong.append((cell, "is not made of 1 to 64 letters, digits, - and _"))
        elif identifier in seen:
            wrong.append((cell, f"is that of cell {first[identifier]} too"))
        else:
            seen.add(identifier)
            first[identifier] = cell.number
    if not missing and not wrong:
        return
    ids = _new_ids([*missing, *(cell for cell, _ in wrong)], seen)
    if missing:
        yield _of_missing(context, missing, ids)
    for cell, reason in wrong:
        said = f"the cell's id {reason}; Jupyter makes up another at each reading; give it its own"
        edit = SetValue((*cell.path, "id"), ids[cell.number])
        fix = Fix("derive an id from what the cell holds", (edit,))
        yield context.found(RULE, Location(cell.number), said, part="metadata", fix=fix)


def is_id(found: object) -> bool:
    """Whether a value is an identifier as the format wants it."""
    return (
        isinstance(found, str)
        and 0 < len(found) <= 64
        and found.isascii()
        and found.replace("-", "0").replace("_", "0").isalnum()
    )


def _of_missing(context: Context, cells: Sequence[CheckedCell], ids: dict[int, str]) -> Finding:
    others = len(cells) - 1
    besides = f", and {others} more below" if others else ""
    said = (
        f"the cell has no id{besides}, and nbformat {context.nbformat} wants one: tools make up"
        " another at each reading; save the notebook in Jupyter, or add ids with --fix"
    )
    edits = tuple(SetValue((*cell.path, "id"), ids[cell.number]) for cell in cells)
    fix = Fix("derive ids from what the cells hold", edits)
    return context.found(RULE, Location(cells[0].number), said, part="metadata", fix=fix)


def _new_ids(cells: Sequence[CheckedCell], taken: set[str]) -> dict[int, str]:
    """An id for each of the cells by its number: from its place and content, so that everybody gets
    the same, and none that is taken.
    """
    import hashlib

    ids: dict[int, str] = {}
    for cell in sorted(cells, key=lambda one: one.number):
        seed, identifier = f"{cell.number}\0{cell.kind}\0{cell.source}", ""
        while not identifier or identifier in taken:
            identifier = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()[:12]
            seed += "\0"
        taken.add(identifier)
        ids[cell.number] = identifier
    return ids
