"""The modules that a notebook makes or fetches itself: none of them is on an index."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from nb2prod.analysis.arguments import arguments
from nb2prod.analysis.names import dotted_text, literal_text
from nb2prod.analysis.python_calls import python_commands
from nb2prod.analysis.shell import every_command, without_redirections
from nb2prod.notebook.statements import FILE_MAGICS, CellMagic, LineMagic, ParsedCell, Shell
from nb2prod.notebook.trees import shared_tree, walk

_SHELL_CELLS = frozenset({"bash", "sh", "shell", "!", "script", "system", "sx"})
_FETCHING = frozenset({"wget", "curl", "gdown", "aria2c", "cp", "mv", "ln", "gsutil"})
_CLONE_VALUED = frozenset(
    "--branch --config --depth --filter --jobs --origin --reference --separate-git-dir"
    " --server-option --shallow-exclude --shallow-since --template --upload-pack".split()
)
_FILE = re.compile(r"(?:.*[\\/])?([^\W\d]\w*)\.py")
_WRITING = re.compile("[wax+]")


def local_modules(cells: Iterable[ParsedCell]) -> frozenset[str]:
    """Modules by their first name: files that cells write (`%%writefile`, `open`) or fetch, and
    repositories that they clone.
    """
    names: set[str] = set()
    for parsed in cells:
        for statement in parsed.own:
            if isinstance(statement, CellMagic):
                if statement.magic in FILE_MAGICS:
                    for word in statement.arguments.split():
                        names.update(_module_of_file(word.strip("'\"")))
                elif statement.magic in _SHELL_CELLS:
                    names.update(_of_script(statement.body.replace("\\\n", " ")))
            elif isinstance(statement, Shell):
                names.update(_of_script(statement.command))
            elif isinstance(statement, LineMagic) and statement.magic in _SHELL_CELLS:
                names.update(_of_script(statement.arguments))
        tree = shared_tree(parsed.python)
        for command in python_commands(tree):
            names.update(_of_script(command.line or " ".join(command.words)))
        for node in walk(tree):
            if isinstance(node, ast.Call):
                names.update(_of_call(node))
    return frozenset(names)


def _of_script(script: str) -> Iterator[str]:
    for command in every_command(script):
        words = without_redirections(command.words)
        if command.program == "git" and "clone" in words:
            yield from _of_clone(words[words.index("clone") + 1 :])
        elif command.program in _FETCHING:
            for word in words[1:]:
                yield from _module_of_file(word.partition("?")[0], directory=False)


def _of_clone(words: tuple[str, ...]) -> Iterator[str]:
    positional = [value for option, value in arguments(words, _CLONE_VALUED, "bcjou") if not option]
    for word in positional[:2]:  # the address, and the directory where one is named
        name = word.rstrip("/").rpartition("/")[2].removesuffix(".git")
        yield name
        yield name.replace("-", "_")


def _of_call(node: ast.Call) -> Iterator[str]:
    """A file that `open(…, "w")` or `urlretrieve(url, …)` makes."""
    name = dotted_text(node.func)
    given = {keyword.arg: (literal_text(keyword.value) or "") for keyword in node.keywords}
    first, second = [*((literal_text(argument) or "") for argument in node.args[:2]), "", ""][:2]
    if name == "open" and _WRITING.search(second or given.get("mode", "")):
        yield from _module_of_file(first, directory=False)
    elif name.rpartition(".")[2] == "urlretrieve":
        yield from _module_of_file(second or given.get("filename", ""), directory=False)


def _module_of_file(name: str, *, directory: bool = True) -> Iterator[str]:
    """The module of a Python file, and the package that its first directory may be."""
    match = _FILE.fullmatch(name)
    if match is None:
        return
    yield match[1]
    first = name.removeprefix("./").partition("/")[0]
    if directory and first.isidentifier():
        yield first
