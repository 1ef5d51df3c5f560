"""What has to run, in no provider's words: every target translates this one description.

What the image holds is said by `templates/docker/Dockerfile.j2`: the directories, the user, and an
entry point that runs a whole command as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from nb2prod.analysis.facts import Nodes, Service
from nb2prod.data.gpus import Gpu, find_gpu
from nb2prod.data.machines import Machine, machine_for, machines, read_gpu
from nb2prod.data.notebook_hosts import host
from nb2prod.environment.target import gpus_in_each
from nb2prod.migration import Migration, build_tag
from nb2prod.program.model import DirectoryName
from nb2prod.project.interface import Interface, interface
from nb2prod.project.parts.files_needed import files_beside
from nb2prod.project.parts.secrets import SecretView, secrets

USER = 10001
HOME = "/home/app"
WORK = "/work"


@dataclass(frozen=True, slots=True)
class Volume:
    """A directory of the program that has to outlive its container, or to be filled before it.

    `variable` is the environment variable that tells the program where it is, None for the one that
    it starts in; `path` is where the image has it, `local` where it lies beside the project.
    `filled` says that the notebook needs something in it, and `writable` that it may write to it
    (only Kaggle's input is certain to be read alone), and that what it writes is wanted afterwards.
    """

    name: DirectoryName
    variable: str | None
    path: str
    local: str
    filled: bool
    writable: bool


@dataclass(frozen=True, slots=True)
class GpuNeed:
    """The GPUs of one machine: the name in the user's or the notebook's words ("T4"), how many,
    their memory each (0 where it is not known), and what is known of the chip of that name.
    `assumed`: neither names one, and this is the one that Colab gives then.
    """

    name: str
    count: int
    memory_gb: int
    chip: Gpu | None
    assumed: bool = False

    @property
    def said(self) -> str:
        """The name, with why it is that one where nobody named it."""
        return f"{self.name}, as Colab gives where none is named" if self.assumed else self.name


@dataclass(frozen=True, slots=True)
class Workload:
    """`name` is the project's slug. `arguments` are every option of the program at the notebook's
    own value. One of the `volumes` is always `work`. `machine` is the provider's (Gradient's),
    `cpus` and `memory_gb` are what the notebook had, or the machine has that the user chose.

    `service` is what the notebook serves, `nodes` over how many machines it trains; None for most.
    `cuda` is that of the image, None where it has none. `answers` are the flags of what the
    notebook asks for (`input()`) without a default.
    """

    name: str
    package: str
    image: str
    arguments: tuple[str, ...]
    secrets: tuple[SecretView, ...]
    volumes: tuple[Volume, ...]
    gpu: GpuNeed | None
    cpus: int
    memory_gb: int
    machine: str
    service: Service | None
    nodes: Nodes | None
    interface: Interface
    cuda: str | None = None
    answers: tuple[str, ...] = ()

    @property
    def build_tag(self) -> str:
        """What the image is called where it is built."""
        return build_tag(self.image)

    @property
    def program(self) -> tuple[str, ...]:
        """The command without options."""
        return ("python", "-m", self.package)

    @property
    def options(self) -> tuple[tuple[str, ...], ...]:
        """The arguments by option: only a flag begins with a dash (`ProgramOption.arguments`)."""
        found: list[list[str]] = []
        for word in self.arguments:
            if word.startswith("-") or not found:
                found.append([])
            found[-1].append(word)
        return tuple(map(tuple, found))

    @property
    def uploads(self) -> tuple[str, ...]:
        """The flags that take the files which the notebook asks somebody to upload."""
        return tuple(upload.flag for upload in self.interface.uploads)

    @property
    def command(self) -> tuple[str, ...]:
        """The whole command: right both behind the image's entry point and in its place."""
        return (*self.program, *self.arguments)

    @property
    def work(self) -> Volume:
        """The directory that the program starts in."""
        return next(one for one in self.volumes if one.name == "work")


def workload(migration: Migration) -> Workload:
    """The description of a migration's run."""
    found = interface(migration.program.configuration)
    machine = machine_name(migration)
    cpus, memory_gb = _resources(migration, machines().get(machine))
    return Workload(
        name=migration.project,
        package=migration.package,
        image=migration.image,
        arguments=tuple(word for option in found.options for word in option.arguments()),
        secrets=tuple(secrets(migration)),
        volumes=tuple(_volumes(migration, found)),
        gpu=_gpu(migration, machines().get(machine)),
        cuda=migration.environment.base_image.cuda,
        answers=tuple(
            option.flag
            for option in found.options
            if option.field in migration.program.configuration.questions and not option.arguments()
        ),
        cpus=cpus,
        memory_gb=memory_gb,
        machine=machine,
        service=migration.facts.service,
        nodes=migration.facts.nodes,
        interface=found,
    )


def machine_name(migration: Migration) -> str:
    """The name of the provider's machine that the job runs on."""
    return migration.environment.machine or machine_for(migration.environment.gpu).name


def _gpu(migration: Migration, machine: Machine | None) -> GpuNeed | None:
    name = migration.environment.gpu
    if name is None:
        return None
    asked = read_gpu(migration.options.gpu) if migration.options.gpu else None
    chosen = machine if migration.options.machine is not None else None
    if chosen is not None and chosen.gpu is not None and asked is None:
        # Whoever names a machine wants its GPU, elsewhere too.
        has = find_gpu(chosen.gpu)
        name = has.name if has else chosen.gpu
    if chosen is not None:
        count = asked[1] if asked else chosen.gpus
    else:
        count = gpus_in_each(migration.facts, migration.options)
    named = find_gpu(name)
    chip = named or find_gpu((machine and machine.gpu) or "")
    # A machine's name ("A100-80G") says more of the memory than the chip's does.
    memory = named.memory_gb if named else (machine and machine.gpu_memory_gb) or 0
    if chosen is not None:
        memory = chosen.gpu_memory_gb or memory
    assumed = asked is None and chosen is None and migration.facts.gpu_type is None
    return GpuNeed(name, count or 1, memory, chip, assumed)


def _resources(migration: Migration, machine: Machine | None) -> tuple[int, int]:
    """CPUs and memory: of the machine that the user chose, else of what the notebook ran on."""
    notebook = migration.notebook
    had = host(notebook.origin.platform, notebook.recorded.machine_shape, migration.facts.gpu_type)
    if had is not None and migration.options.machine is None:
        return had.cpus, had.memory_gb
    machine = machine or machine_for(migration.environment.gpu)
    return machine.vcpus, int(machine.memory_gb)


def _volumes(migration: Migration, found: Interface) -> list[Volume]:
    volumes = []
    data = found.directory("data")
    if data is not None:
        origins = {one.origin for one in migration.facts.data if one.origin in ("drive", "kaggle")}
        writable = origins != {"kaggle"}
        volumes.append(Volume("data", data.variable, "/data", data.default, True, writable))
    # What the user uploads has to be somewhere, too.
    needed = bool(found.uploads) or any(True for _ in files_beside(migration))
    # Much of what notebooks write is not to be seen in them: a library's own checkpoints, say.
    volumes.append(Volume("work", None, WORK, "work", needed, True))
    output = found.directory("output")
    if output is not None:
        volumes.append(Volume("output", output.variable, "/outputs", output.default, False, True))
    return volumes
