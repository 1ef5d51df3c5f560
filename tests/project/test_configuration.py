"""What sets an option of a generated program: arguments, the environment, a file, in this order."""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.analysis.facts import Parameter
from nb2prod.location import Location
from nb2prod.migration import Migration
from nb2prod.project.interface import interface
from nb2prod.project.parts.configuration import configuration_source
from nb2prod.project.parts.examples import refused, taken
from tests.project.conftest import make

PLACE = Location(8, 3)
PARAMETERS = (
    Parameter("epochs", "integer", 3, PLACE, minimum=1, maximum=9),
    Parameter("lr", "number", 0.5, PLACE, source="constant"),
    Parameter("kind", "string", "a", PLACE, ("a", "b")),
    Parameter("title", "string", "none", PLACE),
    Parameter("fast", "boolean", True, PLACE),
    Parameter("depth", "raw", None, PLACE),
    Parameter("config", "integer", 1, PLACE),
    Parameter("config_file", "integer", 1, PLACE),
)


def loaded(migration: Migration) -> types.ModuleType:
    """The generated `config.py`, which needs nothing but the standard library."""
    module = types.ModuleType("made_config")
    with mock.patch.dict("sys.modules", {"made_config": module}):
        exec(compile(configuration_source(migration), "config.py", "exec"), module.__dict__)
    return module


@pytest.fixture(scope="module")
def config() -> types.ModuleType:
    return loaded(make(parameters=PARAMETERS, data_directory="data_dir"))


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    with mock.patch.dict("os.environ", {}, clear=True):
        yield


@pytest.fixture
def settings(tmp_path: Path) -> Callable[[str], list[str]]:
    """Writes a file of settings, and gives the arguments that name it."""

    def write(text: str) -> list[str]:
        (tmp_path / "run.toml").write_text(text, encoding="utf-8")
        return ["--config", str(tmp_path / "run.toml")]

    return write


def test_the_order_of_strength(
    config: types.ModuleType, settings: Callable[[str], list[str]]
) -> None:
    file = settings("epochs = 4")
    assert config.parse_arguments([]).epochs == 3
    assert config.parse_arguments(file).epochs == 4
    with mock.patch.dict("os.environ", {"TINY_EPOCHS": "5"}):
        assert config.parse_arguments([]).epochs == 5
        assert config.parse_arguments(file).epochs == 5
        assert config.parse_arguments([*file, "--epochs", "6"]).epochs == 6
        assert config.parse_arguments(["--epochs", "6", *file]).epochs == 6


@pytest.mark.parametrize(
    ("line", "field", "expected"),
    [
        ("epochs = 9", "epochs", 9),
        ("lr = 1e-7", "lr", 1e-07),
        ("lr = 2", "lr", 2),
        ("kind = 'b'", "kind", "b"),
        ('title = ""', "title", ""),
        ('title = "--kind\\n=c %s"', "title", "--kind\n=c %s"),
        ("fast = false", "fast", False),
        ("depth = 3", "depth", 3),
        ("depth = true", "depth", True),
        ("depth = 'text'", "depth", "text"),
        ("depth = [1, 'a']", "depth", [1, "a"]),
        ("config = 2", "config", 2),
        ("config_file = 2", "config_file", 2),
        ("data_dir = '/somewhere'", "data_dir", Path("/somewhere")),
    ],
)
def test_a_file(
    config: types.ModuleType,
    settings: Callable[[str], list[str]],
    line: str,
    field: str,
    expected: object,
) -> None:
    value = getattr(config.parse_arguments(settings(line)), field)
    assert value == expected
    assert type(value) is type(expected) or isinstance(expected, Path)


@pytest.mark.parametrize(
    ("variable", "text", "field", "expected"),
    [
        ("TINY_EPOCHS", "9", "epochs", 9),
        ("TINY_EPOCHS", "", "epochs", 3),
        ("TINY_LR", "2", "lr", 2),
        ("TINY_TITLE", "--kind=b", "title", "--kind=b"),
        ("TINY_FAST", "False", "fast", False),
        ("TINY_FAST", "1", "fast", True),
        ("TINY_DEPTH", "[1, 'a']", "depth", [1, "a"]),
        ("TINY_CONFIG", "2", "config", 2),
        ("DATA_DIR", "/somewhere", "data_dir", Path("/somewhere")),
        ("TINY_DATA_DIR", "/somewhere", "config", 1),
    ],
)
def test_the_environment(
    config: types.ModuleType, variable: str, text: str, field: str, expected: object
) -> None:
    with mock.patch.dict("os.environ", {variable: text}):
        assert getattr(config.parse_arguments([]), field) == expected


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("epochs = '4'", "epochs in {file}: argument --epochs: '4' is not of type int"),
        ("epochs = 4.0", "epochs in {file}: argument --epochs: 4.0 is not of type int"),
        ("epochs = true", "epochs in {file}: argument --epochs: True is not of type int"),
        ("epochs = 10", "epochs in {file}: argument --epochs: 10 is not from 1 to 9"),
        ("lr = '1'", "lr in {file}: argument --lr: '1' is not of type float"),
        ("lr = false", "lr in {file}: argument --lr: False is not of type float"),
        ("kind = 'c'", "kind in {file}: argument --kind: invalid choice: 'c'"),
        ("title = 4", "title in {file}: argument --title: 4 is not of type str"),
        ("fast = 1", "fast in {file}: argument --fast: 1 is not of type bool"),
        ("depth = 2020-01-01", "depth in {file}: argument --depth: datetime.date(2020, 1, 1)"),
        ("rounds = 4", "rounds in {file}: there is no such option"),
        ("Epochs = 4", "Epochs in {file}: there is no such option"),
        ("[train]\nepochs = 4", "train in {file}: there is no such option"),
        ("epochs 4", "argument --config: {file} cannot be used: "),
        ("epochs = 4\nepochs = 5", "argument --config: {file} cannot be used: "),
    ],
)
def test_a_file_that_is_refused(
    config: types.ModuleType,
    settings: Callable[[str], list[str]],
    capsys: pytest.CaptureFixture[str],
    line: str,
    message: str,
) -> None:
    file = settings(line)
    with pytest.raises(SystemExit) as caught:
        config.parse_arguments(file)
    assert caught.value.code == 2
    assert f"error: {message.format(file=file[1])}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variable", "text", "message"),
    [
        ("TINY_EPOCHS", "x", "argument --epochs: invalid int value: 'x'"),
        ("TINY_EPOCHS", "10", "argument --epochs: 10 is not from 1 to 9"),
        ("TINY_KIND", "c", "argument --kind: invalid choice: 'c'"),
        ("TINY_FAST", "perhaps", "argument --fast: 'perhaps' is neither true nor false"),
        ("TINY_DEPTH", "open(1)", "argument --depth: open(1) is not a value"),
        ("DATA_FROM", "nowhere", "argument --data-from: nowhere is not a directory"),
    ],
)
def test_an_environment_that_is_refused(
    config: types.ModuleType,
    capsys: pytest.CaptureFixture[str],
    variable: str,
    text: str,
    message: str,
) -> None:
    with mock.patch.dict("os.environ", {variable: text}), pytest.raises(SystemExit) as caught:
        config.parse_arguments(["--epochs", "3"])
    assert caught.value.code == 2
    assert f"error: {variable} in the environment: {message}" in capsys.readouterr().err


def test_what_is_wrong_with_arguments_says_nothing_of_other_places(
    config: types.ModuleType,
    settings: Callable[[str], list[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = settings("lr = 2")
    with mock.patch.dict("os.environ", {"TINY_LR": "3"}), pytest.raises(SystemExit):
        config.parse_arguments([*file, "--lr", "x"])
    assert "error: argument --lr: invalid number value: 'x'" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--config"], ["--config", "no such file"]])
def test_a_file_that_is_not_there(config: types.ModuleType, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        config.parse_arguments(arguments)
    assert caught.value.code == 2


def test_the_notebook_s_own_option_of_the_name_steps_aside(config: types.ModuleType) -> None:
    assert config.parse_arguments(["--config-value", "7"]).config == 7


@pytest.mark.parametrize("python", ["3.8.18", "3.10.4"])
def test_before_python_3_11_the_file_is_json(
    tmp_path: Path, python: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config = loaded(make(parameters=PARAMETERS, python=python))
    assert not hasattr(config, "tomllib")
    path = tmp_path / "run.json"
    path.write_text(json.dumps({"epochs": 4, "depth": None, "fast": False, "title": "ü"}))
    found = config.parse_arguments(["--config", str(path)])
    assert (found.epochs, found.depth, found.fast, found.title) == (4, None, False, "ü")
    for text, message in [("[1]", "it holds no names with values"), ("epochs = 4", "Expecting")]:
        path.write_text(text)
        with pytest.raises(SystemExit):
            config.parse_arguments(["--config", str(path)])
        assert message in capsys.readouterr().err


def test_without_parameters_there_is_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    config = loaded(make(data_directory="data_dir"))
    with pytest.raises(SystemExit):
        config.parse_arguments(["--config", "a"])
    assert "unrecognized arguments: --config" in capsys.readouterr().err
    with mock.patch.dict("os.environ", {"DATA_DIR": "/somewhere"}):
        assert config.parse_arguments([]).data_dir == Path("/somewhere")


def test_fields_that_differ_in_capitals_alone_have_variables_of_their_own() -> None:
    made = tuple(Parameter(name, "integer", 1, PLACE) for name in ("size", "SIZE", "Size"))
    config = loaded(make(parameters=made))
    with mock.patch.dict("os.environ", {"TINY_SIZE": "2", "TINY_SIZE_3": "4"}):
        found = config.parse_arguments([])
    assert (found.size, found.SIZE, found.Size) == (2, 1, 4)


@given(st.text())
def test_any_text_can_be_set(text: str) -> None:
    config = CONFIG_OF_TEXT
    assert config.parse_arguments([f"--title={text}"]).title == text
    values = config.argparse.Namespace()
    word = config.as_argument("--title", str, text)
    parser = config.Parser()
    parser.add_argument("--title")
    assert parser.parse_args([word], values).title == text


CONFIG_OF_TEXT = loaded(make(parameters=PARAMETERS))

NUMBERS = st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6)


@given(NUMBERS, st.none() | NUMBERS, st.none() | NUMBERS, st.booleans())
def test_examples_are_taken_and_the_others_refused(
    default: float, low: float | None, high: float | None, whole: bool
) -> None:
    kind = "integer" if whole and isinstance(default, int) else "number"
    given = Parameter("x", kind, default, PLACE, minimum=low, maximum=high)  # type: ignore[arg-type]
    migration = make(parameters=(given,))
    found = interface(migration.program.configuration)
    config = loaded(migration)
    for example in taken(found):
        assert example.value != default
        assert config.parse_arguments([example.argument]).x == example.value
        with mock.patch.dict("os.environ", {"TINY_X": example.text}):
            assert config.parse_arguments([]).x == example.value
    for example in refused(found):
        with mock.patch("sys.stderr"), pytest.raises(SystemExit):
            config.parse_arguments([example.argument])
