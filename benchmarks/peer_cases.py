"""For each rule of `nb2prod check` a small notebook that breaks it, and its clean twin, which
differs in nothing else: what tools are compared on, our own too. Secrets are made at run time.
"""

from __future__ import annotations

import json
import string
from collections.abc import Mapping
from typing import Any, NamedTuple

from tests.analysis.fake_tokens import hexadecimal, text_of

Json = dict[str, Any]

_KERNEL: Json = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "version": "3.12.1"},
}
_R: Json = {
    "kernelspec": {"display_name": "R", "language": "R", "name": "ir"},
    "language_info": {"name": "R", "version": "4.3.1"},
}
_WIDGETS = "application/vnd.jupyter.widget-state+json"
_MODEL: Json = {"model_module": "@jupyter-widgets/base", "model_name": "LayoutModel", "state": {}}
# As the provider makes them: three signs and letters alone.
_TOKEN = "hf" + "_" + text_of(string.ascii_letters, 34)
_OTHER = "gh" + "p_" + text_of(string.ascii_letters + string.digits, 36)
_COMMIT = "0123456789abcdef0123456789abcdef01234567"
_PROJECT = '[project]\nname = "sales"\nversion = "1"\ndependencies = ["pandas==2.2.3"]\n'


class Case(NamedTuple):
    """A rule with what the notebook that breaks it has, in words, both notebooks, the names of
    their files, and the files that lie beside either.
    """

    code: str
    what: str
    bad: bytes
    clean: bytes
    bad_name: str = "sales.ipynb"
    clean_name: str = "sales.ipynb"
    beside: Mapping[str, str] = {}


def code(source: str, count: int | None = None, *outputs: Json, **metadata: Any) -> Json:
    """A code cell."""
    return {
        "cell_type": "code",
        "execution_count": count,
        "metadata": metadata,
        "outputs": list(outputs),
        "source": source.splitlines(keepends=True),
    }


def text(source: str) -> Json:
    """A cell of text."""
    return {"cell_type": "markdown", "metadata": {}, "source": source.splitlines(keepends=True)}


def stream(said: str) -> Json:
    """What a cell printed."""
    return {"name": "stdout", "output_type": "stream", "text": said.splitlines(keepends=True)}


def notebook(*cells: Json, metadata: Json | None = None) -> Json:
    """A notebook of these cells below a title. It is of a version without ids of cells, which some
    tools rewrite in every notebook.
    """
    return {
        "cells": [text("# Sales\n\nWhat was sold.\n"), *cells],
        "metadata": _KERNEL if metadata is None else metadata,
        "nbformat": 4,
        "nbformat_minor": 4,
    }


def as_file(document: Json) -> bytes:
    """Its bytes, as Jupyter writes them."""
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def _cells(code_: str, what: str, bad: list[Json], clean: list[Json], **more: Any) -> Case:
    return Case(code_, what, as_file(notebook(*bad)), as_file(notebook(*clean)), **more)


def _sources(code_: str, what: str, bad: str, clean: str, **more: Any) -> Case:
    return _cells(code_, what, [code(bad)], [code(clean)], **more)


def _metadata(code_: str, what: str, bad: Json, clean: Json) -> Case:
    cells = [code("print(1)\n")]
    broken, fine = (as_file(notebook(*cells, metadata=one)) for one in (bad, clean))
    return Case(code_, what, broken, fine)


def _files() -> list[Case]:
    fine = as_file(notebook(code("print(1)\n")))
    merged = fine.replace(
        b' "metadata": {\n  "kernelspec"',
        b'<<<<<<< HEAD\n=======\n>>>>>>> other\n "metadata": {\n  "kernelspec"',
    )
    untitled = notebook(code("print(1)\n"))
    untitled["cells"][0]["source"] = ["What was sold.\n"]
    return [
        Case("NB101", "markers of a merge conflict", merged, fine),
        Case("NB105", "two cells of one id", _with_ids(0, 1, 1), _with_ids(0, 1, 2)),
        Case("NB109", "a file called `Untitled1.ipynb`", fine, fine, "Untitled1.ipynb"),
        Case("NB111", "no heading", as_file(untitled), fine),
    ]


def _with_ids(*numbers: int) -> bytes:
    found = notebook(code("print(1)\n"), code("print(2)\n"))
    cells = zip(numbers, found["cells"], strict=True)
    numbered = [{"id": str(number), **cell} for number, cell in cells]
    return as_file(found | {"cells": numbered, "nbformat_minor": 5})


def _structure() -> list[Case]:
    long = "".join(f"x{n} = {n}\n" for n in range(120))
    error: Json = {
        "ename": "ValueError",
        "evalue": "no rows",
        "output_type": "error",
        "traceback": ["ValueError: no rows"],
    }
    return [
        _sources("NB100", "a noqa that keeps nothing back", "x = 1  # noqa: NB303\n", "x = 1\n"),
        _metadata(
            "NB102",
            "widget metadata without `state`",
            _KERNEL | {"widgets": {_WIDGETS: {"a1": _MODEL}}},
            _KERNEL | {"widgets": {_WIDGETS: {"state": {"a1": _MODEL}}}},
        ),
        _metadata("NB103", "no kernel in the metadata", {}, _KERNEL),
        _metadata("NB104", "a kernel of R", _R, _KERNEL),
        _cells("NB106", "an empty cell", [code(""), code("x = 1\n")], [code("x = 1\n")]),
        _sources("NB107", "a bracket that is not closed", "x = [1, 2\n", "x = [1, 2]\n"),
        _sources("NB108", "a print statement", "print 'a'\n", "print('a')\n"),
        _sources("NB110", "a cell of 120 lines", long, "x = 1\n"),
        _cells(
            "NB201",
            "counts 2, 1",
            [code("x = 1\n", 2), code("y = 2\n", 1)],
            [code("x = 1\n", 1), code("y = 2\n", 2)],
        ),
        _cells(
            "NB202",
            "counts 1, 3",
            [code("x = 1\n", 1), code("y = 2\n", 3)],
            [code("x = 1\n", 1), code("y = 2\n", 2)],
        ),
        _cells(
            "NB203",
            "a cell that was not run below one that was",
            [code("x = 1\n", 1), code("y = 2\n")],
            [code("x = 1\n", 1), code("y = 2\n", 2)],
        ),
        _cells(
            "NB204",
            "a saved error",
            [code("f = 1\n", 1, error)],
            [code("f = 1\n", 1, stream("1\n"))],
        ),
        _cells(
            "NB205",
            "600 kB of output",
            [code("print(1)\n", 1, stream("0123456789abcde\n" * 40_000))],
            [code("print(1)\n", 1, stream("1\n"))],
        ),
        _cells(
            "NB206",
            "an output",
            [code("print(1)\n", 1, stream("1\n"))],
            [code("print(1)\n")],
        ),
    ]


def _names() -> list[Case]:
    area = "def area(r):\n    square = r * r\n    return {} * square\n"
    return [
        _cells(
            "NB207",
            "a name that a later cell defines",
            [code("print(total)\n"), code("total = 1\n")],
            [code("total = 1\n"), code("print(total)\n")],
        ),
        _sources(
            "NB208", "a name that no cell defines", "print(total)\n", "total = 1\nprint(total)\n"
        ),
        _cells(
            "NB209",
            "two functions of one name",
            [code(area.format("3")), code(area.format("3.14")), code("area(1)\n")],
            [
                code(area.format("3")),
                code(area.format("3.14").replace("area", "exact")),
                code("area(1)\n"),
            ],
        ),
        _sources(
            "NB210",
            "random numbers without a seed",
            "import numpy as np\nx = np.random.rand(3)\n",
            "import numpy as np\nnp.random.seed(0)\nx = np.random.rand(3)\n",
        ),
        _sources(
            "NB211",
            "a model without a revision",
            _MODEL_OF.format(""),
            _MODEL_OF.format(f', revision="{_COMMIT}"'),
        ),
        _sources(
            "NB212",
            "a scaler that sees the test data",
            _SPLIT + "x = scaler.fit_transform(x)\na, b = train_test_split(x, random_state=0)\n",
            _SPLIT + "a, b = train_test_split(x, random_state=0)\na = scaler.fit_transform(a)\n",
        ),
        _sources(
            "NB213",
            "files in the order of the disk",
            _FILES.format('os.listdir("data")'),
            _FILES.format('sorted(os.listdir("data"))'),
        ),
    ]


_MODEL_OF = (
    "from transformers import AutoModel\n"
    'model = AutoModel.from_pretrained("some-group/some-model"{})\n'
)
_SPLIT = (
    "import pandas as pd\n"
    "from sklearn.model_selection import train_test_split\n"
    "from sklearn.preprocessing import StandardScaler\n"
    'x = pd.read_csv("sales.csv")\n'
    "scaler = StandardScaler()\n"
)
_FILES = (
    "import os\n"
    "import pandas as pd\n"
    "frames = [pd.read_csv(name) for name in {}]\n"
    "data = pd.concat(frames)\n"
)


def _environment() -> list[Case]:
    address = "git+https://example.invalid/some/thing.git"
    return [
        _sources(
            "NB301",
            "an install without a version",
            "%pip install pandas\n",
            "%pip install pandas==2.2.3\n",
        ),
        _sources(
            "NB302",
            "an install from a repository without a commit",
            f"%pip install {address}\n",
            f"%pip install {address}@{_COMMIT}\n",
        ),
        _sources(
            "NB303",
            "`!pip install`",
            "!pip install pandas==2.2.3\n",
            "%pip install pandas==2.2.3\n",
        ),
        _sources(
            "NB304", "`!apt-get install`", "!apt-get install -y ffmpeg\n", "!ffmpeg -version\n"
        ),
        _sources(
            "NB305",
            "an import that the project does not declare",
            "import pinecone\nprint(pinecone)\n",
            "import pandas\nprint(pandas)\n",
            beside={"pyproject.toml": _PROJECT},
        ),
        _sources(
            "NB306",
            "`from math import *`",
            "from math import *\nprint(sqrt(2))\n",
            "from math import sqrt\nprint(sqrt(2))\n",
        ),
        _cells(
            "NB307",
            "an import below other code",
            [code("x = sum([2, 3])\nprint(x)\n"), code("import math\nprint(math.sqrt(x))\n")],
            [
                code("import math\n"),
                code("x = sum([2, 3])\nprint(x)\n"),
                code("print(math.sqrt(x))\n"),
            ],
        ),
        _cells(
            "NB308",
            "an upgrade of what is imported already",
            [code("import pandas\n"), code("%pip install -U pandas==2.2.3\n"), code("pandas\n")],
            [code("%pip install -U pandas==2.2.3\n"), code("import pandas\n"), code("pandas\n")],
        ),
    ]


def _security() -> list[Case]:
    client = (
        "import os\n"
        "from huggingface_hub import HfApi\n"
        'os.environ["USER_AGENT"] = "sales"\n'
        "api = HfApi(token={})\n"
        "github_token = {}\n"
    )
    kaggle = json.dumps({"username": "somebody", "key": hexadecimal(32)})
    archive = 'name = input("archive: ")\n'
    user = {"displayName": "Some Body", "userId": "01234567890123456789"}
    return [
        _sources(
            "NB401",
            "tokens in a call and an assignment",
            client.format(f'"{_TOKEN}"', f'"{_OTHER}"'),
            client.format('os.environ["HF_TOKEN"]', 'os.environ["GITHUB_TOKEN"]'),
        ),
        _cells(
            "NB402",
            "tokens in an output",
            [code("print(1)\n", 1, stream(f"token: {_TOKEN}\n{_OTHER}\n"))],
            [code("print(1)\n", 1, stream("token: none\n"))],
        ),
        _sources(
            "NB403",
            "a cell that writes `kaggle.json`",
            f"%%writefile kaggle.json\n{kaggle}\n",
            '%%writefile settings.json\n{"rows": 10}\n',
        ),
        _sources(
            "NB404",
            "what a person types in a shell line",
            archive + "!tar xf {name}\n",
            archive + '!tar xf "{name}"\n',
        ),
        _sources("NB405", "`!rm -rf $OUT/*`", "!rm -rf $OUT/*\n", "!rm -rf out\n"),
        _sources(
            "NB406",
            r"`!curl … \| sh`",
            "!curl -sL https://example.invalid/install.sh | sh\n",
            "!curl -sL https://example.invalid/data.csv -o data.csv\n",
        ),
        _sources(
            "NB407",
            "`pickle.load`",
            'import pickle\nwith open("model.bin", "rb") as file:\n    model = pickle.load(file)\n',
            'import json\nwith open("model.bin", "rb") as file:\n    model = json.load(file)\n',
        ),
        _cells(
            "NB408",
            "the user's name in a cell's metadata",
            [code("print(1)\n", executionInfo={"elapsed": 5, "user": user})],
            [code("print(1)\n")],
        ),
    ]


def _platforms() -> list[Case]:
    colab: Json = {"name": "sales.ipynb"}
    return [
        _sources(
            "NB501",
            "an import of `google.colab`",
            "from google.colab import drive\nprint(drive)\n",
            "import pathlib\nprint(pathlib)\n",
        ),
        _sources(
            "NB502",
            "a path on Drive",
            'path = "/content/drive/MyDrive/sales.csv"\n',
            'path = "data/sales.csv"\n',
        ),
        _sources("NB503", "`input()`", 'name = input("name: ")\n', 'name = "a"\n'),
        _sources(
            "NB504",
            "`display(HTML(…))`",
            'from IPython.display import HTML, display\ndisplay(HTML("<b>sales</b>"))\n',
            'print("sales")\n',
        ),
        _sources(
            "NB505",
            "`%tensorflow_version`",
            "%tensorflow_version 2.x\nx = 1\n",
            "%matplotlib inline\nx = 1\n",
        ),
        _metadata(
            "NB506",
            "Colab's `private_outputs`",
            _KERNEL | {"colab": colab | {"private_outputs": True}},
            _KERNEL | {"colab": colab},
        ),
        _sources(
            "NB507",
            "a download that nothing checks",
            "!wget -q https://example.invalid/sales.csv\n",
            "!wget -q https://example.invalid/sales.csv\n"
            f'!echo "{hexadecimal(64)}  sales.csv" | sha256sum -c\n',
        ),
    ]


def cases() -> list[Case]:
    """All cases, by code."""
    made = [*_files(), *_structure(), *_names(), *_environment(), *_security(), *_platforms()]
    return sorted(made, key=lambda case: case.code)
