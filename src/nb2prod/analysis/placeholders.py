"""Words that stand where a key belongs: `api_key = "YOUR_API_KEY"`.

Whoever shared the notebook took the key out and left a note for the reader to put one in. A job
reads it from the environment instead.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TypeGuard

from nb2prod.analysis.facts import Asked, Secret
from nb2prod.analysis.names import dotted_text, literal_text
from nb2prod.analysis.secrets import ENVIRONMENT_READS, is_environ, is_secret_name
from nb2prod.location import Location
from nb2prod.notebook.trees import walk

_MEANS = r"(?:api|credential|here|key|password|secret|token|your)"
_WORDS = re.compile(
    rf"[<\[{{][^<>\[\]{{}}]{{0,60}}{_MEANS}[^<>\[\]{{}}]{{0,60}}[>\]}}]"
    r"|(?:sk-|hf_|ghp_|gsk_)?(?:x{3,}|\*{3,}|\.{3,}|…+)[x*.]*"
    r"|(?:[a-z]+[-_ ])?your(?:own)?[-_ ].*"
    rf"|(?:add|enter|fill|insert|paste|put|replace|set|type)[-_ ].*{_MEANS}.*"
    r"|.*[-_ ]here|change[-_ ]?me|todo|tbd|placeholder|(?:my[-_ ])?api[-_ ]?key",
    re.IGNORECASE,
)
_LONGEST = 80
# Words of a placeholder that are no part of what it stands for.
_FILLER = frozenset(
    "your own the a my please add enter fill insert paste put replace set type in with here goes"
    " this value actual real personal from to and of own".split()
)
# Names that say nothing of whose key it is.
_GENERAL = re.compile(r"(?:API_?)?(?:KEY|TOKEN|SECRET|PASSWORD)|ACCESS_TOKEN|AUTH_TOKEN", re.I)


def find_placeholders(tree: ast.Module, cell: int) -> Iterator[Asked | Secret]:
    """The placeholders in a cell's tree, each with the secret that it stands for."""
    for node in walk(tree):
        for owner, name, value in _given(node):
            if not _is_for_one(name) or not isinstance(value, ast.Constant):
                continue
            text = value.value
            if not isinstance(text, str) or not (text == name or _stands_for_one(text, node)):
                continue
            secret = _name(owner, name, text)
            place = Location(cell, value.lineno, value.col_offset + 1)
            yield Asked(place, "placeholder", f'"{secret}"')
            yield Secret(secret, place)


def _given(node: ast.AST) -> Iterator[tuple[str, str, ast.expr | None]]:
    """Who is given a value, under which name: a variable, an attribute, an environment variable, an
    argument.
    """
    if isinstance(node, ast.Assign | ast.AnnAssign):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name):
                yield "", target.id, node.value
            elif isinstance(target, ast.Attribute):
                yield dotted_text(target.value), target.attr, node.value
            elif isinstance(target, ast.Subscript) and is_environ(target.value):
                key = target.slice.value if isinstance(target.slice, ast.Constant) else None
                yield "", key if isinstance(key, str) else "", node.value
    elif isinstance(node, ast.Call):
        for keyword in node.keywords:
            yield dotted_text(node.func), keyword.arg or "", keyword.value
        if _reads_environment(node) and len(node.args) == 2:  # `os.getenv("KEY", "your-key")`
            yield "", (literal_text(node.args[0]) or ""), node.args[1]
    elif isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        first = node.values[0]  # `os.getenv("KEY") or "your-key"`
        if _reads_environment(first):
            yield "", (literal_text(first.args[0]) or ""), node.values[-1]


def _reads_environment(node: ast.expr) -> TypeGuard[ast.Call]:
    called = isinstance(node, ast.Call) and dotted_text(node.func)
    return bool(called in ENVIRONMENT_READS and isinstance(node, ast.Call) and node.args)


def _is_for_one(name: str) -> bool:
    """Whether a key is kept under the name, or the name of whose key it is."""
    return is_secret_name(name.upper()) or name.upper().endswith("_USERNAME")


def _stands_for_one(text: str, node: ast.AST) -> bool:
    if not text:  # what was there was blanked
        is_variable = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript)
        return is_variable
    return len(text) <= _LONGEST and _WORDS.fullmatch(text.strip()) is not None


def _name(owner: str, name: str, text: str) -> str:
    """The variable for the key: the one that the notebook names, with whose key it is."""
    own = re.sub(r"\W+", "_", name).upper()
    if not _GENERAL.fullmatch(own):
        return own
    words = [word for word in re.findall(r"[A-Za-z0-9]+", text) if word.lower() not in _FILLER]
    told = "_".join(words).upper()
    if re.fullmatch(r"[A-Z]\w*", told) and is_secret_name(told) and not _GENERAL.fullmatch(told):
        return told
    whose = re.sub(r"\W+", "_", owner.partition(".")[0]).upper()
    return f"{whose}_{own}" if whose and whose != "SELF" else own
