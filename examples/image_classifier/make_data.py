"""Write shapes.npz and classes.txt, the made-up camera pictures that the notebook reads.

Run it without arguments to write into `drive/MyDrive/shapes` beside this file, or with one
directory to write there instead. The same bytes come out each time: the only source of chance is
`random.Random(SEED).random()`, the one method whose sequence Python promises to keep, and the
arrays are stored as they are, without a compressor whose output depends on its version.
"""

from __future__ import annotations

import math
import random
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

SEED = 1871
PICTURES = 640
SIDE = 20
CLASSES = ("circle", "cross", "square", "triangle")
MISLABELLED = 0.015
TARGET = Path(__file__).parent / "drive" / "MyDrive" / "shapes"


def inside(name: str, x: float, y: float) -> bool:
    """Say whether a point lies within the shape of that name, which has about the size 1."""
    if name == "circle":
        return x * x + y * y < 1.0
    if name == "cross":
        return min(abs(x), abs(y)) < 0.34 and max(abs(x), abs(y)) < 1.05
    if name == "square":
        return max(abs(x), abs(y)) < 0.84
    return -0.62 < y < 1.1 and abs(x) < 0.62 * (1.1 - y)


def picture(rng: random.Random, name: str) -> bytes:
    """Return SIDE * SIDE grey values: a shape, turned and moved, with dust and noise on it."""
    angle = 2 * math.pi * rng.random()
    size = 5.0 + 3.4 * rng.random()
    left, top = (SIDE / 2 + 5.0 * (rng.random() - 0.5) for _ in range(2))
    ground = 40 + 65 * rng.random()
    light = ground + 60 + 75 * rng.random()
    slope = 3.5 * (rng.random() - 0.5)
    if rng.random() < 0.3:
        ground, light = light, ground
    values = bytearray()
    for row in range(SIDE):
        for column in range(SIDE):
            x, y = (column + 0.5 - left) / size, (row + 0.5 - top) / size
            turned = x * math.cos(angle) + y * math.sin(angle)
            across = y * math.cos(angle) - x * math.sin(angle)
            value = light if inside(name, turned, across) else ground
            # The sum of three draws is near enough to what a small sensor does.
            noise = rng.random() + rng.random() + rng.random() - 1.5
            values.append(max(0, min(255, int(value + slope * (column - SIDE / 2) + 20 * noise))))
    return bytes(values)


def npy(data: bytes, kind: str, shape: Sequence[int]) -> bytes:
    """Return an array in NumPy's own format, version 1.0, from its data in C order."""
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {tuple(shape)}, }}".encode()
    # Magic, version, length and header together fill a multiple of 64 bytes.
    header += b" " * (-(10 + len(header) + 1) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


def write(directory: Path) -> None:
    """Write both files into `directory`; OSError when that is not possible."""
    rng = random.Random(SEED)
    pictures, labels = bytearray(), bytearray()
    for _ in range(PICTURES):
        label = int(rng.random() * len(CLASSES))
        pictures += picture(rng, CLASSES[label])
        if rng.random() < MISLABELLED:
            label = int(rng.random() * len(CLASSES))
        labels.append(label)
    directory.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(directory / "shapes.npz", "w") as archive:
        arrays = {
            "images.npy": npy(bytes(pictures), "|u1", (PICTURES, SIDE, SIDE)),
            "labels.npy": npy(bytes(labels), "|u1", (PICTURES,)),
        }
        for name, data in arrays.items():
            info = zipfile.ZipInfo(name)
            info.create_system = 3  # else it would say which system wrote it
            archive.writestr(info, data)
    (directory / "classes.txt").write_text("\n".join(CLASSES) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
