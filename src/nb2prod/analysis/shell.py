"""Shell lines cut into commands, as far as is needed to find installs and programs."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

# A line without anything that could cut it, or keep it from being cut.
_SIMPLE = re.compile(r"[^\\#'\"`(){};&|\n]*")
_SEPARATOR = re.compile(r"(&&|\|\||;|\||\n|&(?![&>]))")
_ASSIGNED = re.compile(r"[A-Za-z_]\w*=")
# Words that start another program, with their options that take a value; what follows is the
# command.
_PREFIXES = {
    "sudo": frozenset({"-u", "-g", "-p", "-C", "-h"}),
    "env": frozenset({"-u", "-C", "-S"}),
    "nice": frozenset({"-n"}),
    "ionice": frozenset({"-c", "-n"}),
    "time": frozenset({"-f", "-o"}),
    "timeout": frozenset({"-s", "-k"}),
    **dict.fromkeys(("nohup", "exec", "command", "stdbuf", "yes"), frozenset()),
}
_REDIRECTION = re.compile(r"(?:\d+|&)?(?:>>|>\||>&|<<<|<<-?|<&|<>|>|<)")
# What stands before a command inside a compound one.
_KEYWORD = re.compile(r"(?:(?:then|do|else|elif|if|while|until|!)(?:\s+|$))+")
# `shlex` takes time with the square of a word's length; such a line holds data, not words.
_LONGEST = 20_000
DEEPEST_GROUP = 20  # no shell line of a person's is nested deeper
GROUP = re.compile(r"(?:\((.*)\)|\{\s(.*)\})(\s*(?:\d|&)?[<>].*)?", re.DOTALL)


class ShellCommand(NamedTuple):
    """One simple command of a line: the separator before it ("" for the first) and its text."""

    separator: str
    text: str

    @property
    def words(self) -> tuple[str, ...]:
        """The command's words without assignments and prefixes such as `sudo`."""
        words = _split(self.text)
        while words and (words[0] in _PREFIXES or _ASSIGNED.match(words[0])):
            valued = _PREFIXES.get(words[0], frozenset())
            limited = words[0] == "timeout"
            words = words[1:]
            while words and words[0].startswith("-"):
                words = words[2:] if words[0] in valued else words[1:]
            words = words[1:] if limited else words
        return words

    @property
    def program(self) -> str:
        """The name of the program that the command starts, without its directory; "" for none."""
        words = self.words
        return words[0].rpartition("/")[2] if words else ""


def split_commands(line: str) -> tuple[ShellCommand, ...]:
    """Cut a shell line at `&&`, `||`, `;`, `|`, `&` and line ends outside quotes and brackets.

    Comments are left out.
    """
    return tuple(command for command in _split_line(line) if command.text)


def with_empty_commands(line: str) -> tuple[ShellCommand, ...]:
    """Like `split_commands`, with those that are empty: behind `&` at the end of a line."""
    return _split_line(line)


def leaves_running(line: str) -> bool:
    """Whether a shell line leaves a command running in the background (`&`)."""
    return any(command.separator == "&" for command in _split_line(line))


def ends_running(line: str) -> bool:
    """Whether the last command of a line is left running in the background."""
    last = _split_line(line.rstrip())[-1]
    return last.separator == "&" and not last.text


@lru_cache(maxsize=1024)
def _split_line(line: str) -> tuple[ShellCommand, ...]:
    """The commands of a line with those that are empty, as behind a last `&`."""
    if _SIMPLE.fullmatch(line):
        return (ShellCommand("", line.strip()),)
    commands: list[ShellCommand] = []
    separator, position, depth, quote = "", 0, 0, ""
    kept: list[str] = []  # the text of the command so far
    while position < len(line):
        char = line[position]
        if char == "\\" and quote != "'":
            kept.append(line[position : position + 2])
            position += 2
            continue
        if quote:
            quote = "" if char == quote else quote
        elif char == "#" and (position == 0 or line[position - 1] in " \t\n;|&("):
            end = line.find("\n", position)
            position = end if end >= 0 else len(line)
            continue
        elif char in "'\"`":
            quote = char
        elif char in "({":
            depth += 1
        elif char in ")}":
            depth = max(depth - 1, 0)
        elif not depth and (match := _separator(line, position)):
            commands.append(ShellCommand(separator, "".join(kept).strip()))
            separator, kept, position = match.group(1), [], match.end()
            continue
        kept.append(char)
        position += 1
    return (*commands, ShellCommand(separator, "".join(kept).strip()))


def every_command(line: str) -> Iterator[ShellCommand]:
    """Like `split_commands`, with the commands behind `then` and `do` and inside parentheses.

    For what a line starts or installs, wherever in it; not for putting the line together again.
    """
    yield from _every_command(line, 0)


def _every_command(line: str, depth: int) -> Iterator[ShellCommand]:
    for command in split_commands(line):
        _, text = behind_keyword(command.text)
        group = GROUP.fullmatch(text)
        if group is not None and depth < DEEPEST_GROUP:
            yield from _every_command(group[1] or group[2] or "", depth + 1)
        elif text:
            yield ShellCommand(command.separator, text)


def behind_keyword(command: str) -> tuple[str, str]:
    """`then`, `do` and the like before a command, and the command."""
    keyword = _KEYWORD.match(command)
    end = keyword.end() if keyword else 0
    return command[:end], command[end:]


def without_redirections(words: Sequence[str]) -> tuple[str, ...]:
    """Words without `> /dev/null`, `2>&1` and the like, and without the files of those."""
    kept: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
            continue
        match = _REDIRECTION.match(word)
        if match is None:
            kept.append(word)
        else:
            skip = match.end() == len(word)
    return tuple(kept)


def _separator(line: str, position: int) -> re.Match[str] | None:
    match = _SEPARATOR.match(line, position)
    # `2>&1` and `&>file` hold an ampersand that separates nothing, `>|` such a bar.
    redirects = match is not None and position > 0 and line[position - 1] in "><"
    return None if redirects and line[position] in "&|" else match


@lru_cache(maxsize=1024)  # several stages ask for a command's words, and `shlex` is slow
def _split(text: str) -> tuple[str, ...]:
    if len(text) > _LONGEST:
        return tuple(text.split())
    try:
        return tuple(shlex.split(text.replace("\\\n", " ")))
    except ValueError:  # an unclosed quote: the shell would complain as well
        return tuple(text.split())
