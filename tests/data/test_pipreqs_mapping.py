"""pipreqs' own mapping, where it is installed."""

from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from nb2prod.data import pipreqs_mapping
from nb2prod.data.pipreqs_mapping import pipreqs_distribution


@pytest.fixture(autouse=True)
def _forget() -> None:
    pipreqs_mapping._mapping.cache_clear()


def place(monkeypatch: pytest.MonkeyPatch, spec: ModuleSpec | None) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)


def test_without_the_extra_it_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    place(monkeypatch, None)
    assert pipreqs_distribution("yaml") is None


def test_the_mapping_is_read_from_beside_the_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = "yaml:PyYAML\nfoo:Foo_Bar\ntwo:a\ntwo:b\nno colon\n"
    (tmp_path / "mapping").write_text(text, encoding="utf-8")
    place(monkeypatch, ModuleSpec("pipreqs", None, origin=str(tmp_path / "__init__.py")))
    answers = {name: pipreqs_distribution(name) for name in ("yaml", "foo", "two", "bar")}
    assert answers == {"yaml": "pyyaml", "foo": "foo-bar", "two": None, "bar": None}
    pipreqs_mapping._mapping.cache_clear()


def test_a_pipreqs_without_a_mapping_says_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place(monkeypatch, ModuleSpec("pipreqs", None, origin=str(tmp_path / "__init__.py")))
    assert pipreqs_distribution("yaml") is None
    pipreqs_mapping._mapping.cache_clear()


def test_the_real_mapping() -> None:
    pytest.importorskip("pipreqs", reason="the extra pipreqs is not installed")
    assert pipreqs_distribution("sklearn") == "scikit-learn"
    assert pipreqs_distribution("bs4") == "beautifulsoup4"
