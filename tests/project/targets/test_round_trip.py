"""Whatever a notebook's names, values, paths and secrets are, every YAML that we write is read the
same by readers of YAML 1.1 and of 1.2, and holds nothing but what was meant. What the values become
is tested with each target.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from nb2prod.analysis.facts import DataPath, Nodes, Parameter, Secret, Service
from nb2prod.location import Location
from nb2prod.migration import Migration
from nb2prod.project.targets import TARGETS
from nb2prod.project.targets.target import Settings, Target

MakeMigration = Callable[..., Migration]

PLACE = Location(3, 1)
# What YAML, a shell, Kubernetes, Compose, Argo or GitHub would read as something else.
NASTY = (
    *("on", "off", "NO", "null", "~", "1e3", "0x1f", "012", "12:30:45", "1_000", ".inf", "<<", "="),
    *("!!x", "*a", "&a", "!a", "%a", "@a", "`a`", "a: b", "a #b", "# a", "- a", "? a", "{a: b}"),
    *("[a]", "|", ">", "", " ", " a ", "a\nb", "a\n", "\ta", "'", '"', "a'b\"c", "\\", "\\n"),
    *("---", "...", "--- a", "\u2028", "{{ a }}", "{{=1}}", "${{ github.token }}", "$", "$$", "$a"),
    *("${A}", "$(A)", "$(id)", "`id`", "%(a)s", "é", "🎉", "\x85", "\xa0", "\ufeff", "\u202e"),
    *("\x00", "\x1b[31m", "a" * 200, "secret:NOT_ONE", "a\n  evil: true\n", 'a"\nevil: true'),
    *("a' evil: true", "; rm -rf /", "&& evil", "-x", "--", "-"),
)
texts = st.one_of(st.sampled_from(NASTY), st.text(max_size=30))
ALL = Settings("*/5 0 * * 1-5", 3600, "my-registry", "release/1.2")


@pytest.fixture(params=TARGETS, ids=lambda one: str(one.name))
def target(request: pytest.FixtureRequest) -> Target:
    found: Target = request.param
    return found


def migration_with(
    make: MakeMigration, text: str, kind: str, secret: str | None = None
) -> Migration:
    """A notebook in which every text that can be any is this one; `kind` is what it does."""
    migration = make(
        text or "x",
        title=text,
        parameters=(
            Parameter("one", "string", text, PLACE, help=text),
            Parameter("two", "string", "-", PLACE, ("-", text)),
            Parameter("three", "raw", None, PLACE, (None, text)),
        ),
        secrets=(
            Secret(secret or text or "x", PLACE),
            Secret("HF_TOKEN", PLACE),
            Secret("on", PLACE, False),
        ),
        data=(DataPath(text or "x", "both", "drive", (1,)), DataPath("a", "read", "local", (1,))),
        data_directory="data_dir",
        output_directory="output_dir",
        gpu="T4" if kind == "train" else None,
    )
    changes: Mapping[str, Any] = {}
    if kind == "serve":
        changes = {"service": Service("gradio", 7860, PLACE, (("GRADIO_SERVER_NAME", "0.0.0.0"),))}
    elif kind == "train":
        changes = {"nodes": Nodes(2, PLACE, "torch")}
    return dataclasses.replace(migration, facts=dataclasses.replace(migration.facts, **changes))


def documents(written: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Each YAML file as PyYAML reads it, and, which has to be the same, as YAML 1.2 is read."""
    for path, text in written.items():
        if path.endswith((".yaml", ".yml")):
            old = list(yaml.safe_load_all(text))
            new = list(YAML(typ="safe", pure=True).load_all(text))
            assert old == new, path
            yield path, old


def shape(value: Any) -> Any:
    """A document without its texts: maps by key, and how long lists are."""
    if isinstance(value, dict):
        assert all(isinstance(key, str) for key in value), value
        return {key: shape(one) for key, one in value.items()}
    return [shape(one) for one in value] if isinstance(value, list) else type(value).__name__


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)
    else:
        yield value


_SHAPES: dict[tuple[str, str], Mapping[str, Any]] = {}


def harmless(make: MakeMigration, target: Target, kind: str) -> Mapping[str, Any]:
    """The shapes of the documents that a harmless text gives, by path; made once."""
    key = (target.name, kind)
    if key not in _SHAPES:
        plain = migration_with(make, "a b", kind, secret="X")
        _SHAPES[key] = {path: shape(one) for path, one in documents(target.files(plain, ALL))}
    return _SHAPES[key]


@pytest.mark.parametrize("kind", ["run", "serve", "train"])
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)
@given(text=texts)
@example(text="a\n  evil: true\n")
def test_every_text_stays_text(
    make_migration: MakeMigration, target: Target, kind: str, text: str
) -> None:
    for wanted, secret in ((Settings(), text), (ALL, "X")):
        hostile = migration_with(make_migration, text, kind, secret=secret)
        written = target.files(hostile, wanted)
        target.validate(written, wanted)
        for path, found in documents(written):
            assert "evil" not in list(leaves(found)), path
            if secret == "X":
                known = harmless(make_migration, target, kind)
                assert less_or_same(shape(found), known[path]), path


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["run", "serve", "train"])
def test_nothing_is_added_by_a_text(
    make_migration: MakeMigration, target: Target, kind: str
) -> None:
    """The documents have the shape that a harmless text gives them, but for values that a place
    would expand and that are left out.
    """
    known = harmless(make_migration, target, kind)
    for text in NASTY:
        other = migration_with(make_migration, text, kind, secret="X")
        hostile = dict(documents(target.files(other, ALL)))
        assert hostile.keys() == known.keys()
        for path, found in hostile.items():
            assert less_or_same(shape(found), known[path]), (path, text)


def less_or_same(one: Any, other: Any) -> bool:
    """Whether a shape is the other one, or lacks some of it."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(key in other and less_or_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) <= len(other) and all(any(less_or_same(a, b) for b in other) for a in one)
    return bool(one == other)
