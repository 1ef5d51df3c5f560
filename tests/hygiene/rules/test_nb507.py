"""NB507: downloads that nothing compares with a checksum."""

from __future__ import annotations

import pytest

from tests.hygiene.build import found, places, written

URL = "https://example.invalid/data.zip"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("source", "place", "named"),
    [
        (f"!wget -q {URL}\n", (1, 1, 1), "`wget` fetches `data.zip`"),
        (f"x = 1\n!curl -L -o a.zip {URL}\n", (1, 2, 1), "`curl` fetches `data.zip`"),
        (f"!curl {URL} > a.zip\n", (1, 1, 1), "`curl`"),
        (f"!wget {URL}\n!wget {URL}.a\n!wget {URL}.b\n", (1, 1, 1), "`data.zip` and 2 more, and"),
        ("!gdown 1234567890abcdefghijk\n", (1, 1, 1), "`gdown` fetches a file"),
        (f"!aria2c {URL}\n", (1, 1, 1), "`aria2c`"),
        (f"u = '{URL}'\n!wget $u\n", (1, 2, 1), "`data.zip`"),
        (f"%%bash\nmkdir a\nwget -P a {URL}\n", (1, 3, 1), "`wget`"),
        (f"import os\nos.system('wget {URL}')\n", (1, 2, 1), "`wget`"),
        (
            f"import urllib.request\nurllib.request.urlretrieve('{URL}', 'a')\n",
            (1, 2, 1),
            "`urllib.request.urlretrieve` fetches `data.zip`",
        ),
        ("from urllib.request import urlretrieve as get\nget(url, 'a')\n", (1, 2, 1), "`get`"),
        (f"import wget\nwget.download('{URL}')\n", (1, 2, 1), "`wget.download`"),
        ("import gdown\ngdown.download(id=x, output='a')\n", (1, 2, 1), "`gdown.download`"),
        (
            f"import tensorflow as tf\np = tf.keras.utils.get_file('a', '{URL}')\n",
            (1, 2, 5),
            "`tf.keras.utils.get_file` fetches `data.zip`",
        ),
        (
            f"from keras.utils import get_file\nget_file(origin='{URL}', file_hash=None)\n",
            (1, 2, 1),
            "`get_file` fetches `data.zip`",
        ),
        (
            "import torch\ntorch.hub.download_url_to_file(u, 'a')\n",
            (1, 2, 1),
            "`torch.hub.download_url_to_file`",
        ),
        (
            f"import requests\nr = requests.get('{URL}')\nopen('a', 'wb').write(r.content)\n",
            (1, 2, 5),
            "`requests.get` fetches `data.zip`",
        ),
        (
            (
                "from urllib.request import urlopen\ndef f(u):\n    d = urlopen(u).read()\n"
                "    with open('a', 'wb') as o:\n        o.write(d)\n"
            ),
            (1, 3, 9),
            "`urlopen` fetches a file",
        ),
    ],
)
def test_a_download(source: str, place: tuple[int, int, int], named: str) -> None:
    assert places(written(source), "NB507") == [place]
    assert named in found(written(source), "NB507")[0].message


@pytest.mark.parametrize(
    "cells",
    [
        [f"!wget {URL}\n!sha256sum -c sums\n"],
        [f"!wget {URL}\n", "!md5sum data.zip\n"],
        [f"!wget {URL}\n", "import hashlib\nassert hashlib.sha256(d).hexdigest() == x\n"],
        [f"!curl -s {URL} | head\n"],
        [f"!curl -s {URL}\n"],
        [f"!wget -qO- {URL} | tar xz\n"],
        [f"!wget https://example.invalid/{COMMIT}/data.zip\n"],
        [f"!aria2c --checksum=sha-256={COMMIT} {URL}\n"],
        [f"!curl -X POST -d a=b -o a {URL}\n"],
        ["!wget http://localhost:8000/a\n"],
        [f"import tensorflow as tf\ntf.keras.utils.get_file('a', '{URL}', file_hash='{COMMIT}')\n"],
        [f"import tensorflow as tf\ntf.keras.utils.get_file('a', '{URL}', md5_hash=h)\n"],
        [f"import tensorflow as tf\ntf.keras.utils.get_file('a', '{URL}', **more)\n"],
        ["import torch\ntorch.hub.download_url_to_file(u, 'a', 'abc')\n"],
        ["import torch\ntorch.hub.download_url_to_file(u, 'a', hash_prefix='abc')\n"],
        ["import gdown\ngdown.download(id=x, hash='md5:1')\n"],
        [f"import requests\nx = requests.get('{URL}').json()\n"],
        [
            (
                f"import requests\ndef f():\n    return requests.get('{URL}').json()\n"
                "def g(x):\n    open('a', 'w').write(x)\n"
            )
        ],
        ["def urlretrieve(a):\n    pass\nurlretrieve(1)\n"],
        [f"# !wget {URL}\n"],
    ],
)
def test_nothing_to_find(cells: list[str]) -> None:
    assert places(written(*cells), "NB507") == []
