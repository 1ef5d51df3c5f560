"""NB102: widget metadata without `state`, which GitHub and nbconvert refuse to show."""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding, Fix, RemoveValue, WrapValue

RULE = rule("NB102")

_TYPE = "application/vnd.jupyter.widget-state+json"


def check(context: Context) -> Iterator[Finding]:
    """The widgets' metadata when they are there and lack their state."""
    widgets = context.metadata.get("widgets")
    if not isinstance(widgets, dict) or not isinstance(widgets.get(_TYPE), dict):
        return
    held = widgets[_TYPE]
    if isinstance(held.get("state"), dict) and "model_module" not in held["state"]:
        return
    path = ("metadata", "widgets", _TYPE)
    # Without anything that names a model there is no state that could be kept.
    models = [one for one in held.values() if isinstance(one, dict) and "model_name" in one]
    if models and len(models) == len(held):
        fix = Fix("put the models under `state`", (WrapValue(path, "state"),))
    else:
        fix = Fix("remove the widgets' metadata", (RemoveValue(path[:2]),), "unsafe")
    yield context.found(
        RULE,
        None,
        "the metadata of widgets have no `state`; GitHub and nbconvert refuse to show the notebook",
        part="metadata",
        fix=fix,
    )
