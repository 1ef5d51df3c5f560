"""The words of commands that install: which program, which options, which words besides."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nb2prod.analysis.arguments import arguments
from nb2prod.analysis.pip_options import VALUED, VALUED_SHORT
from nb2prod.analysis.shell import without_redirections

PIP = re.compile(r"pip(3(\.\d+)?)?")
_PYTHON = re.compile(r"python(3(\.\d+)?)?|\{sys\.executable\}|\$sys\.executable|\$PYTHON")
CONDAS = frozenset({"conda", "mamba", "micromamba"})
CONDA_VALUED = frozenset(
    "--channel --name --prefix --file --solver --revision --repodata-fn".split()
)


def pip_arguments(words: Sequence[str]) -> list[tuple[str, str]] | None:
    """The options of `pip install`, with their values, and its other words, which have no option;
    None for another command.
    """
    words = installer_words(words)
    if not words or not PIP.fullmatch(words[0].rpartition("/")[2]):
        return None
    return _behind_install(list(arguments(words[1:], VALUED, VALUED_SHORT)))


def conda_arguments(words: Sequence[str]) -> list[tuple[str, str]] | None:
    """The same for `conda install`."""
    words = without_redirections(words)
    if not words or words[0].rpartition("/")[2] not in CONDAS:
        return None
    return _behind_install(list(arguments(words[1:], CONDA_VALUED, "cnp")))


def _behind_install(found: list[tuple[str, str]]) -> list[tuple[str, str]] | None:
    action = next((value for option, value in found if not option), "")
    if action != "install":
        return None
    found.remove(("", action))
    return found


def installer_words(words: Sequence[str]) -> Sequence[str]:
    """`python -m pip install x` and `uv pip install x` as `pip install x`, without redirections."""
    words = without_redirections(words)
    if words and _PYTHON.fullmatch(words[0].rpartition("/")[2]) and "-m" in words:
        module = words.index("-m")
        if all(word.startswith("-") for word in words[1:module]):
            words = words[module + 1 :]
    if len(words) > 1 and words[0].rpartition("/")[2] == "uv":
        options = [index for index, word in enumerate(words) if word in {"pip", "add"}]
        if options and all(word.startswith("-") for word in words[1 : options[0]]):
            adds = words[options[0]] == "add"
            words = ("pip", "install" if adds else "", *words[options[0] + 1 :])
            words = tuple(word for word in words if word)
    return words
