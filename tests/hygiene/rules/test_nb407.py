"""NB407: loading that runs code."""

from __future__ import annotations

import pytest

from tests.hygiene.build import found, places, written


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        (("import pickle\nx = pickle.load(open('a.pkl', 'rb'))\n",), (1, 2, 5)),
        (("import pickle as p\nwith open('a', 'rb') as f:\n    x = p.load(f)\n",), (1, 3, 9)),
        (("import pickle\nx = pickle.loads(answer)\n",), (1, 2, 5)),
        (("from pickle import load\n", "x = load(f)\n"), (2, 1, 5)),
        (("import dill\nx = dill.load(f)\n",), (1, 2, 5)),
        (("from joblib import load\n", "m = load('m.joblib')\n"), (2, 1, 5)),
        (("import pandas as pd\ndf = pd.read_pickle('a.pkl')\n",), (1, 2, 6)),
        (("import numpy as np\na = np.load('a.npy', allow_pickle=True)\n",), (1, 2, 5)),
        (("import torch\nm = torch.load('m.pt', weights_only=False)\n",), (1, 2, 5)),
        (("!pip install torch==2.5.1\nimport torch\nm = torch.load('m.pt')\n",), (1, 3, 5)),
        (("!pip install 'torch<2.6'\nimport torch\nm = torch.load('m.pt')\n",), (1, 3, 5)),
        (("!pip install torch~=2.1.0\nimport torch\nm = torch.load('m.pt')\n",), (1, 3, 5)),
        (("import yaml\nx = yaml.load(f)\n",), (1, 2, 5)),
        (("import yaml\nx = yaml.load(f, Loader=yaml.UnsafeLoader)\n",), (1, 2, 5)),
        (("import yaml\nx = yaml.unsafe_load(f)\n",), (1, 2, 5)),
        (("m = AutoModel.from_pretrained('a/b', trust_remote_code=True)\n",), (1, 1, 5)),
        (("AutoModel.from_pretrained('a/b', trust_remote_code=True, revision='v1')\n",), (1, 1, 1)),
        (
            ("import pickle\npickle.dump(x, open('other.pkl', 'wb'))\n",
             "pickle.load(open('a.pkl', 'rb'))\n"),
            (2, 1, 1),
        ),
    ],
)  # fmt: skip
def test_runs_code(cells: tuple[str, ...], place: tuple[int, int, int]) -> None:
    assert places(written(*cells), "NB407") == [place]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import torch\ntorch.load(x, weights_only=False)\n", "add `weights_only=True`"),
        ("import yaml\nyaml.load(x)\n", "use `yaml.safe_load`"),
        ("import joblib\njoblib.load(x)\n", "`joblib.load` runs whatever code the file holds"),
        ("f(trust_remote_code=True)\n", "add `revision=` with a commit"),
    ],
)
def test_what_it_says(source: str, said: str) -> None:
    [finding] = found(written(source), "NB407")
    assert said in finding.message


COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    "cells",
    [
        (
            "import pickle\npickle.dump(x, open('a.pkl', 'wb'))\n",
            "pickle.load(open('a.pkl', 'rb'))\n",
        ),
        (
            "import pickle\nwith open(path, 'wb') as f:\n    pickle.dump(x, f)\n",
            "with open(path, 'rb') as f:\n    x = pickle.load(f)\n",
        ),
        (
            "import joblib\nP = 'out/m.joblib'\njoblib.dump(m, P)\n",
            "m = joblib.load('./out/m.joblib')\n",
        ),
        (
            "import pickle\npickle.dump(x, open(os.path.join(d, 'a.pkl'), 'wb'))\n",
            "pickle.load(open(f'{d}/a.pkl', 'rb'))\n",
        ),
        ("import pickle\ny = pickle.loads(pickle.dumps(x))\n",),
        ("df.to_pickle('a.pkl')\nimport pandas as pd\npd.read_pickle('a.pkl')\n",),
        ("import numpy as np\nnp.save('a.npy', x)\nnp.load('a.npy', allow_pickle=True)\n",),
        ("import torch\ntorch.save(m, 'm.pt')\ntorch.load('m.pt', weights_only=False)\n",),
        ("import torch\nm = torch.load('m.pt')\n",),
        ("import torch\nm = torch.load('m.pt', weights_only=True)\n",),
        ("!pip install torch==2.6.0\nimport torch\nm = torch.load('m.pt')\n",),
        ("!pip install 'torch>=2.0'\nimport torch\nm = torch.load('m.pt')\n",),
        ("!pip install torch==2.5.1\nimport torch\ntorch.load('m.pt', weights_only=True)\n",),
        ("import numpy as np\nnp.load('a.npy')\n",),
        ("import yaml\nyaml.safe_load(f)\n",),
        ("import yaml\nyaml.load(f, Loader=yaml.SafeLoader)\n",),
        ("import yaml\nyaml.load(f, yaml.CSafeLoader)\n",),
        ("import yaml\nyaml.load(f, Loader=yaml.FullLoader)\n",),
        ("import json\njson.load(f)\n",),
        ("m = AutoModel.from_pretrained('a/b', trust_remote_code=False)\n",),
        (f"AutoModel.from_pretrained('a/b', trust_remote_code=True, revision='{COMMIT}')\n",),
        ("# pickle.load(f)\n",),
    ],
)
def test_nothing_to_find(cells: tuple[str, ...]) -> None:
    assert places(written(*cells), "NB407") == []
