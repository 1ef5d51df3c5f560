"""`[tool.nb2prod.imports]`: the user's word on which distribution a module comes from."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import nb2prod

RunCli = Callable[..., subprocess.CompletedProcess[str]]
WriteNotebook = Callable[..., Path]

TABLE = """\
[tool.nb2prod.imports]
helper = "pandas"
"a.b" = "numpy"
c.d = "Requests"
"""


@pytest.fixture
def configured(tmp_path: Path, write_notebook: WriteNotebook) -> Path:
    (tmp_path / "pyproject.toml").write_text(TABLE, encoding="utf-8")
    return write_notebook(tmp_path / "a.ipynb", "import helper, a.b, c.d.e")


def test_inspect_and_convert_follow_the_table(
    run_cli: RunCli, configured: Path, tmp_path: Path
) -> None:
    done = run_cli("inspect", "--json", str(configured))
    assert done.returncode == 0, done.stdout + done.stderr
    dependencies = json.loads(done.stdout)["dependencies"]
    assert [(one["distribution"], one["answered_by"]) for one in dependencies] == [
        ("pandas", "user"),
        ("numpy", "user"),
        ("requests", "user"),
    ]
    assert dependencies[0]["evidence"][-1]["kind"] == "user"
    assert run_cli("convert", str(configured), "-o", "job").returncode == 0
    written = json.loads((tmp_path / "job" / "nb2prod.json").read_text(encoding="utf-8"))
    assert written["options"]["imports"] == {"a.b": "numpy", "c.d": "Requests", "helper": "pandas"}
    assert sorted(pin["name"] for pin in written["pins"]) == ["numpy", "pandas", "requests"]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('imports = "pandas"', "takes a table of modules, not 'pandas'"),
        ("[tool.nb2prod.imports]\nhelper = 3", "helper takes the name of a distribution, not 3"),
        ('[tool.nb2prod.imports]\nhelper = "a==1"', "without a version, not 'a==1'"),
        ('[tool.nb2prod.imports]\nhelper = ""', "without a version, not ''"),
        ('[tool.nb2prod.imports]\n"no module" = "a"', "'no module' is no name of a module"),
    ],
)
def test_a_table_that_cannot_be_used_is_a_usage_error(
    run_cli: RunCli, configured: Path, tmp_path: Path, table: str, said: str
) -> None:
    if not table.startswith("["):
        table = f"[tool.nb2prod]\n{table}"
    (tmp_path / "pyproject.toml").write_text(table, encoding="utf-8")
    for command in ("inspect", "convert"):
        done = run_cli(command, str(configured))
        assert done.returncode == 2
        assert said in done.stderr
    assert not (tmp_path / "a").exists()


def test_the_library_takes_the_same_table() -> None:
    options = nb2prod.Options(imports={"helper": "pandas"})
    assert options.as_json()["imports"] == {"helper": "pandas"}
    with pytest.raises(nb2prod.Nb2prodError):
        nb2prod.Options(imports={"helper": "a b"})
