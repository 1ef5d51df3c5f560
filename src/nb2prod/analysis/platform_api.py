"""The names under which a notebook knows its platform's own modules."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from nb2prod.notebook.trees import walk

# Modules that exist on the platform alone.
PLATFORM_MODULES = (
    "google.colab",
    "kaggle_secrets",
    "kaggle_datasets",
    "kaggle_web_client",
    "kaggle_session",
)
# What `from google.colab import *` and its like bind, as far as notebooks use it.
_STAR = {
    "google.colab": ("auth", "data_table", "drive", "files", "output", "patches", "userdata"),
    "kaggle_secrets": ("UserSecretsClient",),
    "kaggle_datasets": ("KaggleDatasets",),
}


def is_platform_module(module: str) -> bool:
    """Whether the dotted name is one of the platform's modules or lies inside one."""
    return any(module == known or module.startswith(known + ".") for known in PLATFORM_MODULES)


def platform_names(trees: Iterable[ast.Module]) -> dict[str, str]:
    """Local name → dotted name for everything imported from the platform's modules, anywhere."""
    names: dict[str, str] = {}
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if is_platform_module(alias.name) and alias.asname:
                        names[alias.asname] = alias.name
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    dotted = f"{node.module}.{alias.name}"
                    if alias.name == "*":
                        known = _STAR.get(node.module, ())
                        names.update((name, f"{node.module}.{name}") for name in known)
                    elif is_platform_module(dotted):
                        names[alias.asname or alias.name] = dotted
    return names


def dotted_name(node: ast.expr, names: dict[str, str]) -> str | None:
    """The dotted platform name that an expression such as `drive.mount` means, or None.

    A call on the way is written with its parentheses: `UserSecretsClient().get_secret`.
    """
    parts: list[str] = []
    called = ""
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Call):
            called += "()"
            node = node.func
        else:
            parts.append(node.attr + called)
            called, node = "", node.value
    if not isinstance(node, ast.Name):
        return None
    whole = ".".join([names.get(node.id, node.id) + called, *reversed(parts)])
    return whole if is_platform_module(whole.replace("()", "")) else None
