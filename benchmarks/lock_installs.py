"""Whether locks install and their packages import: `python benchmarks/lock_installs.py [NAME...]`.

Plans and locks notebooks of our own, of several years and frameworks, with the package index that
uv is told of; installs each lock into a clean environment as the generated Dockerfile does it, runs
the notebook's import statements there, and prints the table of docs/benchmarks.md. The Python is
one at hand (pyenv's, or what else uv finds): where it has another patch version than the project's,
the table says so. System packages are this machine's.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from uv import find_uv_bin

import nb2prod
from nb2prod.core import lock
from nb2prod.migration import Migration
from nb2prod.notebook.reader import read_bytes
from nb2prod.project.files import render

_TIMEOUT_S = 1800
# How much of an error is shown.
_MOST_LINES = 2


@dataclass(frozen=True, slots=True)
class Case:
    """A notebook: the day of its last run, what it installs, and its imports, a line each."""

    name: str
    day: str
    imports: str
    installs: str = ""
    kernel: str = "colab"

    @property
    def statements(self) -> tuple[str, ...]:
        """The import statements."""
        return tuple(self.imports.strip().splitlines())

    def notebook(self) -> nb2prod.Notebook:
        """The notebook, as Colab saves it, or JupyterLab with the Python that `kernel` names."""
        cells = [text for text in (self.installs, "\n".join(self.statements)) if text]
        document = {
            "cells": [self._cell(number, text) for number, text in enumerate(cells, 1)],
            "metadata": self._metadata(),
            "nbformat": 4,
            "nbformat_minor": 4,
        }
        return read_bytes(json.dumps(document).encode(), self.name)

    def _cell(self, number: int, source: str) -> dict[str, Any]:
        moment = datetime.fromisoformat(f"{self.day}T12:00:00").replace(tzinfo=UTC)
        metadata: dict[str, Any] = {
            "executionInfo": {"status": "ok", "timestamp": int(moment.timestamp() * 1000)}
        }
        if self.kernel != "colab":
            metadata = {"execution": {"shell.execute_reply": moment.isoformat()}}
        return {
            "cell_type": "code",
            "execution_count": number,
            "metadata": metadata,
            "outputs": [],
            "source": source,
        }

    def _metadata(self) -> dict[str, Any]:
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        if self.kernel == "colab":
            return {**kernel, "colab": {"provenance": []}}
        return {**kernel, "language_info": {"name": "python", "version": self.kernel}}


@dataclass(frozen=True, slots=True)
class Installed:
    """What came of one lock: the Python that was used, how long the installation took, and the
    statement that failed with its error, "" where all ran.
    """

    python: str
    seconds: float
    failed: str


CASES = (
    Case(
        "customer tables",
        "2022-10-12",
        """
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
""",
    ),
    Case(
        "digits with Keras",
        "2023-02-15",
        """
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
from tensorflow.keras import layers
""",
    ),
    Case(
        "counting cells",
        "2023-08-20",
        """
import cv2
import imutils
import numpy as np
from PIL import Image
from scipy import ndimage
from skimage.feature import peak_local_max
from skimage.segmentation import watershed
""",
        "!pip install -q imutils",
    ),
    Case(
        "languages and topics",
        "2023-12-05",
        """
import nltk
import pandas as pd
import spacy
from gensim.models import Word2Vec
from langdetect import detect
""",
        "!pip install langdetect",
    ),
    Case(
        "small networks in JAX",
        "2024-03-10",
        """
import flax.linen as nn
import jax
import jax.numpy as jnp
import optax
from flax.training import train_state
""",
    ),
    Case(
        "questions to documents",
        "2024-06-11",
        """
import chromadb
import openai
import tiktoken
from langchain.text_splitter import RecursiveCharacterTextSplitter
from langchain_community.vectorstores import Chroma
from langchain_openai import OpenAIEmbeddings
""",
        "!pip install langchain==0.2.3 langchain-community==0.2.4 langchain-openai==0.1.8\n"
        "!pip install chromadb==0.5.0 tiktoken openai",
    ),
    Case(
        "boosted trees",
        "2024-10-02",
        """
import catboost
import lightgbm as lgb
import optuna
import xgboost as xgb
from sklearn.metrics import roc_auc_score
""",
        "%pip install catboost optuna lightgbm xgboost",
    ),
    Case(
        "flowers with Keras 3",
        "2025-05-20",
        """
import keras
import pandas as pd
import tensorflow as tf
from keras import layers
from sklearn.preprocessing import StandardScaler
""",
    ),
    Case(
        "columns on a laptop",
        "2025-09-30",
        """
import duckdb
import polars as pl
import pyarrow.parquet as pq
import altair as alt
""",
        "%pip install polars duckdb",
        kernel="3.13.0",
    ),
    Case(
        "a classifier in PyTorch",
        "2026-01-20",
        """
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader
from torchvision import transforms
""",
    ),
    Case(
        "forecasts",
        "2026-05-12",
        """
import pandas as pd
import plotly.express as px
import statsmodels.api as sm
from prophet import Prophet
from statsmodels.tsa.arima.model import ARIMA
""",
    ),
    Case(
        "an agent at a pole",
        "2026-11-10",
        """
import gym
import matplotlib.pyplot as plt
import numpy as np
from docopt import docopt
""",
        "!pip install docopt gym==0.26.2",
    ),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Lock and install, one at a time, and print a row for each; 1 where one failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="only the notebooks so called")
    names = parser.parse_args(arguments).names
    print("| notebook | day | Python: wanted, used | packages | lock | install | imported |")
    print("|---|---|---|---|---|---|---|")
    failures: list[str] = []
    for case in CASES:
        if names and case.name not in names:
            continue
        with tempfile.TemporaryDirectory(prefix="nb2prod-installs-") as folder:
            # An answer of before would take no time.
            os.environ["NB2PROD_CACHE_DIR"] = str(Path(folder, "cache"))
            print(_row(case, Path(folder), failures), flush=True)
    print("".join(f"\n- {text}" for text in failures), end="\n" if failures else "")
    return 1 if failures else 0


def _row(case: Case, folder: Path, failures: list[str]) -> str:
    started = time.monotonic()
    migration = lock(nb2prod.plan(case.notebook()))
    seconds = time.monotonic() - started
    wanted = migration.environment.python.version
    shown = f"| {case.name} | {case.day} | {wanted}"
    if migration.lock.mode != "locked":
        failures.append(f"{case.name}: {migration.lock.mode}: {migration.lock.reason}")
        return f"{shown} | | {seconds:.0f} s | | {migration.lock.mode} |"
    if not migration.lock.complete:
        failures.append(f"{case.name}: {migration.lock.reason}")
    done = install(migration, case.statements, folder)
    if done.failed:
        failures.append(f"{case.name}: {done.failed}")
    source = len(migration.lock.from_source)
    packages = f"{len(migration.lock.versions)}{f', {source} from source' if source else ''}"
    number = len(case.statements)
    return (
        f"{shown}, {done.python} | {packages} | {seconds:.0f} s | {done.seconds:.0f} s"
        f" | {'no' if done.failed else f'{number} of {number}'} |"
    )


def install(migration: Migration, statements: Sequence[str], folder: Path) -> Installed:
    """Install a lock into a new environment in `folder`, as the generated Dockerfile does it, and
    run import statements there.
    """
    environment = _environment()
    wanted = migration.environment.python
    (folder / "requirements.lock").write_bytes(render(migration)["requirements.lock"])
    python = folder / "venv" / "bin" / "python"
    for version in (wanted.version, wanted.minor):
        made = _run([find_uv_bin(), "venv", "--python", version, "venv"], folder, environment)
        if made.returncode == 0:
            break
    else:
        return Installed("none", 0, f"there is no Python {wanted.minor} at hand")
    version_of = "import platform; print(platform.python_version())"
    used = _run([python, "-c", version_of], folder, environment)
    command: list[str | Path] = [
        find_uv_bin(),
        "pip",
        "install",
        "--python",
        python,
        "-r",
        "requirements.lock",
    ]
    if migration.lock.complete:
        command += ["--require-hashes"]
    if migration.lock.from_source and migration.lock.exclude_newer is not None:
        # What source distributions are built with is of the same day as they are.
        command += ["--exclude-newer", migration.lock.exclude_newer]
    started = time.monotonic()
    done = _run(command, folder, environment)
    seconds = time.monotonic() - started
    failed = _told(done) if done.returncode != 0 else _imported(python, statements, folder)
    return Installed(used.stdout.strip(), seconds, failed)


def _imported(python: Path, statements: Sequence[str], folder: Path) -> str:
    """Why the statements do not run there, one after another in one process; "" where they do."""
    done = _run([python, "-c", "\n".join(statements)], folder, _environment())
    return _told(done) if done.returncode != 0 else ""


def _told(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return " / ".join(lines[-_MOST_LINES:]) or f"exit code {done.returncode}"


def _environment() -> dict[str, str]:
    """This process's, without what would let its own packages be found, and with pyenv's Pythons;
    nothing is taken from uv's cache, as in an image's build.
    """
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    pythons = [str(path) for path in sorted(root.glob("versions/*/bin"))]
    paths = os.pathsep.join([*pythons, os.environ.get("PATH", "")])
    return {**kept, "PATH": paths, "UV_NO_CACHE": "1", "UV_PYTHON_DOWNLOADS": "never"}


def _run(
    command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=_TIMEOUT_S,
        check=False,
    )


if __name__ == "__main__":
    sys.exit(main())
