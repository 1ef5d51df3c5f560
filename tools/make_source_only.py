"""Writes `source_only.tsv`: distributions that exist only as source, and what they require.

    python tools/make_source_only.py --index URL --cache DIR [--date DAY] [NAME ...]

Asks the package index at URL (or UV_DEFAULT_INDEX, or PIP_INDEX_URL), which has to speak the JSON
form of the Simple API, for each NAME, at most eight at once, and reads the source distributions
without running any of their code. Rows of other names stay as they are; without a NAME, all names
of the table are asked for again. Only names that notebooks were seen to need are worth a row: an
index is no catalogue to walk through. Answers are kept in DIR, and a second run asks for none of
them again; a new DIR asks for all. Files of after DAY (today) are ignored.

A version is source-only when it has a source distribution and no wheel that installs on Linux
x86_64 under any of Python 3.8 to 3.14. Yanked files do not count, nor do pre-releases that no
release requires exactly. Kept are the versions that some day since 2019 (since 2021, where wheels
came later) were the newest: the last of each half year and the newest dozen (three, where wheels
came later). Whatever a runtime of Colab had is kept too.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import urllib.request
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

# Run by its path, a script finds its neighbours only where it looks for them.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from packaging.utils import canonicalize_name
from packaging.version import Version

from nb2prod.data._runtime_tables import heads, histories
from tools.source_archives import Unreadable, read_archive
from tools.source_metadata import SourceMetadata, Unsettled, read_metadata
from tools.source_versions import Release, chosen, first_with_wheel, releases

TABLE = Path(__file__).resolve().parents[1] / "src/nb2prod/data/tables/source_only.tsv"
_AT_ONCE = 8
_SECONDS = 120
_LARGEST_PAGE = 64 << 20
_LARGEST_SOURCE = 512 << 20
_SIMPLE = "application/vnd.pypi.simple.v1+json"


class NoAnswer(Exception):
    """The index gave no answer, or one that cannot be used; the message says which."""


@dataclass(frozen=True, slots=True)
class Index:
    """A package index, and the folder that keeps its answers."""

    url: str
    cache: Path

    def files(self, name: str) -> list[dict[str, Any]]:
        """What the index lists for a distribution. Raises `NoAnswer`."""
        kept = self.cache / "pages" / f"{name}.json"
        address = f"{self.url.rstrip('/')}/{name}/"
        if not kept.exists():
            self._fetch(address, kept, _LARGEST_PAGE)
        try:
            page = json.loads(kept.read_bytes())
            files: list[dict[str, Any]] = page["files"]
        except (ValueError, KeyError, TypeError) as error:
            kept.unlink()
            raise NoAnswer(f"{name}: the index does not speak the Simple API's JSON") from error
        return [{**file, "url": urljoin(address, file["url"])} for file in files]

    def source(self, release: Release) -> Path:
        """The source distribution of a release, on disk, with the hash that the index gives."""
        kept = self.cache / "files" / release.sha256 / release.filename
        if not kept.exists():
            self._fetch(release.url, kept, _LARGEST_SOURCE)
        with kept.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != release.sha256:
            kept.unlink()
            raise NoAnswer(f"{release.filename} is not the file that the index lists")
        return kept

    def _fetch(self, address: str, target: Path, most: int) -> None:
        if not address.startswith(("https://", "http://")):
            raise NoAnswer(f"{address} is no address of the web")
        request = urllib.request.Request(address, headers={"Accept": f"{_SIMPLE}, */*;q=0.1"})
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.part")
        try:
            with (
                urllib.request.urlopen(request, timeout=_SECONDS) as answer,
                part.open("wb") as stream,
            ):
                size = 0
                while block := answer.read(1 << 20):
                    size += len(block)
                    if size > most:
                        raise NoAnswer(f"{target.name} is larger than {most} bytes")
                    stream.write(block)
            part.replace(target)
        except (HTTPException, OSError) as error:  # URLError is an OSError
            raise NoAnswer(f"{target.name}: {error}") from error
        finally:
            part.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of one name, and a line for each version of it that could not be read."""

    rows: tuple[str, ...]
    failures: tuple[str, ...]


def main() -> None:
    """Asks the index and writes the table."""
    parser = argparse.ArgumentParser(description="Write the table of source-only distributions.")
    configured = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("PIP_INDEX_URL")
    parser.add_argument("--index", default=configured, required=configured is None)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--date", default=datetime.now(UTC).date().isoformat())
    parser.add_argument("--table", type=Path, default=TABLE, help="the table, written in place")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    day = date.fromisoformat(options.date).isoformat()
    before = kept_rows(options.table)
    names = sorted({str(canonicalize_name(name)) for name in options.names} or set(before))
    index = Index(options.index, options.cache)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        results = list(pool.map(lambda name: survey(index, name, day), names))
    found = {name: result.rows for name, result in zip(names, results, strict=True)}
    options.table.write_text(table({**before, **found}, day), encoding="utf-8")
    failures = [line for result in results for line in result.failures]
    print("\n".join([*failures, f"{len(names)} names, {len(failures)} not read"]), file=sys.stderr)


def kept_rows(path: Path) -> dict[str, tuple[str, ...]]:
    """The rows that the table has, by name; none where there is no table yet."""
    rows: dict[str, tuple[str, ...]] = {}
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for line in lines:
        if not line.startswith("#"):
            name = line.partition("\t")[0]
            rows[name] = (*rows.get(name, ()), line)
    return rows


def table(rows: Mapping[str, Iterable[str]], day: str) -> str:
    """The text of the table; the same rows and day give the same bytes."""
    head = (
        "# source: the source distributions of the default index that have no wheel for Linux"
        f" x86_64, read without running them; date: {day}; columns: name, its first version with a"
        " wheel (empty: none), versions with the day of each (lowest first), Python that they"
        " require, what building them compiles, extras, requirements (separated by |)\n"
    )
    return head + "".join(f"{row}\n" for name in sorted(rows) for row in rows[name])


def survey(index: Index, name: str, day: str) -> Found:
    """Ask the index for one name and read the sources that are worth a row."""
    read: list[tuple[Release, SourceMetadata]] = []
    failures: list[str] = []
    try:
        listed = releases(name, index.files(name), day)
    except NoAnswer as error:
        return Found((), (str(error),))
    for release in chosen(listed, frozen_versions(name)):
        try:
            archive = read_archive(index.source(release))
            read.append((release, read_metadata(archive, name, release.requires_python)))
        except (NoAnswer, Unreadable, Unsettled) as error:
            failures.append(f"{name} {release.version}: {error}")
    wheel = first_with_wheel(listed)
    return Found(tuple(_rows(name, wheel, read)), tuple(failures))


def frozen_versions(name: str) -> frozenset[Version]:
    """Every version that some runtime of Colab had from an index."""
    changes = [change for column in histories().get(name, ()) for change in column.split()]
    values = [change.partition("=")[2] for change in changes]
    for entry in heads()["named"].values():
        values += [entry[v]["changes"].get(name, "-") for v in ("main", "gpu") if v in entry]
    return frozenset(
        Version(value.partition("+")[0]) for value in values if value != "-" and "#" not in value
    )


def _rows(
    name: str, wheel: Version | None, read: Iterable[tuple[Release, SourceMetadata]]
) -> list[str]:
    """One row for each run of versions that say the same of themselves."""
    runs: list[tuple[SourceMetadata, list[str]]] = []
    for release, metadata in read:
        if not runs or runs[-1][0] != metadata:
            runs.append((metadata, []))
        runs[-1][1].append(f"{release.version}={release.day}")
    return [
        "\t".join(
            [
                name,
                str(wheel or ""),
                " ".join(versions),
                one.requires_python,
                one.compiles,
                " ".join(one.extras),
                "|".join(one.requires),
            ]
        )
        for one, versions in runs
    ]


if __name__ == "__main__":
    main()
