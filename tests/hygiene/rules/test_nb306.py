"""NB306: imports of everything."""

from __future__ import annotations

import pytest

from tests.hygiene.build import found, places, written


@pytest.mark.parametrize(
    ("source", "place", "named"),
    [
        ("from a import *\n", (1, 1, 1), "`from a import *`"),
        ("x = 1; from a.b import *\n", (1, 1, 8), "`from a.b import *`"),
        ("try:\n    from a import *\nexcept ImportError:\n    pass\n", (1, 2, 5), "from a "),
        ("from . import *\n", (1, 1, 1), "`from . import *`"),
        ("%%time\nfrom ..a import *\n", (1, 2, 1), "`from ..a import *`"),
    ],
)
def test_everything(source: str, place: tuple[int, int, int], named: str) -> None:
    assert places(written(source), "NB306") == [place]
    assert named in found(written(source), "NB306")[0].message


@pytest.mark.parametrize(
    "source",
    ["from a import b\n", "import a\n", "x = 2 * 3\n", "# from a import *\n", "f(*x)\n"],
)
def test_nothing_to_find(source: str) -> None:
    assert places(written(source), "NB306") == []
