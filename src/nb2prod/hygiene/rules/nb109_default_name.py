"""NB109: a file's name that nobody chose, or that not every system can have.

Sources: the names that JupyterLab (`Untitled1`, `x-Copy1`), Colab (`Untitled0.ipynb`, `Copy of x`,
with underscores where it is downloaded), VS Code (`Untitled-1`), Kaggle (`notebook` and ten
hexadecimal digits, `__notebook__`) and Databricks (`New Notebook` with the time) give, and those of
copies by Windows, macOS and browsers; the names that Windows refuses by Microsoft's documentation
"Naming Files, Paths, and Namespaces".
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding

RULE = rule("NB109")

# One of them is in every name that tools give; the patterns cost more than all the rest.
_HINTS = ("untitled", "notebook", "copy", ")")
_REFUSED = frozenset('<>:"|?*\\')
_DEVICES = frozenset(
    "con prn aux nul".split() + [f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)]
)


def check(context: Context) -> Iterator[Finding]:
    """The notebook as a whole, when its file's name says nothing or does not travel.
    Standard input without a name is called `-` and has no file.
    """
    if context.path == "-":
        return
    stem = context.path.replace(os.sep, "/").rpartition("/")[2].removesuffix(".ipynb")
    reason = _untravelled(stem) or _unchosen(stem)
    if reason:
        yield context.found(RULE, None, reason, part="metadata")


def _untravelled(stem: str) -> str | None:
    refused = sorted(_REFUSED.intersection(stem))
    if refused:
        signs = " ".join(refused)
        return f"the file's name holds {signs}, which Windows refuses; rename it"
    if not stem.isprintable():
        return "the file's name holds characters that cannot be seen; rename it"
    if stem.lower() in _DEVICES:
        return f"`{stem}` is the name of a device of Windows, which refuses the file; rename it"
    if stem.startswith("-"):
        return "the file's name begins like an option of a command; rename it"
    if stem != stem.strip():
        return "the file's name begins or ends with a blank, which tools lose; rename it"
    return None


def _unchosen(stem: str) -> str | None:
    lowered = stem.lower()
    if not any(hint in lowered for hint in _HINTS):
        return None
    if _given().fullmatch(stem):
        return (
            f"`{stem}` is a name that the editor gave; name the file after what the notebook does"
        )
    if _copied().fullmatch(stem):
        return (
            f"`{stem}` is named as a copy; name the file after what sets it apart, or delete it"
            " and let version control keep the old state"
        )
    return None


@cache
def _given() -> re.Pattern[str]:
    return re.compile(
        r"untitled(?:[ _-]?notebook)?(?:[ _-]?\d+)?"
        r"|notebook[0-9a-f]{10}|__notebook(?:_source)?__"
        r"|(?:new|untitled)[ _]notebook[ _]\d{4}-\d\d-\d\d[ _][\d_:-]+(?: \(\d+\))?",
        re.IGNORECASE,
    )


@cache
def _copied() -> re.Pattern[str]:
    # `deep copy` is what a notebook may be about.
    return re.compile(
        r".+-Copy\d+|[Cc]opy([ _])of\1.+|.+ - Copy(?: \(\d+\))?|.+ ?\(\d{1,2}\)"
        r"|.+(?<!deep)(?<!shallow) copy(?: \d+)?"
    )
