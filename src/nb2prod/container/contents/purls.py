"""Package URLs (purl) of what is inside an image; by them others look up what they know of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from nb2prod.container.contents.model import Distribution, SystemPackage
from nb2prod.project.quoting import one_line

if TYPE_CHECKING:
    from packageurl import PackageURL

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_SYSTEM_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]*")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REFERENCE = re.compile(r"[a-z0-9][A-Za-z0-9._/:@-]*[A-Za-z0-9]")
_DISTRIBUTION = re.compile(r"[a-z0-9][a-z0-9._-]*")
# RFC 3986's characters without brackets, which it has for addresses of IPv6 alone.
_URL = re.compile(r"https?://(?:[A-Za-z0-9._~:/?@!$&()*+,;='-]|%[0-9A-Fa-f]{2})+(?:#[\w./=&%+-]*)?")


def of_distribution(found: Distribution) -> PackageURL | None:
    """pkg:pypi/…, with the address that it was installed from if that is no index; None where its
    name is none that a package can have.
    """
    from packageurl import PackageURL

    if not _NAME.fullmatch(found.name):
        return None
    return PackageURL("pypi", None, found.name, one_line(found.version) or None, _origin(found))


def of_system_package(found: SystemPackage, release: Mapping[str, str]) -> PackageURL | None:
    """pkg:deb/…, with its architecture, the distribution and the source package that advisories
    name, as other tools write them; None where its name is none that a package can have.
    """
    from packageurl import PackageURL

    vendor = release.get("ID", "debian")
    if not _SYSTEM_NAME.fullmatch(found.name) or not _DISTRIBUTION.fullmatch(vendor):
        return None
    version = release.get("VERSION_ID") or release.get("VERSION_CODENAME")
    source, _, of_version = found.source.partition(" ")
    upstream = f"{source}@{of_version.strip('()')}" if of_version else source
    qualifiers = {
        "arch": one_line(found.architecture),
        "distro": one_line(f"{vendor}-{version}" if version else vendor),
        "upstream": one_line(upstream) if source != found.name or of_version else "",
    }
    return PackageURL("deb", vendor, found.name, one_line(found.version) or None, qualifiers)


def of_image(reference: str, digest: str | None, architecture: str | None) -> PackageURL | None:
    """pkg:oci/… of the reference. Its version is the digest, which an image has that a registry
    has; `repository_url` is left out where nothing tells of a registry. None for an identifier of
    an engine's, and for what is no reference.
    """
    from docker.auth import resolve_repository_name
    from docker.utils import parse_repository_tag
    from packageurl import PackageURL

    if not _REFERENCE.fullmatch(reference) or reference.startswith("sha256:"):
        return None
    repository, tag = parse_repository_tag(reference.partition("@")[0])
    registry, name = resolve_repository_name(repository)
    if registry == "docker.io" and "/" not in name:
        name = f"library/{name}"
    qualifiers = {
        "arch": architecture or "",
        "repository_url": f"{registry}/{name}" if digest else "",
        "tag": tag or "",
    }
    return PackageURL("oci", None, name.rpartition("/")[2], digest, qualifiers)


def of_commit(url: str, commit: str) -> PackageURL | None:
    """pkg:github/… of a commit, or pkg:generic/… with the address that has it; None where that is
    none that may be shown or has no name, and for what is no commit.
    """
    from packageurl import PackageURL

    address = public_url(url)
    if address is None or not _COMMIT.fullmatch(commit):
        return None
    parts = urlsplit(address)
    *owner, name = parts.path.strip("/").removesuffix(".git").split("/")
    if not _NAME.fullmatch(name):
        return None
    if parts.netloc == "github.com" and len(owner) == 1:
        return PackageURL("github", owner[0], name, commit)
    return PackageURL("generic", None, name, commit, {"vcs_url": f"git+{address}@{commit}"})


def public_url(text: str) -> str | None:
    """The text as an address that may be shown: of http, and without a user's name and password,
    a query, which may hold a token, and a fragment. None for anything else.
    """
    if not _URL.fullmatch(text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=host, query="", fragment="")) if host else None


def _origin(found: Distribution) -> dict[str, str]:
    """Qualifiers for what came from no index."""
    address = public_url(found.origin.url) if found.origin is not None else None
    if found.origin is None or address is None:
        return {}
    if found.origin.vcs:
        return {"vcs_url": one_line(f"{found.origin.vcs}+{address}@{found.origin.commit}")}
    return {"download_url": address} if found.origin.archive else {}
