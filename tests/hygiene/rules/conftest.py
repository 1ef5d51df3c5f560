"""Every notebook that the tests of the rules look at is also looked at without the gates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nb2prod.hygiene import engine
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding
from tests.hygiene import gates


@pytest.fixture(autouse=True)
def gates_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What all rules find in a notebook does not depend on which of them are asked."""
    checked = engine.findings_of
    seen: list[Context] = []

    def watched(context: Context) -> list[Finding]:
        seen.append(context)
        return checked(context)

    monkeypatch.setattr(engine, "findings_of", watched)
    yield
    monkeypatch.undo()
    for context in seen:
        profile = gates.ALL._replace(options=context.profile.options)
        found = gates.differences(context.content, context.path, context.directory, profile)
        assert found == [], context.content
