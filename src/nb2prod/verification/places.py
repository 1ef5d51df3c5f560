"""Where things lie during a run: for the run itself, and outside it.

Each run has a directory of its own, which is `root` to the run. A notebook of Colab's or Kaggle's
sees `/content` or `/kaggle` as well, where that can be provided.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from nb2prod.notebook.model import Platform

ROOT = PurePosixPath("/nb2prod")


# What the platforms' directories are, by the names that both sides share.
PLATFORM_PLACES = {
    "colab": (
        ("/content/drive/MyDrive", "<data>"),
        ("/content/drive/My Drive", "<data>"),
        ("/content", "<work>"),
    ),
    "kaggle": (("/kaggle/input", "<data>"), ("/kaggle/working", "<work>")),
}


@dataclass(frozen=True, slots=True)
class Places:
    """The directories of one run. `outside` is where its own directory lies, `root` what the run
    knows it as; `platform` is given for a notebook.
    """

    outside: Path
    root: PurePosixPath
    platform: Platform | None

    def inside(self, *parts: str) -> str:
        """A path below the run's directory, as the run knows it."""
        return str(self.root.joinpath(*parts))

    @property
    def is_mounted(self) -> bool:
        """Whether the run sees its directory at a place of its own, and `/content` where it is."""
        return str(self.root) != str(self.outside)

    @property
    def directory(self) -> str:
        """The directory that the run begins in."""
        place = {"colab": ("content",), "kaggle": ("kaggle", "working")}.get(self.platform or "")
        if place is None:
            return self.inside("work")
        return "/" + "/".join(place) if self.is_mounted else self.inside(*place)

    @property
    def working(self) -> Path:
        """That directory, from outside."""
        parts = {"colab": ("content",), "kaggle": ("kaggle", "working")}.get(
            self.platform or "", ("work",)
        )
        return self.outside.joinpath(*parts)

    @property
    def platform_roots(self) -> tuple[str, ...]:
        """The platform's own directories at the root, as far as the run has them."""
        return {"colab": ("content",), "kaggle": ("kaggle",)}.get(self.platform or "", ())

    @property
    def names(self) -> list[tuple[str, str]]:
        """The run's directories by the names that both sides share."""
        found = [
            (self.inside("data"), "<data>"),
            (self.inside("work"), "<work>"),
            (self.inside("outputs"), "<output>"),
            (self.inside("home"), "<home>"),
            (self.inside("tmp"), "<temporary>"),
        ]
        prefix = "" if self.is_mounted else self.inside()
        known = PLATFORM_PLACES.get(self.platform or "", ())
        found += [(f"{prefix}{path}", name) for path, name in known]
        if self.is_mounted:
            found.append(("/tmp", "<temporary>"))
        return found

    @property
    def roots(self) -> list[tuple[str, str, Path]]:
        """The directories in which written files count: within the run, their names, outside."""
        found = [
            (self.inside("data"), "<data>", self.outside / "data"),
            (self.inside("outputs"), "<output>", self.outside / "outputs"),
            (self.inside("work"), "<work>", self.outside / "work"),
        ]
        if self.directory != self.inside("work"):
            found.append((self.directory, "<work>", self.working))
        return found

    def make(self) -> None:
        """Make the directories."""
        for name in ("data", "home", "outputs", "tmp", "work"):
            (self.outside / name).mkdir(parents=True, exist_ok=True)
        self.working.mkdir(parents=True, exist_ok=True)
        data = self.inside("data")
        if self.platform == "colab":
            drive = self.outside / "content" / "drive"
            drive.mkdir()
            for name in ("MyDrive", "My Drive"):
                (drive / name).symlink_to(data)
        elif self.platform == "kaggle":
            (self.outside / "kaggle" / "temp").mkdir()
            (self.outside / "kaggle" / "input").symlink_to(data)
