"""Surveys which distributions say that they hold a module, for `make_tables.py` to choose from.

    python tools/survey_modules.py DATA_DIR

Reads the mapping of an installed pipreqs 0.5.0 (Apache-2.0) and the module database of an installed
pigar 2.2.0 (BSD-3-Clause), both reduced to distributions in use: among the most downloaded ones or
in the newest images of Colab (pypi_popularity.tsv and colab_runtimes.json in DATA_DIR). Writes
`module_sources.tsv` beside itself, so that the tables can be made again without either program; the
same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import re
import sqlite3
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

# Run by its path, a script finds its neighbours only where it looks for them.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.make_runtimes import newest_packages
from tools.module_sources import SOURCES_FILE, ModuleSources, write_sources

TABLES = Path(__file__).resolve().parents[1] / "src" / "nb2prod" / "data" / "tables"
# Type stubs, the bindings of other systems, what generators make by the hundred, and the parts of
# web sites and test frameworks, whose modules have everyday names.
_NOT_OF_NOTEBOOKS = re.compile(
    r"(types|pyobjc|volcengine|django|djangorestframework|edx|robotframework)-.*"
    r"|odoo.*|pywin32|.*-(stubs|xblock)|boto3-stubs.*"
)


def main() -> None:
    """Reads both programs' data and writes the survey."""
    parser = argparse.ArgumentParser(description="Survey which distributions hold which modules.")
    parser.add_argument("data_dir", type=Path, help="the folder with the research inputs")
    data_dir: Path = parser.parse_args().data_dir
    ranks = _ranks(data_dir)
    reviewed = {row[0] for row in _rows(TABLES / "import_overrides.tsv")}
    used = set(ranks) | newest_packages(data_dir)
    pipreqs: dict[str, set[str]] = defaultdict(set)
    for module, distribution in _pipreqs():
        pipreqs[module].add(distribution)
    pigar: dict[str, set[str]] = defaultdict(set)
    providers: Counter[str] = Counter()
    for module, distribution in _pigar():
        providers[module] += 1
        if distribution in used and not _NOT_OF_NOTEBOOKS.fullmatch(distribution):
            pigar[module].add(distribution)
    survey = []
    for module in sorted({*pipreqs, *pigar}):
        if not re.fullmatch(r"[^\W\d_]\w*", module):
            continue
        named = sorted(pipreqs[module] & used)
        holding = sorted(pigar[module], key=lambda name: (ranks.get(name, sys.maxsize), name))
        # Where the module's own name is the answer already, nothing has to be looked up.
        if module in reviewed or (
            (named or holding) and _normalise(module) not in (*named, *holding)
        ):
            survey.append(
                ModuleSources(module, tuple(named), tuple(holding[:3]), providers[module])
            )
    SOURCES_FILE.write_text(write_sources(survey), encoding="utf-8")


def _ranks(data_dir: Path) -> dict[str, int]:
    lines = (data_dir / "pypi_popularity.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return {line.split("\t")[1]: int(line.split("\t")[0]) for line in lines}


def _rows(path: Path) -> Iterator[list[str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split("\t")


def _pipreqs() -> Iterator[tuple[str, str]]:
    for line in _beside("pipreqs", "mapping").read_text(encoding="utf-8").splitlines():
        module, colon, distribution = line.partition(":")
        if colon:
            yield module, _normalise(distribution)


def _pigar() -> Iterator[tuple[str, str]]:
    database = _beside("pigar", ".db.sqlite3")
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        for module, distribution in connection.execute(
            "SELECT m.name, d.name FROM top_level_module_names m"
            " JOIN distributions d ON d.id = m.distribution_id"
        ):
            yield module, _normalise(distribution)


def _beside(package: str, name: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"Install {package} first: its {name} is one of the sources.")
    return Path(spec.origin).with_name(name)


def _normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
