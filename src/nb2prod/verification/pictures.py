"""Pictures, compared by their pixels."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from nb2prod.verification.model import Tolerance

if TYPE_CHECKING:
    from PIL.Image import Image

# One picture may be drawn larger than the other (a screen with more pixels). Scaled to one size
# their edges differ, so squares of so many pixels are compared by their brightness, out of 255.
_SQUARE = 8
_APART = 24.0


def picture_difference(one: bytes, other: bytes, tolerance: Tolerance) -> str | None:
    """In what two pictures differ, in words; None where they agree. Not a picture: says so."""
    if one == other:
        return None
    import numpy
    from PIL import Image, UnidentifiedImageError

    try:
        first, second = (Image.open(io.BytesIO(data)).convert("RGBA") for data in (one, other))
    except (UnidentifiedImageError, OSError, ValueError):
        return "its bytes differ, and one of them is no picture that can be read"
    if first.size != second.size:
        return _scaled_difference(first, second)
    apart = numpy.abs(
        numpy.asarray(first, dtype="int16") - numpy.asarray(second, dtype="int16")
    ).max(axis=2)
    share = float((apart > tolerance.shade).mean())
    if share <= tolerance.pixels:
        return None
    return f"{share:.1%} of the pixels differ"


def _scaled_difference(first: Image, second: Image) -> str | None:
    import numpy
    from PIL import Image

    sizes = f"{first.width}x{first.height} and {second.width}x{second.height} pixels"
    small, large = sorted((first, second), key=lambda image: image.width)
    scale = large.width / small.width
    if abs(large.height / scale - small.height) > 3:
        return f"they have {sizes}"
    fitted = large.resize(small.size, Image.Resampling.BOX)
    shades = [_brightness(image) for image in (small, fitted)]
    apart = float(numpy.abs(shades[0] - shades[1]).max())
    return None if apart <= _APART else f"they have {sizes}, and differ"


def _brightness(image: Image) -> Any:
    """The mean of each square, in each channel."""
    import numpy

    values = numpy.asarray(image, dtype="float64")
    rows, columns = (length - length % _SQUARE for length in values.shape[:2])
    squares = values[:rows, :columns].reshape(
        rows // _SQUARE, _SQUARE, columns // _SQUARE, _SQUARE, -1
    )
    return squares.mean(axis=(1, 3))
