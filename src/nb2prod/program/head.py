"""The head of a generated module: its docstring and its imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence, Set

from nb2prod.data.standard_library import is_standard
from nb2prod.notebook.trees import tree_of
from nb2prod.program.context import Context


def module_head(
    context: Context,
    package: str,
    title: str,
    imports: Iterable[str],
    *,
    own: Iterable[str] = (),
    read: Set[str] | None = None,
    script: bool = False,
) -> list[str]:
    """The module's docstring and imports: the standard library's sorted, the others in the
    notebook's order, which can matter to them.

    `imports` are the notebook's, `own` those of other modules of the package. Of what nb2prod's
    code asks for, a module takes what it reads (None: all).
    """
    future: list[str] = []
    standard: list[str] = [
        f"import {name}" + _as(context, name)
        for name in sorted(context.needs.modules)
        if read is None or context.module_alias(name) in read
    ]
    others: list[str] = []
    imports = list(imports)
    # The last star that brings a name wins: their order stays.
    in_order = any(line.endswith("import *") for line in imports)
    for line in imports:
        root = re.split(r"[\s.,]+", line)[1]
        if root == "__future__":
            future.append(line)
        elif is_standard(root) and not in_order:
            standard.append(line)
        else:
            others.append(line)
    generated = _generated(context, package, script=script)
    if read is not None:
        generated = [line for name in generated for line in reading(name, read)]
    groups = [
        sorted(dict.fromkeys(future)),
        sorted(dict.fromkeys(standard), key=_import_order),
        list(dict.fromkeys(others)),
        _together([*generated, *own]),
    ]
    lines = [f'"""{docstring(title)}"""']
    for group in groups:
        if group:
            lines += ["", *group]
    return lines


def reading(line: str, read: Set[str]) -> list[str]:
    """The import with those of its names that are read; none when no name is."""
    (tree,) = tree_of(line).body
    assert isinstance(tree, ast.Import | ast.ImportFrom)
    kept = [
        alias
        for alias in tree.names
        if alias.name == "*" or (alias.asname or alias.name.partition(".")[0]) in read
    ]
    if not kept:
        return []
    if isinstance(tree, ast.Import):
        return [ast.unparse(ast.Import(kept))]
    return [ast.unparse(ast.ImportFrom(tree.module, kept, tree.level))]


def docstring(title: str) -> str:
    """The text between the quotes of a docstring, as one sentence."""
    text = title.replace("\\", "\\\\").replace('"""', "'''").strip()
    text = text if not text.endswith('"') else text + " "
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _as(context: Context, name: str) -> str:
    alias = context.module_alias(name)
    return f" as {alias}" if alias != name else ""


def _import_order(line: str) -> tuple[int, str]:
    return (0 if line.startswith("import ") else 1, line.lower())


def _together(lines: Iterable[str]) -> list[str]:
    """Imports from the same module as one, sorted."""
    names: dict[str, list[str]] = {}
    for line in dict.fromkeys(lines):
        module, _, name = line.partition(" import ")
        names.setdefault(module, []).append(name)
    found = [
        f"{module} import {', '.join(sorted(dict.fromkeys(names), key=str.lower))}"
        for module, names in names.items()
    ]
    return sorted(found, key=str.lower)


def _generated(context: Context, package: str, *, script: bool) -> list[str]:
    """Imports of what nb2prod's code in the flow may ask for."""
    needs, configuration = context.needs, f"from {package}.config import "
    found: list[str] = []
    if script:
        if needs.configuration:
            found.append(f"{configuration}current")
    else:
        found.append(configuration + _named("Config", context.configuration_class))
    own = (
        ("secret", context.secret_function, needs.secret_function),
        ("answer", context.answer_function, bool(needs.questions)),
        ("upload", context.upload_function, needs.uploads),
    )
    found += [configuration + _named(name, local) for name, local, needed in own if needed]
    if "shell" in needs.support:
        found.append(f"from {package} import " + _named("shell", context.shell_module))
    if "capture" in needs.support:
        found.append(
            f"from {package}.capture import " + _named("captured", context.capture_function)
        )
    if "images" in needs.support:
        found.append(
            f"from {package}.images import " + _named("show_image", context.image_function)
        )
    if needs.figures:
        found.append(f"from {package} import " + _named("outputs", context.outputs_module))
    if needs.displays:
        module = "outputs" if "outputs" in needs.support else "display"
        found.append(
            f"from {package}.{module} import " + _named("display", context.display_function)
        )
    return found


def _named(name: str, local: str) -> str:
    return name if local == name else f"{name} as {local}"


def import_lines(trees: Iterable[Sequence[ast.stmt]]) -> list[str]:
    """Import statements as lines."""
    return [ast.unparse(tree) for statement in trees for tree in statement]
