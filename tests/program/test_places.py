"""What newcomers trip over: paths in forms, platform names as values, restarts."""

from __future__ import annotations

import json

import nb2prod
from nb2prod.notebook.reader import read_bytes


def plan(*sources: str) -> nb2prod.Migration:
    empty: dict[str, object] = {"cell_type": "code", "execution_count": None}
    cells = [{**empty, "metadata": {}, "outputs": [], "source": source} for source in sources]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return nb2prod.plan(read_bytes(json.dumps(document).encode(), "n"))


def body(migration: nb2prod.Migration) -> str:
    return migration.program.modules[0].source


def test_a_form_s_path_is_relative_to_the_data_directory() -> None:
    migration = plan(
        "path = '/content/drive/MyDrive/a.txt'  #@param ['/content/drive/MyDrive/a.txt', 'b']",
        "print(open(path).read())",
    )
    (option,) = migration.program.configuration.options
    assert option.parameter.default == "{data_dir}/a.txt"
    assert option.choices == ("{data_dir}/a.txt", "b")
    assert 'path = config.path.replace("{data_dir}", str(config.data_dir))' in body(migration)
    assert migration.program.configuration.data_directory == "data_dir"


def test_a_form_s_other_text_stays() -> None:
    migration = plan("name = 'a{b}'  #@param {type: 'string'}")
    assert migration.program.configuration.options[0].parameter.default == "a{b}"
    assert "name = config.name\n" in body(migration)


def test_a_platform_name_used_as_a_value_needs_a_person() -> None:
    migration = plan("from google.colab import files", "print(files is None)")
    assert "print(None is None)" in body(migration)
    assert migration.attention[0].location == nb2prod.Location(2, 1)


def test_a_platform_name_with_a_fallback_needs_a_person_and_stays_bound() -> None:
    cell = "try:\n    from google.colab import files\nexcept ImportError:\n    files = None"
    migration = plan("x = '/content/a'", cell, "if files is not None:\n    print(files)")
    assert "        files = None\n    except ImportError:" in body(migration)
    assert migration.attention[0].location == nb2prod.Location(2, 2)


def test_a_platform_name_used_for_its_calls_just_goes() -> None:
    migration = plan("from google.colab import drive", "drive.mount('/content/drive')")
    assert "drive" not in body(migration)
    assert not migration.attention


def test_restarts_of_the_runtime_go() -> None:
    migration = plan("import os\nos._exit(0)", "os.kill(os.getpid(), 9)", "print('work')")
    assert "_exit" not in body(migration)
    assert "os.kill" not in body(migration)
    assert migration.ledger.count("dropped") == 2


def test_a_script_s_arguments_are_not_lost_in_silence() -> None:
    migration = plan("%%bash -s a b\necho $1")
    assert not migration.attention
    assert '"-s",\n        "a",\n        "b",\n' in migration.program.modules[0].source
