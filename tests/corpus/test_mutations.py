"""Damaged notebooks: an answer or a refusal in one line, never another exception, never a hang.

The damage is random but the same on every run: each case is made from its own number. The files
that are damaged are the examples and, where the corpus is at hand, notebooks of it.
"""

from __future__ import annotations

import json
import math
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import nb2prod
from nb2prod.notebook.reader import read_bytes

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

CASES = 2000
PARTS = 8
PLANNED = 10  # every tenth case that can be read is planned
SECONDS = 20
# Outputs are checked with the format and never read otherwise: long ones would cost time and show
# nothing. A few cells at a time are enough for damage to meet what is around it.
LONGEST_OUTPUT = 2_000
CELLS = 8

Json = dict[str, Any]

# What JSON can hold where something else is expected, and texts that parsers stumble over.
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 4, 10**40, 1.5, "", "x", "\n", "code", "markdown", "python", "\0",
    "\ud800", "\u2028", "%%", "%%bash\n", "!", "!pip install", "%pip install -r\n", "x = !ls {a",
    "if True:\n    !ls \\\n", "def f(:\n", "print 'x'", "f'{'", "'''", "\\", "x = 1 \\", "a?b??",
    "#@param {type:", "await x\nasync def f(): pass",
    "from google.colab import drive as d; d.mount",
    "(" * 300, "[" * 150 + "]" * 150, "-" * 3000 + "1", "x." * 400 + "x", "\f\x0b\x1c x",
    [], {}, [None], [[]], ["a\n", None, "b"], [5, "x = 1"], {"name": 5}, {"": []},
    {"name": "python3", "display_name": None}, {"kaggle": {"dataSources": [None, {}, "x"]}},
    float("nan"), float("inf"),
)  # fmt: skip
TOKENS = (
    b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"\\ud83d", b"\\u0000", b"\xff",
    b"\xef\xbb\xbf",
    b"\r\n", b"\r", b"null", b"-", b"1e999", b"NaN", b"<<<<<<< HEAD\n", b"\n=======\n", b"\x00",
    b"\\n%%time\\n", b"!ls\\n", b"\\n", b"\xf0\x9f\x93\x89",
)  # fmt: skip


def flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def cut(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content))
    length = chance.choice((1, 2, 10, 1000, len(content)))
    return content[:start] + content[start + length :]


def insert(content: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(content) + 1)
        content = content[:place] + chance.choice(TOKENS) + content[place:]
    return content


def replace_values(document: Json, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 4)):
        holder, key = chance.choice(list(places(document)) or [(document, "cells")])
        holder[key] = chance.choice(VALUES)


def remove_values(document: Json, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 4)):
        holder, key = chance.choice(list(places(document)) or [(document, "cells")])
        if isinstance(holder, list):
            holder.pop(key)
        else:
            holder.pop(key, None)


def change_sources(document: Json, chance: random.Random) -> None:
    """Code with pieces of other code inside it, which only the later stages can stumble over."""
    for cell in chance.choices(document["cells"], k=4):
        text = "".join(cell["source"])
        start, end = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
        piece = chance.choice([value for value in VALUES if isinstance(value, str)])
        cell["source"] = text[:start] + piece + text[chance.choice((start, end)) :]


def change_cells(document: Json, chance: random.Random) -> None:
    cells: list[Any] = document["cells"]
    for _ in range(chance.randint(1, 5)):
        place, other = chance.randrange(len(cells)), chance.randrange(len(cells))
        match chance.choice(("repeat", "remove", "swap", "kind", "split")):
            case "repeat":
                cells.insert(other, json.loads(json.dumps(cells[place])))
            case "remove" if len(cells) > 1:
                cells.pop(place)
            case "swap":
                cells[place], cells[other] = cells[other], cells[place]
            case "kind":
                kinds = ("code", "markdown", "raw", "heading", "html", None, 5)
                cells[place]["cell_type"] = chance.choice(kinds)
            case _:
                text = "".join(cells[place].get("source", ""))
                middle = chance.randint(0, len(text))
                cells[place]["source"] = text[:middle]
                cells.insert(place + 1, {**cells[place], "source": text[middle:]})


def change_metadata(document: Json, chance: random.Random) -> None:
    keys = (
        "kernelspec language_info colab kaggle accelerator papermill environment interpreter vscode"
        " widgets instance_type executionInfo execution ExecuteTime tags name authors title"
    ).split()
    holders = [document, *chance.choices(document["cells"], k=3)]
    for holder in holders:
        if chance.random() < 0.2:
            holder["metadata"] = chance.choice(VALUES)
        else:
            chosen = chance.choices(keys, k=4)
            old = holder.get("metadata")
            holder["metadata"] = {
                **(old if isinstance(old, dict) else {}),
                **{key: chance.choice(VALUES) for key in chosen},
            }


def change_version(document: Json, chance: random.Random) -> None:
    document["nbformat"] = chance.choice((1, 2, 3, 4, 5, 0, "4", None))
    document["nbformat_minor"] = chance.choice((*range(7), None, "x"))
    if chance.random() < 0.5:
        sheets = [{"cells": document.pop("cells")}]
        document["worksheets"] = chance.choice((sheets, sheets * 2, [None, *sheets], {}, [5]))


BYTES: tuple[Callable[[bytes, random.Random], bytes], ...] = (flip, cut, insert)
JSON: tuple[Callable[[Json, random.Random], None], ...] = (
    replace_values, remove_values, change_sources, change_cells, change_metadata, change_version,
)  # fmt: skip


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a JSON document that holds a value: its holder and its key or index."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        yield value, key
        if isinstance(item, dict | list):
            yield from places(item)


def damaged(content: bytes, number: int) -> bytes:
    """The file of case `number`, made from an undamaged one."""
    chance = random.Random(number)
    if number % 3 == 0:
        return chance.choice(BYTES)(content, chance)
    document = json.loads(content)
    chance.choice(JSON)(document, chance)
    return json.dumps(document).encode()


@pytest.fixture(scope="session")
def undamaged() -> list[bytes]:
    """Notebooks of a few cells each, parts of real ones, in a fixed order."""
    beside = EXAMPLES.parents[1] / "shared" / "corpus"
    paths = [*sorted(EXAMPLES.glob("*/*.ipynb")), *sorted(beside.glob("*.ipynb"))]
    found = [part for path in paths for part in parts(json.loads(path.read_bytes()))]
    assert len(found) >= 3
    return found


def parts(document: Json) -> list[bytes]:
    """A notebook of nbformat 4 in pieces of a few cells, without its long outputs."""
    cells = document["cells"] if document.get("nbformat") == 4 else []
    for cell in cells:
        if "outputs" in cell:
            small = [one for one in cell["outputs"] if len(json.dumps(one)) <= LONGEST_OUTPUT]
            cell["outputs"] = small
    pieces = [cells[start : start + CELLS] for start in range(0, len(cells), CELLS)]
    return [json.dumps({**document, "cells": piece}).encode() for piece in pieces]


@contextmanager
def time_limit(number: int) -> Iterator[None]:
    """Fail where a case takes too long, also inside a loop that never ends."""

    def expire(signum: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"case {number} takes more than {SECONDS} s")

    before = signal.signal(signal.SIGALRM, expire)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def answer(content: bytes) -> tuple[nb2prod.Notebook | None, str]:
    """The notebook, or the words in which it was refused."""
    try:
        return read_bytes(content, "example"), ""
    except nb2prod.NotebookError as error:
        return None, str(error)


def check(content: bytes, number: int) -> bool:
    """Whether the notebook was read. Anything but an answer or a refusal in words escapes."""
    notebook, refusal = answer(content)
    if notebook is None:
        assert refusal.isprintable()
        assert refusal.endswith(".")
        return False
    facts = nb2prod.inspect(notebook)
    if number % PLANNED == 0:
        migration = nb2prod.plan(notebook)
        sources = [cell.source for cell in notebook.code_cells]
        written = sum(1 for text in sources for line in text.splitlines() if line.strip())
        assert migration.ledger.lines == written
        assert migration.facts == facts
    return True


@pytest.mark.parametrize("part", range(PARTS))
def test_a_damaged_notebook_is_read_or_refused(undamaged: list[bytes], part: int) -> None:
    read = 0
    for number in range(part, CASES, PARTS):
        content = damaged(undamaged[number % len(undamaged)], number)
        with time_limit(number):
            try:
                read += check(content, number)
            except Exception as error:
                raise AssertionError(f"case {number}: {type(error).__name__}: {error}") from error
    # Enough of them reach the later stages, and enough are refused, for both to be tested.
    assert math.ceil(CASES / PARTS * 0.4) < read < CASES / PARTS * 0.95


def test_cases_are_the_same_on_every_run(undamaged: list[bytes]) -> None:
    content = undamaged[0]
    assert [damaged(content, n) for n in range(60)] == [damaged(content, n) for n in range(60)]
    assert len({damaged(content, n) for n in range(60)}) > 50
