"""Installs taken out of a shell line, such that the rest runs as it did."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from nb2prod.analysis.facts import Install
from nb2prod.analysis.installs import NO_FILES, install_of
from nb2prod.analysis.shell import (
    DEEPEST_GROUP,
    GROUP,
    ShellCommand,
    behind_keyword,
    ends_running,
    every_command,
    split_commands,
)
from nb2prod.location import Location

# They print what the machine is, which is another one in production.
_HARDWARE = frozenset(
    "nvidia-smi lscpu lspci lshw nvcc lsb_release free df nproc".split(),
)
# What stands beside an install only to serve it, and does nothing by itself.
_SERVING = frozenset("cd true clear :".split())
# The frame of a compound command: with nothing in it but this, the command does nothing.
_FRAME = frozenset("[ [[ test if then elif else fi for while until do done".split())
# Compound commands that are left whole: their parts are not separated as commands are.
_UNCUT = frozenset({"case", "select", "function"})
_OPENING = re.compile(r"(?:^|[\s;])(?:then|do|else|if|elif|while|until)$")


@dataclass(slots=True)
class Found:
    """What was taken out of a line: its installs, and the names of hardware read-outs.

    `files` are the requirement files that the installs find.
    """

    files: Mapping[str, str]
    installs: list[Install] = field(default_factory=list)
    read_outs: list[str] = field(default_factory=list)


def without_installs(
    line: str, place: Location, files: Mapping[str, str] = NO_FILES
) -> tuple[str, list[Install], list[str]]:
    """The line without its installs and read-outs, the installs, and the read-outs' names.

    `files` are the texts of the requirement files that the installs find, by path.

    A pipeline that holds an install is the install; so is a `cd` that only served one, and what
    follows an install behind `||`. A line without either comes back as it is.
    """
    found = Found(files)
    rest = _rest(line.replace("\\\n", " "), place, found, 0)
    if not found.installs and not found.read_outs:
        return line, [], []
    return ("" if _does_nothing(rest) else rest), found.installs, found.read_outs


def _rest(line: str, place: Location, found: Found, depth: int) -> str:
    """The line without installs, which are added to `found`; "" when nothing is left."""
    commands = split_commands(line)
    if any(_first_word(command) in _UNCUT for command in commands):
        return line
    compound = any(_is_frame(command) for command in commands)
    kept: list[ShellCommand] = []
    gone: str | None = None  # what stood before the commands that are gone, which all succeed
    for pipeline in _pipelines(commands):
        separator = pipeline[0].separator
        if gone is not None and separator == "||" and gone != "&&":
            _note_installs(pipeline, place, found)
            continue
        left = _kept_of(pipeline, place, found, depth, compound=compound)
        if gone is not None and separator == "&&":
            separator = gone
        if not left and separator == "||":
            left = [ShellCommand("||", "true")]
        gone = None if left else separator
        if left:
            kept += [left[0]._replace(separator=separator), *left[1:]]
    return _joined(kept) + (" &" if kept and ends_running(line) else "")


def _kept_of(
    pipeline: list[ShellCommand], place: Location, found: Found, depth: int, *, compound: bool
) -> list[ShellCommand]:
    """What stays of a pipeline: in a compound command something has to."""
    keyword, text = behind_keyword(pipeline[0].text)
    program = ShellCommand("", text).program
    group = GROUP.fullmatch(text) if len(pipeline) == 1 and depth < DEEPEST_GROUP else None
    rest = ":" if compound else ""
    if group is not None:
        before = len(found.installs) + len(found.read_outs)
        inner = _rest(group[1] or group[2] or "", place, found, depth + 1)
        if len(found.installs) + len(found.read_outs) == before:
            return pipeline
        if inner and not _does_nothing(inner):
            rest = f"({inner})" if group[1] is not None else f"{{ {inner}; }}"
            rest += group[3] or ""
    elif program in _HARDWARE:
        found.read_outs.append(program)
    elif not _note_installs(pipeline, place, found):
        return pipeline
    return [pipeline[0]._replace(text=f"{keyword}{rest}")] if rest else []


def _note_installs(pipeline: list[ShellCommand], place: Location, found: Found) -> bool:
    """Add the installs that a pipeline is; whether it is one."""
    bare = [
        command._replace(text=behind_keyword(command.text)[1]) if index == 0 else command
        for index, command in enumerate(pipeline)
    ]
    installs = [found_one for one in bare if (found_one := install_of(one, place, found.files))]
    found.installs += installs
    return bool(installs)


def _pipelines(commands: tuple[ShellCommand, ...]) -> Iterator[list[ShellCommand]]:
    pipeline: list[ShellCommand] = []
    for command in commands:
        if pipeline and command.separator != "|":
            yield pipeline
            pipeline = []
        pipeline.append(command)
    if pipeline:
        yield pipeline


def _joined(commands: list[ShellCommand]) -> str:
    text = ""
    for command in commands:
        if text:
            ends = command.separator in ("\n", ";", "")
            behind = " " if _OPENING.search(text) else "; "
            text += behind if ends else f" {command.separator} "
        text += command.text
    return text


def _is_frame(command: ShellCommand) -> bool:
    keyword, _ = behind_keyword(command.text)
    return bool(keyword.strip("! ")) or _first_word(command) in ("fi", "done", "for")


def _first_word(command: ShellCommand) -> str:
    return (command.text.split() or [""])[0]


def _does_nothing(line: str) -> bool:
    return all(
        (command.program in _SERVING or command.program in _FRAME) and ">" not in command.text
        for command in every_command(line)
    )
