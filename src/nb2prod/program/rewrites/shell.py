"""Shell lines: installs go to the environment, hardware read-outs go, the rest runs through `shell`."""

from __future__ import annotations

import re

from nb2prod.analysis.facts import Install
from nb2prod.analysis.installs import install_of
from nb2prod.analysis.shell import ShellCommand, split_commands
from nb2prod.location import Location
from nb2prod.notebook.statements import Shell
from nb2prod.program.context import Context
from nb2prod.program.outcome import Outcome, dropped, hoisted, left_to_person, rewritten
from nb2prod.program.text import block, expanded, fstring, with_roots

# They print what the machine is, which is another one in production.
_HARDWARE = frozenset({"nvidia-smi", "lscpu", "lspci", "lshw", "nvcc", "lsb_release", "free", "df", "nproc"})
# They fetch or make something that later cells need: when they fail, the job has failed.
_ESSENTIAL = frozenset(
    "wget curl git gdown unzip tar python python3 make cmake gcc g++ 7z aria2c gsutil aws gcloud kaggle"
    " huggingface-cli hf ffmpeg cp mv bash sh cargo npm accelerate torchrun deepspeed rsync".split()
)


def rewrite(statement: Shell, context: Context) -> Outcome:
    """`!command` and `x = !command`."""
    return shell_line(statement.command, statement.target, statement.location, context)


def shell_line(command: str, target: str | None, place: Location, context: Context) -> Outcome:
    """What becomes of one shell line, wherever it came from (`!`, `%sx`, `get_ipython().system`)."""
    if not command.strip():
        return dropped("an empty shell line")
    rest, installs, read_outs = _without_installs(command, place)
    problem = next((install.problem for install in installs if install.problem), None)
    if problem:
        return left_to_person(f"{command.strip()}: {problem}", _bound(target, "[]"))
    if not rest:
        if installs:
            code = _bound(target, "[]")
            return Outcome("hoisted", _where(installs), code)
        if read_outs:
            return Outcome("dropped", f"{read_outs[0]} describes the machine, not the result", _bound(target, "[]"))
    literal = fstring(expanded(rest or command, context))
    if target is not None:
        return rewritten(f"{target} = {context.shell('capture')}({literal})", "a shell line whose output is used")
    function = context.shell("run")
    essential = any(part.program in _ESSENTIAL for part in split_commands(rest or command))
    check = "" if essential else ", check=False"
    return rewritten(f"{function}({literal}{check})", "a shell line")


def script(body: str, interpreter: str, place: Location, context: Context) -> Outcome:
    """The body of `%%bash` and its kin: a script that stops the job when it fails, as in the notebook."""
    kept: list[str] = []
    installs: list[Install] = []
    for line in _whole_lines(body):
        rest, found, _ = _without_installs(line, place) if interpreter in ("bash", "sh") else (line, [], [])
        installs += found
        if not found:
            kept.append(line)
        elif rest:
            kept.append(rest)
    problem = next((install.problem for install in installs if install.problem), None)
    if problem:
        return left_to_person(problem)
    if not any(line.strip() and not line.lstrip().startswith("#") for line in kept):
        return hoisted(_where(installs)) if installs else dropped("a script without a command")
    literal = block(with_roots("\n".join(kept) + "\n", context))
    return rewritten(f'{context.shell("script")}({literal}, "{interpreter}")', f"a {interpreter} script")


def _whole_lines(body: str) -> list[str]:
    """Lines with their continuations, so that an install over several lines is seen as one."""
    lines: list[str] = []
    for line in body.split("\n"):
        if lines and lines[-1].endswith("\\"):
            lines[-1] += "\n" + line
        else:
            lines.append(line)
    return lines


def _without_installs(line: str, place: Location) -> tuple[str, list[Install], list[str]]:
    """The line without its installs and read-outs, the installs, and the read-outs' names.

    A pipeline that holds an install is the install; so is a `cd` that only served one, and what follows
    an install behind `||`.
    """
    pipelines = _pipelines(split_commands(line.replace("\\\n", " ")))
    installs: list[Install] = []
    read_outs: list[str] = []
    kept: list[list[ShellCommand]] = []
    after_install = False
    for pipeline in pipelines:
        found = [install for command in pipeline if (install := install_of(command, place))]
        fallback = after_install and pipeline[0].separator == "||"
        after_install = bool(found) or fallback
        installs += found
        if found or fallback:
            continue
        if pipeline[0].program in _HARDWARE:
            read_outs.append(pipeline[0].program)
            continue
        kept.append(pipeline)
    if not installs and not read_outs:
        return line, [], []
    if all(len(pipeline) == 1 and pipeline[0].program in ("cd", "true", "echo", "clear") for pipeline in kept):
        kept = []
    text = ""
    for pipeline in kept:
        for command in pipeline:
            separator = command.separator if text else ""
            joint = "; " if separator in ("\n", ";") else f" {separator} "
            text += f"{joint if separator else ''}{command.text}"
    return text, installs, read_outs


def _pipelines(commands: tuple[ShellCommand, ...]) -> list[list[ShellCommand]]:
    pipelines: list[list[ShellCommand]] = []
    for command in commands:
        if command.separator == "|" and pipelines:
            pipelines[-1].append(command)
        else:
            pipelines.append([command])
    return pipelines


def _where(installs: list[Install]) -> str:
    tools = {install.tool for install in installs if install.requirements}
    if not tools:
        return "prepares an install; the image starts clean"
    if tools == {"apt"}:
        return "installed in the image"
    return "installed as a dependency"


def _bound(target: str | None, value: str) -> str:
    """Code that keeps a name bound when the command that filled it is gone."""
    return f"{target} = {value}" if target else ""
