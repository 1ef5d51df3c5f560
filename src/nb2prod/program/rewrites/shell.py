"""Shell lines: installs go to the environment, read-outs of hardware go, the rest is run."""

from __future__ import annotations

import re

from nb2prod.analysis.asked import login_of_command
from nb2prod.analysis.facts import Install
from nb2prod.analysis.shell import every_command, leaves_running, split_commands
from nb2prod.location import Location
from nb2prod.notebook.statements import Shell
from nb2prod.program.context import Context
from nb2prod.program.outcome import Outcome, dropped, hoisted, left_to_person, rewritten
from nb2prod.program.rewrites.shell_words import command_pieces
from nb2prod.program.rewrites.without_installs import without_installs
from nb2prod.program.text import fstring

# Where IPython keeps how the last `!` line ended.
_EXIT_CODE = "_exit_code"

# They fetch or make something that later cells need: when they fail, the job has failed.
_ESSENTIAL = frozenset(
    "wget curl git gdown unzip tar python python3 make cmake gcc g++ 7z 7za aria2c axel gsutil aws"
    " gcloud azcopy kaggle huggingface-cli hf dvc s3cmd rclone yt-dlp youtube-dl zip gzip gunzip"
    " bunzip2 xz zstd unrar ffmpeg convert pandoc cp mv rsync bash sh cargo go java javac node npm"
    " npx Rscript jupyter papermill accelerate torchrun deepspeed yolo".split()
)
# What a tool for packages prints goes to a file that is something.
_TO_FILE = re.compile(r"(?<![0-9&>])>{1,2}\s*(?!/dev/null|&)\S")
_NO_TOOL = "what it prints is used, and the image has no tool for packages"
_LIST_ENDS = frozenset({";", "\n", "&"})
_LOOPS_AND_TESTS = re.compile(r"(?:if|for|while|until|case)\s")


def rewrite(statement: Shell, context: Context) -> Outcome:
    """`!command` and `x = !command`."""
    return shell_line(statement.command, statement.target, statement.location, context)


def shell_line(
    command: str,
    target: str | None,
    place: Location,
    context: Context,
    *,
    silent: bool = False,
    twice: bool = False,
) -> Outcome:
    """What becomes of one shell line, wherever it came from (`!`, `%ls`, `get_ipython().system`).

    `target` is what its lines are assigned to; a `silent` line returns them and prints nothing.
    Names are expanded `twice` in what stood behind a magic.
    """
    if not command.strip():
        return dropped("an empty shell line")
    parts = split_commands(command)
    login = login_of_command(parts[0].words) if len(parts) == 1 and target is None else None
    if login is not None:
        code = f'{context.secret()}("{login}")'
        return rewritten(code, f"{parts[0].program} finds its token in the environment")
    rest, installs, read_outs = without_installs(command, place, context.beside.at(place))
    if target is not None and not installs:
        rest = command  # what a read-out prints is used
    if rest:
        code = _call(rest, target, context, silent=silent, twice=twice)
    else:
        code = _bound_to_nothing(target, context)
    if not rest and not installs:
        reason = f"{read_outs[0]} describes the machine, not the result"
        return rewritten(code, reason) if code else dropped(reason)
    problem = problem_of(installs, place, context)
    if problem:
        return left_to_person(f"{command.strip()}: {problem}", code)
    if not rest:
        looks = not any(install.requirements for install in installs)
        if looks and (_TO_FILE.search(command) or (target and target in context.used_names)):
            return left_to_person(f"{command.strip()}: {_NO_TOOL}", code)
        return hoisted(where(installs), code)
    return rewritten(code, "a shell line whose output is used" if target else "a shell line")


def _bound_to_nothing(target: str | None, context: Context) -> str:
    """What keeps names bound where a line is gone, which the program takes to have succeeded."""
    if target is None:
        return f"{_EXIT_CODE} = 0" if _EXIT_CODE in context.used_names else ""
    lines = f"{context.shell('Lines')}()" if target in context.used_names else "[]"
    return f"{target} = {lines}"


def _call(command: str, target: str | None, context: Context, *, silent: bool, twice: bool) -> str:
    literal = fstring(command_pieces(command, context, twice=twice))
    if target is not None or silent:
        call = f"{context.shell('capture')}({literal})"
        if target is not None:
            return f"{target} = {call}"
        return f"{context.display()}({call})" if context.displayed else call
    if leaves_running(command):
        return f"{context.shell('start')}({literal})"
    checks = _EXIT_CODE in context.used_names
    check = "" if _is_essential(command) and not checks else ", check=False"
    call = f"{context.shell('run')}({literal}{check})"
    return f"{_EXIT_CODE} = {call}" if checks else call


def _is_essential(command: str) -> bool:
    """Whether the line's exit code tells of something that later cells need.

    The exit code is that of the last commands, those behind the last `;`.
    """
    commands = split_commands(command)
    if not any(_LOOPS_AND_TESTS.match(part.text) for part in commands):
        ends = [index for index, part in enumerate(commands) if part.separator in _LIST_ENDS]
        commands = commands[ends[-1] :] if ends else commands
    parts = (found for part in commands for found in every_command(part.text))
    return any(part.program in _ESSENTIAL for part in parts)


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
