"""The data and models that a notebook fetches while it runs."""

from __future__ import annotations

import json

import pytest

from nb2prod.analysis.facts import Fetched
from nb2prod.analysis.gather import gather
from nb2prod.analysis.pasted import without_pasted_secrets
from nb2prod.notebook.reader import read_bytes

HOST = "https://host.example.invalid"
URL = f"{HOST}/sets/a.zip"
SHA = "0123456789abcdef" * 4
MD5 = "0123456789abcdef" * 2
COMMIT = "0123abcd" * 5
DRIVE = "https://drive.google.com/uc?id="
FILE = "1AbCdEfGhIjKlMnOpQrStUvWx"

Row = tuple[str, str] | tuple[str, str, str | None] | tuple[str, str, str | None, str | None]


def fetched(*cells: str) -> tuple[Fetched, ...]:
    found = [{"cell_type": "code", "metadata": {}, "source": cell} for cell in cells]
    document = {"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    notebook, pasted = without_pasted_secrets(read_bytes(json.dumps(document).encode(), "n"))
    return gather(notebook, pasted=pasted).fetched


def rows(*cells: str) -> list[tuple[str, str, str | None, str | None]]:
    """Kind, source, path and revision of each."""
    return [(one.kind, one.source, one.path, one.revision) for one in fetched(*cells)]


def full(row: Row) -> tuple[str, str, str | None, str | None]:
    kind, source, path, revision = (*row, None, None)[:4]
    assert kind is not None
    assert source is not None
    return kind, source, path, revision


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"wget {URL}", ("url", URL, "a.zip")),
        (f"wget -q -nc {URL} -O b.zip", ("url", URL, "b.zip")),
        (f"wget -qO b.zip {URL}", ("url", URL, "b.zip")),
        (f"wget --output-document=b.zip '{URL}'", ("url", URL, "b.zip")),
        (f"wget {URL} -P /content/sets/", ("url", URL, "sets/a.zip")),
        (f"wget {URL} -P data -O b.zip", ("url", URL, "b.zip")),
        (f"wget -P . {URL}", ("url", URL, "a.zip")),
        (f"wget -O - {URL} | tar xz", ("url", URL)),
        (f"wget {URL} -O {{somewhere()}}/b.zip", ("url", URL)),
        (f"mkdir -p d && cd d && wget {URL}", ("url", URL, "a.zip")),
        (f"test -f a.zip || (wget {URL})", ("url", URL, "a.zip")),
        (f"sudo wget {URL}", ("url", URL, "a.zip")),
        (f"curl -L -O {URL}", ("url", URL, "a.zip")),
        (f"curl -sLo b.zip {URL}", ("url", URL, "b.zip")),
        (f"curl {URL} > b.zip", ("url", URL, "b.zip")),
        (f"curl -H 'A: b' --output-dir d -o b.zip {URL}", ("url", URL, "d/b.zip")),
        (f"curl {URL}", ("url", URL)),
        (f"aria2c -c -x 16 -s 16 -k 1M {URL} -d /content/m -o b.zip", ("url", URL, "m/b.zip")),
        (f"aria2c --dir=m {URL}", ("url", URL, "m/a.zip")),
        (
            f"wget {URL} -O '/content/drive/MyDrive/a b.zip'",
            ("url", URL, "data/a b.zip"),
        ),
        (f"gdown {FILE}", ("google-drive", DRIVE + FILE)),
        (f"gdown --id {FILE} -O b.zip", ("google-drive", DRIVE + FILE, "b.zip")),
        (f"gdown '{DRIVE}{FILE}' --output b.zip", ("google-drive", DRIVE + FILE, "b.zip")),
        (f"gdown --fuzzy {URL}", ("url", URL)),
        (
            f"wget '{DRIVE}{FILE}&export=download' -O b",
            ("google-drive", f"{DRIVE}{FILE}&export=download", "b"),
        ),
        (
            "kaggle datasets download -d who/what -p in --unzip",
            ("kaggle-dataset", "who/what", "in"),
        ),
        ("kaggle datasets download who/what", ("kaggle-dataset", "who/what")),
        ("kaggle datasets download who/what/3", ("kaggle-dataset", "who/what", None, "3")),
        ("kaggle competitions download -c titanic", ("kaggle-competition", "titanic")),
        ("kaggle kernels output who/what -p out", ("kaggle-kernel", "who/what", "out")),
        (
            "kaggle models instances versions download a/b/jax/c/2",
            ("kaggle-model", "a/b/jax/c", None, "2"),
        ),
        ("huggingface-cli download org/m", ("hugging-face-model", "org/m")),
        (
            f"hf download org/d --repo-type dataset --revision {COMMIT} --local-dir in --token x",
            ("hugging-face-dataset", "org/d", "in", COMMIT),
        ),
        ("hf download org/m m.gguf --local-dir in", ("hugging-face-model", "org/m", "in/m.gguf")),
        ("git clone https://huggingface.co/org/m", ("hugging-face-model", "org/m")),
        (
            "git clone -b v2 https://huggingface.co/datasets/org/d.git d",
            ("hugging-face-dataset", "org/d", None, "v2"),
        ),
        (f"git clone {HOST}/a/b && cd b && git lfs pull", ("git-lfs", f"{HOST}/a/b")),
    ],
)
def test_shell_lines(line: str, expected: Row) -> None:
    assert rows(f"!{line}") == [full(expected)]
    assert rows(f"%%bash\n{line}") == [full(expected)]


@pytest.mark.parametrize(
    "line",
    [
        "wget",
        "wget $UNKNOWN",
        "wget {HOST}/{name}.zip",
        "wget -i addresses.txt",
        "wget http://localhost:8000/a.zip",
        "curl -s http://127.0.0.1:8080/health",
        f"curl -X POST -d '{{}}' {URL}",
        f"curl -fsSL {HOST}/install.sh | sh",
        f"wget -qO - {HOST}/key.gpg | sudo apt-key add -",
        f"wget {URL} -O /dev/null",
        f"echo wget {URL}",
        "gdown --help",
        "kaggle competitions submit -c titanic -f a.csv -m m",
        "kaggle datasets list -s cats",
        "hf auth login",
        "git lfs install",
        f"git clone {HOST}/a/b",
        "python -m spacy download en_core_web_sm",
        f"pip install {HOST}/a.whl",
    ],
)
def test_shell_lines_that_fetch_nothing_that_is_known(line: str) -> None:
    assert rows(f"!{line}") == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            f"import urllib.request\nurllib.request.urlretrieve('{URL}', 'd/a.zip')",
            ("url", URL, "d/a.zip"),
        ),
        (
            f"from urllib.request import urlretrieve as get\nget('{URL}', filename='b.zip')",
            ("url", URL, "b.zip"),
        ),
        (f"from urllib import request\nrequest.urlopen('{URL}').read()", ("url", URL)),
        (f"import requests\nrequests.get('{URL}', stream=True).raw", ("url", URL)),
        (f"import wget\nwget.download('{URL}', out='b.zip')", ("url", URL, "b.zip")),
        (f"import pandas as pd\npd.read_csv('{URL}', sep=';')", ("url", URL)),
        (f"import pandas as pd\npd.read_json(path_or_buf='{URL}')", ("url", URL)),
        ("import pandas as pd\npd.read_parquet('s3://bucket/a')", ("url", "s3://bucket/a")),
        (f"import gdown\ngdown.download(id='{FILE}')", ("google-drive", DRIVE + FILE)),
        (
            f"import gdown\ngdown.download('{DRIVE}{FILE}', 'b.zip', quiet=False)",
            ("google-drive", DRIVE + FILE, "b.zip"),
        ),
        (
            f"import keras\nkeras.utils.get_file('b.zip', '{URL}')",
            ("url", URL, "b.zip"),
        ),
        (
            f"from keras.utils import get_file\nget_file(fname='b.zip', origin='{URL}')",
            ("url", URL, "b.zip"),
        ),
        (
            "from datasets import load_dataset\nload_dataset('imdb')",
            ("hugging-face-dataset", "imdb"),
        ),
        (
            f"import datasets as ds\nds.load_dataset('org/d', 'en', revision='{COMMIT}')",
            ("hugging-face-dataset", "org/d", None, COMMIT),
        ),
        (
            f"from datasets import load_dataset\nload_dataset('csv', data_files={{'a': '{URL}'}})",
            ("url", URL),
        ),
        (
            "import transformers as t\nm = t.A.from_pretrained('bert-base-uncased').to('cuda')",
            ("hugging-face-model", "bert-base-uncased"),
        ),
        (
            "import unsloth\nunsloth.FastLanguageModel.from_pretrained(model_name='org/m')",
            ("hugging-face-model", "org/m"),
        ),
        (
            "from peft import PeftModel\nPeftModel.from_pretrained(base, 'org/m', revision='v1')",
            ("hugging-face-model", "org/m", None, "v1"),
        ),
        (
            "from transformers import pipeline\npipeline('ner', model='org/m', revision='v1')",
            ("hugging-face-model", "org/m", None, "v1"),
        ),
        (
            "from sentence_transformers import SentenceTransformer as S\nS('all-MiniLM-L6-v2')",
            ("hugging-face-model", "all-MiniLM-L6-v2"),
        ),
        (
            "import huggingface_hub as h\nh.hf_hub_download('org/m', 'a.bin', local_dir='in')",
            ("hugging-face-model", "org/m", "in/a.bin"),
        ),
        (
            "import huggingface_hub as h\nh.snapshot_download('org/d', repo_type='dataset')",
            ("hugging-face-dataset", "org/d"),
        ),
        ("import torch\ntorch.hub.load('org/r:v1', 'm')", ("torch-hub", "org/r", None, "v1")),
        (f"from torch import hub\nhub.load_state_dict_from_url('{URL}')", ("url", URL)),
        (
            "from torchvision import datasets\ndatasets.MNIST('in', train=True, download=True)",
            ("torchvision", "MNIST", "in"),
        ),
        (
            "import torchvision\ntorchvision.models.resnet18(weights='DEFAULT')",
            ("torchvision", "resnet18"),
        ),
        (
            "import tensorflow_datasets as tfds\ntfds.load('a/b:1.0.0')",
            ("tensorflow-datasets", "a/b", None, "1.0.0"),
        ),
        (
            "import tensorflow_hub as h\nh.load('https://tfhub.dev/google/a/4')",
            ("tensorflow-hub", "https://tfhub.dev/google/a/4", None, "4"),
        ),
        (
            "from sklearn.datasets import fetch_california_housing\nfetch_california_housing()",
            ("scikit-learn", "california_housing"),
        ),
        (
            "from sklearn import datasets\ndatasets.fetch_openml('mnist_784', version=1)",
            ("openml", "mnist_784", None, "1"),
        ),
        (
            "import tensorflow as tf\nmnist = tf.keras.datasets.mnist\nmnist.load_data()",
            ("keras", "mnist"),
        ),
        ("from keras.datasets import cifar10\ncifar10.load_data()", ("keras", "cifar10")),
        (
            "from keras.applications.vgg16 import VGG16\nVGG16(include_top=False)",
            ("keras", "VGG16"),
        ),
        (
            "import kagglehub\nkagglehub.dataset_download('a/b/versions/2')",
            ("kaggle-dataset", "a/b", None, "2"),
        ),
        ("import kagglehub\nkagglehub.model_download('a/b/jax/c')", ("kaggle-model", "a/b/jax/c")),
        (
            "import kagglehub\nkagglehub.competition_download('titanic')",
            ("kaggle-competition", "titanic"),
        ),
        (
            "import kaggle\nkaggle.KaggleApi().dataset_download_files('a/b', path='in')",
            ("kaggle-dataset", "a/b", "in"),
        ),
        ("import nltk\nnltk.download('punkt')", ("nltk", "punkt")),
        ("import seaborn as sns\nsns.load_dataset('tips')", ("seaborn", "tips")),
        ("from fastai.vision.all import *\nuntar_data(URLs.PETS)", ("fastai", "PETS")),
        ("import timm\ntimm.create_model('vit', pretrained=True)", ("timm", "vit")),
        ("import whisper\nwhisper.load_model('base.en')", ("whisper", "base.en")),
        ("from ultralytics import YOLO\nYOLO('yolov8n.pt')", ("ultralytics", "yolov8n.pt")),
        (f"import os\nos.system('wget {URL}')", ("url", URL, "a.zip")),
        (
            f"import subprocess\nsubprocess.run(['wget', '-O', 'b', '{URL}'])",
            ("url", URL, "b"),
        ),
    ],
)
def test_calls(code: str, expected: Row) -> None:
    assert rows(code) == [full(expected)]


@pytest.mark.parametrize(
    "code",
    [
        f"urlretrieve('{URL}')",  # another one: this notebook imports none
        f"import requests\nrequests.post('{URL}')",
        f"import requests\nrequests.get('{URL}', params={{'q': 1}})",
        "import requests\nrequests.get('http://localhost:5000/a')",
        "import requests\nrequests.get(address)",
        "import pandas as pd\npd.read_csv('in/a.csv')",
        "from datasets import load_dataset\nload_dataset('csv', data_files='a.csv')",
        "from datasets import load_dataset\nload_dataset('./mine')",
        "def load_dataset(name):\n    return name\nload_dataset('imdb')",
        "from transformers import AutoModel\nAutoModel.from_pretrained('./m')",
        "from transformers import AutoModel\nAutoModel.from_pretrained('/content/m')",
        "from transformers import AutoModel\nAutoModel.from_pretrained('outputs/best')",
        "from transformers import AutoModel\nAutoModel.from_pretrained('my-best-one')",
        "from transformers import AutoModel\nAutoModel.from_pretrained('a/checkpoint-500')",
        "import transformers\ntransformers.A.from_pretrained('a/b', local_files_only=True)",
        "m.save_pretrained('a/b')\nfrom transformers import A\nA.from_pretrained('a/b')",
        "!mkdir -p a\nfrom transformers import AutoModel\nAutoModel.from_pretrained('a/b')",
        "from transformers import pipeline\npipeline('ner', model=model)",
        "from torchvision import datasets\ndatasets.MNIST('in', download=False)",
        "from torchvision import datasets\ndatasets.MNIST('in')",
        "import torchvision\ntorchvision.models.resnet18(pretrained=False)",
        "import torchvision\ntorchvision.models.resnet18(weights=None)",
        "from keras.applications import VGG16\nVGG16(weights=None)",
        "from keras.applications.vgg16 import preprocess_input\npreprocess_input(x)",
        "import torch\ntorch.hub.load('org/r', 'm', source='local')",
        "from sklearn.datasets import load_iris\nload_iris()",
        "import spacy\nspacy.load('en_core_web_sm')",
        "from ultralytics import YOLO\nYOLO('runs/train/best.pt')",
        "import whisper\nwhisper.load_model('mine.pt')",
        f"import requests\nURL = '{URL}'\nURL = other()\nrequests.get(URL)",
        f"import requests\nif x:\n    URL = '{URL}'\nelse:\n    URL = x\nrequests.get(URL)",
        f"import requests\nrequests.get(f'{HOST}/{{name}}.zip')",
    ],
)
def test_calls_that_fetch_nothing_that_is_known(code: str) -> None:
    assert rows(code) == []


@pytest.mark.parametrize(
    ("cells", "sources"),
    [
        ([f"URL = '{URL}'", "!wget $URL", "!wget {URL} -O b"], [URL, URL]),
        ([f"BASE = '{HOST}'", "!wget {BASE}/a.zip"], [f"{HOST}/a.zip"]),
        (
            ["M = 'org/m' #@param {type: 'string'}", "from a import B\nB.from_pretrained(M)"],
            ["org/m"],
        ),
        (
            [f"import requests as r\nBASE = '{HOST}/'\nr.get(BASE + 'a')\nr.get(f'{{BASE}}b')"],
            [f"{HOST}/a", f"{HOST}/b"],
        ),
        # The value that the name has at that line.
        (
            [
                f"import requests as r\nu = '{HOST}/a'\nr.get(u)",
                f"u = '{HOST}/b'\nr.get(u)",
                "def f():\n    r.get(u)",
            ],
            [f"{HOST}/a", f"{HOST}/b"],
        ),
        (
            [f"import requests as r\nfor n in ['a', 'b']:\n    r.get('{HOST}/' + n)"],
            [f"{HOST}/a", f"{HOST}/b"],
        ),
        (
            [f"import requests as r\nD = {{'x': '{HOST}/a'}}\n[r.get(u) for k, u in D.items()]"],
            [f"{HOST}/a"],
        ),
        ([f"import requests as r\nD = {{'x': '{HOST}/a'}}\nr.get(D['x'])"], [f"{HOST}/a"]),
        (
            [
                "import requests as r\ndef get(url, to='x'):\n    return r.get(url)",
                f"get('{HOST}/a')\nget(url='{HOST}/b')\nget(unknown)",
            ],
            [f"{HOST}/a", f"{HOST}/b"],
        ),
        (["import nltk\nfor n in ('a', 'b'):\n    nltk.download(n)"], ["a", "b"]),
        (["import nltk\nnltk.download(['a', 'b'])"], ["a", "b"]),
        # One name, two modules.
        (
            [
                "from torchvision import datasets\ndatasets.MNIST('d', download=True)",
                "import datasets\ndatasets.load_dataset('imdb')",
            ],
            ["MNIST", "imdb"],
        ),
    ],
)
def test_names_and_values(cells: list[str], sources: list[str]) -> None:
    assert [one.source for one in fetched(*cells)] == sources


@pytest.mark.parametrize(
    ("code", "checksum"),
    [
        (f"import keras\nkeras.utils.get_file('a', '{URL}', file_hash='{SHA}')", f"sha256:{SHA}"),
        (f"import keras\nkeras.utils.get_file('a', '{URL}', md5_hash='{MD5}')", f"md5:{MD5}"),
        (f"import keras\nkeras.utils.get_file('a', '{URL}', file_hash=h)", None),
        (f"import pooch\npooch.retrieve('{URL}', known_hash='sha256:{SHA}')", f"sha256:{SHA}"),
        (f"import pooch\npooch.retrieve('{URL}', known_hash=None)", None),
        (f"import gdown\ngdown.cached_download('{URL}', 'a', md5='{MD5}')", f"md5:{MD5}"),
        (f"!aria2c --checksum=sha-256={SHA} {URL}", f"sha256:{SHA}"),
        (f"!wget {URL}", None),
    ],
)
def test_checksums(code: str, checksum: str | None) -> None:
    assert [one.checksum for one in fetched(code)] == [checksum]


@pytest.mark.parametrize(
    ("address", "revision"),
    [
        (f"https://huggingface.co/org/m/resolve/{COMMIT}/a.bin", COMMIT),
        ("https://huggingface.co/datasets/org/m/resolve/main/a.bin", "main"),
        ("https://raw.githubusercontent.com/a/b/main/c.csv", "main"),
        ("https://raw.githubusercontent.com/a/b/refs/heads/dev/c.csv", "dev"),
        ("https://github.com/a/b/raw/v1/c.csv", "v1"),
        ("https://github.com/a/b/releases/download/v2.0/c.zip", "v2.0"),
        ("https://github.com/a/b/archive/refs/tags/v3.zip", "v3"),
        ("https://github.com/a/b/archive/master.zip", "master"),
        (URL, None),
    ],
)
def test_revisions_in_addresses(address: str, revision: str | None) -> None:
    assert [one.revision for one in fetched(f"!wget {address}")] == [revision]


HIDDEN = "q7XzR4vK2mWp9TbL5nYc8Hd3"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        (f"https://user:{HIDDEN}@host.example.invalid/a", f"{HOST}/a"),
        (f"{HOST}/a?token={HIDDEN}", f"{HOST}/a"),
        (f"{HOST}/a?dl=1&api_key={HIDDEN}", f"{HOST}/a?dl=1"),
        (f"{HOST}/a?X-Amz-Signature={HIDDEN}&X-Amz-Expires=9", f"{HOST}/a"),
        (f"{HOST}/a?Expires=1&Key-Pair-Id={HIDDEN}&Signature=x", f"{HOST}/a"),
        (f"{HOST}/a?sv=1&sig={HIDDEN}", f"{HOST}/a?sv=1"),
        (f"{HOST}/a?zz={HIDDEN}", f"{HOST}/a"),
        (f"{HOST}/a?raw=true#{HIDDEN}", f"{HOST}/a?raw=true"),
        (f"{DRIVE}{FILE}&export=download", f"{DRIVE}{FILE}&export=download"),
    ],
)
def test_what_gives_access_is_not_taken_over(address: str, public: str) -> None:
    for cell in (f"!wget '{address}' -O a", f"import requests\nrequests.get('{address}')"):
        assert [one.source for one in fetched(cell)] == [public]
        assert HIDDEN not in repr(fetched(cell))


def test_a_token_in_a_path_leaves_no_address() -> None:
    token = "hf_" + "q7XzR4vK2mWp9TbL5nYc8Hd3aaGfJe61Bs"
    assert fetched(f"!wget {HOST}/{token}/a.zip") == ()


@pytest.mark.parametrize("doubled", ["x + x", "f'{x}{x}'", "[x, x]", "[[x[0], x[0]]]"])
def test_what_doubles_and_doubles_does_not_grow(doubled: str) -> None:
    lines = ["import requests", "x = 'aaaa'", *[f"x = {doubled}"] * 100, "requests.get(x)"]
    assert fetched("\n".join(lines), f"!wget {URL}")[0].source == URL


def test_each_thing_is_listed_once_with_its_cells_in_order() -> None:
    found = fetched(
        "from transformers import AutoModel, AutoTokenizer",
        "t = AutoTokenizer.from_pretrained('org/m')",
        f"!wget {URL}",
        "m = AutoModel.from_pretrained('org/m')\nn = m.from_pretrained('org/m', revision='v1')",
    )
    assert found == (
        Fetched("hugging-face-model", "org/m", None, None, None, (2, 4)),
        Fetched("url", URL, None, None, "a.zip", (3,)),
        Fetched("hugging-face-model", "org/m", "v1", None, None, (4,)),
    )
