"""The platform's directories in texts: what is one, where it ends, and what stands for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.analysis.facts import Mount
from nb2prod.analysis.paths import PathRoots, find_roots
from nb2prod.location import Location
from nb2prod.notebook.model import Platform


def roots(*texts: str, platform: Platform = "colab", mount: str | None = None) -> PathRoots:
    mounts = [Mount(mount, Location(1))] if mount is not None else []
    return find_roots(platform, mounts, texts)


def found(text: str, paths: PathRoots | None = None) -> list[tuple[str, str, str, str]]:
    """(the root as written, its directory, its suffix, the rest) for each path in the text."""
    paths = paths or roots(text)
    return [
        (text[path.start : path.end], path.root.directory, path.root.suffix, path.rest)
        for path in paths.find(text)
    ]


DRIVE = "/content/drive/MyDrive"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DRIVE, (DRIVE, "data", "", "")),
        (f"{DRIVE}/a/b.csv", (DRIVE, "data", "", "/a/b.csv")),
        ("/content/drive/My Drive/a.csv", ("/content/drive/My Drive", "data", "", "/a.csv")),
        (r"ls /content/drive/My\ Drive/a", (r"/content/drive/My\ Drive", "data", "", "/a")),
        ("/content/gdrive/MyDrive/a", ("/content/gdrive/MyDrive", "data", "", "/a")),
        ("/content", ("/content", "work", "", "")),
        ("/content/a.csv", ("/content", "work", "", "/a.csv")),
        ("/content/drive2/a", ("/content", "work", "", "/drive2/a")),
        ("/content/drive/MyDrive2/a", ("/content/drive", "data", "", "/MyDrive2/a")),
        ("/kaggle/input/set/a.csv", ("/kaggle/input", "data", "", "/set/a.csv")),
        ("/kaggle/working/a", ("/kaggle/working", "work", "", "/a")),
        ("/kaggle/temp/a", ("/kaggle/temp", "work", "/temp", "/a")),
        ("/kaggle/tmp", ("/kaggle/tmp", "work", "/temp", "")),
        ("/kaggle/other", ("/kaggle", "work", "", "/other")),
        # relative to where Colab starts
        ("drive/MyDrive/a", ("drive/MyDrive", "data", "", "/a")),
        ("./drive/MyDrive/a", ("./drive/MyDrive", "data", "", "/a")),
        ("drive/My Drive", ("drive/My Drive", "data", "", "")),
        ("gdrive/MyDrive/a", ("gdrive/MyDrive", "data", "", "/a")),
        ("cp drive/MyDrive/a .", ("drive/MyDrive", "data", "", "/a")),
        ("open('drive/MyDrive/a')", ("drive/MyDrive", "data", "", "/a")),
        # inside of other texts
        (f"unzip {DRIVE}/a.zip -d x", (DRIVE, "data", "", "/a.zip")),
        (f"--path={DRIVE}/a", (DRIVE, "data", "", "/a")),
        ("$PATH:/content/bin", ("/content", "work", "", "/bin")),
        ("see /content/a.", ("/content", "work", "", "/a")),
        ("(/content/a)", ("/content", "work", "", "/a")),
        ("a,/content/b,c", ("/content", "work", "", "/b")),
        ("Saved to /content.", ("/content", "work", "", "")),
    ],
)
def test_a_path_in_a_text(text: str, expected: tuple[str, str, str, str]) -> None:
    assert found(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "content/a",
        "/contents/a",
        "/content-type",
        "/content_a",
        "/content.old/a",
        "/mycontent/a",
        "a/content/b",
        "./content/a",
        "../content/a",
        "~/content/a",
        "https://example.invalid/content/a",
        "https://example.invalid:8080/content/a",
        "https://example.invalid//content/a",
        "file:///content/a",
        "file:/content/a",
        "s3://bucket/content/a",
        "user@example.invalid/content/a",
        "{base}/content/a",
        "{}/content/a",
        "%s/content/a",
        "$(pwd)/content/a",
        "${HOME}/content/a",
        "a[0]/content/b",
        "*/content/a",
        "mydrive/MyDrive/a",
        "a/drive/MyDrive/b",
        "drive/MyDrives/a",
        "Google Drive/MyDrive",
        "MyDrive/a",
        "../input/a.csv",
        "/Kaggle/input",
        "https://www.example.invalid/kaggle/input",
    ],
)
def test_other_texts_hold_no_path(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("../input/set/a.csv", ("../input", "data", "", "/set/a.csv")),
        ("../input", ("../input", "data", "", "")),
        ("../working/a", ("../working", "work", "", "/a")),
        ("ls ../input", ("../input", "data", "", "")),
        ("pd.read_csv('../input/a.csv')", ("../input", "data", "", "/a.csv")),
    ],
)
def test_paths_from_where_kaggle_starts(text: str, expected: tuple[str, str, str, str]) -> None:
    assert found(text, roots(platform="kaggle")) == [expected]


@pytest.mark.parametrize("text", ["a/../input/b", "../inputs/a", "../../input/a", "..input/a"])
def test_other_relative_paths_stay(text: str) -> None:
    assert found(text, roots(platform="kaggle")) == []


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        # A text that is a path may hold blanks, and so may one in quotes.
        (f"{DRIVE}/Colab Notebooks/a b.csv", "/Colab Notebooks/a b.csv"),
        (f"cp '{DRIVE}/Colab Notebooks/a.csv' x", "/Colab Notebooks/a.csv"),
        (f'cp "{DRIVE}/Colab Notebooks/a.csv" x', "/Colab Notebooks/a.csv"),
        (rf"cp {DRIVE}/Colab\ Notebooks/a.csv x", "/Colab Notebooks/a.csv"),
        (f"cp {DRIVE}/Colab Notebooks", "/Colab"),
        (f"'{DRIVE}/a b", "/a"),
        (f"{DRIVE}/a /content/drive/MyDrive/b", "/a"),
        (f"{DRIVE}/a --flag", "/a"),
        # What only the run knows ends it.
        (f"{DRIVE}/a/{{name}}.csv", "/a/"),
        (f"'{DRIVE}/a/$name.csv'", "/a/"),
        (f"{DRIVE}/a/*.csv", "/a/"),
        (f"{DRIVE}/a.csv\nnext", "/a.csv"),
        (f"{DRIVE}/a, and more", "/a"),
        (f"x {DRIVE}/a;ls", "/a"),
        (f"x {DRIVE}/a|ls", "/a"),
        (f"{DRIVE}/a.", "/a"),
        (f"{DRIVE}/a/..", "/a/.."),
        (f"{DRIVE}/ü/你好.csv", "/ü/你好.csv"),
    ],
)
def test_where_a_path_ends(text: str, rest: str) -> None:
    assert next(roots().find(text)).rest == rest


def test_all_paths_of_a_text_in_order() -> None:
    text = f"cp {DRIVE}/a.zip /content/x && ls /kaggle/input 'https://example.invalid/content/y'"
    assert [(path, rest) for path, _, _, rest in found(text)] == [
        (DRIVE, "/a.zip"),
        ("/content", "/x"),
        ("/kaggle/input", ""),
    ]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (f"{DRIVE}/a", False),
        (DRIVE, False),
        ("/content/drive/My Drive/a", False),
        (r"/content/drive/My\ Drive/a", False),
        ("/content/drive", True),
        ("/content/drive/", True),
        ("/content/drive/{folder}", True),
        ("/content/drive/Shareddrives/a", True),
        ("/content/drive/MyDriveOther", True),
        ("ls /content/drive && ls", True),
        ("/content/drive2", False),
        ("/content/drive-x", False),
        ("a/content/drive", False),
        ("/content", False),
    ],
)
def test_a_notebook_that_names_the_mount_itself(text: str, whole: bool) -> None:
    """Then the data directory stands for the mount, and Drive's own folder lies below it."""
    paths = roots(text, mount="/content/drive")
    suffix = "/MyDrive" if whole else ""
    assert found(f"{DRIVE}/a", paths) == [(DRIVE, "data", suffix, "/a")]
    assert found("/content/drive/x", paths) == [("/content/drive", "data", "", "/x")]
    assert found("/content/gdrive/MyDrive/a", paths)[0][2] == ""


@pytest.mark.parametrize(
    ("mount", "text", "expected"),
    [
        ("/gdrive", "/gdrive/MyDrive/a", ("/gdrive/MyDrive", "data", "", "/a")),
        ("/gdrive/", "/gdrive/My Drive/a", ("/gdrive/My Drive", "data", "", "/a")),
        ("/mnt/d", "/mnt/d/a", ("/mnt/d", "data", "", "/a")),
        ("/content/mine", "mine/MyDrive/a", ("mine/MyDrive", "data", "", "/a")),
        ("/content/mine", "/content/mine/MyDrive/a", ("/content/mine/MyDrive", "data", "", "/a")),
        ("/content", "/content/MyDrive/a", ("/content/MyDrive", "data", "", "/a")),
        ("/content", "/content/a", ("/content", "data", "", "/a")),
        ("drive", "/content/drive/MyDrive/a", (DRIVE, "data", "", "/a")),
        ("/", f"{DRIVE}/a", (DRIVE, "data", "", "/a")),
        ("", f"{DRIVE}/a", (DRIVE, "data", "", "/a")),
    ],
)
def test_a_mount_somewhere_else(mount: str, text: str, expected: tuple[str, str, str, str]) -> None:
    assert found(text, roots(mount=mount)) == [expected]


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        (f"{DRIVE}/a", "drive"),
        ("/content/drive/a", "drive"),
        ("/content/a", "local"),
        ("/kaggle/input/a", "kaggle"),
        ("/kaggle/working/a", "local"),
    ],
)
def test_where_a_path_s_data_come_from(text: str, origin: str) -> None:
    assert [path.root.origin for path in roots().find(text)] == [origin]


PARTS = st.lists(
    st.sampled_from(
        ["/content", "/drive", "/MyDrive", "/My Drive", "/kaggle", "/input", " ", "'", "x", "{a}",
         "https://example.invalid", "\\ ", ":", "=", ".", "-", "\n", "drive", "../input"]
    ),
    max_size=8,
).map("".join)  # fmt: skip


@given(PARTS, st.sampled_from(["colab", "kaggle", "jupyter"]))
def test_paths_never_overlap_and_lie_in_the_text(text: str, platform: Platform) -> None:
    end = 0
    for path in roots(text, platform=platform).find(text):
        assert end <= path.start < path.end <= len(text)
        assert text[path.start : path.end].removeprefix("./") == path.root.prefix
        assert "\n" not in path.rest
        end = path.end
