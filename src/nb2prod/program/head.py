"""The head of a generated module: its docstring and its imports."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nb2prod.data.standard_library import is_standard
from nb2prod.program.context import Context


def module_head(
    context: Context, package: str, title: str, imports: Iterable[str], *, script: bool
) -> list[str]:
    """The module's docstring and imports: the standard library's sorted, the others in the
    notebook's order, which can matter to them.
    """
    future: list[str] = []
    standard: list[str] = [
        f"import {name}" + _as(context, name) for name in sorted(context.needs.modules)
    ]
    others: list[str] = []
    for line in imports:
        root = re.split(r"[\s.,]+", line)[1]
        if root == "__future__":
            future.append(line)
        elif is_standard(root):
            standard.append(line)
        else:
            others.append(line)
    own = _own_imports(context, package, script=script)
    groups = [
        sorted(dict.fromkeys(future)),
        sorted(dict.fromkeys(standard), key=_import_order),
        list(dict.fromkeys(others)),
        own,
    ]
    lines = [f'"""{_docstring(title)}"""']
    for group in groups:
        if group:
            lines += ["", *group]
    return lines


def _as(context: Context, name: str) -> str:
    alias = context.module_alias(name)
    return f" as {alias}" if alias != name else ""


def _import_order(line: str) -> tuple[int, str]:
    return (0 if line.startswith("import ") else 1, line.lower())


def _own_imports(context: Context, package: str, *, script: bool) -> list[str]:
    names: list[str] = []
    if script:
        if context.needs.configuration:
            names.append("current")
    else:
        names.append(
            "Config"
            if context.configuration_class == "Config"
            else f"Config as {context.configuration_class}"
        )
    if context.needs.secret_function:
        names.append(
            "secret"
            if context.secret_function == "secret"
            else f"secret as {context.secret_function}"
        )
    own = (
        ("answer", context.answer_function, bool(context.needs.questions)),
        ("upload", context.upload_function, context.needs.uploads),
    )
    for name, local, needed in own:
        if needed:
            names.append(name if local == name else f"{name} as {local}")
    lines: list[str] = []
    if "shell" in context.needs.support:
        lines.append(
            f"from {package} import shell"
            + (f" as {context.shell_module}" if context.shell_module != "shell" else "")
        )
    if "capture" in context.needs.support:
        function = context.capture_function
        alias = f" as {function}" if function != "captured" else ""
        lines.append(f"from {package}.capture import captured{alias}")
    if "images" in context.needs.support:
        function = context.image_function
        alias = f" as {function}" if function != "show_image" else ""
        lines.append(f"from {package}.images import show_image{alias}")
    if context.needs.figures:
        alias = f" as {context.outputs_module}" if context.outputs_module != "outputs" else ""
        lines.append(f"from {package} import outputs{alias}")
    if names:
        lines.append(f"from {package}.config import {', '.join(names)}")
    if context.needs.displays:
        module = "outputs" if "outputs" in context.needs.support else "display"
        alias = f" as {context.display_function}" if context.display_function != "display" else ""
        lines.append(f"from {package}.{module} import display{alias}")
    return lines


def _docstring(title: str) -> str:
    text = title.replace("\\", "\\\\").replace('"""', "'''").strip()
    text = text if not text.endswith('"') else text + " "
    return text if text.endswith((".", "!", "?")) else f"{text}."
