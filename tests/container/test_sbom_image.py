"""`nb2prod sbom` on images of a real engine, as a process."""

from __future__ import annotations

import io
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import docker
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from nb2prod.container.contents.inventory import (
    LABEL,
    CannotLookInside,
    NoImage,
    inventory,
    largest,
    layers,
)
from tests.container.built import Built
from tests.container.images import Builder
from tests.container.leftovers import nothing_left
from tests.container.osv import serving

pytestmark = [pytest.mark.docker, pytest.mark.network, pytest.mark.slow]

Cli = Callable[..., subprocess.CompletedProcess[str]]

_SPDX = re.compile('"(id|expression)"')

# The ways of an image to have something of its own run or to hide what it has, and a package of
# which a vulnerability is known.
HOSTILE = """FROM {image}
USER 0:0
RUN cd /opt/venv/lib/python3*/site-packages \\
    && echo 'import os; os.write(1, b"ran"); os._exit(0)' > ran.pth \\
    && cp ran.pth sitecustomize.py && cp ran.pth usercustomize.py && cp ran.pth json.py \\
    && mkdir evil-1.dist-info broken-2.dist-info demo_vulnerable-1.0.dist-info \\
    && printf 'Name: evil\\033[2J\\377\\nVersion: 1\\nLicense: \\033]0;x\\007\\n' \\
        > evil-1.dist-info/METADATA \\
    && printf 'Name: demo-vulnerable\\nVersion: 1.0+cu121\\n' \\
        > demo_vulnerable-1.0.dist-info/METADATA \\
    && mkdir -p /usr/share/doc/evil \\
    && printf '\\nPackage: evil\\nStatus: install ok installed\\nVersion: \\033[2J\\n' \\
        >> /var/lib/dpkg/status
ENV PYTHONSTARTUP=/opt/venv/lib/ran.pth PYTHONINSPECT=1 PYTHONHOME=/nowhere PYTHONWARNINGS=error
VOLUME /unused
HEALTHCHECK CMD false
ENTRYPOINT ["/bin/false"]
USER nobody-at-all
WORKDIR /opt/venv/lib
"""


@pytest.fixture(scope="module")
def hostile(
    engine: docker.DockerClient, built: Callable[[str], Built]
) -> Iterator[tuple[Built, str]]:
    """The example, and an image of the hostile kind on top of it."""
    example = built("customer_churn")
    name = "nb2prod-tests/hostile-contents:1"
    dockerfile = HOSTILE.format(image=example.migration.image)
    engine.images.build(fileobj=io.BytesIO(dockerfile.encode()), tag=name, rm=True)
    yield example, name
    engine.images.remove(name, force=True)


@pytest.fixture(autouse=True)
def nothing_is_left(
    engine: docker.DockerClient, built: Callable[[str], Built], hostile: tuple[Built, str]
) -> Iterator[None]:
    """After each test there is no container that was looked into, and no volume of one."""
    own = {built("customer_churn").image.id, engine.images.get(hostile[1]).id}
    with nothing_left(engine, lambda about: LABEL in about and about["image"] in own):
        yield


def valid(text: str) -> dict[str, Any]:
    """The bill, which is one."""
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    document: dict[str, Any] = json.loads(text)
    return document


def test_an_image_has_what_its_own_tools_say(
    engine: docker.DockerClient, builder: Builder, built: Callable[[str], Built]
) -> None:
    here = built("customer_churn")
    found = inventory(engine, here.image)

    def told(*words: str) -> list[str]:
        return sorted(builder.run(here.image, entrypoint=words).printed.splitlines())

    importlib = (
        "import importlib.metadata as m\nfor d in m.distributions(): print(d.name, d.version)"
    )
    assert sorted(f"{one.name} {one.version}" for one in found.distributions) == told(
        "python", "-c", importlib
    )
    assert sorted(f"{one.name} {one.version}" for one in found.packages) == told(
        "dpkg-query", "--show", "--showformat", "${Package} ${Version}\\n"
    )
    assert found.python.version in told("python", "--version")[0]
    assert found.problems == ()
    # A size is what the files take, as far as they are the package's.
    (bytes_of_all,) = told("sh", "-c", "du --summarize --bytes /opt/venv/lib | cut -f1")
    listed = sum(one.size or 0 for one in found.distributions)
    assert 0.9 < listed / int(bytes_of_all) < 1.01
    assert "scipy" in [one.name for one in largest(found, 3)]


def test_layers_add_up(built: Callable[[str], Built]) -> None:
    image = built("customer_churn").image
    found = layers(image)
    assert sum(one.size for one in found) == image.attrs["Size"]
    assert any("/opt/venv" in one.words for one in found)


def test_images_that_cannot_be_looked_into(engine: docker.DockerClient, builder: Builder) -> None:
    with pytest.raises(CannotLookInside, match="no Python environment in /opt/venv"):
        inventory(engine, builder.standins.uv())
    with pytest.raises(NoImage, match="build it with nb2prod build"):
        inventory(engine, "nb2prod-tests/none:1")


def test_the_bill_of_a_project(
    run_cli: Cli, docker_host: str, built: Callable[[str], Built]
) -> None:
    """On standard output as in a file, the same each time, and nothing else is printed."""
    here = built("customer_churn")
    environment = {"DOCKER_HOST": docker_host}
    first = run_cli("sbom", here.project, env=environment)
    assert (first.returncode, first.stderr) == (0, "")
    second = run_cli("sbom", "-o", "bill.json", "--engine", docker_host, cwd=here.project)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert (here.project / "bill.json").read_text("utf-8") == first.stdout
    (here.project / "bill.json").unlink()
    document = valid(first.stdout)
    parts = document["components"]
    purls = [one["purl"] for one in parts if "purl" in one]
    assert len(purls) == len(set(purls))
    python = [one for one in parts if one.get("purl", "").startswith("pkg:pypi/")]
    pins = {f"pkg:pypi/{pin.name}@{pin.version}" for pin in here.migration.environment.pins}
    assert pins <= {one["purl"] for one in python}
    system = [one for one in parts if one.get("purl", "").startswith("pkg:deb/debian/")]
    # A licence is of use to others where it has SPDX's name.
    for ones, share in ((python, 0.9), (system, 0.7)):
        named = [one for one in ones if _SPDX.search(json.dumps(one.get("licenses")))]
        assert len(named) >= share * len(ones)


def test_what_an_image_has_of_its_own_is_not_run(
    run_cli: Cli, docker_host: str, hostile: tuple[Built, str]
) -> None:
    """And what is known to be vulnerable is told of, on standard error and in the bill."""
    here, name = hostile
    with serving() as service:
        done = run_cli(
            *("sbom", here.project, "--tag", name, "--audit", "--audit-url", service.url),
            env={"DOCKER_HOST": docker_host},
        )
    document = valid(done.stdout)
    parts = {one["name"]: one for one in document["components"]}
    assert {"evil [2J\ufffd", "broken", "demo-vulnerable", "evil"} <= set(parts)
    (known,) = document["vulnerabilities"]
    assert known["affects"][0]["ref"] == "pkg:pypi/demo-vulnerable@1.0%2Bcu121"
    assert done.returncode == 1
    assert "\x1b" not in done.stdout + done.stderr
    first, second, *others = done.stderr.splitlines()
    assert first.startswith("1 known vulnerability in 1 of ")
    total = int(first.removeprefix("1 known vulnerability in 1 of ").split()[0]) + 1
    assert "system packages were not asked about" in first
    assert second.split()[:2] == ["demo-vulnerable", "1.0"]
    assert "fixed in 1.1" in second
    assert others == [
        "asked about without the part behind +: demo-vulnerable 1.0+cu121",
        f"not asked about, for want of a valid name and version, 1 of {total}: evil [2J\ufffd 1",
    ]


def test_a_service_that_does_not_answer(
    run_cli: Cli, docker_host: str, built: Callable[[str], Built]
) -> None:
    with serving("refusing") as service:
        done = run_cli(
            *("sbom", built("customer_churn").project, "--audit", "--audit-url", service.url),
            env={"DOCKER_HOST": docker_host},
        )
    assert done.returncode == 1
    assert "nothing is known of vulnerabilities" in done.stderr
    assert "vulnerabilities" not in valid(done.stdout)


def test_an_image_that_is_not_there(
    run_cli: Cli, docker_host: str, built: Callable[[str], Built]
) -> None:
    done = run_cli(
        *("sbom", built("customer_churn").project, "--tag", "nb2prod-tests/none:1"),
        env={"DOCKER_HOST": docker_host},
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "build it with nb2prod build" in done.stderr
