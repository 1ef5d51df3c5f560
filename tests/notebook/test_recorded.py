"""What metadata record of the machine and the day of a run."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod import plan
from nb2prod.inspection import inspection
from nb2prod.notebook.reader import read_bytes
from nb2prod.notebook.recorded import DataSource, Recorded, recorded

Json = dict[str, Any]


@pytest.mark.parametrize(
    ("metadata", "cell", "first", "last"),
    [
        ({}, {}, None, None),
        # Colab: milliseconds; the first day that could be, the last, and those around them.
        ({}, {"executionInfo": {"timestamp": 1760894980311}}, "2025-10-19", "2025-10-19"),
        ({}, {"executionInfo": {"timestamp": 1293840000000}}, "2011-01-01", "2011-01-01"),
        ({}, {"executionInfo": {"timestamp": 1293839999999}}, None, None),
        ({}, {"executionInfo": {"timestamp": 4102444799999}}, "2099-12-31", "2099-12-31"),
        ({}, {"executionInfo": {"timestamp": 4102444800000}}, None, None),
        ({}, {"executionInfo": {"timestamp": "1760894980311"}}, None, None),
        ({}, {"executionInfo": {"timestamp": True}}, None, None),
        ({}, {"executionInfo": {"timestamp": float("inf")}}, None, None),
        ({}, {"executionInfo": 5}, None, None),
        # Jupyter's servers, and so Kaggle
        (
            {},
            {"execution": {"iopub.execute_input": "2023-12-14T15:58:15.069487Z"}},
            "2023-12-14",
            "2023-12-14",
        ),
        (
            {},
            {
                "execution": {
                    "iopub.status.busy": "2023-12-14T23:58:15.069013Z",
                    "shell.execute_reply": "2023-12-15T00:01:27.566129Z",
                }
            },
            "2023-12-14",
            "2023-12-15",
        ),
        # ExecuteTime, and Papermill on the notebook and on cells; without a zone it is UTC
        (
            {},
            {"ExecuteTime": {"start_time": "2019-11-20T15:59:45Z", "end_time": "nonsense"}},
            "2019-11-20",
            "2019-11-20",
        ),
        (
            {"papermill": {"start_time": "2021-04-16T15:13:27.989545", "end_time": None}},
            {"papermill": {"end_time": "2021-04-18T00:00:00"}},
            "2021-04-16",
            "2021-04-18",
        ),
        # days are UTC's
        (
            {},
            {"execution": {"iopub.execute_input": "2024-01-01T01:00:00+05:30"}},
            "2023-12-31",
            "2023-12-31",
        ),
        # days that are none
        ({"papermill": {"start_time": "2021-06-31T00:00:00"}}, {}, None, None),
        ({"papermill": {"start_time": "9999-12-31T23:59:59-23:00"}}, {}, None, None),
        ({"papermill": {"start_time": "0001-01-01T00:00:00+23:00"}}, {}, None, None),
        ({"papermill": {"start_time": "2021-04-16"}}, {}, None, None),
        ({"papermill": {"start_time": "1970-01-01T00:00:00"}}, {}, None, None),
    ],
)
def test_the_days_of_the_runs(
    metadata: Json, cell: Json, first: str | None, last: str | None
) -> None:
    found = recorded(metadata, [{}, cell])
    assert (found.first_run, found.last_run) == (first, last)


def test_the_oldest_and_the_newest_of_all_cells() -> None:
    stamps = [1700000000000, 1500000000000, 1600000000000]
    cells = [{"executionInfo": {"timestamp": stamp}} for stamp in stamps]
    found = recorded({}, cells)
    assert (found.first_run, found.last_run) == ("2017-07-14", "2023-11-14")


def test_a_colab_notebook() -> None:
    metadata = {
        "accelerator": "GPU",
        "colab": {
            "gpuType": "A100",
            "machine_shape": "hm",
            "runtime_attributes": {"runtime_version": "2025.07"},
        },
    }
    assert recorded(metadata, []) == Recorded(
        None, None, "GPU", "A100", "hm", "2025.07", None, None, ()
    )


def test_a_kaggle_notebook() -> None:
    metadata = {
        "kaggle": {
            "accelerator": "nvidiaTeslaT4",
            "dataSources": [
                {"sourceType": "competition", "sourceId": 10, "databundleVersionId": 3},
                {"sourceType": "datasetVersion", "sourceId": 20, "datasetId": 2},
                {"sourceType": "datasetVersion", "sourceId": "owner/name"},
                {"sourceType": "unheard", "sourceId": 5},
                {"sourceType": []},
                "text",
            ],
            "dockerImageVersionId": 31259,
            "isInternetEnabled": False,
        }
    }
    sources = (DataSource("competition", 10), DataSource("datasetVersion", 20))
    assert recorded(metadata, []) == Recorded(
        None, None, "GPU", "T4", None, None, 31259, False, sources
    )


@pytest.mark.parametrize(
    ("metadata", "shape", "runtime"),
    [
        ({"instance_type": "ml.g4dn.xlarge"}, "ml.g4dn.xlarge", None),
        ({"instance_type": "large"}, None, None),
        ({"environment": {"name": "common-cu110.m91"}}, None, "common-cu110.m91"),
        ({"environment": {"name": "/home/somebody/env"}}, None, None),
        ({"environment": {"name": "a" * 41}}, None, None),
        ({"colab": {"machine_shape": "a\nb"}}, None, None),
        ({"colab": {"machine_shape": ["hm"], "runtime_attributes": "2025.07"}}, None, None),
    ],
)
def test_words_of_other_platforms_and_texts_that_are_no_words(
    metadata: Json, shape: str | None, runtime: str | None
) -> None:
    found = recorded(metadata, [])
    assert (found.machine_shape, found.runtime_version) == (shape, runtime)


KEYS = (
    "accelerator colab kaggle papermill environment instance_type executionInfo timestamp execution"
    " ExecuteTime start_time end_time iopub.execute_input gpuType machine_shape runtime_attributes"
    " runtime_version dataSources sourceType sourceId dockerImageVersionId isInternetEnabled"
).split()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=8)
    ),
    max_leaves=20,
)
OBJECTS = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8)


@given(OBJECTS, st.lists(OBJECTS, max_size=3))
def test_values_of_any_type_are_taken(metadata: Json, cells: list[Json]) -> None:
    found = recorded(metadata, cells)
    assert found.accelerator in (None, "GPU", "TPU")
    assert (found.first_run is None) == (found.last_run is None)


def test_inspect_shows_it() -> None:
    cell = {
        "cell_type": "code",
        "source": "x = 1",
        "metadata": {"executionInfo": {"timestamp": 1760894980311}},
    }
    metadata = {
        "kaggle": {"dataSources": [{"sourceType": "competition", "sourceId": 7}]},
        "colab": {"machine_shape": "hm"},
    }
    document = {"nbformat": 4, "nbformat_minor": 4, "cells": [cell], "metadata": metadata}
    shown = inspection(plan(read_bytes(json.dumps(document).encode(), "a")))
    assert shown["recorded"] == {
        "first_run": "2025-10-19",
        "last_run": "2025-10-19",
        "accelerator": None,
        "gpu_type": None,
        "machine_shape": "hm",
        "runtime_version": None,
        "docker_image": None,
        "internet": None,
        "data_sources": [{"kind": "competition", "number": 7}],
    }
