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

    A repository without a commit is both: it can be followed, though not twice the same. So is one
    that is asked for with a password: the requirement is without it. Problems never repeat a
    password that stands in an address.
    """
    from nb2prod.analysis.requirements import is_requirement

    word = word.strip()
    shown = without_credentials(word)
    if len(word) > _LONGEST:
        return None, f"{shown[:40]}… is not a requirement that pip understands"
    if re.search(r"[{}$`]", shown):
        return None, f"{shown} is only known when the notebook runs"
    if has_credentials(word):
        return _without_password(shown)
    if re.search(r"[{}$`]", word):
        return None, f"{shown} is only known when the notebook runs"
    word = _as_address(word)
    if version_control := _VERSION_CONTROL.match(word):
        if version_control[1] != "git":
            return None, f"{shown} is not in a repository of git"
        if _COMMIT.search(word):
            return word, f"{shown} {_OVER_SSH}" if "+ssh://" in word else None
        return word, f"{shown} names no commit; pin one to get the same code every time"
    if re.match(r"(https?|ftp|file):", word):
        return None, f"{shown} is a direct download, which is not pinned by a hash"
    if word.startswith((".", "/", "~")) or "/" in word or word.lower().endswith(_ARCHIVES):
        return None, f"installs the local file {shown}"
    if is_requirement(word):
        return word, None
    return None, f"{shown} is not a requirement that pip understands"


_OVER_SSH = (
    "is asked for over SSH, and an image has no key: Dockerfile.private asks over HTTPS, with a"
    " login that it takes as a build secret"
)


def _without_password(word: str) -> tuple[str | None, str]:
    """What becomes of a requirement whose password was taken out."""
    problem = f"{word} has a password in its address, which must not be written down"
    word = _as_address(word)
    if not re.match(r"git\+https?://", word):
        return None, problem
    if not _COMMIT.search(word):
        return word, f"{problem}; it names no commit; pin one to get the same code every time"
    return word, f"{problem}: Dockerfile.private takes it as a build secret"


def _as_address(word: str) -> str:
    """`name @ address` as the address, which then has the name."""
    direct = _DIRECT.fullmatch(word)
    if direct is None:
        return word
    return direct["url"] if "#" in direct["url"] else f"{direct['url']}#egg={direct['name']}"


def has_credentials(text: str) -> bool:
    """Whether a password stands in an address of the text; with SSH it is a user's name alone."""
    return _CREDENTIALS.search(text) is not None and "+ssh://" not in text


def without_credentials(text: str) -> str:
    """A text with the passwords left out that stand in its addresses."""
    return _CREDENTIALS.sub("", text)
