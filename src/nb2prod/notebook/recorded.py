"""What a notebook's metadata record of the machine that it ran on, and when it ran.

Every value comes from a file that anybody may have edited: what has another type or form than its
platform writes is taken as not recorded. No field can hold a person's name or identifier: texts
are short words of known form, data sources are numbers.

Source of the keys: the metadata of notebooks in public use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

Metadata = Mapping[str, object]

# "hm", "T4", "2025.07", "ml.g4dn.xlarge", "common-cu110.m91".
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+ -]{0,39}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:\d{2})?")

# IPython's notebooks are younger than the first; a date after the second is a broken clock.
_EARLIEST, _LATEST = datetime(2011, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

# The times that Jupyter's servers write into a cell's `execution` (Kaggle and JupyterLab keep it).
_EXECUTION_TIMES = (
    "iopub.execute_input",
    "iopub.status.busy",
    "iopub.status.idle",
    "shell.execute_reply",
    "shell.execute_reply.started",
)
_SOURCE_KINDS = frozenset(
    {"competition", "datasetVersion", "kernelVersion", "modelInstanceVersion"}
)
_KAGGLE_GPUS = ("T4", "P100", "L4")


class DataSource(NamedTuple):
    """A data source that Kaggle attached: its kind and its number; its name is not recorded."""

    kind: str
    number: int


class Recorded(NamedTuple):
    """The records of a notebook; None and empty where there are none.

    `first_run` and `last_run` are the days, in UTC, of the oldest and the newest execution that is
    recorded ("2024-05-31"). `machine_shape` is Colab's ("hm", high memory) or SageMaker's instance
    type; `runtime_version` Colab's ("2025.07") or the name of a Vertex AI environment;
    `docker_image` Kaggle's number of its image; `internet` whether Kaggle let the notebook out.
    """

    first_run: str | None
    last_run: str | None
    accelerator: str | None
    gpu_type: str | None
    machine_shape: str | None
    runtime_version: str | None
    docker_image: int | None
    internet: bool | None
    data_sources: tuple[DataSource, ...]


def recorded(metadata: Metadata, cells: Iterable[Metadata]) -> Recorded:
    """The records in a notebook's metadata and in those of its cells."""
    kaggle, colab = part(metadata, "kaggle"), part(metadata, "colab")
    days = sorted(_times(metadata, cells))
    internet = kaggle.get("isInternetEnabled")
    return Recorded(
        first_run=days[0].date().isoformat() if days else None,
        last_run=days[-1].date().isoformat() if days else None,
        accelerator=accelerator(metadata),
        gpu_type=gpu_type(metadata),
        machine_shape=_word(colab.get("machine_shape")) or _instance_type(metadata),
        runtime_version=_word(part(colab, "runtime_attributes").get("runtime_version"))
        or _word(part(metadata, "environment").get("name")),
        docker_image=_number(kaggle.get("dockerImageVersionId")),
        internet=internet if isinstance(internet, bool) else None,
        data_sources=tuple(_data_sources(kaggle.get("dataSources"))),
    )


def accelerator(metadata: Metadata) -> str | None:
    """What Colab or Kaggle recorded: "GPU", "TPU", or None for a CPU runtime."""
    kaggle = part(metadata, "kaggle")
    value = metadata.get("accelerator")
    if value is None:
        value = kaggle.get("accelerator")
    text = value.lower() if isinstance(value, str) else ""
    if text.startswith("tpu"):
        return "TPU"
    enabled = kaggle.get("isGpuEnabled") is True
    return "GPU" if enabled or text == "gpu" or text.startswith("nvidia") else None


def gpu_type(metadata: Metadata) -> str | None:
    """The GPU's short name where the metadata name one ("T4", "A100").

    Colab keeps the last choice of a GPU when the runtime is another, and TPUs under the same key.
    """
    if "accelerator" in metadata and accelerator(metadata) != "GPU":
        return None
    colab = _word(part(metadata, "colab").get("gpuType"))
    if colab is not None:
        return colab
    kaggle = part(metadata, "kaggle").get("accelerator")
    if isinstance(kaggle, str):
        return next((model for model in _KAGGLE_GPUS if model in kaggle), None)
    return None


def part(metadata: Metadata, key: str) -> Metadata:
    """The object under a key; an empty one where there is none or something else."""
    value = metadata.get(key)
    return value if isinstance(value, Mapping) else {}


def _instance_type(metadata: Metadata) -> str | None:
    value = _word(metadata.get("instance_type"))
    return value if value is not None and value.startswith("ml.") else None


def _data_sources(value: object) -> Iterator[DataSource]:
    for source in value if isinstance(value, list) else []:
        if isinstance(source, Mapping):
            kind, number = source.get("sourceType"), _number(source.get("sourceId"))
            if isinstance(kind, str) and kind in _SOURCE_KINDS and number is not None:
                yield DataSource(kind, number)


def _times(metadata: Metadata, cells: Iterable[Metadata]) -> Iterator[datetime]:
    """All moments of execution: Papermill's, Colab's, Jupyter's, and those of ExecuteTime."""
    yield from _intervals(part(metadata, "papermill"))
    for cell in cells:
        yield from _intervals(part(cell, "papermill"))
        yield from _intervals(part(cell, "ExecuteTime"))
        execution = part(cell, "execution")
        for key in _EXECUTION_TIMES:
            yield from _moment(execution.get(key))
        yield from _milliseconds(part(cell, "executionInfo").get("timestamp"))


def _intervals(values: Metadata) -> Iterator[datetime]:
    for key in ("start_time", "end_time"):
        yield from _moment(values.get(key))


def _moment(value: object) -> Iterator[datetime]:
    """A time as ISO 8601 writes it; without a zone it is UTC, which all of these tools mean."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return
    try:
        found = datetime.fromisoformat(value)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):  # the 31st of June; a zone that leaves year 9999
        return
    if _EARLIEST <= found < _LATEST:
        yield found


def _milliseconds(value: object) -> Iterator[datetime]:
    earliest, latest = _EARLIEST.timestamp() * 1000, _LATEST.timestamp() * 1000
    if isinstance(value, int | float) and earliest <= value < latest:
        yield datetime.fromtimestamp(value / 1000, UTC)


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and _WORD.fullmatch(value) else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
