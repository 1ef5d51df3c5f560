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
GENERATED = ["cuda.json", "imports.tsv", "popularity.tsv", "runtimes.json"]


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


@pytest.mark.parametrize(
    ("name", "version", "url", "servable"),
    [
        ("numpy", "2.1.3", "", True),
        ("torch", "2.11.0+cpu", "https://example.invalid/torch.whl", True),
        ("cuvs-cu12", "26.2.0", "https://example.invalid/cuvs.whl", True),
        ("cuvs-cu12", "24.4.0", "https://example.invalid/cuvs.whl", False),
        ("en-core-web-sm", "3.8.0", "https://example.invalid/model.whl", False),
        ("some-tool", "", "git+https://example.invalid/tool", False),
        ("google-colab", "", "file:///colabtools/google_colab.tar.gz", False),
        ("python-apt", "2.4.0", "", False),
    ],
)
def test_what_an_index_can_serve(
    generator: ModuleType, name: str, version: str, url: str, servable: bool
) -> None:
    assert (generator._unservable(name, version, url) is None) is servable


DELTAS = [
    {"date": "1", "commit": "aa", "python": "3.12", "ubuntu": "22.04", "d": {"x": "1", "y": "1"}},
    {"date": "2", "commit": "bb", "d": {"x": "2", "y": None}},
    {"date": "3", "commit": "cc", "python": "3.13", "d": {"z": "1"}},
]


@pytest.mark.parametrize(
    ("commit", "state", "date", "python"),
    [
        (None, {"x": "2", "z": "1"}, "3", "3.13"),
        ("bbbb", {"x": "2"}, "2", "3.12"),
        ("aaaa", {"x": "1", "y": "1"}, "1", "3.12"),
    ],
)
def test_deltas_add_up(
    generator: ModuleType, commit: str | None, state: dict[str, str], date: str, python: str
) -> None:
    rebuilt, head = generator._apply(DELTAS, commit)
    assert rebuilt == state
    assert (head["date"], head["python"], head["ubuntu"]) == (date, python, "22.04")


def test_a_runtime_that_differs_from_its_full_copy_stops_the_generator(
    generator: ModuleType,
) -> None:
    full = {"commit": "cccc", "python": "3.13", "variants": {"main": {"x": "2", "z": "1"}}}
    generator._check_against_named({"main": DELTAS}, {"2026.07": full})
    full["variants"] = {"main": {"x": "2", "z": "9"}}
    with pytest.raises(SystemExit, match=r"2026\.07"):
        generator._check_against_named({"main": DELTAS}, {"2026.07": full})
