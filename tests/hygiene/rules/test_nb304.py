"""NB304: packages of the system."""

from __future__ import annotations

import pytest

from tests.hygiene.build import found, places, written


@pytest.mark.parametrize(
    ("source", "place", "named"),
    [
        ("!apt-get install -y ffmpeg\n", (1, 1, 1), "apt-get installs `ffmpeg`"),
        ("!sudo apt -qq install a b > /dev/null\n", (1, 1, 1), "apt installs `a`, `b` while"),
        ("x = 1\n!apt update && apt install -y a && apt install -t old b\n", (1, 2, 1), "`a`, `b`"),
        ("%%bash\nset -e\napt-get install -qq a\n", (1, 3, 1), "`a`"),
        ("%conda install -c conda-forge a\n", (1, 1, 1), "conda installs `a` while"),
        ("!mamba create -n x python=3.9\n", (1, 1, 1), "`python=3.9`"),
        ("!npm install -g localtunnel\n", (1, 1, 1), "npm installs `localtunnel`"),
        ("!npm ci\n", (1, 1, 1), "npm installs packages"),
        ("!yarn add a\n", (1, 1, 1), "`a`"),
        ("!dpkg -i x.deb\n", (1, 1, 1), "dpkg"),
        ("!add-apt-repository -y ppa:a/b\n", (1, 1, 1), "adds an archive"),
        ("import os\nos.system('apt-get install a')\n", (1, 2, 1), "`a`"),
    ],
)
def test_a_package_of_the_system(source: str, place: tuple[int, int, int], named: str) -> None:
    assert places(written(source), "NB304") == [place]
    assert named in found(written(source), "NB304")[0].message


@pytest.mark.parametrize(
    "source",
    [
        "!apt-get update\n",
        "!apt list --installed\n",
        "!conda list\n",
        "!conda activate x\n",
        "!npm run build\n",
        "!pip install a\n",
        "!echo apt-get install a\n",
        "!dpkg -l\n",
        "# !apt install a\n",
        "x = 'apt install a'\n",
    ],
)
def test_nothing_to_find(source: str) -> None:
    assert places(written(source), "NB304") == []
