from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from nb2prod.errors import InternalError, TargetInTheWay
from nb2prod.migration import Migration
from nb2prod.project.existing import KEPT, is_kept
from nb2prod.project.parts import documents
from nb2prod.project.targets.workload import workload
from nb2prod.project.write import check_target, write_project


def project(**files: str) -> dict[str, bytes]:
    """The files of a project; in their names `__` stands for a slash and `_` for a dot."""
    named = {
        name.replace("__", "/").replace("_", "."): content.encode()
        for name, content in files.items()
    }
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in named.items()}
    manifest = json.dumps({"nb2prod": "0.1.0", "files": hashes})
    return {**named, "nb2prod.json": manifest.encode()}


OLD = project(README_md="old", src__a_py="a = 1\n", gone__b_txt="b")
NEW = project(README_md="new", src__a_py="a = 2\n", src__deep__c_py="c")


def content(directory: Path) -> dict[str, bytes | str]:
    """Everything below a directory: files by content, links by target, others by kind."""
    found: dict[str, bytes | str] = {}
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        if path.is_symlink():
            found[name] = f"link to {path.readlink()}"
        elif path.is_file():
            found[name] = path.read_bytes()
        else:
            found[name] = "directory" if path.is_dir() else "pipe"
    return found


def files(directory: Path) -> dict[str, bytes | str]:
    return {name: found for name, found in content(directory).items() if found != "directory"}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A directory that holds the old project."""
    directory = tmp_path / "project"
    write_project(OLD, directory)
    return directory


def test_a_new_directory_with_its_parents(tmp_path: Path) -> None:
    directory = tmp_path / "a" / "b" / "project"
    write_project(NEW, directory)
    assert files(directory) == NEW
    assert [path.name for path in directory.parent.iterdir()] == ["project"]


def test_a_relative_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_project(NEW, Path("out/project"))
    assert files(tmp_path / "out" / "project") == NEW


def test_an_empty_directory_stays_the_same_directory(tmp_path: Path) -> None:
    directory = tmp_path / "project"
    directory.mkdir()
    before = directory.stat().st_ino
    write_project(NEW, directory)
    assert files(directory) == NEW
    assert directory.stat().st_ino == before


def test_the_current_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_project(OLD, Path())
    assert {path.name for path in tmp_path.iterdir()} == {name.split("/")[0] for name in OLD}
    write_project(NEW, Path(), force=True)
    assert files(tmp_path) == NEW
    assert Path("README.md").read_bytes() == b"new"


def test_a_link_to_a_directory_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "link"
    link.symlink_to("real")
    write_project(NEW, link)
    assert link.is_symlink()
    assert files(tmp_path / "real") == NEW


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_modes_do_not_depend_on_the_umask(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        write_project(NEW, tmp_path / "project")
    finally:
        os.umask(before)
    for path in [tmp_path / "project", *(tmp_path / "project").rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path


def test_a_project_is_not_replaced_without_force(old: Path) -> None:
    with pytest.raises(TargetInTheWay, match=r"project is there already\. Give --force"):
        write_project(NEW, old)
    assert files(old) == OLD


def test_a_project_is_replaced_with_force(old: Path) -> None:
    write_project(NEW, old, force=True)
    assert files(old) == NEW
    assert not (old / "gone").exists()
    assert [path.name for path in old.parent.iterdir()] == ["project"]


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    "foreign",
    [
        {"notes.txt": "mine"},
        {".hidden": ""},
        {"nb2prod.json": "not json"},
        {"nb2prod.json": "[]"},
        {"nb2prod.json": '{"nb2prod": "0.1.0"}'},
        {"nb2prod.json": '{"nb2prod": "0.1.0", "files": {}}'},
        {"nb2prod.json": '{"nb2prod": "0.1.0", "files": {"a": "b"}}'},
        {"nb2prod.json": f'{{"files": {{"a": "{"0" * 64}"}}}}'},
        {"nb2prod.json": "[" * 100_000},
        {"nb2prod.json": '{"nb2prod": "\udcff"}'},
    ],
)
def test_what_nb2prod_did_not_write_is_never_replaced(
    tmp_path: Path, foreign: dict[str, str], force: bool
) -> None:
    for name, text in foreign.items():
        (tmp_path / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    before = content(tmp_path)
    with pytest.raises(TargetInTheWay, match="was not written by nb2prod"):
        write_project(NEW, tmp_path, force=force, discard_edits=force)
    assert content(tmp_path) == before


def changed(directory: Path) -> None:
    (directory / "README.md").write_text("mine")


def added(directory: Path) -> None:
    (directory / "mine").mkdir()
    (directory / "mine" / "result.csv").write_text("1")


def deleted(directory: Path) -> None:
    (directory / "gone" / "b.txt").unlink()


def replaced_by_a_link(directory: Path) -> None:
    (directory / "README.md").rename(directory.parent / "elsewhere")
    (directory / "README.md").symlink_to(directory.parent / "elsewhere")


def replaced_by_a_directory(directory: Path) -> None:
    (directory / "README.md").unlink()
    (directory / "README.md").mkdir()


def replaced_by_a_pipe(directory: Path) -> None:
    (directory / "README.md").unlink()
    os.mkfifo(directory / "README.md")


def linked_directory(directory: Path) -> None:
    (directory / "mine").symlink_to(directory.parent)


def named_as_kept_below(directory: Path) -> None:
    (directory / "src" / "data").mkdir()
    (directory / "src" / "data" / "x.csv").write_text("1")


def all_at_once(directory: Path) -> None:
    changed(directory)
    deleted(directory)
    for number in range(7):
        (directory / f"new{number}.txt").write_text("")


EDITS = [
    (changed, "README.md was changed since"),
    (added, "mine/result.csv was added since"),
    (deleted, "gone/b.txt was deleted since"),
    (replaced_by_a_link, "README.md was changed since"),
    (replaced_by_a_directory, "README.md was deleted since"),
    (replaced_by_a_pipe, "README.md was changed since"),
    (linked_directory, "mine was added since"),
    (named_as_kept_below, "src/data/x.csv was added since"),
    (
        all_at_once,
        (
            "README.md was changed, new0.txt, new1.txt, new2.txt, new3.txt, new4.txt and 2 more"
            " were added and gone/b.txt was deleted since"
        ),
    ),
]


@pytest.mark.parametrize(("edit", "said"), EDITS)
def test_edits_are_not_lost(old: Path, edit: object, said: str) -> None:
    assert callable(edit)
    edit(old)
    names = sorted(path.name for path in old.rglob("*"))
    with pytest.raises(TargetInTheWay, match="--discard-edits") as caught:
        write_project(NEW, old, force=True)
    assert said in str(caught.value)
    assert sorted(path.name for path in old.rglob("*")) == names
    with pytest.raises(TargetInTheWay, match="--force"):
        write_project(NEW, old, discard_edits=True)
    outside = content(old.parent)
    write_project(NEW, old, force=True, discard_edits=True)
    assert files(old) == NEW
    if "elsewhere" in outside:
        assert (old.parent / "elsewhere").read_bytes() == b"old"


@pytest.mark.parametrize(
    "path",
    ["__pycache__/a.pyc", "src/__pycache__/a.pyc", "src/.venv/bin/python", ".pytest_cache/v"],
)
def test_what_tools_make_again_is_no_edit(old: Path, path: str) -> None:
    (old / path).parent.mkdir(parents=True)
    (old / path).write_text("x")
    write_project(NEW, old, force=True)
    assert files(old) == NEW


@pytest.mark.parametrize("kind", ["directory", "file"])
def test_the_project_s_history_is_kept(old: Path, kind: str) -> None:
    if kind == "directory":
        (old / ".git" / "objects").mkdir(parents=True)
        (old / ".git" / "HEAD").write_text("ref")
        expected: dict[str, bytes | str] = {".git/HEAD": b"ref"}
    else:
        (old / ".git").write_text("gitdir: ../elsewhere")
        expected = {".git": b"gitdir: ../elsewhere"}
    write_project(NEW, old, force=True)
    assert files(old) == {**NEW, **expected}


def used(directory: Path) -> dict[str, bytes | str]:
    """Put beside the program what its users have there, some of it as links that lead elsewhere;
    what that is then.
    """
    elsewhere = directory.parent / "drive"
    elsewhere.mkdir()
    (elsewhere / "big.csv").write_text("1")
    for path in (".venv/bin/python", "outputs/shown/001.png", "work/submission.csv", "work/README"):
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text("made")
    (directory / "data").symlink_to(elsewhere)
    (directory / ".env").write_text("A=1")
    kept = ("data", ".env", ".venv", "outputs", "work")
    return {name: what for name, what in content(directory).items() if name.startswith(kept)}


@pytest.mark.parametrize("discard_edits", [False, True])
def test_what_users_have_beside_the_program_is_kept(old: Path, discard_edits: bool) -> None:
    before = used(old)
    places = {path.name: path.lstat().st_ino for path in old.iterdir()}
    if discard_edits:
        changed(old)
    write_project(NEW, old, force=True, discard_edits=discard_edits)
    directories = {"src": "directory", "src/deep": "directory"}
    assert content(old) == {**NEW, **before, **directories}
    for name in ("data", "work", "outputs", ".env", ".venv"):
        assert (old / name).lstat().st_ino == places[name], f"{name} is another one"
    # What a project does not declare may be data of the one before.
    write_project(OLD, old, force=True)
    assert content(old).items() >= before.items()


@pytest.mark.parametrize("name", ["data", "outputs", "work"])
def test_a_mounted_directory_is_not_touched(
    old: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What is mounted can be neither renamed nor removed: here, nobody tries."""
    (old / name).mkdir()
    (old / name / "a").write_text("1")
    rename, touched = Path.rename, []

    def noting(path: Path, target: Path) -> Path:
        touched.append(path.name)
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", noting)
    write_project(NEW, old, force=True, discard_edits=True)
    assert "src" in touched
    assert name not in touched
    assert (old / name / "a").read_text() == "1"


def test_every_place_that_a_project_declares_is_kept(churn_migration: Migration) -> None:
    found = workload(churn_migration)
    assert {volume.local for volume in found.volumes} == {"data", "work", "outputs"}
    assert {volume.local for volume in found.volumes} < KEPT
    files = documents.files(churn_migration, [])
    ignored = {line.strip("/") for line in files[".gitignore"].splitlines()}
    assert ignored >= KEPT - {".git"}
    for name in KEPT:
        assert is_kept(name)
        assert is_kept(f"{name.upper()}/a/b")
        assert not is_kept(f"src/{name}")


@pytest.mark.parametrize("name", ["data/x", "Work/x", ".env", ".git/config"])
def test_no_project_writes_among_what_is_kept(tmp_path: Path, name: str) -> None:
    with pytest.raises(InternalError, match="path of a file"):
        write_project({**NEW, name: b""}, tmp_path / "project")
    assert content(tmp_path) == {}


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for directory in (tmp_path / "file", tmp_path / "file" / "project"):
        with pytest.raises(TargetInTheWay, match="is not a directory"):
            write_project(NEW, directory, force=True, discard_edits=True)
    assert content(tmp_path) == {"file": b"mine"}


def test_a_broken_link_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(TargetInTheWay, match="is not a directory"):
        write_project(NEW, tmp_path / "link")


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a/../x", "./a", "", "a//b", "a/"])
def test_a_path_out_of_the_project_is_a_bug(tmp_path: Path, name: str) -> None:
    with pytest.raises(InternalError, match="path of a file"):
        write_project({**NEW, name: b""}, tmp_path / "project")
    assert content(tmp_path) == {}


def test_checking_writes_nothing(tmp_path: Path, old: Path) -> None:
    before = content(tmp_path)
    check_target(tmp_path / "new" / "project")
    check_target(old, force=True)
    with pytest.raises(TargetInTheWay):
        check_target(old)
    changed(old)
    with pytest.raises(TargetInTheWay):
        check_target(old, force=True)
    check_target(old, force=True, discard_edits=True)
    assert content(tmp_path) == {**before, "project/README.md": b"mine"}


KEPT_FILES = (".git/HEAD", ".env", "data/a.csv", "outputs/b.csv")


class DiskFull(OSError):
    """What a full disk raises."""


def failing_at(number: int) -> Iterator[bool]:
    """True for the call of this number, counted from 0."""
    yield from (call == number for call in range(10_000))


@pytest.mark.parametrize("method", ["rename", "write_bytes", "chmod", "mkdir"])
@pytest.mark.parametrize("target", ["new", "empty", "project"])
def test_a_failure_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, target: str
) -> None:
    """The n-th call of a method fails, for every n until the whole writing goes well."""
    directory = tmp_path / "parent" / "project"
    if target != "new":
        directory.mkdir(parents=True)
    if target == "project":
        write_project(OLD, directory)
        for path in KEPT_FILES:
            (directory / path).parent.mkdir(exist_ok=True)
            (directory / path).write_text("mine")
    before = content(tmp_path)
    original = getattr(Path, method)
    for number in range(100):
        calls = failing_at(number)

        def failing(path: Path, *arguments: object, calls: Iterator[bool] = calls) -> object:
            if next(calls):
                raise DiskFull(28, "No space left on device")
            return original(path, *arguments)

        with monkeypatch.context() as patched:
            patched.setattr(Path, method, failing)
            try:
                write_project(NEW, directory, force=True)
                break
            except TargetInTheWay as error:
                message = str(error)
        assert "No space left on device. Nothing was changed." in message
        assert content(tmp_path) == before, f"call {number} of {method}"
    assert number >= 1, f"{method} was never called"
    kept = dict.fromkeys(KEPT_FILES, b"mine") if target == "project" else {}
    assert files(directory) == {**NEW, **kept}


def test_what_cannot_be_moved_back_is_kept(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Path.rename
    calls = iter(range(100))

    def failing(path: Path, target: Path) -> Path:
        if next(calls) >= 2:
            raise DiskFull(28, "No space left on device")
        return original(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(TargetInTheWay, match=r"What it held is in .*/\.nb2prod-\w+/old"):
        write_project(NEW, old, force=True)
    monkeypatch.undo()
    assert set(OLD.values()) <= set(content(old).values()), "an old file is gone"
