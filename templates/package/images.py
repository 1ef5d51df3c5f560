"""Images of OpenCV's that a notebook shows; a job saves them."""

from __future__ import annotations

from typing import Any

from .outputs import save


class _Picture:
    """What `save` takes for a picture."""

    def __init__(self, png: bytes) -> None:
        self._png = png

    def _repr_png_(self) -> bytes:
        return self._png


def show_image(image: Any) -> None:
    """Save an array of blue, green and red (and alpha), as Colab's `cv2_imshow` shows it."""
    import cv2

    _, png = cv2.imencode(".png", image.clip(0, 255).astype("uint8"))
    save(_Picture(png.tobytes()))
