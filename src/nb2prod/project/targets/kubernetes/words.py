"""Names and texts in the forms that Kubernetes takes them.

Sources: the Kubernetes documentation, "Object Names and IDs", "Labels and Selectors", "Define
Dependent Environment Variables"; for the length, "CronJob" (its Jobs' names are 11 characters
longer) and "Indexed Job" (the names of its Pods' hosts end in their number).
"""

from __future__ import annotations

import hashlib
import re

# 63 is the longest label of a DNS name; a Pod of a CronJob's Indexed Job adds -12345678901-999.
LONGEST_NAME = 47
NAME = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
_LONGEST_KEY = 253


def object_name(project: str) -> str:
    """The project's name in the strictest form of all, a Service's (RFC 1035), so that every object
    can have it: lower-case letters, digits and dashes, a letter first, at most 47.
    """
    name = re.sub(r"[^a-z0-9]+", "-", project.lower()).strip("-") or "notebook"
    if not name[0].isalpha():
        name = f"nb-{name}"
    if len(name) > LONGEST_NAME:
        # Cut names must stay apart: a series of notebooks often differs in its last words alone.
        digest = hashlib.sha256(project.encode()).hexdigest()[:6]
        name = f"{name[: LONGEST_NAME - 7].rstrip('-')}-{digest}"
    return name


def labels(name: str) -> dict[str, str]:
    """What an object and the selectors that mean it are labelled with."""
    return {"app.kubernetes.io/name": name}


def verbatim(text: str) -> str:
    """Text of an argument or a variable that reaches the program as it is: Kubernetes puts the
    value of `VAR` in the place of `$(VAR)`, and a `$` in the place of two.
    """
    return text.replace("$", "$$")


def rule_of_keys(name: str) -> str | None:
    """What a Secret has against a key of this name."""
    fits = len(name) <= _LONGEST_KEY
    return None if fits else f"a Secret's keys have at most {_LONGEST_KEY} characters"
