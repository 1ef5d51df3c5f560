"""What the machines have that notebooks run on, at Colab and Kaggle.

Facts in `tables/notebook_hosts.json`, kept by hand; the source of each is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from nb2prod.data._files import read_json
from nb2prod.data.gpus import fold


@dataclass(frozen=True, slots=True)
class Host:
    """A machine of a platform: `shape` is Colab's word for one with more memory ("hm"), `gpu` is
    folded, `cpus` are logical ones and `memory_gb` is GiB, rounded.
    """

    platform: str
    shape: str | None
    gpu: str | None
    cpus: int
    memory_gb: int


def host(platform: str, shape: str | None, gpu: str | None) -> Host | None:
    """The machine that a notebook had; None for a platform that the table does not know.

    A GPU that has no row of its own is taken for one that changes nothing.
    """
    named = fold(gpu) if gpu else None
    rows = [one for one in _hosts() if one.platform == platform]
    ranked = [
        one for one in rows if one.shape in (shape, None) and (one.gpu is None or one.gpu == named)
    ]
    return max(ranked, key=lambda one: (one.gpu is not None, one.shape is not None), default=None)


@cache
def _hosts() -> tuple[Host, ...]:
    return tuple(
        Host(
            platform=row["platform"],
            shape=row["shape"],
            gpu=fold(row["gpu"]) if row["gpu"] else None,
            cpus=row["cpus"],
            memory_gb=row["memory_gb"],
        )
        for row in read_json("notebook_hosts.json")["hosts"]
    )
