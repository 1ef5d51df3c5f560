"""Directories of platforms other than Colab and Kaggle, and of whoever runs the notebook."""

from __future__ import annotations

from collections.abc import Callable

import pytest

WORK, DATA, HOME = "{config.work_dir}", "{config.data_dir}", "{pathlib.Path.home()}"


@pytest.mark.parametrize(
    ("platform", "path", "becomes"),
    [
        ("sagemaker", "/home/ec2-user/SageMaker/a", f"{WORK}/a"),
        ("sagemaker", "/home/ec2-user/a", f"{HOME}/a"),
        ("sagemaker", "/home/sagemaker-user/a", f"{HOME}/a"),
        ("sagemaker", "/root/a", f"{HOME}/a"),
        ("vertex", "/home/jupyter/a", f"{HOME}/a"),
        ("databricks", "/dbfs/FileStore/a", f"{DATA}/FileStore/a"),
        ("databricks", "dbfs:/FileStore/a", f"{DATA}/FileStore/a"),
        ("databricks", "/Volumes/main/a", f"{DATA}/Volumes/main/a"),
        ("paperspace", "/notebooks/a", f"{WORK}/a"),
        ("paperspace", "/storage/a", f"{DATA}/a"),
        ("paperspace", "/datasets/mnist/a", f"{DATA}/datasets/mnist/a"),
        ("jupyter", "/home/jovyan/work/a", f"{WORK}/a"),
        ("jupyter", "/home/jovyan/a", f"{HOME}/a"),
        ("colab", "/root/a", f"{HOME}/a"),
    ],
)
def test_becomes(body_of: Callable[..., str], platform: str, path: str, becomes: str) -> None:
    assert body_of(f"p = '{path}'", platform=platform) == f'p = f"{becomes}"'


@pytest.mark.parametrize(
    ("platform", "path"),
    [
        # elsewhere these are directories like any other
        ("jupyter", "/root/a"),
        ("jupyter", "/storage/a"),
        ("colab", "/datasets/a"),
        ("vertex", "/notebooks/a"),
        ("jupyter", "/Volumes/a"),
        ("paperspace", "/storage2/a"),
        ("databricks", "https://a.example.invalid/dbfs/a"),
    ],
)
def test_stays(body_of: Callable[..., str], platform: str, path: str) -> None:
    assert body_of(f"p = '{path}'", platform=platform) == f'p = "{path}"'
