"""The workflow: what it runs, what is refused, and that it can do no more than check."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import nb2prod
from nb2prod.environment.model import Lock, TorchBuild
from nb2prod.errors import InvalidSpec
from nb2prod.migration import Migration
from nb2prod.options import Options
from nb2prod.project.parts.installation import UV_VERSION
from nb2prod.project.targets import ci
from nb2prod.project.targets.ci.actions import CHECKED
from nb2prod.project.targets.ci.check import WORKFLOW
from nb2prod.project.targets.ci.document import Checked, workflow
from nb2prod.project.targets.target import DEFAULT, Settings
from nb2prod.project.yaml_text import yaml_text
from tests.project.readmes import readme
from tests.project.targets.workloads import make

MakeMigration = Callable[..., Migration]

ROOT = Path(__file__).parents[4]
EXAMPLES = sorted(ROOT.glob("examples/*/*.ipynb"))
COMMIT = "git+https://example.invalid/team/tools@0123456789012345678901234567890123456789"
LOCKED = Lock("locked", True, True, "2026-10-02T00:00:00Z", text="a==1\n", versions={"a": "1"})


def document_of(migration: Migration, settings: Settings = DEFAULT) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(ci.files(migration, settings)[WORKFLOW])
    return found


def commands(document: dict[str, Any], job: str) -> list[str]:
    return [step["run"] for step in document["jobs"][job]["steps"] if "run" in step]


def test_it_may_read_and_nothing_else(make_migration: MakeMigration) -> None:
    document = document_of(make_migration())
    assert document["permissions"] == {"contents": "read"}
    assert list(document["on"]) == ["push", "pull_request", "workflow_dispatch"]
    assert list(document["jobs"]) == ["lock", "tests", "image"]
    for job in document["jobs"].values():
        assert job["timeout-minutes"] <= 90
        assert "permissions" not in job
        checkout = job["steps"][0]
        assert checkout["uses"].startswith("actions/checkout@v")
        assert checkout["with"] == {"persist-credentials": False}


@pytest.mark.parametrize(
    ("settings", "branches"),
    [(Settings(), ["main", "master"]), (Settings(on_push="release/1.2"), ["release/1.2"])],
)
def test_branches(make_migration: MakeMigration, settings: Settings, branches: list[str]) -> None:
    migration = make_migration()
    assert document_of(migration, settings)["on"]["push"] == {"branches": branches}
    assert any(f"`{branches[0]}`" in step for step in ci.next_steps(migration, settings))


def test_the_schedule_of_the_job_is_not_the_workflow_s(make_migration: MakeMigration) -> None:
    assert "schedule" not in ci.files(make_migration(), Settings("0 3 * * *"))[WORKFLOW]


def torch(lock: Lock, backend: str | None) -> dict[str, Any]:
    return {"lock": lock, "torch_build": TorchBuild("12.6", backend, ())}


TORCH_LOCK = dataclasses.replace(LOCKED, versions={"torch": "2.6.0+cu126"})
OLD = dataclasses.replace(LOCKED, from_source=("old",))


@pytest.mark.parametrize(
    ("vcs", "changes"),
    [
        ((), {"lock": Lock("never")}),
        ((), {"lock": LOCKED}),
        ((COMMIT,), {"lock": Lock("never")}),
        ((COMMIT,), {"lock": LOCKED}),
        ((), {"lock": OLD}),
        ((COMMIT,), {"lock": OLD}),
        ((), torch(TORCH_LOCK, "cu126")),
        ((), torch(LOCKED, "cu126")),
        ((), torch(Lock("never"), "cu126")),
        ((), torch(dataclasses.replace(TORCH_LOCK, from_source=("old",)), "cu126")),
    ],
)
def test_the_lock_is_installed_as_the_readme_says(
    make_migration: MakeMigration, vcs: tuple[str, ...], changes: dict[str, Any]
) -> None:
    migration = make_migration(vcs=vcs)
    environment = migration.environment
    if "torch_build" in changes:
        environment = dataclasses.replace(environment, torch_build=changes["torch_build"])
    migration = dataclasses.replace(migration, lock=changes["lock"], environment=environment)
    block = readme(migration).partition("```sh\n")[2].partition("```")[0]
    shown = [line for line in block.splitlines() if "install" in line]
    assert ci.install_commands(migration) == shown
    assert commands(document_of(migration), "lock")[1] == " && ".join(shown)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_install_as_their_readmes_say(path: Path) -> None:
    migration = nb2prod.plan(nb2prod.read(path), Options(lock="never"))
    document = document_of(migration)
    said = readme(migration)
    for line in ci.install_commands(migration):
        assert f"\n{line}\n" in said
    python = migration.environment.python.version
    assert f"`uv venv --python {python} --seed .venv`" in said
    assert commands(document, "lock")[0] == f"uv venv --python {python} --seed .venv"
    assert f"\n{commands(document, 'tests')[-1]}\n" in said
    assert f"\n{commands(document, 'image')[0]}\n" in said


@pytest.mark.parametrize(
    ("lock", "asked"),
    [(LOCKED, True), (Lock("never"), True), (dataclasses.replace(LOCKED, complete=False), False)],
)
def test_pip_is_asked_whether_the_lock_agrees_where_it_can_know(
    make_migration: MakeMigration, lock: Lock, asked: bool
) -> None:
    found = commands(document_of(dataclasses.replace(make_migration(), lock=lock)), "lock")
    assert found[-1].endswith("-m pip check") is asked


def test_uv_is_the_one_of_the_dockerfile() -> None:
    dockerfile = (ROOT / "templates/docker/Dockerfile.j2").read_text(encoding="utf-8")
    assert f"ghcr.io/astral-sh/uv:{UV_VERSION}\n" in dockerfile


CHECKOUT = "    - uses: actions/checkout@v7.0.1\n      with:\n        persist-credentials: "
# The first steps of the job `image`, and of `tests`.
OF_IMAGE = f"    timeout-minutes: 90\n    steps:\n{CHECKOUT}"
OF_TESTS = (
    f"    timeout-minutes: 10\n    steps:\n{CHECKOUT}false\n"
    "    - uses: astral-sh/setup-uv@v10.2.0\n      with:\n        "
)


# What each edit of a good file is refused for.
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  contents: read\n", "  contents: write\n", "$.permissions"),
        ("  contents: read\n", "  contents: read\n  packages: write\n", "$.permissions"),
        ("  pull_request: {}\n", "  pull_request_target: {}\n", "'pull_request' is near it"),
        ("  pull_request: {}\n", "  pull_request: {}\n  schedule: []\n", "'schedule' is not known"),
        ("'on':", "on:", "the key 'on' is a bool to YAML 1.1"),
        ("    - main\n", "    - '**'\n", "'**' is not the name of a branch, and no pattern"),
        ("  tests:\n", "  'a b':\n", "the name of a job"),
        ("    timeout-minutes: 10\n", "", "'timeout-minutes' is a required property"),
        ("    timeout-minutes: 10\n", "    timeout-minutes: 900\n", "timeout-minutes: 900 is"),
        (
            f"{OF_IMAGE}false\n",
            OF_IMAGE.partition("      with")[0],
            "$.jobs.image.steps[0]: 'with' is a required property",
        ),
        (f"{OF_IMAGE}false", f"{OF_IMAGE}true", "persist-credentials: False was expected"),
        (
            f"{OF_IMAGE}false",
            f"{OF_IMAGE}false\n        repository: example/other",
            "$.jobs.image.steps[0].with: 'repository' is not known",
        ),
        (
            f"{OF_IMAGE}false",
            f"{OF_IMAGE.partition('      with')[0]}      with: {{}}",
            "$.jobs.image.steps[0].with: 'persist-credentials' is a required property",
        ),
        (
            f"{OF_TESTS}version: '{UV_VERSION}'",
            f"{OF_TESTS}version: latest",
            "$.jobs.tests.steps[1].with.version: 'latest' is not an exact version of uv",
        ),
        (OF_TESTS, f"{OF_TESTS}github-token: x\n        ", "steps[1].with: 'github-token' is not"),
        (
            "    - name: 'Build the image'\n",
            "    - name: 'Build the image'\n      with: {entrypoint: x}\n",
            "$.jobs.image.steps[1].with: 'entrypoint' is not known",
        ),
        ("group: '${{ github.workflow }}-", "group: '", "$.concurrency.group"),
        ("docker build", "echo ${{ github.head_ref }} && docker build", "is an expression that"),
        ("docker build", "echo ${{ github.head_ref", "is an expression that is not known"),
        ("group: '${{ github.workflow }}", "group: '${{ secrets.X }}", "$.concurrency.group"),
    ],
)
def test_a_workflow_that_does_more_is_refused(
    make_migration: MakeMigration, old: str, new: str, said: str
) -> None:
    text = ci.files(make_migration())[WORKFLOW]
    ci.validate({WORKFLOW: text})
    assert text.count(old) == 1
    text = text.replace(old, new)
    with pytest.raises(InvalidSpec, match=re.escape(said)) as refused:
        ci.validate({WORKFLOW: text})
    assert str(refused.value).startswith(f"{WORKFLOW}: ")


@pytest.mark.parametrize(
    ("uses", "said"),
    [
        ("actions/checkout@v7", "an action by its exact tag or commit"),
        ("actions/checkout@main", "an action by its exact tag or commit"),
        ("actions/checkot@v7.0.1", "'actions/checkout@v7.0.1' is near it"),
        ("./here", "an action by its exact tag or commit"),
        ("docker://alpine", "an action by its exact tag or commit"),
    ],
)
def test_other_actions_are_refused(make_migration: MakeMigration, uses: str, said: str) -> None:
    text = ci.files(make_migration())[WORKFLOW]
    text = text.replace("uses: actions/checkout@v7.0.1", f"uses: {uses}", 1)
    with pytest.raises(InvalidSpec, match=re.escape(said)):
        ci.validate({WORKFLOW: text})


def test_a_file_that_is_not_there_is_missed() -> None:
    with pytest.raises(InvalidSpec, match="is missing"):
        ci.validate({})


NASTY = ("${{ github.token }}", "${{", "}}", "$(id)", "`id`", "; id", "a\nb", "'", '"', "-x", "")


@given(text=st.one_of(st.sampled_from(NASTY), st.text(max_size=20)))
def test_no_text_becomes_an_expression_or_a_second_command(text: str) -> None:
    """Nothing from a notebook comes here at all today; were it to, it would stay a word."""
    workload = make(name=text, image=text, arguments=(text,), machine=text)
    document = workflow(workload, DEFAULT, Checked(text, (), complete=False))
    for job in ("lock", "tests", "image"):
        for command in commands(document, job):
            # GitHub puts the text in for its own expression; nothing else is one.
            assert command.count("${{") == 2 * command.count("${{ '${{' }}")
    read = yaml.safe_load(yaml_text(document))
    assert read == document


@pytest.fixture(scope="module")
def workflows(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The workflows of the examples, each in a repository's place for it."""
    directory = tmp_path_factory.mktemp("workflows")
    found = []
    for path in EXAMPLES:
        migration = nb2prod.plan(nb2prod.read(path), Options(lock="never"))
        target = directory / path.stem / WORKFLOW
        target.parent.mkdir(parents=True)
        target.write_text(ci.files(migration)[WORKFLOW], encoding="utf-8")
        found.append(target)
    assert found
    return found


def said_by(*command: str | Path) -> tuple[int, str]:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_github_s_own_schema_takes_it(workflows: list[Path]) -> None:
    schema = ["--builtin-schema", "vendor.github-workflows"]
    status, said = said_by(sys.executable, "-m", "check_jsonschema", *schema, *workflows)
    assert status == 0, said


def test_zizmor_finds_tags_and_nothing_else(workflows: list[Path], tmp_path: Path) -> None:
    """Tags instead of commits are meant; the workflow says how to pin."""
    program = Path(sys.executable).with_name("zizmor")
    configuration = tmp_path / "zizmor.yml"
    policies = {"rules": {"unpinned-uses": {"config": {"policies": {"*": "ref-pin"}}}}}
    configuration.write_text(yaml.safe_dump(policies), encoding="utf-8")
    options = ["--offline", "--no-progress", "--config", str(configuration)]
    status, said = said_by(program, *options, *workflows)
    assert status == 0, said
    # It does look: with its own rules it finds the tags.
    status, said = said_by(program, "--offline", "--no-progress", workflows[0])
    assert status != 0
    assert set(re.findall(r"^(?:error|warning|help|info)\[([\w-]+)\]", said, re.MULTILINE)) == {
        "unpinned-uses"
    }


def test_actionlint_has_nothing_against_it(workflows: list[Path]) -> None:
    program = shutil.which("actionlint")
    if program is None:
        pytest.skip("actionlint is not installed (a program in Go)")
    status, said = said_by(program, "-no-color", *workflows)
    assert (status, said) == (0, "")


def test_the_notes(make_migration: MakeMigration) -> None:
    notes = ci.notes(dataclasses.replace(make_migration(), lock=LOCKED), DEFAULT)
    for said in ("with its hashes", "working-directory: path/to/tiny", CHECKED, "`tiny.yaml`"):
        assert said in notes
    slim = make_migration(image="python:3.12-slim", cuda=None)
    for unsaid in ("with its hashes", "GPU"):
        assert unsaid not in ci.notes(slim, DEFAULT)
    assert len(ci.next_steps(slim, DEFAULT)) == 2
