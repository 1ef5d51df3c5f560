"""NB405: shell commands that may remove or open up far more than is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from nb2prod.analysis.known_values import Value
from nb2prod.analysis.shell import every_command, without_redirections
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding
from nb2prod.location import Location

RULE = rule("NB405")

_WORD = re.compile(r"\brm\b|\bchmod\b|\bmkfs|\bdd\b")
_SYSTEM = re.compile(
    r"(?:/|~|\$HOME|\$\{HOME\}|/(?:bin|boot|dev|etc|home|lib|lib64|opt|root|sbin|sys|usr|var)"
    r"|/home/[^/]+|/usr/(?:bin|lib|local|share)|[A-Za-z]:\\?)/?\*?"
)
# A word that is nothing without its variable: `$name`, `{name}/*`.
_VARIABLE = re.compile(r"(?:\$\{?|\{)(?P<name>[A-Za-z_][\w.]*)\}?/?\*?")
# A script's own variable: `name=value`, `for name in …`.
_ASSIGNED = re.compile(r"(?:(?:^|[\s;&|(])|\bfor\s+)([A-Za-z_]\w*)(?==[^=\s]|\s+in\b)")
_ENVIRONMENT = re.compile(
    r"(?:%(?:set_)?env\s+|environ\[\s*['\"])(?P<name>[A-Za-z_]\w*)(?:['\"]\s*\])?\s*[=\s]\s*"
    r"(?P<value>[^\s].*)"
)
_ALL_RIGHTS = frozenset({"777", "0777", "a+rwx", "ugo+rwx", "a=rwx"})
_DISK = re.compile(r"of=/dev/(?:sd|hd|vd|xvd|nvme|mmcblk|disk)\w*")


def check(context: Context) -> Iterator[Finding]:
    """The commands of shell lines, of scripts in cells, and of Python calls that start a shell."""
    values = _Values(context)
    for cell in context.code_cells:
        if not _WORD.search(cell.source):
            continue
        lines = list(_lines(cell))
        assigned = {name for line, _ in lines for name in _ASSIGNED.findall(line)}
        for line, place in lines:
            if _WORD.search(line):
                for said in dict.fromkeys(_said(values, line, assigned)):
                    yield context.found(RULE, place, said)


def _lines(cell: CheckedCell) -> Iterator[tuple[str, Location]]:
    for line, place in cell.shell:
        yield line, cell.shown(place)
    for found in cell.python_commands:
        line = found.line if found.line is not None else " ".join(found.words)
        yield line, cell.place(found.node)


def _said(values: _Values, line: str, assigned: set[str]) -> Iterator[str]:
    for command in every_command(line):
        words = without_redirections(command.words)
        program = command.program
        if program.startswith("mkfs"):
            yield f"{program} erases a whole file system; leave that to whoever runs the machine"
        elif program == "dd" and any(_DISK.fullmatch(word) for word in words):
            yield "dd writes over a whole disk; leave that to whoever runs the machine"
        elif program == "rm" and _has(words, "r", "R", "--recursive"):
            yield from _of_targets(values, "rm -r", "removes", words[1:], assigned)
        elif program == "chmod" and _has(words, "R", "--recursive") and _ALL_RIGHTS & set(words):
            yield from _of_targets(values, "chmod -R 777", "opens up", words[1:], assigned)


def _has(words: Sequence[str], *options: str) -> bool:
    return any(
        word in options or (word.startswith("-") and word[1:2] != "-" and set(options) & set(word))
        for word in words[1:]
    )


def _of_targets(
    values: _Values, command: str, does: str, words: Sequence[str], assigned: set[str]
) -> Iterator[str]:
    for word in words:
        if word.startswith("-") or word in _ALL_RIGHTS:
            continue
        if _SYSTEM.fullmatch(word):
            yield f"{command} {does} all of {word} on whatever machine it runs; name what is meant"
        elif (match := _VARIABLE.fullmatch(word)) is not None:
            name = match["name"]
            if name not in assigned and not values.is_harmless(name):
                yield (
                    f"{command} {does} whatever `{name}` says, the whole disk when it is wrong;"
                    " give it a fixed directory, or check the value first"
                )


class _Values:
    """What the notebook shows its names to stand for."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._harmless: dict[str, bool] = {}

    def is_harmless(self, name: str) -> bool:
        """Whether a name stands for something known, and that is no system directory."""
        if name not in self._harmless:
            values = [*self._known.get(name, ()), *self._environment.get(name, ())]
            self._harmless[name] = bool(values) and not any(
                isinstance(value, str) and (not value.strip() or _SYSTEM.fullmatch(value.strip()))
                for value in values
            )
        return self._harmless[name]

    @cached_property
    def _known(self) -> dict[str, list[Value]]:
        from nb2prod.analysis.scopes import values_of

        values = values_of((cell.number, cell.tree) for cell in self._context.code_cells)
        found: dict[str, list[Value]] = {}
        for known in (values.once, *(scope.known for scope in values.scopes)):
            for name, several in known.items():
                found.setdefault(name, []).extend(several)
        return found

    @cached_property
    def _environment(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for cell in self._context.code_cells:
            for one in _ENVIRONMENT.finditer(cell.source):
                found.setdefault(one["name"], []).append(one["value"].strip("'\" \t"))
        return found
