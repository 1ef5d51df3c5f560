"""NB301: installs without an exact version."""

from __future__ import annotations

import pytest

from tests.hygiene.build import found, places, written


@pytest.mark.parametrize(
    ("source", "place", "named"),
    [
        ("!pip install a\n", (1, 1, 1), "`a` is installed"),
        ("%pip install -qU a b==1\n", (1, 1, 1), "`a` is installed"),
        ("pip install a\n", (1, 1, 1), "`a`"),
        ('%pip install "a>=1,<2" b[extra]\n', (1, 1, 1), "`a>=1,<2`, `b[extra]` are installed"),
        ("%pip install a~=1.0 b!=2\n", (1, 1, 1), "`a~=1.0`, `b!=2`"),
        ("x = 1\nif x:\n    !python -m pip install a\n", (1, 3, 5), "`a`"),
        ("  !pip install a\n", (1, 1, 3), "`a`"),
        ("!{sys.executable} -m pip install a\n", (1, 1, 1), "`a`"),
        ("!uv pip install --system a\n", (1, 1, 1), "`a`"),
        ("!conda install -y -c conda-forge a b=1.2\n", (1, 1, 1), "`a` is installed"),
        ("%%bash\ncd x\npip install a\n", (1, 3, 1), "`a`"),
        ("import os\nos.system('pip install a')\n", (1, 2, 1), "`a`"),
        ("subprocess.run([sys.executable, '-m', 'pip', 'install', 'a'])\n", (1, 1, 1), "`a`"),
        ("!pip install -r r.txt a\n", (1, 1, 1), "`a`"),
        ("!pip install a && pip install b==1\n", (1, 1, 1), "`a`"),
        ("!pip install a b c d e f g\n", (1, 1, 1), "`e` and 2 more"),
    ],
)
def test_an_open_version(source: str, place: tuple[int, int, int], named: str) -> None:
    assert places(written(source), "NB301") == [place]
    assert named in found(written(source), "NB301")[0].message


@pytest.mark.parametrize(
    "source",
    [
        "%pip install a==1 b[c]==2.0 d===3\n",
        "%pip install \"a==1; python_version>'3'\"\n",
        "!pip install -r requirements.txt\n",
        "!pip install a -c constraints.txt\n",
        "!pip install --no-index --find-links wheels a\n",
        "!uv pip install --exclude-newer 2024-01-01 a\n",
        "%pip install --upgrade pip setuptools wheel\n",
        "!pip install {name} $other\n",
        "!pip install . ./a a/b.whl x.tar.gz\n",
        "!pip install -e .\n",
        "!pip install git+https://example.invalid/a.git\n",
        "!pip uninstall -y a\n",
        "!pip list\n",
        "!conda install a=1 b==2\n",
        "!apt-get install a\n",
        "# !pip install a\n",
        "x = 'pip install a'\n",
        "!echo pip install a\n",
    ],
)
def test_nothing_to_find(source: str) -> None:
    assert places(written(source), "NB301") == []
