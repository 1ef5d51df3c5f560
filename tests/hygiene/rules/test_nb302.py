"""NB302: repositories and downloads that may change."""

from __future__ import annotations

import pytest

from tests.hygiene.build import found, places, written

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("!pip install git+https://example.invalid/a/b.git\n", "b.git` names no commit"),
        ("%pip install -q git+https://example.invalid/a/b@main c==1\n", "@main` names no commit"),
        ("%pip install git+https://example.invalid/a/b@v1.2.0\n", "@v1.2.0`"),
        ("!pip install -e git+https://example.invalid/a/b#egg=b\n", "a/b` names no commit"),
        ('!pip install "b @ git+https://example.invalid/a/b"\n', "names no commit"),
        ("!pip install https://example.invalid/a/b.git\n", "names no commit"),
        ("!pip install https://example.invalid/b-1-py3-none-any.whl\n", "a download without"),
        ("!uv pip install https://example.invalid/archive/main.zip\n", "a download without"),
        ("!pip install git+https://" + "me:pw@example.invalid/b\n", "`git+https://example.invalid"),
    ],
)
def test_what_may_change(source: str, named: str) -> None:
    assert places(written(source), "NB302") == [(1, 1, 1)]
    assert named in found(written(source), "NB302")[0].message


@pytest.mark.parametrize(
    "source",
    [
        f"!pip install git+https://example.invalid/a/b@{COMMIT}\n",
        f"!pip install git+https://example.invalid/a/b.git@{COMMIT}#egg=b\n",
        f"!pip install git+https://example.invalid/a/b@{COMMIT[:8]}\n",
        f"!pip install https://example.invalid/a/archive/{COMMIT}.zip\n",
        f"!pip install https://example.invalid/b.whl#sha256={COMMIT}\n",
        "!pip install git+https://example.invalid/a/b@{revision}\n",
        "!pip install a ./b.whl file:///x/y.whl\n",
        "!pip install a -f https://example.invalid/index.html\n",
        "!pip install --extra-index-url https://example.invalid/simple a\n",
        "!git clone https://example.invalid/a.git\n",
        "!pip uninstall git+https://example.invalid/a\n",
    ],
)
def test_nothing_to_find(source: str) -> None:
    assert places(written(source), "NB302") == []
