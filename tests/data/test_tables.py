"""The data files: where they come from, and that the generator gives the same bytes again."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

import nb2prod.data

CHECKOUT = Path(__file__).resolve().parents[2]
TABLES = Path(nb2prod.data.__file__).with_name("tables")
GENERATED = [
    *("cuda.json", "imports.tsv", "popularity.tsv", "runtime_packages.tsv", "runtimes.json"),
]


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_tables", CHECKOUT / "tools/make_tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def regenerated(generator: ModuleType, shared_directory: Path) -> dict[str, str]:
    tables: dict[str, str] = generator.build(shared_directory / "data")
    return tables


def test_the_generator_writes_the_derived_tables_and_no_other(regenerated: dict[str, str]) -> None:
    assert sorted(regenerated) == GENERATED


@pytest.mark.parametrize("name", GENERATED)
def test_regenerating_gives_the_same_bytes(name: str, regenerated: dict[str, str]) -> None:
    # Compared as a plain truth: the difference of two such files is no use in a report.
    same = regenerated[name].encode() == (TABLES / name).read_bytes()
    assert same, f"run tools/make_tables.py: {name} is not what it writes"


@pytest.mark.parametrize("table", sorted(TABLES.iterdir()), ids=lambda path: path.name)
def test_each_table_names_its_source_and_date(table: Path) -> None:
    text = table.read_text(encoding="utf-8")
    if table.suffix == ".json":
        head = json.loads(text)
        source, date = head["source"], head["date"]
    else:
        match = re.match(r"# source: (.+?); date: (\S+);", text)
        assert match is not None
        source, date = match.groups()
    assert len(source) > 20
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", date)
