"""Runs one side of a comparison: a notebook's cells in IPython, or the program made of them.

A process of its own that reads a request a line and answers a line of JSON. Each request is served
by a fork: what a notebook does to its process is gone with it, and IPython is loaded once.
"""

from __future__ import annotations

import argparse  # noqa: F401 - each program imports it; here it is loaded once
import ast
import asyncio
import builtins
import contextlib
import gc
import importlib
import inspect
import io
import json
import os
import runpy
import shutil
import signal
import subprocess
import sys
import traceback
import types
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import IPython.core.interactiveshell as ipython
from traitlets.config import Config

_LONGEST_RUN = 20  # seconds; a case takes a fraction of one

Answer = dict[str, Any]


def main() -> None:
    """Serve requests until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    shell = _new_shell()
    untyped: Any = shell
    untyped.transform_cell("!a\nx")  # what each fork would compile for itself otherwise
    gc.freeze()
    for line in sys.stdin:
        answers.write(json.dumps(_served(json.loads(line), shell)) + "\n")
        answers.flush()


def _served(request: Answer, shell: ipython.InteractiveShell) -> Answer:
    answer, output = Path(request["answer"]), Path(request["output"])
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(_LONGEST_RUN)
            answer.write_text(json.dumps(_run(request, output, shell)), encoding="utf-8")
        except BaseException:  # noqa: BLE001 - the parent has to live on
            traceback.print_exc()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    if not answer.exists():
        return {"error": "the run was killed", "commands": [], "values": {}, "stdout": ""}
    found: Answer = json.loads(answer.read_text("utf-8"))
    return found | {"stdout": output.read_text("utf-8")}


def _run(request: Answer, output: Path, shell: ipython.InteractiveShell) -> Answer:
    os.chdir(request["directory"])
    os.environ.update(HOME=request["home"], SHELL=shutil.which("bash") or "")
    file = os.open(output, os.O_WRONLY | os.O_CREAT)
    os.dup2(file, 1)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - a number
    commands: list[list[str]] = []
    if "cells" in request:
        error, values = _notebook(shell, request, commands)
    else:
        error, values = _program(request, commands)
    sys.stdout.flush()
    shown = {name: text for name, text in map(_plain, values.items()) if text is not None}
    return {"error": error, "commands": commands, "values": shown}


def _plain(item: tuple[str, object]) -> tuple[str, str | None]:
    """A variable's value as text where it is plain data."""
    name, value = item
    if isinstance(value, list):
        value = list(value)
    text = repr(value)
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return name, None
    return name, f"{type(value).__name__} {text}"


# -- the notebook ---------------------------------------------------------------------------------


def _new_shell() -> ipython.InteractiveShell:
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.OSMagics.cd_force_quiet = True  # a program prints no directories
    shell = ipython.InteractiveShell.instance(config=config)
    shell.run_line_magic("load_ext", "storemagic")  # a kernel loads it
    untyped: Any = shell
    for kind, names in (("cell", ("writefile", "file")), ("line", ("env", "set_env"))):
        for name in names:
            silent = _saying_nothing(untyped.find_magic(name, kind))
            shell.magics_manager.magics[kind][name] = silent
    display: Any = shell.displayhook
    display.write_output_prompt = lambda: None
    display.prompt_end_newline = True
    return shell


def _saying_nothing(magic: Callable[..., Any]) -> Callable[..., Any]:
    """A magic that does not say what it did: a program does the same in silence."""

    def silent(*arguments: Any, **options: Any) -> Any:
        with contextlib.redirect_stdout(io.StringIO()):
            return magic(*arguments, **options)

    return silent


def _notebook(
    shell: ipython.InteractiveShell, request: Answer, commands: list[list[str]]
) -> tuple[str | None, dict[str, object]]:
    shell.home_dir = request["home"]
    shell.user_ns["_dh"][:] = [Path.cwd()]
    sys.path.insert(0, "")
    before = set(shell.user_ns)
    errors: list[BaseException] = []
    _record_shell_lines(commands)
    _record_scripts(commands)
    quiet: Any = shell
    quiet.showtraceback = quiet.show_usage_error = lambda *_, **__: None
    for cell in request["cells"]:
        result = quiet.run_cell(cell, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        errors += [error] if error is not None else []
        if errors:
            break
    values = {
        name: value
        for name, value in shell.user_ns.items()
        if name not in before and not name.startswith("_")
    }
    return (_error_name(errors[0]) if errors else None), values


def _error_name(error: BaseException) -> str:
    """What stopped the run. Whether a name that is not bound is a function's own changes the kind
    of the error only.
    """
    return "NameError" if isinstance(error, UnboundLocalError) else type(error).__name__


def _record_shell_lines(commands: list[list[str]]) -> None:
    """Note what IPython hands to the system's shell, names expanded, and run it without a terminal.

    `!command` gives the exit code as IPython tells it: a signal as a negative number.
    """
    getoutput: Callable[[str], str] = vars(ipython)["getoutput"]

    def system(command: str) -> int:
        commands.append(["run", command])
        done = subprocess.run(
            command,
            shell=True,
            executable=os.environ["SHELL"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        sys.stdout.write(done.stdout.decode("utf-8", "replace"))
        code = done.returncode
        return 128 - code if code > 128 else code

    def captured(command: str) -> str:
        commands.append(["capture", command])
        return getoutput(command)

    vars(ipython).update(system=system, getoutput=captured)


def _record_scripts(commands: list[list[str]]) -> None:
    """Note the programs that `%%bash` and its like start, and what they are given to read."""
    start: Callable[..., Awaitable[Any]] = asyncio.create_subprocess_exec

    async def recorded(*words: str, **options: Any) -> Any:
        process = await start(*words, **options)
        write = process.stdin.write

        def noted(body: bytes) -> None:
            commands.append(["script", *_program_of(words), body.decode()])
            write(body)

        process.stdin.write = noted
        return process

    asyncio.create_subprocess_exec = recorded  # type: ignore[assignment]


def _program_of(words: Sequence[str]) -> list[str]:
    """A program and its arguments; a program's own Python is the notebook's."""
    python = words[0] in ("python3", sys.executable)
    return ["python" if python else words[0], *words[1:]]


# -- the program ----------------------------------------------------------------------------------


def _program(request: Answer, commands: list[list[str]]) -> tuple[str | None, dict[str, object]]:
    package, flow = request["package"], request["flow"]
    sys.path[:0] = ["", request["sources"]]
    sys.argv[1:] = []
    vars(builtins).pop("get_ipython", None)
    vars(builtins).pop("display", None)
    sys.modules["__main__"] = types.ModuleType("__main__")
    config = importlib.import_module(f"{package}.config")
    values = config.parse_arguments([])
    if hasattr(config, "prepare"):
        config.prepare(values)
    if request["shell"]:
        _record_support(importlib.import_module(f"{package}.shell"), commands)
    variables = Variables()
    error: str | None = None
    try:
        if request["script"]:
            file = str(Path(request["sources"], package, "pipeline.py"))
            sys.setprofile(_keeping(variables.of_entry_point, lambda code: _is_module(code, file)))
            runpy.run_module(f"{package}.pipeline", run_name="__main__", alter_sys=True)
        else:
            pipeline = importlib.import_module(f"{package}.pipeline")
            sys.setprofile(_noting_functions(flow, package, request["entry_point"], variables))
            result = getattr(pipeline, request["entry_point"])(values)
            if inspect.isawaitable(result):
                asyncio.run(result)  # type: ignore[arg-type]
    except BaseException as failure:  # noqa: BLE001 - whatever the notebook raises
        error = _error_name(failure)
        traceback.print_exc()
    finally:
        sys.setprofile(None)
    for module in request["modules"]:
        if f"{package}.{module}" in sys.modules:
            variables.of_modules.update(vars(sys.modules[f"{package}.{module}"]))
    return error, variables.together()


@dataclass(slots=True)
class Variables:
    """What the notebook's variables are at the end: those of the modules, of the entry point, and
    of the sections' functions in the order in which they returned.

    The stronger come last. What the entry point holds is what sections gave it, and may be older
    than what a later section made of the same variable for itself.
    """

    of_modules: dict[str, object] = field(default_factory=dict)
    of_entry_point: dict[str, object] = field(default_factory=dict)
    of_sections: dict[str, object] = field(default_factory=dict)

    def together(self) -> dict[str, object]:
        found = {**self.of_modules, **self.of_entry_point, **self.of_sections}
        return {name: value for name, value in found.items() if not name.startswith("_")}


Profile = Callable[[FrameType, str, object], None]


def _noting_functions(
    flow: Sequence[tuple[str, str]], package: str, entry_point: str, variables: Variables
) -> Profile:
    """A profile function that keeps the variables of the functions that hold the flow, each given
    as its module and its name.
    """
    codes = {
        getattr(importlib.import_module(f"{package}.{module}"), function).__code__: (
            variables.of_entry_point
            if (module, function) == ("pipeline", entry_point)
            else variables.of_sections
        )
        for module, function in flow
    }

    def profile(frame: FrameType, event: str, _: object) -> None:
        if event == "return" and frame.f_code in codes:
            codes[frame.f_code].update(frame.f_locals)

    return profile


def _keeping(found: dict[str, object], wanted: Callable[[CodeType], bool]) -> Profile:
    def profile(frame: FrameType, event: str, _: object) -> None:
        if event == "return" and wanted(frame.f_code):
            found.update(frame.f_locals)

    return profile


def _is_module(code: CodeType, file: str) -> bool:
    return code.co_name == "<module>" and code.co_filename == file


def _record_support(shell: Any, commands: list[list[str]]) -> None:
    """Note what the generated `shell` module is asked to run, and run it."""
    for name, kind in (("run", "run"), ("start", "run"), ("capture", "capture")):
        setattr(shell, name, _noting(getattr(shell, name), kind, commands))
    for name in ("script", "start_script"):
        setattr(shell, name, _noting_script(getattr(shell, name), commands))


def _noting(
    function: Callable[..., Any], kind: str, commands: list[list[str]]
) -> Callable[..., Any]:
    def recorded(command: str, **options: Any) -> Any:
        commands.append([kind, command])
        return function(command, **options)

    return recorded


def _noting_script(function: Callable[..., Any], commands: list[list[str]]) -> Callable[..., Any]:
    def recorded(text: str, *words: str, **options: Any) -> Any:
        commands.append(["script", *_program_of(words), text])
        return function(text, *words, **options)

    return recorded


if __name__ == "__main__":
    main()
