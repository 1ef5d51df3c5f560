"""What is to be reported, and the files that it is about, looked at once more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from operator import attrgetter

from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding, Profile
from nb2prod.hygiene.physical import Physical, Spot
from nb2prod.hygiene.reporters.text import visible


class Opened:
    """A file with its findings. Of a file that cannot be read again there are no lines."""

    def __init__(
        self, path: str, findings: Sequence[Finding], profile: Profile, content: bytes | None
    ) -> None:
        self.path = path
        self.findings = findings
        self._profile = profile
        self._content = content
        self._lines: dict[int, list[str]] = {}

    @cached_property
    def context(self) -> Context:
        """The notebook."""
        content = self._content
        if content is None:
            try:
                with open(self.path, "rb") as file:  # noqa: PTH123 (pathlib is slow to load)
                    content = file.read()
            except (OSError, ValueError):
                content = b""
        return Context(self.path, content, self._profile)

    def lines(self, finding: Finding) -> list[str]:
        """The lines of the cell that a finding is in the text of, as people may see them."""
        place = finding.location
        if place is None or finding.part != "source" or place.cell > len(self.context.cells):
            return []
        if place.cell not in self._lines:
            shown = self.context.cells[place.cell - 1].hidden
            self._lines[place.cell] = visible(shown).split("\n")
        return self._lines[place.cell]

    def line(self, finding: Finding) -> str:
        """The line that a finding is in; "" where it is in none."""
        lines, place = self.lines(finding), finding.location
        return lines[place.line - 1] if place and place.line <= len(lines) else ""

    def spot(self, finding: Finding) -> Spot:
        """Where in the file a finding is."""
        return self._physical.spot(finding.location, finding.part)

    @cached_property
    def _physical(self) -> Physical:
        return Physical(self.context)


class Report:
    """Findings in order, and the files that were looked at, with how each was checked.

    `contents` are the bytes of those that are not to be read from their path: standard input.
    """

    def __init__(
        self,
        findings: Sequence[Finding],
        files: Mapping[str, Profile],
        contents: Mapping[str, bytes],
        *,
        unsafe: bool,
    ) -> None:
        self.findings = findings
        self.files = files
        self.unsafe = unsafe
        self._contents = contents

    def opened(self) -> Iterator[Opened]:
        """The files that something was found in. One is held at a time."""
        for path, found in groupby(self.findings, key=attrgetter("path")):
            yield Opened(path, list(found), self.files[path], self._contents.get(path))
