"""How far every notebook of a directory comes: `python benchmarks/funnel.py DIR`.

The stages, in order: it is read, every cell is understood, what is written is portable, compiles
and has no new undefined name, the ledger is exact, the Dockerfile is clean and the specs are valid.
Other converters go through the same measures, as far as these can be taken of files of Python
alone, in the same run; uv makes their environments. No notebook is executed.
"""

from __future__ import annotations

import argparse
import functools
import json
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

# Run by its path, a script finds its neighbours only where it looks for them.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.funnel_tables import report
from benchmarks.outcomes import Outcome, own_outcome, peer_outcome, subject
from benchmarks.peers import PEERS, REQUIREMENTS, Peer, convert, install

WORKERS = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge every notebook of the directory and print the tables; 1 when nb2prod crashed."""
    options = _parser().parse_args(arguments)
    notebooks = sorted(options.directory.glob("*.ipynb"))
    if not notebooks:
        print(f"{options.directory} holds no notebook.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        environments = options.peers_environment or Path(folder)
        absent = install(environments.resolve()) if options.peers else {}
        peers = [one for one in PEERS if options.peers and one.distribution not in absent]
        outcomes = judge(notebooks, peers, environments.resolve())
    missing = {one.label: absent[one.distribution] for one in PEERS if one.distribution in absent}
    print("\n".join(report(outcomes, missing, options.names)))
    if options.json is not None:
        written = {
            "peers": dict(REQUIREMENTS) if options.peers else {},
            "not_installed": absent,
            "outcomes": [one.as_json() for one in outcomes],
        }
        options.json.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    return 1 if any(one.crash for one in outcomes if one.tool == "nb2prod") else 0


def judge(notebooks: Sequence[Path], peers: Sequence[Peer], environments: Path) -> list[Outcome]:
    """What became of every notebook in every tool, in the order of tools and names."""
    work = functools.partial(_judge_one, peers=tuple(peers), environments=environments)
    # A process that is forked takes the threads' locks of this one with it; a new one has its own.
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        rows = list(pool.map(work, notebooks))
    return [outcome for column in zip(*rows, strict=True) for outcome in column]


def _judge_one(path: Path, peers: tuple[Peer, ...], environments: Path) -> list[Outcome]:
    found = subject(path)
    outcomes = [own_outcome(found)]
    for peer in peers:
        outcomes.append(peer_outcome(peer.label, convert(peer, environments, path), found))
    return outcomes


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("directory", type=Path, metavar="DIR")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every reason with its place")
    parser.add_argument("--names", action="store_true", help="name up to three notebooks a reason")
    parser.add_argument(
        "--peers",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="run nbconvert, jupytext and soorgeon, too",
    )
    parser.add_argument(
        "--peers-environment",
        type=Path,
        metavar="DIR",
        help="where their environments are made and kept (default: a temporary directory)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
