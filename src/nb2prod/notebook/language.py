"""Which language a notebook is written in."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nb2prod.errors import UnsupportedLanguage

# `pyspark` is what sparkmagic's kernels call Python; the others occur in files of all ages.
_PYTHON_NAMES = re.compile(r"(?:i|x)?python ?[\d.]*|pyspark3?")

# Kernels that often come without a language in the metadata.
_KERNEL_LANGUAGES: Mapping[str, str] = {
    "ir": "R",
    "julia": "Julia",
    "octave": "Octave",
    "scala": "Scala",
    "almond": "Scala",
    "spylon": "Scala",
    "bash": "Bash",
    "gophernotes": "Go",
    "gonb": "Go",
    "javascript": "JavaScript",
    "deno": "TypeScript",
    "rust": "Rust",
    "xcpp": "C++",
    "ruby": "Ruby",
    "sas": "SAS",
    "stata": "Stata",
    "sos": "SoS",
    "swift": "Swift",
    ".net-csharp": "C#",
    ".net-fsharp": "F#",
    ".net-powershell": "PowerShell",
}


def language_of(metadata: Mapping[str, object]) -> str:
    """The notebook's language by `language_info`, the kernel's language, or the kernel's name.

    A notebook that says nothing is Python: that is what Colab and old IPython mean by silence.
    """
    info = metadata.get("language_info")
    kernel = metadata.get("kernelspec")
    info = info if isinstance(info, Mapping) else {}
    kernel = kernel if isinstance(kernel, Mapping) else {}
    for stated in (info.get("name"), kernel.get("language")):
        if isinstance(stated, str) and stated.strip():
            return _shown(stated)
    databricks = metadata.get("application/vnd.databricks.v1+notebook")
    stated = databricks.get("language") if isinstance(databricks, Mapping) else None
    if isinstance(stated, str) and stated.strip():
        return _shown(stated)
    name = kernel.get("name")
    if isinstance(name, str):
        for prefix, language in _KERNEL_LANGUAGES.items():
            if re.match(rf"{re.escape(prefix)}(?:[-_\d]|\Z)", name.lower()):
                return language
    return "python"


def is_python(metadata: Mapping[str, object]) -> bool:
    """Whether the notebook is written in Python, or says nothing of its language."""
    return _PYTHON_NAMES.fullmatch(language_of(metadata).lower()) is not None


def is_python_2(metadata: Mapping[str, object]) -> bool:
    """Whether a kernel of Python 2 ran the notebook."""
    info, kernel = metadata.get("language_info"), metadata.get("kernelspec")
    version = info.get("version") if isinstance(info, Mapping) else None
    if isinstance(version, str) and re.match(r"\d+\.", version):
        return version.startswith("2.")
    name = kernel.get("name") if isinstance(kernel, Mapping) else None
    return isinstance(name, str) and name.lower() in ("python2", "ipython2")


def _shown(name: str) -> str:
    """A name that fits into a message: one line, short, without control characters."""
    printable = "".join(letter if letter.isprintable() else " " for letter in name)
    return " ".join(printable.split())[:40] or "a language without a name"


def require_python(metadata: Mapping[str, object]) -> None:
    """Raise `UnsupportedLanguage`, naming the language, unless the notebook is Python."""
    if not is_python(metadata):
        raise UnsupportedLanguage(language_of(metadata))
