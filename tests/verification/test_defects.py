"""Defects put into a package are caught, and the first difference is in the right cell."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from nb2prod.verification.model import Kind
from nb2prod.verification.reports import as_text
from nb2prod.verification.verify import verify
from tests.verification.judging import Bench
from tests.verification.notebooks import COLAB, Sample, failing

pytestmark = pytest.mark.slow

SHOP = Sample(
    "shop",
    (
        "import json\nimport matplotlib.pyplot as plt\nfrom IPython.display import display",
        (
            'limit = 3  #@param {type:"integer"}\nlabel = "red"  #@param ["red", "green"]\n'
            "print(label, limit)"
        ),
        "values = [4, 8, 15, 16, 23, 42][:limit]\ntotal = sum(values)\nprint('total', total)",
        "values.append(total)\nvalues.reverse()\nvalues",
        "rate = 2\n\ndef price(amount):\n    return amount * rate\n\nprint(price(10))",
        "rate = 3\nprint(f'{price(10):.2f} in {label}')",
        "plt.plot(values)\nplt.title('values')\nplt.show()",
        "plt.figure()\nplt.bar(['a', 'b'], values[:2])\nprint('left open')",
        (
            "with open('values.json', 'w') as file:\n    json.dump(values, file)\n"
            "with open('note.txt', 'w') as file:\n    file.write('written\\n')"
        ),
        "display({'total': total})\nlen(values)",
        (
            "try:\n    number = int(label)\nexcept ValueError as error:\n"
            "    print('no number:', error)\n    number = -1"
        ),
        failing("print('about to fail')\nraise KeyError('gone')"),
        "for value in values:\n    if value > 10:\n        print('large', value)",
        "best = max(values)\nworst = min(values)",
    ),
    metadata=COLAB,
)


@dataclass(frozen=True, slots=True)
class Defect:
    """`old` becomes `new` in a file of the package; the first difference is of this kind, in this
    cell (None for what is compared at the end), and of this name where a name is given.
    """

    name: str
    old: str
    new: str
    cell: int | None
    kind: Kind
    named: str = ""
    file: str = "pipeline"


DEFECTS = (
    Defect("a dropped line", "    values.reverse()\n", "", 4, "value", "display 1"),
    Defect("a dropped print", '    print("total", total)\n', "", 3, "stdout"),
    Defect(
        "lines that are swapped",
        "    values.append(total)\n    values.reverse()\n",
        "    values.reverse()\n    values.append(total)\n",
        4,
        "value",
        "display 1",
    ),
    Defect("a changed constant", "8, 15", "9, 15", 3, "stdout"),
    Defect("a constant that nothing shows", "number = -1", "number = -2", None, "variable"),
    Defect("a lost rebinding", "    rate = 3\n", "", 6, "stdout"),
    Defect("another operator", "value > 10", "value >= 4", 13, "stdout"),
    Defect("a wrong default", "limit: int = 3", "limit: int = 4", 2, "stdout", file="config"),
    Defect("a wrong choice", '= "red"', '= "green"', 2, "stdout", file="config"),
    Defect("a parameter not taken", "= config.limit", "= 5", 2, "stdout"),
    Defect("a figure that is not shown", "    plt.show()\n", "    plt.close()\n", 7, "figure"),
    Defect("a figure without its title", '    plt.title("values")\n', "", 7, "figure"),
    Defect("another bar", "values[:2])", "values[1:3])", 8, "figure"),
    Defect("a left-open figure", '    plt.bar(["a", "b"], values[:2])\n', "", 8, "value"),
    Defect("a file not written", "        json.dump(values, file)\n", "        pass\n", 9, "file"),
    Defect("a file of another name", '"note.txt"', '"notes.txt"', 9, "file", "<work>/note.txt"),
    Defect("another text in a file", "written\\n", "wrote\\n", 9, "file", "<work>/note.txt[0]"),
    Defect("another format", ":.2f}", ":.1f}", 6, "stdout"),
    Defect("a display lost", '    display({"total": total})\n', "", 10, "value"),
    Defect("a display that became a print", "display(len(", "print(len(", 10, "stdout"),
    Defect(
        "a display added", "display(len(values))", "display(len(values)); display(0)", 10, "value"
    ),
    Defect("an exception swallowed", '        print("no number:", error)\n', "", 11, "stdout"),
    Defect("an exception not raised", 'raise KeyError("gone")', "pass", 12, "error"),
    Defect("another exception", 'KeyError("gone")', 'KeyError("lost")', 12, "error"),
    Defect(
        "an exception of its own", "    best = max(values)\n", "    best = 1 / 0\n", 14, "error"
    ),
    Defect(
        "a variable lost", "    worst = min(values)\n", "    best = min(values)\n", None, "variable"
    ),
    Defect("a print to nowhere", '"large", value)', '"large", value, file=None.x)', 13, "error"),
)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    pytest.importorskip("matplotlib")
    directory = tmp_path_factory.mktemp("defects")
    scratch = directory / "scratch"
    scratch.mkdir()
    made = Bench(SHOP.write(directory), scratch)
    yield made
    made.environment.close()


def seeded(bench: Bench, defect: Defect, target: Path) -> Path:
    """A copy of the project with the defect."""
    shutil.copytree(bench.project, target)
    package = target / "src" / bench.migration.package
    if defect.file == "config":
        paths = [package / "config.py"]
    else:
        paths = [package / f"{module.name}.py" for module in bench.migration.program.modules]
    texts = {path: path.read_text("utf-8") for path in paths}
    ((path, text),) = ((one, text) for one, text in texts.items() if defect.old in text)
    assert text.count(defect.old) == 1, text
    path.write_text(text.replace(defect.old, defect.new), encoding="utf-8")
    return target


def test_the_package_as_it_was_made_is_equivalent(bench: Bench) -> None:
    found = bench.package(bench.project)
    assert found.verdict == "equivalent", as_text(found)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_defect_is_caught_and_located(bench: Bench, defect: Defect, tmp_path: Path) -> None:
    found = bench.package(seeded(bench, defect, tmp_path / "project"), once=True)
    assert found.exit_code == 1, as_text(found)
    first = found.first
    assert first is not None
    assert (first.cell, first.kind) == (defect.cell, defect.kind), as_text(found)
    assert defect.named in ("", first.name)


def test_a_defect_is_caught_in_a_given_project(bench: Bench, tmp_path: Path) -> None:
    """By the whole way, not only by a bench."""
    defect = DEFECTS[0]
    project = seeded(bench, defect, tmp_path / "project")
    found = verify(SHOP.write(tmp_path), project)
    assert (found.verdict, found.exit_code) == ("different", 1), as_text(found)
    assert found.first is not None
    assert (found.first.cell, found.first.notebook) == (4, "[27, 15, 8, 4]")
