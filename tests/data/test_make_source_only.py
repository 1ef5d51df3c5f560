"""The generator of `source_only.tsv`: what it reads from archives that come from anyone, which
versions it keeps, and what it asks of an index."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

import tools.source_archives
from tools.make_source_only import Index, NoAnswer, kept_rows, main, survey, table
from tools.source_archives import Unreadable, read_archive
from tools.source_metadata import SourceMetadata, Unsettled, read_metadata
from tools.source_versions import chosen, first_with_wheel, releases

TODAY = "2026-11-21"
OLD_INFO = "Metadata-Version: 1.2\nName: thing\nVersion: 1.0\n"
# A setup.py that would show that it ran, wherever it ran.
MALICIOUS = """
from pathlib import Path
Path({mark!r}).write_text("ran")
from setuptools import setup
setup(name="thing", install_requires=["six"])
"""


def tar(path: Path, members: Mapping[str, str | bytes], folder: str = "thing-1.0/") -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            data = content.encode() if isinstance(content, str) else content
            header = tarfile.TarInfo(folder + name)
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
    return path


def zipped(path: Path, members: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"thing-1.0/{name}", content)
    return path


def read(path: Path, index_python: str = "") -> SourceMetadata:
    return read_metadata(read_archive(path), "thing", index_python)


SECTIONS = """six
numpy>=1.6.*,<3.
[:python_version < "3"]
enum34
[GPU_x]
torch ; sys_platform == "linux"
[dev:python_version >= "3.8"]
pytest>=7,<9
[empty]
[any:os_name == "posix" or os_name == "nt"]
mock
"""
PYPROJECT = """
[project]
name = "thing"
dependencies = ["requests>=2"]
optional-dependencies = {fast = ["Uvloop; sys_platform != 'win32'"]}
"""
EGG = "thing.egg-info/PKG-INFO"
DISTUTILS = """
from distutils.core import setup
from distutils.extension import Extension
import os, sys

arguments = dict(name="thing", ext_modules=[Extension("thing", [os.path.join("src", "thing.c")])])
try:
    setup(**arguments)
except Exception:
    del arguments["ext_modules"]
    setup(**arguments)
"""


@pytest.mark.parametrize(
    ("members", "requires", "extras"),
    [
        pytest.param(
            {
                "PKG-INFO": "Metadata-Version: 2.2\nRequires-Dist: B_b (>=1)\nRequires-Dist: a\n"
                'Requires-Dist: c; extra == "X_y"\nProvides-Extra: X_y\n',
                "thing.egg-info/requires.txt": "other",
            },
            ("a", "b-b>=1", 'c; extra == "x-y"'),
            ("x-y",),
            id="PKG-INFO goes before all else",
        ),
        pytest.param(
            {
                "PKG-INFO": "Metadata-Version: 2.2\nName: thing\n",
                "setup.py": "setup(install_requires=['a'])",
            },
            (),
            (),
            id="PKG-INFO of 2.2 that requires nothing",
        ),
        pytest.param(
            {
                "PKG-INFO": "Metadata-Version: 2.4\nDynamic: Requires-Dist\n",
                EGG: OLD_INFO,
                "thing.egg-info/requires.txt": "a\n",
            },
            ("a",),
            (),
            id="PKG-INFO that calls it dynamic",
        ),
        pytest.param(
            {"PKG-INFO": OLD_INFO, "src/Thing.egg-info/requires.txt": SECTIONS},
            (
                'enum34; python_version < "3"',
                'mock; (os_name == "posix" or os_name == "nt") and extra == "any"',
                "numpy<3,>=1.6",
                'pytest<9,>=7; python_version >= "3.8" and extra == "dev"',
                "six",
                'torch; sys_platform == "linux" and extra == "gpu-x"',
            ),
            ("any", "dev", "empty", "gpu-x"),
            id="sections of requires.txt",
        ),
        pytest.param(
            {
                "vendor/other.egg-info/requires.txt": "other",
                EGG: OLD_INFO,
                "other.egg-info/requires.txt": "other",
            },
            (),
            (),
            id="an egg-info without requires.txt, beside others' ones",
        ),
        pytest.param(
            {"pyproject.toml": PYPROJECT, EGG: OLD_INFO},
            ("requests>=2", 'uvloop; sys_platform != "win32" and extra == "fast"'),
            ("fast",),
            id="pyproject.toml",
        ),
        pytest.param(
            {"setup.py": 'import setuptools as s\nR = ["six"]\ns.setup(install_requires=R)'},
            ("six",),
            (),
            id="a literal by its name in setup.py",
        ),
        pytest.param(
            {"setup.py": 'setup(install_requires="a\\nb", extras_require={"x": "c"})'},
            ("a", "b", 'c; extra == "x"'),
            ("x",),
            id="texts in setup.py",
        ),
        pytest.param(
            {"setup.py": "from distutils.core import setup\nsetup(name='thing')"},
            (),
            (),
            id="a setup.py that requires nothing",
        ),
        pytest.param({"setup.py": DISTUTILS}, (), (), id="computed arguments of distutils alone"),
    ],
)
@pytest.mark.parametrize("pack", [tar, zipped], ids=["tar.gz", "zip"])
def test_the_archive_says_what_it_requires(
    tmp_path: Path,
    pack: Any,
    members: dict[str, str],
    requires: tuple[str, ...],
    extras: tuple[str, ...],
) -> None:
    path = pack(tmp_path / f"thing-1.0.{'zip' if pack is zipped else 'tar.gz'}", members)
    found = read(path)
    assert (found.requires, found.extras) == (requires, extras)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"setup.py": "setup(install_requires=open('r.txt').read())"}, "computes"),
        ({"setup.py": "R = ['a']\nR.append('b')\nsetup(install_requires=R)"}, "computes"),
        ({"setup.py": "R = ['a']\nif x:\n    R = []\nsetup(install_requires=R)"}, "computes"),
        ({"setup.py": "setup(**arguments)"}, "hands over arguments"),
        ({"setup.py": "setup()\nsetup()"}, "no single call"),
        ({"setup.py": "print 'hello'"}, "no Python 3"),
        *(
            ({"setup.py": DISTUTILS + more}, "no single call")
            for more in (
                "import setuptools\n",
                "try:\n    from setuptools import setup\nexcept ImportError:\n    pass\n",
                "from helper import arguments\n",
                "from .os import arguments\n",
                "from helper import configure as setup\n",
                "arguments['install_requires'] = ['six']\n",
                "arguments.update(requires=['six'])\n",
                "arguments['extras_require'] = {'x': ['six']}\n",
                "exec(open('more.py').read())\n",
                "arguments = eval(open('more.txt').read())\n",
            )
        ),
        ({"setup.py": "import distutils\nsetup()\nsetup()"}, "no single call"),
        (
            {"setup.cfg": "[options]\ninstall_requires = a\n", "setup.py": DISTUTILS},
            r"setup\.cfg",
        ),
        ({"setup.cfg": "[options]\ninstall_requires = a\n", "setup.py": "setup()"}, r"setup\.cfg"),
        ({"setup.py": "setup(extras_require={'y:z': ['a']})"}, "PEP 508"),
        ({"setup.py": "setup(install_requires=[1])"}, "no form"),
        ({"setup.py": f"setup(install_requires={'(' * 300 + ')' * 300})"}, "no form|no Python 3"),
        ({"pyproject.toml": "[project]\ndependencies = 3\n"}, "no form"),
        ({EGG: "", "thing.egg-info/requires.txt": "[a b]\nsix\n"}, "PEP 508|no name"),
        ({"PKG-INFO": "Metadata-Version: 2.1\nRequires-Dist: a===1|b\n"}, "no version"),
        ({"README": "x"}, "no single call"),
        ({"PKG-INFO": "Metadata-Version: 2.1\nRequires-Dist: a b\n"}, "PEP 508"),
        ({"PKG-INFO": "Metadata-Version: 2.2\nRequires-Python: three\n"}, "PEP 508"),
        (
            {"PKG-INFO": "Metadata-Version: 2.1\nRequires-Dist: a @ https://example.invalid/a\n"},
            "a is required from an address",
        ),
        (
            {"PKG-INFO": OLD_INFO, "pyproject.toml": '[project]\ndynamic = ["dependencies"]\n'},
            "no single call",
        ),
    ],
)
def test_what_nothing_settles_is_no_answer(
    tmp_path: Path, members: dict[str, str], reason: str
) -> None:
    with pytest.raises(Unsettled, match=reason):
        read(tar(tmp_path / "thing-1.0.tar.gz", members))


def test_no_code_of_the_archive_runs(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    members = {"setup.py": MALICIOUS.format(mark=str(mark)), "PKG-INFO": OLD_INFO}
    assert read(tar(tmp_path / "thing-1.0.tar.gz", members)).requires == ("six",)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("paths", "compiles"),
    [
        (["thing/a.py", "tests/a.c", "docs/b.pyx", "thing/header.h"], ""),
        (["thing/a.py", "src/lib.rs"], "c"),
        (["thing/_a.PYX"], "c"),
        (["csrc/a.cpp", "csrc/b.cu"], "cuda"),
    ],
)
def test_what_building_compiles_is_told_by_the_files(
    tmp_path: Path, paths: list[str], compiles: str
) -> None:
    members = {"PKG-INFO": "Metadata-Version: 2.2\n"} | dict.fromkeys(paths, "")
    assert read(tar(tmp_path / "thing-1.0.tar.gz", members)).compiles == compiles


@pytest.mark.parametrize(
    ("own", "index", "found"),
    [("Requires-Python: >=3.6.*\n", ">=2", ">=3.6"), ("", ">=3.7", ">=3.7"), ("", "", "")],
)
def test_the_python_is_the_archives_own_or_the_indexs(
    tmp_path: Path, own: str, index: str, found: str
) -> None:
    members = {"PKG-INFO": f"Metadata-Version: 2.2\n{own}"}
    assert read(tar(tmp_path / "thing-1.0.tar.gz", members), index).requires_python == found


def test_paths_that_lead_out_are_passed_over(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    path = inside / "thing-1.0.tar.gz"
    hostile = {"../../escaped": "x", "thing-1.0/../../PKG-INFO": "Metadata-Version: 2.2\n"}
    tar(path, {**hostile, "/abs/PKG-INFO": "Metadata-Version: 2.2\n"}, folder="")
    assert read_archive(path).paths == ()
    assert sorted(tmp_path.rglob("*")) == [inside, path]


def test_links_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "thing-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        link = tarfile.TarInfo("thing-1.0/PKG-INFO")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert read_archive(path).paths == ()


def _wide(path: Path) -> None:
    tar(path, {"setup.py": b" " * 20_000})


def _deep(path: Path) -> None:
    tar(path, {"data": b"\0" * 3_000_000, "PKG-INFO": OLD_INFO})


def _many(path: Path) -> None:
    tar(path, {f"f{number}": "" for number in range(12)})


def _long_header(path: Path) -> None:
    header = tarfile.TarInfo("././@PaxHeader")
    header.type, header.size = tarfile.XHDTYPE, 1 << 32
    path.write_bytes(gzip.compress(header.tobuf(tarfile.USTAR_FORMAT)))


def _no_archive(path: Path) -> None:
    path.write_bytes(b"not an archive")


def _cut(path: Path) -> None:
    _deep(path)
    path.write_bytes(path.read_bytes()[:-40])


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_wide, r"setup\.py is larger than 10000 bytes"),
        (_deep, "unpacks to more than 1000000 bytes"),
        (_many, "more than 10 members"),
        (_long_header, "header of 4294967296 bytes"),
        (_no_archive, "damaged"),
        (_cut, "damaged|unpacks"),
    ],
)
def test_what_no_honest_archive_holds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Any, reason: str
) -> None:
    monkeypatch.setattr(tools.source_archives, "LARGEST_TEXT", 10_000)
    monkeypatch.setattr(tools.source_archives, "MOST_UNPACKED", 1_000_000)
    monkeypatch.setattr(tools.source_archives, "MOST_MEMBERS", 10)
    path = tmp_path / "thing-1.0.tar.gz"
    make(path)
    with pytest.raises(Unreadable, match=reason):
        read_archive(path)


def test_a_bomb_in_a_zip_is_refused(tmp_path: Path) -> None:
    bomb = {"PKG-INFO": b" " * (tools.source_archives.LARGEST_TEXT + 1)}
    with pytest.raises(Unreadable, match="PKG-INFO is larger"):
        read_archive(zipped(tmp_path / "thing-1.0.zip", bomb))


def listed(filename: str, day: str = "2024-01-01", **more: Any) -> dict[str, Any]:
    return {
        "filename": filename,
        "url": f"../../files/{filename}",
        "upload-time": f"{day}T10:00:00Z",
        "hashes": {"sha256": "0" * 64},
        **more,
    }


@pytest.mark.parametrize(
    ("filename", "more", "installs"),
    [
        ("thing-1.0-py3-none-any.whl", {}, True),
        ("thing-1.0-py2.py3-none-any.whl", {}, True),
        ("thing-1.0-cp38-cp38-manylinux2014_x86_64.whl", {}, True),
        ("thing-1.0-cp36-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", {}, True),
        ("thing-1.0-cp314-cp314-linux_x86_64.whl", {}, True),
        ("thing-1.0-cp37-cp37m-manylinux1_x86_64.whl", {}, False),
        ("thing-1.0-cp311-cp311-win_amd64.whl", {}, False),
        ("thing-1.0-cp311-cp311-musllinux_1_2_x86_64.whl", {}, False),
        ("thing-1.0-cp311-cp311-manylinux2014_aarch64.whl", {}, False),
        ("thing-1.0-py2-none-any.whl", {}, False),
        ("thing-1.0-py3-none-any.whl", {"requires-python": "<3.8"}, False),
        ("thing-1.0-py3-none-any.whl", {"yanked": "broken"}, False),
        ("other-1.0-py3-none-any.whl", {}, False),
        ("thing-1.0.whl", {}, False),
    ],
)
def test_a_version_is_source_only_where_no_wheel_installs(
    filename: str, more: dict[str, Any], installs: bool
) -> None:
    found = releases("thing", [listed("thing-1.0.tar.gz"), listed(filename, **more)], TODAY)
    assert [one.wheel for one in found] == [installs]
    assert (first_with_wheel(found) is not None) == installs
    assert len(chosen(found, set())) == (not installs)


@pytest.mark.parametrize(
    "file",
    [
        listed("thing-1.0rc1.tar.gz"),
        listed("thing-1.0.dev3.tar.gz"),
        listed("thing-1.0.tar.gz", yanked=True),
        listed("thing-1.0.tar.gz", "2026-11-22"),
        listed("thing-1.0.tar.gz", hashes={}),
        listed("thing-1.0.tar.bz2"),
        listed("other-1.0.tar.gz"),
        listed("thing-1.0.exe"),
    ],
    ids=lambda file: str(file["filename"]),
)
def test_what_is_no_source_of_a_release_is_passed_over(file: dict[str, Any]) -> None:
    assert releases("thing", [file], TODAY) == []


def test_of_two_archives_the_tar_counts() -> None:
    files = [listed("thing-1.0.zip"), listed("thing-1.0.tar.gz")]
    for order in (files, files[::-1]):
        assert [one.filename for one in releases("thing", order, TODAY)] == ["thing-1.0.tar.gz"]


@pytest.mark.parametrize(
    ("files", "frozen", "kept"),
    [
        # The one that was the newest when 2019 began counts, those before it do not.
        ("0.1=2014-01-01 0.2=2016-01-01", "", "0.2"),
        ("0.1=2014-01-01 0.2=2016-01-01", "0.1", "0.1 0.2"),
        # A dozen of the newest, and the last of each half year before them.
        (
            "1=2020-02-01 2=2020-03-01 3=2020-08-01 "
            + " ".join(f"{n}=2021-03-{n:02}" for n in range(4, 18)),
            "",
            "2 3 " + " ".join(map(str, range(6, 18))),
        ),
        # Wheels came later: only what was the newest in 2021 or after.
        ("1=2019-01-01 2=2020-06-01 3=2022-01-01+", "", "2"),
        ("1=2019-01-01 2=2020-06-01 3=2020-12-01+", "", ""),
        ("1=2019-01-01 2=2020-06-01 3=2020-12-01+", "1 3", "1"),
        (
            "1=2021-02-01 2=2021-03-01 3=2021-04-01 4=2021-05-01 5=2022-01-01+",
            "",
            "2 3 4",
        ),
        # Wheels that ended.
        ("1=2020-01-01+ 2=2021-01-01", "", "2"),
        # Never the newest: a repair of an older line, and one that lived for less than a day.
        ("1.1=2021-02-01 2.0=2021-01-01 2.1=2021-01-01", "", "2.1"),
    ],
)
def test_the_versions_that_notebooks_had_are_kept(files: str, frozen: str, kept: str) -> None:
    offered = []
    for version, _, day in (one.partition("=") for one in files.split()):
        offered.append(listed(f"thing-{version}.tar.gz", day.removesuffix("+")))
        if day.endswith("+"):
            offered.append(listed(f"thing-{version}-py3-none-any.whl", day.removesuffix("+")))
    found = chosen(releases("thing", offered, TODAY), {Version(one) for one in frozen.split()})
    assert " ".join(str(one.version) for one in found) == kept


class _Loopback(ThreadingHTTPServer):
    """An index on this machine that speaks the Simple API's JSON, and what it was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.answers: dict[str, bytes] = {}
        self.asked: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/simple"

    def offer(self, name: str, sources: list[Path], *, lie: bool = False) -> None:
        files = []
        for number, path in enumerate(sources, 1):
            content = path.read_bytes()
            self.answers[f"/files/{path.name}"] = content + b"x" * lie
            digest = {"sha256": hashlib.sha256(content).hexdigest()}
            files.append(listed(path.name, f"2024-0{number}-01", hashes=digest))
        self.answers[f"/simple/{name}/"] = json.dumps({"files": files}).encode()


class _Answers(BaseHTTPRequestHandler):
    server: _Loopback

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Accept"]))
        answer = self.server.answers.get(self.path)
        self.send_response(200 if answer is not None else 404)
        self.send_header("Content-Length", str(len(answer or b"")))
        self.end_headers()
        self.wfile.write(answer or b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the name that http.server gives it
        """Keeps the tests' output clean; `asked` is the log."""


@pytest.fixture
def server() -> Iterator[_Loopback]:
    with _Loopback() as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr("sys.argv", ["make_source_only.py", *map(str, arguments)])
    main()


def source(folder: Path, version: str, members: Mapping[str, str]) -> Path:
    return tar(folder / f"thing-{version}.tar.gz", members)


def test_the_table_is_written_from_an_index(
    tmp_path: Path,
    server: _Loopback,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    mark = tmp_path / "mark"
    same = {"PKG-INFO": OLD_INFO, "setup.py": MALICIOUS.format(mark=str(mark))}
    unsettled = {"setup.py": "setup(**unknown())"}
    sources = [
        source(tmp_path, "1.0", same),
        source(tmp_path, "1.1", same),
        source(tmp_path, "1.2", unsettled),
        source(tmp_path, "1.10", {"PKG-INFO": "Metadata-Version: 2.2\nRequires-Python: >=3.9\n"}),
    ]
    server.offer("thing", sources)
    written = tmp_path / "source_only.tsv"
    written.write_text("# an older head\nother\t\t1=2020-01-01\t\t\t\t\n", encoding="utf-8")
    options = ("--index", server.url, "--cache", tmp_path / "kept", "--table", written)
    run(monkeypatch, *options, "--date", TODAY, "Thing", "absent")
    first = written.read_text(encoding="utf-8")
    head, *rows = first.splitlines()
    assert head.startswith("# source: ")
    assert f"; date: {TODAY}; columns: " in head
    assert "127.0.0.1" not in first
    assert rows == [
        "other\t\t1=2020-01-01\t\t\t\t",
        "thing\t\t1.0=2024-01-01 1.1=2024-02-01\t\t\t\tsix",
        "thing\t\t1.10=2024-04-01\t>=3.9\t\t\t",
    ]
    assert not mark.exists()
    said = capsys.readouterr().err
    assert "thing 1.2: no egg-info, and setup.py hands over" in said
    assert "absent" in said
    assert "2 names, 2 not read" in said
    assert {accepted.partition(",")[0] for _, accepted in server.asked} == {
        "application/vnd.pypi.simple.v1+json"
    }

    asked = len(server.asked)
    run(monkeypatch, *options, "--date", TODAY, "thing")
    assert written.read_text(encoding="utf-8") == first
    assert len(server.asked) == asked, "a second run asks for nothing that it has"


def test_without_names_those_of_the_table_are_asked_for(
    tmp_path: Path, server: _Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.offer("thing", [source(tmp_path, "2.0", {"PKG-INFO": "Metadata-Version: 2.2\n"})])
    written = tmp_path / "source_only.tsv"
    written.write_text(table({"thing": ["thing\t\t1.0=2020-01-01\t\t\t\t"]}, "2020-01-02"), "utf-8")
    run(monkeypatch, "--index", server.url, "--cache", tmp_path / "kept", "--table", written)
    assert kept_rows(written) == {"thing": ("thing\t\t2.0=2024-01-01\t\t\t\t",)}


def test_a_file_that_is_not_what_was_listed_is_left_out(tmp_path: Path, server: _Loopback) -> None:
    path = source(tmp_path, "1.0", {"PKG-INFO": "Metadata-Version: 2.2\n"})
    server.offer("thing", [path], lie=True)
    cache = tmp_path / "kept"
    found = survey(Index(server.url, cache), "thing", TODAY)
    assert found.rows == ()
    assert found.failures == ("thing 1.0: thing-1.0.tar.gz is not the file that the index lists",)
    assert not list(cache.rglob("*.tar.gz"))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(b"<html></html>", "does not speak"), (b"[]", "does not speak"), (None, "404")],
)
def test_an_index_that_answers_otherwise_is_named(
    tmp_path: Path, server: _Loopback, answer: bytes | None, reason: str
) -> None:
    if answer is not None:
        server.answers["/simple/thing/"] = answer
    with pytest.raises(NoAnswer, match=reason):
        Index(server.url, tmp_path).files("thing")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_no_address_but_that_of_a_web_server_is_asked(tmp_path: Path) -> None:
    with pytest.raises(NoAnswer, match="no address of the web"):
        Index(tmp_path.as_uri(), tmp_path / "kept").files("thing")
