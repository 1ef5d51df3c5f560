"""Names that are easily taken for another: one slip of the finger away from a popular distribution.

Popular means among the most downloaded (`tables/popularity.tsv`). A name that is known itself is no
look-alike, however near it is.
"""

from __future__ import annotations

from nb2prod.data.distributions import is_named, normalise, popular

_POPULAR = 5000
# Shorter names are near to too many.
_SHORTEST = 5


def popular_look_alike(name: str) -> str | None:
    """The most popular distribution that an unknown name is one edit away from: a letter more, less
    or other, or two neighbours swapped. None for known and for very short names.
    """
    name = normalise(name)
    if len(name) < _SHORTEST or is_named(name):
        return None
    return next((other for other in popular(_POPULAR) if one_edit_apart(name, other)), None)


def one_edit_apart(one: str, other: str) -> bool:
    """Whether one letter more, less or other, or two swapped, makes the one name the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    rest = short[start + 1 :], long[start + 1 :]
    swapped = short[start : start + 2] == long[start : start + 2][::-1]
    return rest[0] == rest[1] or (swapped and rest[0][1:] == rest[1][1:])
