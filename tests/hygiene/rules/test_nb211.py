"""NB211: models and data sets without a revision."""

from __future__ import annotations

import pytest

from tests.hygiene.build import found, places, written

HUB = "from transformers import AutoModel\n"


@pytest.mark.parametrize(
    ("source", "place"),
    [
        (f"{HUB}m = AutoModel.from_pretrained('owner/name')\n", (1, 2, 5)),
        (f"{HUB}m = AutoModel.from_pretrained('bert-base-uncased')\n", (1, 2, 5)),
        (f"{HUB}ID = 'owner/name'\nm = AutoModel.from_pretrained(ID)\n", (1, 3, 5)),
        (f"{HUB}AutoModel.from_pretrained('owner/name', revision='main')\n", (1, 2, 1)),
        (f"{HUB}AutoModel.from_pretrained('owner/name', revision=None)\n", (1, 2, 1)),
        ("FastModel.from_pretrained(model_name='owner/name')\n", (1, 1, 1)),
        (
            "from peft import PeftModel\nPeftModel.from_pretrained(base, 'owner/adapter')\n",
            (1, 2, 1),
        ),
        ("from datasets import load_dataset\nd = load_dataset('imdb')\n", (1, 2, 5)),
        ("import datasets as ds\nd = ds.load_dataset('owner/name', 'en')\n", (1, 2, 5)),
        ("import huggingface_hub as h\nh.hf_hub_download('owner/name', 'a.txt')\n", (1, 2, 1)),
        ("import huggingface_hub\nhuggingface_hub.snapshot_download('a/b')\n", (1, 2, 1)),
        ("from transformers import pipeline\np = pipeline('ner', model='owner/name')\n", (1, 2, 5)),
        ("from transformers import pipeline\np = pipeline('ner', 'owner/name')\n", (1, 2, 5)),
        ("import torch\nm = torch.hub.load('pytorch/vision', 'resnet18')\n", (1, 2, 5)),
        ("import torch\nm = torch.hub.load('pytorch/vision:main', 'resnet18')\n", (1, 2, 5)),
    ],
)  # fmt: skip
def test_no_revision(source: str, place: tuple[int, int, int]) -> None:
    assert places(written(source), "NB211") == [place]


def test_what_it_says() -> None:
    [model] = found(written(f"{HUB}AutoModel.from_pretrained('owner/name')\n"), "NB211")
    assert "whatever `owner/name` is on the day that it runs; add `revision=`" in model.message
    [other] = found(written("import torch\ntorch.hub.load('a/b', 'c')\n"), "NB211")
    assert "write `:` and a tag or commit behind the name" in other.message


@pytest.mark.parametrize(
    "source",
    [
        f"{HUB}AutoModel.from_pretrained('owner/name', revision='0123abc')\n",
        f"{HUB}AutoModel.from_pretrained('owner/name', revision=REVISION)\n",
        f"{HUB}AutoModel.from_pretrained('owner/name', **options)\n",
        f"{HUB}AutoModel.from_pretrained('owner/name', local_files_only=True)\n",
        f"{HUB}AutoModel.from_pretrained('./name')\n",
        f"{HUB}AutoModel.from_pretrained('/data/name')\n",
        f"{HUB}AutoModel.from_pretrained('output/checkpoint-500')\n",
        f"{HUB}AutoModel.from_pretrained('models/mine')\n",
        f"{HUB}AutoModel.from_pretrained('my-model')\n",
        f"{HUB}AutoModel.from_pretrained(name)\n",
        f"{HUB}m.save_pretrained('mine/best')\nAutoModel.from_pretrained('mine/best')\n",
        f"{HUB}m.push_to_hub('me/best')\nAutoModel.from_pretrained('me/best')\n",
        f"{HUB}t = Args(output_dir='mine/a')\nAutoModel.from_pretrained('mine/a')\n",
        "from datasets import load_dataset\nload_dataset('csv', data_files='a.csv')\n",
        "from datasets import load_dataset\nload_dataset('./data')\n",
        "from datasets import load_dataset\nload_dataset('imdb', revision='0123abc')\n",
        "import seaborn as sns\nsns.load_dataset('iris')\n",
        "from transformers import pipeline\npipeline('ner')\n",
        "from sklearn.pipeline import pipeline\npipeline('a', 'owner/name')\n",
        "import torch\ntorch.hub.load('pytorch/vision:v0.10.0', 'resnet18')\n",
        "import torch\ntorch.hub.load('a/b', 'c', source='local')\n",
        "# AutoModel.from_pretrained('owner/name')\n",
    ],
)
def test_nothing_to_find(source: str) -> None:
    assert places(written(source), "NB211") == []
