"""Notebooks put together from building blocks: each does in production what it does in IPython."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.differential.harness import Sides
from tests.differential.test_cases import assert_same

_NAMES = ("alpha", "beta", "gamma")
_FIRST = 'alpha, beta, gamma = "one", 2, ["x y", "z"]'
_VALUES = st.sampled_from(
    ["'a b'", "3", "[1, 'q']", "{'k': 'v w'}", "None", '"it\'s"', "'$HOME'", "'{beta}'", "alpha"]
)
_WORDS = st.sampled_from(
    [
        *("a b-c 'd  e' \"f  g\" \\$ ; && || | # > / . * ~ = , : %".split(" ")),
        *(
            "$alpha",
            "{alpha}",
            "$beta",
            "{beta}",
            "{beta!r}",
            "{gamma}",
            "{[gamma][0]}",
            "$missing",
        ),
        *("{missing}", "{{alpha}}", "$$alpha", "${alpha}", "'$alpha'", "'{alpha}'", '"$alpha"'),
        *(
            "{len([gamma])}",
            "{str(alpha).upper()}",
            "{(beta, 1)}",
            "{beta:>3}",
            "{a,b}",
            "{1..3}",
            "{}",
        ),
        *("{'q'}", '{"q"}', "$HOME", "$1", "{str(alpha)[0:2]}", "{beta, 1}"),
    ]
)
_ECHO = st.lists(_WORDS, min_size=1, max_size=5).map(" ".join).map("echo {} q".format)
_STATUS = st.sampled_from(["true", "false", "false || echo no", "true && echo yes", "cd / && pwd"])
_COMMAND = st.one_of(_ECHO, _STATUS)
_NAME = st.sampled_from(_NAMES)

_SIMPLE = st.one_of(
    _COMMAND.map("!{}".format),
    st.builds("{} = {}".format, _NAME, _VALUES),
    st.builds("lines = !{}\nprint(lines.n, len(lines))".format, _COMMAND),
    _NAME.map("print({})".format),
    st.builds("%time {} = {}".format, _NAME, _VALUES),
    st.builds("%env PLACE_{}={{{}}}\n!echo $PLACE_{}".format, _NAME, _NAME, _NAME),
    _COMMAND.map("get_ipython().system({!r})".format),
    st.sampled_from(["%reload_ext autoreload", "%cd ..", "%cd -q ~", "here = %pwd"]),
)
_INDENTED = st.lists(_SIMPLE, min_size=1, max_size=2).map(
    lambda lines: "\n".join(f"    {line}" for text in lines for line in text.split("\n"))
)
_COMPOUND = st.builds(
    "{}\n{}".format,
    st.sampled_from(
        ["if alpha:", "for beta in 'pq':", "with open('/dev/null') as delta:", "while True:"]
    ),
    _INDENTED,
).map(lambda text: f"{text}\n    break" if text.startswith("while") else text)
_FUNCTION = st.builds(
    "def function(alpha, beta):\n{}\nfunction('first', 'second')".format, _INDENTED
)
_CODE = st.lists(st.one_of(_SIMPLE, _COMPOUND, _FUNCTION), min_size=1, max_size=3).map("\n".join)
_CELL = st.one_of(
    _CODE,
    _CODE.map("%%time\n{}".format),
    _CODE.map("%%capture\n{}".format),
    _NAME,
    st.lists(_COMMAND, min_size=1, max_size=3).map("\n".join).map("%%bash\n{}\ntrue".format),
    _COMMAND.map("%%sh --out text --no-raise-error\n{}".format),
    _VALUES.map("%%writefile {{'a'}}.txt\n{}".format),
    _COMMAND.map("%sx {}".format),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_CELL, min_size=1, max_size=4))
def test_a_composed_notebook(sides: Sides, cells: list[str]) -> None:
    cells = [_FIRST, *cells]
    assert_same(sides.notebook(cells), sides.program(cells))
