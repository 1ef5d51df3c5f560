"""Which distributions notebooks need, as each tool answers: `python benchmarks/names.py DIR`.

DIR holds the notebooks that tests/environment/truth.json judges by their hashes. Each notebook lies
alone in a directory of its own, and each peer runs there as the command that its users run, in an
environment that this makes. Prints the table of docs/benchmarks.md. No notebook is executed.

pipreqs asks an index about every name. Here a server of its own answers that a distribution is
there if pigar's database, which lists the index, has it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

# Run by its path, a script finds its neighbours only where it looks for them.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.peers import install

CHECKOUT = Path(__file__).resolve().parents[1]
REQUIREMENTS: Mapping[str, tuple[str, ...]] = {
    "pipreqs": ("pipreqs==0.5.0",),
    "pigar": ("pigar==2.2.0",),
    "deptry": ("deptry==0.25.1",),
}
SECONDS = 300
_NAME = "notebook.ipynb"
_PROJECT = '[project]\nname = "judged"\nversion = "1"\ndependencies = []\n'

Answer = Callable[[Path], set[str] | None]


@dataclass(slots=True)
class Score:
    """How a tool did over all notebooks; `silent` counts those that it gave no answer for."""

    found: int = 0
    missed: int = 0
    invented: int = 0
    silent: int = 0

    def judge(self, entry: Mapping[str, Any], answer: set[str] | None) -> None:
        """Count one answer: what is acceptable, but not required, counts neither way."""
        if answer is None:
            self.silent += 1
            answer = set()
        required = [set(names) for names in entry["required"]]
        found = sum(bool(names & answer) for names in required)
        self.found += found
        self.missed += len(required) - found
        self.invented += len(answer - set().union(entry["allowed"], *required))

    @property
    def precision(self) -> float:
        """Of the distributions that were named the share that is right."""
        return self.found / max(1, self.found + self.invented)

    @property
    def recall(self) -> float:
        """Of the distributions that are needed the share that was named."""
        return self.found / max(1, self.found + self.missed)


def main(directory: Path) -> int:
    """Ask every tool about every notebook that the truth judges, and print how they did."""
    truth = json.loads((CHECKOUT / "tests/environment/truth.json").read_text())["notebooks"]
    by_hash = {
        hashlib.sha256(path.read_bytes()).hexdigest(): path for path in directory.glob("*.ipynb")
    }
    judged = [(entry, by_hash[entry["sha256"]]) for entry in truth if entry["sha256"] in by_hash]
    with tempfile.TemporaryDirectory() as folder:
        environments = Path(folder)
        absent = install(environments, REQUIREMENTS)
        for name, reason in absent.items():
            print(f"{name} is not there: {reason}", file=sys.stderr)
        with _index(environments) as address:
            tools: dict[str, Answer] = {
                "nb2prod": of_nb2prod,
                "pipreqs": partial(of_pipreqs, environments, address),
                "pigar": partial(of_pigar, environments),
                "pigar, what it is sure of": partial(of_pigar, environments, sure=True),
                "deptry": partial(of_deptry, environments),
            }
            scores = {
                name: _score(answer, judged)
                for name, answer in tools.items()
                if name.partition(",")[0] not in absent
            }
    print_table(len(judged), scores)
    return 0


def _score(answer: Answer, judged: list[tuple[Mapping[str, Any], Path]]) -> Score:
    score = Score()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = pool.map(partial(_alone, answer), (path for _, path in judged))
        for (entry, _), found in zip(judged, answers, strict=True):
            score.judge(entry, found)
    return score


def _alone(answer: Answer, notebook: Path) -> set[str] | None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(notebook, Path(folder, _NAME))
        return answer(Path(folder))


def of_nb2prod(directory: Path) -> set[str] | None:
    """What the project pins or takes from a repository, and what is needed without a version."""
    command = [sys.executable, "-m", "nb2prod"]
    inspected = _run([*command, "inspect", "--json", _NAME], directory)
    if _run([*command, "convert", "--quiet", "-o", "out", _NAME], directory) is None:
        return None
    manifest = directory / "out" / "nb2prod.json"
    if inspected is None or not manifest.is_file():
        return None
    named = {pin["name"] for pin in json.loads(manifest.read_text(encoding="utf-8"))["pins"]}
    for one in json.loads(inspected)["dependencies"]:
        unsure = one["optional"] or one["answered_by"] == "same-name-unverified"
        if one["distribution"] is not None and not unsure:
            named.add(one["distribution"])
    return named


def of_pipreqs(environments: Path, address: str, directory: Path) -> set[str] | None:
    """The names of the requirements that pipreqs prints."""
    program = str(environments / "pipreqs" / "bin" / "pipreqs")
    options = ["--scan-notebooks", "--print", "--pypi-server", address]
    said = _run([program, *options, "."], directory)
    return None if said is None else set(_requirements(said))


def of_pigar(environments: Path, directory: Path, *, sure: bool = False) -> set[str] | None:
    """The names of the requirements that pigar writes when nobody answers its questions; if `sure`,
    without those of which it says that there are several for one module.
    """
    program = str(environments / "pigar" / "bin" / "pigar")
    options = ["generate", "--question-answer", "yes", "--auto-select"]
    _run([program, *options, "."], directory)
    written = directory / "requirements.txt"
    if not written.is_file():
        return None
    text = written.read_text(encoding="utf-8")
    return set(_requirements(text.partition("# WARNING(pigar)")[0] if sure else text))


def of_deptry(environments: Path, directory: Path) -> set[str] | None:
    """The modules that deptry misses among the dependencies of a project that names none."""
    (directory / "pyproject.toml").write_text(_PROJECT, encoding="utf-8")
    program = str(environments / "deptry" / "bin" / "deptry")
    _run([program, ".", "--json-output", "found.json"], directory)
    written = directory / "found.json"
    if not written.is_file():
        return None
    issues = json.loads(written.read_text(encoding="utf-8"))
    return {_normalise(one["module"]) for one in issues if one["error"]["code"] == "DEP001"}


def _run(command: list[str], directory: Path) -> str | None:
    """What a command prints; None where it crashes or does not end. Findings are no crash."""
    environment = {**os.environ, "LANG": "C.UTF-8"}
    environment["PYTHONPATH"] = str(CHECKOUT / "src") if command[0] == sys.executable else ""
    try:
        done = subprocess.run(
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return None if "Traceback (" in done.stderr or done.returncode > 1 else done.stdout


def _requirements(text: str) -> Iterator[str]:
    for line in text.splitlines():
        match = re.match(r"([A-Za-z0-9][\w.-]*)\s*(?:[=<>~!\[].*)?$", line)
        if match is not None:
            yield _normalise(match[1])


@contextmanager
def _index(environments: Path) -> Iterator[str]:
    """A server that says of a distribution whether it is there, and calls its version 1."""
    database = next((environments / "pigar").glob("lib/*/site-packages/pigar/.db.sqlite3"), None)
    names: set[str] = set()
    if database is not None:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            rows = connection.execute("SELECT name FROM distributions")
            names = {_normalise(name) for (name,) in rows}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # http.server calls it so
            name = self.path.removesuffix("/json").rpartition("/")[2]
            known = _normalise(name) in names
            info = {"name": name, "version": "1", "package_url": self.path}
            self.send_response(200 if known else 404)
            self.end_headers()
            if known:
                self.wfile.write(json.dumps({"info": info, "releases": {"1": []}}).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing of the requests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def _normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def print_table(notebooks: int, scores: Mapping[str, Score]) -> None:
    """The table of docs/benchmarks.md."""
    print(f"{notebooks} notebooks\n")
    print("| | right | missed | invented | precision | recall | notebooks without an answer |")
    print("|---|---|---|---|---|---|---|")
    for name, score in scores.items():
        tool, comma, rest = name.partition(",")
        label = REQUIREMENTS.get(tool, (tool,))[0].replace("==", " ") + comma + rest
        counts = f"{score.found} | {score.missed} | {score.invented}"
        print(
            f"| {label} | {counts} | {score.precision:.3f} | {score.recall:.3f} | {score.silent} |"
        )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
