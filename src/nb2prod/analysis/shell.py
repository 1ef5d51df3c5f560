"""Shell lines cut into commands, as far as is needed to find installs and the programs they start."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

_SEPARATOR = re.compile(r"(&&|\|\||;|\||\n|&(?![&>]))")
_ASSIGNED = re.compile(r"[A-Za-z_]\w*=")
# Words that start another program; what follows them is the command.
_PREFIXES = frozenset({"sudo", "env", "time", "nohup", "exec", "command", "stdbuf", "nice", "yes"})


@dataclass(frozen=True, slots=True)
class ShellCommand:
    """One simple command of a line: the separator before it ("" for the first) and its text."""

    separator: str
    text: str

    @property
    def words(self) -> tuple[str, ...]:
        """The command's words without assignments and prefixes such as `sudo`; comments are left out."""
        try:
            words = shlex.split(self.text, comments=True)
        except ValueError:  # an unclosed quote: the shell would complain as well
            words = self.text.split()
        while words and (words[0] in _PREFIXES or _ASSIGNED.match(words[0])):
            words = words[1:]
            while words and words[0].startswith("-"):
                words = words[1:]
        return tuple(words)

    @property
    def program(self) -> str:
        """The name of the program that the command starts, without its directory; "" for none."""
        words = self.words
        return words[0].rpartition("/")[2] if words else ""


def split_commands(line: str) -> tuple[ShellCommand, ...]:
    """Cut a shell line at `&&`, `||`, `;`, `|`, `&` and line ends that stand outside quotes and brackets."""
    commands: list[ShellCommand] = []
    separator, start, position, depth, quote = "", 0, 0, 0, ""
    while position < len(line):
        char = line[position]
        if char == "\\" and quote != "'":
            position += 2
            continue
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"`":
            quote = char
        elif char in "({":
            depth += 1
        elif char in ")}":
            depth = max(depth - 1, 0)
        elif (
            not depth
            and (match := _SEPARATOR.match(line, position))
            and not _is_redirect(line, position)
        ):
            commands.append(ShellCommand(separator, line[start:position].strip()))
            separator, start = match.group(1), match.end()
            position = start
            continue
        position += 1
    commands.append(ShellCommand(separator, line[start:].strip()))
    return tuple(command for command in commands if command.text)


def _is_redirect(line: str, position: int) -> bool:
    """`2>&1` and `&>file` hold an ampersand that separates nothing."""
    return line[position] == "&" and position > 0 and line[position - 1] in "><"
