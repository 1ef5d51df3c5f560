"""Secrets that a notebook asks for by name. Values pasted into cells are another matter."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from nb2prod.analysis.facts import Secret
from nb2prod.analysis.names import dotted_text, literal_text
from nb2prod.analysis.platform_api import dotted_name
from nb2prod.location import Location
from nb2prod.notebook.trees import walk

_SECRET_NAME = re.compile(
    r"(?:^|_)(?:API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|PWD|PASS|CREDENTIALS?)S?(?:_|$)"
    r"|(?:API_?KEY|PASSWORD|SECRET)$",
    re.IGNORECASE,
)
# Names that hold such a word and mean something else: where a secret lies, or how many of them.
_NOT_SECRET = re.compile(
    r"(?:PATH|FILE|DIR|URL|HOST|NAME|ID|PARALLELISM|LENGTH|LIMIT|COUNT|SIZE)$"
    r"|^(?:MAX|MIN|NUM|N|PAD|BOS|EOS|SEP|CLS|UNK|MASK|PUBLIC|PRIMARY|FOREIGN|SORT)_",
    re.IGNORECASE,
)
ENVIRONMENT_READS = frozenset({"os.environ.get", "os.getenv", "environ.get", "getenv"})


def is_secret_name(name: str) -> bool:
    """Whether an environment variable's name says that its value is a secret."""
    return bool(_SECRET_NAME.search(name)) and not _NOT_SECRET.search(name)


def find_secrets(
    tree: ast.Module, cell: int, names: dict[str, str], constants: Mapping[str, str]
) -> Iterator[Secret]:
    """Secrets read with Colab's `userdata.get`, Kaggle's `get_secret`, and from the environment.

    `constants` are the variables that hold the same text all the time: as a rule
    a form's field with a secret's name. A secret whose name is only known when the notebook runs
    has an empty one here.
    """
    kaggle = any(name.startswith("kaggle_secrets") for name in names.values())
    for node in walk(tree):
        if isinstance(node, ast.Call):
            secret = _from_call(node, cell, names, kaggle, constants)
            if secret is not None:
                yield secret
        elif (
            isinstance(node, ast.Subscript)
            and isinstance(node.ctx, ast.Load)
            and is_environ(node.value)
        ):
            name = literal_text(node.slice)
            if name and is_secret_name(name):
                yield Secret(name, _place(node, cell))


def _from_call(
    node: ast.Call,
    cell: int,
    names: dict[str, str],
    kaggle: bool,
    constants: Mapping[str, str],
) -> Secret | None:
    named = next((k.value for k in node.keywords if k.arg in ("key", "label")), None)
    argument = node.args[0] if node.args else named
    if argument is None:
        return None
    name = literal_text(argument)
    dotted = dotted_name(node.func, names) or ""
    # Kaggle's client is in a variable more often than not.
    in_variable = isinstance(node.func, ast.Attribute) and node.func.attr == "get_secret"
    if (
        dotted == "google.colab.userdata.get"
        or dotted.endswith("UserSecretsClient().get_secret")
        or (kaggle and in_variable)
    ):
        variable = argument.id if isinstance(argument, ast.Name) else ""
        return Secret(name or constants.get(variable, ""), _place(node, cell))
    if not name:
        return None
    if dotted_text(node.func) in ENVIRONMENT_READS and is_secret_name(name):
        return Secret(name, _place(node, cell), required=False)
    return None


def is_environ(node: ast.expr) -> bool:
    """Whether the expression is `os.environ`."""
    return dotted_text(node) in ("os.environ", "environ")


def _place(node: ast.expr, cell: int) -> Location:
    return Location(cell, node.lineno, node.col_offset + 1)
