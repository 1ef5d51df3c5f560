"""Installs that Python code starts: `os.system("pip install x")`, `subprocess.run([…])`."""

from __future__ import annotations

import ast

from nb2prod.analysis.installs import install_of_words
from nb2prod.analysis.python_calls import PythonCommand, python_commands
from nb2prod.location import Location
from nb2prod.program.context import Context
from nb2prod.program.outcome import Outcome, hoisted, left_to_person, rewritten
from nb2prod.program.rewrites.shell import problem_of, where
from nb2prod.program.rewrites.without_installs import without_installs
from nb2prod.program.text import string


def outcome_of(statement: ast.stmt, place: Location, context: Context) -> Outcome | None:
    """What becomes of a statement that is a call and nothing else, when it installs something.

    None for every other statement: one whose value is used, or whose command is only known when
    the notebook runs. Of a line with more in it than installs, the rest is called.
    """
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return None
    call = statement.value
    command = next(
        (found for found in python_commands(ast.Module([statement], [])) if found.node is call),
        None,
    )
    if command is None:
        return None
    if command.line is None:
        return _of_words(command, place, context)
    rest, installs, _ = without_installs(command.line, place, context.beside.at(place))
    if not installs:
        return None
    code = ""
    if rest:
        if not isinstance(call.args[0], ast.Constant):
            return None  # its parts are expressions, which stand in it in another form
        call.args[0] = ast.parse(string(rest), mode="eval").body
        code = ast.unparse(statement)
    problem = problem_of(installs, place, context)
    if problem:
        return left_to_person(f"{command.line.strip()}: {problem}", code)
    return rewritten(code, "a call without its installs") if code else hoisted(where(installs))


def _of_words(command: PythonCommand, place: Location, context: Context) -> Outcome | None:
    install = install_of_words(command.words, place, context.beside.at(place))
    if install is None:
        return None
    problem = problem_of([install], place, context)
    if problem:
        return left_to_person(f"{' '.join(command.words)}: {problem}")
    return hoisted(where([install]))
