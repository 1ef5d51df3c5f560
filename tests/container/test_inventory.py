"""What is read of an image's files, without an engine."""

from __future__ import annotations

import ast
import os
import subprocess
from pathlib import Path
from typing import Any, cast

import pytest
from docker.models.images import Image

from nb2prod.container.contents.inventory import PROGRAM, Layer, Sized, largest, layers
from nb2prod.container.contents.model import Origin, Repository, from_json
from tests.container.roots import SITE, contents, distribution, inventory, package, write

METADATA = """Metadata-Version: 2.4
Name: Demo.Package
Version: 1.2
Summary: A package
License-Expression: MIT
Home-page: https://example.invalid/demo
Project-URL: Issues, https://example.invalid/issues
Requires-Dist: other>=1; extra == "more"

Name: not-this
"""


def test_the_program_is_python_of_3_8() -> None:
    ast.parse(PROGRAM.read_text("utf-8"), feature_version=(3, 8))


def test_a_distribution(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            f"{SITE}/demo_package-1.2.dist-info/METADATA": METADATA,
            f"{SITE}/demo_package-1.2.dist-info/INSTALLER": "uv\n",
            f"{SITE}/demo_package-1.2.dist-info/RECORD": (
                "demo/__init__.py,sha256=x,3\n"
                "demo/gone.py,,\n"
                '"demo/with, comma.txt",,\n'
                "../../../bin/demo,,\n"
                "../../../../../etc/large,,\n"
                "demo/__init__.py,,\n"
            ),
            f"{SITE}/demo/__init__.py": "x=1",
            f"{SITE}/demo/__pycache__/__init__.cpython-311.pyc": b"12345",
            f"{SITE}/demo/with, comma.txt": "1234567",
            "opt/venv/bin/demo": "0" * 11,
            "etc/large": "0" * 1000,
        },
    )
    (found,) = contents(tmp_path)["distributions"]
    assert found == {
        "name": "Demo.Package",
        "version": "1.2",
        "place": f"/{SITE}",
        "expression": "MIT",
        "licence": "",
        "texts": [],
        "classifiers": [],
        "requirements": ['other>=1; extra == "more"'],
        "homepage": "https://example.invalid/demo",
        "urls": ["Issues, https://example.invalid/issues"],
        "summary": "A package",
        "size": 3 + 5 + 7 + 11,
        "installer": "uv",
        "origin": None,
    }


def test_every_python_s_distributions_are_there_but_dpkg_s(tmp_path: Path) -> None:
    """Those of the environment, of a Python that uv brought, and of one in /usr/local."""
    python = "opt/python/cpython-3.11.9/lib/python3.11/site-packages"
    write(
        tmp_path,
        {
            f"{SITE}/a-1.dist-info/METADATA": "Name: a\nVersion: 1\n",
            f"{python}/pip-24.0.dist-info/METADATA": "Name: pip\nVersion: 24.0\n",
            "usr/local/lib/python3.11/site-packages/pip-23.dist-info/METADATA": "Name: pip\n",
            "usr/local/lib/python3.11/dist-packages/b-2.dist-info/METADATA": "Name: b\n",
            "usr/lib/python3/dist-packages/six-1.dist-info/METADATA": "Name: six\n",
        },
    )
    (tmp_path / "opt/venv/lib64").symlink_to("lib")
    (tmp_path / "opt/python/cpython-3.11").symlink_to("cpython-3.11.9")
    found = contents(tmp_path)
    assert [(one["name"], one["version"], one["place"]) for one in found["distributions"]] == [
        ("a", "1", f"/{SITE}"),
        ("pip", "24.0", "/opt/python/cpython-3.11/lib/python3.11/site-packages"),
        ("pip", "23", "/usr/local/lib/python3.11/site-packages"),
        ("b", "2", "/usr/local/lib/python3.11/dist-packages"),
    ]


def test_licence_files_stand_in_where_there_is_no_expression(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            f"{SITE}/a-1.dist-info/METADATA": "Name: a\nVersion: 1\nLicense: short\n",
            f"{SITE}/a-1.dist-info/licenses/LICENSE.txt": "terms",
            f"{SITE}/a-1.dist-info/licenses/licenses/other": "x",
            f"{SITE}/a-1.dist-info/COPYING": "more terms",
            f"{SITE}/a-1.dist-info/README": "x",
        },
    )
    found = contents(tmp_path)
    assert found["distributions"][0]["texts"] == ["terms", "more terms"]
    assert found["problems"] == []


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        (
            '{"url": "https://example.invalid/a", "vcs_info": {"vcs": "git", "commit_id": "1"}}',
            Origin("https://example.invalid/a", False, "", "git", "1"),
        ),
        (
            '{"url": "https://example.invalid/a", "archive_info": {"hashes": {"sha256": "ab"}}}',
            Origin("https://example.invalid/a", True, "ab", "", ""),
        ),
        ('{"url": 7, "vcs_info": [], "archive_info": null}', Origin("", True, "", "", "")),
        ("[]", Origin("", False, "", "", "")),
        ("[" * 100_000, None),
        ("not json", None),
    ],
)
def test_where_it_came_from(tmp_path: Path, text: str, origin: Origin | None) -> None:
    write(
        tmp_path,
        {
            f"{SITE}/a-1.dist-info/METADATA": "Name: a\nVersion: 1\n",
            f"{SITE}/a-1.dist-info/direct_url.json": text,
        },
    )
    found = contents(tmp_path)
    assert from_json(found).distributions[0].origin == origin
    assert bool(found["problems"]) == (origin is None)


STATUS = """Package: libc6
Status: install ok installed
Installed-Size: 12
Architecture: amd64
Multi-Arch: same
Source: glibc (2.36-9)
Version: 2.36-9+deb12u1
Depends: libgcc-s1, libcrypt1 (>= 1:4.4.10-10~)
Pre-Depends: base-files
Description: first line
 Package: not-this
 .
Homepage: https://example.invalid/libc

Package: gone
Status: deinstall ok config-files
Version: 1

Package: Bad/../name
Status: install ok installed
Installed-Size: many
Version: 2
"""


def test_system_packages(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "var/lib/dpkg/status": STATUS,
            "usr/share/doc/libc6/copyright": (
                "Format: https://example.invalid/copyright-format/1.0\n\n"
                "Files: *\nLicense: LGPL-2.1+ or GPL-2+\n text\n\n"
                "Files: a\nLicense: LGPL-2.1+ or GPL-2+\n\nLicense: MIT\n text\n"
            ),
        },
    )
    found = contents(tmp_path)
    assert found["dpkg"]
    assert found["packages"][0] == {
        "name": "libc6",
        "version": "2.36-9+deb12u1",
        "architecture": "amd64",
        "source": "glibc (2.36-9)",
        "size": 12 * 1024,
        "depends": ["base-files", "libgcc-s1, libcrypt1 (>= 1:4.4.10-10~)"],
        "provides": "",
        "homepage": "https://example.invalid/libc",
        "named": ["LGPL-2.1+ or GPL-2+", "MIT"],
        "common": [],
    }
    assert [(one["name"], one["size"]) for one in found["packages"]] == [
        ("libc6", 12 * 1024),
        ("Bad/../name", None),
    ]


def test_images_without_dpkg_itself(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "var/lib/dpkg/status.d/tzdata": "Package: tzdata\nVersion: 2024a\n",
            "var/lib/dpkg/status.d/tzdata.md5sums": "abc  file\n",
            "usr/share/doc/tzdata/copyright": (
                "The text is in /usr/share/common-licenses/GPL-2. See common-licenses too."
            ),
        },
    )
    (found,) = contents(tmp_path)["packages"]
    assert (found["name"], found["version"], found["common"]) == ("tzdata", "2024a", ["GPL-2"])


@pytest.mark.parametrize("is_packed", [False, True])
def test_repositories_that_git_takes_for_addresses(tmp_path: Path, is_packed: bool) -> None:
    """As the Dockerfile makes them: bare, each commit on a branch; and the settings by git."""
    origin, copy = tmp_path / "origin", tmp_path / "opt" / "repositories" / "1-a.git"
    settings = tmp_path / "etc" / "gitconfig"
    settings.parent.mkdir()
    user = ("-c", "user.name=A", "-c", "user.email=a@example.invalid")

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    git("init", "--quiet", str(origin))
    commits = []
    for text in ("one", "two"):
        git("-C", str(origin), *user, "commit", "--quiet", "--allow-empty", "--message", text)
        commits.append(git("-C", str(origin), "rev-parse", "HEAD"))
    git("clone", "--quiet", "--bare", "--depth", "1", f"file://{origin}", str(copy))
    git("--git-dir", str(copy), "fetch", "--quiet", f"file://{origin}", f"{commits[0]}:commit-1")
    if is_packed:
        git("--git-dir", str(copy), "pack-refs", "--all")
    for name, value in (
        ("safe.directory", "/opt/repositories/1-a.git"),
        ("url./opt/repositories/1-a.git.insteadOf", "https://example.invalid/a.git"),
        ("url.https://example.invalid/.insteadOf", "ssh://git@example.invalid/"),
        ("url./opt/repositories/2-gone.git.insteadOf", "https://example.invalid/gone"),
    ):
        git("config", "--file", str(settings), name, value)
    found = from_json(contents(tmp_path))
    assert found.repositories == (
        Repository(
            "https://example.invalid/a.git", "/opt/repositories/1-a.git", tuple(sorted(commits))
        ),
        Repository("https://example.invalid/gone", "/opt/repositories/2-gone.git", ()),
    )
    assert found.problems == ()


def test_release_and_no_dpkg(tmp_path: Path) -> None:
    write(tmp_path, {"usr/lib/os-release": "ID=alpine\nVERSION_ID='3.20'\n#A=1\nrubbish\n"})
    found = contents(tmp_path)
    assert found["release"] == {"ID": "alpine", "VERSION_ID": "3.20"}
    assert not found["dpkg"]
    assert not found["environment"]


def test_what_is_broken_or_hostile_is_told_of_and_the_rest_is_read(tmp_path: Path) -> None:
    bad = f"{SITE}/bad-0.1.dist-info"
    write(
        tmp_path,
        {
            f"{SITE}/good-1.dist-info/METADATA": "Name: good\nVersion: 1\n",
            f"{bad}/METADATA": b"Name: \xff\x1b[2J\nVersion: 0.1\nSummary: " + b"x" * 3_000_000,
            f"{bad}/RECORD": b'"unclosed\n\x00,,\n' + b"../" * 5000 + b"etc/passwd,,\n",
            f"{SITE}/empty-2.0.dist-info/RECORD": "",
            f"{SITE}/file.dist-info": "a file",
            f"{SITE}/old-3.egg-info": "Name: old\nVersion: 3\n",
            f"{SITE}/many-4.dist-info/METADATA": "Name: many\nVersion: 4\n"
            + "Classifier: License :: x\n" * 5000,
            "var/lib/dpkg/status": b"\xff\xfe\n\n\n: \n\nPackage: \n",
        },
    )
    os.mkfifo(tmp_path / SITE / "empty-2.0.dist-info" / "METADATA")
    found = contents(tmp_path)
    assert [(one["name"], one["version"]) for one in found["distributions"]] == [
        ("\ufffd\x1b[2J", "0.1"),
        ("empty", "2.0"),
        ("good", "1"),
        ("many", "4"),
        ("old", "3"),
    ]
    assert len(found["distributions"][0]["summary"]) == 500
    assert len(found["distributions"][3]["classifiers"]) == 1000
    assert found["packages"] == []
    assert [one for one in found["problems"] if "empty-2.0" in one]
    from_json(found)


def test_what_comes_twice_is_taken_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            f"{SITE}/a_b-1.dist-info/METADATA": "Name: a_b\nVersion: 1\n",
            f"{SITE}/A.b-1.dist-info/METADATA": "Name: A.b\nVersion: 1\n",
            f"{SITE}/a_b-2.dist-info/METADATA": "Name: a_b\nVersion: 2\n",
        },
    )
    found = from_json(contents(tmp_path)).distributions
    assert [one.version for one in found] == ["1", "2"]


@pytest.mark.parametrize(
    "change",
    [
        {"distributions": [{}]},
        {"distributions": 7},
        {"python": {"version": 3, "base": "", "markers": {}}},
        {"python": None},
        {"packages": [{"name": "a"}]},
    ],
)
def test_an_answer_that_is_no_list_of_contents(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        from_json(contents(tmp_path) | change)


def test_the_largest_are_those_of_both_kinds() -> None:
    found = inventory(
        distribution("small", size=1),
        distribution("b", size=5),
        distribution("unknown"),
        package("a", size=5),
        package("huge\x1b[2J", size=9),
    )
    assert largest(found, 3) == (
        Sized("huge [2J", "1.0-1", "system package", 9),
        Sized("a", "1.0-1", "system package", 5),
        Sized("b", "1.0", "Python package", 5),
    )


class FakeImage:
    """An image of which only the history is asked."""

    def __init__(self, *steps: dict[str, object]) -> None:
        self._steps = steps

    def history(self) -> list[dict[str, object]]:
        """The newest first, as engines give it."""
        return list(reversed(self._steps))


@pytest.mark.parametrize(
    ("made_by", "words"),
    [
        ("COPY src /app/src # buildkit", "COPY src /app/src"),
        ("RUN /bin/sh -c apt-get update     && true # buildkit", "RUN apt-get update && true"),
        ("/bin/sh -c apt-get update", "RUN apt-get update"),
        ("/bin/sh -c #(nop) COPY dir:0123 in /opt/venv ", "COPY … /opt/venv"),
        ("/bin/sh -c #(nop) ADD file:0123 in / ", "ADD … /"),
        ("/bin/sh -c #(nop) COPY multi:0123 in /app/a in b/ ", "COPY … /app/a in b/"),
        ("RUN |2 KEY=a word B=/bin/sh -c x /bin/sh -c make # buildkit", "RUN make"),
        ("|1 KEY=word /bin/sh -c make", "RUN make"),
        ("|1 KEY=word\nmore /bin/bash -o pipefail -c make", "RUN make"),
        ("RUN |1 KEY=word make", "RUN, with build arguments"),
        ("", "Imported from -"),
        ("RUN \x1b\u202e" + "x" * 200, "RUN " + "x" * 95 + "…"),
    ],
)
def test_a_layer_in_words(made_by: str, words: str) -> None:
    image = FakeImage(
        {"CreatedBy": made_by, "Size": 7, "Comment": "Imported from -"},
        {"CreatedBy": "ENV A=1", "Size": 0},
    )
    assert layers(cast("Image", image)) == (Layer(words, 7),)
