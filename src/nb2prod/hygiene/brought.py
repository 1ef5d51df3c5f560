"""What well-known distributions bring along, so that nobody declares it besides.

Source: the requirements in the metadata of their releases, those that have stood there for years.
"""

from __future__ import annotations

from collections.abc import Iterable

# Whatever runs a notebook has these.
_ALWAYS = frozenset(
    "ipykernel ipython jupyter-client jupyter-core pip setuptools traitlets".split()
)
_BRINGS = {
    distribution: frozenset(brought.split())
    for distribution, brought in {
        "accelerate": "torch",
        "altair": "pandas",
        "apache-beam": "numpy pyarrow",
        "catboost": "matplotlib pandas plotly scipy",
        "dask": "pyyaml fsspec",
        "datasets": "fsspec huggingface-hub pandas pyarrow requests tqdm",
        "diffusers": "huggingface-hub numpy pillow requests",
        "fastai": "fastcore matplotlib pandas pyyaml requests scikit-learn torchvision",
        "gensim": "scipy smart-open",
        "geopandas": "pandas pyproj shapely",
        "gradio": "numpy pandas pillow pyyaml requests",
        "huggingface-hub": "fsspec pyyaml requests tqdm",
        "imageio": "numpy pillow",
        "jupyter": "ipywidgets notebook",
        "keras": "h5py numpy",
        "librosa": "joblib numpy scikit-learn soundfile",
        "lightgbm": "scipy",
        "lightning": "pytorch-lightning",
        "matplotlib": "numpy pillow python-dateutil",
        "nltk": "joblib regex tqdm",
        "notebook": "jupyterlab",
        "opencv-contrib-python": "numpy",
        "opencv-python": "numpy",
        "opencv-python-headless": "numpy",
        "optuna": "numpy pyyaml sqlalchemy tqdm",
        "pandas": "numpy python-dateutil pytz",
        "peft": "accelerate transformers",
        "plotnine": "matplotlib pandas statsmodels",
        "pytorch-lightning": "torch torchmetrics tqdm pyyaml",
        "scikit-image": "imageio networkx pillow scipy",
        "scikit-learn": "joblib numpy scipy threadpoolctl",
        "scipy": "numpy",
        "seaborn": "matplotlib pandas",
        "sentence-transformers": "scikit-learn torch transformers",
        "shap": "numba pandas scikit-learn tqdm",
        "spacy": "numpy requests srsly thinc tqdm",
        "statsmodels": "pandas patsy scipy",
        "streamlit": "altair numpy pandas pillow requests",
        "tensorflow": "absl-py h5py keras numpy protobuf requests six tensorboard",
        "tensorflow-datasets": "absl-py numpy requests tqdm",
        "timm": "torchvision huggingface-hub",
        "torch": "jinja2 networkx numpy sympy typing-extensions",
        "torchaudio": "torch",
        "torchmetrics": "torch",
        "torchvision": "numpy pillow torch",
        "transformers": "huggingface-hub numpy pyyaml regex requests safetensors tokenizers tqdm",
        "trl": "accelerate datasets transformers",
        "ultralytics": "matplotlib opencv-python pandas pyyaml requests torchvision tqdm",
        "xarray": "pandas",
        "xgboost": "scipy",
        "yfinance": "beautifulsoup4 pandas requests",
    }.items()
}


def with_brought(names: Iterable[str]) -> frozenset[str]:
    """The distributions, by normalised names, with all that they are known to bring along."""
    found = set(names) | _ALWAYS
    waiting = list(found)
    while waiting:
        new = _BRINGS.get(waiting.pop(), frozenset()) - found
        found |= new
        waiting += new
    return frozenset(found)
