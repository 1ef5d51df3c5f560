"""What is installed for an import: the right distribution, or an honest None."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nb2prod.data._files import read_rows
from nb2prod.data.distributions import (
    distribution_for,
    is_known,
    newest_version,
    newest_version_date,
    normalise,
)

DIFFERENT_NAMES = [
    ("cv2", "opencv-python-headless"),
    ("PIL", "pillow"),
    ("PIL.Image", "pillow"),
    ("sklearn", "scikit-learn"),
    ("sklearn.metrics", "scikit-learn"),
    ("skimage.io", "scikit-image"),
    ("yaml", "pyyaml"),
    ("ruamel.yaml", "ruamel-yaml"),
    ("bs4", "beautifulsoup4"),
    ("dateutil.parser", "python-dateutil"),
    ("attr", "attrs"),
    ("Crypto.Cipher", "pycryptodome"),
    ("OpenSSL", "pyopenssl"),
    ("serial", "pyserial"),
    ("usb.core", "pyusb"),
    ("git", "gitpython"),
    ("jwt", "pyjwt"),
    ("dotenv", "python-dotenv"),
    ("docx", "python-docx"),
    ("pptx", "python-pptx"),
    ("fitz", "pymupdf"),
    ("magic", "python-magic"),
    ("MySQLdb", "mysqlclient"),
    ("psycopg2", "psycopg2-binary"),
    ("zmq", "pyzmq"),
    ("faiss", "faiss-cpu"),
    ("umap", "umap-learn"),
    ("community", "python-louvain"),
    ("mpl_toolkits.mplot3d", "matplotlib"),
    ("mpl_toolkits.basemap", "basemap"),
    ("pylab", "matplotlib"),
    ("pkg_resources", "setuptools"),
    ("whisper", "openai-whisper"),
    ("Bio.Seq", "biopython"),
    ("osgeo.gdal", "gdal"),
    ("ee", "earthengine-api"),
    ("talib", "ta-lib"),
    ("haiku", "dm-haiku"),
    ("tree", "dm-tree"),
    ("absl.flags", "absl-py"),
    ("IPython.display", "ipython"),
    ("imblearn.over_sampling", "imbalanced-learn"),
    ("surprise", "scikit-surprise"),
    ("telegram.ext", "python-telegram-bot"),
    ("win32com.client", "pywin32"),
    ("wx", "wxpython"),
    ("gi.repository", "pygobject"),
    ("pynvml", "nvidia-ml-py"),
    ("cupy", "cupy-cuda12x"),
]

SAME_NAMES = [
    ("numpy", "numpy"),
    ("matplotlib.pyplot", "matplotlib"),
    ("Levenshtein", "levenshtein"),
    ("lxml.etree", "lxml"),
    ("igraph", "igraph"),
    ("hdbscan", "hdbscan"),
    ("gensim.models", "gensim"),
    ("tensorflow_hub", "tensorflow-hub"),
    ("tensorflow.keras.layers", "tensorflow"),
    ("keras.preprocessing.image", "keras"),
    ("tf_keras", "tf-keras"),
    ("torch.nn.functional", "torch"),
    ("pytorch_lightning", "pytorch-lightning"),
    ("torch_geometric.nn", "torch-geometric"),
    ("sentence_transformers", "sentence-transformers"),
    ("langchain_openai", "langchain-openai"),
    ("segmentation_models_pytorch", "segmentation-models-pytorch"),
    ("stable_baselines3", "stable-baselines3"),
    ("rdkit.Chem", "rdkit"),
    ("prophet", "prophet"),
    ("jax.numpy", "jax"),
    ("setuptools", "setuptools"),
]

NAMESPACES = [
    ("google.cloud.storage.blob", "google-cloud-storage"),
    ("google.cloud.bigquery", "google-cloud-bigquery"),
    ("google.cloud.bigquery_storage_v1", "google-cloud-bigquery-storage"),
    ("google.cloud.vision_v1p3beta1.types", "google-cloud-vision"),
    ("google.cloud.secretmanager_v1", "google-cloud-secret-manager"),
    ("google.cloud.exceptions", "google-cloud-core"),
    ("google.protobuf.json_format", "protobuf"),
    ("google.generativeai", "google-generativeai"),
    ("google.genai.types", "google-genai"),
    ("google.auth.transport.requests", "google-auth"),
    ("google.oauth2.service_account", "google-auth"),
    ("google.api_core.exceptions", "google-api-core"),
    ("googleapiclient.discovery", "google-api-python-client"),
    ("azure.storage.blob", "azure-storage-blob"),
    ("azure.identity", "azure-identity"),
    ("llama_index", "llama-index"),
    ("llama_index.core.node_parser", "llama-index-core"),
    ("llama_index.llms.openai", "llama-index-llms-openai"),
    ("airflow.providers.amazon.aws", "apache-airflow-providers-amazon"),
    ("opentelemetry.trace", "opentelemetry-api"),
    ("opentelemetry.sdk.trace", "opentelemetry-sdk"),
    ("pinecone_plugins.assistant.models.chat", "pinecone-plugin-assistant"),
]

UNKNOWN = [
    "google",
    "google.colab",
    "google.colab.drive",
    "google.cloud",
    "azure",
    "azure.storage",
    "airflow.providers",
    "detectron2.engine",
    "clip",
    "en_core_web_sm",
    "object_detection.utils",
    "utils",
    "helpers.render",
    "config",
    "my_own_module_of_this_notebook",
    "enum",
    "typing",
    "Image",
    "",
    "..sibling",
]


@pytest.mark.parametrize(("module", "distribution"), DIFFERENT_NAMES + SAME_NAMES + NAMESPACES)
def test_distribution_for(module: str, distribution: str) -> None:
    assert distribution_for(module) == distribution


@pytest.mark.parametrize("module", UNKNOWN)
def test_none_where_no_distribution_can_be_named(module: str) -> None:
    assert distribution_for(module) is None


def reviewed() -> Iterator[tuple[str, str]]:
    for module, distribution, _reason in read_rows("import_overrides.tsv"):
        if not module.endswith(".*"):
            yield module, distribution


def test_every_reviewed_row_decides() -> None:
    wrong = {
        module: answer
        for module, distribution in reviewed()
        if (answer := distribution_for(module) or "-") != distribution
    }
    assert wrong == {}


def test_the_reviewed_list_is_large_sorted_and_reasoned() -> None:
    rows = list(read_rows("import_overrides.tsv"))
    modules = [row[0] for row in rows]
    assert len(rows) >= 250
    assert modules == sorted(set(modules))
    assert [row for row in rows if len(row) != 3 or not all(field.strip() for field in row)] == []


def test_reviewed_rows_that_say_what_the_name_says_anyway_are_left_out() -> None:
    idle = [
        module
        for module, distribution in reviewed()
        if "." not in module and distribution == normalise(module) and is_known(distribution)
    ]
    assert idle == []


@pytest.mark.parametrize("table", ["imports.tsv", "import_overrides.tsv"])
def test_distributions_are_written_normalised(table: str) -> None:
    names = [row[1] for row in read_rows(table)]
    assert [name for name in names if name != normalise(name) and name != "-"] == []


def test_every_row_taken_from_pipreqs_names_a_distribution_in_use() -> None:
    rows = list(read_rows("imports.tsv"))
    assert len(rows) > 100
    assert [row for row in rows if not is_known(row[1])] == []


@pytest.mark.parametrize(
    ("distribution", "version", "month"),
    [
        ("boto3", "1.44.5", "2026-11"),
        ("Boto3", "1.44.5", "2026-11"),
        ("typing_extensions", "4.16.0", "2026-07"),
        ("certifi", None, None),  # in the table, but the survey has no version
        ("no-such-distribution-here", None, None),
    ],
)
def test_newest_version(distribution: str, version: str | None, month: str | None) -> None:
    assert newest_version(distribution) == version
    assert newest_version_date(distribution) == month


@pytest.mark.parametrize(
    ("distribution", "known"),
    [
        ("certifi", True),
        ("python-louvain", True),
        ("dopamine-rl", True),  # only in the runtime
        ("libcugraph-cu12", True),  # only in the GPU runtime
        ("google-colab", False),  # in the runtime, but on no index
        ("no-such-distribution-here", False),
    ],
)
def test_is_known(distribution: str, known: bool) -> None:
    assert is_known(distribution) is known
