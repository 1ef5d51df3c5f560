"""Known vulnerabilities of the Python packages inside an image, as pip-audit finds them.

pip-audit runs as a command of its own and asks OSV, or a service that speaks as OSV does, for each
name and version. Nothing is resolved or installed for it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nb2prod.container.contents.model import Distribution
from nb2prod.container.contents.purls import public_url
from nb2prod.errors import Nb2prodError
from nb2prod.project.quoting import one_line

OSV = "https://api.osv.dev/v1/query"

_ANSWER = 15  # seconds for the service's answer for one package
_SECONDS = 900  # for all of them
# Whose warnings tell of answers that pip-audit passes over, as of a version that it does not know.
_LEFT_OUT = "WARNING:pip_audit._service"


class NoAudit(Nb2prodError):
    """pip-audit is not to be had."""


class CannotAudit(Nb2prodError):
    """The packages could not be asked about; nothing is known of them."""


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """A known vulnerability of one version of a package. `asked` is the version that the service
    was asked about; `fixed` are versions without it, in their order.
    """

    package: str
    asked: str
    identifier: str
    aliases: tuple[str, ...]
    fixed: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found in so many packages (`asked`). `shortened` are those whose version has a local
    part ("2.3.1+cu121"), which no service knows; `left_out` those that cannot be asked about.
    """

    service: str
    asked: int
    found: tuple[Vulnerability, ...]
    shortened: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def share(self) -> str:
        """How many packages were asked about: "5 of 7" where not all of them were."""
        total = self.asked + len(self.left_out)
        return f"{self.asked} of {total}" if self.left_out else f"{self.asked}"

    @property
    def shown(self) -> str:
        """The service, as it may be shown."""
        return "OSV" if self.service == OSV else public_url(self.service) or "another service"


def require_pip_audit() -> None:
    """Raises `NoAudit` where pip-audit is not installed."""
    if find_spec("pip_audit") is None:
        raise NoAudit(
            "Known vulnerabilities are asked for with pip-audit, which is not installed: install"
            " nb2prod[audit]."
        )


def audit(
    distributions: Iterable[Distribution], url: str | None = None, *, seconds: int = _ANSWER
) -> Audit:
    """Ask the service at that address, by default OSV, about each distribution; it has so many
    seconds for each answer.

    Raises `NoAudit`, and `CannotAudit` where any of them could not be asked about.
    """
    require_pip_audit()
    service = url or OSV
    rounds, shortened, left_out = _questions(distributions)
    found = [one for asked in rounds for one in _ask(asked, service, seconds)]
    return Audit(
        service,
        sum(map(len, rounds)),
        tuple(sorted(found, key=lambda one: (one.package, one.asked, one.identifier))),
        shortened,
        left_out,
    )


def public_version(text: str) -> str | None:
    """A version as services know it, without its local part; None for what is no version."""
    from packaging.version import InvalidVersion, Version

    try:
        return Version(text).public
    except InvalidVersion:
        return None


def _questions(
    distributions: Iterable[Distribution],
) -> tuple[list[dict[str, str]], tuple[str, ...], tuple[str, ...]]:
    """Names and versions to ask about, those that are shortened for it, and those left out. A name
    with two versions is asked about in two rounds: pip-audit takes one of each.
    """
    from packaging.utils import InvalidName, canonicalize_name

    rounds: list[dict[str, str]] = []
    shortened, left_out = set(), set()
    for one in distributions:
        label = f"{one_line(one.name)} {one_line(one.version)}"
        version = public_version(one.version)
        try:
            name = canonicalize_name(one.name, validate=True)
        except InvalidName:
            version = None
        if version is None:
            left_out.add(label)
            continue
        if "+" in one.version:
            shortened.add(label)
        if any(asked.get(name) == version for asked in rounds):
            continue
        free = next((asked for asked in rounds if name not in asked), None)
        if free is None:
            rounds.append(free := {})
        free[name] = version
    return rounds, tuple(sorted(shortened)), tuple(sorted(left_out))


def _ask(asked: Mapping[str, str], service: str, seconds: int) -> Iterable[Vulnerability]:
    with tempfile.TemporaryDirectory() as directory:
        requirements = Path(directory, "requirements.txt")
        lines = (f"{name}=={version}\n" for name, version in sorted(asked.items()))
        requirements.write_text("".join(lines), "utf-8")
        answer = Path(directory, "answer.json")
        command = [
            # Nothing that lies in some directory takes a module's place.
            *(sys.executable, "-P", "-m", "pip_audit"),
            *("--requirement", str(requirements), "--disable-pip", "--no-deps"),
            *("--vulnerability-service", "osv", "--osv-url", service),
            *("--timeout", str(seconds), "--cache-dir", str(Path(directory, "cache"))),
            *("--format", "json", "--desc", "on", "--aliases", "on", "--output", str(answer)),
            *("--progress-spinner", "off"),
        ]
        said = _run(command, Path(directory), service)
        if _LEFT_OUT in said:
            raise CannotAudit(_unanswered(service))
        try:
            return _read(json.loads(answer.read_bytes()), asked)
        except (OSError, ValueError, KeyError, TypeError) as error:
            # It ends with 1 for what it finds as for what goes wrong, but then it writes nothing.
            raise CannotAudit(_unanswered(service)) from error


def _run(command: Sequence[str], directory: Path, service: str) -> str:
    """What it says on standard error."""
    # Its own settings are the user's for other uses: they could leave something out here.
    variables = {k: v for k, v in os.environ.items() if not k.startswith("PIP_AUDIT_")}
    try:
        done = subprocess.run(
            command,
            cwd=directory,
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        return done.stderr.decode("utf-8", "replace")
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotAudit(_unanswered(service)) from error


def _unanswered(service: str) -> str:
    shown = public_url(service) or "the address that --audit-url names"
    return (
        f"{shown} did not answer for every package, or not as OSV does: nothing is known of"
        " vulnerabilities. Try again later, or name another service with --audit-url."
    )


def _read(answer: Mapping[str, Any], asked: Mapping[str, str]) -> list[Vulnerability]:
    """What pip-audit wrote. Raises KeyError, TypeError or ValueError for what is no answer for all
    that was asked.
    """
    found = []
    told = set()
    for one in answer["dependencies"]:
        name = one["name"]
        if asked.get(name) != one["version"]:
            raise ValueError(name)
        told.add(name)
        found += [_vulnerability(name, one["version"], each) for each in one["vulns"]]
    if told != set(asked):
        raise ValueError(answer)
    return found


def _vulnerability(name: str, version: str, found: Mapping[str, Any]) -> Vulnerability:
    return Vulnerability(
        name,
        version,
        one_line(str(found["id"])),
        tuple(sorted(one_line(str(alias)) for alias in found["aliases"])),
        tuple(one_line(str(fixed)) for fixed in found["fix_versions"]),
        one_line(str(found.get("description") or "")),
    )
