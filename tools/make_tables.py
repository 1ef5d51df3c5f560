"""Regenerates the derived tables of `src/nb2prod/data/tables/` from the research inputs.

    python tools/make_tables.py DATA_DIR

DATA_DIR holds the inputs: colab_runtimes.json, colab_named_full.json, torch_cuda.json,
tf_cuda.json, jax_cuda.json, other_cuda_packages.json, cuda_base_images.json, cuda_drivers.json and
pypi_popularity.tsv. Written are runtimes.json, runtime_packages.tsv, cuda.json, popularity.tsv and
imports.tsv; the same inputs give the same bytes. The other tables are kept by hand.

imports.tsv is chosen from module_sources.tsv beside this script, which `survey_modules.py` writes:
what pipreqs' mapping and pigar's module database say, reduced to distributions in use.

Fails when the inputs contradict each other: a runtime rebuilt from the deltas must equal the full
copy of the named runtime.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

# Run by its path, a script finds its neighbours only where it looks for them.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from nb2prod.data.standard_library import STANDARD_MODULES
from tools.make_cuda import build_cuda
from tools.make_runtimes import build_runtimes, newest_packages
from tools.module_sources import import_rows, read_sources

TABLES = Path(__file__).resolve().parents[1] / "src" / "nb2prod" / "data" / "tables"

# The day the inputs were gathered; change it with them.
SURVEY_DATE = "2026-11-21"


def main() -> None:
    """Reads the inputs and writes every derived table."""
    parser = argparse.ArgumentParser(description="Regenerate the derived data tables.")
    parser.add_argument("data_dir", type=Path, help="the folder with the research inputs")
    data_dir: Path = parser.parse_args().data_dir
    for name, text in build(data_dir).items():
        (TABLES / name).write_text(text, encoding="utf-8")


def build(data_dir: Path) -> dict[str, str]:
    """The text of each derived table by its file name."""
    popularity = _popularity(data_dir)
    known = {name for name, _, _ in popularity} | newest_packages(data_dir)
    return {
        **build_runtimes(data_dir),
        "cuda.json": json.dumps(build_cuda(data_dir, SURVEY_DATE), indent=1) + "\n",
        "popularity.tsv": _table(
            "the most downloaded distributions of the default index, most downloaded first",
            "name, newest version, its month (both empty where the survey has none)",
            popularity,
        ),
        "imports.tsv": _table(
            "the mapping of pipreqs 0.5.0 (Apache-2.0) and the module database of pigar 2.2.0"
            " (BSD-3-Clause), reduced to distributions in use and to what they settle",
            "module, distribution, who says so",
            import_rows(read_sources(), known, STANDARD_MODULES),
        ),
    }


def _popularity(data_dir: Path) -> list[list[str]]:
    lines = (data_dir / "pypi_popularity.tsv").read_text(encoding="utf-8").splitlines()
    if lines[0].split("\t") != ["rank", "name", "newest_version", "month"]:
        raise SystemExit("pypi_popularity.tsv has other columns than expected.")
    return [line.split("\t")[1:] for line in lines[1:]]


def _table(source: str, columns: str, rows: Iterable[Iterable[str]]) -> str:
    head = f"# source: {source}; date: {SURVEY_DATE}; columns: {columns}\n"
    return head + "".join("\t".join(row) + "\n" for row in rows)


if __name__ == "__main__":
    main()
