"""The commands that nothing waits for: `streamlit run app.py &`, and `subprocess.Popen`'s."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nb2prod.analysis.names import called_name
from nb2prod.analysis.python_calls import PythonCommand
from nb2prod.analysis.shell import (
    DEEPEST_GROUP,
    GROUP,
    behind_keyword,
    every_command,
    with_empty_commands,
)
from nb2prod.location import Location

Left = frozenset[tuple[tuple[str, ...], Location]]
"""Commands by their words and the place of their line: a place can have several."""

# Between commands that run one after another, or together, as one that an `&` behind them takes.
_JOINED = frozenset({"&&", "||", "|"})
_ENDS = frozenset({"done", "fi", "esac"})


def left_running(
    scripts: Iterable[tuple[str, Location]], started: Iterable[tuple[PythonCommand, Location]]
) -> Left:
    """The commands of the shell's lines with `&` behind them, and those of `subprocess.Popen`."""
    scripts = tuple(scripts)
    # The lines of a `%%bash` cell come one by one.
    waits = [place for script, place in scripts if script.split() == ["wait"]]
    found = [
        (words, place)
        for script, place in scripts
        if not any(place.cell == one.cell and place < one for one in waits)
        for words in _in_background(script)
    ]
    for command, place in started:
        if called_name(command.node) == "Popen":
            words = [one.words for one in every_command(command.line or "")]
            found += [(one, place) for one in (*words, command.words) if one]
        elif command.line is not None:
            found += [(one, place) for one in _in_background(command.line)]
    return frozenset(found)


def _in_background(line: str, outside: bool = False, depth: int = 0) -> Iterator[tuple[str, ...]]:
    """The words of the commands that a line leaves behind; `wait` waits for those before it.

    `outside` says it of the whole line: of a group with `&` behind it.
    """
    behind, left, waited = "", outside, False
    for command in reversed(with_empty_commands(line)):
        if behind not in _JOINED:
            left = outside or (behind == "&" and not waited)
        behind = command.separator
        text = behind_keyword(command.text)[1]
        words = command._replace(text=text).words
        waited |= words[:1] == ("wait",)
        # A loop with `&` behind it: what is in it stands before.
        outside |= left and words[:1] != () and words[0] in _ENDS
        group = GROUP.fullmatch(text)
        if group is not None and depth < DEEPEST_GROUP:
            yield from _in_background(group[1] or group[2] or "", left, depth + 1)
        elif left and words:
            yield words
