"""The notebooks that `lock_installs.py` locks: of several years and frameworks, and our own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import nb2prod
from nb2prod.notebook.reader import read_bytes


@dataclass(frozen=True, slots=True)
class Case:
    """A notebook: the day of its last run, what it installs, and its imports, a line each.

    `allow_build` are distributions whose code has to run to find out what they require.
    """

    name: str
    day: str
    imports: str
    installs: str = ""
    kernel: str = "colab"
    allow_build: tuple[str, ...] = ()

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
        allow_build=("pypika",),
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
