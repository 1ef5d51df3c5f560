"""Sources whose code would leave a mark, named in notebooks in every way: none of it runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from nb2prod.cli import main
from nb2prod.data.runtimes import newest_runtime
from tests.environment.lock.index import Index

Convert = Callable[..., tuple[int, str]]

_MARK = "from pathlib import Path\nPath({mark!r}).write_text('ran')\n"
_BACKEND = """
def prepare_metadata_for_build_wheel(directory, config_settings=None):
    made = Path(directory) / "{name}-{version}.dist-info"
    made.mkdir()
    (made / "METADATA").write_text("Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
    (made / "WHEEL").write_text("Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    return made.name
"""
_IN_TREE = '[build-system]\nrequires = []\nbuild-backend = "inside"\nbackend-path = ["."]\n'
# As far as setuptools is needed to run a setup.py.
_SETUPTOOLS = """
from pathlib import Path
class Legacy:
    def prepare_metadata_for_build_wheel(self, directory, config_settings=None):
        found = {"__file__": "setup.py", "__name__": "__main__"}
        exec(Path("setup.py").read_text(), found)
        return found["prepare_metadata_for_build_wheel"](directory)
__legacy__ = Legacy()
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A notebook, and the source that it leads to. `wheels` are others on the index, as `name
    version` and what they require. `builds` says whether it would be built if it were allowed.
    """

    cell: str
    name: str
    version: str
    in_tree: bool = False
    wheels: tuple[tuple[str, ...], ...] = ()
    code: int = 1
    builds: bool = True


_TQDM = newest_runtime(gpu=False).packages["tqdm"]
CASES = {
    "pinned": Case("!pip install tqdm==4.0\nimport tqdm", "tqdm", "4.0"),
    "an in-tree backend": Case("!pip install tqdm==4.0\nimport tqdm", "tqdm", "4.0", in_tree=True),
    "unpinned": Case("import tqdm", "tqdm", _TQDM),
    "installed without a version": Case("!pip install -U tqdm\nimport tqdm", "tqdm", "99.0"),
    "required by a wheel": Case(
        "!pip install six==1.16.0\nimport six", "tqdm", "4.0",
        wheels=(("six", "1.16.0", "tqdm"),),
    ),
    "newer than wheels": Case(
        "!pip install 'six>=1.15'\nimport six", "six", "99.0",
        wheels=(("six", "1.16.0"),), code=0, builds=False,
    ),
    "in the table as another version": Case(
        "!pip install docopt==0.6.1\nimport docopt", "docopt", "0.6.1"
    ),
    "in the table": Case(
        "!pip install docopt==0.6.2\nimport docopt", "docopt", "0.6.2", code=0, builds=False
    ),
}  # fmt: skip


@pytest.fixture
def offered(index: Index, tmp_path: Path) -> Callable[[Case], Path]:
    """Offers a case's files on the index, and says where the mark would be."""

    def offer(case: Case) -> Path:
        mark = tmp_path / "mark"
        code = _MARK.format(mark=str(mark)) + _BACKEND.format(name=case.name, version=case.version)
        members = {"inside.py" if case.in_tree else "setup.py": code}
        if case.in_tree:
            members["pyproject.toml"] = _IN_TREE
        index.source(case.name, case.version, members)
        for name, version, *requires in case.wheels:
            index.wheel(name, version, *requires)
        modules = {"setuptools/__init__.py": "", "setuptools/build_meta.py": _SETUPTOOLS}
        index.wheel("setuptools", "70.0.0", modules=modules)
        return mark

    return offer


@pytest.fixture
def convert(
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Convert:
    """The command, in this process, where uv and whatever it starts are others all the same; gives
    its exit code and what it said.
    """
    monkeypatch.chdir(tmp_path)

    def convert(path: Path, *options: str) -> tuple[int, str]:
        code = main(["convert", str(path), "--cpu", "--lock", "auto", *options])
        return code, "".join(capsys.readouterr())

    return convert


def notebook(path: Path, cell: str) -> Path:
    row: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
    }
    document = {
        "cells": [{**row, "source": cell}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_no_code_of_a_source_runs(
    case: Case,
    index: Index,
    offered: Callable[[Case], Path],
    convert: Convert,
    tmp_path: Path,
) -> None:
    mark = offered(case)
    path = notebook(tmp_path / "n.ipynb", case.cell)
    code, said = convert(path, "--python", "3.12")
    assert code == case.code, said
    assert not mark.exists()
    assert not [path for path in index.requests if path.endswith(".tar.gz")]
    lock = json.loads((tmp_path / "n" / "nb2prod.json").read_text(encoding="utf-8"))["lock"]
    assert lock["mode"] == ("locked" if case.code == 0 else "failed")
    if case.code:
        assert f"--allow-build {case.name}" in said


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_runs_where_it_is_allowed_and_needed(
    case: Case,
    index: Index,
    offered: Callable[[Case], Path],
    convert: Convert,
    tmp_path: Path,
) -> None:
    mark = offered(case)
    path = notebook(tmp_path / "n.ipynb", case.cell)
    code, said = convert(path, "--allow-build", case.name)
    assert code == 0, said
    assert mark.exists() == case.builds
    text = (tmp_path / "n" / "requirements.lock").read_text(encoding="utf-8")
    assert (f"{case.name}=={case.version} " in text) == (case.builds or not case.wheels)
