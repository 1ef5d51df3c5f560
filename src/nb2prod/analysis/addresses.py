"""Web addresses as they may be written into a report: without what gives access to them.

Where an address names a version of what it leads to (a branch, a tag, a commit), that is told from
it by the forms that the hosts document.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from nb2prod.analysis.pasted import is_marked
from nb2prod.analysis.secrets import is_secret_name
from nb2prod.analysis.tokens import find_tokens, looks_random

_ADDRESS = re.compile(r"(?:https?|ftp|s3|gs|hf)://[^\s/\"'<>]+\S*", re.IGNORECASE)
_OWN_MACHINE = re.compile(
    r"localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\]|169\.254\.[\d.]+|metadata\.google\.internal",
    re.IGNORECASE,
)
# Parameters of signed addresses: Amazon's and Google's (`X-Amz-…`, `X-Goog-…`, and their older
# forms), Azure's shared access signatures, CloudFront's, Discord's, Dropbox's link key.
_ACCESS = re.compile(
    r"x-(?:amz|goog)-.*|awsaccesskeyid|googleaccessid|signature|sig|s[ktper]|skoid|sktid|spr"
    r"|expires|policy|key-pair-id|hm|rlkey|resourcekey|auth|authorization|jwt|session(?:id)?"
    r"|code|user|username|login|email|app_?id|client_?id|sas|hash|h",
    re.IGNORECASE,
)
# Names of files look random too, and without them the address leads nowhere.
_NAMES = frozenset({"id", "export", "file", "filename", "path", "name", "url", "list", "v", "gid"})
_REVISIONS = (
    re.compile(r"huggingface\.co/(?:datasets/|spaces/)?[^/]+/[^/]+/(?:resolve|raw|blob)/([^/?]+)/"),
    re.compile(r"raw\.githubusercontent\.com/[^/]+/[^/]+/(?:refs/(?:heads|tags)/)?([^/?]+)/"),
    re.compile(r"github\.com/[^/]+/[^/]+/(?:raw|blob)/(?:refs/(?:heads|tags)/)?([^/?]+)/"),
    re.compile(r"github\.com/[^/]+/[^/]+/releases/download/([^/?]+)/"),
    re.compile(
        r"github\.com/[^/]+/[^/]+/archive/(?:refs/(?:heads|tags)/)?([^/?]+?)(?:\.zip|\.tar)"
    ),
    re.compile(r"(?:tfhub\.dev|www\.kaggle\.com/models)/.+/(\d+)(?:\?|\Z)"),
)


def is_address(text: str) -> bool:
    """Whether a text is the address of something on another machine."""
    match = _ADDRESS.fullmatch(text)
    return match is not None and not _OWN_MACHINE.fullmatch(_host(text))


def public_address(address: str) -> str | None:
    """The address without user, password, signature, token and fragment.

    None where a secret is in its path, so that there is no address without it.
    """
    try:
        parts = urlsplit(address)
    except ValueError:  # half an IPv6 address
        return None
    host = parts.netloc.rpartition("@")[2]
    bare = urlunsplit((parts.scheme, host, parts.path, "", ""))
    if is_marked(bare) or any(find_tokens(bare)):
        return None
    kept = [pair for pair in parts.query.split("&") if pair and not _gives_access(pair)]
    return urlunsplit((parts.scheme, host, parts.path, "&".join(kept), ""))


def last_part(address: str) -> str:
    """The name of what an address leads to: the last part of its path, its host for none."""
    parts = urlsplit(address)
    return parts.path.rstrip("/").rpartition("/")[2] or parts.netloc


def revision_in(address: str) -> str | None:
    """The branch, tag, commit or version that an address names, for the hosts that are known."""
    return next((match[1] for form in _REVISIONS if (match := form.search(address))), None)


def is_google_drive(address: str) -> bool:
    """Whether an address is one of Google Drive's or Google Docs'."""
    return _host(address) in ("drive.google.com", "docs.google.com", "drive.usercontent.google.com")


def _host(address: str) -> str:
    netloc = address.partition("://")[2].partition("/")[0].partition("?")[0]
    return re.sub(r":\d+\Z", "", netloc.rpartition("@")[2]).lower()


def _gives_access(pair: str) -> bool:
    name, _, value = pair.partition("=")
    if is_marked(pair) or _ACCESS.fullmatch(name) or is_secret_name(name.replace("-", "_")):
        return True
    if any(find_tokens(pair, names=True)):
        return True
    return name.lower() not in _NAMES and len(value) >= 20 and looks_random(value)
