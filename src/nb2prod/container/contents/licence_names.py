"""SPDX's names for licences that metadata and copyright files call otherwise.

Only names that stand for one licence: "BSD License" is three, and "GPL" is any of many.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# Classifiers that stand for one SPDX identifier, without the words that all begin with. PEP 639
# lists those that do not, in its appendix "Mapping License Classifiers to SPDX Identifiers".
CLASSIFIERS: Mapping[str, str] = {
    "Blue Oak Model License (BlueOak-1.0.0)": "BlueOak-1.0.0",
    "Boost Software License 1.0 (BSL-1.0)": "BSL-1.0",
    "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication": "CC0-1.0",
    "CMU License (MIT-CMU)": "MIT-CMU",
    "Eclipse Public License 1.0 (EPL-1.0)": "EPL-1.0",
    "Eclipse Public License 2.0 (EPL-2.0)": "EPL-2.0",
    "European Union Public Licence 1.1 (EUPL 1.1)": "EUPL-1.1",
    "European Union Public Licence 1.2 (EUPL 1.2)": "EUPL-1.2",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "Historical Permission Notice and Disclaimer (HPND)": "HPND",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Mulan Permissive Software License v2 (MulanPSL-2.0)": "MulanPSL-2.0",
    "SIL Open Font License 1.1 (OFL-1.1)": "OFL-1.1",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "Universal Permissive License (UPL)": "UPL-1.0",
    "Zero-Clause BSD (0BSD)": "0BSD",
    "zlib/libpng License": "Zlib",
}

# What people write into the field License; compared without case, punctuation and "the".
_WRITTEN: Mapping[str, str] = {
    "0bsd": "0BSD",
    "apache 2": "Apache-2.0",
    "apache 2 0": "Apache-2.0",
    "apache license 2": "Apache-2.0",
    "apache license 2 0": "Apache-2.0",
    "apache license v2 0": "Apache-2.0",
    "apache license version 2 0": "Apache-2.0",
    "apache software license 2 0": "Apache-2.0",
    "apache software license version 2 0": "Apache-2.0",
    "asl 2 0": "Apache-2.0",
    "2 clause bsd": "BSD-2-Clause",
    "2 clause bsd license": "BSD-2-Clause",
    "bsd 2 clause": "BSD-2-Clause",
    "bsd 2 clause license": "BSD-2-Clause",
    "simplified bsd": "BSD-2-Clause",
    "simplified bsd license": "BSD-2-Clause",
    "3 clause bsd": "BSD-3-Clause",
    "3 clause bsd license": "BSD-3-Clause",
    "bsd 3": "BSD-3-Clause",
    "bsd 3 clause": "BSD-3-Clause",
    "bsd 3 clause license": "BSD-3-Clause",
    "bsd license 3 clause": "BSD-3-Clause",
    "modified bsd": "BSD-3-Clause",
    "modified bsd license": "BSD-3-Clause",
    "new bsd": "BSD-3-Clause",
    "new bsd license": "BSD-3-Clause",
    "revised bsd license": "BSD-3-Clause",
    "cc0": "CC0-1.0",
    "expat": "MIT",
    "expat license": "MIT",
    "isc license": "ISC",
    "isc license iscl": "ISC",
    "isc": "ISC",
    "mit": "MIT",
    "mit license": "MIT",
    "mit licence": "MIT",
    "mpl 2": "MPL-2.0",
    "mpl 2 0": "MPL-2.0",
    "mozilla public license 2 0": "MPL-2.0",
    "mozilla public license 2 0 mpl 2 0": "MPL-2.0",
    "mozilla public license version 2 0": "MPL-2.0",
    "agplv3+": "AGPL-3.0-or-later",
    "gplv2+": "GPL-2.0-or-later",
    "gplv3+": "GPL-3.0-or-later",
    "lgplv3+": "LGPL-3.0-or-later",
    "hpnd": "HPND",
    "psf 2 0": "PSF-2.0",
    "unlicense": "Unlicense",
    "zlib": "Zlib",
    "zlib license": "Zlib",
}

# Names of Debian's copyright format 1.0 and of common use in it, in small letters.
_DEBIAN: Mapping[str, str] = {
    "apache-2": "Apache-2.0",
    "apache-2.0": "Apache-2.0",
    "artistic": "Artistic-1.0-Perl",
    "artistic-2": "Artistic-2.0",
    "boost-1.0": "BSL-1.0",
    "bsd-4-clause-uc": "BSD-4-Clause-UC",
    "expat": "MIT",
    "mit/x11": "MIT",
    "mpl-2": "MPL-2.0",
    "openldap-2.8": "OLDAP-2.8",
    "openssl": "OpenSSL",
    "python": "Python-2.0",
}
_GNU = re.compile(r"(a?gpl|lgpl|gfdl)-(\d)(?:\.(\d))?(?:\.0)?(\+)?")
# Exceptions that SPDX lists, by the family's name and version, for the GPL that goes with them.
_EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("GPL-2.0-or-later", "autoconf"): "Autoconf-exception-2.0",
    ("GPL-3.0-or-later", "autoconf"): "Autoconf-exception-3.0",
    ("GPL-2.0-or-later", "bison"): "Bison-exception-2.2",
    ("GPL-3.0-or-later", "bison"): "Bison-exception-2.2",
    ("GPL-3.0-or-later", "bison-2.2"): "Bison-exception-2.2",
    ("GPL-2.0-or-later", "classpath"): "Classpath-exception-2.0",
    ("GPL-2.0-or-later", "font"): "Font-exception-2.0",
    ("GPL-2.0-or-later", "libtool"): "Libtool-exception",
    ("GPL-2.0-only", "linux-syscall-note"): "Linux-syscall-note",
    ("GPL-3.0-or-later", "texinfo"): "Texinfo-exception",
    ("GPL-2.0-or-later", "texinfo"): "Texinfo-exception",
}


def written(text: str) -> str | None:
    """The SPDX identifier for what a field License says in short; None where it is not one."""
    bare = re.sub(r"[^a-z0-9+]+", " ", text.lower()).strip().removeprefix("the ")
    return _WRITTEN.get(bare)


def debian(name: str) -> str | None:
    """The SPDX expression for a name in a copyright file, such as "GPL-2+ or Artistic"; None where
    some part of it stands for no SPDX identifier. An identifier of SPDX's own stays.
    """
    # Commas bind "or" weaker than "and"; few have them, and they are left alone.
    if "," in name or "/or" in name:
        return None
    parts = []
    for choice in re.split(r"\s+(?:or|\|)\s+", name, flags=re.IGNORECASE):
        both = [_debian_one(one) for one in re.split(r"\s+and\s+", choice, flags=re.IGNORECASE)]
        if None in both:
            return None
        parts.append(" AND ".join(filter(None, both)))
    return " OR ".join(f"({one})" if " AND " in one and len(parts) > 1 else one for one in parts)


def _debian_one(name: str) -> str | None:
    bare, _, exception = (part.strip() for part in name.lower().partition(" with "))
    found = _gnu(bare) or _DEBIAN.get(bare)
    if not exception:
        return found or _spdx(bare)
    excepted = _EXCEPTIONS.get((found or "", exception.removesuffix(" exception")))
    return f"{found} WITH {excepted}" if excepted else None


def _gnu(name: str) -> str | None:
    match = _GNU.fullmatch(name)
    if match is None:
        return None
    family, major, minor, later = match.groups()
    return _spdx(f"{family}-{major}.{minor or 0}-{'or-later' if later else 'only'}")


def _spdx(name: str) -> str | None:
    from cyclonedx.spdx import fixup_id

    return fixup_id(name)
