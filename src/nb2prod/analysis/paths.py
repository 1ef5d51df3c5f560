"""The paths of a platform that a notebook names, and where they belong in a project.

Colab keeps the user's Drive below `/content/drive/MyDrive` and works in `/content`; Kaggle reads
from `/kaggle/input` and works in `/kaggle/working`; others have places of their own. A project
knows two places instead, its data directory (Drive, Kaggle's input) and its working directory, and
the home directory of whoever runs it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from nb2prod.analysis.facts import DataOrigin, Mount
from nb2prod.analysis.pasted import marker
from nb2prod.notebook.model import Platform

Directory = Literal["data", "work", "home"]

# Stands before a text for what may be put before it at run time. A path that is relative to the
# directory of a notebook's start is not to become absolute then.
PUT_BEFORE = "+"

DEFAULT_MOUNTS = ("/content/drive", "/content/gdrive")
# How Drive's own folder is written; in shell lines the blank may be escaped.
_DRIVE_FOLDERS = ("MyDrive", "My Drive", r"My\ Drive")
# Other platforms' places: prefix → the directory that stands for it, and the path below that.
# Sources: SageMaker's, Vertex Workbench's, Databricks' and Paperspace's documentation; the user
# `jovyan` is that of Jupyter's own images.
_HOMES: Mapping[str, tuple[Directory, str]] = {
    "/home/ec2-user/SageMaker": ("work", ""),
    "/home/ec2-user": ("home", ""),
    "/home/studio-lab-user": ("home", ""),
    "/home/sagemaker-user": ("home", ""),
    "/home/jupyter": ("home", ""),
    "/home/jovyan/work": ("work", ""),
    "/home/jovyan": ("home", ""),
    "/dbfs": ("data", ""),
    "dbfs:": ("data", ""),
}
# What is a path of the platform only where the notebook ran on it.
_OWN_PLACES: Mapping[Platform, Mapping[str, tuple[Directory, str]]] = {
    "colab": {"/root": ("home", "")},
    "kaggle": {"/root": ("home", "")},
    "sagemaker": {"/root": ("home", "")},
    "databricks": {"/Volumes": ("data", "/Volumes")},
    "paperspace": {
        "/notebooks": ("work", ""),
        "/storage": ("data", ""),
        "/datasets": ("data", "/datasets"),
        "/root": ("home", ""),
    },
}


class PathRoot(NamedTuple):
    """A directory of the platform and what stands for it: the project's directory plus `suffix`.

    `anchored` is true for a relative path, which only counts where a text or a word of it begins.
    `secret` is the name of the secret for the marker that stands where one was pasted: no path, but
    like one it is replaced wherever it stands in a text.
    """

    prefix: str
    directory: Directory
    suffix: str
    origin: DataOrigin
    anchored: bool = False
    secret: str | None = None

    @property
    def below_work(self) -> bool:
        """Whether it is a relative path below the directory that the notebook started in."""
        return self.anchored and not self.prefix.startswith("..")


class PathFound(NamedTuple):
    """A platform path inside a text: the span of its root, and the path below that.

    `rest` goes as far as the text shows where the path ends; blanks are part of it where quotes or
    the text's own start say so.
    """

    start: int
    end: int
    root: PathRoot
    rest: str


class PathRoots:
    """The roots that matter for one notebook, and the search for them in texts."""

    def __init__(self, roots: Iterable[PathRoot]) -> None:
        self.roots = tuple(sorted(roots, key=lambda root: (-len(root.prefix), root.prefix)))
        self._by_prefix = {root.prefix: root for root in self.roots}
        paths = [root for root in self.roots if root.secret is None]
        markers = "".join(f"|{root.prefix}" for root in self.roots if root.secret is not None)
        free = "|".join(re.escape(root.prefix) for root in paths if not root.anchored)
        anchored = [root for root in self.roots if root.anchored]
        below = "|".join(re.escape(root.prefix) for root in anchored if root.below_work)
        above = "|".join(re.escape(root.prefix) for root in anchored if not root.below_work)
        # Not the rest of a longer path, of an address, or of something only the run knows.
        pattern = rf"(?<![\w/.\-%~@)\]}}*])(?<!file:)(?:{free})(?![\w-]|\.\w)"
        for prefixes, more in ((below, ""), (above, PUT_BEFORE)):
            if prefixes:
                begins = rf"(?<![^\s'\"`=:(,{more}])(?:\./)?"
                pattern = rf"{pattern}|{begins}(?:{prefixes})(?=/|\Z|[\s'\"`):,])"
        self._pattern = re.compile(pattern + markers)

    def find(self, text: str) -> Iterator[PathFound]:
        """Every platform path in `text`, in order."""
        for match in self._pattern.finditer(text):
            root = self._by_prefix[match.group().removeprefix("./")]
            yield PathFound(match.start(), match.end(), root, _rest(text, *match.span()))

    def covering(self, parts: Sequence[str]) -> tuple[int, str] | None:
        """For texts that are joined to a path: how many of them it takes to reach the platform's
        directory, and these joined; None where the first one alone does, or all of them do not.
        """
        joined = [posixpath.join(*parts[:count]) for count in range(1, len(parts) + 1)]
        roots = [found.root if (found := self.beginning(text)) else None for text in joined]
        if roots[-1] in (None, roots[0]):
            return None
        first = roots.index(roots[-1])
        return first + 1, joined[first]

    def beginning(self, text: str) -> PathFound | None:
        """The platform path that a text begins with."""
        first = next(self.find(text), None)
        return first if first is not None and first.start == 0 else None


_WORD = re.compile(r"(?:\\ |[^\s'\"`;|&<>,:*?()\[\]{}$\\])*")
_WHOLE = re.compile(r"[^\n'\"`;|&<>,:*?{}$\\]*")
_QUOTED = {quote: re.compile(rf"([^{quote}\n*?{{}}$\\]*)[^{quote}\n]*{quote}") for quote in "'\"`"}


def _rest(text: str, start: int, end: int) -> str:
    """What follows a root, as far as it is the path."""
    quoted = _QUOTED.get(text[start - 1 : start])
    if quoted is not None and (match := quoted.match(text, end)):
        rest = match[1]
    elif start == 0 and (match := _WHOLE.match(text, end)):
        # Another path or an option is no part of this one.
        rest = re.split(r"\s+[-/]", match.group(), maxsplit=1)[0].rstrip()
    else:
        word = _WORD.match(text, end)
        rest = word.group().replace("\\ ", " ") if word else ""
    return re.sub(r"(?<![/.])\.\Z", "", rest)  # the end of a sentence


def find_roots(
    platform: Platform,
    mounts: Iterable[Mount],
    texts: Iterable[str],
    pasted: Iterable[str] = (),
) -> PathRoots:
    """The roots for a notebook: its mount points, and what its strings (`texts`) name of them;
    markers for the secrets that were pasted (`pasted`, by name) as well.

    Normally the data directory stands for Drive's own folder (`MyDrive`). When the notebook names
    the mount point itself, the data directory stands for the mount point, so that paths put
    together at run time still meet.
    """
    texts = tuple(texts)
    roots: list[PathRoot] = []
    for mount in mount_points(mounts):
        if not mount.startswith("/") or mount == "/":
            continue
        whole = any(_names_mount(mount, text) for text in texts)
        for folder in _DRIVE_FOLDERS:
            suffix = f"/{'MyDrive' if whole else ''}".rstrip("/")
            roots.append(PathRoot(f"{mount}/{folder}", "data", suffix, "drive"))
            if mount.startswith("/content/"):
                relative = mount.removeprefix("/content/")
                roots.append(
                    PathRoot(f"{relative}/{folder}", "data", suffix, "drive", anchored=True)
                )
        roots.append(PathRoot(mount, "data", "", "drive"))
    roots.append(PathRoot("/content", "work", "", "local"))
    roots.append(PathRoot("/kaggle/input", "data", "", "kaggle"))
    roots.append(PathRoot("/kaggle/working", "work", "", "local"))
    roots.append(PathRoot("/kaggle/temp", "work", "/temp", "local"))
    roots.append(PathRoot("/kaggle/tmp", "work", "/temp", "local"))
    roots.append(PathRoot("/kaggle", "work", "", "local"))
    if platform == "kaggle":
        roots.append(PathRoot("../input", "data", "", "kaggle", anchored=True))
        roots.append(PathRoot("../working", "work", "", "local", anchored=True))
    for prefix, (directory, suffix) in {**_HOMES, **_OWN_PLACES.get(platform, {})}.items():
        roots.append(PathRoot(prefix, directory, suffix, "local"))
    roots += [PathRoot(marker(name), "work", "", "local", secret=name) for name in pasted]
    # Where two roots have the same prefix, the first one counts: a mount goes before the rest.
    return PathRoots({root.prefix: root for root in reversed(roots)}.values())


def mount_points(mounts: Iterable[Mount]) -> list[str]:
    """Where Drive may be: the notebook's own mounts, then those that everybody uses."""
    return list(dict.fromkeys([*(mount.path.rstrip("/") for mount in mounts), *DEFAULT_MOUNTS]))


def _names_mount(mount: str, text: str) -> bool:
    """Whether `text` holds the mount point other than before Drive's own folder."""
    folders = "|".join(re.escape(folder) for folder in _DRIVE_FOLDERS)
    return bool(
        re.search(rf"(?<![\w/.]){re.escape(mount)}/?(?!/?(?:{folders})(?:/|\W|\Z))(?![\w-])", text)
    )
