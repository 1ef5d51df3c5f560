"""Notebooks that nobody would write, made of what the tests of the rules have: a few cells of their
tables in a notebook of some version and style, and then changed at random, by a seed.
"""

from __future__ import annotations

import ast
import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.analysis.fake_tokens import VARIABLES, token_of
from tests.hygiene.build import code, document, text

Json = dict[str, Any]
Source = Callable[[random.Random, str], str]
Change = Callable[[random.Random, Json], None]
Bytes = Callable[[random.Random, bytes], bytes]

CHECKOUT = Path(__file__).resolve().parents[2]

_SHORTEST = 4  # below this a text of a test is a word, not a cell
_HALF = "\ud83d"
_WIDGETS = "application/vnd.jupyter.widget-state+json"
_MODEL: Json = {"model_module": "a", "model_name": "B", "state": {}}
_CHARACTERS = (
    *("\x00", "\x07", "\x0b", "\x0c", "\x1b[31m", "\x1c", "\x7f", "\x85", "\xa0", "\xad", "\u0300"),
    *("\u200b", "\u202e", "\u2028", "\u2029", "\ufeff", "\ufffe", "\ufffd", _HALF, "\ude00\ud83d"),
    *("é", "ß", "İ", "ﬁ", "\U0001d54f", "😀", "\U0010ffff", "\t", "\r", "\r\n", "\\", "\\\n"),
)
_SIGNS = (
    *(
        "'",
        '"',
        "'''",
        '"""',
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "{{",
        "}}",
        "#",
        ":",
        ";",
        ",",
        "=",
        "$",
    ),
    *("f'{", "rb'", "\\N{", "lambda ", "await ", "yield ", "*", "**", "@", "->", ":=", "...", "`"),
)
_MAGICS = (
    *(
        "!",
        "!!",
        "%",
        "%%",
        "?",
        "??",
        "%time ",
        "%%time\n",
        "%%bash\n",
        "%%writefile a.py\n",
        "!{",
    ),
    *(
        "%env A=",
        "%cd ",
        "%run ",
        "x = !",
        "x = %",
        "%pip install ",
        "!pip install ",
        "pip install ",
    ),
    *(">>> ", "... ", "In [1]: ", "/f ", ",f ", ";f ", "{x}", "$x", "$$", "%%html\n", "%%R\n"),
    *(
        "# noqa",
        "# noqa: NB303",
        "# noqa:NB",
        "# nb2prod: ignore[",
        "# nb2prod: ignore-file",
        "-r ",
    ),
    *(
        "# nb2prod: ignore[NB3]\n",
        "git+https://",
        "/content/",
        "C:\\Users\\x\\",
        "&& ",
        "| sh",
        "> ",
    ),
)
_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 7, 1.5, 1e300, 10**40, "", "x", "4", "\n", _HALF, "\x00", [], {}),
    *([[]], [None], [""], ["a\n", 1], {"": {}}, {"a": [1]}, [[[[[[]]]]]], "é" * 300, [{}] * 3),
)
_KEYS = (
    *(
        "cells",
        "source",
        "input",
        "outputs",
        "metadata",
        "cell_type",
        "execution_count",
        "nbformat",
    ),
    *(
        "text",
        "data",
        "tags",
        "worksheets",
        "prompt_number",
        "language",
        "id",
        "attachments",
        "name",
    ),
    *("output_type", "traceback", "level", "kernelspec", "language_info", "widgets", "colab", ""),
)


def mutated(seed: int, others: Sequence[bytes] = ()) -> bytes:
    """A notebook, always the same for a seed. With `others` it may be made from one of these."""
    chance = random.Random(seed)
    base = chance.choice(others) if others and chance.random() < 0.7 else _fresh(chance)
    try:
        found = json.loads(base)
    except ValueError:
        found = None
    if isinstance(found, dict):
        for change in chance.choices(_CHANGES, k=chance.choice((0, 1, 1, 2, 3, 5))):
            with suppress(RecursionError):  # what is too deep to be copied stays
                change(chance, found)
        base = _written(chance, found)
    for bend in chance.choices(_BENDS, k=chance.choice((0, 0, 0, 0, 0, 1, 1, 2))):
        base = bend(chance, base)
    return base


@lru_cache(maxsize=1)
def texts() -> tuple[str, ...]:
    """What the tests of the rules have in their tables: most of it is what a cell holds."""
    found: dict[str, None] = {}
    for path in sorted((CHECKOUT / "tests" / "hygiene" / "rules").glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found[node.value] = None
    return tuple(one for one in found if len(one) >= _SHORTEST)


@lru_cache(maxsize=1)
def _examples() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted(CHECKOUT.glob("examples/*/*.ipynb")))


def _fresh(chance: random.Random) -> bytes:
    """A notebook of cells of the tests, or one of the examples."""
    if chance.random() < 0.05:
        return chance.choice(_examples())
    cells = [_cell(chance) for _ in range(chance.choice((0, 1, 1, 2, 3, 5, 8)))]
    found = document(*cells, metadata=_metadata(chance))
    if chance.random() < 0.4:
        found["nbformat_minor"] = 5
        for number, cell in enumerate(cells):
            cell["id"] = f"c{chance.choice((number, 1))}"
    return json.dumps(_of_version(chance, found) if chance.random() < 0.15 else found).encode()


def _cell(chance: random.Random) -> Json:
    source = chance.choice(texts())
    if chance.random() < 0.3:
        source += "\n" + chance.choice(texts())
    if chance.random() < 0.1:
        source += f'\nkey = "{token_of(chance.choice(VARIABLES), chance.randrange(3))}"\n'
    if chance.random() < 0.2:
        return text(source)
    outputs = [_output(chance) for _ in range(chance.choice((0, 0, 0, 1, 2)))]
    metadata: Json = {}
    if chance.random() < 0.15:
        tags = ["nb2prod:ignore=NB303", "raises-exception", "parameters", "nb2prod:ignore"]
        metadata["tags"] = chance.sample(tags, 2)
    count = chance.choice((None, None, 1, 2, 3, 9))
    return code(source, outputs=outputs, execution_count=count, metadata=metadata)


def _output(chance: random.Random) -> Json:
    said = chance.choice((*texts()[:200], token_of("HF_TOKEN"), "\x1b[31ma\x1b[0m\n"))
    kinds: list[Json] = [
        {"output_type": "stream", "name": "stdout", "text": said.splitlines(keepends=True)},
        {"output_type": "error", "ename": "E", "evalue": said, "traceback": [said]},
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": said}},
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBORw0KGgo="}},
        {
            "output_type": "execute_result",
            "metadata": {},
            "execution_count": 1,
            "data": {"text/plain": [said], "application/json": {"a": [said]}},
        },
    ]
    return chance.choice(kinds)


def _metadata(chance: random.Random) -> Json:
    known: Json = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python", "version": "3.11.4"},
        "colab": {"provenance": [{"file_id": "a" * 30}], "private_outputs": True},
        "kaggle": {"accelerator": "gpu"},
        "widgets": {_WIDGETS: chance.choice(({"a": _MODEL}, {"state": {"a": _MODEL}}, {"v": 2}))},
        "nb2prod": {"ignore": ["NB303", "colab-api", "x"]},
        "papermill": {"parameters": {"key": token_of("HF_TOKEN")}},
    }
    return {key: known[key] for key in known if chance.random() < 0.3}


def _of_version(chance: random.Random, found: Json) -> Json:
    """The notebook as older versions of the format have it."""
    cells = []
    for cell in found["cells"]:
        source = chance.choice((cell["source"], "".join(cell["source"])))
        if cell["cell_type"] == "code":
            outputs = [
                {"output_type": "stream", "stream": "stdout", "text": ["a"]}
                for _ in cell["outputs"]
            ]
            old = {"cell_type": "code", "language": "python", "input": source, "outputs": outputs}
            cells.append(old | {"prompt_number": 1, "collapsed": False, "metadata": {}})
        else:
            kind = chance.choice(("markdown", "heading", "html"))
            cells.append({"cell_type": kind, "level": 1, "source": source, "metadata": {}})
    major = chance.choice((1, 2, 3, 3, 3))
    if major == 1:
        return {"nbformat": 1, "cells": [{"cell_type": "code", "code": "x = 1\n"}, *cells]}
    sheets = [{"cells": cells[:2]}, {"cells": cells[2:]}]
    return {"nbformat": major, "nbformat_minor": 0, "metadata": {}, "worksheets": sheets}


def _written(chance: random.Random, found: Json) -> bytes:
    """The bytes in one of the styles that tools write."""
    indent = chance.choice((None, 1, 1, 1, 2, "\t"))
    separators = (",", ":") if indent is None and chance.random() < 0.5 else None
    ascii_only = chance.random() < 0.4
    try:
        written = json.dumps(
            found,
            indent=indent,
            ensure_ascii=ascii_only,
            separators=separators,
            sort_keys=chance.random() < 0.3,
        )
    except (RecursionError, TypeError):
        written = json.dumps(found, default=str) if _depth(found) < 200 else "{}"
    if chance.random() < 0.05:
        written = written.replace("\n", "\r\n")
    opening = "\ufeff" if chance.random() < 0.03 else ""
    return (opening + written + chance.choice(("", "\n", "\n\n"))).encode("utf-8", "surrogatepass")


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level and depth < 300:
        depth += 1
        inner = [one for one in level if isinstance(one, dict | list)]
        level = [item for one in inner for item in (one.values() if isinstance(one, dict) else one)]
    return depth


# Changes of the JSON's values


def _containers(value: Any) -> Iterator[dict[str, Any] | list[Any]]:
    """All objects and lists, without going down by recursion."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict | list):
            yield one
            waiting += one.values() if isinstance(one, dict) else one


def _place(chance: random.Random, found: Json) -> tuple[Any, Any] | None:
    """A container and a key or an index of it."""
    container = chance.choice(list(_containers(found)))
    keys = list(container) if isinstance(container, dict) else list(range(len(container)))
    return (container, chance.choice(keys)) if keys else None


def _other_value(chance: random.Random, found: Json) -> None:
    if (place := _place(chance, found)) is not None:
        place[0][place[1]] = json.loads(json.dumps(chance.choice(_VALUES)))


def _gone(chance: random.Random, found: Json) -> None:
    if (place := _place(chance, found)) is not None:
        del place[0][place[1]]


def _renamed(chance: random.Random, found: Json) -> None:
    place = _place(chance, found)
    if place is not None and isinstance(place[0], dict):
        place[0][chance.choice(_KEYS)] = place[0].pop(place[1])


def _copied(chance: random.Random, found: Json) -> None:
    """A value that stands somewhere else as well."""
    first, second = _place(chance, found), _place(chance, found)
    if first is not None and second is not None:
        second[0][second[1]] = json.loads(json.dumps(first[0][first[1]]))


def _shuffled(chance: random.Random, found: Json) -> None:
    cells = found.get("cells")
    if isinstance(cells, list):
        chance.shuffle(cells)


def _repeated(chance: random.Random, found: Json) -> None:
    lists = [one for one in _containers(found) if isinstance(one, list) and one]
    if lists:
        chosen = chance.choice(lists)
        chosen *= chance.choice((2, 3, 20))


def _deep(chance: random.Random, found: Json) -> None:
    inner: Any = chance.choice(("x", 1, [], {}))
    for _ in range(chance.choice((10, 90, 400, 900))):
        inner = [inner] if chance.random() < 0.5 else {"a": inner}
    if (place := _place(chance, found)) is not None:
        place[0][place[1]] = inner


def _huge(chance: random.Random, found: Json) -> None:
    if (place := _place(chance, found)) is not None:
        place[0][place[1]] = chance.choice((10**4000, -(10**400), 2**63, -(2**31), 1e308))


def _version(chance: random.Random, found: Json) -> None:
    found["nbformat"] = chance.choice((0, 1, 2, 3, 4, 5, "4", None, 4.0, -1, True))
    found["nbformat_minor"] = chance.choice((0, 4, 5, 99, None, "x", 4.5, -1))


def _edited(chance: random.Random, found: Json) -> None:
    """The source of a cell is bent."""
    cells = [one for one in _containers(found) if isinstance(one, dict) and "cell_type" in one]
    sources = [(one, key) for one in cells for key in ("source", "input") if key in one]
    if not sources:
        return
    cell, key = chance.choice(sources)
    written = cell[key]
    parts = written if isinstance(written, list) else [written]
    source = "".join(part for part in parts if isinstance(part, str))
    for change in chance.choices(_OF_SOURCE, k=chance.choice((1, 1, 2, 4))):
        source = change(chance, source)
    shapes: list[Any] = [source, source.splitlines(keepends=True), list(source[:200]), [source]]
    cell[key] = chance.choice((shapes[1], shapes[1], *shapes))


# Changes of a source


def _cut(chance: random.Random, source: str) -> str:
    at = chance.randint(0, len(source))
    return source[:at] if chance.random() < 0.5 else source[at:]


def _lines_again(chance: random.Random, source: str) -> str:
    lines = source.splitlines(keepends=True) or [""]
    at = chance.randrange(len(lines))
    return "".join([*lines[:at], *[lines[at]] * chance.choice((2, 5, 60)), *lines[at:]])


def _put(chance: random.Random, source: str, pieces: Sequence[str]) -> str:
    at = chance.randint(0, len(source))
    if chance.random() < 0.5:  # where a line begins
        at = source.rfind("\n", 0, at) + 1
    return source[:at] + chance.choice(pieces) + source[at:]


def _long_line(chance: random.Random, source: str) -> str:
    piece = chance.choice(
        ("a ", "x + ", "(", "[", "-", "'", "a.", "f(", "not ", "# noqa ", "{", "\\")
    )
    return _put(chance, source, [piece * chance.choice((60, 300, 3000))])


def _number(chance: random.Random, source: str) -> str:
    return _put(chance, source, ["9" * 5000, "1e999", "0x" + "f" * 4000, "0777", "1_0j", "1__0"])


def _indented(chance: random.Random, source: str) -> str:
    blanks = chance.choice((" ", "    ", "\t", "\x0c", "  \t"))
    lines = source.splitlines(keepends=True)
    return "".join(blanks + one if chance.random() < 0.7 else one.lstrip() for one in lines)


def _line_ends(chance: random.Random, source: str) -> str:
    return source.replace("\n", chance.choice(("\r\n", "\r", "\n\n", "\u2028", "\x0c\n", " \\\n")))


def _deep_code(chance: random.Random, source: str) -> str:
    depth = chance.choice((20, 90, 150))
    blocks = "".join(f"{' ' * n}if x:\n" for n in range(depth)) + " " * depth + "y = 1\n"
    return _put(chance, source, [blocks, "(" * depth + ")" * depth, "x" + "[0]" * depth + "\n"])


_OF_SOURCE: tuple[Source, ...] = (
    *(_cut, _cut, _lines_again, _long_line, _number, _indented, _line_ends, _deep_code),
    lambda chance, source: _put(chance, source, _SIGNS),
    lambda chance, source: _put(chance, source, _SIGNS),
    lambda chance, source: _put(chance, source, _CHARACTERS),
    lambda chance, source: _put(chance, source, _MAGICS),
    lambda chance, source: _put(chance, source, _MAGICS),
    lambda chance, source: _put(chance, source, texts()),
)
_CHANGES: tuple[Change, ...] = (
    *(_edited, _edited, _edited, _edited, _edited, _edited, _other_value, _other_value, _gone),
    *(_edited, _edited, _renamed, _copied, _shuffled, _repeated, _deep, _huge, _version),
)


# Changes of the bytes


def _flipped(chance: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 3, 10)) if content else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _slice(chance: random.Random, content: bytes) -> tuple[int, int]:
    start = chance.randint(0, len(content))
    return start, min(len(content), start + chance.choice((1, 5, 40, 400)))


def _taken_out(chance: random.Random, content: bytes) -> bytes:
    start, end = _slice(chance, content)
    return content[:start] + content[end:]


def _twice(chance: random.Random, content: bytes) -> bytes:
    start, end = _slice(chance, content)
    return content[:end] + content[start:]


def _lines_twice(chance: random.Random, content: bytes) -> bytes:
    """Lines of the file again: keys that are there twice, cells without an end."""
    lines = content.splitlines(keepends=True)
    if not lines:
        return content
    at = chance.randrange(len(lines))
    end = at + chance.choice((1, 1, 2, 9))
    return b"".join([*lines[:end], *lines[at:]])


def _cut_off(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randint(0, len(content))]


def _encoded(chance: random.Random, content: bytes) -> bytes:
    try:
        return content.decode().encode(chance.choice(("utf-16", "utf-32", "latin-1", "utf-8-sig")))
    except UnicodeError:
        return content


def _nested(chance: random.Random, content: bytes) -> bytes:
    depth = chance.choice((100, 1500, 60_000))
    at = content.rfind(b"}")
    return content[:at] + b', "deep": ' + b"[" * depth + b"]" * depth + content[at:]


def _constants(chance: random.Random, content: bytes) -> bytes:
    return content.replace(b"null", chance.choice((b"NaN", b"-Infinity", b"1e999", b"nul")), 1)


_BENDS: tuple[Bytes, ...] = (
    *(_flipped, _taken_out, _twice, _lines_twice, _lines_twice, _cut_off, _encoded, _nested),
    _constants,
)
