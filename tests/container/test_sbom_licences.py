"""Licences as SPDX has them, where it is clear which one is meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from cyclonedx.model.license import License, LicenseExpression

from nb2prod.container.contents.licence_texts import recognised
from nb2prod.container.contents.licences import of_distribution, of_system_package
from tests.container.roots import distribution, package

BSD = """Copyright (c) 2020, Somebody.
Redistribution and use in source and binary forms, with or without modification,
are permitted provided that the following conditions are met:
  * Redistributions of source code must retain the above copyright notice.
{more}
THIS SOFTWARE IS PROVIDED "AS IS".
"""
THIRD = """  3. Neither the name of the project nor the names of its contributors may be used to
     endorse or promote products derived from this software without specific prior written
     permission."""
FOURTH = "  4. All advertising materials mentioning features must display this."
MIT = """Permission is hereby granted, free of charge, to any person obtaining a copy of this
software and associated documentation files (the "Software"), to deal in the Software without
restriction, subject to the following conditions:
{more}
THE SOFTWARE IS PROVIDED "AS IS".
"""
NOTICE = "The above copyright notice and this permission notice shall be included in all copies."
X11 = f"{NOTICE} Except as contained in this notice, the name shall not be used."
OSI = "License :: OSI Approved :: "


def shown(licences: Iterable[License]) -> list[str]:
    """Each by its identifier, its expression or "name: …", with a ? where it was concluded."""
    words = []
    for one in licences:
        own = one.value if isinstance(one, LicenseExpression) else one.id
        text = own or f"name: {getattr(one, 'name', None)}"
        assert one.acknowledgement is not None
        words.append(text + ("?" if one.acknowledgement.value == "concluded" else ""))
    return words


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"expression": "MIT"}, ["MIT"]),
        ({"expression": "mit or apache-2.0"}, ["MIT OR Apache-2.0"]),
        ({"expression": "MIT", "licence": "GPL", "classifiers": (f"{OSI}BSD License",)}, ["MIT"]),
        ({"expression": "LicenseRef-Own"}, ["LicenseRef-Own"]),
        ({"expression": "Whatever I like", "licence": "MIT"}, ["MIT"]),
        ({"expression": "Whatever I like"}, ["name: Whatever I like"]),
        ({"expression": "(" * 400 + "MIT" + ")" * 400}, []),
        ({"licence": "BSD-3-Clause"}, ["BSD-3-Clause"]),
        ({"licence": "Apache License, Version 2.0"}, ["Apache-2.0"]),
        ({"licence": "The MIT License"}, ["MIT"]),
        ({"licence": "GPL"}, ["name: GPL"]),
        ({"licence": "GPLv3"}, ["name: GPLv3"]),
        ({"licence": "UNKNOWN"}, []),
        ({"licence": "a\x1b[2J\u202eb"}, ["name: a [2J b"]),
        ({"classifiers": (f"{OSI}MIT License",)}, ["MIT"]),
        (
            {"classifiers": (f"{OSI}MIT License", f"{OSI}Mozilla Public License 2.0 (MPL 2.0)")},
            ["MIT", "MPL-2.0"],
        ),
        # Which BSD, and which Apache, a classifier does not say; the text does.
        ({"classifiers": (f"{OSI}BSD License",)}, ["name: BSD License"]),
        (
            {"classifiers": (f"{OSI}BSD License",), "licence": BSD.format(more=THIRD)},
            ["name: BSD License", "BSD-3-Clause?"],
        ),
        (
            {
                "classifiers": (f"{OSI}Apache Software License",),
                "texts": ("Apache License\nVersion 2.0, January 2004",),
            },
            ["name: Apache Software License", "Apache-2.0?"],
        ),
        ({"texts": ("Notes.", BSD.format(more=""))}, ["BSD-2-Clause?"]),
        (
            {"licence": "NVIDIA", "classifiers": ("License :: Other/Proprietary License",)},
            ["name: NVIDIA", "name: Other/Proprietary License"],
        ),
        ({}, []),
    ],
)
def test_of_a_distribution(given: dict[str, Any], expected: list[str]) -> None:
    assert shown(of_distribution(distribution("demo", **given))) == expected


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        (BSD.format(more=THIRD), "BSD-3-Clause"),
        (BSD.format(more=""), "BSD-2-Clause"),
        (BSD.format(more=THIRD + FOURTH), None),
        (MIT.format(more=NOTICE), "MIT"),
        (MIT.format(more=""), None),  # MIT-0
        (MIT.format(more=X11), None),
        # A package's own licence comes first, what it bundles after it.
        (BSD.format(more=THIRD) + MIT.format(more=NOTICE), "BSD-3-Clause"),
        ("x" * 5000 + BSD.format(more=THIRD), None),
        ("Mozilla Public License Version 2.0\n====", "MPL-2.0"),
        ("This package is under the terms of its authors.", None),
        ("", None),
    ],
)
def test_a_text_is_recognised_or_left(text: str, licence: str | None) -> None:
    assert recognised(text) == licence


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (("GPL-2+",), ["GPL-2.0-or-later"]),
        (("LGPL-2.1",), ["LGPL-2.1-only"]),
        (("GPL-2+", "Expat"), ["GPL-2.0-or-later AND MIT"]),
        (("GPL-2+ or Artistic", "MIT"), ["(GPL-2.0-or-later OR Artistic-1.0-Perl) AND MIT"]),
        (("GPL-2+ with Autoconf exception",), ["GPL-2.0-or-later WITH Autoconf-exception-2.0"]),
        (("GPL-3+ and ISC", "zlib"), ["GPL-3.0-or-later AND ISC AND Zlib"]),
        (("A or B and GPL-2",), ["name: A or B and GPL-2"]),
        (("MIT and ISC or GPL-2",), ["(MIT AND ISC) OR GPL-2.0-only"]),
        # One that SPDX does not know: the others keep their identifiers, each by itself.
        (("GPL-2+", "public-domain"), ["GPL-2.0-or-later", "name: public-domain"]),
        (("GPL-2+ or MIT", "other"), ["name: GPL-2+ or MIT", "name: other"]),
        (("GPL-2+, or MIT",), ["name: GPL-2+, or MIT"]),
        (("BSD-3-clause and/or GPL-3+",), ["name: BSD-3-clause and/or GPL-3+"]),
        (("GPL-9+",), ["name: GPL-9+"]),
        ((" \x1b[2J",), ["name: [2J"]),
        (("\x07",), []),
        ((), []),
    ],
)
def test_of_a_system_package(named: tuple[str, ...], expected: list[str]) -> None:
    assert shown(of_system_package(package("demo", named=named))) == expected


def test_texts_that_a_copyright_file_refers_to_are_conclusions() -> None:
    found = of_system_package(package("demo", common=("GPL-2", "LGPL")))
    assert shown(found) == ["name: GPL-2?", "name: LGPL?"]
