"""The tables of Colab's and Kaggle's images, for `tools/make_tables.py`.

Inputs: colab_runtimes.json (every snapshot, each as its difference from the one before) and
colab_named_full.json (the named runtimes, whole). Outputs: runtimes.json (which snapshots, named
runtimes and Kaggle images there are) and runtime_packages.tsv (one line per distribution: its
versions over time). Both are plain text, so that the same inputs give the same bytes wherever this
runs; a compressor's bytes depend on its version. The images for TPUs are left out: no target of
the project has one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

VARIANTS = ("main", "gpu")
REMOVED = "-"

# Until this day one image served with and without a GPU; from it on, `main` has no CUDA. The
# freezes of the image with a GPU begin a month later.
ONE_IMAGE_UNTIL = "2025-12-10"

# Images of Kaggle (Kaggle/docker-python, Apache-2.0): the day of the commit, and the dates of the
# images of Colab that it names as its base, with and without a GPU. Earlier ones were built from
# Google's deep learning images.
KAGGLE = [
    ("2024-12-04", "2024-09-20", "2024-09-20"),
    ("2025-01-03", "2024-12-17", "2024-12-17"),
    ("2025-04-04", "2025-02-19", "2025-02-19"),
    ("2025-05-07", "2025-04-04", "2025-04-04"),
    ("2025-06-25", "2025-06-03", "2025-06-03"),
    ("2025-07-01", "2025-06-26", "2025-06-26"),
    ("2025-09-25", "2025-07-25", "2025-07-25"),
    ("2025-12-12", "2025-10-24", "2025-10-24"),
    ("2026-02-02", "2026-01-26", "2026-01-26"),
    ("2026-02-05", "2026-01-26", "2026-01-23"),
    ("2026-03-17", "2026-02-26", "2026-02-26"),
    ("2026-04-27", "2026-04-16", "2026-04-16"),
    ("2026-06-22", "2026-05-14", "2026-05-14"),
]

# Why no index can serve an install; the words behind `#` in runtime_packages.tsv.
REASONS = {
    "ubuntu": "Ubuntu's own package, on no index",
    "dbus": "Ubuntu's own package; the index has only source that needs the D-Bus library",
    "gobject": "source only, built against the image's own GObject library",
    "file": "built from a file inside the image",
    "git": "installed from a Git repository",
    "url": "installed from a direct URL; this version is not known to be on the default index",
    "gone": "a build for CUDA of a version that the default index does not have",
}
_SYSTEM_PACKAGES = {
    "python-apt": "ubuntu",
    "screen-resolution-extra": "ubuntu",
    "xkit": "ubuntu",
    "dbus-python": "dbus",
    "pygobject": "gobject",
}
# Installs from a URL or a file whose very version is on the default index as well.
_ON_INDEX = {
    "cucim-cu12": {"26.2.0", "26.2.1"},
    "cudf-cu12": {"24.12.0", "25.2.1", "25.6.0", "25.10.0"},
    "cuvs-cu12": {"26.2.0"},
    "libcudf-cu12": {"24.12.0", "25.2.1", "25.6.0", "25.10.0"},
    "lightgbm": {"4.5.0", "4.6.0"},
    "nx-cugraph-cu12": {"26.2.0"},
    "pylibcudf-cu12": {"24.12.0", "25.2.1", "25.6.0", "25.10.0"},
    "tensorflow": {"2.15.0"},
    "torchcodec": {"0.8.0", "0.10.0"},
}
# Builds with a local version repeat releases of the default index, these aside.
_GONE = {
    "jaxlib": {
        *("0.3.15", "0.3.20", "0.3.22", "0.3.25"),
        *("0.4.4", "0.4.6", "0.4.7", "0.4.10", "0.4.14", "0.4.16"),
    }
}

State = dict[str, str]


def build_runtimes(data_dir: Path) -> dict[str, str]:
    """The text of runtimes.json and of runtime_packages.tsv, by file name."""
    deltas = _json(data_dir / "colab_runtimes.json")["variants"]
    named = _json(data_dir / "colab_named_full.json")
    newest = {variant: deltas[variant][-1]["date"] for variant in VARIANTS}
    if len(set(newest.values())) != 1:
        raise SystemExit(f"The newest main and gpu snapshots do not belong together: {newest}")
    states = {variant: list(_states(deltas[variant])) for variant in VARIANTS}
    source = "github.com/googlecolab/backend-info (Apache-2.0), the package freezes"
    head = {
        "source": f"{source}; kaggle: github.com/Kaggle/docker-python (Apache-2.0)",
        "date": newest["main"],
        "note": "snapshots: day and commit of each freeze; pythons, ubuntus: from which snapshot"
        " on; named: the snapshot and what differs from it; kaggle: the days of the images of"
        " Colab that an image is built from; reasons: the words behind # in runtime_packages.tsv",
        "one_image_until": ONE_IMAGE_UNTIL,
        "reasons": REASONS,
        "variants": {variant: _heads(deltas[variant]) for variant in VARIANTS},
        "named": {name: _named(name, named[name], deltas, states) for name in sorted(named)},
        "kaggle": [{"date": day, "gpu": gpu, "main": main} for day, gpu, main in KAGGLE],
    }
    columns = (
        "distribution, its versions in main, its versions in gpu; each as snapshot=version, counted"
        " from 0; '-' means removed, '#' that no index serves it and why"
    )
    rows = [f"# source: {source}; date: {newest['main']}; columns: {columns}"]
    histories = {variant: _histories(deltas[variant]) for variant in VARIANTS}
    for name in sorted({name for of_variant in histories.values() for name in of_variant}):
        rows.append("\t".join([name, *(histories[key].get(name, "") for key in VARIANTS)]))
    return {
        "runtimes.json": json.dumps(head, indent=1) + "\n",
        "runtime_packages.tsv": "\n".join(rows) + "\n",
    }


def newest_packages(data_dir: Path) -> set[str]:
    """The distributions of the newest images that an index can serve."""
    deltas = _json(data_dir / "colab_runtimes.json")["variants"]
    states = [list(_states(deltas[variant]))[-1] for variant in VARIANTS]
    return {name for state in states for name, value in state.items() if "#" not in value}


def _states(entries: Iterable[Mapping[str, Any]]) -> Iterator[State]:
    """What is installed, as the tables write it, after each entry."""
    state: State = {}
    for entry in entries:
        state = state | {name: written(name, version) for name, version in entry["d"].items()}
        state = {name: value for name, value in state.items() if value != REMOVED}
        yield state


def written(name: str, version: str | None) -> str:
    """A version as the tables write it: `1.2`, `1.2+build`, `1.2#why`, or `-` where removed."""
    if version is None:
        return REMOVED
    number, _, url = version.partition("@")
    reason = _unservable(name, number, url)
    if not re.fullmatch(r"[\w.+]+" if reason is None else r"[\w.+]*", number):
        raise SystemExit(f"The version of {name} cannot be written: {version}")
    return number if reason is None else f"{number}#{reason}"


def _unservable(name: str, version: str, url: str) -> str | None:
    """Why no index can serve this install (a key of `REASONS`); None when the default one can."""
    if name in _SYSTEM_PACKAGES:
        return _SYSTEM_PACKAGES[name]
    if version.partition("+")[0] in _GONE.get(name, ()):
        return "gone"
    if not url or "+" in version or version in _ON_INDEX.get(name, ()):
        return None
    if url.startswith("file:"):
        return "file"
    return "git" if url.startswith("git+") else "url"


def _heads(entries: list[Mapping[str, Any]]) -> dict[str, Any]:
    """The snapshots' days and commits, and from which one on each Python and Ubuntu is."""
    days = [entry["date"] for entry in entries]
    if days != sorted(days):
        raise SystemExit("The snapshots are not in the order of their days.")
    return {
        "snapshots": [f"{entry['date']} {entry['commit']}" for entry in entries],
        "pythons": {i: entry["python"] for i, entry in enumerate(entries) if entry.get("python")},
        "ubuntus": {i: entry["ubuntu"] for i, entry in enumerate(entries) if entry.get("ubuntu")},
    }


def _histories(entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """For each distribution, the snapshots at which its version changes."""
    changes: dict[str, list[str]] = {}
    known: State = {}
    for number, entry in enumerate(entries):
        for name, version in entry["d"].items():
            value = written(name, version)
            # Another URL or hash of the same version is no change here.
            if known.get(name) != value:
                known[name] = value
                changes.setdefault(name, []).append(f"{number}={value}")
    return {name: " ".join(found) for name, found in changes.items()}


def _named(
    name: str,
    full: Mapping[str, Any],
    deltas: Mapping[str, list[Mapping[str, Any]]],
    states: Mapping[str, list[State]],
) -> dict[str, Any]:
    """A named runtime as a snapshot that it is nearest to, and what differs.

    Found by contents, never by day: a name can be a branch that was cut weeks before its day.
    """
    found: dict[str, Any] = {
        "date": full["date"],
        "commit": full["commit"][:12],
        "python": full["python"],
        # One release is written 22.04.4 and 22.04.04.
        "ubuntu": re.sub(r"\.0(?=\d$)", ".", full["ubuntu"]),
    }
    for variant in VARIANTS:
        if variant not in full["variants"]:
            continue
        freeze = full["variants"][variant]
        wanted = {key: written(key, version) for key, version in freeze.items()}
        differences = [_difference(state, wanted) for state in states[variant]]
        python = None
        for number, entry in enumerate(deltas[variant]):
            python = entry.get("python", python)
            same = not differences[number] and python == full["python"]
            if full["commit"].startswith(entry["commit"]) and not same:
                raise SystemExit(f"The rebuilt runtime {name} ({variant}) differs from its copy.")
        numbers = range(len(differences))
        nearest = min(numbers, key=lambda number: (len(differences[number]), -number))
        found[variant] = {"snapshot": nearest, "changes": differences[nearest]}
    return found


def _difference(state: State, wanted: State) -> State:
    """What to set, and what to remove, to get from the one to the other."""
    if state == wanted:
        return {}
    names = sorted({*state, *wanted})
    return {
        name: wanted.get(name, REMOVED) for name in names if state.get(name) != wanted.get(name)
    }


def _json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
