"""What a word of `pip install` asks for, and why it cannot be followed where it cannot."""

from __future__ import annotations

import re

_DIRECT = re.compile(
    r"(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*@\s*(?P<url>(?:\w+\+)?[a-z]+://\S+)"
)
_VERSION_CONTROL = re.compile(r"(git|hg|svn|bzr)\+")
_COMMIT = re.compile(r"@[0-9a-f]{40}(?=#|$)")
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")
_LONGEST = 2000  # beyond any name, version and address
_ARCHIVES = (".whl", ".egg", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


def read_requirement(word: str) -> tuple[str | None, str | None]:
    """The requirement that pip is asked for, and what a person has to decide about it.

    A repository without a commit is both: it can be followed, though not twice the same. Problems
    never repeat a password that stands in an address.
    """
    from nb2prod.analysis.requirements import is_requirement

    word = word.strip()
    shown = without_credentials(word)
    if len(word) > _LONGEST:
        return None, f"{shown[:40]}… is not a requirement that pip understands"
    if re.search(r"[{}$`]", word):
        return None, f"{shown} is only known when the notebook runs"
    if direct := _DIRECT.fullmatch(word):
        word = direct["url"] if "#" in direct["url"] else f"{direct['url']}#egg={direct['name']}"
    if _CREDENTIALS.search(word) and not re.search(r"\+ssh://", word):
        return None, f"{shown} has a password in its address, which must not be written down"
    if version_control := _VERSION_CONTROL.match(word):
        if version_control[1] != "git":
            return None, f"{shown} is not in a repository of git"
        if _COMMIT.search(word):
            return word, None
        return word, f"{shown} names no commit; pin one to get the same code every time"
    if re.match(r"(https?|ftp|file):", word):
        return None, f"{shown} is a direct download, which is not pinned by a hash"
    if word.startswith((".", "/", "~")) or "/" in word or word.lower().endswith(_ARCHIVES):
        return None, f"installs the local file {shown}"
    if is_requirement(word):
        return word, None
    return None, f"{shown} is not a requirement that pip understands"


def without_credentials(text: str) -> str:
    """A text with the passwords left out that stand in its addresses."""
    return _CREDENTIALS.sub("", text)
