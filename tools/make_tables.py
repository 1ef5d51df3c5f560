"""Regenerates the derived tables of `src/nb2prod/data/tables/` from the research inputs.

    python tools/make_tables.py DATA_DIR

DATA_DIR holds the inputs: colab_runtimes.json, colab_named_full.json, torch_cuda.json,
tf_cuda.json, cuda_base_images.json, cuda_drivers.json and pypi_popularity.tsv. Written are
runtimes.json, runtime_packages.tsv, cuda.json, popularity.tsv and imports.tsv; the same inputs give
the same bytes. The other tables are kept by hand.

imports.tsv comes from the mapping inside an installed pipreqs 0.5.0. Where pipreqs is not
importable, the rows that imports.tsv already has are kept, less those that the other inputs no
longer support.

Fails when the inputs contradict each other: a runtime rebuilt from the deltas must equal the full
copy of the named runtime.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# Run by its path, a script finds its neighbours only where it looks for them.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.make_runtimes import build_runtimes, newest_packages

TABLES = Path(__file__).resolve().parents[1] / "src" / "nb2prod" / "data" / "tables"

# The day the inputs were gathered; change it with them.
SURVEY_DATE = "2026-11-21"

# pipreqs' rows that would invent an answer.
# fmt: off
NOT_FROM_PIPREQS = frozenset({
    # modules of the standard library
    "concurrent", "enum", "queue", "readline", "tkinter", "winreg",
    # words that are a local file in most notebooks, and namespaces of many distributions
    "analytics", "cms", "colors", "compose", "compressor", "curator", "curl", "daemon", "em",
    "examples", "five", "flaskext", "functional", "fuse", "FSM", "haystack", "migrate",
    "path", "plone", "quadtree", "requirements", "robots", "s2repoze", "screen", "setuputils",
    "singleton", "tests", "validate", "z3c", "App", "S3", "Testing",
})
# fmt: on
# Distributions of the Python 2 era that no current Python can use, or needs.
RETIRED = frozenset({"beautifulsoup", "zope2", "future", "futures", "enum34", "mysql-python"})


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
        "cuda.json": json.dumps(_cuda(data_dir), indent=1) + "\n",
        "popularity.tsv": _table(
            "the most downloaded distributions of the default index, most downloaded first",
            "name, newest version, its month (both empty where the survey has none)",
            popularity,
        ),
        "imports.tsv": _table(
            "the mapping of pipreqs 0.5.0 (Apache-2.0), reduced to distributions in use",
            "module, distribution",
            _imports(known),
        ),
    }


def _cuda(data_dir: Path) -> dict[str, Any]:
    images = _json(data_dir / "cuda_base_images.json")["images"]
    drivers = _json(data_dir / "cuda_drivers.json")
    torch = _json(data_dir / "torch_cuda.json")
    tensorflow = _json(data_dir / "tf_cuda.json")["tensorflow"]
    return {
        "source": "image tags: replicate/cog (Apache-2.0) and public Dockerfiles; drivers: NVIDIA's"
        " CUDA compatibility page and the names of its installers; torch and TensorFlow: the"
        " metadata of their wheels, replicate/cog and the projects' own pages",
        "date": SURVEY_DATE,
        "note": "Only the cudnn-devel images are listed by the source; the other flavours follow"
        " the same pattern and were sampled. torch: cuda is that of the default index's wheel,"
        " variants are the builds of PyTorch's own index, torchvision the version made for it.",
        "image_template": "nvidia/cuda:{cuda}-{flavour}-ubuntu{ubuntu}",
        # "https://…/<variant> (and a remark)"
        "torch_index_template": torch["index_url"].split()[0].replace("<variant>", "{variant}"),
        "minimum_driver": {
            series.removesuffix(".x"): driver for series, driver in drivers["min_driver"].items()
        },
        "images": {
            version: {
                "cudnn_tag": image["cudnn_tag"],
                "ubuntu": image["ubuntu"],
                "shipped_driver": image["shipped_driver"] or drivers["shipped_driver"].get(version),
            }
            for version, image in sorted(images.items(), key=_by_version)
        },
        "torch": {
            version: {
                "cuda": row["pypi_cuda"],
                "pythons": row["pythons"],
                "variants": sorted(row["variants"]),
                # "0.29.2 (and a remark)"
                "torchvision": (row["torchvision"] or "").partition(" ")[0] or None,
            }
            for version, row in sorted(torch["torch"].items(), key=_by_version)
        },
        "tensorflow": {
            version: {"cuda": row["cuda"], "cudnn": row["cudnn"], "pythons": row["pythons"]}
            for version, row in sorted(tensorflow.items(), key=_by_version)
        },
    }


def _popularity(data_dir: Path) -> list[list[str]]:
    lines = (data_dir / "pypi_popularity.tsv").read_text(encoding="utf-8").splitlines()
    if lines[0].split("\t") != ["rank", "name", "newest_version", "month"]:
        raise SystemExit("pypi_popularity.tsv has other columns than expected.")
    return [line.split("\t")[1:] for line in lines[1:]]


def _imports(known: set[str]) -> list[list[str]]:
    """Module and distribution where pipreqs has exactly one answer and it is in use.

    A module that is itself the name of another distribution in use is left out: one of the two
    answers is wrong, and which one is for the reviewed list to say.
    """
    answers: dict[str, set[str]] = {}
    for module, distribution in _pipreqs_rows():
        answers.setdefault(module, set()).add(_normalise(distribution))
    rows = []
    for module, names in sorted(answers.items()):
        usable = sorted(names & known - RETIRED)
        clash = _normalise(module) in known
        if len(usable) == 1 and not clash and module not in NOT_FROM_PIPREQS:
            rows.append([module, usable[0]])
    return rows


def _pipreqs_rows() -> list[list[str]]:
    spec = find_spec("pipreqs")
    if spec is None or spec.origin is None:
        kept = (TABLES / "imports.tsv").read_text(encoding="utf-8").splitlines()
        return [line.split("\t") for line in kept if not line.startswith("#")]
    mapping = Path(spec.origin).with_name("mapping").read_text(encoding="utf-8")
    return [line.split(":", 1) for line in mapping.splitlines() if ":" in line]


def _table(source: str, columns: str, rows: Iterable[Iterable[str]]) -> str:
    head = f"# source: {source}; date: {SURVEY_DATE}; columns: {columns}\n"
    return head + "".join("\t".join(row) + "\n" for row in rows)


def _by_version(item: tuple[str, object]) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", item[0])]


def _normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


if __name__ == "__main__":
    main()
