"""NB205: outputs that make the file too large to look at, to compare and to keep."""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding, Fix, RemoveValue
from nb2prod.location import Location

RULE = rule("NB205")


def check(context: Context) -> Iterator[Finding]:
    """Each output that is over the limit, and the notebook where its file is. A kB is 1000 bytes,
    a MB 1000 kB.
    """
    size = len(context.content)
    most_output = context.option(RULE, "max-output-kb") * 1000
    most = context.option(RULE, "max-notebook-mb") * 1_000_000
    if size > most:
        said = (
            f"the notebook has {_shown(size)}, more than {_shown(most)}; clear what need not be"
            " kept of its outputs and attachments"
        )
        yield context.found(RULE, None, said, part="output")
    if size <= most_output:
        return
    for cell in context.cells:
        outputs = cell.found.get("outputs")
        for index, output in enumerate(outputs if isinstance(outputs, list) else []):
            length = _characters(output)
            if length <= most_output:
                continue
            said = (
                f"output {index + 1} of the cell has {_shown(length)}, more than"
                f" {_shown(most_output)}; write it to a file, or show less of it"
            )
            fix = Fix("remove the output", (RemoveValue((*cell.path, "outputs", index)),), "unsafe")
            yield context.found(RULE, Location(cell.number), said, part="output", fix=fix)


def _shown(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{size // 1000} kB"


def _characters(value: object) -> int:
    """The length of all text within a JSON value, which is nearly what it takes in the file."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return sum(map(_characters, value))
    if isinstance(value, dict):
        return sum(len(key) + _characters(item) for key, item in value.items())
    return 4  # a number, `true`, `null`
