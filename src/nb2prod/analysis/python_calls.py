"""Shell commands that Python code starts: `os.system("…")`, `subprocess.run([…])`, and the calls
of `get_ipython()` that the notebook's own lines stand for.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from nb2prod.analysis.names import dotted_text
from nb2prod.notebook.trees import walk

_SYSTEM = frozenset({"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"})
_SUBPROCESS = frozenset(
    f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen")
)
_IPYTHON = frozenset({"system", "system_raw", "system_piped", "getoutput"})
_SHELL_MAGICS = frozenset({"bash", "sh", "shell", "system", "sx", "!"})
_INSTALLERS = frozenset({"pip", "conda", "mamba", "uv"})


class PythonCommand(NamedTuple):
    """A command that a call starts: a line for the shell, or words that are already apart."""

    node: ast.Call
    line: str | None
    words: tuple[str, ...] = ()


def python_commands(tree: ast.Module) -> Iterator[PythonCommand]:
    """The commands that the code starts, as far as they are written out.

    What is only known when the notebook runs stands in braces, as in a shell line: `{package}`.
    """
    for node in walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node)


def _of_call(node: ast.Call) -> Iterator[PythonCommand]:
    name = dotted_text(node.func)
    first = node.args[0] if node.args else None
    if first is None:
        return
    if name in _SYSTEM or (name in _SUBPROCESS and not isinstance(first, ast.List | ast.Tuple)):
        line = _text(first)
        if line is not None:
            yield PythonCommand(node, line)
    elif name in _SUBPROCESS and isinstance(first, ast.List | ast.Tuple):
        yield PythonCommand(node, None, tuple(_word(element) for element in first.elts))
    elif isinstance(node.func, ast.Attribute) and _is_ipython(node.func.value):
        yield from _of_ipython(node, node.func.attr)


def _of_ipython(node: ast.Call, method: str) -> Iterator[PythonCommand]:
    texts = [_text(argument) for argument in node.args]
    if any(text is None for text in texts):
        return
    known = [text or "" for text in texts]
    if method in _IPYTHON:
        yield PythonCommand(node, known[0])
    elif method in ("magic", "line_magic", "run_line_magic"):
        line = " ".join(known).lstrip("%").strip()
        magic, _, rest = line.partition(" ")
        if magic in _INSTALLERS:
            yield PythonCommand(node, line)
        elif magic in _SHELL_MAGICS:
            yield PythonCommand(node, rest)
    elif method == "run_cell_magic" and len(known) == 3 and known[0] in _SHELL_MAGICS:
        yield PythonCommand(node, known[2])


def _is_ipython(node: ast.expr) -> bool:
    """Whether the expression is `get_ipython()`, by whatever module it is called."""
    return isinstance(node, ast.Call) and dotted_text(node.func).split(".")[-1] == "get_ipython"


def _word(node: ast.expr) -> str:
    text = _text(node)
    if text is not None:
        return text
    name = dotted_text(node)
    return "python" if name == "sys.executable" else f"{{{name or '…'}}}"


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    parts: list[str] = []
    for value in node.values:
        if isinstance(value, ast.FormattedValue):
            name = dotted_text(value.value)
            parts.append("python" if name == "sys.executable" else f"{{{name or '…'}}}")
        else:
            parts.append(_text(value) or "")
    return "".join(parts)
