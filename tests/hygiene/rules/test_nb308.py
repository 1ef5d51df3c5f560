"""NB308: installs of what is imported, and restarts."""

from __future__ import annotations

import pytest

from tests.hygiene.build import found, places, written


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        (("import torch\n", "!pip install torch==2.5.1\n"), (2, 1, 1)),
        (("from torch.nn import Linear\n", "%pip install -U torch\n"), (2, 1, 1)),
        (("import torch\n!pip install --force-reinstall torch\n",), (1, 2, 1)),
        (("import sklearn\n", "!pip install 'scikit-learn>=1.5'\n"), (2, 1, 1)),
        (("import cv2\n", "!pip install -U opencv-python-headless\n"), (2, 1, 1)),
        (("import a_b\n", "!pip install a-b==1 c\n"), (2, 1, 1)),
        (("import a\n", "!pip install a@git+https://example.invalid/a.git\n"), (2, 1, 1)),
        (("import os\nos.kill(os.getpid(), 9)\n",), (1, 2, 1)),
        (("import os\nos._exit(00)\n",), (1, 2, 1)),
        (("import IPython\nIPython.Application.instance().kernel.do_shutdown(True)\n",), (1, 2, 1)),
        (("get_ipython().kernel.do_shutdown(restart=True)\n",), (1, 1, 1)),
        (("restart_runtime()\n",), (1, 1, 1)),
        (("dbutils.library.restartPython()\n",), (1, 1, 1)),
        (("x = 1\n%restart_python\n",), (1, 2, 1)),
        (("HTML('<script>Jupyter.notebook.kernel.restart()</script>')\n",), (1, 1, 1)),
    ],
)
def test_too_late(cells: tuple[str, ...], place: tuple[int, int, int]) -> None:
    assert places(written(*cells), "NB308") == [place]


def test_what_it_says() -> None:
    [late] = found(written("import torch\n", "!pip install torch==2.5.1\n"), "NB308")
    assert late.message.startswith("`torch==2.5.1` is installed after cell 1 has imported `torch`")
    [end] = found(written("import os\nos.kill(os.getpid(), 9)\n"), "NB308")
    assert end.message.startswith("`os.kill(os.getpid(), …)` ends the kernel")


@pytest.mark.parametrize(
    "cells",
    [
        ("!pip install torch==2.5.1\n", "import torch\n"),
        ("!pip install torch==2.5.1\nimport torch\n",),
        ("import torch\n", "!pip install torch\n"),
        ("import torch\n", "!pip install torchvision==0.20\n"),
        ("try:\n    import a\nexcept ImportError:\n    !pip install a==1\n",),
        ("def f():\n    import a\n", "!pip install a==1\n"),
        ("!pip install a==1\n", "import a\n", "!pip install a==1\n"),
        ("import pip\n", "!pip install -U pip\n"),
        ("import a\n", "!pip install -U -r requirements.txt\n"),
        ("import os\nos.kill(child, 9)\n",),
        ("process.kill()\n",),
        ("# os.kill(os.getpid(), 9)\n",),
        ("print('restart the kernel')\n",),
    ],
)
def test_nothing_to_find(cells: tuple[str, ...]) -> None:
    assert places(written(*cells), "NB308") == []
