"""`%run script.py`: a file that runs by itself and leaves its variables to the notebook.

A program's variables are those of a function, which no file can add to. So what the notebook gets
is bound by name: all names of a file that a cell above has written or that lies beside the
notebook, and of any other file those that the notebook reads and binds nowhere itself.

A file beside the notebook is run where the project has its copy: beside the package.
"""

from __future__ import annotations

import ast
import posixpath
import shlex
from collections.abc import Iterable, Sequence

from nb2prod.analysis.facts import FileBeside
from nb2prod.notebook.scope import imports_everything, names_in_scope
from nb2prod.notebook.statements import LineMagic
from nb2prod.notebook.syntax import parse_text
from nb2prod.program.context import Context
from nb2prod.program.outcome import Outcome, left_to_person, needs_person, rewritten
from nb2prod.program.text import Expression, expanded, fstring, string

# Options that only measure or watch the run; those with a value of their own.
_MEASURES = frozenset({"-t", "-p", "-e", "-G", "-d"})
_VALUED = frozenset({"-N", "-D", "-l", "-s", "-T", "-b"})
# What a notebook reads without binding it, and what the package provides in its place.
_PROVIDED = frozenset({"display", "get_ipython", "exit", "quit"})


def rewrite(statement: LineMagic, context: Context) -> Outcome:
    """What becomes of `%run options file arguments`."""
    header = f"%run {statement.arguments}".rstrip()
    options, words = _parts(statement.arguments)
    if not words or not options <= _MEASURES | {"-i"}:
        return needs_person(f"{header} runs another file among the notebook's own variables")
    if words[0].endswith((".ipynb", ".ipy")):
        return needs_person(f"{header} runs another notebook among this one's variables")
    name = words[0] if words[0].endswith(".py") else f"{words[0]}.py"
    path = posixpath.normpath(name)
    text = context.files.get(path)
    beside = None if text is not None else _beside(path, statement, context)
    arguments = _written([name, *words[1:]], statement.arguments, context)
    if beside is not None:
        text = context.beside.files.get(path)
        if beside.copied:
            arguments[0] = f"{context.shell('copied')}({string(path)})"
    if "-i" in options:
        arguments.append("names={**globals(), **locals()}")
    call = f"{context.shell('run_file')}({', '.join(arguments)})"
    tree = parse_text(text)
    if tree is None or imports_everything(tree.body):
        names = _wanted(context)
        certain: list[str] = []
        reason = f"{header} runs a file that is not part of the notebook; check what it binds"
        if beside is not None:
            reason = f"{header} runs a file that imports all of another; check what it binds"
    else:
        certain, names = _bound(tree, context)
        reason = "runs a file; the names that it binds are bound here"
    code = _binding(call, certain, names, context)
    if beside is not None and not beside.copied:
        return left_to_person(beside.attention or reason, code)
    if tree is None and names:
        return left_to_person(reason, code)
    return rewritten(code, reason if tree else "runs a file, of which no name is used")


def _beside(path: str, statement: LineMagic, context: Context) -> FileBeside | None:
    """The file beside the notebook that the line runs."""
    found_there = path in context.beside.at(statement.location)
    if not found_there and not context.beside.refuses(path, statement.location):
        return None
    of_file = (found for found in context.facts.beside if found.path == path)
    return next((found for found in of_file if found.use == "module"), None)


def _parts(arguments: str) -> tuple[set[str], list[str]]:
    """The options before the file's name, and the words from there on."""
    try:
        words = shlex.split(arguments)
    except ValueError:  # an unclosed quote
        words = arguments.split()
    options: set[str] = set()
    while words and words[0].startswith("-") and words[0] != "-":
        options.add(words[0][:2])
        words = words[2 if words[0] in _VALUED else 1 :]
    return options - _VALUED, words


def _written(words: Sequence[str], arguments: str, context: Context) -> list[str]:
    """The words as Python expressions, names expanded where IPython expands them in the line."""
    expands = any(isinstance(piece, Expression) for piece in expanded(arguments, context))
    return [fstring(expanded(word, context)) if expands else string(word) for word in words]


def _bound(tree: ast.Module, context: Context) -> tuple[list[str], list[str]]:
    """The names that a file binds for certain, and those that it may bind."""
    certain: dict[str, None] = {}
    uncertain: dict[str, None] = {}
    deletes = any(isinstance(node, ast.Delete) for node in ast.walk(tree))
    for statement in tree.body:
        simple = isinstance(
            statement,
            ast.Assign | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
        )
        imports = isinstance(statement, ast.Import | ast.ImportFrom)
        for name in sorted(names_in_scope([statement])):
            if imports and name not in context.used_names:
                continue
            (certain if (simple or imports) and not deletes else uncertain)[name] = None
    return list(certain), [name for name in uncertain if name not in certain]


def _wanted(context: Context) -> list[str]:
    """The names that the notebook reads and that nothing in it binds."""
    names = context.used_names - context.facts.bound_names - _PROVIDED
    return sorted(name for name in names if not context.is_known(name) and name[0] != "_")


def _binding(call: str, certain: Sequence[str], names: Iterable[str], context: Context) -> str:
    names = list(names)
    if len(certain) == 1 and not names:
        return f'{certain[0]} = {call}["{certain[0]}"]'
    if not certain and not names:
        return call
    found = context.file_variable
    lines = [f"{found} = {call}"]
    lines += [f'{name} = {found}["{name}"]' for name in certain]
    lines += [f'if "{name}" in {found}:\n    {name} = {found}["{name}"]' for name in names]
    return "\n".join(lines)
