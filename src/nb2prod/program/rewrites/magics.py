"""Line magics: each has a production form, goes with a reason, or needs a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from nb2prod.analysis.gather import INSTALL_MAGICS, SHELL_LINE_MAGICS, magic_words
from nb2prod.analysis.installs import install_of_words
from nb2prod.notebook.statements import Help, LineMagic
from nb2prod.program.context import Context
from nb2prod.program.outcome import Outcome, dropped, hoisted, left_to_person, needs_person, rewritten
from nb2prod.program.rewrites.shell import shell_line
from nb2prod.program.text import expanded, fstring

# Magics that only serve the person in front of the notebook.
INTERACTIVE: Mapping[str, str] = {
    **dict.fromkeys(
        "who whos who_ls lsmagic magic quickref pinfo pinfo2 psource pfile pdef pdoc pycat page history hist recall"
        " rerun edit notebook connect_info qtconsole colors xmode pdb debug tb logstart logstop logon logoff"
        " logstate precision pprint doctest_mode config unalias alias macro pastebin save load loadpy"
        " watermark version_information pushd popd dirs bookmark automagic autoawait gui xdel reset_selective".split(),
        "serves the person at the notebook, not the result",
    ),
    "matplotlib": "a job has no screen; figures are drawn without one",
    "load_ext": "loads an extension of the notebook's interface",
    "reload_ext": "loads an extension of the notebook's interface",
    "unload_ext": "unloads an extension of the notebook's interface",
    "autoreload": "reloads edited modules while a person works",
    "aimport": "reloads edited modules while a person works",
    "tensorboard": "shows a view in the notebook; the logs are written all the same",
    "tensorflow_version": "chooses between Colab's own TensorFlow versions; the pin decides here",
    "timeit": "measures time and binds nothing",
    "memit": "measures memory and binds nothing",
    "lprun": "profiles and binds nothing",
    "mprun": "profiles and binds nothing",
}
# Magics that are shell commands under another name.
_SHELL_ALIASES = frozenset("ls ll lf lk lx ldir cat cp mv rm rmdir mkdir man more less".split())


def rewrite(statement: LineMagic, context: Context) -> Outcome:
    """What becomes of `%magic arguments` or `x = %magic arguments`."""
    magic = statement.magic
    if magic in INSTALL_MAGICS:
        return _install(statement)
    if magic in SHELL_LINE_MAGICS:
        return shell_line(statement.arguments, statement.target, statement.location, context)
    if magic in _SHELL_ALIASES:
        command = f"{'ls -l' if magic == 'll' else magic} {statement.arguments}".strip()
        return shell_line(command, statement.target, statement.location, context)
    if magic in _FORMS:
        return _FORMS[magic](statement, context)
    if magic in INTERACTIVE and statement.target is None:
        return dropped(INTERACTIVE[magic])
    code = f"{statement.target} = None" if statement.target else ""
    return needs_person(f"%{magic} is a magic that has no counterpart outside the notebook", code)


def look_up(statement: Help, context: Context) -> Outcome:
    """`name?`"""
    return dropped(f"looks up the documentation of {statement.subject or 'IPython'}")


def _install(statement: LineMagic) -> Outcome:
    install = install_of_words(magic_words(statement), statement.location)
    if install is not None and install.problem:
        return left_to_person(f"%{statement.magic} {statement.arguments}: {install.problem}")
    return hoisted("installed as a dependency" if install and install.requirements else "manages packages by hand")


def _change_directory(statement: LineMagic, context: Context) -> Outcome:
    target = re.sub(r"^(-q|-b)\s+|\s+-q$", "", statement.arguments.strip())
    if target.startswith("-"):
        return needs_person(f"%cd {target} goes to a directory that only a session's history knows")
    target = target.strip("'\"").rstrip()
    chdir = f"{context.module('os')}.chdir"
    if not target or target.startswith("~"):
        path = fstring(expanded(target or "~", context))
        return rewritten(f"{chdir}({context.module('os')}.path.expanduser({path}))", "changes the directory")
    return rewritten(f"{chdir}({fstring(expanded(target, context))})", "changes the directory")


def _environment(statement: LineMagic, context: Context) -> Outcome:
    match = re.match(r"\s*([A-Za-z_]\w*)\s*(?:=|\s)\s*(.*)", statement.arguments, re.DOTALL)
    environ = f"{context.module('os')}.environ" if match or statement.target else ""
    if match and match[2]:
        value = fstring(expanded(match[2].strip(), context))
        return rewritten(f'{environ}["{match[1]}"] = {value}', "sets an environment variable")
    name = statement.arguments.strip()
    if statement.target and re.fullmatch(r"\w+", name):
        return rewritten(f'{statement.target} = {environ}["{name}"]', "reads an environment variable")
    return dropped("shows environment variables")


def _time(statement: LineMagic, context: Context) -> Outcome:
    code = statement.arguments
    if code.startswith("!"):
        return shell_line(code.lstrip("!"), statement.target, statement.location, context)
    if not code:
        return dropped("measures time")
    if statement.target:
        code = f"{statement.target} = {code}"
    return Outcome("rewritten", "the statement without its timing", code, from_notebook=True)


def _run(statement: LineMagic, context: Context) -> Outcome:
    return needs_person(f"%run {statement.arguments} runs a file that is not part of the notebook")


def _store(statement: LineMagic, context: Context) -> Outcome:
    if re.search(r"(^|\s)-r\b", statement.arguments):
        return needs_person(f"%store {statement.arguments} reads variables that another notebook stored")
    return dropped("stores variables for other notebooks")


def _working_directory(statement: LineMagic, context: Context) -> Outcome:
    current = f"{context.module('os')}.getcwd()"
    if statement.target:
        return rewritten(f"{statement.target} = {current}", "reads the working directory")
    return rewritten(f"{context.display()}({current})", "shows the working directory")


def _star_imports(statement: LineMagic, context: Context) -> Outcome:
    code = (
        "import numpy\nimport matplotlib\nfrom matplotlib import pylab, mlab, pyplot\n"
        "np = numpy\nplt = pyplot\nfrom pylab import *\nfrom numpy import *"
    )
    return rewritten(code, "the imports that %pylab stands for")


_FORMS: Mapping[str, Callable[[LineMagic, Context], Outcome]] = {
    "cd": _change_directory,
    "chdir": _change_directory,
    "env": _environment,
    "set_env": _environment,
    "time": _time,
    "prun": _time,
    "run": _run,
    "store": _store,
    "pwd": _working_directory,
    "pylab": _star_imports,
}
