"""What `make_tables.py` writes into `cuda.json`: images, drivers, and which CUDA the frameworks'
wheels were built for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# cuDNN in NVIDIA's images, from their Dockerfiles (NV_CUDNN_VERSION) as far as those were seen;
# the inputs have its major version alone.
_CUDNN = {
    "12.3.2": "9.0.0",
    "12.4.1": "9.1.0",
    "12.5.1": "9.2.1",
    "12.6.1": "9.3.0",
    "12.6.3": "9.5.1",
    "12.8.0": "9.7.0",
    "12.8.1": "9.8.0",
}


def build_cuda(data_dir: Path, date: str) -> dict[str, Any]:
    """The table as plain values; `date` is the day the inputs were gathered."""
    images = _json(data_dir / "cuda_base_images.json")["images"]
    drivers = _json(data_dir / "cuda_drivers.json")
    torch = _json(data_dir / "torch_cuda.json")
    tensorflow = _json(data_dir / "tf_cuda.json")["tensorflow"]
    others = _json(data_dir / "other_cuda_packages.json")
    return {
        "source": "image tags: replicate/cog (Apache-2.0) and public Dockerfiles; drivers: NVIDIA's"
        " CUDA compatibility page and the names of its installers; torch, TensorFlow, JAX and"
        " those that need one torch: the metadata of their wheels, replicate/cog and the projects'"
        " own pages",
        "date": date,
        "note": "Only the cudnn-devel images are listed by the source; the other flavours follow"
        " the same pattern and were sampled. torch: cuda and cudnn are those of the default"
        " index's wheel, variants are the builds of PyTorch's own index, torchvision the version"
        " made for it. and_cuda: the cuDNN that tensorflow[and-cuda] requires. jax: the cuDNN that"
        " each of its extras with CUDA requires, empty where the wheels name no version."
        " exact_torch: the one torch that a version requires.",
        "image_template": "nvidia/cuda:{cuda}-{flavour}-ubuntu{ubuntu}",
        # "https://…/<variant> (and a remark)"
        "torch_index_template": torch["index_url"].split()[0].replace("<variant>", "{variant}"),
        "minimum_driver": {
            series.removesuffix(".x"): driver for series, driver in drivers["min_driver"].items()
        },
        "images": {
            version: {
                "cudnn_tag": image["cudnn_tag"],
                "cudnn": _CUDNN.get(version),
                "ubuntu": image["ubuntu"],
                "shipped_driver": image["shipped_driver"] or drivers["shipped_driver"].get(version),
            }
            for version, image in sorted(images.items(), key=_by_version)
        },
        "torch": {
            version: {
                "cuda": row["pypi_cuda"],
                "cudnn": row["cudnn"],
                "pythons": row["pythons"],
                "variants": sorted(row["variants"]),
                # "0.29.2 (and a remark)"
                "torchvision": (row["torchvision"] or "").partition(" ")[0] or None,
            }
            for version, row in sorted(torch["torch"].items(), key=_by_version)
        },
        "tensorflow": {
            version: {
                "cuda": row["cuda"],
                "cudnn": row["cudnn"],
                "and_cuda": _and_cuda(row["and_cuda_extra"]),
                "pythons": row["pythons"],
            }
            for version, row in sorted(tensorflow.items(), key=_by_version)
        },
        "jax": _jax(_json(data_dir / "jax_cuda.json")),
        "exact_torch": {name: dict(_exact_torch(others[name])) for name in ("vllm", "xformers")},
    }


def _and_cuda(requirements: list[str] | None) -> str | None:
    """The version of cuDNN that the extra requires: "==8.9.4.25"."""
    for requirement in requirements or []:
        name, specifier = _split(requirement)
        if name.startswith("nvidia-cudnn"):
            return specifier
    return None


def _jax(inputs: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The extras of each jax: those of the newest jaxlib that is not newer than itself."""
    libraries = sorted(inputs["jaxlib"].items(), key=_by_version)
    found: dict[str, dict[str, str]] = {}
    for item in sorted(inputs["jax"].items(), key=_by_version):
        older = [
            row for version, row in libraries if _by_version((version, 0)) <= _by_version(item)
        ]
        row = older[-1] if older else {}
        found[item[0]] = {
            extra: row[extra]["cudnn"] or "" for extra in ("cuda12", "cuda13") if extra in row
        }
    return found


def _exact_torch(versions: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for version, row in sorted(versions.items(), key=_by_version):
        for name, specifier in map(_split, row["req"]):
            if name == "torch" and specifier.startswith("=="):
                found.append((version, specifier.removeprefix("==")))
    return found


def _split(requirement: str) -> tuple[str, str]:
    """`torch (==2.0.1)` and `torch==2.0.1` as name and specifier, without markers."""
    name, specifier = re.fullmatch(r"([A-Za-z0-9._-]+)(.*)", requirement.partition(";")[0]).groups()  # type: ignore[union-attr]
    return name, specifier.strip(" ()")


def _by_version(item: tuple[str, object]) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", item[0])]


def _json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
