"""Which schedules are taken. What Kubernetes refuses would show up as a program that never ran."""

from __future__ import annotations

import pytest

from nb2prod.errors import OptionError
from nb2prod.options import Options
from nb2prod.schedule import crontab_fields, why_no_schedule


@pytest.mark.parametrize(
    "schedule",
    [
        "0 3 * * *",
        "*/15 * * * *",
        "0 9-17/2 * * 1-5",
        "30 4 1,15 * MON-FRI",
        "59 23 31 12 6",
        "0 0 ? jan,JUL sun",
        "5/20 * * * *",
    ],
)
def test_taken(schedule: str) -> None:
    assert why_no_schedule(schedule) is None
    assert Options(schedule=schedule).schedule == schedule


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ("", "five fields"),
        ("0 3 * *", "five fields"),
        ("0 3 * * * *", "five fields"),
        ("0  3 * *", "five fields"),
        ("@daily", "five fields"),
        ("every day", "five fields"),
        ("60 3 * * *", "'60' is no minute: 0 to 59"),
        ("0 24 * * *", "'24' is no hour: 0 to 23"),
        ("0 3 0 * *", "'0' is no day of the month: 1 to 31"),
        ("0 3 * 13 *", "'13' is no month"),
        ("0 3 * foo *", "'foo' is no month"),
        ("0 3 * * 7", "'7' is no day of the week: 0 to 6"),
        ("0 3 L * *", "'L' is no day of the month"),
        ("0 5-3 * * *", "'5-3' is no hour"),
        ("*/0 3 * * *", "'*/0' is no minute"),
        ("*-5 3 * * *", "'*-5' is no minute"),
        ("1, 3 * * *", "'1,' is no minute"),
        ("\u0663 3 * * *", "is no minute"),
        ("*/\u0663 3 * * *", "is no minute"),
        ("0 3 * *\n*", "five fields"),
    ],
)
def test_refused(schedule: str, said: str) -> None:
    assert said in str(why_no_schedule(schedule))
    with pytest.raises(OptionError, match="--schedule: "):
        Options(schedule=schedule)


def test_a_crontab_does_not_know_the_question_mark() -> None:
    assert crontab_fields("0 3 ? * 1-5") == "0 3 * * 1-5"
