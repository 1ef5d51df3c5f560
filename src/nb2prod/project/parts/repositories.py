"""The repositories that the image brings along, because the notebook clones them at a commit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nb2prod.analysis.clones import is_commit
from nb2prod.analysis.facts import Clone

_URL = re.compile(r"https?://[\w.-]+(?::\d+)?(?:/[\w.~-]+)+/?")


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository in the image: its address, the commits that are taken, and its directory.
    `copy` is where the build has all of it first.
    """

    url: str
    commits: tuple[str, ...]
    directory: str
    copy: str


def repositories(clones: tuple[Clone, ...]) -> tuple[Repository, ...]:
    """The repositories that the notebook clones at a commit, by their plain public addresses.

    git replaces the beginnings of addresses; one that is the beginning of another stays out.
    """
    urls = dict.fromkeys(clone.url for clone in clones)
    found: list[Repository] = []
    for url in urls:
        commits = tuple(
            dict.fromkeys(clone.revision for clone in clones if clone.url == url and clone.revision)
        )
        longer = any(other != url and other.startswith(url) for other in urls)
        if longer or not commits or not all(map(is_commit, commits)) or not _URL.fullmatch(url):
            continue
        name = f"{len(found) + 1}-{url.rstrip('/').rpartition('/')[2].removesuffix('.git')}.git"
        found.append(Repository(url, commits, f"/opt/repositories/{name}", f"/repositories/{name}"))
    return tuple(found)
