"""Figures that a cell leaves open are shown and closed at its end, as a notebook does it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nb2prod.program.model import Ledger, Program

IMPORTS = (
    "import matplotlib.pyplot as plt\nimport seaborn as sns\nimport networkx as nx\n"
    "from pandas.plotting import scatter_matrix\nfrom statsmodels.graphics.tsaplots import plot_acf"
)
SHOWS = "outputs.show_figures()"


@pytest.mark.parametrize(
    "cell",
    [
        "plt.plot(x)",
        "plt.figure(figsize=(8, 4));",
        "fig, ax = plt.subplots()\nax.bar(x, y)",
        "plt.figure()\nplt.savefig('a.png')",
        "for i in range(3):\n    plt.plot(i)\n    plt.show()",
        "sns.heatmap(x)",
        "g = sns.FacetGrid(df)",
        "df.plot()",
        "df.plot.bar(x='a')",
        "df['a'].hist(bins=3)",
        "df.boxplot(column='a')",
        "ConfusionMatrixDisplay.from_predictions(x, y)",
        "xgb.plot_importance(model)",
        "shap.summary_plot(x)",
        "scatter_matrix(df)",
        "plot_acf(x)",
        "nx.draw(graph)",
        "nx.draw_networkx(graph)",
        "learn.lr_find()",
        "[plt.plot(i) for i in x]",
        "draw_it(x)",
        "Chart().paint()",
        "indirectly(x)",
    ],
)
def test_cells_that_may_leave_figures_open(module_of: Callable[..., str], cell: str) -> None:
    own = (
        "def draw_it(x):\n    plt.plot(x)\n"
        "class Chart:\n    def paint(self):\n        plt.plot([1])\n"
        "def indirectly(x):\n    draw_it(x)"
    )
    module = module_of(IMPORTS, own, cell)
    assert module.count(SHOWS) == 1
    assert module.rstrip().endswith(SHOWS)
    assert "from job import outputs\n" in module


@pytest.mark.parametrize(
    "cell",
    [
        "plt.plot(x)\nplt.show()",
        "plt.show()",
        "if x:\n    plt.show()",
        "plt.rcParams.update({'figure.dpi': 90})",
        "plt.rcParams['figure.figsize'] = (8, 4)",
        "plt.style.use('ggplot')",
        "plt.close('all')",
        "sns.set()\nsns.set_style('white')",
        "colors = sns.color_palette()",
        "df = sns.load_dataset('iris')",
        "graph = nx.Graph()\ngraph.add_edge(1, 2)",
        "import matplotlib\nmatplotlib.use('Agg')",
        "def later(x):\n    plt.plot(x)",
        "df.describe()",
        "draw.rectangle(x)",
        "raise ValueError(plt.plot(x))",
    ],
)
def test_cells_that_leave_none(module_of: Callable[..., str], cell: str) -> None:
    assert SHOWS not in module_of(IMPORTS, cell)


@pytest.mark.parametrize("cell", ["%%capture\nplt.plot(x)", "%%time\nplt.plot(x)"])
def test_below_a_magic(module_of: Callable[..., str], cell: str) -> None:
    assert module_of(IMPORTS, cell).count(SHOWS) == 1


def test_the_call_goes_above_comments_of_the_next_cell_and_below_those_of_its_own(
    body_of: Callable[..., str],
) -> None:
    body = body_of(IMPORTS, "plt.plot(x)\n# so far\n", "# on\ny = 1")
    order = ["plot(x)", "# so far", SHOWS, "# on", "y = 1"]
    assert [body.index(text) for text in order] == sorted(body.index(text) for text in order)


def test_the_name_is_the_author_s_when_they_use_it(module_of: Callable[..., str]) -> None:
    module = module_of(IMPORTS, "outputs = plt.plot(x)")
    assert "from job import outputs as job_outputs\n" in module
    assert "job_outputs.show_figures()" in module


@pytest.mark.parametrize(
    ("cell", "saved"),
    [
        ("plt.plot(x)\nplt.show()", True),
        ("plt.plot(x)", True),
        ("fig, ax = plt.subplots()\nax.plot(x)\nplt.show();", True),
        ("plt.style.use('ggplot')", False),
    ],
)
def test_figures_are_saved_whoever_shows_them(
    convert: Callable[..., tuple[Program, Ledger]], cell: str, saved: bool
) -> None:
    program, _ = convert(IMPORTS, cell)
    assert ("figures" in program.support) is saved
