"""The arguments of an installer's command line, told apart: options, their values, the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def arguments(
    words: Sequence[str], valued_long: frozenset[str], valued_short: str
) -> Iterator[tuple[str, str]]:
    """Yield (option, value) for each option and ("", word) for each other word.

    `valued_long` are the long options that take a value, `valued_short` the letters of the short
    ones; these may stand together (`-qU`), and the last may hold its value (`-rfile`).
    """
    position = 0
    while position < len(words):
        word = words[position]
        position += 1
        if word == "--":
            yield from (("", rest) for rest in words[position:])
            return
        if word.startswith("--"):
            option, equals, value = word.partition("=")
            if option in valued_long and not equals:
                value = words[position] if position < len(words) else ""
                position += 1
            yield option, value
        elif word.startswith("-") and len(word) > 1:
            for index, letter in enumerate(word[1:], start=2):
                if letter in valued_short:
                    value = word[index:].removeprefix("=")
                    if not value:
                        value = words[position] if position < len(words) else ""
                        position += 1
                    yield f"-{letter}", value
                    break
                yield f"-{letter}", ""
        else:
            yield "", word
