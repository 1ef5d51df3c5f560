"""What the benchmarks measure on Python files, whatever wrote them; no file is executed.

"Portable" is the contract's word: a person who runs the files outside the notebook's platform meets
nothing of it. Each measure gives the reasons why files do not pass it; none means that they pass.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ruff import find_ruff_bin

from benchmarks.promises import Promises
from nb2prod.analysis.names import bound_names, dotted_text

FORBIDDEN = ("get_ipython", "google.colab", "kaggle_secrets")
# A path of its own, not the rest of a longer one, of an address or of something only the run knows.
_PLATFORM_PATH = re.compile(
    r"(?:(?<![\w/.\-~)\]}*])|(?<=file://)|(?<=\s-[A-Z]))/(?:content|kaggle)(?![\w-]|\.\w)"
)
_UNDEFINED = re.compile(r"Undefined name `(.+)`")
# Modules that are the same in every project: what they define is not the notebook's.
_SUPPORT = frozenset({"__main__.py", "config.py", "display.py", "shell.py"})
_NOT_GENERATED = (".ipynb",)  # the notebook's own copy
NOT_PYTHON = "a file does not compile"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a measure is not passed: words that are the same for all notebooks, and the place."""

    words: str
    detail: str = ""


def python_files(files: Mapping[str, str]) -> dict[str, str]:
    """The files of Python among all files of a project."""
    return {name: text for name, text in files.items() if name.endswith(".py")}


def compiles(files: Mapping[str, str]) -> Iterator[Reason]:
    """Every file of Python is one that this Python would run."""
    for name, text in python_files(files).items():
        try:
            _compiled(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            yield Reason(NOT_PYTHON, f"{name}: {error}")


def _compiled(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the authors' own odd escapes
        tree = ast.parse(text)
        compile(text, "<file>", "exec", dont_inherit=True)
    return tree


def portable(files: Mapping[str, str], promises: Promises) -> Iterator[Reason]:
    """All clauses of "portable", in the contract's order."""
    broken = list(compiles(files))
    if broken:
        yield from broken
        return
    trees = {name: _compiled(text) for name, text in python_files(files).items()}
    for name, tree in trees.items():
        for line, word in forbidden_words(tree):
            yield Reason(f"`{word}` in a name, an import or a string", f"{name}:{line}")
        for line, text in platform_paths(name, tree):
            yield Reason("a string with a platform path", f"{name}:{line}: {text}")
        if _displays(tree):
            yield Reason("`display(` without a definition or an import", name)
    for place, word in undefined(files):
        known = word in promises.undefined
        words = "an undefined name, as in the notebook" if known else "a new undefined name"
        yield Reason(words, f"{place}: {word}")
    yield from _lost_definitions(trees, promises)
    yield from _broken_urls(files, promises)


def forbidden_words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Where names, imports and strings hold one of the platforms' own modules, with the module."""
    docstrings = _docstrings(tree)
    for node in ast.walk(tree):
        if id(node) in docstrings:
            continue
        texts = list(_names(node))
        if isinstance(node, ast.Constant):
            texts += _text(node)
        for word in FORBIDDEN:
            if any(word in text for text in texts):
                yield getattr(node, "lineno", 1), word


def _names(node: ast.AST) -> Iterator[str]:
    """All names that a node itself writes."""
    match node:
        case ast.Name(id=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
        case ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)):
            yield name
        case ast.Attribute(attr=name):
            yield dotted_text(node) or name
        case ast.arg(arg=name) | ast.keyword(arg=str(name)):
            yield name
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            yield from names
        case ast.Import(names=aliases):
            yield from (text for one in aliases for text in (one.name, one.asname or ""))
        case ast.ImportFrom(module=module, names=aliases):
            yield from (f"{module or ''}.{one.name}" for one in aliases)
            yield from (one.asname or "" for one in aliases)


def _text(node: ast.Constant) -> list[str]:
    if isinstance(node.value, bytes):
        return [node.value.decode("latin-1")]
    return [node.value] if isinstance(node.value, str) else []


def platform_paths(name: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Where strings hold a platform's path, but in `config.py` and inside `raise`."""
    if PurePosixPath(name).name == "config.py":
        return
    left_out = _docstrings(tree)
    behind_value: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise):
            left_out.update(id(child) for child in ast.walk(node))
        elif isinstance(node, ast.JoinedStr):
            pairs = zip(node.values, node.values[1:], strict=False)
            behind_value.update(id(b) for a, b in pairs if isinstance(a, ast.FormattedValue))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in left_out:
            # What stands right behind a value is the rest of the path that the value begins.
            before = "}" if id(node) in behind_value else ""
            for text in _text(node):
                if _PLATFORM_PATH.search(before + text):
                    yield node.lineno, text[:200]


def _docstrings(tree: ast.Module) -> set[int]:
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = (node.body for node in ast.walk(tree) if isinstance(node, owners))
    firsts = (body[0] for body in bodies if body)
    return {
        id(first.value)
        for first in firsts
        if isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    }


def _displays(tree: ast.Module) -> bool:
    """Whether the file calls a `display` that it does not have."""
    called = any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "display"
        for node in ast.walk(tree)
    )
    # `from IPython.display import *` imports it, too.
    imported = any(
        isinstance(node, ast.ImportFrom)
        and (node.module or "").rpartition(".")[2] == "display"
        and any(alias.name == "*" for alias in node.names)
        for node in ast.walk(tree)
    )
    return called and not imported and "display" not in set(bound_names(tree))


def undefined(files: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each name that Ruff finds undefined (F821), with the file and the line of its first use."""
    sources = python_files(files)
    if not sources:
        return []
    with tempfile.TemporaryDirectory() as folder:
        paths = {str(Path(folder, f"{n}.py").resolve()): name for n, name in enumerate(sources)}
        for path, name in paths.items():
            Path(path).write_text(sources[name], encoding="utf-8", errors="replace", newline="")
        options = "--isolated --no-cache --ignore-noqa --exit-zero --select=F821".split()
        options += ["--output-format=json", "--target-version=py313"]
        done = subprocess.run(
            [find_ruff_bin(), "check", *options, "--", *paths],
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
    first: dict[tuple[str, str], int] = {}
    for found in json.loads(done.stdout):
        match = _UNDEFINED.match(found["message"])
        if found["code"] == "F821" and match is not None:
            first.setdefault((paths[found["filename"]], match[1]), found["location"]["row"])
    return [(f"{file}:{line}", name) for (file, name), line in sorted(first.items())]


def no_new_undefined(files: Mapping[str, str], promises: Promises) -> Iterator[Reason]:
    """No name is undefined that was not so in the notebook; a broken file cannot be judged."""
    yield from compiles(files)
    for place, name in undefined(files):
        if name not in promises.undefined:
            yield Reason("a new undefined name", f"{place}: {name}")


def _lost_definitions(trees: Mapping[str, ast.Module], promises: Promises) -> Iterator[Reason]:
    there = Counter(
        name
        for file, tree in trees.items()
        if PurePosixPath(file).name not in _SUPPORT
        for name in definitions(tree)
    )
    for name, count in sorted((promises.definitions - there).items()):
        yield Reason("a function or a class is not there", f"{name} ({count} missing)")


def definitions(tree: ast.AST) -> Iterator[str]:
    """The name of every function and class, at any depth."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def _broken_urls(files: Mapping[str, str], promises: Promises) -> Iterator[Reason]:
    texts = [
        text
        for name, text in files.items()
        # Both list what the notebook fetches; the program has to fetch it.
        if PurePosixPath(name).name not in ("nb2prod.json", "README.md")
        and not name.endswith(_NOT_GENERATED)
    ]
    comments = "\n".join(_comments(python_files(files).values()))
    for url in promises.urls:
        if not any(url.text in text for text in texts):
            yield Reason("a URL is not there unbroken", f"{url.place}: {url.text}")
        elif url.dropped and url.text not in comments:
            yield Reason("a dropped URL is in no comment", f"{url.place}: {url.text}")


def _comments(sources: Iterable[str]) -> Iterator[str]:
    for text in sources:
        for line in text.splitlines():
            _, sign, comment = line.partition("#")
            if sign:
                yield comment
