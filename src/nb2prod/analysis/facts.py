"""The facts that are read off a notebook before anything is decided or rewritten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from nb2prod.location import Location

if TYPE_CHECKING:
    pass

ParameterType = Literal["string", "integer", "number", "boolean", "raw"]
InstallTool = Literal["pip", "conda", "apt"]
ParameterSource = Literal["form", "papermill", "constant"]
Direction = Literal["read", "write", "both"]
DataOrigin = Literal["drive", "kaggle", "url", "local"]
FetchKind = Literal[
    "url",
    "google-drive",
    "kaggle-dataset",
    "kaggle-competition",
    "kaggle-model",
    "kaggle-kernel",
    "hugging-face-model",
    "hugging-face-dataset",
    "hugging-face-space",
    "git-lfs",
    "tensorflow-datasets",
    "tensorflow-hub",
    "torch-hub",
    "torchvision",
    "torchaudio",
    "torchtext",
    "torch-geometric",
    "keras",
    "scikit-learn",
    "openml",
    "uci",
    "nltk",
    "seaborn",
    "fastai",
    "gensim",
    "timm",
    "clip",
    "whisper",
    "ultralytics",
]
Literalish = str | int | float | bool | None


class Import(NamedTuple):
    """An imported module by its dotted name ("sklearn.metrics").

    `optional` is true for an import that the notebook can do without (under `try`); `local` for a
    module that the notebook makes itself or that lies `beside` it, which is never looked up on an
    index. `file` is the file beside the notebook that has the import, at the place where the
    notebook asks for that file; None for the notebook's own.
    """

    module: str
    location: Location
    optional: bool = False
    local: bool = False
    beside: bool = False
    file: str | None = None

    @property
    def root(self) -> str:
        """The first part of the dotted name."""
        return self.module.partition(".")[0]


class PackageSource(NamedTuple):
    """Where packages come from that not everybody may have: an index other than the default and
    PyTorch's own, by its address, or a repository of git, by the requirement that it is. No
    password is in either; variables may be.
    """

    kind: Literal["index", "git"]
    address: str


class Install(NamedTuple):
    """One install command: what it asks for, and why it cannot be followed where it cannot.

    `requirements` are requirement strings as written for pip (those of repositories as `git+…`),
    package names for the others. `problem` says in words what a person has to decide. `constraints`
    restrict versions and install nothing (`-c`). `sources` are where it takes packages from that
    not everybody may have.
    """

    tool: InstallTool
    requirements: tuple[str, ...]
    location: Location
    upgrade: bool = False
    problem: str | None = None
    constraints: tuple[str, ...] = ()
    sources: tuple[PackageSource, ...] = ()


class Mount(NamedTuple):
    """A Drive mount: the directory under which Drive's folders ("MyDrive") appear."""

    path: str
    location: Location


class Parameter(NamedTuple):
    """A value of the notebook that may be set from outside. `default` is the literal in it.

    `source` says what shows that it may: a form (`#@param`), papermill's cell of parameters, or a
    name in capitals that is bound once.
    """

    name: str
    type: ParameterType
    default: Literalish
    location: Location
    choices: tuple[Literalish, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None
    help: str = ""
    source: ParameterSource = "form"


class Secret(NamedTuple):
    """The name of a secret that the notebook reads; `required` when it cannot go on without it."""

    name: str
    location: Location
    required: bool = True


class DataPath(NamedTuple):
    """A path on the platform that the notebook names, relative to where `origin` is mounted."""

    path: str
    direction: Direction
    origin: DataOrigin
    cells: tuple[int, ...]


class Command(NamedTuple):
    """A program that a shell line starts ("wget", "ffmpeg")."""

    name: str
    location: Location


class Asked(NamedTuple):
    """A call that asks, by the place where it begins.

    `secret` is the expression for the name of the secret that answers it (`"HF_TOKEN"`, or a
    variable). `name` is what to call the option that answers it; both are None when nothing does.
    `prompt` is what it asks with, as far as the code says.
    """

    location: Location
    kind: Literal["secret", "placeholder", "login", "input", "upload", "widget", "credentials"]
    secret: str | None
    name: str | None = None
    prompt: str = ""


class Concern(NamedTuple):
    """Something that a job cannot have as the notebook has it, in words."""

    location: Location
    reason: str


class Clone(NamedTuple):
    """A repository that is cloned; `revision` is the commit, tag or branch that is named."""

    url: str
    location: Location
    revision: str | None = None


class Fetched(NamedTuple):
    """Data or a model that the notebook fetches while it runs.

    `source` is the address, or the name that the service or library of the kind knows it by.
    `revision` is a commit, tag, branch or version, `checksum` is written as `sha256:…`, and `path`
    is where it is put, as far as the notebook says so in words.
    """

    kind: FetchKind
    source: str
    revision: str | None
    checksum: str | None
    path: str | None
    cells: tuple[int, ...]


class Service(NamedTuple):
    """Something that the notebook serves to others while it runs, at the place that starts it.

    `kernel` is a port that Colab showed in a window of its own. `variables` make it listen on every
    address of its machine, where it only does so when it is told to; `local` says that it listens
    to its own machine alone, whatever the environment says. `health` is a path that answers, None
    where none is known to. `shown` are the calls that show it in Colab's page.
    """

    kind: Literal["gradio", "streamlit", "fastapi", "flask", "kernel"]
    port: int
    location: Location
    variables: tuple[tuple[str, str], ...] = ()
    local: bool = False
    health: str | None = "/"
    shown: tuple[Location, ...] = ()


class Nodes(NamedTuple):
    """Over how many machines the notebook trains, at the place that says so, and what with."""

    machines: int
    location: Location
    launcher: Literal["torch", "lightning", "accelerate", "deepspeed"]


class Gpus(NamedTuple):
    """How many GPUs the notebook trains on in each machine, two or more, where it says so."""

    number: int
    location: Location


class FileBeside(NamedTuple):
    """A file beside the notebook that it needs, at the first place that asks for it.

    A `module` is imported or, by `%run`, run among the notebook's variables: the project carries a
    copy, unless `copied` is false. A `script` is run as a program of its own. A `list` is a file of
    requirements that something is wrong with. `attention` is what a person has to do about it, None
    where nothing.
    """

    path: str
    location: Location
    use: Literal["module", "script", "list"]
    copied: bool
    attention: str | None = None


class Implied(NamedTuple):
    """A distribution that a use of another library implies, with the module that it holds."""

    module: str
    distribution: str
    reason: str
    location: Location
