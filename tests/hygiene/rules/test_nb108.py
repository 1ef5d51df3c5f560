"""NB108: code for Python 2."""

from __future__ import annotations

import pytest

from tests.hygiene.build import code, fixed, found, places, sources, written

FOUND = [
    ("print 'a'\n", (1, 1, 1), "only Python 2 parses|Python 3 does not parse"),
    ("x = 1\nprint x, 2\n", (1, 2, 1), "does not parse"),
    ("try:\n    f()\nexcept IOError, e:\n    pass\n", (1, 3, 1), "does not parse"),
    ("for i in xrange(3):\n    i\n", (1, 1, 10), "`xrange` is Python 2's; Python 3 has `range`"),
    ("name = raw_input('name')\n", (1, 1, 8), "`input`"),
    ("%time y = unicode(1)\n", (1, 1, 11), "`unicode`"),
    ("d = {}\nd.has_key(1)\n", (1, 2, 1), "`has_key`"),
    ("import urllib2\n", (1, 1, 1), "`urllib.request`"),
    ("import os, cPickle as pickle\n", (1, 1, 1), "`pickle`"),
    ("from urlparse import urljoin\n", (1, 1, 1), "`urllib.parse`"),
]


@pytest.mark.parametrize(("source", "place", "said"), FOUND)
def test_python_2(source: str, place: tuple[int, int, int], said: str) -> None:
    [finding] = found(written(source), "NB108")
    assert finding.location is not None
    assert (finding.location.cell, finding.location.line, finding.location.column) == place
    assert any(part in finding.message for part in said.split("|"))


@pytest.mark.parametrize(
    "source",
    [
        "print('a')\n",
        "x = (1\n",
        "%%python2\nprint 'a'\n",
        "%%bash\npython2 -c 'print 1'\n",
        "xrange = range\nfor i in xrange(3): pass\n",
        "from past.builtins import unicode\nunicode(1)\n",
        "try:\n    unicode\nexcept NameError:\n    unicode = str\n",
        "try:\n    import cPickle as pickle\nexcept ImportError:\n    import pickle\n",
        "import sys\nif sys.version_info[0] < 3:\n    import urllib2\n",
        "text = 'use xrange(3), d.has_key(1) or import urllib2'\n",
        "from .urlparse import x\n",
        "store.has_key\n",
    ],
)
def test_nothing_to_find(source: str) -> None:
    assert places(written(source), "NB108") == []


@pytest.mark.parametrize("codes", [("NB107",), ("NB108",), ("NB107", "NB108")])
def test_such_a_cell_is_told_once(codes: tuple[str, ...]) -> None:
    content = written("print 'a'\n", "x = (1\n")
    expected = {"NB107": ["NB107", "NB107"], "NB108": ["NB108"]}
    wanted = expected.get("".join(codes), ["NB108", "NB107"])
    assert [one.code for one in found(content, *codes)] == wanted


def test_a_name_is_told_by_one_rule() -> None:
    content = written("for i in xrange(3):\n    pass\n")
    assert [one.code for one in found(content, "NB108", "NB208")] == ["NB108"]
    assert [one.code for one in found(content, "NB208")] == ["NB208"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("print 'a', 1\n", "print('a', 1)\n"),
        (
            "for i in xrange(3):\n    print i\n    print\n",
            "for i in range(3):\n    print(i)\n    print()\n",
        ),
        # Left to a person.
        ("print 'a',\n", "print 'a',\n"),
        ("print >> log, 'a'\n", "print >> log, 'a'\n"),
        ("print 'a'  # b\n", "print 'a'  # b\n"),
        ("print 'a'; print 'b'\n", "print 'a'; print 'b'\n"),
        ("if x <> 1:\n    print x\n", "if x <> 1:\n    print x\n"),
        ('t = """\nprint x\n"""\nprint t\n', 't = """\nprint x\n"""\nprint t\n'),
    ],
)
def test_the_fix(before: str, after: str) -> None:
    assert sources(fixed(written(before), "NB108", unsafe=True)) == [after]
    assert sources(fixed(written(before), "NB108")) == [before]


def test_a_cell_that_is_to_fail() -> None:
    tagged = code("xrange(3)\n", metadata={"tags": ["raises-exception"]})
    assert places(written(tagged), "NB108") == []
