"""The cases on which tools are compared: ours finds each by its own rule, and not in the twin."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks import peers_of_check
from benchmarks.peer_cases import Case, cases
from nb2prod.hygiene.catalogue import RULES
from nb2prod.hygiene.engine import check_content
from nb2prod.hygiene.model import Finding, Profile

ALL = Profile(frozenset(rule.code for rule in RULES))
CASES = cases()


def findings(content: bytes, name: str, directory: Path) -> list[Finding]:
    return check_content(content, name, ALL, directory)


def test_each_rule_has_a_case() -> None:
    assert [case.code for case in CASES] == [rule.code for rule in RULES]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_a_case_is_found_by_its_rule_alone(case: Case, tmp_path: Path) -> None:
    for name, text in case.beside.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    bad = findings(case.bad, case.bad_name, tmp_path)
    clean = findings(case.clean, case.clean_name, tmp_path)
    assert case.code in {one.code for one in bad}
    assert case.code not in {one.code for one in clean}


@pytest.mark.parametrize(
    ("label", "printed", "code", "kinds"),
    [
        ("ruff", '[{"code": "F821"}, {"code": "F821"}]', 1, ["F821", "F821"]),
        ("ruff", "[]", 0, []),
        ("nbqa flake8", "a.ipynb:cell_1:2:7: F821 undefined name 'y'\n", 1, ["F821"]),
        ("nbqa flake8", "", 0, []),
        ("nbqa flake8", "nbQA failed to process a.ipynb", 123, ["refused"]),
        ("nbstripout", "Dry run: would have stripped a.ipynb\n", 1, ["would strip"]),
        ("nbstripout", "No valid notebook detected in 'a.ipynb'\n", 1, ["refused"]),
        ("nbstripout", "", 0, []),
        ("nb-clean", "a.ipynb cell 0: execution count\na.ipynb cell 0: outputs\n", 1, None),
        ("nb-clean", "", 65, ["refused"]),
        ("detect-secrets", '{"results": {"a": [{"type": "Secret Keyword"}]}}', 0, None),
        ("detect-secrets", '{"results": {}}', 0, []),
    ],
)
def test_what_tools_say(label: str, printed: str, code: int, kinds: list[str] | None) -> None:
    done = subprocess.CompletedProcess([], code, printed, "")
    known = {"nb-clean": ["execution count", "outputs"], "detect-secrets": ["Secret Keyword"]}
    read = peers_of_check.READERS[label](done, Path("absent"))
    assert list(read) == (known[label] if kinds is None else kinds)


@pytest.mark.parametrize(
    ("label", "report", "kinds"),
    [
        ("pynblint", '{"lints": [{"slug": "a"}, {"slug": "b", "cells": [{}, {}]}]}', "abb"),
        ("betterleaks", '{"findings": [{"rule_id": "x"}]}', "x"),
        ("betterleaks", '{"findings": []}', ""),
    ],
)
def test_what_reports_say(label: str, report: str, kinds: str, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(report, encoding="utf-8")
    done = subprocess.CompletedProcess([], 0, "", "")
    assert list(peers_of_check.READERS[label](done, path)) == list(kinds)


def test_what_stands_in_the_table() -> None:
    table = {"NB306": {"nb2prod": ["NB306"], "ruff": ["F403"], "flake8": []}}
    rows = peers_of_check.as_markdown(table, ["nb2prod", "ruff", "flake8"])
    assert rows[2:] == [
        "| NB306 | `from math import *` | yes | F403 | - |",
        "| 1 | all | 1 | 1 | 0 |",
    ]
    missed = {"NB306": {"nb2prod": ["NB107"]}}
    assert peers_of_check.as_markdown(missed, ["nb2prod"])[2].endswith("| - |")
