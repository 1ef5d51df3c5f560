"""matplotlib's backend in a job: `show()` saves the figures that are open, and closes them."""

from __future__ import annotations

from matplotlib.backends.backend_agg import (
    FigureCanvas,
    new_figure_manager,
    new_figure_manager_given_figure,
)

from .outputs import show_figures

__all__ = ["FigureCanvas", "new_figure_manager", "new_figure_manager_given_figure", "show"]


def show(*arguments: object, **options: object) -> None:
    """What `pyplot.show()` calls; a job waits for nobody."""
    show_figures()
