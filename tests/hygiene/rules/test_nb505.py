"""NB505: magics that a platform brings."""

from __future__ import annotations

import pytest

from tests.hygiene.build import found, places, written


@pytest.mark.parametrize(
    ("source", "place", "platform"),
    [
        ("%tensorflow_version 2.x\nimport tensorflow\n", (1, 1, 1), "Colab"),
        ("if x:\n    %tensorflow_version 2.x\n", (1, 2, 5), "Colab"),
        ("%%shell\nls\n", (1, 1, 1), "Colab"),
        ("# a note\n%%shell\nls\n", (1, 2, 1), "Colab"),
        ("%shell ls\n", (1, 1, 1), "Colab"),
        ("%%bigquery df\nSELECT 1\n", (1, 1, 1), "Colab"),
        ("%load_ext google.colab.data_table\n", (1, 1, 1), "Colab alone has"),
        ("x = 1\n%reload_ext google.colab.data_table\n", (1, 2, 1), "Colab alone has"),
        ("%fs ls /mnt\n", (1, 1, 1), "Databricks"),
        ("%sh\nls -la /dbfs\n", (1, 1, 1), "Databricks"),
        ("%md\n# A title\nand more of it\n", (1, 1, 1), "Databricks"),
        ("%md A title\n", (1, 1, 1), "Databricks"),
        ("%sql\nselect * from a\n", (1, 1, 1), "Databricks"),
        ("%sql select 1\n", (1, 1, 1), "Databricks"),
        ("%scala\nval x = 1\n", (1, 1, 1), "Databricks"),
        ("%r\nx <- 1\n", (1, 1, 1), "Databricks"),
        ("%glue_version 4.0\nimport sys\n", (1, 1, 1), "AWS Glue"),
        ("%sm_analytics emr connect\n", (1, 1, 1), "SageMaker"),
    ],
)
def test_a_platform_s_magic(source: str, place: tuple[int, int, int], platform: str) -> None:
    assert places(written(source), "NB505") == [place]
    assert platform in found(written(source), "NB505")[0].message


@pytest.mark.parametrize(
    "cells",
    [
        ["%%bash\nls\n"],
        ["%%sh\nls\n"],
        ["!ls\n", "%pip install a\n", "%matplotlib inline\n"],
        ["%load_ext autoreload\n%autoreload 2\n"],
        ["%load_ext google.cloud.bigquery\n", "%%bigquery df\nSELECT 1\n"],
        ["%load_ext bigquery_magics\n", "%%bigquery df\nSELECT 1\n"],
        ["%load_ext sql\n", "%sql sqlite://\n", "%%sql\nSELECT 1\n"],
        ["%load_ext jupysql\n%sql select 1\n"],
        ["try:\n    %tensorflow_version 2.x\nexcept Exception:\n    pass\n"],
        ["import sys\nif 'google.colab' in sys.modules:\n    %tensorflow_version 2.x\n"],
        ["if IN_COLAB:\n    %load_ext google.colab.data_table\n"],
        ["# %tensorflow_version 2.x\n"],
        ["x = '''\n%fs ls\n'''\n"],
        ["y = x %r\n"],
        ["r, sh, sql = 1, 2, 3\n"],
    ],
)
def test_nothing_to_find(cells: list[str]) -> None:
    assert places(written(*cells), "NB505") == []
