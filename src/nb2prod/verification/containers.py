"""Containers of a verification: made by a Docker Engine, run within limits, and taken away."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nb2prod.container.building.build import build
from nb2prod.container.engine import NoEngine, connect, engine_errors
from nb2prod.container.host import SHARED_MEMORY, host_of
from nb2prod.container.progress import Began, Event
from nb2prod.errors import Nb2prodError
from nb2prod.verification.environments import DoesNotRun, last_words
from nb2prod.verification.processes import Limits, out_of_memory, out_of_time

if TYPE_CHECKING:
    from docker.models.images import Image
    from docker.types import DeviceRequest, Mount

_PAUSE = 0.2  # between two looks at a container
# A shell is the first process: it takes in what others leave behind, as Python does not. The files
# are `out`, `err` and what is told of the memory, of which an engine tells late or not at all.
_SHELL = """exec >"$1" 2>"$2"; told=$3; shift 3
"$@"; code=$?
cat /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control >"$told" 2>/dev/null
exit "$code"
"""


@dataclass(frozen=True, slots=True)
class Call:
    """What a container runs: the words of a command, in `directory`, with these variables and
    mounts (what lies where, "rw" or "ro"). `files` are where its shell writes what the command says
    (out, err) and what became of its memory.
    """

    words: Sequence[str]
    directory: str
    variables: Mapping[str, str]
    mounts: Sequence[tuple[Path, str, str]]
    files: tuple[str, str, str]


class Engine:
    """A Docker Engine: the one that `DOCKER_HOST` or Docker's own configuration names.

    DoesNotRun where none answers.
    """

    def __init__(self) -> None:
        try:
            self._client = connect()
        except NoEngine as error:
            raise DoesNotRun(str(error)) from error
        self._label = f"nb2prod.verification={secrets.token_hex(8)}"
        try:
            self._host = host_of(self._client)
        except Exception as error:  # as for the client
            self._client.close()
            raise DoesNotRun(f"the Docker Engine does not answer: {_said(error)}") from error

    @property
    def user(self) -> str | None:
        """The user of a container: one whose files are this process's user's; None for the image's
        own, to whom root can give directories.
        """
        is_root = os.getuid() == 0 and not self._host.rootless
        return None if is_root else self._host.user

    def image(
        self, project: Path, reference: str, progress: Callable[[str], None]
    ) -> tuple[Image, bool]:
        """The image of that name, and whether it had to be built of the project's Dockerfile.

        DoesNotRun where it cannot be.
        """
        from docker.errors import ImageNotFound

        try:
            return self._client.images.get(reference), False
        except ImageNotFound:
            pass
        except engine_errors() as error:
            raise DoesNotRun(f"the Docker Engine does not answer: {_said(error)}") from error
        if not (project / "Dockerfile").is_file():
            raise DoesNotRun(f"the engine has no {reference}, and the project has no Dockerfile.")
        progress(f"building {reference}")

        def tell(event: Event) -> None:
            if isinstance(event, Began):
                steps = f" {event.number}/{event.total}" if event.total else ""
                progress(f"building {reference}, step{steps}: {event.instruction}")

        failures: tuple[type[Exception], ...] = (*engine_errors(), Nb2prodError, OSError)
        try:
            build(project, tag=reference, progress=tell)
            return self._client.images.get(reference), True
        except failures as error:
            raise DoesNotRun(f"{reference} cannot be built: {_said(error)}") from error

    def run(
        self,
        image: Image,
        call: Call,
        limits: Limits,
        watch: Callable[[], None],
        *,
        gpus: bool,
    ) -> dict[str, Any]:
        """Run a container to its end, and take it away; the state that it ended with. `watch` is
        called all along.

        DoesNotRun where the engine does not run it, LimitReached when it runs into a limit.
        """
        # It has its name before it is there: whatever comes in between, it can be taken away.
        name = f"nb2prod-verify-{secrets.token_hex(8)}"
        try:
            self._client.containers.create(
                image,
                list(call.words),
                name=name,
                entrypoint=["/bin/sh", "-c", _SHELL, "sh", *call.files],
                environment=dict(call.variables),
                labels=[self._label],
                mounts=[_mount(*mount) for mount in call.mounts],
                working_dir=call.directory,
                user=self.user,
                userns_mode=self._host.userns_mode,
                security_opt=self._host.security_opt,
                device_requests=_all_gpus() if gpus else None,
                mem_limit=limits.memory,
                memswap_limit=limits.memory,
                shm_size=SHARED_MEMORY,
            ).start()
            return self._waited(name, limits, watch)
        except engine_errors() as error:
            raise DoesNotRun(f"the Docker Engine does not run the image: {_said(error)}") from error
        finally:
            # `close` takes away what cannot be now; it must not hide what came before.
            with suppress(*engine_errors()):
                self._client.api.remove_container(name, force=True, v=True)

    def close(self) -> None:
        """Take away containers, if any was left."""
        with suppress(*engine_errors(), OSError):
            for left in self._client.containers.list(all=True, filters={"label": self._label}):
                left.remove(force=True, v=True)
        self._client.close()

    def _waited(self, name: str, limits: Limits, watch: Callable[[], None]) -> dict[str, Any]:
        started = time.monotonic()
        while True:
            state: dict[str, Any] = self._client.api.inspect_container(name)["State"]
            if state["Status"] in ("exited", "dead"):
                return state
            watch()
            if time.monotonic() - started > limits.seconds:
                raise out_of_time(limits)
            time.sleep(_PAUSE)


def check_memory(state: Mapping[str, Any], told: Path, limits: Limits) -> None:
    """LimitReached where the kernel ended a process of a container for want of memory; `told` is
    what the container wrote of that.
    """
    if limits.memory is None:
        return
    try:
        lines = told.read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    killed = any(line.startswith("oom_kill ") and line.split()[1] != "0" for line in lines)
    if killed or state.get("OOMKilled"):
        raise out_of_memory(limits)


def _mount(source: Path, target: str, mode: str) -> Mount:
    from docker.types import Mount

    # Of this kind and no volume: an engine that does not see this machine's files says so.
    return Mount(target, str(source), type="bind", read_only=mode == "ro")


def _all_gpus() -> list[DeviceRequest]:
    from docker.types import DeviceRequest

    return [DeviceRequest(count=-1, capabilities=[["gpu"]])]


def _said(error: Exception) -> str:
    return last_words(str(getattr(error, "explanation", None) or error))
