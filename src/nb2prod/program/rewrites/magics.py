"""Line magics: each has a production form, goes with a reason, or needs a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from nb2prod.analysis.cell_code import INSTALL_MAGICS, SHELL_LINE_MAGICS, magic_words
from nb2prod.analysis.installs import install_of_words
from nb2prod.analysis.ipython_names import MEASURES
from nb2prod.notebook.statements import Help, LineMagic
from nb2prod.program.context import Context
from nb2prod.program.outcome import (
    Outcome,
    dropped,
    hoisted,
    left_to_person,
    needs_person,
    rewritten,
)
from nb2prod.program.rewrites import run_file
from nb2prod.program.rewrites.measured import measured
from nb2prod.program.rewrites.shell import shell_line
from nb2prod.program.text import expanded, fstring, string

# Magics that only serve the person in front of the notebook.
INTERACTIVE: Mapping[str, str] = {
    **dict.fromkeys(
        "who whos who_ls lsmagic magic quickref pinfo pinfo2 psource pfile pdef pdoc pycat page"
        " history hist recall rerun edit notebook connect_info qtconsole colors xmode pdb debug tb"
        " logstart logstop logon logoff logstate precision pprint doctest_mode config unalias alias"
        " macro pastebin save load loadpy watermark version_information dirs dhist bookmark"
        " automagic autoawait gui xdel reset_selective clear".split(),
        "serves the person at the notebook, not the result",
    ),
    "reset": "clears variables; a program starts with none",
    "matplotlib": "a job has no screen; figures are drawn without one",
    "load_ext": "loads an extension of the notebook's interface",
    "reload_ext": "loads an extension of the notebook's interface",
    "unload_ext": "unloads an extension of the notebook's interface",
    "autoreload": "reloads edited modules while a person works",
    "aimport": "reloads edited modules while a person works",
    "tensorboard": "shows a view in the notebook; the logs are written all the same",
    "tensorflow_version": "chooses between Colab's own TensorFlow versions; the pin decides here",
}
# Magics that are shell commands under another name.
_SHELL_ALIASES = frozenset("ls ll lf lk lx ldir cat cp mv rm rmdir mkdir man more less".split())

# `-n1 -r 3 -o` before the code that is measured.
_OPTIONS = re.compile(r"(?:-[a-z]+\s*\d*\s+)*")


def rewrite(statement: LineMagic, context: Context) -> Outcome:
    """What becomes of `%magic arguments` or `x = %magic arguments`."""
    magic, target = statement.magic, statement.target
    if magic in MEASURES and target:
        return needs_person(f"%{magic} measures, and what it measured is used", f"{target} = None")
    if magic in MEASURES:
        return measured(f"%{magic}", _OPTIONS.sub("", statement.arguments))
    if magic in SHELL_LINE_MAGICS:
        command, place = statement.arguments, statement.location
        return shell_line(command, target, place, context, silent=True, twice=True)
    if magic in _SHELL_ALIASES:
        command = f"{'ls -l' if magic == 'll' else magic} {statement.arguments}".strip()
        return shell_line(command, target, statement.location, context, twice=True)
    if magic in _VALUES:
        return _VALUES[magic](statement, context)
    if magic in INSTALL_MAGICS:
        return _bound(_install(statement, context), target)
    if magic in _FORMS:
        return _bound(_FORMS[magic](statement, context), target)
    if magic in INTERACTIVE and target is None:
        return dropped(INTERACTIVE[magic])
    reason = f"%{magic} is a magic that has no counterpart outside the notebook"
    return _bound(needs_person(reason), target)


def look_up(statement: Help) -> Outcome:
    """`name?`"""
    return dropped(f"looks up the documentation of {statement.subject or 'IPython'}")


def _bound(outcome: Outcome, target: str | None) -> Outcome:
    """The outcome of a magic that returns nothing, with the name bound that it was assigned to."""
    if target is None:
        return outcome
    fate = "rewritten" if outcome.fate == "dropped" else outcome.fate
    code = f"{outcome.code}\n{target} = None".lstrip()
    return replace(outcome, fate=fate, code=code)


def _install(statement: LineMagic, context: Context) -> Outcome:
    files = context.beside.at(statement.location)
    install = install_of_words(magic_words(statement), statement.location, files)
    if install is not None and install.problem:
        return left_to_person(f"%{statement.magic} {statement.arguments}: {install.problem}")
    what = install and install.requirements
    return hoisted("installed as a dependency" if what else "manages packages by hand")


def _change_directory(statement: LineMagic, context: Context) -> Outcome:
    target = statement.arguments.strip().removeprefix("-q ").removesuffix(" -q").strip()
    if target.startswith("-"):
        reason = f"%cd {target} goes to a directory that only a session's history knows"
        return needs_person(reason)
    target = target.strip("'\"").rstrip() or "~"
    path = fstring(expanded(target, context))
    if target.startswith("~"):
        path = f"{context.module('os')}.path.expanduser({path})"
    return rewritten(f"{context.module('os')}.chdir({path})", "changes the directory")


def _environment(statement: LineMagic, context: Context) -> Outcome:
    """`%env NAME=value`, `%env NAME value`, `%env NAME`, `%env`: IPython looks for a `=` first."""
    target = statement.target
    separator = "=" if "=" in statement.arguments else " "
    name, assigned, value = (part.strip() for part in statement.arguments.partition(separator))
    if value or (assigned and separator == "="):
        if not re.fullmatch(r"\S+", name):
            return _bound(needs_person(f"%env {statement.arguments} names no variable"), target)
        environ = f"{context.module('os')}.environ[{string(name)}]"
        code = f"{environ} = {fstring(expanded(value, context))}"
        return _bound(rewritten(code, "sets an environment variable"), target)
    if target is None and not context.displayed:
        return dropped("shows environment variables")
    if not name:
        shown = "dict({}.environ)"
        return (
            _value(shown, statement, context, "environment variables")
            if target
            else dropped("shows environment variables")
        )
    return _value(f"{{}}.environ[{string(name)}]", statement, context, "an environment variable")


def _working_directory(statement: LineMagic, context: Context) -> Outcome:
    return _value("{}.getcwd()", statement, context, "the working directory")


def _value(code: str, statement: LineMagic, context: Context, what: str) -> Outcome:
    """A magic that only returns a value of the module `os`."""
    if statement.target:
        value = code.format(context.module("os"))
        return rewritten(f"{statement.target} = {value}", f"reads {what}")
    if context.displayed:
        value = code.format(context.module("os"))
        return rewritten(f"{context.display()}({value})", f"shows {what}")
    return dropped(f"reads {what} for nothing")


def _time(statement: LineMagic, context: Context) -> Outcome:
    code = statement.arguments
    if not code:
        return dropped("measures time")
    if statement.target:
        code = f"{statement.target} = {code}"
    return without_timing(code)


def without_timing(code: str) -> Outcome:
    """Code that was timed, as the code that it is; IPython shows its value as any other's."""
    reason = "the code without its timing"
    return Outcome("rewritten", reason, code, from_notebook=True, displays=True)


def _store(statement: LineMagic, context: Context) -> Outcome:
    words = statement.arguments.split()
    stored = context.stored
    names = [word for word in words if word.isidentifier()]
    if "-r" in words:
        if names and stored.issuperset(names):
            return dropped("reads back variables that this notebook stored itself")
        reason = "reads variables that another notebook stored"
        return needs_person(f"%store {statement.arguments} {reason}")
    if any(word.startswith(">") for word in words):
        return needs_person(f"%store {statement.arguments} writes a variable to a file")
    if not any(word.startswith("-") for word in words):
        stored.update(names)
    return dropped("stores variables for other notebooks")


def _star_imports(statement: LineMagic, context: Context) -> Outcome:
    code = (
        "import numpy\nimport matplotlib\nfrom matplotlib import pylab, mlab, pyplot\n"
        "np = numpy\nplt = pyplot\nfrom pylab import *\nfrom numpy import *"
    )
    return rewritten(code, "the imports that %pylab stands for")


def _directory_stack(statement: LineMagic, context: Context) -> Outcome:
    line = f"%{statement.magic} {statement.arguments}".rstrip()
    return needs_person(f"{line} goes to a directory that only a session's history knows")


_FORMS: Mapping[str, Callable[[LineMagic, Context], Outcome]] = {
    "cd": _change_directory,
    "chdir": _change_directory,
    "pushd": _directory_stack,
    "popd": _directory_stack,
    "run": run_file.rewrite,
    "store": _store,
    "pylab": _star_imports,
}
# Magics whose value can be assigned, or displayed at the end of a cell.
_VALUES: Mapping[str, Callable[[LineMagic, Context], Outcome]] = {
    "env": _environment,
    "set_env": _environment,
    "time": _time,
    "prun": _time,
    "pwd": _working_directory,
}
