"""What is inside an image, asked of a container of it: the files are read by its own Python, and
nothing of its packages is run. How large its parts and layers are.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nb2prod.container.contents.model import Distribution, Inventory, SystemPackage, from_json
from nb2prod.container.engine import engine_errors
from nb2prod.errors import Nb2prodError
from nb2prod.project.quoting import one_line

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container
    from docker.models.images import Image

Kind = Literal["Python package", "system package"]

PROGRAM = Path(__file__).parent / "inside" / "contents.py"
LABEL = "nb2prod.inventory"
_PYTHON = "/opt/venv/bin/python"
_SECONDS = 300
_ANSWER = 128_000_000  # bytes; a large image's is well below one million
_WORDS = 100  # characters of a layer's description
# What builders write before an instruction: build arguments with their values, which may be meant
# for nobody's eyes, and the shell; and behind it, who built it.
_ARGUMENTS = re.compile(r"(?:RUN )?\|\d+ ")
_SHELL = re.compile(r"/\S+(?: -o \w+| -\w+)* -\w*c (?:#\(nop\) *)?")
# The hash that the classic builder has in place of what was copied.
_COPIED = re.compile(r"^(ADD|COPY) (?:dir|file|multi):[0-9a-f]+ in (?=\S)")
_BUILDER = re.compile(r"\s*# buildkit\s*$")


class NoImage(Nb2prodError):
    """The engine does not have the image."""


class CannotLookInside(Nb2prodError):
    """The image cannot be looked into; a whole sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Sized:
    """A part of an image and its bytes; `kind` says what it is."""

    name: str
    version: str
    kind: Kind
    size: int


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of an image: what made it, in words, and the bytes that it adds."""

    words: str
    size: int


def find_image(client: DockerClient, reference: str) -> Image:
    """The engine's image of that name. Raises `NoImage`, `CannotLookInside`."""
    from docker.errors import ImageNotFound

    failures: tuple[type[Exception], ...] = (*engine_errors(), ValueError)
    try:
        return client.images.get(reference)
    except ImageNotFound as error:
        raise NoImage(
            f"The engine has no image {one_line(reference)}: build it with nb2prod build, or name"
            " another with --tag."
        ) from error
    except failures as error:
        raise CannotLookInside(f"The engine does not answer: {_said(error)}") from error


def inventory(client: DockerClient, image: Image | str) -> Inventory:
    """What is inside the image.

    A container of it reads its files, without network, capabilities or a place to write to, and is
    taken away. Raises `NoImage`, and `CannotLookInside` for an image that has no /opt/venv, whose
    Python cannot be started, or where the engine does not answer.
    """
    found = find_image(client, image) if isinstance(image, str) else image
    status, printed, said = _run(client, found)
    if status != 0:
        raise CannotLookInside(f"The image's own Python cannot list what is inside: {said}")
    try:
        answer = json.loads(printed)
        if not answer["environment"]:
            raise CannotLookInside(_FOREIGN)
        return from_json(answer)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CannotLookInside(
            "The image's own Python gives no list of what is inside: see whether /opt/venv in it is"
            " what the project's Dockerfile made."
        ) from error


def largest(found: Inventory, count: int) -> tuple[Sized, ...]:
    """The largest packages, Python's and the system's, the largest first."""
    everything = [
        *(_sized(one, "Python package") for one in found.distributions),
        *(_sized(one, "system package") for one in found.packages),
    ]
    known = (one for one in everything if one.size)
    return tuple(sorted(known, key=lambda one: (-one.size, one.name, one.version))[:count])


def _sized(part: Distribution | SystemPackage, kind: Kind) -> Sized:
    return Sized(one_line(part.name), one_line(part.version), kind, part.size or 0)


def layers(image: Image) -> tuple[Layer, ...]:
    """The layers that add something, from the base upwards, as the image's history tells them."""
    history = reversed(image.history())
    return tuple(
        Layer(_words(str(step.get("CreatedBy") or ""), str(step.get("Comment") or "")), size)
        for step in history
        if (size := int(step.get("Size") or 0)) > 0
    )


_FOREIGN = (
    "The image has no Python environment in /opt/venv, as images of nb2prod's projects have: name"
    " one that nb2prod build made."
)


def _words(made_by: str, comment: str) -> str:
    """What made a layer, in one line: its instruction, without what builders add to it."""
    bare = _BUILDER.sub("", made_by)
    has_arguments = _ARGUMENTS.match(bare) is not None
    if has_arguments:
        # The last shell: an argument's value may look like another.
        shell = max(_SHELL.finditer(bare), key=re.Match.start, default=None)
    else:
        shell = _SHELL.match(bare.removeprefix("RUN "))
    if shell is not None:
        bare = shell.string[shell.end() :]
        if "#(nop)" not in shell.group():
            bare = f"RUN {bare}"
    elif has_arguments:
        bare = "RUN, with build arguments"
    text = one_line(_COPIED.sub(r"\1 … ", bare)) or one_line(comment) or "the base image"
    return text if len(text) <= _WORDS else f"{text[: _WORDS - 1]}…"


def _run(client: DockerClient, image: Image) -> tuple[int, bytes, str]:
    """The program's exit code, what it printed and what it said of an error."""
    from docker.errors import APIError

    try:
        with _created(client, image) as container:
            container.start()
            status = int(container.wait(timeout=_SECONDS)["StatusCode"])
            said = _tail(container.logs(stdout=False, stderr=True, tail=20))
            return status, _printed(container), said
    except APIError as error:
        # The engine says that the program is not there in words of its own: 400 or 404.
        if "no such file" in str(error).lower():
            raise CannotLookInside(_FOREIGN) from error
        raise CannotLookInside(f"The engine does not run the image: {_said(error)}") from error
    except engine_errors() as error:
        raise CannotLookInside(
            f"The engine stopped answering while the image was looked into: {_said(error)}"
        ) from error


@contextmanager
def _created(client: DockerClient, image: Image) -> Iterator[Container]:
    """A container of the image that will print what is inside; it goes with the block."""
    from docker.types import LogConfig

    # It has its name before it is there: whatever comes in between, it can be taken away.
    key = secrets.token_hex(8)
    name = f"nb2prod-inventory-{key}"
    try:
        yield client.containers.create(
            image,
            ["-I", "-S", "-c", PROGRAM.read_text("utf-8")],
            name=name,
            entrypoint=[_PYTHON],
            labels={LABEL: key},
            user="65534:65534",
            working_dir="/",
            network_mode="none",
            read_only=True,
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            pids_limit=64,
            mem_limit="2g",
            # The image asks for a GPU, which this does not need and the host may not have.
            environment={"NVIDIA_VISIBLE_DEVICES": "void"},
            healthcheck={"test": ["NONE"]},
            # The one kind of log that every engine can read back.
            log_config=LogConfig(type="json-file", config={"max-size": "256m"}),
        )
    finally:
        # It was not made, somebody else takes it away, or the engine is gone: nothing to add to
        # what is known by then.
        with suppress(*engine_errors()):
            client.api.remove_container(name, force=True, v=True)


def _printed(container: Any) -> bytes:
    """All that it printed, up to a limit that makes it no JSON."""
    printed = b""
    for part in container.logs(stdout=True, stderr=False, stream=True):
        printed += part
        if len(printed) > _ANSWER:
            break
    return printed


def _tail(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return one_line(lines[-1])[:300] if lines else "it says nothing."


def _said(error: Exception) -> str:
    return one_line(str(getattr(error, "explanation", None) or error))[:300]
