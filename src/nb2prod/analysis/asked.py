"""What a notebook asks the person at the keyboard for: passwords, logins, input.

A job has no keyboard. What `getpass` asks for is a secret of the environment; libraries whose login
asks for a token look for it there by themselves (their documentation), so that it only has to be
there. What `input` asks for once, and files to upload, are options of the program. Everything else
that asks cannot be answered.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from nb2prod.analysis.facts import Asked, Secret
from nb2prod.analysis.names import bound_names, dotted_text, literal_text
from nb2prod.analysis.secrets import ENVIRONMENT_READS, is_environ, is_secret_name
from nb2prod.location import Location
from nb2prod.notebook.scope import parts_of
from nb2prod.notebook.trees import walk

# A login without a token → the variable in which the library looks for one.
_LOGINS = {
    "huggingface_hub.notebook_login": "HF_TOKEN",
    "huggingface_hub.interpreter_login": "HF_TOKEN",
    "huggingface_hub.login": "HF_TOKEN",
    "wandb.login": "WANDB_API_KEY",
}
# What waits for a person to use a widget: functions of ipywidgets, and its widgets' methods.
_WIDGETS = frozenset(
    f"ipywidgets.{name}"
    for name in ("interact", "interactive", "interact_manual", "interactive_output")
)
_CALLBACKS = frozenset({"on_click", "observe", "on_submit"})
_COMMANDS = {
    ("huggingface-cli", "login"): "HF_TOKEN",
    ("hf", "auth", "login"): "HF_TOKEN",
    ("wandb", "login"): "WANDB_API_KEY",
}
# Words of a prompt that are no part of what it asks for.
_FILLER = frozenset(
    "enter please type paste input insert provide give your the a an here and press return for of"
    " in to is what value".split()
)


def find_asked(
    trees: Iterable[tuple[int, ast.Module]],
) -> Iterator[Asked | Secret]:
    """The calls that ask, in the cells' trees with the cells' numbers, and the secrets' names."""
    trees = tuple(trees)
    meanings = _meanings(tree for _, tree in trees)
    has_widgets = any(name.partition(".")[0] == "ipywidgets" for name in meanings.values())
    asking_functions: dict[str, tuple[int, str]] = {}
    for cell, tree in trees:
        around = _Around(tree)
        for node in walk(tree):
            if not isinstance(node, ast.Call):
                continue
            place = Location(cell, node.lineno, node.col_offset + 1)
            meaning = _meaning(node.func, meanings)
            if meaning in _LOGINS and _has_no_token(node):
                name = _LOGINS[meaning]
                yield Asked(place, "login", f'"{name}"')
                yield Secret(name, place)
            elif meaning == "getpass.getpass":
                receiver = around.receivers.get(id(node))
                key = _environment_key(receiver)
                if isinstance(key, ast.Name) and (key.id, id(node)) in around.parameters:
                    function, position = around.parameters[key.id, id(node)]
                    asking_functions[function] = (position, key.id)
                    yield Asked(place, "secret", key.id)
                    continue
                if key is not None and not isinstance(key, ast.Constant):
                    yield Asked(place, "secret", ast.unparse(key))
                    continue
                instead = dict(_instead_of_variables(tree)).get(id(node))
                name = instead or _name(node, receiver, key)
                yield Asked(place, "secret", f'"{name}"')
                yield Secret(name, place)
            elif meaning in _WIDGETS or (has_widgets and _is_callback(node.func)):
                yield Asked(place, "widget", None)
            elif meaning == "google.colab.auth.authenticate_user":
                yield Asked(place, "credentials", None)
            elif meaning == "builtins.input":
                once = id(node) not in around.repeated
                name = _name(node, around.receivers.get(id(node)), None, otherwise="ANSWER").lower()
                yield Asked(place, "input", None, name if once else None, _prompt(node))
            elif meaning == "google.colab.files.upload":
                yield Asked(place, "upload", None, "upload")
    yield from _names_given(trees, asking_functions)


def login_of_command(words: Iterable[str]) -> str | None:
    """The variable that answers a command that would ask for a token; None for any other."""
    words = tuple(words)
    for command, name in _COMMANDS.items():
        if words[: len(command)] == command and all(
            word.startswith("--add") or word == "--relogin" for word in words[len(command) :]
        ):
            return name
    return None


class _Around:
    """What is around the calls of a tree; most trees have none that asks."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree

    @cached_property
    def receivers(self) -> dict[int, ast.expr]:
        """What the values of calls, by their ids, are assigned to."""
        return dict(_receivers(self._tree))

    @cached_property
    def repeated(self) -> set[int]:
        """The ids of calls that may be made several times."""
        return _repeated(self._tree)

    @cached_property
    def parameters(self) -> dict[tuple[str, int], tuple[str, int]]:
        """The functions and positions of parameters, by their names and calls in the functions."""
        return dict(_parameters(self._tree))


def _meanings(trees: Iterable[ast.Module]) -> dict[str, str]:
    """Local name → dotted name for what asks, as far as the notebook imports it."""
    names = {"input": "builtins.input"}
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    names[alias.asname or alias.name] = alias.name
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        # A notebook's own `input` asks nobody.
        for name in bound_names(tree):
            if name == "input":
                names.pop(name, None)
    return names


def _meaning(node: ast.expr, names: dict[str, str]) -> str:
    written = dotted_text(node)
    root, dot, rest = written.partition(".")
    return f"{names.get(root, '')}{dot}{rest}"


def _is_callback(called: ast.expr) -> bool:
    return isinstance(called, ast.Attribute) and called.attr in _CALLBACKS


def _has_no_token(node: ast.Call) -> bool:
    return not node.args and not any(
        keyword.arg in (None, "token", "key", "api_key", "anonymous") for keyword in node.keywords
    )


def _instead_of_variables(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The ids of calls that are made where a variable of the environment has no value, with its
    name: `os.getenv("KEY") or getpass()`, `os.getenv("KEY", getpass())`.
    """
    for node in walk(tree):
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            read, other = node.values[0], node.values[-1]
        elif isinstance(node, ast.Call) and len(node.args) == 2:
            read, other = node, node.args[1]
        else:
            continue
        if isinstance(read, ast.Call) and dotted_text(read.func) in ENVIRONMENT_READS and read.args:
            name = literal_text(read.args[0])
            if name is not None:
                yield id(other), name


def _receivers(tree: ast.Module) -> Iterator[tuple[int, ast.expr]]:
    """The id of each call in the value of an assignment, with what is assigned to."""
    for node in walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            for part in ast.walk(node.value):
                if isinstance(part, ast.Call):
                    yield id(part), target


def _parameters(tree: ast.Module) -> Iterator[tuple[tuple[str, int], tuple[str, int]]]:
    """For each parameter of a function and each call (by id) in it: the function's name and the
    parameter's position.
    """
    for function in walk(tree):
        if isinstance(function, ast.FunctionDef):
            for position, argument in enumerate(function.args.args):
                for part in ast.walk(function):
                    if isinstance(part, ast.Call):
                        yield (argument.arg, id(part)), (function.name, position)


def _environment_key(receiver: ast.expr | None) -> ast.expr | None:
    """`KEY` of `os.environ[KEY] = …`."""
    if isinstance(receiver, ast.Subscript) and is_environ(receiver.value):
        return receiver.slice
    return None


_Again = (
    ast.For | ast.AsyncFor | ast.While | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    | ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
)  # fmt: skip


def _repeated(tree: ast.Module) -> set[int]:
    """The ids of what may run several times, and then ask for something else each time."""
    found: set[int] = set()
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    while waiting:
        node, again = waiting.pop()
        again = again or isinstance(node, _Again)
        if again and isinstance(node, ast.Call):
            found.add(id(node))
        waiting += [(part, again) for part in parts_of(node)]
    return found


def _name(
    call: ast.Call, receiver: ast.expr | None, key: ast.expr | None, otherwise: str = "PASSWORD"
) -> str:
    """The best name for what a call asks for: the variable's of the environment, the variable's
    that takes it, the prompt's.
    """
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return key.value
    written = dotted_text(receiver) if receiver is not None else ""
    variable = re.sub(r"\W+", "_", written).upper()
    prompt = call.args[0] if call.args else next((k.value for k in call.keywords), None)
    text = prompt.value if isinstance(prompt, ast.Constant) else ""
    words = re.findall(r"[A-Za-z0-9]+", text if isinstance(text, str) else "")
    asked = "_".join(word.upper() for word in words[:8] if word.lower() not in _FILLER)
    names = [name for name in (variable, asked) if re.fullmatch(r"[A-Z][A-Z0-9_]*", name)]
    # "OpenAI API key" says more than the `api_key` that takes it.
    telling = max(filter(is_secret_name, names), key=len, default=None)
    return telling or next(iter(names), otherwise)


def _prompt(call: ast.Call) -> str:
    """What a call asks with, where that is a text."""
    return (literal_text(call.args[0] if call.args else None) or "").strip()


def _names_given(
    trees: Iterable[tuple[int, ast.Module]], functions: dict[str, tuple[int, str]]
) -> Iterator[Secret]:
    """The names that a function which asks is called with."""
    for cell, tree in trees:
        for node in walk(tree) if functions else ():
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            position, parameter = functions.get(node.func.id, (-1, ""))
            given = [*node.args[position : position + 1]] if position >= 0 else []
            given += [keyword.value for keyword in node.keywords if keyword.arg == parameter]
            for value in given:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    place = Location(cell, node.lineno, node.col_offset + 1)
                    yield Secret(value.value, place)
