"""NB213: data that depend on the clock or on a file system."""

from __future__ import annotations

import pytest

from tests.hygiene.build import found, places, written

OS = "import os, glob, time, random\nfrom datetime import datetime, timedelta\n"


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("files = [f for f in os.listdir('d')]\ntrain(files)\n", (1, 3, 21)),
        ("files = os.listdir('d')\nfor f in files:\n    read(f)\n", (1, 3, 9)),
        ("df = pd.concat(map(pd.read_csv, glob.glob('*.csv')))\nshow(df)\n", (1, 3, 33)),
        ("for f in os.listdir('d'):\n    x.append(read(f))\n", (1, 3, 10)),
        ("first = os.listdir('d')[0]\nread(first)\n", (1, 3, 9)),
        ("self.files = glob.glob('*')\nread(self.files)\n", (1, 3, 14)),
        ("x = list(Path('d').iterdir())\nread(x)\n", (1, 3, 10)),
        ("x = list(Path('d').glob('*'))\nread(x)\n", (1, 3, 10)),
        ("since = datetime.now() - timedelta(days=30)\n", (1, 3, 9)),
        ("age = datetime.now() - df['born']\n", (1, 3, 7)),
        ("random.seed(time.time())\n", (1, 3, 13)),
        ("m = Model(seed=int(time.time()))\n", (1, 3, 20)),
    ],
)
def test_into_data(source: str, place: tuple[int, int, int]) -> None:
    assert places(written(OS + source), "NB213") == [place]


def test_what_it_says() -> None:
    [listed] = found(written(f"{OS}x = list(os.listdir('d'))\nread(x)\n"), "NB213")
    assert "put `sorted` around it" in listed.message
    [clock] = found(written(f"{OS}random.seed(time.time())\n"), "NB213")
    assert clock.message.startswith("what `time.time` gives goes into the data")


@pytest.mark.parametrize(
    "source",
    [
        "files = sorted(os.listdir('d'))\nread(files)\n",
        "files = os.listdir('d')\nfiles.sort()\nread(files)\n",
        "files = glob.glob('*')\nfor f in sorted(files):\n    read(f)\n",
        "files = natsorted(f for f in glob.glob('*') if f)\nread(files)\n",
        "print(len(os.listdir('d')))\n",
        "files = os.listdir('d')\nprint(len(files))\n",
        "if 'a' in os.listdir('d'):\n    read('a')\n",
        "os.listdir('d')\n",
        "for f in glob.glob('*.tmp'):\n    os.remove(f)\n",
        "x = set(os.listdir('d'))\nread(x)\n",
        "start = time.time()\nprint(time.time() - start)\n",
        "start = datetime.now()\nprint(datetime.now() - start)\n",
        "log = 'logs/' + datetime.now().strftime('%Y')\nread(log)\n",
        "print(datetime.now())\n",
        "random.seed(1)\n",
        "# os.listdir('d')\n",
    ],
)
def test_nothing_to_find(source: str) -> None:
    assert places(written(OS + source), "NB213") == []
