"""Printed texts: what counts as the same, and what must never be evened out."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nb2prod.verification.model import Tolerance
from nb2prod.verification.texts import LineDifference, Normaliser, differing_lines, same_number
from tests.verification.build import TOLERANCE, agree

KERAS = (
    "\x1b[1m10/10\x1b[0m \x1b[32m━━━━━━━━━━\x1b[0m\x1b[37m\x1b[0m"
    " \x1b[1m{}\x1b[0m {}/step - loss: {}"
)
OLD_KERAS = "10/10 [==============================] - {} {}/step - loss: {}"

SAME = {
    "nothing": ("", ""),
    "the same": ("a\nb\n", "a\nb\n"),
    "the last line's end": ("a\n", "a"),
    "line ends of other systems": ("a\r\nb\r\n", "a\nb\n"),
    # numbers
    "a number within the relative tolerance": ("loss 123456.7", "loss 123456.70001"),
    "a number within the absolute tolerance": ("rest 1e-10", "rest 2e-10"),
    "a number around nothing": ("rest 0.0", "rest -0.0"),
    "many numbers": ("[0.1 0.2 -3e5]", "[0.10000000001 0.2 -3.0000000001e5]"),
    "numbers that are none": ("a nan b inf", "a nan b inf"),
    # what is another one in each run
    "an address": ("<object at 0x7f3a1c0b2d90>", "<object at 0x7fffe1c0b2d0>"),
    "a temporary file": ("/tmp/tmpab12_xyz/a.csv", "/tmp/tmpzz99_abc/a.csv"),
    "the cell's file": ("/tmp/ipykernel_12/3456.py", "/tmp/ipykernel_7/8.py"),
    "the order of a set": ("{'b', 'a', 'c'}", "{'c', 'a', 'b'}"),
    "the order of a set of numbers": ("{3, 1, 2}", "{1, 2, 3}"),
    "the order of a set within a line": ("seen {1, 2} of 4", "seen {2, 1} of 4"),
    # how long something took
    "seconds": ("done in 3.21 s", "done in 4.05 s"),
    "seconds without a blank": ("took 0.5s", "took 1.2s"),
    "milliseconds": ("12 ms ± 3 ms", "14 ms ± 1 ms"),
    "microseconds": ("3.2 µs", "4.4 µs"),
    "words for units": ("after 3.1 seconds", "after 4 seconds"),
    "a clock's duration": ("elapsed 0:00:12.345678", "elapsed 0:00:13.000001"),
    "CPU times": ("CPU times: user 1 s, sys: 2 s, total: 3 s\nWall time: 4 s\na\n", "a\n"),
    "%timeit": ("1.2 µs ± 12 ns per loop (mean ± std. dev. of 7 runs)\na", "a"),
    # progress
    "tqdm on one line": (
        "\r 10%|█    | 1/10 [00:00<00:03,  2.5it/s]\r100%|█████| 10/10 [00:04<00:00, 2.4it/s]\na\n",
        "a\n",
    ),
    "tqdm with a name": ("epoch:  50%|█████     | 5/10 [00:02<00:02]\na", "a"),
    "tqdm that knows no end": ("12it [00:00, 1234.5it/s]\na", "a"),
    "a counter on one line": ("\r1 of 3\r2 of 3\r3 of 3\n", "3 of 3\n"),
    "Keras": (KERAS.format("1s", "5ms", "0.5"), KERAS.format("12s", "80ms", "0.5")),
    "an old Keras": (OLD_KERAS.format("1s", "5ms", "0.5"), OLD_KERAS.format("2s", "7ms", "0.5")),
    "steps of an old Keras": (
        "1/2 [====>....] - ETA: 3s - loss: 0.9\r2/2 [=========] - 1s 5ms/step - loss: 0.5",
        "2/2 [==============] - 4s 9ms/step - loss: 0.5",
    ),
    # what a page alone has
    "colours": ("\x1b[31mred\x1b[0m and \x1b[1;32mgreen\x1b[0m", "red and green"),
    "a link of a terminal": ("\x1b]8;;https://example.invalid\x07a\x1b]8;;\x07", "a"),
    "mounting": ("Mounted at /content/drive\na", "a"),
    "mounting again": (
        "Drive already mounted at /content/drive; to attempt to forcibly remount, call …\na",
        "a",
    ),
}
DIFFERENT = {
    "another word": ("all good", "all bad"),
    "a word more": ("all good", "all good now"),
    "case": ("Good", "good"),
    "a blank": ("a b", "a  b"),
    "indentation": ("  a", "a"),
    "a whole number": ("1", "2"),
    "a large whole number": ("12345678901", "12345678902"),
    "a whole number among words": ("kept 10 of 20 rows", "kept 11 of 20 rows"),
    "a sign": ("0.5", "-0.5"),
    "a sign of a whole number": ("-1", "1"),
    "a number beyond the tolerance": ("loss 0.123456", "loss 0.123457"),
    "a small number beyond the tolerance": ("1e-7", "2e-7"),
    "an exponent": ("1.5e3", "1.5e4"),
    "a number that became none": ("0.5", "nan"),
    "infinity": ("inf", "nan"),
    "infinity's sign": ("inf", "-inf"),
    "the second of two numbers": ("0.1 0.2", "0.1 0.3"),
    "a number more": ("[1 2]", "[1 2 3]"),
    "numbers that changed places": ("0.1 0.2", "0.2 0.1"),
    "a number with words around it": ("conv2d", "conv3d"),
    "a version": ("1.2.3", "1.2.4"),
    "a share": ("92%", "93%"),
    "a date": ("2026-10-05", "2026-10-06"),
    "a missing line": ("a\nb\nc", "a\nc"),
    "a missing first line": ("a\nb", "b"),
    "a missing last line": ("a\nb", "a"),
    "a line more": ("a", "a\nb"),
    "a missing empty line": ("a\n\nb", "a\nb"),
    "swapped lines": ("a\nb", "b\na"),
    "a repeated line": ("a", "a\na"),
    "nothing": ("a", ""),
    "a set's element": ("{1, 2, 3}", "{1, 2, 4}"),
    "a set's size": ("{1, 2}", "{1, 2, 3}"),
    "a dict's order": ("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}"),
    "a list's order": ("['a', 'b']", "['b', 'a']"),
    "the loss beside a duration": ("loss 0.5, 3 s", "loss 0.6, 4 s"),
    "a unit that is none of time": ("12 m", "13 m"),
    "a line behind a progress bar": ("\r 10%|█ | 1/10\na\n", "\r 10%|█ | 1/10\nb\n"),
    "the last state of a counter": ("\r1 of 3\r2 of 3", "\r1 of 3\r3 of 3"),
    "the loss of Keras": (KERAS.format("1s", "5ms", "0.5"), KERAS.format("1s", "5ms", "0.6")),
    "the loss of an old Keras": (
        OLD_KERAS.format("1s", "5ms", "0.5"),
        OLD_KERAS.format("1s", "5ms", "0.6"),
    ),
    "the class of an object": ("<a.B object at 0x7f3a1c0b2d90>", "<a.C object at 0x7f3a1c0b2d90>"),
    "a short hexadecimal number": ("0x1f", "0x2f"),
    "a file in a temporary directory": ("/tmp/tmpab12_xyz/a", "/tmp/tmpab12_xyz/b"),
    "what is printed before CPU times": ("b\nWall time: 4 s", "a\nWall time: 4 s"),
}
# Texts that look like what is evened out, and are results.
LOOK_ALIKES = {
    "a number behind a rule": ("----- 1", "----- 2"),
    "a heading": ("===== 2019 =====", "===== 2020 ====="),
    "a number behind dots": ("accuracy......12", "accuracy......99"),
    "a length of time that is a result": ("12.5 s of sound", "10.0 s of sound"),
    "minutes": ("3 minutes", "4 minutes"),
    "a number written in two ways": ("30.00", "30.0"),
    "a sentence about writing": ("Writing 5 rows", "Writing 6 rows"),
    "a sentence about writing that is missing": ("Writing 5 rows\na", "a"),
    "columns between bars": ("50%|a|b", "60%|a|b"),
    "a line of columns that is missing": ("50%|a|b\nc", "c"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_the_same(one: str, other: str) -> None:
    assert agree(one, other)
    assert agree(other, one)


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_difference(one: str, other: str) -> None:
    assert not agree(one, other)
    assert not agree(other, one)


@pytest.mark.parametrize(("one", "other"), LOOK_ALIKES.values(), ids=LOOK_ALIKES)
def test_a_result_that_looks_like_chatter(one: str, other: str) -> None:
    assert not agree(one, other)


@pytest.mark.parametrize(
    ("text", "name", "times"),
    [
        ("0x7f3a1c0b2d90 0x7f3a1c0b2d91\n0x7f3a1c0b2d92", "addresses", 3),
        ("CPU times: user 1 s\nWall time: 1 s\n", "times", 2),
        ("\r1\r2\n\r3\r4\n", "progress bars", 2),
        ("Mounted at /content/drive\n", "what magics say", 1),
        ("/tmp/tmpab12_xyz/a", "temporary paths", 1),
        ("<here>/a", "directories", 0),
        ("/data/a /data/b", "directories", 2),
    ],
)
def test_what_is_evened_out_is_counted(text: str, name: str, times: int) -> None:
    normaliser = Normaliser([("/data", "<data>")])
    normaliser.text(text)
    assert normaliser.counts[name] == times


@pytest.mark.parametrize(
    ("one", "other", "name"),
    [
        ("1.0", "1.00000000001", "numbers within the tolerance"),
        ("3.5 s", "4 s", "times"),
        ("{1, 2}", "{2, 1}", "the order of sets"),
    ],
)
def test_what_agrees_though_it_differs_is_counted(one: str, other: str, name: str) -> None:
    counts: Counter[str] = Counter()
    assert differing_lines([one], [other], TOLERANCE, counts) == []
    assert counts == {name: 1}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/content/drive/MyDrive/a.csv", "/nb2prod/data/a.csv"),
        ("in /content/a and /content/b", "in /nb2prod/work/a and /nb2prod/work/b"),
        ("'/content'", "'/nb2prod/work'"),
        ("/content", "/nb2prod/work"),
        ("saved to /content/drive/MyDrive.", "saved to /nb2prod/data."),
        ("https://example.invalid/content/a", "https://example.invalid/content/a"),
        ("/srv/content/a", "/srv/content/a"),
    ],
)
def test_directories_by_their_names(one: str, other: str) -> None:
    ours = [("/content", "<work>"), ("/content/drive/MyDrive", "<data>")]
    assert agree(one, other, ours, [("/nb2prod/data", "<data>"), ("/nb2prod/work", "<work>")])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/content/a.csv", "/nb2prod/data/a.csv"),  # another directory
        ("/contents/a.csv", "/nb2prod/works/a.csv"),
        ("/content-2/a.csv", "/nb2prod/work-2/a.csv"),
        ("/content/a.csv", "a.csv"),
    ],
)
def test_directories_that_are_others(one: str, other: str) -> None:
    ours = [("/content", "<work>"), ("/content/drive/MyDrive", "<data>")]
    assert not agree(one, other, ours, [("/nb2prod/data", "<data>"), ("/nb2prod/work", "<work>")])


def test_temporary_paths_where_the_temporary_directory_is_a_place() -> None:
    places = [("/tmp", "<temporary>")]
    assert agree("/tmp/tmpab12_xyz/a.csv", "/tmp/tmpzz99_abc/a.csv", places, places)
    assert agree("/tmp/ipykernel_12/3456.py", "/tmp/ipykernel_7/8.py", places, places)


@pytest.mark.parametrize(
    ("one", "other", "places"),
    [
        ("a\nb\nc", "a\nx\nc", [(1, 1, "b", "x")]),
        ("a\nb\nc", "a\nc", [(1, 1, "b", None)]),
        ("a\nc", "a\nb\nc", [(1, 1, None, "b")]),
        ("a\nb\nc\nd", "a\nc\nx", [(1, 1, "b", None), (3, 2, "d", "x")]),
        ("a\nb", "b\na", [(0, 0, "a", "b"), (1, 1, "b", "a")]),
        ("1.0\nb\nc", "1.00000000001\nc", [(1, 1, "b", None)]),
    ],
)
def test_where_texts_differ(
    one: str, other: str, places: list[tuple[int, int, str | None, str | None]]
) -> None:
    found = differing_lines(one.split("\n"), other.split("\n"), TOLERANCE, Counter())
    assert [tuple(difference) for difference in found] == places


def test_a_text_too_long_to_look_for_moved_lines() -> None:
    lines = [str(number) for number in range(5000)]
    found = differing_lines(lines, lines[:-1], TOLERANCE, Counter())
    assert [tuple(difference) for difference in found] == [(4999, 4999, "4999", None)]
    assert len(differing_lines(lines, lines[1:], TOLERANCE, Counter())) == 5000


@pytest.mark.parametrize(
    ("one", "other", "tolerance", "same"),
    [
        ("1.0", "1.1", Tolerance(relative=0.2), True),
        ("1.0", "1.1", Tolerance(relative=0.01), False),
        ("0.0", "0.05", Tolerance(absolute=0.1), True),
        ("1.0", "1.0000000001", Tolerance(relative=0, absolute=0), False),
        ("10", "11", Tolerance(relative=0.5), False),
        ("+10", "10", TOLERANCE, True),
        ("1", "1.0", TOLERANCE, False),
        ("nan", "nan", TOLERANCE, True),
        ("nan", "0.0", TOLERANCE, False),
        ("inf", "1e300", TOLERANCE, False),
    ],
)
def test_written_numbers(one: str, other: str, tolerance: Tolerance, same: bool) -> None:
    assert same_number(one, other, tolerance) is same


LINES = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=6)
PIECES = st.sampled_from(
    [
        "a",
        " ",
        "1.5",
        "{1, 2}",
        "\r",
        "10%|█|",
        "0x7f3a1c0b2d90",
        "Wall time: 1 s",
        "-----",
        "5s",
        "/tmp/tmpab12_xyz",
        "/data/a",
        "\x1b[0m",
        "\n",
        "Writing a.py",
        "===>..... 3s",
        "…",
    ]
)
TEXTS = st.one_of(LINES.map("\n".join), st.lists(PIECES, max_size=12).map("".join))


@given(TEXTS)
def test_a_text_agrees_with_itself(text: str) -> None:
    assert agree(text, text)


@given(TEXTS)
def test_evening_out_once_is_enough(text: str) -> None:
    # What is left of one escape sequence may make another one together with what follows it.
    assume(not re.search("\x1b[^\x1b]*\x1b", text))
    places = [("/data", "<data>")]
    once = Normaliser(places).text(text)
    assert Normaliser(places).text("\n".join(once)) == once


WORDS = st.lists(st.sampled_from(["rows", "of", "loss", "x", "=", "(", ")", ","]), max_size=3)


@given(WORDS, st.integers(), WORDS, st.data())
def test_another_digit_of_a_whole_number_never_agrees(
    before: list[str], number: int, after: list[str], data: st.DataObject
) -> None:
    digits = str(abs(number))
    place = data.draw(st.integers(0, len(digits) - 1))
    digit = data.draw(st.sampled_from([one for one in "0123456789" if one != digits[place]]))
    sign = "-" if number < 0 else ""
    one, other = (
        " ".join([*before, sign + text, *after])
        for text in (digits, digits[:place] + digit + digits[place + 1 :])
    )
    assert not agree(one, other)


@given(st.lists(st.sampled_from("abcdefgh"), min_size=2, unique=True), st.data())
def test_a_dropped_line_is_found_and_nothing_else(lines: list[str], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(lines) - 1))
    left = lines[:index] + lines[index + 1 :]
    found = differing_lines(lines, left, TOLERANCE, Counter())
    assert found == [LineDifference(index, index, lines[index], None)]


@given(st.lists(st.sampled_from("abc"), min_size=1), st.data())
def test_a_dropped_line_among_its_likes_is_found(lines: list[str], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(lines) - 1))
    assert not agree("\n".join(lines), "\n".join(lines[:index] + lines[index + 1 :]))
