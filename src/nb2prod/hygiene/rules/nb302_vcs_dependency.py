"""NB302: a package from a repository or an address that names no commit and no hash."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nb2prod.analysis.pip_requirements import without_credentials
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.installs import installs
from nb2prod.hygiene.model import Finding

RULE = rule("NB302")

_REPOSITORY = re.compile(r"(?:git|hg|svn|bzr)\+|.*\.git(?:[@#]|\Z)")
# Abbreviated ones are commits too.
_COMMIT = re.compile(r"@[0-9a-f]{7,40}(?=[#?]|\Z)")
# A host's archive of a commit is the same file every time.
_PINNED_FILE = re.compile(r"#(?:.*&)?(?:sha\d+|md5)=|[/-][0-9a-f]{40}(?=[/.]|\Z)")


def check(context: Context) -> Iterator[Finding]:
    """The addresses that pip is given and that may hold something else tomorrow."""
    for cell in context.code_cells:
        for install in installs(cell):
            for asked in install.asked:
                address = asked.address
                if not address or address.startswith("file:"):
                    continue
                shown = without_credentials(address).partition("#")[0]
                if _REPOSITORY.match(address):
                    if not _COMMIT.search(address):
                        said = f"`{shown}` names no commit; write `@` and a commit's hash behind it"
                        yield context.found(RULE, install.location, said)
                elif not _PINNED_FILE.search(address):
                    said = f"`{shown}` is a download without a hash; write `#sha256=…` behind it"
                    yield context.found(RULE, install.location, said)
