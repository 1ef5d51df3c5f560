"""What the documents say is so: the README's before and after, its commands, every option
described.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import nb2prod
from nb2prod.cli.parser import build_parser
from nb2prod.notebook.reader import read_bytes

CHECKOUT = Path(__file__).parents[1]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
CONTRACTS = (CHECKOUT / "docs" / "reference" / "contracts.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_readme_s_after_is_what_its_before_becomes() -> None:
    before, after, _ = blocks("python")
    empty: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
    }
    cells = [{**empty, "source": "import pandas as pd"}]
    cells += [{**empty, "source": source} for source in before.split("\n\n")]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    migration = nb2prod.plan(read_bytes(json.dumps(document).encode(), "customer_churn"))
    made = migration.program.modules[0].source
    for line in after.splitlines():
        assert line in made.splitlines(), line
    assert not migration.attention


def test_the_readme_s_ci_job_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "notebooks").mkdir()
    example = CHECKOUT / "examples" / "customer_churn" / "customer_churn.ipynb"
    (tmp_path / "notebooks" / example.name).write_bytes(example.read_bytes())
    monkeypatch.chdir(tmp_path)
    exec(compile(blocks("python")[2], "README.md", "exec"), {})
    assert (tmp_path / "jobs" / "customer-churn" / "Dockerfile").is_file()


@pytest.mark.parametrize("name", ["run", "test"])
def test_both_commands_are_one_line(name: str) -> None:
    found = re.search(rf"<!-- command: {name} -->\n```sh\n(.*)\n```", README)
    assert found is not None


def options() -> Iterator[tuple[str, str]]:
    parser = build_parser()
    (commands,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    for command, child in commands.choices.items():
        for action in child._actions:
            for option in action.option_strings:
                if option.startswith("--") and option not in ("--help", "--no-cpu"):
                    yield command, option


@pytest.mark.parametrize(("command", "option"), list(options()))
def test_every_option_is_in_the_contracts(command: str, option: str) -> None:
    assert command in CONTRACTS
    assert f"`{option}" in CONTRACTS or f" {option}" in CONTRACTS


def test_links_lead_somewhere() -> None:
    for path in [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]:
        text = path.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
