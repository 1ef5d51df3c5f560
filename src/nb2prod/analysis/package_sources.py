"""Where install lines take packages from that not everybody may have: other indexes, and
repositories that are asked for with a password or a key.

An address is kept without the password that stands in it.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from nb2prod.analysis.facts import PackageSource
from nb2prod.analysis.pip_requirements import has_credentials, without_credentials

# Options that name an index; what --find-links names is a page, of which uv keeps no secret.
INDEXES = frozenset({"-i", "--index-url", "--extra-index-url", "--index", "--default-index"})
_NAMED = re.compile(r"[\w-]+=(?=\w+://)")


def index_source(option: str, value: str) -> PackageSource | None:
    """The index that an option names; None for other options, the default index and PyTorch's own,
    from which the image takes its packages anyway.
    """
    if option not in INDEXES or not value:
        return None
    address = without_credentials(_NAMED.sub("", value))
    host = _host(address)
    if host is not None and not has_credentials(value) and _is_public(host):
        return None
    return PackageSource("index", address)


def git_source(word: str, requirement: str | None) -> PackageSource | None:
    """The repository that a requirement is, where it is asked for with a password or a key; `word`
    is the requirement as the notebook has it.
    """
    if requirement is None or not requirement.startswith("git+"):
        return None
    private = requirement.startswith("git+ssh://") or has_credentials(word)
    return PackageSource("git", requirement) if private else None


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:  # no address, such as the half of one that a variable ends
        return None


def _is_public(host: str) -> bool:
    from nb2prod.data.cuda import torch_index

    name, dot, domain = host.partition(".")
    # The default index goes by a name of its own, right below the top.
    is_default = name == "pypi" and bool(dot) and "." not in domain
    return is_default or host == urlsplit(torch_index("cpu")).hostname
