"""NB103: a notebook that does not tell its kernel or its language.

Source: papermill 2.7 (`nb_kernel_name`, `nb_language`, `parameterize_notebook`). It takes the
kernel from `kernelspec.name`, the language from `language_info.name` or else from
`kernelspec.language`; without a kernel it stops, without a language it stops where parameters are
given. Colab has written notebooks with a `kernelspec` of two keys and without `language_info`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding, Fix, SetValue
from nb2prod.notebook.language import is_python_2

RULE = rule("NB103")

_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_LANGUAGE = {"name": "python"}


def check(context: Context) -> Iterator[Finding]:
    """The notebook as a whole, when it has code and lacks one of them. Formats before 4 know
    neither.
    """
    if int(context.nbformat.partition(".")[0]) < 4:
        return
    kernel, language = context.metadata.get("kernelspec"), context.metadata.get("language_info")
    has_kernel = _text(kernel, "name")
    has_language = _text(language, "name") or _text(kernel, "language")
    if has_kernel and has_language:
        return
    if not any(cell.kind == "code" and cell.source.strip() for cell in context.cells):
        return
    if has_kernel:
        said = (
            "the metadata do not tell the language (`language_info`), without which papermill"
            " passes no parameters; open the notebook with its kernel in Jupyter and save it"
        )
        fix = Fix("add `language_info`", (_set(context, "language_info", _LANGUAGE),))
    else:
        said = (
            "the metadata name no kernel (`kernelspec`), without which papermill does not run the"
            " notebook; choose one in Jupyter and save it"
        )
        kept = kernel if isinstance(kernel, Mapping) else {}
        named = {**_KERNEL, **kept, "name": _KERNEL["name"]}
        fix = Fix("name the kernel `python3`", (_set(context, "kernelspec", named),))
    can_fix = context.is_python and not is_python_2(context.metadata)
    yield context.found(RULE, None, said, part="metadata", fix=fix if can_fix else None)


def _text(found: object, key: str) -> bool:
    value = found.get(key) if isinstance(found, Mapping) else None
    return isinstance(value, str) and bool(value.strip())


def _set(context: Context, key: str, value: Mapping[str, object]) -> SetValue:
    """The value below the metadata, or with metadata around it where there are none."""
    if isinstance(context.document.get("metadata"), dict):
        return SetValue(("metadata", key), dict(value))
    return SetValue(("metadata",), {key: dict(value)})
