"""What a program does where it reads a name that nothing in the notebook binds."""

from __future__ import annotations

from collections.abc import Callable


def test_the_program_stops_where_the_name_is_first_read(
    body_of: Callable[..., str], flat: Callable[[str], str]
) -> None:
    body = flat(body_of("x = 1", "# all of it\ny = [x, df, db]\nz = df", "print(df)"))
    reason = "df and db are defined nowhere in the notebook"
    assert body == (
        f'x = 1\n\n# all of it\nraise NotImplementedError("cell 2 line 2: {reason}")\n'
        "df = None\ndb = None\ny = [x, df, db]\nz = df\n\nprint(df)"
    )


def test_a_function_stops_when_it_reads_the_name(
    body_of: Callable[..., str], flat: Callable[[str], str]
) -> None:
    body = flat(body_of("def f(x):\n    if x: return df\n    return x", "f(0);"))
    assert body == (
        "def f(x):\n    if x:\n"
        '        raise NotImplementedError("cell 1 line 2: df is defined nowhere in the notebook")\n'
        "        df = None\n        return df\n    return x\n\nf(0)"
    )
