"""compose.yaml: what becomes of a workload, what is refused, and that a text stays text."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import nb2prod
from nb2prod.analysis.facts import Nodes, Parameter, Secret, Service
from nb2prod.errors import InvalidSpec
from nb2prod.location import Location
from nb2prod.migration import Migration
from nb2prod.program.model import Upload
from nb2prod.project.interface import Interface, ProgramOption
from nb2prod.project.parts.secrets import SecretView
from nb2prod.project.targets import compose
from nb2prod.project.targets.compose.check import COMPOSE
from nb2prod.project.targets.compose.document import compose_document
from nb2prod.project.targets.target import DEFAULT, Settings
from nb2prod.project.targets.workload import GpuNeed, Workload
from nb2prod.project.yaml_text import yaml_text
from tests.project.readmes import readme
from tests.project.targets.workloads import DATA, PLAIN, READ_ONLY, WORK, make

MakeMigration = Callable[..., Migration]

ROOT = Path(__file__).parents[4]
EXAMPLES = sorted(ROOT.glob("examples/*/*.ipynb"))
PLACE = Location(3, 1)
GRADIO = Service("gradio", 7860, PLACE, (("GRADIO_SERVER_NAME", "0.0.0.0"),))


def with_facts(migration: Migration, **changes: object) -> Migration:
    facts = dataclasses.replace(migration.facts, **changes)  # type: ignore[arg-type]
    return dataclasses.replace(migration, facts=facts)


def service_of(workload: Workload, settings: Settings = DEFAULT, **more: bool) -> dict[str, Any]:
    document: dict[str, Any] = compose_document(workload, settings, **more)
    [found] = document["services"].values()
    service: dict[str, Any] = found
    return service


def option(default: str) -> ProgramOption:
    return ProgramOption("one", "--one", "ONE", "string", default, None, None, None, "", PLACE)


def secret(name: str, *, required: bool = True, usable: bool = True) -> SecretView:
    return SecretView(name, "used", required, usable)


def test_the_least_is_confined_and_writes_only_where_it_may() -> None:
    service = service_of(PLAIN)
    assert service["command"] == list(PLAIN.program)
    assert "environment" not in service
    assert [(one["source"], one["target"]) for one in service["volumes"]] == [
        ("./work", "/work"),
        ("home", "/home/app"),
    ]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "no"
    assert service["user"].startswith("${PUID:?")
    assert not {"ports", "healthcheck", "deploy", "shm_size", "network_mode"} & service.keys()


@pytest.mark.parametrize(
    ("change", "key", "becomes"),
    [
        ({"gpu": GpuNeed("T4", 2, 16, None)}, "deploy", 2),
        ({"service": GRADIO}, "ports", ["127.0.0.1:7860:7860"]),
        ({"service": GRADIO}, "environment", {"GRADIO_SERVER_NAME": "0.0.0.0"}),
        ({"service": GRADIO}, "restart", "unless-stopped"),
        ({"service": GRADIO._replace(local=True)}, "network_mode", "host"),
        ({"secrets": (secret("A", required=False),)}, "environment", {"A": None}),
        ({"volumes": (DATA, WORK)}, "volumes", ["./data", "./work", "home"]),
    ],
)
def test_what_becomes_of_it(change: Mapping[str, Any], key: str, becomes: object) -> None:
    found = service_of(make(**change))[key]
    if key == "deploy":
        [device] = found["resources"]["reservations"]["devices"]
        assert device == {"driver": "nvidia", "count": becomes, "capabilities": ["gpu"]}
    elif key == "volumes":
        assert [one["source"] for one in found] == becomes
    else:
        assert found == becomes


def test_a_program_that_listens_to_its_own_machine_alone_has_no_ports() -> None:
    service = service_of(make(service=GRADIO._replace(local=True)))
    assert "ports" not in service


def test_what_may_not_be_written_to_is_mounted_so() -> None:
    [data, *others] = service_of(make(volumes=(READ_ONLY, WORK)))["volumes"]
    assert data["read_only"] is True
    assert not any("read_only" in one for one in others)


def test_shared_memory_is_for_torch() -> None:
    assert service_of(PLAIN, torch=True)["shm_size"] == "3gb"
    assert service_of(make(memory_gb=1), torch=True)["shm_size"] == "1gb"


def test_a_run_has_a_limit_of_time_and_a_service_none() -> None:
    limited = ["timeout", "--kill-after=30", "90", *PLAIN.program]
    assert service_of(PLAIN, Settings(timeout=90))["command"] == limited
    serving = make(service=GRADIO)
    assert service_of(serving, Settings(timeout=90))["command"] == limited[3:]


@pytest.mark.parametrize("name", ["PATH", "HOME", "PYTHONPATH", "DATA_DIR"])
def test_a_secret_never_takes_the_place_of_the_image_s_variables(
    make_migration: MakeMigration, name: str
) -> None:
    migration = make_migration(secrets=(Secret(name, PLACE), Secret("HF_TOKEN", PLACE)))
    text = compose.files(migration)[COMPOSE]
    [service] = yaml.safe_load(text)["services"].values()
    assert list(service["environment"]) == ["HF_TOKEN"]
    assert f"# The secret {name} is left out" in text


@pytest.mark.parametrize("value", ["\0", "a\0b", "\ud83d", "-\0"])
def test_what_fits_on_no_command_line_is_left_out_and_said(
    make_migration: MakeMigration, value: str
) -> None:
    parameters = (Parameter("one", "string", value, PLACE), Parameter("two", "integer", 2, PLACE))
    text = compose.files(make_migration(parameters=parameters))[COMPOSE]
    [service] = yaml.safe_load(text)["services"].values()
    assert service["command"] == ["python", "-m", "tiny", "--two", "2"]
    assert "# The option --one is left out" in text


def test_the_first_lines_say_what_has_to_exist_and_how_it_is_run(
    make_migration: MakeMigration,
) -> None:
    migration = with_facts(
        make_migration(secrets=(Secret("A", PLACE),), data_directory="data_dir"),
        nodes=Nodes(3, PLACE, "torch"),
    )
    text = compose.files(migration, Settings(schedule="0 3 * * *"))[COMPOSE]
    head = text.partition("services:")[0]
    for said in (
        "#   mkdir -p data work\n",
        "#   cp .env.example .env",
        """#   printf 'PUID=%s\\nPGID=%s\\n' "$(id -u)" "$(id -g)" >> .env\n""",
        "#   docker compose build\n",
        "#   docker compose run --rm tiny\n",
        "#   0 3 * * * cd DIRECTORY && docker compose run --rm -T tiny\n",
        "# The notebook trains over 3 machines",
    ):
        assert said in head
    served = compose.files(with_facts(make_migration(), service=GRADIO), Settings("0 3 * * *"))
    assert "http://127.0.0.1:7860" in served[COMPOSE]
    assert "cd DIRECTORY" not in served[COMPOSE]


def test_the_directories_and_the_image_are_those_of_the_readme_s_docker_run() -> None:
    """What the README mounts is mounted here too, at the same places."""
    for path in EXAMPLES:
        migration = nb2prod.plan(nb2prod.read(path), nb2prod.Options(lock="never"))
        [service] = yaml.safe_load(compose.files(migration)[COMPOSE])["services"].values()
        [run] = [line for line in readme(migration).splitlines() if line.startswith("docker run")]
        mounted = set(re.findall(r'"\$PWD/(\S+):(\S+)"', run))
        binds = [one for one in service["volumes"] if one["type"] == "bind"]
        here = {(one["source"].removeprefix("./"), one["target"]) for one in binds}
        assert mounted | {("work", "/work")} == here
        assert run.endswith(service["image"])
        assert ("--gpus all" in run) is ("deploy" in service)


# What each edit of a good file is refused for.
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    init: true\n", "    initt: true\n", "'initt' is not known; 'init' is near it"),
        ("    read_only: true\n", "    read_only: false\n", "$.services.tiny.read_only"),
        ("    - ALL\n", "    - CHOWN\n", "$.services.tiny.cap_drop"),
        ("source: home", "source: homes", "there is no volume 'homes'; 'home' is near it"),
        ("source: './work'", "source: '/etc'", "'/etc' is not a path below the project's"),
        ("source: './work'", "source: './../x'", "is not a path below the project's"),
        ("source: './work'", "source: './a/../../x'", "is not a path below the project's"),
        ("target: '/home/app'", "target: '/work'", "'/work' is mounted twice"),
        ("    - tiny\n", "    - 'a$b'\n", "the $ of 'a$b' begins a variable; $$ is the character"),
        ("    - tiny\n", "    - '${HOME}'\n", "begins a variable"),
        ("    - tiny\n", "    - '${A:?x}'\n", "the variable A has no place here"),
        ("    - tiny\n", "    - 1\n", "$.services.tiny.command[2]: 1 is not of type 'string'"),
        ("X: '${X:?", "X: '${Y:?", "$.services.tiny.environment.X: the variable Y has no place"),
        ("      X: ", "      'a b': ", "'a b' is not the name of a variable"),
        ("    user: ", "    user: '0:0'\n    # ", "'0:0' is not the user by ${PUID:?...}"),
        ("- '127.0.0.1:7860:7860'", "- '7860:7860'", "is not a port of this machine alone"),
        ("- '127.0.0.1:7860:7860'", "- '127.0.0.1:7860:80'", "is not a port of this machine"),
        ("restart: unless-stopped", "restart: on-failure", "'on-failure' is not one of"),
        ("    restart: ", "    network_mode: host\n    restart: ", "ports do nothing"),
        ("  tiny:\n", "  'a b':\n", "the name of a service"),
        ("    image: ", "    privileged: true\n    image: ", "'privileged' is not known"),
    ],
)
def test_a_file_that_compose_would_not_take_is_refused(
    make_migration: MakeMigration, old: str, new: str, said: str
) -> None:
    migration = with_facts(make_migration(secrets=(Secret("X", PLACE),)), service=GRADIO)
    files = compose.files(migration)
    compose.validate(files)
    assert files[COMPOSE].count(old) == 1
    with pytest.raises(InvalidSpec, match=re.escape(said)) as refused:
        compose.validate({COMPOSE: files[COMPOSE].replace(old, new)})
    assert str(refused.value).startswith("compose.yaml: ")


def test_a_file_that_is_not_there_is_missed() -> None:
    with pytest.raises(InvalidSpec, match=r"compose\.yaml is missing"):
        compose.validate({})


# Text as Compose, YAML and a shell would mistake it, and any other.
NASTY = (
    *("$", "$$", "$A", "${A}", "${A:-b}", "${A:?b}", "$${A}", "$(id)"),
    *("on", "null", "1e3", "*a", "{{ a }}", "a\nb: c", ""),
)
texts = st.one_of(st.sampled_from(NASTY), st.text(max_size=20))
names = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True)
variables = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True)
workloads = st.builds(
    lambda name, values, passed, local, served, variable, gpus: dataclasses.replace(
        PLAIN,
        name=name,
        secrets=tuple(secret(one, required=needed) for one, needed in passed.items()),
        volumes=(dataclasses.replace(DATA, local=f"d{local}", path=f"/data{local}"), WORK),
        service=GRADIO._replace(health=f"/{served}", variables=((variable, served),))
        if served
        else None,
        gpu=GpuNeed("T4", gpus, 16, None) if gpus else None,
        interface=Interface(tuple(map(option, values)), (), None),
        arguments=tuple(word for value in values for word in option(value).arguments()),
    ),
    names,
    st.lists(texts, max_size=3),
    st.dictionaries(variables, st.booleans(), max_size=3),
    texts.filter(lambda text: "/" not in text and "\0" not in text),
    texts.filter(lambda text: "\0" not in text and not re.search("[\ud800-\udfff]", text)),
    variables,
    st.integers(0, 8),
)


def compose_reads(text: str, environment: Mapping[str, str]) -> str:
    """What Compose makes of a string of the file, by the words of its documentation."""

    def put_in(match: re.Match[str]) -> str:
        if match.group() == "$$":
            return "$"
        assert match.group(1), f"{match.group()} in {text!r} is neither text nor a variable"
        return environment[match.group(1)]

    return re.sub(r"\$\$|\$(?:\{(\w+):\?[^}]*\}|\{?\w*.)?", put_in, text)


@given(workload=workloads, value=texts)
def test_every_value_reaches_the_program_as_it_is(workload: Workload, value: str) -> None:
    text = yaml_text(compose_document(workload, Settings()))
    compose.validate({COMPOSE: text})
    document = yaml.safe_load(text)
    assert list(document["services"]) == [workload.name]
    service = document["services"][workload.name]
    given_here = {"PUID": "1", "PGID": "2"} | {one.name: value for one in workload.secrets}
    command = [compose_reads(word, given_here) for word in service["command"]]
    carried = [one for one in workload.interface.options if "\0" not in str(one.default)]
    assert command[3:] == [word for one in carried for word in one.arguments()]
    assert compose_reads(service["user"], given_here) == "1:2"
    for one, meant in zip(service["volumes"], workload.volumes, strict=False):
        assert compose_reads(one["source"], given_here) == f"./{meant.local}"
        assert compose_reads(one["target"], given_here) == meant.path
    environment = service.get("environment", {})
    served = dict(workload.service.variables) if workload.service else {}
    for one in workload.secrets:
        if one.name in environment and one.name not in served:
            passed = environment[one.name]
            assert (passed is None) is not one.required
            assert passed is None or compose_reads(passed, given_here) == value
    for name, wanted in served.items():
        assert compose_reads(environment[name], {}) == wanted


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_specification_s_own_schema_takes_it(path: Path, tmp_path: Path) -> None:
    migration = nb2prod.plan(nb2prod.read(path), nb2prod.Options(lock="never"))
    check_with_schema(compose.files(migration), tmp_path)


@pytest.mark.parametrize("local", [False, True])
def test_the_specification_s_own_schema_takes_a_service(
    make_migration: MakeMigration, tmp_path: Path, local: bool
) -> None:
    migration = make_migration(secrets=(Secret("A", PLACE), Secret("B", PLACE, required=False)))
    served = with_facts(migration, service=GRADIO._replace(local=local))
    check_with_schema(compose.files(served), tmp_path)


def check_with_schema(files: Mapping[str, str], directory: Path) -> None:
    path = directory / COMPOSE
    path.write_text(files[COMPOSE], encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_steps_and_notes_say_what_the_file_asks_for(make_migration: MakeMigration) -> None:
    migration = make_migration(
        secrets=(Secret("A", PLACE),),
        parameters=(Parameter("epochs", "integer", 3, PLACE),),
        data_directory="data_dir",
        gpu="T4",
    )
    steps = compose.next_steps(migration, Settings())
    assert 2 <= len(steps) <= 5
    assert steps[-1] == "Run it with `docker compose run --rm tiny`."
    notes = compose.notes(migration, Settings(timeout=60))
    for said in ("--epochs=4", "NVIDIA Container Toolkit", "single quotes", "60 seconds"):
        assert said in notes
    served = compose.next_steps(with_facts(migration, service=GRADIO), Settings())
    assert "http://127.0.0.1:7860/" in served[-1]
    assert len(served) <= 5


def test_the_notes_have_nothing_to_say_of_what_is_not_there(make_migration: MakeMigration) -> None:
    notes = compose.notes(make_migration(), Settings())
    for unsaid in ("NVIDIA", ".env", "--timeout", "--schedule", "machines"):
        assert unsaid not in notes


def test_files_to_upload_are_named_on_every_line_that_runs_it(
    make_migration: MakeMigration,
) -> None:
    migration = make_migration()
    configuration = dataclasses.replace(
        migration.program.configuration, uploads=(Upload("upload", PLACE),)
    )
    program = dataclasses.replace(migration.program, configuration=configuration)
    migration = dataclasses.replace(migration, program=program)
    settings = Settings(schedule="0 3 * * *")
    assert compose.files(migration, settings)[COMPOSE].count("tiny --upload FILE\n") == 2
    assert (
        "`docker compose run --rm tiny --upload FILE`"
        in compose.next_steps(migration, settings)[-1]
    )
    assert "in place of `FILE`" in compose.notes(migration, settings)
