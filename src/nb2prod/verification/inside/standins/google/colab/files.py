"""Stand-in for `google.colab.files`: what is handed out is kept, what is asked for lies ready.

`NB2PROD_DOWNLOADS` names the directory that downloads go to; `NB2PROD_UPLOADS` the one with a
directory for each upload, numbered in their order.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_asked = 0


def download(filename: str) -> None:
    """Keep a copy; FileNotFoundError for a file that is not there, as in Colab."""
    if not Path(filename).exists():
        raise FileNotFoundError(f"Cannot find file: {filename}")
    kept = os.environ.get("NB2PROD_DOWNLOADS")
    if kept is not None and Path(filename).is_file():
        Path(kept).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(filename, Path(kept) / Path(filename).name)


def view(filepath: str) -> None:
    """Do nothing; FileNotFoundError for a file that is not there, as in Colab."""
    if not Path(filepath).exists():
        raise FileNotFoundError(f"Cannot find file: {filepath}")


def upload(target_dir: str = "") -> dict[str, bytes]:
    """Take the files that lie ready for this upload: into the directory, and by name.

    NotImplementedError where none do: there is no browser to choose them in.
    """
    global _asked  # noqa: PLW0603 - each call takes what lies ready for it
    _asked += 1
    ready = Path(os.environ.get("NB2PROD_UPLOADS") or os.devnull, str(_asked))
    if not ready.is_dir():
        raise NotImplementedError("files.upload() needs a browser")
    taken: dict[str, bytes] = {}
    for path in sorted(ready.iterdir()):
        taken[path.name] = path.read_bytes()
        Path(target_dir, path.name).write_bytes(taken[path.name])
    return taken


def upload_file(filename: str) -> None:
    """Take the one file that lies ready under another name; errors as for `upload`."""
    for content in upload().values():
        Path(filename).write_bytes(content)
