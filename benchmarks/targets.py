"""What is written for each target from a directory of notebooks.

Run as `python benchmarks/targets.py DIR`. Every notebook is planned once, without a network; every
target then gives its files, each alone, and checks them against its schemas. Prints the table of
docs/benchmarks.md. Nothing of the notebooks is executed.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import nb2prod
from nb2prod.core import plan_file
from nb2prod.errors import TargetCannotRun
from nb2prod.project.targets import TARGETS
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import workload

NIGHTLY = Settings(schedule="0 3 * * *", timeout=12 * 3600, pull_secret="registry", on_push="main")


def main(directory: Path) -> int:
    """Print how many notebooks each target took; 1 when one gave what its place would not take."""
    notebooks = sorted(directory.rglob("*.ipynb"))
    written: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    files: Counter[str] = Counter()
    has: Counter[str] = Counter()
    broken: list[str] = []
    planned = 0
    for path in notebooks:
        try:
            migration = plan_file(path, nb2prod.Options(lock="never"))
        except nb2prod.NotebookError:
            continue
        planned += 1
        run = workload(migration)
        has.update(
            what
            for what, there in {
                "a GPU": run.gpu is not None,
                "secrets": bool(run.secrets),
                "data": any(one.name == "data" for one in run.volumes),
                "files beside it": any(one.name == "work" and one.filled for one in run.volumes),
                "something that it serves": run.service is not None,
                "several machines": run.nodes is not None,
            }.items()
            if there
        )
        for target in TARGETS:
            for settings in (Settings(), NIGHTLY):
                try:
                    made = target.files(migration, settings)
                    target.validate(made, settings)
                except TargetCannotRun:
                    refused[target.name] += settings is NIGHTLY
                    continue
                except Exception as error:  # noqa: BLE001 - counted, and shown with its notebook
                    broken.append(f"{path.name}, {target.name}: {type(error).__name__}: {error}")
                    continue
                if settings is NIGHTLY:
                    written[target.name] += 1
                    files[target.name] += len(made)
    print(f"{planned} of {len(notebooks)} notebooks can be converted. They have")
    print("; ".join(f"{what}: {count}" for what, count in has.most_common()) + ".\n")
    print("| target | written and checked | refused, with the reason | files |\n|---|---|---|---|")
    for target in TARGETS:
        name = target.name
        print(f"| `{name}` | {written[name]} | {refused[name]} | {files[name]} |")
    print(*broken, sep="\n", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
