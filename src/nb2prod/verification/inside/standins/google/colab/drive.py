"""Stand-in for `google.colab.drive`: a mount is a directory that exists."""

from __future__ import annotations

from pathlib import Path


def mount(
    mountpoint: str,
    force_remount: bool = False,
    timeout_ms: int = 120_000,
    readonly: bool = False,
) -> None:
    """Make sure that `mountpoint` with its `MyDrive` exists and say what Colab says.

    What a test has put there before stays. ValueError for a space in the path, as in Colab;
    OSError when the directory cannot be made.
    """
    if " " in mountpoint:
        raise ValueError("Mountpoint must not contain a space.")
    (Path(mountpoint) / "MyDrive").mkdir(parents=True, exist_ok=True)
    print(f"Mounted at {mountpoint}")  # noqa: T201 - Colab prints this


def flush_and_unmount(timeout_ms: int = 24 * 60 * 60 * 1000) -> None:
    """Do nothing: a directory has nothing to flush."""
