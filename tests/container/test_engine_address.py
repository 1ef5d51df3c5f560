"""The engine's address, as it is told where none answers there."""

from __future__ import annotations

import pytest

from nb2prod.container.engine import NoEngine, connect

PASSWORD = "/".join(("made", "up@0417"))


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (f"nonsense://me:{PASSWORD}@host.example.invalid:1", "//me:****@host.example.invalid:1:"),
        (f"nonsense://:{PASSWORD}@host.example.invalid", "//:****@host.example.invalid:"),
        ("nonsense://me@host.example.invalid:1", "//me@host.example.invalid:1:"),
        ("nonsense:///nowhere/a:b.sock", " nonsense:///nowhere/a:b.sock:"),
    ],
)
def test_an_address_is_told_without_its_password(address: str, told: str) -> None:
    with pytest.raises(NoEngine) as raised:
        connect(address, seconds=1)
    assert told in str(raised.value)
    assert PASSWORD not in str(raised.value)
