"""Stand-in for `google.colab.data_table`: a table is shown as any other value."""

from __future__ import annotations

from typing import Any


def enable_dataframe_formatter() -> None:
    """Do nothing."""


def disable_dataframe_formatter() -> None:
    """Do nothing."""


class DataTable:
    """Shows a data frame; options mean nothing."""

    def __init__(self, dataframe: Any, *arguments: object, **options: object) -> None:
        self._dataframe = dataframe

    def __repr__(self) -> str:
        return repr(self._dataframe)

    def _repr_html_(self) -> Any:
        return self._dataframe._repr_html_()
