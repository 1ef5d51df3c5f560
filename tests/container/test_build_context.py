"""What of a project an engine is given: the same bytes everywhere, and nothing else."""

from __future__ import annotations

import io
import os
import tarfile
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nb2prod.container.building.context import pack
from nb2prod.container.building.failures import BuildFailed

IGNORE = "# a comment\n*\n!requirements.lock\n!src\n**/__pycache__\n"
FILES = {
    "Dockerfile": "FROM scratch\n",
    ".dockerignore": IGNORE,
    "requirements.lock": "six==1.16.0\n",
    "src/tiny/__init__.py": "",
    "src/tiny/__main__.py": "print(1)\n",
}
PACKED = [
    ".dockerignore",
    "Dockerfile",
    "requirements.lock",
    "src",
    "src/tiny",
    "src/tiny/__init__.py",
    "src/tiny/__main__.py",
]


def written(root: Path, **more: str) -> Path:
    for name, text in {**FILES, **more}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def entries(root: Path) -> list[tarfile.TarInfo]:
    content = io.BytesIO()
    pack(root, content)
    content.seek(0)
    with tarfile.open(fileobj=content) as archive:
        return archive.getmembers()


@settings(max_examples=25)
@given(
    st.lists(st.sampled_from([0o600, 0o640, 0o644, 0o664, 0o666]), min_size=5, max_size=5),
    st.lists(st.integers(0, 2**32), min_size=5, max_size=5),
    st.permutations(list(FILES)),
)
def test_the_same_project_is_the_same_bytes(
    modes: list[int], times: list[int], order: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        written(Path(one))
        for name, mode, time in zip(order, modes, times, strict=True):
            path = Path(other, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.parent.chmod(0o700)
            path.write_text(FILES[name], encoding="utf-8")
            path.chmod(mode)
            os.utime(path, (time, time))
        contents = [io.BytesIO(), io.BytesIO()]
        first, second = pack(Path(one), contents[0]), pack(Path(other), contents[1])
        assert contents[0].getvalue() == contents[1].getvalue()
        assert first == second == pack(Path(other))


def test_entries_say_nothing_of_the_machine(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "src" / "tiny" / "__main__.py").chmod(0o700)
    found = entries(tmp_path)
    assert [entry.name for entry in found] == PACKED
    assert {(entry.uid, entry.gid, entry.uname, entry.gname) for entry in found} == {(0, 0, "", "")}
    assert len({entry.mtime for entry in found}) == 1
    modes = {entry.name: oct(entry.mode) for entry in found}
    assert (modes["src"], modes["Dockerfile"]) == ("0o755", "0o644")
    assert modes["src/tiny/__main__.py"] == "0o755"  # a person made it a program


@pytest.mark.parametrize(
    "name",
    [
        *(".env", "data/drive.csv", "outputs/model.bin", ".git/config", "notes.txt"),
        *("src/tiny/__pycache__/x.pyc", "src/.DS_Store", "src/tiny/.ipynb_checkpoints/x.py"),
        *("src/tiny/.env", "src/tiny/.x.py.swp", "image.json", "verification.json"),
    ],
)
@pytest.mark.parametrize("ignore", [IGNORE, f"{IGNORE}!.env\n!.git\n", None])
def test_what_is_no_part_of_it_stays_out(tmp_path: Path, name: str, ignore: str | None) -> None:
    written(tmp_path)
    before = pack(tmp_path)
    written(tmp_path, **{name: "x", ".dockerignore": ignore or ""})
    if ignore is None:
        (tmp_path / ".dockerignore").unlink()
    left_to_person = name == "notes.txt" and ignore is None
    assert (name in [entry.name for entry in entries(tmp_path)]) == left_to_person
    assert left_to_person or ignore != IGNORE or pack(tmp_path) == before


@pytest.mark.parametrize("name", ["Dockerfile", "requirements.lock", "src/tiny/__main__.py"])
def test_a_change_is_seen(tmp_path: Path, name: str) -> None:
    before = pack(written(tmp_path))
    (tmp_path / name).write_text("changed", encoding="utf-8")
    assert pack(tmp_path).sha256 != before.sha256


def test_a_person_s_own_rules_hold(tmp_path: Path) -> None:
    rules = f"{IGNORE}!model.bin\nsrc/tiny/old\n"
    written(tmp_path, **{"model.bin": "x", "src/tiny/old/a.py": "", ".dockerignore": rules})
    names = [entry.name for entry in entries(tmp_path)]
    assert "model.bin" in names
    assert not [name for name in names if "old" in name]


def test_what_a_person_should_know_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, **{"src/tiny/deploy.pem": "x", "src/tiny/keys.py": ""})
    (tmp_path / "src" / "tiny" / "gone.txt").symlink_to("absent.txt")
    said: list[str] = []
    packed = pack(tmp_path, None, said.append)
    assert said == []
    assert packed.notes[0].startswith("src/tiny/deploy.pem looks like a key or a login")
    assert packed.notes[1:] == ("src/tiny/gone.txt is a link to nothing, in the image as well.",)
    monkeypatch.setattr("nb2prod.container.building.context._LARGE", 1_000_000)
    (tmp_path / "src" / "model.bin").write_bytes(bytes(2_000_000))
    pack(tmp_path, None, said.append)
    assert said == [
        "the engine is given 2 MB, which takes a while; the largest file is src/model.bin (2 MB)"
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    closed = written(tmp_path) / "src" / "tiny"
    closed.chmod(0)
    try:
        with pytest.raises(BuildFailed, match="src/tiny cannot be read"):
            pack(tmp_path)
    finally:
        closed.chmod(0o700)


def test_links_that_lead_out_and_what_is_no_file_are_named(tmp_path: Path) -> None:
    project = written(tmp_path / "project")
    (tmp_path / "secret.txt").write_text("x", encoding="utf-8")
    links = {
        "inside.py": "__main__.py",
        "out.txt": "../../../secret.txt",
        "through.txt": "../../../project/../secret.txt",
        "absolute.py": str(project / "src" / "tiny" / "__main__.py"),
    }
    for name, target in links.items():
        (project / "src" / "tiny" / name).symlink_to(target)
    os.mkfifo(project / "src" / "tiny" / "pipe")
    names = [entry.name for entry in entries(project)]
    assert [name for name in names if name not in PACKED] == ["src/tiny/inside.py"]
    assert pack(project).left_out == (
        "src/tiny/absolute.py is a link that leads out of the project",
        "src/tiny/out.txt is a link that leads out of the project",
        "src/tiny/pipe is no regular file",
        "src/tiny/through.txt is a link that leads out of the project",
    )
