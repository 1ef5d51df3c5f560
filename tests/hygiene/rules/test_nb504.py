"""NB504: code for a page."""

from __future__ import annotations

import pytest

from tests.hygiene.build import found, places, written


@pytest.mark.parametrize(
    ("sources", "found_at"),
    [
        (["display(x)\n"], [(1, 1, 1)]),
        (["from IPython.display import HTML\nHTML(x)\n"], [(1, 2, 1)]),
        (["from IPython.display import HTML as Page\n", "Page(x)\n"], [(2, 1, 1)]),
        (["from IPython.core.display import display, HTML\ndisplay(HTML(x))\n"], [(1, 2, 1)]),
        (["import IPython\n", "if x:\n    IPython.display.clear_output()\n"], [(2, 2, 5)]),
        (["from IPython import display\ndisplay.clear_output(wait=True)\n"], [(1, 2, 1)]),
        (["import IPython.display as ipd\nipd.Audio(x)\n"], [(1, 2, 1)]),
        (["import ipywidgets as widgets\ns = widgets.IntSlider()\n"], [(1, 2, 5)]),
        # One for each cell.
        (["display(x)\ndisplay(y)\n", "display(z)\n"], [(1, 1, 1), (2, 1, 1)]),
        (["from tqdm.notebook import tqdm\n"], [(1, 1, 1)]),
        (["from tqdm import tqdm_notebook as bar\n"], [(1, 1, 1)]),
        (["from tqdm import notebook\n"], [(1, 1, 1)]),
        (["import tqdm.notebook\n"], [(1, 1, 1)]),
    ],
)
def test_code_for_a_page(sources: list[str], found_at: list[tuple[int, int, int]]) -> None:
    assert places(written(*sources), "NB504") == found_at


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("display(x)\n", "`display` is for a page"),
        ("from IPython.display import *\ndisplay(x)\n", "`display` is for a page"),
        (
            "from IPython.display import HTML, SVG, Image\ndisplay(HTML(x), SVG(x), Image(x))\n",
            "`display`, `HTML`, `SVG` and more are for a page",
        ),
    ],
)
def test_the_names_that_are_told(source: str, words: str) -> None:
    [finding] = found(written(source), "NB504")
    assert finding.message.startswith(words)


@pytest.mark.parametrize(
    "sources",
    [
        ["print(x)\n"],
        ["# display(x)\n"],
        ["df.display(x)\n"],
        ["def display(x):\n    pass\n", "display(x)\n"],
        ["from mine import display\ndisplay(x)\n"],
        ["from IPython.display import Image\n", "from PIL import Image\n", "Image.open(x)\n"],
        ["from IPython.display import HTML\n"],
        ["from IPython.display import set_matplotlib_formats\nset_matplotlib_formats('svg')\n"],
        ["from ipywidgets import interact\ninteract(f, x=1)\n"],
        ["from tqdm.auto import tqdm\ntqdm(x)\n"],
        ["from tqdm import tqdm\ntqdm(x)\n"],
        ["from tqdm.autonotebook import tqdm\n"],
        ["if IN_COLAB:\n    display(x)\n"],
        ["%matplotlib inline\nplt.show()\n"],
    ],
)
def test_nothing_to_find(sources: list[str]) -> None:
    assert places(written(*sources), "NB504") == []
