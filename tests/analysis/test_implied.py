"""What a use of one library implies of another."""

from __future__ import annotations

import pytest

from nb2prod.analysis.facts import Implied
from nb2prod.analysis.implied import find_implied
from nb2prod.analysis.imports import find_imports
from nb2prod.data._files import read_rows
from nb2prod.data.distributions import is_named, normalise
from nb2prod.data.implied import rules
from nb2prod.location import Location
from nb2prod.notebook.trees import tree_of


def implied(*cells: str) -> tuple[Implied, ...]:
    trees = [(number, tree_of(source)) for number, source in enumerate(cells, start=1)]
    imported = [
        found.module for number, tree in trees for found in find_imports(tree, number, frozenset())
    ]
    return find_implied(trees, imported)


# Seldom installed, and checked on the default index by hand.
RARE = {"mauve-text", "box2d-py"}

PD = "import pandas as pd\n"
SOUP = "from bs4 import BeautifulSoup\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # a function by its full name, however it is imported
        (PD + "pd.read_excel('a.xlsx')", ["openpyxl"]),
        ("from pandas import read_excel\nread_excel(path)", ["openpyxl"]),
        ("from pandas import read_excel as load\nload(path)", ["openpyxl"]),
        (PD + "def f():\n    return pd.read_parquet(path)", ["pyarrow"]),
        (PD + "pd.read_html(url)", ["lxml"]),
        ("import polars as pl\npl.read_excel('a.xlsx')", []),
        ("def read_excel(path): ...\nread_excel('a.xlsx')", []),
        (PD + "print('pd.read_excel')", []),
        # a text decides
        (PD + "pd.read_excel('a.xls')", ["xlrd"]),
        ("from pandas import read_excel\nread_excel('a.xls')", ["xlrd"]),
        (PD + "pd.read_excel(f'{folder}/a.xls')", ["xlrd"]),
        (PD + "pd.read_excel('a.xls'); pd.read_excel('b.xlsx')", ["openpyxl", "xlrd"]),
        (PD + "pd.read_csv('s3://bucket/a.csv')", ["s3fs"]),
        (PD + "pd.read_parquet('gs://bucket/a')", ["gcsfs", "pyarrow"]),
        (PD + "pd.read_csv('https://example.invalid/a.csv')", []),
        (SOUP + "BeautifulSoup(page, 'lxml')", ["lxml"]),
        (SOUP + "BeautifulSoup(page, features='html5lib')", ["html5lib"]),
        (SOUP + "BeautifulSoup(page, 'html.parser')", []),
        ("import evaluate\nevaluate.load('accuracy')", ["scikit-learn"]),
        ("from evaluate import load\nload('rouge')", ["rouge-score"]),
        ("from evaluate import load\nload(name)", []),
        ("from datasets import load_metric\nload_metric('seqeval')", ["seqeval"]),
        (
            "from sqlalchemy import create_engine\ncreate_engine(f'mysql+pymysql://{user}@db')",
            ["pymysql"],
        ),
        # a method, where the library is imported
        (PD + "df.to_parquet('a')", ["pyarrow"]),
        (PD + "df.groupby('a').sum().to_markdown()", ["tabulate"]),
        (PD + "df.to_excel('a.xlsx', engine='xlsxwriter')", ["xlsxwriter"]),
        ("df.to_parquet('a')", []),
        ("import polars as pl\ndf.to_parquet('a')", []),
        (PD + "df.style.format('{:.1f}')", ["jinja2"]),
        (PD + "df.head().style.background_gradient()", ["jinja2", "matplotlib"]),
        (PD + "import matplotlib.pyplot as plt\nplt.style.use('x')", []),
        (PD + "'{}'.format(style)", []),
        # an argument
        ("from transformers import AutoTokenizer\nf(device_map='auto')", ["accelerate"]),
        ("f(device_map='auto')", []),
        ("import transformers\nf(load_in_4bit=True)", ["bitsandbytes"]),
        ("import transformers\nf(report_to='wandb')", ["wandb"]),
        ("import transformers\nf(report_to='none')", []),
        ("import plotly.express as px\npx.scatter(df, trendline='ols')", ["statsmodels"]),
        # an import
        ("from torch.utils.tensorboard import SummaryWriter", ["tensorboard"]),
        ("import transformers\ntransformers.BitsAndBytesConfig", ["bitsandbytes"]),
        ("from transformers import AutoModelForCausalLM", ["torch"]),
        ("from transformers import TFAutoModel", ["tensorflow"]),
        ("from transformers import AutoTokenizer", []),
        # only where nothing else does it
        ("import keras", ["tensorflow"]),
        ("from keras.models import Sequential", ["tensorflow"]),
        ("import keras\nimport tensorflow as tf", []),
        ("import keras\nimport torch", []),
        ("from transformers import pipeline\nimport tensorflow", []),
        ("", []),
    ],
)
def test_what_a_use_implies(source: str, expected: list[str]) -> None:
    assert [found.distribution for found in implied(source)] == expected


def test_a_use_in_another_cell_than_the_import_and_where_it_is_first() -> None:
    (found,) = implied(PD, "x = 1\ndf.to_parquet('a')", "pd.read_parquet('a')")
    assert (found.module, found.distribution) == ("pyarrow", "pyarrow")
    assert found.location == Location(2, 2, 1)
    assert "pyarrow" in found.reason


def test_every_rule_has_a_reason_and_a_distribution_that_is_known() -> None:
    rows = list(read_rows("implied.tsv"))
    assert len(rows) > 100
    assert [row for row in rows if len(row) != 6 or not all(field.strip() for field in row)] == []
    assert len({(row[0], row[1], row[4]) for row in rows}) == len(rows)
    names = {rule.distribution for rule in rules()}
    assert [name for name in names if name != normalise(name)] == []
    assert {name for name in names if not is_named(name)} == RARE
