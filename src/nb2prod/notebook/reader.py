"""From a file's bytes to a `Notebook`: any nbformat, upgraded to 4 and valid, nothing executed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from nb2prod.errors import InvalidNotebook, UnreadableNotebook
from nb2prod.notebook.beside import files_beside
from nb2prod.notebook.language import require_python
from nb2prod.notebook.model import Cell, Notebook
from nb2prod.notebook.origin import find_origin
from nb2prod.notebook.outputs import KEPT_CHARACTERS, limit_outputs
from nb2prod.notebook.text import load_json
from nb2prod.notebook.upgrade import unreadable_cells, upgraded, version_of


def read(path: str | Path) -> Notebook:
    """Read the notebook at `path`, and the files beside it that it needs.

    Raises `UnreadableNotebook` when the file cannot be opened or is not text, `InvalidNotebook`
    when it is not a notebook, and `UnsupportedLanguage` when it is written in another language than
    Python.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except IsADirectoryError:
        raise UnreadableNotebook(f"{path} is a directory, not a notebook.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableNotebook(f"{path} cannot be read: {reason}.") from None
    notebook = read_bytes(content, path.stem)
    found = files_beside(path.parent, [cell.source for cell in notebook.code_cells])
    return notebook._replace(beside=found.files, not_copied=found.refused)


def read_bytes(content: bytes, name: str) -> Notebook:
    """Read a notebook from the bytes of its file; `name` is the file's name without its ending.

    Nothing lies beside it. Raises what `read` raises.
    """
    try:
        return _read(content, name)
    except RecursionError:
        raise InvalidNotebook("The file is nested too deeply to be a notebook.") from None


def _read(content: bytes, name: str) -> Notebook:
    found = load_json(content)
    version = version_of(found)
    unreadable = unreadable_cells(found)
    document, metadata = upgraded(found)
    if len(content) > KEPT_CHARACTERS:
        limit_outputs(document)
    cells = tuple(
        Cell(
            number=number,
            kind=cell["cell_type"],
            source=cell["source"],
            metadata=cell["metadata"],
        )
        for number, cell in enumerate(document["cells"], start=1)
    )
    require_python(metadata)
    return Notebook(
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        nbformat=version,
        cells=cells,
        origin=find_origin(metadata, cells),
        metadata=metadata,
        document=document,
        unreadable=unreadable,
    )
