"""The licences of packages as CycloneDX has them: SPDX's identifiers and expressions where it is
clear which one is meant, else the names that the packages give.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from nb2prod.container.contents import licence_names
from nb2prod.container.contents.licence_texts import recognised
from nb2prod.container.contents.model import Distribution, SystemPackage
from nb2prod.project.quoting import one_line

if TYPE_CHECKING:
    from cyclonedx.model.license import License

_SHORT = 100  # characters of a licence's name; what is longer is its text
_LONG = 2000  # characters of an expression
_PREFIX = re.compile(r"License :: (OSI Approved :: )?")
_NOTHING = frozenset({"", "unknown", "none", "osi approved", "other", "see license", "license"})


def of_distribution(found: Distribution) -> list[License]:
    """What its metadata declares: an expression, else identifiers, else names; and with names the
    licence that its text is ("concluded"), where that is recognised.
    """
    from cyclonedx.contrib.license.factories import LicenseFactory
    from cyclonedx.model.license import LicenseAcknowledgement

    declared = LicenseAcknowledgement.DECLARED
    factory = LicenseFactory()
    expression = _expression(found.expression) or _expression(_short(found.licence))
    if expression is not None:
        return [_as_licence(expression)]
    written = licence_names.written(_short(found.licence))
    classified = [one_line(_PREFIX.sub("", one)) for one in found.classifiers]
    identifiers = {written} if written else set(map(licence_names.CLASSIFIERS.get, classified))
    if identifiers and None not in identifiers:
        return [
            factory.make_with_id(one, acknowledgement=declared)
            for one in sorted(filter(None, identifiers))
        ]
    names = {*classified, _short(found.licence), _short(found.expression)}
    licences: list[License] = [
        factory.make_with_name(one, acknowledgement=declared)
        for one in sorted(names)
        if one.lower() not in _NOTHING
    ]
    # The first text that is recognised: files of what is bundled come after the package's own.
    texts = (found.licence, *found.texts)
    concluded = next(filter(None, map(recognised, texts)), None)
    if concluded is not None:
        licences.append(
            factory.make_with_id(concluded, acknowledgement=LicenseAcknowledgement.CONCLUDED)
        )
    return licences


def of_python(implementation: str) -> list[License]:
    """Of CPython what its LICENSE is, which is one file for all of it and not in every image; of
    others nothing is known.
    """
    from cyclonedx.contrib.license.factories import LicenseFactory
    from cyclonedx.model.license import LicenseAcknowledgement

    if implementation != "cpython":
        return []
    # Not PSF-2.0, which is the newest of the four agreements in that file and not the others.
    concluded = LicenseAcknowledgement.CONCLUDED
    return [LicenseFactory().make_with_id("Python-2.0", acknowledgement=concluded)]


def of_system_package(found: SystemPackage) -> list[License]:
    """What its copyright file names: one expression where all of it has SPDX's names, because all
    the licences hold for some file of the package; else the names one by one.
    """
    from cyclonedx.contrib.license.factories import LicenseFactory
    from cyclonedx.model.license import LicenseAcknowledgement

    factory = LicenseFactory()
    declared, concluded = LicenseAcknowledgement.DECLARED, LicenseAcknowledgement.CONCLUDED
    names = sorted({one_line(one)[:_SHORT] for one in found.named} - {""})
    known = {name: licence_names.debian(name) for name in names}
    if names and all(known.values()):
        together = _all_of(filter(None, known.values()))
        if _expression(together) is not None:
            return [_as_licence(together)]
    # CycloneDX has either one expression or a list of identifiers and names.
    licences: dict[str, License] = {}
    for name in names:
        value = known[name]
        if value is not None and not re.search(r"[ ()]", value):
            licences[value] = factory.make_with_id(value, acknowledgement=declared)
        else:
            licences[name] = factory.make_with_name(name, acknowledgement=declared)
    for name in found.common:
        # The text that is referred to does not tell whether later versions are meant as well.
        licences[name] = factory.make_with_name(one_line(name), acknowledgement=concluded)
    return list(licences.values())


def _all_of(expressions: Iterable[str]) -> str:
    each = sorted(set(expressions))
    if len(each) == 1:
        return each[0]
    return " AND ".join(f"({one})" if " OR " in one else one for one in each)


def _expression(text: str) -> str | None:
    """The text as an SPDX expression in its canonical form, if it is one."""
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    if not 0 < len(text) <= _LONG:
        return None
    try:
        return canonicalize_license_expression(text)
    except (InvalidLicenseExpression, RecursionError, MemoryError):  # as a deep one's parser has it
        return None


def _as_licence(expression: str) -> License:
    """A canonical expression as what its package declares; of one licence alone its identifier."""
    from cyclonedx.contrib.license.factories import LicenseFactory
    from cyclonedx.model.license import LicenseAcknowledgement, LicenseExpression
    from cyclonedx.spdx import is_supported_id

    declared = LicenseAcknowledgement.DECLARED
    if is_supported_id(expression):
        return LicenseFactory().make_with_id(expression, acknowledgement=declared)
    return LicenseExpression(expression, acknowledgement=declared)


def _short(text: str) -> str:
    """The text, if it can be a name."""
    bare = one_line(text)
    return bare if len(bare) <= _SHORT and "\n" not in text.strip() else ""
