"""What is inside a project's image, as a bill of materials."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from nb2prod.container.contents.audit import Audit, CannotAudit, audit, require_pip_audit
from nb2prod.container.contents.bill import render
from nb2prod.container.contents.inventory import find_image, inventory
from nb2prod.container.contents.model import Distribution
from nb2prod.container.contents.subject import Subject
from nb2prod.container.engine import connect
from nb2prod.container.project import Project, read_project
from nb2prod.errors import Nb2prodError, OptionError

if TYPE_CHECKING:
    from docker.models.images import Image

_BASE = "org.opencontainers.image.base.name"
_DIGEST = "org.opencontainers.image.base.digest"
_NOTEBOOK = "nb2prod.notebook.sha256"


class NoBillOfMaterials(Nb2prodError):
    """What writes bills of materials is not installed."""


@dataclass(frozen=True, slots=True)
class BillOfMaterials:
    """The bill as CycloneDX 1.6 (JSON). `audit` is what was found of known vulnerabilities, None
    where none was asked for or no answer came; `unanswered` says why there was none. `notes` are
    what a reader should know of it.
    """

    text: str
    audit: Audit | None
    unanswered: str | None
    notes: tuple[str, ...]


def sbom(
    project: Path,
    *,
    tag: str | None = None,
    audited: bool = False,
    audit_url: str | None = None,
    engine: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> BillOfMaterials:
    """The bill of the project's image, or of another that is called `tag`, which the engine has.

    Nothing of the image is run but its Python, on a program of nb2prod's. With `audited` pip-audit
    asks OSV, or the service at `audit_url`, about the Python packages. Raises `NotAProject`,
    `NoEngine`, `NoImage`, `CannotLookInside`, `NoAudit`, `NoBillOfMaterials`, `OptionError`.
    """
    if find_spec("cyclonedx") is None:
        raise NoBillOfMaterials(
            "Bills of materials are written with cyclonedx-python-lib, which is not installed:"
            " install nb2prod[sbom]."
        )
    if audit_url is not None and not audited:
        raise OptionError("--audit-url names a service for --audit, which is not given.")
    if audit_url is not None and not audit_url.startswith(("http://", "https://")):
        raise OptionError("--audit-url takes an address that begins with https:// or http://.")
    if audited:
        require_pip_audit()
    found = read_project(project)
    reference = tag or found.image
    client = connect(engine)
    try:
        image = find_image(client, reference)
        progress(f"reading what is inside {reference}")
        inside = inventory(client, image)
    finally:
        client.close()
    answer, unanswered = None, None
    if audited:
        progress(f"asking about {len(inside.distributions)} Python packages")
        answer, unanswered = _asked(inside.distributions, audit_url)
    return BillOfMaterials(
        render(_subject(reference, image, found), found, inside, answer),
        answer,
        unanswered,
        _notes(image, found),
    )


def _asked(
    distributions: tuple[Distribution, ...], url: str | None
) -> tuple[Audit | None, str | None]:
    try:
        return audit(distributions, url), None
    except CannotAudit as error:
        return None, str(error)


def _subject(reference: str, image: Image, project: Project) -> Subject:
    labels = image.labels or {}
    base, base_digest = labels.get(_BASE), labels.get(_DIGEST)
    stated = project.manifest.get("base_image", {})
    if base is not None and base_digest is None:
        _, _, base_digest = base.partition("@")
        if not base_digest and base == stated.get("reference"):
            base_digest = stated.get("digest")
    return Subject(
        reference,
        str(image.id),
        _digest(reference, image),
        image.attrs.get("Architecture"),
        base,
        base_digest or None,
    )


def _digest(reference: str, image: Image) -> str | None:
    """The digest under which a registry has the image, if one gave or took it under that name."""
    from docker.utils import parse_repository_tag

    repository, _ = parse_repository_tag(reference.partition("@")[0])
    for one in sorted(image.attrs.get("RepoDigests") or ()):
        name, _, digest = one.partition("@")
        if name == repository:
            return str(digest)
    return None


def _notes(image: Image, project: Project) -> tuple[str, ...]:
    made_of = (image.labels or {}).get(_NOTEBOOK)
    if made_of in (None, project.manifest.get("notebook", {}).get("sha256")):
        return ()
    return ("the image was made of another state of this notebook; nb2prod build makes it anew",)
