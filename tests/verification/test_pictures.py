"""Pictures: what counts as the same picture."""

from __future__ import annotations

import pytest

from nb2prod.verification.model import Shown, Tolerance
from nb2prod.verification.pictures import picture_difference
from tests.verification.build import TOLERANCE, changed, judged, picture, run, showing, told

PICTURE = picture()

SAME = {
    "the same bytes": (PICTURE, PICTURE),
    "other bytes of the same pixels": (PICTURE, picture(form="BMP")),
    "a pixel of twenty thousand": (PICTURE, changed(PICTURE, (5, 5))),
    "a shade that nobody sees": (picture(shade=255), picture(shade=250)),
    "drawn larger": (PICTURE, picture(size=(400, 200))),
    "drawn smaller": (PICTURE, picture(size=(150, 75))),
    "bytes that are no picture": (b"a", b"a"),
}
DIFFERENT = {
    "a line less": (PICTURE, picture(lines=2), "of the pixels differ"),
    "no line": (PICTURE, picture(lines=0), "of the pixels differ"),
    "another ground": (PICTURE, picture(shade=200), "of the pixels differ"),
    "more pixels than may": (
        PICTURE,
        changed(PICTURE, *((x, 3) for x in range(21))),
        "0.1% of the pixels differ",
    ),
    "another form": (PICTURE, picture(size=(200, 200)), "they have 200x100 and 200x200 pixels"),
    "drawn larger, and without its lines": (
        PICTURE,
        picture(lines=0, size=(400, 200)),
        "they have 200x100 and 400x200 pixels, and differ",
    ),
    "no picture": (PICTURE, b"a", "no picture that can be read"),
    "half a picture": (PICTURE, PICTURE[:60], "no picture that can be read"),
    "two texts": (b"a", b"b", "no picture that can be read"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_the_same(one: bytes, other: bytes) -> None:
    assert picture_difference(one, other, TOLERANCE) is None
    assert picture_difference(other, one, TOLERANCE) is None


@pytest.mark.parametrize(("one", "other", "words"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_difference_in_words(one: bytes, other: bytes, words: str) -> None:
    assert words in str(picture_difference(one, other, TOLERANCE))
    assert picture_difference(other, one, TOLERANCE)


@pytest.mark.parametrize(
    ("tolerance", "same"),
    [
        (Tolerance(), True),
        (Tolerance(pixels=0.0), False),
        (Tolerance(pixels=0.0, shade=255), True),
    ],
)
def test_the_tolerance(tolerance: Tolerance, *, same: bool) -> None:
    found = picture_difference(PICTURE, changed(PICTURE, (5, 5)), tolerance)
    assert (found is None) is same


def test_a_line_less_of_a_picture_drawn_larger() -> None:
    assert picture_difference(PICTURE, picture(lines=2, size=(400, 200)), TOLERANCE)


def test_a_thin_line_less_of_a_picture_drawn_larger() -> None:
    """It is less than what edges may differ on the whole, and it is a curve of a plot."""
    one, other = (picture(width=1, lines=n, size=(200 * n, 100 * n)) for n in (1, 2))
    assert picture_difference(one, other, TOLERANCE)


def test_a_missing_figure() -> None:
    shown, missing = run(showing(Shown("<Figure>", picture=PICTURE))), run(showing())
    found = judged(shown, missing)
    assert told(found.findings) == [("different", "figure", 1, None, "display 1")]
    assert found.findings[0].reason == "the package does not show it"
    assert found.compared == {"figure": 1}
    assert judged(missing, shown).findings[0].reason == "only the package shows it"


def test_a_figure_that_is_not_saved() -> None:
    with_picture, without = Shown("<Figure>", picture=PICTURE), Shown("<Figure>")
    found = judged(run(showing(with_picture)), run(showing(without)))
    assert told(found.findings) == [("different", "figure", 1, None, "display 1")]
    assert found.findings[0].reason == "the package saves no picture of it"


def test_another_figure() -> None:
    one, other = (run(showing(Shown("<Figure>", picture=picture(lines=n)))) for n in (3, 2))
    found = judged(one, other)
    assert told(found.findings) == [("different", "figure", 1, None, "display 1")]
    assert "pixels differ" in found.findings[0].reason
    assert told(judged(one, other, [(one, other)]).findings) == [
        ("not deterministic", "figure", 1, None, "display 1")
    ]
