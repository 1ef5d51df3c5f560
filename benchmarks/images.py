"""How long the images of the examples take, and how large they get: `python -m benchmarks.images`.

Builds the `--cpu` form of each example with a Docker Engine (the one that answers, or one that is
started for it), runs it on the example's data, and prints the table of docs/benchmarks.md. The base
is a local Debian. With `--wheels FILE...`, wheels that no index at hand has (torch for a CPU) are
given to the build of the example that needs torch.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path

import nb2prod
from tests.container.engine import running_engine
from tests.container.images import Builder
from tests.container.standin import Standins
from tests.examples.sides import EXAMPLES, Example

PYTHON = "3.11"  # the stand-in's own


def main() -> None:
    """Build and run every example, and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheels", nargs="*", type=Path, default=[], metavar="FILE")
    wheels = parser.parse_args().wheels
    print("| example | build | above the base | run |\n|---|---|---|---|")
    for name in sorted(path.parent.name for path in EXAMPLES.glob("*/*.ipynb")):
        with (
            running_engine() as client,
            tempfile.TemporaryDirectory() as folder,
            Standins(client, Path(folder)) as standins,
            Builder(client, standins) as builder,
        ):
            print(row(name, builder, Path(folder), wheels), flush=True)


def row(name: str, builder: Builder, folder: Path, wheels: list[Path]) -> str:
    """Build and run one example; its row of the table."""
    example = Example(name, folder)
    options = nb2prod.Options(python=PYTHON, cpu=True, lock="never")
    done = nb2prod.convert(example.notebook, folder / "project", options)
    environment = done.migration.environment
    # The default index's torch is for a GPU; with wheels of one's own no index of torch's is asked.
    backend = {"TORCH_BACKEND": ""} if environment.torch_build and wheels else {}
    given = wheels if environment.torch_build else []
    base = environment.base_image.reference
    builder.standins.base(base, environment.python.minor, given)
    started = time.monotonic()
    image = builder.build(done.directory, done.migration, backend)
    built = time.monotonic() - started
    data = folder / "data"
    shutil.copytree(example.drive, data)
    for path in (data, *data.rglob("*")):
        path.chmod(0o777)
    started = time.monotonic()
    ran = builder.run(image, data=data)
    seconds = time.monotonic() - started
    if ran.status != 0:
        raise SystemExit(f"{name}: exit code {ran.status}\n{ran.messages}")
    size = image.attrs["Size"]
    above = size - builder.client.images.get(base).attrs["Size"]
    return f"| {name} | {built:.0f} s | {above / 1e6:.0f} MB | {seconds:.0f} s |"


if __name__ == "__main__":
    main()
