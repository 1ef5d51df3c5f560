"""Which licence a text is, by sentences that it alone has. For the few that most packages have; a
text that is not clearly one of them is none.
"""

from __future__ import annotations

import re

# A distribution's own licence comes first in its file; those of what it bundles come after it.
_BEGINNING = 4000

_BSD = (
    "redistribution and use in source and binary forms with or without modification are permitted"
    " provided that the following conditions are met"
)
_NAMES = re.compile(
    r"may (not )?be used to endorse or promote products derived from this software without specific"
    r" prior written permission"
)
_MIT = (
    "permission is hereby granted free of charge to any person obtaining a copy of this software"
    " and associated documentation files the software to deal in the software without restriction"
)
_NOTICE = "the above copyright notice and this permission notice"
_ISC = (
    "permission to use copy modify and or distribute this software for any purpose with or without"
    " fee is hereby granted provided that the above copyright notice and this permission notice"
    " appear in all copies"
)


def recognised(text: str) -> str | None:
    """The SPDX identifier of the licence that the text begins with; None where it is none of BSD's
    with two and three clauses, MIT, ISC, Apache 2.0, MPL 2.0 and the Unlicense.
    """
    words = re.sub(r"[^a-z0-9]+", " ", text[:_BEGINNING].lower()).strip()
    places = {
        kind: place
        for kind, sentence in (("bsd", _BSD), ("mit", _MIT), ("isc", _ISC))
        if (place := words.find(sentence)) >= 0
    }
    if places:
        first = min(places, key=lambda kind: places[kind])
        return _exactly(first, words[places[first] :])
    for sentence, identifier in _TITLES:
        if sentence in words[:300]:
            return identifier
    return None


def _exactly(kind: str, words: str) -> str | None:
    """Which of its kind; what differs from all of them in its words is none."""
    if kind == "bsd":
        if "advertising materials" in words:
            return None
        return "BSD-3-Clause" if _NAMES.search(words) else "BSD-2-Clause"
    if kind == "mit":
        # X11's and others' forbid the use of names, and MIT-0 asks for no notice.
        is_plain = _NOTICE in words and "except as contained in this notice" not in words
        return "MIT" if is_plain else None
    return "ISC"


_TITLES = (
    ("apache license version 2 0", "Apache-2.0"),
    ("mozilla public license version 2 0", "MPL-2.0"),
    ("this is free and unencumbered software released into the public domain", "Unlicense"),
)
