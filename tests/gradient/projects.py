"""The notebooks whose job specs are sent: the examples, one that is hostile, ten of the corpus."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import nb2prod
from nb2prod.errors import TargetCannotRun

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/*.ipynb"))

# What a notebook must have to be chosen, and how many with it: what a spec has lines for.
KINDS: tuple[tuple[Callable[[nb2prod.Facts], bool], int], ...] = (
    (lambda facts: bool(facts.secrets), 4),
    (lambda facts: bool(facts.data), 3),
    (lambda facts: bool(facts.parameters), 3),
)
CHOSEN = sum(count for _, count in KINDS)


def choose(notebooks: Sequence[Path]) -> list[Path]:
    """The first notebooks with each of `KINDS`, in the order of their contents' hashes.

    That order names no file and favours no author; a notebook counts once, for the first kind that
    it has and that still lacks one.
    """
    lacking = [count for _, count in KINDS]
    chosen = []
    for path in sorted(notebooks, key=lambda path: hashlib.sha256(path.read_bytes()).digest()):
        try:
            facts = nb2prod.inspect(nb2prod.read(path))
        except nb2prod.NotebookError:
            continue
        has = [i for i, (kind, _) in enumerate(KINDS) if lacking[i] and kind(facts)]
        if has and _converts(path):
            lacking[has[0]] -= 1
            chosen.append(path)
        if not any(lacking):
            return chosen
    raise AssertionError(f"the corpus lacks notebooks: {lacking} more are wanted")


def _converts(path: Path) -> bool:
    try:
        nb2prod.convert(path, path.with_suffix(""), nb2prod.Options(lock="never"), dry_run=True)
    except TargetCannotRun:
        return False
    return True


def write_hostile(path: Path) -> Path:
    """A notebook whose parameters and secrets a shell, YAML or an address would misread."""
    form = [
        """words = "two words" #@param {type:"string"}""",
        """quotes = 'it\\'s "quoted"' #@param {type:"string"}""",
        """address = "a=1&b=%41+c#d?e/ü€🎉" #@param {type:"string"}""",
        """yaml = "- : {x} *a &b !c | > %d @e `f` # g" #@param {type:"string"}""",
        """shell = "$HOME $(id) ${x} ; | \\\\ ~" #@param {type:"string"}""",
        """looks_true = "yes" #@param {type:"string"}""",
        """looks_like_a_number = "1e3" #@param {type:"string"}""",
        """looks_like_a_secret = "secret:NOT_ONE" #@param {type:"string"}""",
        """empty = "" #@param {type:"string"}""",
        """negative = -3 #@param {type:"integer"}""",
        """flag = False #@param {type:"boolean"}""",
    ]
    use = [
        "from google.colab import drive, userdata",
        "drive.mount('/content/drive')",
        "first = userdata.get('FIRST_TOKEN')",
        "second = userdata.get('_private')",
        "third = userdata.get('with-dash')",
        "print(open('/content/drive/MyDrive/in.txt').read(), words, quotes, address, yaml)",
        "print(shell, looks_true, looks_like_a_number, looks_like_a_secret, empty, negative, flag)",
    ]
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": name,
            "metadata": {},
            "outputs": [],
            "source": "\n".join(lines),
        }
        for name, lines in (("form", form), ("use", use))
    ]
    metadata = {"accelerator": "GPU", "colab": {"gpuType": "T4"}}
    document = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
