"""The names of a project and of its package, both from the notebook's name, and of the file that
makes a directory a project.
"""

from __future__ import annotations

import hashlib
import keyword
import re
import unicodedata
from collections.abc import Iterable

from nb2prod.data.standard_library import STANDARD_MODULES

# The file that says what a project was made from, and that nb2prod wrote it.
MANIFEST = "nb2prod.json"

_LONGEST = 60
# Soft keywords are written out because `keyword.softkwlist` grows with the Python that runs
# nb2prod.
_SOFT_KEYWORDS = frozenset({"case", "match", "type"})
# Names that lead an import astray: they mean the project's own directories, or a tool's
# configuration.
_MISLEADING = frozenset({"conftest", "setup", "src", "test", "tests"})


def project_name(notebook_name: str) -> str:
    """The project's name: `Customer Churn (v2)` becomes `customer-churn-v2`.

    Only ASCII letters, digits and single dashes, at most 60 characters; `notebook` when nothing is
    left.
    """
    # The character tables of Unicode 3.2 are the same in every Python; the current ones are not.
    plain = unicodedata.ucd_3_2_0.normalize("NFKD", notebook_name)
    letters = plain.encode("ascii", "ignore").decode("ascii").lower()
    slug = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
    if len(slug) > _LONGEST:
        # Cut names must stay apart: a series of notebooks often differs in its last words alone.
        digest = hashlib.sha256(slug.encode()).hexdigest()[:6]
        slug = f"{slug[: _LONGEST - 7].rstrip('-')}-{digest}"
    return slug or "notebook"


def package_name(project: str, taken: Iterable[str]) -> str:
    """The importable form of a project's name.

    `taken` are the modules that the notebook imports and those of its dependencies. The name is
    none of them, no keyword, no standard library module and nothing that misleads an import
    (`tests`).
    """
    base = re.sub(r"[^a-z0-9]+", "_", project.lower()).strip("_") or "notebook"
    if base[0].isdigit():
        base = f"nb_{base}"
    # Compared in lower case: `PIL` and `pil` are one directory on some file systems.
    refused = {name.lower() for name in taken} | STANDARD_MODULES | _SOFT_KEYWORDS | _MISLEADING
    refused |= {word.lower() for word in keyword.kwlist}
    name, number = base, 1
    while name in refused:
        name = f"{base}_job" if number == 1 else f"{base}_job_{number}"
        number += 1
    return name
