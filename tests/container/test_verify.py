"""`verify --env image` with a real engine: both sides in containers, of which nothing is left."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import docker
import pytest
from docker.errors import ImageNotFound

import nb2prod
from nb2prod.verification.model import Equivalence
from nb2prod.verification.processes import Limits
from nb2prod.verification.verify import verify
from tests.container.built import PYTHON, Built
from tests.container.leftovers import nothing_left
from tests.examples.sides import Example
from tests.hygiene.build import written

pytestmark = [pytest.mark.docker, pytest.mark.network, pytest.mark.slow]

COLAB = {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}}

Verify = Callable[..., Equivalence]


@pytest.fixture(scope="session")
def churn(built: Callable[[str], Built]) -> tuple[Example, Path, str]:
    """The example, its project and the name of its image, which the engine has."""
    found = built("customer_churn")
    return found.example, found.project, found.migration.image


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> str:
    """How the names of this test's containers begin."""
    key = secrets.token_hex(8)
    numbers = SimpleNamespace(token_hex=lambda count: key + secrets.token_hex(count))
    monkeypatch.setattr("nb2prod.verification.containers.secrets", numbers)
    return f"nb2prod-verify-{key}"


@pytest.fixture(autouse=True)
def nothing_is_left(
    engine: docker.DockerClient,
    own: str,
    docker_host: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """After each test there are no containers of verifications, no volumes of those and no
    temporary directories.
    """
    monkeypatch.setenv("DOCKER_HOST", docker_host)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    with nothing_left(engine, lambda about: about["name"].startswith(own)):
        yield
    assert list(temporary.iterdir()) == []


@pytest.fixture
def verified(
    engine: docker.DockerClient, churn: tuple[Example, Path, str], tmp_path: Path
) -> Iterator[Verify]:
    """Verifies a notebook of these cells in an image of its own on top of the example's; the image
    is built by the verification.
    """
    made: list[str] = []

    def run(
        *cells: str,
        dockerfile: str = f"FROM {churn[2]}\nVOLUME /unused\n",
        limits: Limits | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> Equivalence:
        notebook = tmp_path / "notebook.ipynb"
        notebook.write_bytes(written(*cells, metadata=COLAB))
        project = tmp_path / "project"
        options = nb2prod.Options(python=PYTHON, lock="never")
        done = nb2prod.convert(notebook, project, options)
        (project / "Dockerfile").write_text(dockerfile, encoding="utf-8")
        made.append(done.migration.image)
        return verify(notebook, project, env="image", limits=limits, progress=progress)

    yield run
    for name in made:
        try:
            engine.images.remove(name, force=True)
        except ImageNotFound:  # its build was to fail
            continue


def test_the_example_is_equivalent_in_its_image(
    churn: tuple[Example, Path, str], tmp_path: Path
) -> None:
    example, project, _ = churn
    drive = tmp_path / "drive"
    shutil.copytree(example.drive, drive)
    before = {path: path.stat().st_mtime_ns for path in drive.rglob("*")}
    told: list[str] = []
    found = verify(example.notebook, project, env="image", data=drive, progress=told.append)
    assert (found.verdict, found.environment) == ("equivalent", "image"), found.reason
    assert found.python is not None
    assert found.python.startswith(f"{PYTHON}.")
    assert found.comparison is not None
    for kind in ("figure", "file", "variable"):
        assert any(count and kind in name for name, count in found.comparison.compared.items()), (
            kind,
            found.comparison.compared,
        )
    assert any(line.startswith("package: cell ") for line in told)
    assert before == {path: path.stat().st_mtime_ns for path in drive.rglob("*")}


def test_runs_are_as_the_image_is(verified: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its user, its Python, its own versions before those of what runs notebooks; the machine's
    variables stay outside, but for secrets that the notebook asks for.
    """
    monkeypatch.setenv("MACHINE_ALONE", "1")
    monkeypatch.setenv("SERVICE_WORD", "open-sesame")
    found = verified(
        "import os\nimport sys\n\nimport dateutil\nfrom google.colab import userdata\n\n"
        "word = userdata.get('SERVICE_WORD')\n"
        "assert word == 'open-sesame'\n"
        "assert 'MACHINE_ALONE' not in os.environ\n"
        "assert sys.prefix == '/opt/venv'\n"
        "assert dateutil.__file__.startswith('/opt/venv/')\n"
        "print(os.getuid(), os.environ['USER'], sys.version_info[:2])",
        "with open('/content/a.txt', 'w') as file:\n    file.write('1')\n"
        "with open('/tmp/b.txt', 'w') as file:\n    file.write('2')\n"
        "with open(os.path.expanduser('~/c.txt'), 'w') as file:\n    file.write('3')",
    )
    assert found.verdict == "equivalent", (found.reason, found.comparison)
    assert any("was built, and stays in the Docker Engine" in note for note in found.notes)


def test_the_package_is_the_project_s_own(verified: Verify, tmp_path: Path) -> None:
    """What is verified is the package as it is now, and not what was built in."""
    first = verified("x = 41\nprint(x)")
    assert first.verdict == "equivalent", first.reason
    (changed,) = (tmp_path / "project" / "src").glob("*/pipeline.py")
    changed.write_text(changed.read_text("utf-8").replace("41", "42"), encoding="utf-8")
    second = verify(tmp_path / "notebook.ipynb", tmp_path / "project", env="image")
    assert second.verdict == "different", second.reason
    assert not any("was built" in note for note in second.notes)


@pytest.mark.parametrize(
    ("cell", "limits", "reason"),
    [
        ("import time\ntime.sleep(100)", Limits(3), "it ran for more than 3 seconds (--timeout)"),
        (
            "x = 'x' * 800_000_000",
            Limits(100, 300_000_000),
            "it took more than 0.3 GB of memory (--memory)",
        ),
    ],
)
def test_limits(verified: Verify, cell: str, limits: Limits, reason: str) -> None:
    found = verified(cell, limits=limits)
    assert (found.verdict, found.reason) == ("does not run here", reason)


def test_an_interruption_takes_the_container_away(
    verified: Verify, engine: docker.DockerClient, own: str
) -> None:
    running = 0

    def interrupt(text: str) -> None:
        nonlocal running
        if text.startswith("notebook: cell "):
            running = len(engine.containers.list(filters={"name": own}))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verified("import time\ntime.sleep(100)", progress=interrupt)
    assert running == 1


@pytest.mark.parametrize(
    ("dockerfile", "words"),
    [
        (
            "FROM {image}\nRUN echo here && no-such-program\n",
            ["cannot be built", "\n    here", "127"],
        ),
        ("FROM scratch\nENV A=1\n", ["the Docker Engine does not run the image", "/bin/sh"]),
    ],
)
def test_an_image_that_is_not_to_be_had(
    verified: Verify, churn: tuple[Example, Path, str], dockerfile: str, words: list[str]
) -> None:
    found = verified("print(1)", dockerfile=dockerfile.format(image=churn[2]))
    assert found.verdict == "does not run here"
    for word in words:
        assert word in found.reason
    assert "\x1b" not in found.reason
