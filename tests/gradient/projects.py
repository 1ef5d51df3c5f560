"""The notebooks whose specs are sent: the examples, one that is hostile, one that serves a page,
and thirty of the corpus.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import nb2prod
from nb2prod.errors import TargetCannotRun
from nb2prod.migration import Migration
from nb2prod.project.targets import gradient, settings_of

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/*.ipynb"))

# Everything that a spec can hold, beside what the notebook gives.
OPTIONS = nb2prod.Options(
    lock="never",
    targets=("gradient",),
    timeout=7200,
    on_push="main",
    pull_secret="team-registry",  # the name of a connection, no secret
)

# What a notebook must have to be chosen, and how many with it: what a spec has lines for.
KINDS: tuple[tuple[Callable[[nb2prod.Facts], bool], int], ...] = (
    (lambda facts: bool(facts.secrets), 8),
    (lambda facts: any(found.origin == "local" for found in facts.data), 6),
    (lambda facts: bool(facts.data), 6),
    (lambda facts: bool(facts.parameters), 6),
    (lambda facts: True, 4),
)
CHOSEN = sum(count for _, count in KINDS)


def choose(notebooks: Sequence[Path], directory: Path) -> list[nb2prod.Conversion]:
    """The first notebooks with each of `KINDS`, in the order of their contents' hashes, converted
    below `directory`.

    That order names no file and favours no author; a notebook counts once, for the first kind that
    it has and that still lacks one. One whose image cannot run on Gradient is passed over.
    """
    lacking = [count for _, count in KINDS]
    chosen: list[nb2prod.Conversion] = []
    for path in sorted(notebooks, key=lambda path: hashlib.sha256(path.read_bytes()).digest()):
        try:
            facts = nb2prod.inspect(nb2prod.read(path))
        except nb2prod.NotebookError:
            continue
        has = [i for i, (kind, _) in enumerate(KINDS) if lacking[i] and kind(facts)]
        if not has:
            continue
        try:
            chosen.append(nb2prod.convert(path, directory / str(len(chosen)), OPTIONS))
        except TargetCannotRun:
            continue
        lacking[has[0]] -= 1
        if not any(lacking):
            return chosen
    raise AssertionError(f"the corpus lacks notebooks: {lacking} more are wanted")


def serving_a_page(path: Path) -> tuple[Migration, dict[str, str]]:
    """A notebook with a page of gradio's, planned, and the files for Gradient."""
    source = [
        "import gradio as gr",
        "greeting = 'it is {{ x }}' #@param {type:\"string\"}",
        "gr.Interface(lambda name: greeting + name, 'text', 'text').launch()",
    ]
    _write_notebook(path, {"page": source})
    migration = nb2prod.plan(nb2prod.read(path), OPTIONS)
    assert migration.facts.service is not None
    settings = settings_of(migration.options)
    files = gradient.files(migration, settings)
    gradient.validate(files, settings)
    return migration, files


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
    _write_notebook(path, {"form": form, "use": use})
    return path


def _write_notebook(path: Path, cells: Mapping[str, Sequence[str]]) -> None:
    """A notebook with a T4, of code cells by their ids."""
    made: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": name,
            "metadata": {},
            "outputs": [],
            "source": "\n".join(lines),
        }
        for name, lines in cells.items()
    ]
    metadata = {"accelerator": "GPU", "colab": {"gpuType": "T4"}}
    document = {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(document), encoding="utf-8")
