"""The generated package, run as a user runs it: options, directories, secrets, exit codes."""

from __future__ import annotations

import ast
import dataclasses
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from nb2prod.analysis.facts import Parameter, Secret
from nb2prod.environment.model import Pin, PythonVersion
from nb2prod.errors import InternalError
from nb2prod.location import Location
from nb2prod.migration import Migration
from nb2prod.program.model import Layout, Module
from nb2prod.project.files import render
from nb2prod.project.parts import package

MakeMigration = Callable[..., Migration]
WriteProject = Callable[[Migration], Path]
RunProgram = Callable[..., subprocess.CompletedProcess[str]]

PLACE = Location(8, 3)
# Prints the whole configuration as JSON, paths as they are.
SHOW = """
import dataclasses, json, os
from {package}.config import Config


def main(config: Config) -> None:
    print(json.dumps(dataclasses.asdict(config), default=str))
    print(os.getcwd())
"""


@pytest.fixture
def configured(
    make_migration: MakeMigration, write: WriteProject, run_program: RunProgram
) -> Callable[..., tuple[dict[str, object], subprocess.CompletedProcess[str]]]:
    """Runs a program with these parameters and returns the configuration it got, {} without one."""

    def run(
        parameters: tuple[Parameter, ...],
        *arguments: str,
        env: Mapping[str, str] | None = None,
        **differences: object,
    ) -> tuple[dict[str, object], subprocess.CompletedProcess[str]]:
        migration = make_migration(
            parameters=parameters, source=SHOW.format(package="tiny"), **differences
        )
        done = run_program(write(migration), *arguments, env=env)
        shown = done.stdout.startswith("{")
        got = json.loads(done.stdout.splitlines()[0]) if shown else {}
        return got, done

    return run


Configured = Callable[..., tuple[dict[str, object], subprocess.CompletedProcess[str]]]


def parameter(kind: str, default: object, **rest: object) -> Parameter:
    return Parameter("value", kind, default, PLACE, **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "arguments", "expected"),
    [
        (parameter("string", "a"), [], "a"),
        (parameter("string", "a"), ["--value", "b c"], "b c"),
        (parameter("string", "a"), ["--value", ""], ""),
        (parameter("string", "a", choices=("a", "b c")), ["--value", "b c"], "b c"),
        (parameter("string", "not among them", choices=("a",)), [], "not among them"),
        (parameter("integer", 3), [], 3),
        (parameter("integer", 3), ["--value", "-4"], -4),
        (parameter("integer", 3, choices=(3, 5)), ["--value", "5"], 5),
        (parameter("integer", 3, minimum=1, maximum=3), ["--value", "1"], 1),
        (parameter("number", 0.5), [], 0.5),
        (parameter("number", 5), [], 5),
        (parameter("number", 0.5), ["--value", "2"], 2),
        (parameter("number", 0.5), ["--value", "2.0"], 2.0),
        (parameter("number", 0.5, maximum=1), ["--value=-1e9"], -1e9),
        (parameter("boolean", True), [], True),
        (parameter("boolean", True), ["--no-value"], False),
        (parameter("boolean", False), ["--value"], True),
        (parameter("boolean", None), [], None),
        (parameter("raw", None), [], None),
        (parameter("raw", None), ["--value", "[1, 'a', None]"], [1, "a", None]),
        (parameter("raw", "text"), [], "text"),
        (parameter("raw", None, choices=(None, 1, "a")), ["--value", "'a'"], "a"),
        (parameter("string", 5, choices=(5, "a")), ["--value", "5"], 5),
        (parameter("string", None), [], None),
    ],
)
def test_options(
    configured: Configured, given: Parameter, arguments: list[str], expected: object
) -> None:
    got, done = configured((given,), *arguments)
    assert done.returncode == 0, done.stderr
    assert got["value"] == expected
    assert type(got["value"]) is type(expected)


@pytest.mark.parametrize(
    ("given", "argument", "message"),
    [
        (parameter("string", "a", choices=("a", "b")), "--value=c", "invalid choice: 'c'"),
        (parameter("integer", 3), "--value=x", "invalid int value: 'x'"),
        (parameter("integer", 3), "--value=0.5", "invalid int value: '0.5'"),
        (parameter("integer", 3, minimum=1), "--value=0", "0 is not from 1 to inf"),
        (parameter("number", 0.2, minimum=0.1, maximum=0.5), "--value=0.6", "not from 0.1 to 0.5"),
        (parameter("number", 0.2, minimum=0.1, maximum=0.5), "--value=nan", "not from 0.1 to 0.5"),
        (parameter("number", 0.2, maximum=0.5), "--value=x", "invalid number value: 'x'"),
        (parameter("number", 0.2), "--value=x", "invalid number value: 'x'"),
        (parameter("raw", None), "--value=open(1)", "open(1) is not a value as Python writes it"),
        (parameter("raw", None), "--value=", "is not a value as Python writes it"),
        (parameter("raw", None, choices=(None, 1)), "--value=2", "invalid choice: 2"),
        (parameter("boolean", True), "--value=1", "ignored explicit argument '1'"),
        (parameter("string", "a"), "--val=b", "unrecognized arguments: --val=b"),
    ],
)
def test_refused_values(
    configured: Configured, given: Parameter, argument: str, message: str
) -> None:
    _, done = configured((given,), argument)
    assert done.returncode == 2
    assert done.stdout == ""
    assert message in done.stderr
    if message != "unrecognized arguments: --val=b":
        assert "argument --value" in done.stderr


@pytest.mark.parametrize(
    ("parameters", "fields", "arguments", "expected"),
    [
        ([("help", "integer", 1)], {}, ["--help-value", "2"], {"help": 2}),
        (
            [("gpu", "boolean", True), ("no_gpu", "integer", 1)],
            {},
            ["--no-gpu", "--no-gpu-value", "2"],
            {"gpu": False, "no_gpu": 2},
        ),
        ([("größe", "integer", 1)], {}, ["--größe", "2"], {"größe": 2}),
        ([("A__b", "integer", 1)], {}, ["--A--b", "2"], {"A__b": 2}),
        ([("class", "string", "a")], {"class": "option_class"}, [], {"option_class": "a"}),
    ],
)
def test_awkward_names(
    configured: Configured,
    parameters: list[tuple[str, str, object]],
    fields: dict[str, str],
    arguments: list[str],
    expected: dict[str, object],
) -> None:
    made = tuple(Parameter(name, kind, default, PLACE) for name, kind, default in parameters)  # type: ignore[arg-type]
    got, done = configured(made, *arguments, fields=fields)
    assert done.returncode == 0, done.stderr
    assert got == expected


def test_an_option_that_is_called_like_a_directory_s_keeps_its_field(
    configured: Configured, tmp_path: Path
) -> None:
    made = (Parameter("data_from", "string", "a", PLACE),)
    got, done = configured(made, "--data-from", "b", data_directory="data_dir")
    assert done.returncode == 0, done.stderr
    assert got["data_from"] == "b"
    assert got["data_from_directory"] is None


@pytest.mark.parametrize("python", ["3.8.18", "3.12.4", "3.14"])
def test_the_package_is_valid_on_old_pythons(churn_migration: Migration, python: str) -> None:
    environment = dataclasses.replace(churn_migration.environment, python=PythonVersion(python, ()))
    found = package.files(dataclasses.replace(churn_migration, environment=environment))
    for name, source in found.items():
        ast.parse(source, name, feature_version=(3, 8))


def test_booleans_before_python_3_9(configured: Configured) -> None:
    made = (Parameter("value", "boolean", True, PLACE, help="100% sure"),)
    assert configured(made, python="3.8.18")[0] == {"value": True}
    assert configured(made, "--no-value", python="3.8.18")[0] == {"value": False}
    assert configured(made, "--value", python="3.8.18")[0] == {"value": True}


def test_help_shows_everything_and_runs_nothing(
    churn_migration: Migration, write: WriteProject, run_program: RunProgram, tmp_path: Path
) -> None:
    directory = write(churn_migration)
    (directory / "src" / churn_migration.package / "pipeline.py").write_text("raise SystemExit(9)")
    done = run_program(directory, "--help", env={"COLUMNS": "200"})
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "Runs the notebook Customer churn (v2) from its first cell to its last." in done.stdout
    for line in [
        "--test-size TEST_SIZE",
        "Share that is held back; from 0.1 to 0.5 (default: 0.25)",
        "--model-kind {forest,logistic}",
        "--balance, --no-balance",
        "None means no limit (100% of it). (default: None)",
        "or DATA_DIR in the environment (default: data)",
        "--data-from DIR",
    ]:
        assert line in done.stdout
    assert done.stdout.count("(default: True)") == 1
    assert list((tmp_path / "run").iterdir()) == []


def test_a_usage_line_with_brackets_in_it(configured: Configured) -> None:
    choices = ("facebook/opt (350M)", "[b] c", "") + ("a long one " * 9,) * 2
    made = tuple(
        Parameter(f"value_{index}", "string", "[b] c", PLACE, choices) for index in range(9)
    )
    _, done = configured(made, "--help")
    assert done.returncode == 0, done.stderr
    assert "one of: facebook/opt (350M), [b] c, , a long one" in " ".join(done.stdout.split())


DIRECTORIES: dict[str, object] = {
    "data_directory": "data_dir",
    "work_directory": "work_dir",
    "output_directory": "output_dir",
}


def test_directories_by_default(configured: Configured, tmp_path: Path) -> None:
    run = tmp_path / "run"
    got, done = configured((), **DIRECTORIES)
    assert done.returncode == 0, done.stderr
    assert got == {
        "data_dir": str(run / "data"),
        "work_dir": str(run),
        "output_dir": str(run / "outputs"),
        "data_from": None,
    }
    assert done.stdout.splitlines()[1] == str(run)
    assert sorted(path.name for path in run.iterdir()) == ["data", "outputs"]


def test_the_command_line_wins_over_the_environment(configured: Configured, tmp_path: Path) -> None:
    env = {"DATA_DIR": "from-env", "OUTPUT_DIR": str(tmp_path / "out"), "WORK_DIR": ""}
    got, done = configured((), "--data-dir", "a/../b", env=env, **DIRECTORIES)
    assert done.returncode == 0, done.stderr
    assert got["data_dir"] == str(tmp_path / "run" / "b")
    assert got["output_dir"] == str(tmp_path / "out")
    assert got["work_dir"] == str(tmp_path / "run")
    got, _ = configured((), env=env, **DIRECTORIES)
    assert got["data_dir"] == str(tmp_path / "run" / "from-env")


def test_the_program_works_in_its_work_directory(configured: Configured, tmp_path: Path) -> None:
    got, done = configured((), "--work-dir", "new/work", **DIRECTORIES)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1] == str(tmp_path / "run" / "new" / "work")
    assert got["data_dir"] == str(tmp_path / "run" / "data")


@pytest.mark.parametrize("how", ["option", "environment"])
def test_data_is_copied_from_elsewhere(configured: Configured, tmp_path: Path, how: str) -> None:
    source = tmp_path / "inputs"
    (source / "deep" / "er").mkdir(parents=True)
    (source / "deep" / "er" / "a.csv").write_text("a")
    (source / "b.csv").write_text("b")
    (source / "linked").symlink_to(source / "deep")
    (source / "b.csv").chmod(0o444)
    (source / "deep").chmod(0o555)
    arguments = ["--data-from", str(source)] if how == "option" else []
    env = {} if how == "option" else {"DATA_FROM": str(source)}
    _, done = configured((), *arguments, env=env, data_directory="data_dir")
    (source / "deep").chmod(0o755)
    assert done.returncode == 0, done.stderr
    data = tmp_path / "run" / "data"
    assert (data / "deep" / "er" / "a.csv").read_text() == "a"
    assert (data / "linked" / "er" / "a.csv").read_text() == "a"
    for path in [data, *data.rglob("*")]:
        assert path.stat().st_mode & 0o200, f"{path} can be written to"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data-from", "nowhere"], "argument --data-from: nowhere is not a directory"),
        (["--data-from", "."], "--data-from holds the data directory itself"),
        (["--data-from", ".", "--data-dir", "."], "--data-from holds the data directory itself"),
    ],
)
def test_data_that_cannot_be_copied(
    configured: Configured, arguments: list[str], message: str
) -> None:
    _, done = configured((), *arguments, data_directory="data_dir")
    assert done.returncode == 2
    assert message in done.stderr


SECRET = """
from {package}.config import Config, secret


def main(config: Config) -> None:
    print(len(secret("HF_TOKEN")))
"""


def test_secrets_come_from_the_environment(
    make_migration: MakeMigration, write: WriteProject, run_program: RunProgram
) -> None:
    source = SECRET.format(package="tiny")
    project = write(make_migration(secrets=(Secret("HF_TOKEN", PLACE),), source=source))
    assert run_program(project, env={"HF_TOKEN": "12345"}).stdout == "5\n"
    for env in ({}, {"HF_TOKEN": ""}):
        done = run_program(project, env=env)
        assert done.returncode == 1
        assert done.stdout == ""
        assert done.stderr.splitlines()[-1] == (
            "The secret HF_TOKEN is not set: give it as the environment variable HF_TOKEN"
            " (see .env.example)."
        )
        assert "Traceback" not in done.stderr


SEEN = """
import os
from {package}.config import Config


def main(config: Config) -> None:
    print(ascii(os.environ.get("HF_TOKEN")), sorted(n for n in os.environ if n.endswith("_TOKEN")))
"""


@pytest.mark.parametrize(
    ("content", "variable", "seen"),
    [
        (b"12345", None, "'12345'"),
        (b"12345\r\n", None, "'12345'"),
        (b" 1\n2 \n\n", None, r"' 1\n2 '"),
        (b"12345", "", "'12345'"),
        (b"from the file", "from outside", "'from outside'"),
        (b"\xff", None, r"'\udcff'"),
    ],
)
def test_secrets_also_come_as_files(
    make_migration: MakeMigration,
    write: WriteProject,
    run_program: RunProgram,
    tmp_path: Path,
    content: bytes,
    variable: str | None,
    seen: str,
) -> None:
    """They are in the environment then, where libraries look that read them themselves."""
    names = ("HF_TOKEN", "OTHER_TOKEN", "no name")
    secrets = tuple(Secret(name, PLACE) for name in names)
    source = SEEN.format(package="tiny")
    project = write(make_migration(secrets=secrets, secret_function=False, source=source))
    file = tmp_path / "secret"
    file.write_bytes(content)
    env = {"HF_TOKEN_FILE": str(file), **({} if variable is None else {"HF_TOKEN": variable})}
    done = run_program(project, env=env)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{seen} ['HF_TOKEN']\n"


def test_a_secret_s_file_that_cannot_be_read(
    make_migration: MakeMigration, write: WriteProject, run_program: RunProgram, tmp_path: Path
) -> None:
    source = SECRET.format(package="tiny")
    project = write(make_migration(secrets=(Secret("HF_TOKEN", PLACE),), source=source))
    done = run_program(project, env={"HF_TOKEN_FILE": str(tmp_path / "gone")})
    assert (done.returncode, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    assert line.startswith("The secret HF_TOKEN cannot be read from the file of HF_TOKEN_FILE: ")
    (tmp_path / "nul").write_bytes(b"hid\0den")
    done = run_program(project, env={"HF_TOKEN_FILE": str(tmp_path / "nul")})
    assert done.returncode == 1
    assert "hid" not in done.stderr


def test_a_secret_that_has_the_name_of_another_s_file(
    make_migration: MakeMigration, write: WriteProject, run_program: RunProgram, tmp_path: Path
) -> None:
    """It is the notebook's own then, and no name of a file for the other."""
    secrets = (Secret("HF_TOKEN", PLACE), Secret("HF_TOKEN_FILE", PLACE))
    project = write(make_migration(secrets=secrets, source=SEEN.format(package="tiny")))
    done = run_program(project, env={"HF_TOKEN_FILE": str(tmp_path / "gone")})
    assert (done.returncode, done.stdout) == (0, "None []\n"), done.stderr


def test_without_secrets_nothing_is_said_of_them(make_migration: MakeMigration) -> None:
    files = render(make_migration(secrets=()))
    program = [files[f"src/tiny/{name}.py"].decode() for name in ("config", "__main__")]
    assert not any("SECRETS" in source or "read_secret_files" in source for source in program)


def test_standard_output_is_the_notebook_s_alone(
    make_migration: MakeMigration, write: WriteProject, run_program: RunProgram
) -> None:
    source = """
import logging, sys


def run_notebook(config):
    print(sys.argv[1:], __name__)
    logging.basicConfig(stream=sys.stdout, format="%(message)s")
    logging.getLogger("notebook").warning("its own logging still works")
"""
    project = write(make_migration(source=source, entry_point="run_notebook"))
    done = run_program(project)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[] tiny.pipeline\nits own logging still works\n"
    assert re.fullmatch(r".* tiny: started\n.* tiny: finished\n", done.stderr)


def test_a_coroutine_is_awaited(
    make_migration: MakeMigration, write: WriteProject, run_program: RunProgram
) -> None:
    source = """
import asyncio


async def main(config):
    await asyncio.sleep(0)
    print("awaited")
"""
    done = run_program(write(make_migration(source=source, asynchronous=True)))
    assert (done.returncode, done.stdout) == (0, "awaited\n"), done.stderr


def test_a_script_runs_as_one(
    make_migration: MakeMigration, write: WriteProject, run_program: RunProgram
) -> None:
    source = """
import pickle, sys
from tiny.config import current

config = current()


class Point:
    pass


again = pickle.loads(pickle.dumps(Point()))
print(__name__, config.size, current() is config, type(again) is Point)
sys.exit(3)
"""
    migration = make_migration(
        parameters=(Parameter("size", "integer", 1, PLACE),),
        layout=Layout("script", "it pickles its own classes", PLACE),
        source=source,
    )
    done = run_program(write(migration), "--size", "7")
    assert (done.returncode, done.stdout) == (3, "__main__ 7 True True\n"), done.stderr


@pytest.mark.parametrize(
    ("imports", "pins", "expected"),
    [
        (("numpy",), (), "None"),
        (("matplotlib.pyplot",), (), "Agg"),
        (("seaborn",), (), "Agg"),
        (("pandas",), (Pin("matplotlib", "3.10.0", (), ()),), "Agg"),
    ],
)
def test_plots_need_no_screen(
    make_migration: MakeMigration,
    write: WriteProject,
    run_program: RunProgram,
    imports: tuple[str, ...],
    pins: tuple[Pin, ...],
    expected: str,
) -> None:
    source = "import os\n\n\ndef main(config):\n    print(os.environ.get('MPLBACKEND'))\n"
    project = write(make_migration(imports=imports, pins=pins, source=source))
    assert run_program(project).stdout == f"{expected}\n"
    assert run_program(project, env={"MPLBACKEND": "svg"}).stdout == "svg\n"


def test_a_program_without_anything_to_set(
    make_migration: MakeMigration, write: WriteProject, run_program: RunProgram
) -> None:
    project = write(make_migration())
    assert run_program(project).stdout == "Config()\n"
    assert run_program(project, "--help").returncode == 0
    source = (project / "src" / "tiny" / "config.py").read_text()
    assert not re.search(r"import (os|ast|math|shutil)|Path|secret\(", source)


def test_the_generated_tests_pass(
    churn_migration: Migration, hostile_migration: Migration, write: WriteProject
) -> None:
    for migration in (churn_migration, hostile_migration):
        project = write(migration)
        done = subprocess.run(
            [sys.executable, "-S", "-W", "error", "-m", "unittest", "discover", "-v", "tests"],
            cwd=project,
            env={"PYTHONPATH": "src", "PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert re.search(r"Ran 1[0-9] tests", done.stderr)
        assert "set NB_SMOKE=1 to run the notebook" in done.stderr


def test_the_smoke_run_runs_the_notebook(
    make_migration: MakeMigration, write: WriteProject
) -> None:
    source = """
def main(config):
    print((config.data_dir / "a.csv").read_text())
    raise SystemExit(int((config.data_dir / "a.csv").read_text()))
"""
    project = write(make_migration(source=source, data_directory="data_dir"))
    (project / "data").mkdir()
    for content, code in [("0", 0), ("3", 1)]:
        (project / "data" / "a.csv").write_text(content)
        done = subprocess.run(
            [sys.executable, "-m", "unittest", "discover", "tests"],
            cwd=project,
            env={"PYTHONPATH": "src", "PATH": os.environ["PATH"], "NB_SMOKE": "1"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == code, done.stderr
    assert sorted(path.name for path in (project / "data").iterdir()) == ["a.csv"]


def test_two_modules_of_one_name_are_a_bug(make_migration: MakeMigration) -> None:
    migration = make_migration()
    program = dataclasses.replace(migration.program, modules=(Module("config", ""),))
    with pytest.raises(InternalError, match=r"config\.py"):
        render(dataclasses.replace(migration, program=program))


def test_support_modules_are_the_kept_ones(make_migration: MakeMigration) -> None:
    migration = make_migration()
    program = dataclasses.replace(migration.program, support=frozenset({"shell", "display"}))
    found = package.files(dataclasses.replace(migration, program=program))
    templates = Path(__file__).resolve().parents[2] / "templates" / "package"
    for name in ("shell.py", "display.py"):
        assert found[f"src/tiny/{name}"] == (templates / name).read_text(encoding="utf-8")


def test_generated_code_is_formatted_and_clean(
    churn_migration: Migration, hostile_migration: Migration, write: WriteProject
) -> None:
    from ruff import find_ruff_bin

    for migration in (churn_migration, hostile_migration):
        project = write(migration)
        options = ["--isolated", "--no-cache", "--line-length", "100"]
        python = f"py{migration.environment.python.minor.replace('.', '')}"
        for command in (
            ["format", "--check", *options, "--target-version", "py312", "src", "tests"],
            [
                "check",
                *options,
                "--select",
                "E4,E7,E9,F,I,UP,B",
                "--target-version",
                python,
                "src",
                "tests",
            ],
        ):
            done = subprocess.run(
                [find_ruff_bin(), *command],
                cwd=project,
                capture_output=True,
                encoding="utf-8",
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
