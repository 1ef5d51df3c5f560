"""Describes what files hold: `start.py load REQUEST`, a JSON list of paths; prints one JSON list.

A process of its own: a pickle runs code while it is loaded, which is the notebook's own.
"""

from __future__ import annotations

import gzip
import json
import os
import pickle
import sqlite3
import sys
import zipfile
from typing import TYPE_CHECKING, Any

from .values import Describer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def main(arguments: Sequence[str]) -> int:
    """Describe the files of the request; null for one that no loader here can read."""
    with open(arguments[0], encoding="utf-8") as file:
        request: dict[str, Any] = json.load(file)
    answers = [_described(path, request["own"]) for path in request["paths"]]
    with open(request["answer"], "w", encoding="utf-8", errors="surrogatepass") as file:
        json.dump(answers, file)
    return 0


def _described(path: str, own: str) -> dict[str, Any] | None:
    ending = os.path.splitext(path)[1].lower()
    loader = _LOADERS.get(ending)
    if loader is None:
        return None
    try:
        return Describer(own).describe(loader(path))
    except Exception as error:  # noqa: BLE001 - a file may hold anything
        sys.stderr.write(f"{path}: {type(error).__name__}: {error}\n")
        return None


def _numpy(path: str) -> Any:
    import numpy

    loaded = numpy.load(path, allow_pickle=True)
    return {name: loaded[name] for name in loaded.files} if hasattr(loaded, "files") else loaded


def _pickle(path: str) -> Any:
    with open(path, "rb") as file:
        return pickle.load(file)


def _joblib(path: str) -> Any:
    import joblib  # type: ignore[import-untyped, unused-ignore]

    return joblib.load(path)


def _torch(path: str) -> Any:
    import torch  # type: ignore[import-not-found, unused-ignore]

    return torch.load(path, map_location="cpu", weights_only=False)


def _safetensors(path: str) -> Any:
    from safetensors.numpy import load_file  # type: ignore[import-not-found, unused-ignore]

    return load_file(path)


def _parquet(path: str) -> Any:
    import pandas

    return pandas.read_parquet(path)


def _feather(path: str) -> Any:
    import pandas

    return pandas.read_feather(path)


def _excel(path: str) -> Any:
    import pandas

    return pandas.read_excel(path, sheet_name=None)


def _hdf(path: str) -> Any:
    import h5py  # type: ignore[import-not-found, unused-ignore]

    found: dict[str, Any] = {}

    def keep(name: str, item: Any) -> None:
        found[name] = (dict(item.attrs), item[()] if hasattr(item, "shape") else None)

    with h5py.File(path, "r") as file:
        file.visititems(keep)
    return found


def _sqlite(path: str) -> Any:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def _zip(path: str) -> Any:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in sorted(archive.namelist())}


def _gzip(path: str) -> Any:
    with gzip.open(path, "rb") as file:
        return file.read()


_LOADERS: dict[str, Callable[[str], Any]] = {
    ".npy": _numpy,
    ".npz": _numpy,
    ".pkl": _pickle,
    ".pickle": _pickle,
    ".joblib": _joblib,
    ".pt": _torch,
    ".pth": _torch,
    ".safetensors": _safetensors,
    ".parquet": _parquet,
    ".feather": _feather,
    ".xlsx": _excel,
    ".h5": _hdf,
    ".hdf5": _hdf,
    ".keras": _zip,
    ".zip": _zip,
    ".gz": _gzip,
    ".db": _sqlite,
    ".sqlite": _sqlite,
    ".sqlite3": _sqlite,
}
