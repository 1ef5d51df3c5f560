"""Stand-in for `google.colab.patches`: shows an image of OpenCV's below the cell."""

from __future__ import annotations

from typing import Any


def cv2_imshow(image: Any) -> None:
    """Show an array of blue, green and red (and alpha)."""
    import cv2
    from IPython.display import Image, display

    _, png = cv2.imencode(".png", image.clip(0, 255).astype("uint8"))
    display(Image(data=png.tobytes()))
