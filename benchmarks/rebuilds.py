"""How a generated image compares with the one that a Dockerfile of a few lines makes:
`python -m benchmarks.rebuilds`.

Both are built of the same project on the same base, a local Debian, by the Docker Engine that
answers (or one that is started for it), in turn and several times: the size of what lies on the
base, without the project's own files, and how long a build takes after a line of code has changed.
Prints the table of docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker

import nb2prod
from tests.container.engine import running_engine
from tests.container.images import Builder
from tests.container.standin import Standins
from tests.examples.sides import Example

PYTHON = "3.11"  # the stand-in's own
NAMES = ("customer_churn", "document_search")

# What tutorials show: one stage, the project copied as a whole, and pip.
NAIVE = """\
FROM {base}
RUN apt-get update && apt-get install -y python3-pip {packages}
WORKDIR /app
COPY . .
RUN pip3 install --break-system-packages --requirement requirements.lock
CMD ["python3", "-m", "{package}"]
"""


def main() -> None:
    """Measure every example, and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    rounds = parser.parse_args().rounds
    print("| example | size | of the naive one | ratio | rebuild | of the naive one | ratio |")
    print("|---|---|---|---|---|---|---|")
    for name in NAMES:
        with (
            running_engine() as client,
            tempfile.TemporaryDirectory() as folder,
            Standins(client, Path(folder)) as standins,
            Builder(client, standins) as builder,
        ):
            print(row(name, builder, Path(folder), rounds), flush=True)


def row(name: str, builder: Builder, folder: Path, rounds: int) -> str:
    """Build one example both ways; its row of the table."""
    example = Example(name, folder)
    options = nb2prod.Options(python=PYTHON, cpu=True, lock="always")
    done = nb2prod.convert(example.notebook, folder / "project", options)
    migration, base = done.migration, done.migration.environment.base_image.reference
    builder.build(done.directory, migration)
    packages = " ".join(package.name for package in migration.environment.system_packages)
    (done.directory / "Dockerfile.naive").write_text(
        NAIVE.format(
            base=base,
            packages=packages,
            package=migration.package,
        ),
        encoding="utf-8",
    )
    naive = f"{migration.project}:naive"
    _naive(builder.client, done.directory, naive)
    sizes = [
        _dependencies(builder.client, reference, base, own)
        for reference, own in ((migration.image, "/app/src"), (naive, "dir:"))
    ]
    ours, theirs = [], []
    for number in range(rounds):
        _change(done.directory / "src" / migration.package / "pipeline.py", number)
        ours.append(_seconds(lambda: builder.build(done.directory, migration)))
        theirs.append(_seconds(lambda: _naive(builder.client, done.directory, naive)))
    mine, other = statistics.median(ours), statistics.median(theirs)
    builder.client.images.remove(naive, force=True)
    return (
        f"| {name} | {sizes[0] / 1e6:.0f} MB | {sizes[1] / 1e6:.0f} MB | {sizes[0] / sizes[1]:.2f}"
        f" | {mine:.1f} s | {other:.1f} s | {mine / other:.3f} |"
    )


def _naive(client: docker.DockerClient, project: Path, tag: str) -> None:
    # Of the same context as ours, so that neither is charged for files that the other leaves out.
    for line in client.api.build(
        path=str(project), dockerfile="Dockerfile.naive", tag=tag, rm=True, decode=True
    ):
        if "error" in line:
            raise SystemExit(line["error"])


def _dependencies(client: docker.DockerClient, reference: str, base: str, own: str) -> int:
    """The bytes of an image's layers above the base, without the one that copies the project."""
    history: list[dict[str, Any]] = client.images.get(reference).history()
    above = history[: len(history) - len(client.images.get(base).history())]
    return sum(one["Size"] for one in above if own not in one["CreatedBy"])


def _change(path: Path, number: int) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n# a change, number {number}\n")


def _seconds(do: Callable[[], object]) -> float:
    started = time.monotonic()
    do()
    return time.monotonic() - started


if __name__ == "__main__":
    main()
