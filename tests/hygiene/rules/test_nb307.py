"""NB307: imports below cells that work."""

from __future__ import annotations

import pytest

from tests.hygiene.build import fixed, found, places, sources, written

TOP = "import os\n"
WORK = "model.fit(x)\n"


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        ((TOP, WORK, "import re\n"), (3, 1, 1)),
        ((TOP, WORK, "x = f()\nfrom a import b\nimport c\n"), (3, 2, 1)),
        ((WORK, "import re\n"), (2, 1, 1)),
        ((TOP, "%matplotlib inline\n", WORK, "import re\n"), (4, 1, 1)),
        (("%pip install a==1\n", TOP, WORK, "import re\n"), (4, 1, 1)),
        ((TOP, "%%time\nmodel.fit(x)\n", "import re\n"), (3, 1, 1)),
        ((TOP, "def f():\n    return 1\n", "import re\n"), (3, 1, 1)),
    ],
)
def test_late(cells: tuple[str, ...], place: tuple[int, int, int]) -> None:
    assert places(written(*cells), "NB307") == [place]


def test_it_names_the_modules() -> None:
    cells = (TOP, WORK, "import a, b\nfrom c.d import e\nfrom . import f\nimport g\nimport h\n")
    [finding] = found(written(*cells), "NB307")
    assert finding.message.startswith("`a`, `c.d`, `.`, `g` and 1 more are imported below cells")


@pytest.mark.parametrize(
    "cells",
    [
        (TOP, "import re\n", WORK),
        (TOP + WORK + "import re\n",),
        (TOP, "SIZE = 3\nPATHS = ['a', 'b']\n", "import re\n"),
        (TOP, "plt.style.use('ggplot')\nwarnings.filterwarnings('ignore')\n", "import re\n"),
        (TOP, "!pip install a\n", "import a\n", WORK),
        (TOP, WORK, "!pip install a\nimport a\n"),
        (TOP, WORK, "!git clone https://example.invalid/a\n", "import a\n"),
        (TOP, WORK, "sys.path.append('a')\n", "import a\n"),
        (TOP, WORK, "%%writefile a.py\nx = 1\n", "import a\n"),
        (TOP, WORK, "os.environ['A'] = '1'\nimport a\n"),
        (TOP, WORK, "def f():\n    import re\n"),
        (TOP, WORK, "try:\n    import re\nexcept ImportError:\n    pass\n"),
        (TOP, WORK, "if x:\n    import re\n"),
        (TOP, WORK, "# import re\n"),
        ("if True:\n    import google.colab\n", "print(1)\n", "import re\n"),
    ],
)
def test_nothing_to_find(cells: tuple[str, ...]) -> None:
    assert places(written(*cells), "NB307") == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            (TOP, WORK, "import re\nre.sub(x)\n"),
            ["import os\nimport re\n", WORK, "re.sub(x)\n"],
        ),
        (
            ("import os\nimport sys\n\nX = 1\n", WORK, "import re  # why\n\nfrom a import b\nb()"),
            ["import os\nimport sys\nimport re  # why\nfrom a import b\n\nX = 1\n", WORK, "b()"],
        ),
        (
            (TOP, WORK, "f()\nfrom a import (\n    b,\n    c,\n)\ng()\n"),
            ["import os\nfrom a import (\n    b,\n    c,\n)\n", WORK, "f()\ng()\n"],
        ),
        # What is there already is not written twice.
        ((TOP, WORK, "import os\nf()\n"), [TOP, WORK, "f()\n"]),
        (
            (TOP, WORK, "import re\nf()\n", "import ast\ng()\n"),
            ["import os\nimport re\nimport ast\n", WORK, "f()\n", "g()\n"],
        ),
        (
            (TOP, WORK, "import re\nf()\n", "import re\ng()\n"),
            ["import os\nimport re\n", WORK, "f()\n", "g()\n"],
        ),
        # Left where they are.
        ((TOP, WORK, "import re; f()\n"), [TOP, WORK, "import re; f()\n"]),
        ((TOP, WORK, "from a import *\n"), [TOP, WORK, "from a import *\n"]),
        (
            (TOP, "re = f()\n", "import re\n"),
            [TOP, "re = f()\n", "import re\n"],
        ),
        (
            ("import os\n!pip install a\n", WORK, "import a\n"),
            ["import os\n!pip install a\n", WORK, "import a\n"],
        ),
        ((WORK, "import re\n"), [WORK, "import re\n"]),
    ],
)
def test_fixes(before: tuple[str, ...], after: list[str]) -> None:
    assert sources(fixed(written(*before), "NB307", unsafe=True)) == after
    assert sources(fixed(written(*after), "NB307", unsafe=True)) == after
    assert sources(fixed(written(*before), "NB307")) == list(before)
