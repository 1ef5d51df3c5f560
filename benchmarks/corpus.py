"""What becomes of a directory of notebooks: `python benchmarks/corpus.py DIR`.

Every notebook goes through the real `convert`, twice, into temporary directories. Prints the tables
of docs/benchmarks.md: exit codes, what the written packages are like, and why a person is needed.
Nothing of the notebooks is executed.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Run by its path, a script finds its neighbours only where it looks for them.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measures import FORBIDDEN, forbidden_words, platform_paths

BATCH = 30


def main(directory: Path) -> int:
    """Convert every notebook of the directory and print what came out; 1 when something crashed."""
    notebooks = sorted(directory.glob("*.ipynb"))
    codes: Counter[int] = Counter()
    qualities: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    crashed = 0
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder, "first"), Path(folder, "second")
        runs = [convert(notebooks, out) for out in (first, second)]
        crashed = sum("this is a bug" in text or "Traceback" in text for _, text in runs)
        for result in runs[0][0]:
            code = 2 if "error" in result else int(result["exit"])
            codes[code] += 1
            if code == 2:
                continue
            project = Path(result["directory"])
            again = second / project.relative_to(first)
            qualities.update(judge(project, again, result["package"]))
            reasons.update(group(note["reason"]) for note in result["attention"])
    print_tables(len(notebooks), codes, qualities, reasons, crashed)
    return 1 if crashed else 0


def convert(notebooks: list[Path], out: Path) -> tuple[list[dict[str, Any]], str]:
    """The summaries of all conversions, and what was said on standard error."""
    results: list[dict[str, Any]] = []
    said = ""
    for start in range(0, len(notebooks), BATCH):
        command = [sys.executable, "-m", "nb2prod", "convert", "--json", "--lock", "never"]
        command += ["-o", str(out)]
        batch = map(str, notebooks[start : start + BATCH])
        done = subprocess.run([*command, *batch], capture_output=True, text=True, check=False)
        results += [json.loads(line) for line in done.stdout.splitlines()]
        said += done.stderr
    return results, said


def judge(project: Path, again: Path, package: str) -> Iterator[str]:
    """The good qualities of one written project, by name."""
    manifest = json.loads((project / "nb2prod.json").read_text(encoding="utf-8"))
    ledger = manifest["ledger"]
    fates = sum(ledger[fate] for fate in ("kept", "rewritten", "hoisted", "dropped", "attention"))
    if ledger["lines"] == fates == sum(entry["lines"] for entry in ledger["entries"]):
        yield "ledger adds up"
    if tree(project) == tree(again):
        yield "identical when converted twice"
    yield f"layout {manifest['layout']['rung']}"
    try:
        modules = {
            path.name: ast.parse(path.read_text(encoding="utf-8"))
            for path in (project / "src" / package).glob("*.py")
        }
    except SyntaxError:
        return
    yield "package compiles"
    found = {word for module in modules.values() for _, word in forbidden_words(module)}
    for word in FORBIDDEN:
        if word not in found:
            yield f"no `{word}`"
    if not any(any(platform_paths(name, module)) for name, module in modules.items()):
        yield "no platform path"


def tree(directory: Path) -> dict[str, bytes]:
    """All files of a directory."""
    paths = (path for path in directory.rglob("*") if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in paths}


def group(reason: str) -> str:
    """A reason without what is special to one notebook."""
    for pattern, name in (
        (r"the cell does not run: it is Python 2", "a cell is Python 2"),
        (r"the cell does not run", "a cell is not valid Python 3"),
        (
            r"comes from no distribution|no distribution can be named|is in no table",
            "a module that no table knows",
        ),
        (r"no image can get|no image of before", "a run of before the first known image"),
        (r"and may not run", "a package younger than what it runs with"),
        (r"another machine|outside of the|Windows would|how long", "a path that a job has not"),
        (r"own run failed", "a cell that was saved with an error"),
        (r"waits for|signed in|serves until", "something that waits for a person"),
        (r"no version of", "no version is known without an index"),
        (r"names no commit", "an install from a repository without a commit"),
        (r"another index", "an install from another index"),
        (r"which is not part of the notebook", "requirements in a file that is not there"),
        (r"installs the local", "an install from a local path"),
        (r"has no counterpart", "a magic or an API with no counterpart"),
        (r"other code tomorrow", "a repository that is cloned without a commit"),
        (r"defined nowhere", "a name that is defined nowhere"),
        (r"driver", "a driver that the tables do not know, or an old one"),
        (r"TPU", "the notebook ran on a TPU"),
    ):
        if re.search(pattern, reason):
            return name
    return "other"


def print_tables(
    count: int, codes: Counter[int], qualities: Counter[str], reasons: Counter[str], crashed: int
) -> None:
    """Markdown for docs/benchmarks.md."""
    written = codes[0] + codes[1]
    print(f"{count} notebooks, {crashed} runs with a crash\n")
    print("| exit code | notebooks |\n|---|---|")
    for code in (0, 1, 2):
        print(f"| {code} | {codes[code]} |")
    print(f"\n| of the {written} written projects | |\n|---|---|")
    for name, number in sorted(qualities.items()):
        print(f"| {name} | {number} ({number / written:.1%}) |")
    print("\n| needs a person | times |\n|---|---|")
    for name, number in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        print(f"| {name} | {number} |")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
