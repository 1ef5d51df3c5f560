"""What a notebook shows besides text: the package prints the same and saves the pictures."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from PIL import Image

import nb2prod
from tests.examples.execute_notebook import shown

UNLOCKED = nb2prod.Options(lock="never")

CELLS = [
    (
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nfrom PIL import Image\n"
        "from IPython.display import HTML, display"
    ),
    "plt.plot([1, 2, 3])\nplt.gcf()",
    # A second figure: what the cell above has drawn is not in it.
    "plt.hist([1, 2, 2])\nprint(len(plt.gca().lines), plt.gcf().number)",
    "for n in range(2):\n    plt.plot([n, 2])\n    plt.show()\n    print(n, plt.get_fignums())",
    "def draw(x):\n    fig, ax = plt.subplots(figsize=(3, 2))\n    ax.plot(x)\n    return fig",
    "first = draw([1, 2])\nsecond = draw([2, 1]);",
    "print(plt.get_fignums())\ndisplay(first, Image.new('RGB', (5, 4)))",
    "HTML('<b>done</b>')",
    "[1, 2]",
    "import IPython.display\nIPython.display.display(IPython.display.Markdown('*so*'))",
    "handle = display(1, display_id=True)",
    "plt.figure();",
    "class Own:\n    def _ipython_display_(self):\n        print('shown by itself')\nOwn()",
]
OPENCV = Path(__file__).parent / "standins" / "opencv"
# How large the pictures are that have a size of their own, and what the page holds.
SHOWN = ["png"] * 8 + ["png", "html", "md"]


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]  # type: ignore[no-untyped-call]
    document = nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call]
    path = tmp_path_factory.mktemp("pictures") / "pictures.ipynb"
    nbformat.write(document, path)  # type: ignore[no-untyped-call]
    return path


@pytest.fixture(scope="module")
def project(notebook: Path) -> Path:
    return nb2prod.convert(notebook, notebook.parent / "project", UNLOCKED).directory


def run(project: Path, work: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    unset = ("MPLBACKEND", "OUTPUT_DIR")
    inherited = {name: value for name, value in os.environ.items() if name not in unset}
    return subprocess.run(
        [sys.executable, "-m", "pictures", "--output-dir", "results"],
        cwd=work,
        env={**inherited, "PYTHONPATH": str(project / "src"), **environment},
        capture_output=True,
        text=True,
        check=True,
    )


def without_addresses(text: str) -> str:
    return re.sub(r"0x[0-9a-fA-F]+", "0x", text)


def test_it_prints_what_the_notebook_shows(notebook: Path, project: Path, tmp_path: Path) -> None:
    document = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    NotebookClient(document, timeout=120, kernel_name="python3").execute()
    outputs = [shown(found) for cell in document.cells for found in cell.get("outputs", [])]
    printed = run(project, tmp_path).stdout
    assert without_addresses(printed) == without_addresses("".join(outputs))


def test_pictures_are_files(project: Path, tmp_path: Path) -> None:
    messages = run(project, tmp_path).stderr
    files = sorted((tmp_path / "results" / "shown").iterdir())
    assert [path.name for path in files] == [f"{n:03}.{end}" for n, end in enumerate(SHOWN, 1)]
    assert files[-1].read_text() == "*so*"
    assert files[-2].read_text() == "<b>done</b>"
    with Image.open(files[-3]) as image:
        assert image.size == (5, 4)
    assert all(path.name in messages for path in files)
    pixels = {path.read_bytes() for path in files}
    # `plt.gcf()` is shown as a value and, being open, at the cell's end; `first` twice as well.
    assert len(pixels) == len(files) - 2


def test_a_backend_that_the_environment_asks_for_wins(project: Path, tmp_path: Path) -> None:
    run(project, tmp_path, MPLBACKEND="svg")
    files = list((tmp_path / "results" / "shown").iterdir())
    assert files  # a cell's end saves figures whatever draws them


def test_a_picture_that_cannot_be_drawn_stops_nothing(project: Path, tmp_path: Path) -> None:
    code = (
        "import pathlib, logging\n"
        "from pictures import outputs\n"
        "class Broken:\n"
        "    def __repr__(self): return '<broken>'\n"
        "    def _repr_png_(self): raise ValueError('no colours')\n"
        "outputs.save_in(pathlib.Path('out'))\n"
        "outputs.display(Broken(), None, int)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(project / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "<broken>\nint\n"
    assert "could not save what Broken looks like" in done.stderr
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out" / "shown").iterdir())


def test_an_image_of_opencv_s_is_saved_as_it_was_shown(tmp_path: Path) -> None:
    cell = nbformat.v4.new_code_cell(  # type: ignore[no-untyped-call]
        "import numpy as np\nfrom google.colab.patches import cv2_imshow\n"
        "image = np.zeros((2, 3, 3))\nimage[..., 0] = 300.0\ncv2_imshow(image)"
    )
    document = nbformat.v4.new_notebook(cells=[cell])  # type: ignore[no-untyped-call]
    nbformat.write(document, tmp_path / "pictures.ipynb")  # type: ignore[no-untyped-call]
    made = nb2prod.convert(tmp_path / "pictures.ipynb", tmp_path / "project", UNLOCKED).directory
    done = run(made, tmp_path, PYTHONPATH=os.pathsep.join([str(made / "src"), str(OPENCV)]))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    picture = Image.open(tmp_path / "results" / "shown" / "001.png")
    # Blue comes first in OpenCV's arrays, last in Pillow's; what is too bright is white.
    assert (picture.size, picture.getpixel((0, 0))) == ((3, 2), (0, 0, 255))
