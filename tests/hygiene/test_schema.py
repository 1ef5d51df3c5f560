"""The format by heart: the same answers as nbformat's own schema."""

from __future__ import annotations

import copy
import json
import warnings
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.validator import NotebookValidationError

from nb2prod.hygiene.schema import problems
from tests.hygiene.build import code, document, text

FULL = document(
    code(
        "x = 1",
        execution_count=1,
        id="a1",
        metadata={"tags": ["a"], "collapsed": True, "scrolled": "auto", "name": "n"},
        outputs=[
            {"output_type": "stream", "name": "stdout", "text": ["a"]},
            {
                "output_type": "execute_result",
                "data": {"text/plain": "1", "application/json": {"a": 1}},
                "metadata": {},
                "execution_count": 1,
            },
            {"output_type": "display_data", "data": {"text/plain": ["1"]}, "metadata": {}},
            {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]},
        ],
    ),
    text("# A", id="a2", attachments={"a.png": {"image/png": "x"}}),
    {"cell_type": "raw", "id": "a3", "metadata": {"format": "text/html"}, "source": "r"},
    metadata={
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python", "codemirror_mode": {}, "mimetype": "x"},
        "orig_nbformat": 2,
    },
    nbformat_minor=5,
)


def is_valid(found: dict[str, Any]) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of identifiers that are missing
        try:
            nbformat.validate(copy.deepcopy(found))  # it adds them
        except (NotebookValidationError, TypeError, KeyError):  # it may fail to say why
            return False
    return True


def every_path(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [path, *(p for key, item in items for p in every_path(item, (*path, key)))]


PATHS = [path for path in every_path(FULL) if path and path != ("nbformat",)]
VALUES: list[Any] = [None, 1, -1, True, "", "a", "a,b", "a b", [], ["a"], ["a", "a"], [1], {}]


def test_the_whole_is_valid() -> None:
    assert is_valid(FULL)
    assert list(problems(FULL, "4.5")) == []


@given(st.sampled_from(PATHS), st.sampled_from(["remove", "add", *range(len(VALUES))]))
def test_one_change_is_judged_as_nbformat_judges_it(
    path: tuple[Any, ...], change: str | int
) -> None:
    found = copy.deepcopy(FULL)
    holder: Any = found
    for step in path[:-1]:
        holder = holder[step]
    if change == "remove":
        del holder[path[-1]]
    elif change == "add":
        if not isinstance(holder, dict):
            return
        holder["more"] = 1
    else:
        holder[path[-1]] = VALUES[int(change)]
    if path[-1] in ("id", "nbformat_minor") or not isinstance(found.get("cells"), list):
        return  # Jupyter gives ids itself; another version is another schema
    if not all(isinstance(cell, dict) for cell in found["cells"]):
        return  # refused when it is read
    assert (list(problems(found, "4.5")) == []) == is_valid(found)


@pytest.mark.corpus
def test_the_corpus_is_judged_as_nbformat_judges_it(corpus: list[Path]) -> None:
    compared = 0
    for path in corpus:
        found = json.loads(path.read_bytes())
        if found.get("nbformat") != 4 or not isinstance(found.get("nbformat_minor"), int):
            continue
        if found["nbformat_minor"] > 5:
            continue
        version = f"4.{found['nbformat_minor']}"
        assert (list(problems(found, version)) == []) == is_valid(found), path.name
        compared += 1
    assert compared > 100
