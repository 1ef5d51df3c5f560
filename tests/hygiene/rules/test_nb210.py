"""NB210: random numbers without a seed."""

from __future__ import annotations

import pytest

from tests.hygiene.build import fixed, found, places, sources, written


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("import random\nx = random.randint(1, 6)\n", (1, 2, 5)),
        ("from random import shuffle\nshuffle(x)\nshuffle(y)\n", (1, 2, 1)),
        ("import numpy as np\nx = np.random.rand(3)\n", (1, 2, 5)),
        ("from numpy import random\nrandom.normal()\n", (1, 2, 1)),
        ("import numpy as np\nnp.random.seed()\nnp.random.rand()\n", (1, 3, 1)),
        ("import numpy as np\nrng = np.random.default_rng()\n", (1, 2, 7)),
        ("import numpy as np\nnp.random.seed(1)\nr = np.random.RandomState()\n", (1, 3, 5)),
        ("import torch\nx = torch.randn(3)\n", (1, 2, 5)),
        (
            "from torch.utils.data import DataLoader\nd = DataLoader(x, shuffle=True)\n",
            (1, 2, 5),
        ),
        ("import tensorflow as tf\ntf.random.normal([3])\n", (1, 2, 1)),
        (
            "from sklearn.model_selection import train_test_split\na = train_test_split(x)\n",
            (1, 2, 5),
        ),
        (
            (
                "from sklearn.ensemble import RandomForestClassifier as F, RandomForestRegressor\n"
                "m = RandomForestRegressor(10)\n"
            ),
            (1, 2, 5),
        ),
        (
            "from sklearn.model_selection import KFold\nk = KFold(5, shuffle=True)\n",
            (1, 2, 5),
        ),
        ("import random, torch\ntorch.manual_seed(0)\nrandom.random()\n", (1, 3, 1)),
        ("import numpy as np\nenv.seed(0)\nnp.random.rand()\n", (1, 3, 1)),
        (
            (
                "import numpy as np, torch\ndef set_seed(n):\n    torch.manual_seed(n)\n"
                "set_seed(1)\nnp.random.rand()\n"
            ),
            (1, 5, 1),
        ),
    ],
)
def test_no_seed(source: str, place: tuple[int, int, int]) -> None:
    assert places(written(source), "NB210") == [place]


def test_each_library_once_at_its_first_use() -> None:
    cells = (
        "import random\nimport numpy as np\n",
        "np.random.rand()\n",
        "random.random()\nnp.random.randn()\n",
    )
    assert places(written(*cells), "NB210") == [(2, 1, 1), (3, 1, 1)]
    first, second = found(written(*cells), "NB210")
    assert "no cell seeds NumPy; add `np.random.seed(0)` below its import" in first.message
    assert "no cell seeds `random`; add `random.seed(0)`" in second.message


@pytest.mark.parametrize(
    "cells",
    [
        ("import random\nrandom.seed(1)\n", "random.random()\n"),
        ("import random\n", "random.random()\n", "random.seed(1)\n"),
        ("import numpy as np\nnp.random.seed(1)\nnp.random.rand()\n",),
        ("import numpy as np\nrng = np.random.default_rng(1)\nx = rng.normal()\n",),
        ("import torch\ntorch.manual_seed(1)\ntorch.rand(3)\n",),
        ("import torch\ntorch.rand(3, generator=g)\n",),
        ("import torch\ntorch.zeros(3)\n",),
        ("from torch.utils.data import DataLoader\nDataLoader(x)\n",),
        ("import tensorflow as tf\ntf.random.set_seed(1)\ntf.random.normal([3])\n",),
        ("import jax\nkey = jax.random.PRNGKey(0)\njax.random.normal(key)\n",),
        ("from sklearn.model_selection import train_test_split as t\nt(x, random_state=1)\n",),
        ("from sklearn.model_selection import train_test_split\ntrain_test_split(x, **o)\n",),
        (
            (
                "from sklearn.model_selection import train_test_split\n"
                "train_test_split(x, shuffle=False)\n"
            ),
        ),
        ("from sklearn.model_selection import KFold\nKFold(5)\n",),
        (
            (
                "import numpy as np\nnp.random.seed(1)\n"
                "from sklearn.model_selection import train_test_split\ntrain_test_split(x)\n"
            ),
        ),
        (
            "from lightning import seed_everything\nimport random\n",
            "seed_everything(1)\nrandom.random()\n",
        ),
        ("from helpers import set_seed\nimport random\nset_seed(1)\nrandom.random()\n",),
        ("import random\ndef set_seed(n):\n    random.seed(n)\nset_seed(1)\nrandom.random()\n",),
        ("import random, time\ntime.sleep(random.random())\n",),
        ("import random\nseed = random.randint(0, 99)\n",),
        ("import random\nr = random.Random(1)\nr.random()\n",),
        ("random.random()\n",),
        ("df.sample(3)\n",),
        ("# import random\n# random.random()\n",),
    ],
)
def test_nothing_to_find(cells: tuple[str, ...]) -> None:
    assert places(written(*cells), "NB210") == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            ("import random\n", "random.random()\n"),
            ["import random\nrandom.seed(0)\n", "random.random()\n"],
        ),
        (
            ("import numpy as np  # arrays\nimport os\n\nx = np.random.rand()",),
            ["import numpy as np  # arrays\nimport os\nnp.random.seed(0)\n\nx = np.random.rand()"],
        ),
        (("import torch as t\nt.rand(3)",), ["import torch as t\nt.manual_seed(0)\nt.rand(3)"]),
        (
            ("import torch", "torch.rand(3)"),
            ["import torch\ntorch.manual_seed(0)", "torch.rand(3)"],
        ),
        (
            ("import tensorflow as tf\n", "tf.random.normal([3])\n"),
            ["import tensorflow as tf\ntf.random.set_seed(0)\n", "tf.random.normal([3])\n"],
        ),
        (
            ("import random\nimport torch\n", "random.random()\ntorch.rand(3)\n"),
            [
                "import random\nimport torch\ntorch.manual_seed(0)\nrandom.seed(0)\n",
                "random.random()\ntorch.rand(3)\n",
            ],
        ),
        (
            ("import numpy\nr = numpy.random.default_rng()\n",),
            ["import numpy\nr = numpy.random.default_rng(0)\n"],
        ),
        (
            ("from sklearn.svm import SVC\nfrom sklearn.cluster import KMeans\nKMeans(3)\n",),
            [
                (
                    "from sklearn.svm import SVC\nfrom sklearn.cluster import KMeans\n"
                    "import numpy as np\nnp.random.seed(0)\nKMeans(3)\n"
                )
            ],
        ),
        (
            ("  import random\n  random.random()\n",),
            ["  import random\n  random.seed(0)\n  random.random()\n"],
        ),
        # The module itself is not there, or not yet.
        (("from random import random\nrandom()\n",), ["from random import random\nrandom()\n"]),
        (
            ("from random import random\nrandom()\n", "import random\n"),
            ["from random import random\nrandom()\n", "import random\n"],
        ),
    ],
)
def test_fixes(before: tuple[str, ...], after: list[str]) -> None:
    assert sources(fixed(written(*before), "NB210", unsafe=True)) == after
    assert sources(fixed(written(*after), "NB210", unsafe=True)) == after
    assert sources(fixed(written(*before), "NB210")) == list(before)
