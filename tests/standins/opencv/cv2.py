"""What a shown image asks of OpenCV, by Pillow: arrays are blue, green, red."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image


def imencode(ending: str, array: Any) -> tuple[bool, Any]:
    """The array as the bytes of a file, in an array."""
    if array.dtype != np.uint8:
        raise TypeError(f"OpenCV encodes bytes, not {array.dtype}")
    written = io.BytesIO()
    Image.fromarray(array[..., ::-1]).save(written, ending.removeprefix("."))
    return True, np.frombuffer(written.getvalue(), np.uint8)
