"""Notebooks of one shape in any size: what grows is the number of lines, cells or findings.

`name` makes their words differ, so that nothing that was worked out for one is known for the next.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from tests.analysis.fake_tokens import token_of
from tests.hygiene.build import Json, code, document, text

Shape = Callable[[int, str], Json]


def lines(pattern: str, size: int, name: str, start: int = 0) -> str:
    """Lines in which `{i}` is the line's number, `{j}` the one before, `{n}` the name."""
    made = (pattern.format(i=i, j=i - 1, n=name) for i in range(start, start + size))
    return "".join(f"{line}\n" for line in made)


def one_cell(pattern: str, opening: str = "", closing: str = "") -> Shape:
    """All lines in one cell of code."""
    return lambda size, name: document(opening + lines(pattern, size, name) + closing)


def one_line(pattern: str, opening: str, closing: str) -> Shape:
    """One line of many pieces."""

    def made(size: int, name: str) -> Json:
        pieces = "".join(pattern.format(i=i, j=i - 1, n=name) for i in range(size))
        return document(opening.format(n=name) + pieces + closing + "\n")

    return made


def cells(pattern: str, opening: str = "", **more: Any) -> Shape:
    """Each line in a cell of its own."""
    return lambda size, name: document(
        opening, *(code(lines(pattern, 1, name, i), **more) for i in range(size))
    )


def outputs(made: Callable[[int, str], Json], apart: int | None = None) -> Shape:
    """Many outputs: of one cell, or of as many cells."""

    def shape(size: int, name: str) -> Json:
        all_of_them = [made(i, name) for i in range(size)]
        if apart is None:
            return document(code("print(1)\n", outputs=all_of_them, execution_count=1))
        return document(
            *(code("print(1)\n", outputs=[one], execution_count=1) for one in all_of_them)
        )

    return shape


def stream(said: Iterable[str]) -> Json:
    return {"name": "stdout", "output_type": "stream", "text": list(said)}


def error(i: int, name: str) -> Json:
    words = [f"Traceback {name}", f"E{i}"]
    return {"output_type": "error", "ename": f"E{i}", "evalue": name, "traceback": words}


def shown(i: int, name: str) -> Json:
    data = {"text/html": f"<b>{name}{i}</b>", "text/plain": [f"{name}{i}"]}
    return {"data": data, "metadata": {}, "output_type": "display_data"}


def counted(size: int, name: str) -> Json:
    found = document(*(code(f"{name} = {i}\n", execution_count=size - i) for i in range(size)))
    found["cells"][0]["source"] = [f"{name} = 0\n"]
    return found


def old(size: int, name: str) -> Json:
    """A notebook of nbformat 3."""
    made = [
        {
            "cell_type": "code",
            "collapsed": False,
            "input": [f"{name}{i} = {i}\n"],
            "language": "python",
            "metadata": {},
            "outputs": [{"output_type": "stream", "stream": "stdout", "text": [name]}],
            "prompt_number": i,
        }
        for i in range(size)
    ]
    return {"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": made}]}


def same_ids(size: int, name: str) -> Json:
    made = [code(f"{name}{i} = {i}\n", id=name) for i in range(size)]
    return document(*made, nbformat_minor=5)


def tagged(size: int, name: str) -> Json:
    tags = [f"nb2prod:ignore=NB9{i}" for i in range(size)]
    return document(code(f"{name} = 1\n", metadata={"tags": tags}), metadata={"x": {name: tags}})


def widgets(size: int, name: str) -> Json:
    model = {"model_module": "a", "model_name": "B", "state": {}}
    held = {f"{name}{i}": model for i in range(size)}
    found = {"widgets": {"application/vnd.jupyter.widget-state+json": held}}
    return document("x = 1\n", metadata=found)


def keyed(size: int, name: str) -> Json:
    return document("x = 1\n", metadata={f"{name}{i}": [{"a": "b"}] for i in range(size)})


def people(size: int, name: str) -> Json:
    info = {"executionInfo": {"user": {"displayName": name, "userId": "1" * 20}}}
    return document(*(code(f"{name}{i} = {i}\n", metadata=info) for i in range(size)))


def tokens(size: int, name: str) -> list[str]:
    return [token_of("HF_TOKEN", hash_of(name) + i) for i in range(size)]


def hash_of(name: str) -> int:
    return int.from_bytes(name.encode(), "big") % 10**6


SHAPES: dict[str, Shape] = {
    "lines": one_cell("{n}{i} = f({n}{j}) + {i}", "f = abs\n{n}-1 = 0\n".replace("{n}-1", "z")),
    "comments": one_cell("# {n} {i}"),
    "text in quotes": one_cell("words {n} {i}", 'x = """\n', '"""\n'),
    "f-strings": one_cell("print(f'{n} {{{i}}} {{x!r}}')", "x = 1\n"),
    "lines in brackets": one_cell("    {i},", "x = [\n", "]\n"),
    "continued lines": one_cell("    {i} + \\", "x = \\\n", "    0\n"),
    "functions": one_cell("def {n}{i}(a, b=1):\n    c = a + b\n    return c\n"),
    "one long function": one_cell("    {n}{i} = a + {i}", "def f(a):\n", "    return a\n"),
    "classes": one_cell("class {n}{i}:\n    x = {i}\n    def f(self):\n        return self.x\n"),
    "methods": one_cell("    def {n}{i}(self):\n        return {i}", "class A:\n"),
    "loops": one_cell("for {n}{i} in range({i}):\n    print({n}{i})"),
    "attributes": one_line(".a{i}", "import {n}\nx = {n}", ""),
    "calls in a chain": one_line(".f({i})", "import {n}\nx = {n}", ""),
    "imports": one_cell("import {n}{i}"),
    "imports of names": one_cell("from {n}{i} import a{i}, b{i} as c{i}"),
    "wildcards": one_cell("from {n}{i} import *"),
    "a line of items": one_line("{i}, ", "x = [", "]"),
    "a line of names": one_line("{n}{i}, ", "x = [", "]"),
    "a line of quotes": one_line("'{n}{i}' ", "x = ", ""),
    "a line of blanks": one_line("  ", "x = 1", "#"),
    "a line of backslashes": one_line("\\\\", "x = '", "'"),
    "a line of statements": one_line("{n}{i} = {i}; ", "", ""),
    "a line of operators": one_line(" or {n}{i}", "x = 1", ""),
    "cells": cells("{n}{i} = {i}"),
    "cells that use the one above": cells("{n}{i} = {n}{j}", "x = 1\n"),
    "cells that run out of order": counted,
    "cells of text": lambda size, name: document(*(text(f"## {name} {i}\n") for i in range(size))),
    "a long text": lambda size, name: document(text(lines("- {n} {i}", size, name))),
    "empty cells": cells(""),
    "cells of nbformat 3": old,
    "cells of one id": same_ids,
    "cells that do not parse": cells("{n}{i} = ("),
    "lines that do not parse": one_cell("{n}{i} = (", "x = 1\n"),
    "brackets that stay open": one_line("(", "{n} = ", ""),
    "Python 2": one_cell("print {i}"),
    "Python 2 names": one_cell("{n}{i} = xrange({i})"),
    "outputs": outputs(lambda i, name: stream([f"{name}{i}\n"])),
    "outputs apart": outputs(lambda i, name: stream([f"{name}{i}\n"]), 1),
    "errors": outputs(error),
    "errors apart": outputs(error, 1),
    "shown": outputs(shown, 1),
    "lines of output": lambda size, name: document(
        code("x\n", outputs=[stream(f"{name} {i}\n" for i in range(size))])
    ),
    "a line of output": lambda size, name: document(code("x\n", outputs=[stream([name * size])])),
    "shell lines": one_cell("!echo {n}{i} > {i}.txt"),
    "shell cell": one_cell("echo {n}{i} | cat && ls $HOME", "%%bash\n"),
    "shell variables": one_cell("!tar xf {{{n}}}{i}", "{n} = input()\n".replace("{n}", "x")),
    "a line of shell": one_line(" {n}{i}", "!echo", ""),
    "a line of commands": one_line("; echo {n}{i}", "!ls", ""),
    "installs": one_cell("!pip install {n}{i}"),
    "install cells": cells("%pip install {n}{i}"),
    "a line of packages": one_line(" {n}{i}", "!pip install", ""),
    "repositories": one_cell("%pip install git+https://example.invalid/{n}/{i}.git"),
    "system packages": one_cell("!apt-get install -y {n}{i}"),
    "magics": one_cell("%time {n}{i} = {i}"),
    "helps": one_cell("{n}{i}?"),
    "automagics": cells("ls {n}{i}"),
    "deletions": one_cell("!rm -rf ${n}{i}/*"),
    "paths": one_cell('{n}{i} = "/content/drive/MyDrive/{n}{i}"'),
    "path cells": cells('{n}{i} = "/content/drive/MyDrive/{n}{i}"'),
    "undefined names": one_cell("print({n}{i})"),
    "undefined names apart": cells("print({n}{i})"),
    "names before their cells": lambda size, name: document(
        lines("print({n}{i})", size, name), lines("{n}{i} = {i}", size, name)
    ),
    "deleted names": one_cell("{n}{i} = {i}\ndel {n}{i}"),
    "input": one_cell("{n}{i} = input()"),
    "platform modules": one_cell("from google.colab import {n}{i}"),
    "suppressed lines": one_cell('{n}{i} = "/content/{n}{i}"  # noqa: NB502'),
    "idle suppressions": one_cell("{n}{i} = {i}  # noqa: NB502"),
    "noqa in texts": one_cell("{n}{i} = '# noqa: NB502'"),
    "ignoring comments": one_cell("# nb2prod: ignore[NB50{i}]"),
    "ignoring cells": cells("# nb2prod: ignore[NB502]\n{n}{i} = {i}"),
    "a line of noqa": one_line(" # noqa: NB{i}", "{n} = 1", ""),
    "tags": tagged,
    "widgets": widgets,
    "keys of metadata": keyed,
    "people": people,
    "secrets": lambda size, name: document(
        "".join(f'{name}{i} = "{one}"\n' for i, one in enumerate(tokens(size, name)))
    ),
    "secret cells": lambda size, name: document(
        *(f'{name}{i} = "{one}"\n' for i, one in enumerate(tokens(size, name)))
    ),
    "printed secrets": lambda size, name: document(
        code("x\n", outputs=[stream(f"{one}\n" for one in tokens(size, name))])
    ),
    "duplicate functions": cells("def {n}(a):\n    return a + {i}"),
    "models": one_cell('{n}{i} = AutoModel.from_pretrained("{n}/{n}{i}")', "import AutoModel\n"),
    "random numbers": one_cell("{n}{i} = np.random.rand({i})", "import numpy as np\n"),
    "pickles": one_cell("{n}{i} = pickle.load(open('{n}{i}', 'rb'))", "import pickle\n"),
    "downloads": one_cell("!curl -sL https://example.invalid/{n}{i} | sh"),
    "displays": one_cell("display({n}{i})"),
}


def content(shape: str, size: int, name: str, indent: int | None = 1) -> bytes:
    """The bytes of a notebook of a shape."""
    return json.dumps(SHAPES[shape](size, name), indent=indent).encode()
