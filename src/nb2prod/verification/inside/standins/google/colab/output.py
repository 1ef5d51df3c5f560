"""Stand-in for `google.colab.output`: what only changes the page does nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn


def clear(wait: bool = False, output_tags: object = ()) -> None:
    """Do nothing: output of a test run is kept."""


def no_vertical_scroll() -> None:
    """Do nothing."""


def enable_custom_widget_manager(version: str | None = None) -> None:
    """Do nothing."""


def disable_custom_widget_manager() -> None:
    """Do nothing."""


def register_callback(function_name: str, callback: Callable[..., object]) -> None:
    """Do nothing: there is no page that could call back."""


@contextmanager
def use_tags(tags: object, append: bool = True) -> Iterator[None]:
    """Run the block; tags have no effect."""
    yield


def eval_js(script: str, ignore_result: bool = False, timeout_sec: float | None = None) -> NoReturn:
    """Raise NotImplementedError: there is no browser to run the script in."""
    raise NotImplementedError("output.eval_js() needs a browser")
