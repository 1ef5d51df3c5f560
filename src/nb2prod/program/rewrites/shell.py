"""Shell lines: installs go to the environment, read-outs of hardware go, the rest is run."""

from __future__ import annotations

from nb2prod.analysis.facts import Install
from nb2prod.analysis.installs import install_of
from nb2prod.analysis.shell import ShellCommand, split_commands
from nb2prod.location import Location
from nb2prod.notebook.statements import Shell
from nb2prod.program.context import Context
from nb2prod.program.outcome import Outcome, dropped, hoisted, left_to_person, rewritten
from nb2prod.program.text import expanded, fstring

# They print what the machine is, which is another one in production.
_HARDWARE = frozenset(
    "nvidia-smi lscpu lspci lshw nvcc lsb_release free df nproc".split(),
)
# They fetch or make something that later cells need: when they fail, the job has failed.
_ESSENTIAL = frozenset(
    "wget curl git gdown unzip tar python python3 make cmake gcc g++ 7z aria2c gsutil aws gcloud"
    " kaggle huggingface-cli hf ffmpeg cp mv bash sh cargo npm accelerate torchrun deepspeed"
    " rsync".split()
)
# What stands beside an install only to serve it.
_SERVING = frozenset({"cd", "true", "echo", "clear"})


def rewrite(statement: Shell, context: Context) -> Outcome:
    """`!command` and `x = !command`."""
    return shell_line(statement.command, statement.target, statement.location, context)


def shell_line(
    command: str, target: str | None, place: Location, context: Context, *, silent: bool = False
) -> Outcome:
    """What becomes of one shell line, wherever it came from (`!`, `%ls`, `get_ipython().system`).

    `target` is what its lines are assigned to; a `silent` line returns them and prints nothing.
    """
    if not command.strip():
        return dropped("an empty shell line")
    rest, installs, read_outs = without_installs(command, place)
    if target is not None and not installs:
        rest = command  # what a read-out prints is used
    bound = f"{target} = []" if target else ""
    if not rest and not installs:
        return dropped(f"{read_outs[0]} describes the machine, not the result")
    problem = problem_of(installs, place, context)
    code = _call(rest, target, context, silent=silent) if rest else bound
    if problem:
        return left_to_person(f"{command.strip()}: {problem}", code)
    if not rest:
        return hoisted(where(installs), code)
    return rewritten(code, "a shell line whose output is used" if target else "a shell line")


def captured_line(command: str, target: str | None, place: Location, context: Context) -> Outcome:
    """What becomes of `%sx command` and its like, which return the lines that it prints."""
    return shell_line(command, target, place, context, silent=True)


def _call(command: str, target: str | None, context: Context, *, silent: bool) -> str:
    literal = fstring(expanded(command, context))
    if target is not None or silent:
        call = f"{context.shell('capture')}({literal})"
        if target is not None:
            return f"{target} = {call}"
        return f"{context.display()}({call})" if context.displayed else call
    essential = any(part.program in _ESSENTIAL for part in split_commands(command))
    check = "" if essential else ", check=False"
    return f"{context.shell('run')}({literal}{check})"


def without_installs(line: str, place: Location) -> tuple[str, list[Install], list[str]]:
    """The line without its installs and read-outs, the installs, and the read-outs' names.

    A pipeline that holds an install is the install; so is a `cd` that only served one, and what
    follows an install behind `||`.
    """
    installs: list[Install] = []
    read_outs: list[str] = []
    kept: list[list[ShellCommand]] = []
    after_install = False
    for pipeline in _pipelines(split_commands(line.replace("\\\n", " "))):
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
    if all(len(pipeline) == 1 and pipeline[0].program in _SERVING for pipeline in kept):
        kept = []
    return _joined([command for pipeline in kept for command in pipeline]), installs, read_outs


def _pipelines(commands: tuple[ShellCommand, ...]) -> list[list[ShellCommand]]:
    pipelines: list[list[ShellCommand]] = []
    for command in commands:
        if command.separator == "|" and pipelines:
            pipelines[-1].append(command)
        else:
            pipelines.append([command])
    return pipelines


def _joined(commands: list[ShellCommand]) -> str:
    text = ""
    for command in commands:
        if text:
            ends = command.separator in ("\n", ";")
            text += "; " if ends else f" {command.separator} "
        text += command.text
    return text


def problem_of(installs: list[Install], place: Location, context: Context) -> str | None:
    """What a person has to decide about installs, also where the facts do not know one of them."""
    problem = next((install.problem for install in installs if install.problem), None)
    if problem:
        return problem
    known = {
        requirement
        for install in context.facts.installs
        if install.location.cell == place.cell
        for requirement in install.requirements
    }
    asked = [requirement for install in installs for requirement in install.requirements]
    missing = [requirement for requirement in asked if requirement not in known]
    return f"{', '.join(missing)} is not among the dependencies" if missing else None


def where(installs: list[Install]) -> str:
    """Where installs went, in words."""
    tools = {install.tool for install in installs if install.requirements}
    if not tools:
        return "prepares an install; the image starts clean"
    return "installed in the image" if tools == {"apt"} else "installed as a dependency"
