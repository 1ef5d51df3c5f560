"""What a finding is recognised by in another run, when lines above it came or went."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator

from nb2prod.hygiene.model import Finding
from nb2prod.hygiene.reporters.paths import relative
from nb2prod.hygiene.reporters.report import Opened

_NUMBER = re.compile(r"\d+")


def identified(opened: Opened) -> Iterator[tuple[Finding, str]]:
    """The findings of a file, each with a fingerprint that no other has.

    It is made of path, rule, message and line of source. Numbers in messages, which may be those of
    cells, do not count; of findings that are alike in all of it the order does.
    """
    seen: Counter[str] = Counter()
    for finding in opened.findings:
        message = _NUMBER.sub("0", finding.message)
        parts = [relative(finding.path), finding.code, message, opened.line(finding).strip()]
        same = "\0".join(parts)
        seen[same] += 1
        whole = f"{same}\0{seen[same]}".encode("utf-8", "surrogateescape")
        yield finding, hashlib.sha256(whole).hexdigest()[:32]
