"""Whether a notebook uses a GPU, as far as its code shows."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nb2prod.notebook.model import Notebook

_GPU_CODE = re.compile(
    r"\.cuda\(|['\"]cuda(:\d)?['\"]|\bnvidia-smi\b|cuda\.is_available"
    r"|list_physical_devices\(['\"]GPU|\bimport (cupy|cudf|cuml)\b|device_map\s*="
    r"|load_in_[48]bit\s*=\s*True"
)


def accelerator_in_code(notebook: Notebook, beside: Iterable[str]) -> str | None:
    """A notebook without metadata may still show that it uses a GPU, itself or in a file of its
    own.
    """
    texts = (*(cell.source for cell in notebook.code_cells), *beside)
    return "GPU" if any(_GPU_CODE.search(text) for text in texts) else None
