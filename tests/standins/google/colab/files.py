"""Stand-in for `google.colab.files`: downloads go nowhere, uploads are refused."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn


def download(filename: str) -> None:
    """Do nothing and print nothing; FileNotFoundError for a file that is not there, as in Colab."""
    if not Path(filename).exists():
        raise FileNotFoundError(f"Cannot find file: {filename}")


def view(filepath: str) -> None:
    """Do nothing and print nothing; FileNotFoundError for a file that is not there, as in Colab."""
    download(filepath)


def upload() -> NoReturn:
    """Raise NotImplementedError: there is no browser to choose files in."""
    raise NotImplementedError("files.upload() needs a browser")


def upload_file(filename: str) -> NoReturn:
    """Raise NotImplementedError: there is no browser to choose a file in."""
    raise NotImplementedError(f"files.upload_file({filename!r}) needs a browser")
