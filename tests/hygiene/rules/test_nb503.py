"""NB503: what waits for a person."""

from __future__ import annotations

import pytest

from tests.hygiene.build import found, places, written

HUB = "from huggingface_hub import notebook_login\n"


@pytest.mark.parametrize(
    ("source", "place", "named"),
    [
        ("x = input('name')\n", (1, 1, 5), "`input` waits"),
        ("é = 1; x = int(input())\n", (1, 1, 16), "`input` waits"),
        ("import os\nk = os.getenv('K')\nx = input()\n", (1, 3, 5), "`input` waits"),
        ("k = None\nif k is None:\n    k = input()\n", (1, 3, 9), "`input` waits"),
        ("from getpass import getpass\nk = getpass('key')\n", (1, 2, 5), "`getpass` waits"),
        ("import getpass as g\ndef f():\n    return g.getpass()\n", (1, 3, 12), "`getpass` waits"),
        (f"{HUB}notebook_login()\n", (1, 2, 1), "HF_TOKEN"),
        ("import wandb\nwandb.login()\n", (1, 2, 1), "WANDB_API_KEY"),
        ("!huggingface-cli login\n", (1, 1, 1), "HF_TOKEN"),
        ("!wandb login\n", (1, 1, 1), "WANDB_API_KEY"),
        ("from google.colab import files\nu = files.upload()\n", (1, 2, 5), "`files.upload`"),
        ("from google.colab import auth\nauth.authenticate_user()\n", (1, 2, 1), "sign in"),
        ("from ipywidgets import interact\ninteract(f, x=1)\n", (1, 2, 1), "a widget"),
        ("import ipywidgets as w\nb = w.Button()\nb.on_click(f)\n", (1, 3, 1), "a widget"),
        ("x = 1\nbreakpoint()\n", (1, 2, 1), "debugger"),
        ("  x = 1\n  y = input()\n", (1, 2, 7), "`input` waits"),
    ],
)
def test_what_waits(source: str, place: tuple[int, int, int], named: str) -> None:
    assert places(written(source), "NB503") == [place]
    assert named in found(written(source), "NB503")[0].message


@pytest.mark.parametrize(
    "source",
    [
        "def input(x):\n    return 1\ny = input(2)\n",
        "input_dir = 'a'\n",
        "import huggingface_hub\nhuggingface_hub.login(token=t)\n",
        "import wandb\nwandb.login(key=k)\n",
        "!huggingface-cli login --token $T\n",
        "import os\nfrom getpass import getpass\nk = os.getenv('K') or getpass()\n",
        (
            "import os\nfrom getpass import getpass\n"
            "if 'K' not in os.environ:\n    os.environ['K'] = getpass()\n"
        ),
        "import os, getpass\nk = os.environ.get('K', getpass.getpass())\n",
        "import os, getpass\nk = os.environ.get('K')\nif k is None:\n    k = getpass.getpass()\n",
        "import os, getpass\nk = os.getenv('K')\nk = k or getpass.getpass()\n",
        "IN_COLAB = True\nif IN_COLAB:\n    from google.colab import files\n    files.upload()\n",
        "fig.canvas.observe(f)\n",
        "upload(x)\n",
        "# input()\n",
        "!cat login.txt\n",
    ],
)
def test_nothing_to_find(source: str) -> None:
    assert places(written(source), "NB503") == []


def test_a_function_that_asks_for_what_is_not_set() -> None:
    source = (
        "import getpass, os\n"
        "def ask(name):\n"
        "    if not os.environ.get(name):\n"
        "        os.environ[name] = getpass.getpass(name)\n"
        "ask('KEY')\n"
    )
    assert places(written(source), "NB503") == []
