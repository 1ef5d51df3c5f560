"""The bill of materials of an inventory: valid, complete, the same each time, whatever is in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from nb2prod.container.contents.audit import Audit, Vulnerability
from nb2prod.container.contents.bill import render
from nb2prod.container.contents.model import Inventory, Origin, Python, Repository
from nb2prod.container.contents.purls import of_image, public_url
from nb2prod.container.contents.subject import Subject
from nb2prod.container.project import Project
from nb2prod.project.quoting import one_line
from nb2prod.version import __version__
from tests.container.roots import MARKERS, distribution, inventory, package

SHA = "0123456789abcdef" * 4
SUBJECT = Subject("demo:1", f"sha256:{SHA}", None, "amd64", "nvidia/cuda:12.1.1-base", None)
MANIFEST = {
    "notebook": {"name": "demo", "sha256": SHA},
    "pins": [{"name": "numpy"}, {"name": "web"}],
    "system_packages": [{"name": "ffmpeg:amd64"}],
}
FOUND = inventory(
    distribution("numpy", "2.0", expression="BSD-3-Clause", size=7),
    distribution("web", "1.0+cu121", requirements=("numpy>=1",)),
    distribution("left-over", "0.1"),
    distribution("pip", "24.0", place="/opt/python/x/lib/python3.11/site-packages"),
    package("ffmpeg", "7:5.1-0+deb12u1", depends=("libc6",)),
    package("libc6", "2.36-9", source="glibc (2.36)", depends=("libgcc-s1",)),
    package("libgcc-s1", depends=("libc6",)),
    package("python3.11", "3.11.2-6"),
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose pyproject.toml cannot be read, so that its manifest's pins are taken."""
    return Project(tmp_path, "demo", "demo", "demo:1", 0, (), (), None, (), MANIFEST)


def bill(
    project: Project, found: Inventory = FOUND, audit: Audit | None = None, **subject: Any
) -> dict[str, Any]:
    """The bill, which is valid and whose references lead to what it has; all of it is reached."""
    text = render(replace(SUBJECT, **subject), project, found, audit)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    document: dict[str, Any] = json.loads(text)
    image = document["metadata"]["component"]
    references = [image["bom-ref"], *(one["bom-ref"] for one in document["components"])]
    assert len(references) == len(set(references))
    edges = {one["ref"]: one.get("dependsOn", []) for one in document["dependencies"]}
    reached, waiting = set(), [image["bom-ref"]]
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting += edges[one]
    assert reached == set(references)
    for one in document.get("vulnerabilities", ()):
        assert {each["ref"] for each in one["affects"]} <= reached
    for character in text:
        assert character.isprintable() or character == "\n", repr(character)
    return document


def edges_of(document: dict[str, Any], reference: str) -> list[str]:
    """What that depends on, by name."""
    names = {one["bom-ref"]: one["name"] for one in document["components"]}
    (found,) = [one for one in document["dependencies"] if one["ref"] == reference]
    return sorted(names[one] for one in found.get("dependsOn", []))


def test_the_image_and_what_depends_on_what(project: Project) -> None:
    document = bill(project)
    image = document["metadata"]["component"]
    assert (image["type"], image["name"], image["version"]) == ("container", "demo", "1")
    assert image["purl"] == "pkg:oci/demo?arch=amd64&tag=1"
    (base,) = image["pedigree"]["ancestors"]
    assert base["name"] == "nvidia/cuda:12.1.1-base"
    (tool,) = document["metadata"]["tools"]["components"]
    assert (tool["name"], tool["version"]) == ("nb2prod", __version__)
    assert edges_of(document, f"image:sha256:{SHA}") == ["debian", "demo"]
    program = edges_of(document, "program:demo")
    assert program == ["CPython", "ffmpeg", "left-over", "numpy", "web"]
    assert edges_of(document, "pkg:generic/cpython@3.11.2") == ["pip", "python3.11"]
    assert edges_of(document, "pkg:pypi/web@1.0%2Bcu121") == ["numpy"]
    assert edges_of(document, "system:debian@12") == ["ffmpeg", "python3.11"]


def test_package_urls_are_those_that_others_know(project: Project) -> None:
    found = {one["name"]: one["purl"] for one in bill(project)["components"] if "purl" in one}
    assert found["web"] == "pkg:pypi/web@1.0%2Bcu121"
    assert found["ffmpeg"] == (
        "pkg:deb/debian/ffmpeg@7:5.1-0%2Bdeb12u1?arch=amd64&distro=debian-12"
    )
    assert found["libc6"] == (
        "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12&upstream=glibc%402.36"
    )
    for purl in found.values():
        assert PackageURL.from_string(purl).to_string() == purl


def test_a_digest_and_a_base_that_is_pinned(project: Project) -> None:
    digest = f"sha256:{SHA}"
    image = bill(
        project,
        reference="registry.example.invalid:5000/team/demo:1",
        digest=digest,
        base_digest=digest,
        base="python:3.11-slim",
    )["metadata"]["component"]
    assert PackageURL.from_string(image["purl"]).to_dict() == {
        "type": "oci",
        "namespace": None,
        "name": "demo",
        "version": digest,
        "qualifiers": {
            "arch": "amd64",
            "repository_url": "registry.example.invalid:5000/team/demo",
            "tag": "1",
        },
        "subpath": None,
    }
    base = of_image("python:3.11-slim", digest, None)
    assert base is not None
    assert base.qualifiers == {
        "repository_url": "docker.io/library/python",
        "tag": "3.11-slim",
    }


@pytest.mark.parametrize(
    ("reference", "name", "version"),
    [
        ("demo", "demo", None),
        ("demo:2", "demo", "2"),
        ("registry.example.invalid:5000/demo", "registry.example.invalid:5000/demo", None),
        (f"demo@sha256:{SHA}", "demo", None),
        (f"sha256:{SHA}", f"sha256:{SHA}", None),
    ],
)
def test_what_the_image_is_called(
    project: Project, reference: str, name: str, version: str | None
) -> None:
    image = bill(project, reference=reference)["metadata"]["component"]
    assert (image["name"], image.get("version")) == (name, version)


def test_a_python_of_its_own_is_known_by_its_cpe(project: Project) -> None:
    for base, known in (("/usr", False), ("/usr/local", True), ("/opt/python/x", True)):
        found = replace(FOUND, python=Python("3.11.9", base, MARKERS))
        (python,) = [one for one in bill(project, found)["components"] if one["name"] == "CPython"]
        assert ("cpe" in python) == known, base
        if known:
            assert python["cpe"] == "cpe:2.3:a:python:python:3.11.9:*:*:*:*:*:*:*"


def test_what_came_from_no_index(project: Project) -> None:
    url = "https://user:word@example.invalid/a.git?private_token=word#sha256=0"
    found = inventory(
        distribution("cloned", origin=Origin(url, False, "", "git", "0123")),
        distribution("archive", origin=Origin(url, True, SHA, "", "")),
        distribution("folder", origin=Origin("file:///home/a", False, "no hash", "", "")),
    )
    parts = {one["name"]: one for one in bill(project, found)["components"]}
    assert PackageURL.from_string(parts["cloned"]["purl"]).qualifiers == {
        "vcs_url": "git+https://example.invalid/a.git@0123"
    }
    assert PackageURL.from_string(parts["archive"]["purl"]).qualifiers == {
        "download_url": "https://example.invalid/a.git"
    }
    assert parts["archive"]["hashes"] == [{"alg": "SHA-256", "content": SHA}]
    assert parts["folder"]["purl"] == "pkg:pypi/folder@1.0"
    assert [name for name, one in parts.items() if "hashes" in one] == ["archive"]
    assert "word" not in json.dumps(parts)


def test_repositories_that_the_program_clones(project: Project) -> None:
    """Each commit by itself, in what the program depends on; without an address only by name."""
    places = [f"/opt/repositories/{number}-a.git" for number in (1, 2, 3)]
    urls = ["https://github.com/Some/a.git", "https://me:word@example.invalid/group/a/", "ssh://x"]
    commits = [("1" * 40, "2" * 40), ("3" * 40,), ()]
    found = inventory(repositories=tuple(map(Repository, urls, places, commits)))
    document = bill(project, found)
    parts = {
        one.get("version"): one for one in document["components"] if one["name"] in ("a", "3-a")
    }
    assert {version: one.get("purl") for version, one in parts.items()} == {
        "1" * 40: f"pkg:github/some/a@{'1' * 40}",
        "2" * 40: f"pkg:github/some/a@{'2' * 40}",
        "3" * 40: f"pkg:generic/a@{'3' * 40}"
        f"?vcs_url=git%2Bhttps://example.invalid/group/a/%40{'3' * 40}",
        None: None,
    }
    assert parts["3" * 40]["externalReferences"] == [
        {"type": "vcs", "url": "https://example.invalid/group/a/"}
    ]
    assert parts[None]["evidence"]["occurrences"] == [{"location": places[2]}]
    assert edges_of(document, "program:demo") == ["3-a", "CPython", "a", "a", "a"]


def test_the_licence_of_python(project: Project) -> None:
    for implementation, licences in (("cpython", ["Python-2.0"]), ("pypy", [])):
        markers = {**MARKERS, "implementation_name": implementation}
        found = replace(FOUND, python=Python("3.11.9", "/usr", markers))
        (python,) = [one for one in bill(project, found)["components"] if one["type"] == "platform"]
        assert [one["license"]["id"] for one in python.get("licenses", ())] == licences


def test_an_image_without_dpkg_says_that_its_packages_are_not_known(project: Project) -> None:
    found = replace(FOUND, packages=(), has_dpkg=False, release={})
    said = bill(project, found)["metadata"]["component"]["properties"]
    assert "nb2prod:system-packages" in [one["name"] for one in said]
    assert "nb2prod:system-packages" not in json.dumps(bill(project))


def test_vulnerabilities(project: Project) -> None:
    one = Vulnerability("web", "1.0", "PYSEC-1", ("CVE-1", "GHSA-1"), ("1.1", "2.0"), "Opens doors")
    audit = Audit("https://example.invalid/v1", 3, (one,), ("web 1.0+cu121",), ("a b",))
    document = bill(project, audit=audit)
    (found,) = document["vulnerabilities"]
    assert found["id"] == "PYSEC-1"
    assert [each["id"] for each in found["references"]] == ["CVE-1", "GHSA-1"]
    (affected,) = found["affects"]
    assert affected["ref"] == "pkg:pypi/web@1.0%2Bcu121"
    assert {each["version"]: each["status"] for each in affected["versions"]} == {
        "1.0+cu121": "affected",
        "1.1": "unaffected",
        "2.0": "unaffected",
    }
    said = {each["name"]: each["value"] for each in document["metadata"]["component"]["properties"]}
    assert said["nb2prod:audited"] == "3 of 4 Python packages, by https://example.invalid/v1"
    assert said["nb2prod:audited-without-local-version"] == "web 1.0+cu121"
    # Another content is another bill.
    assert document["serialNumber"] != bill(project)["serialNumber"]


HOSTILE = "\x1b]0;x\x07\u202e\ud800\x00\n<script>&\"'\\ ${x} %zz"


def test_hostile_text_stays_text(project: Project) -> None:
    found = inventory(
        distribution(
            HOSTILE,
            HOSTILE,
            expression=HOSTILE,
            licence=HOSTILE,
            texts=(HOSTILE,),
            classifiers=(f"License :: {HOSTILE}",),
            requirements=(HOSTILE,),
            homepage=f"https://example.invalid/{HOSTILE}",
            urls=(f"Source, javascript:{HOSTILE}", "Homepage, https://[", HOSTILE),
            summary=HOSTILE,
            installer=HOSTILE,
            origin=Origin(f"https://example.invalid/{HOSTILE}", True, HOSTILE, HOSTILE, HOSTILE),
        ),
        distribution("", ""),
        distribution("../../etc", "1"),
        distribution("a", HOSTILE),
        distribution("a", "x" * 500),
        distribution("Foo", "1"),
        distribution("foo", "1"),
        package(HOSTILE, HOSTILE, architecture=HOSTILE, source=HOSTILE, named=(HOSTILE,)),
        package("", ""),
        package("b", HOSTILE, source=f"b ({HOSTILE}", depends=(HOSTILE,), common=(HOSTILE,)),
        release={"ID": HOSTILE, "VERSION_ID": HOSTILE, "PRETTY_NAME": HOSTILE},
        python=Python(HOSTILE, HOSTILE, dict.fromkeys(MARKERS, HOSTILE)),
        repositories=(Repository(HOSTILE, HOSTILE, (HOSTILE,)), Repository("", "", ())),
        problems=(HOSTILE,),
    )
    text = one_line(HOSTILE)  # as an audit has it
    one = Vulnerability("foo", "1", text, (text,), (text,), text)
    document = bill(
        project,
        found,
        Audit(f"https://example.invalid/{HOSTILE}", 1, (one,), (text,), (text,)),
        base=HOSTILE,
    )
    parts = (*found.distributions, *found.packages, *found.repositories)
    assert len(document["components"]) == 3 + len(parts)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://example.invalid/a?b=c#d", "https://example.invalid/a"),
        ("https://me:word@example.invalid/a", "https://example.invalid/a"),
        ("https://example.invalid/a b", None),
        ("https://[", None),
        ("https://example.invalid/%zz", None),
        ("https://example.invalid/#a#b", None),
        ("javascript:alert(1)", None),
        ("https://me@", None),
        ("", None),
    ],
)
def test_addresses_that_may_be_shown(text: str, shown: str | None) -> None:
    assert public_url(text) == shown


RENDER = """
import sys
from tests.container.test_sbom import FOUND, MANIFEST, SUBJECT, render
from nb2prod.container.project import Project
from pathlib import Path
project = Project(Path("nowhere"), "demo", "demo", "demo:1", 0, (), (), None, (), MANIFEST)
sys.stdout.write(render(SUBJECT, project, FOUND, None))
"""


def test_the_same_bytes_each_time() -> None:
    root = Path(__file__).resolve().parents[2]
    paths = os.pathsep.join((str(root / "src"), str(root)))
    texts = {
        subprocess.run(
            [sys.executable, "-c", RENDER],
            env={**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    (text,) = texts
    assert b"timestamp" not in text
    assert text.startswith(b"{\n")
