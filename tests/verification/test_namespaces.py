"""What a run sees at `/content`, `/kaggle` and `/tmp`, and what it cannot write to."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from nb2prod.verification import namespaces
from nb2prod.verification.namespaces import namespaces_work, within


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty directory; the test is skipped where there are no namespaces."""
    if not namespaces_work(tmp_path):
        pytest.skip("this machine allows no mount namespaces")
    (tmp_path / "root").mkdir()
    return tmp_path


def run(place: Path, binds: list[tuple[Path, str, str]], script: str) -> str:
    """What a shell prints in a namespace, which begins in /nb2prod."""
    command = within(place / "root", "/nb2prod", binds, ["/bin/sh", "-c", script])
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_is_bound_is_there_and_what_was_there_is_not(place: Path) -> None:
    for name in ("run/content", "run/tmp"):
        (place / name).mkdir(parents=True)
    (place / "run" / "a.txt").write_text("a", encoding="utf-8")
    binds = [
        (place / "run" / "tmp", "/tmp", "rw"),
        (place / "run", "/nb2prod", "rw"),
        (place / "run" / "content", "/content", "rw"),
    ]
    script = "pwd; cat a.txt; echo; ls /tmp; echo b >/content/b.txt; echo t >/tmp/t.txt; ls /kaggle"
    said = run(place, binds, f"{script} 2>/dev/null || echo none")
    assert said == "/nb2prod\na\nnone\n"
    assert (place / "run" / "content" / "b.txt").read_text("utf-8") == "b\n"
    assert (place / "run" / "tmp" / "t.txt").read_text("utf-8") == "t\n"
    assert list((place / "root").iterdir()) == []
    assert not Path("/nb2prod").exists()


@pytest.mark.parametrize(
    "path", ["/etc/nb2prod-trial", "/usr/nb2prod-trial", "/var/nb2prod-trial", "~/nb2prod-trial"]
)
def test_all_else_is_to_be_read_only(place: Path, path: str) -> None:
    (place / "run").mkdir()
    binds = [(place / "run", "/nb2prod", "rw")]
    target = str(Path(path).expanduser())
    try:
        said = run(place, binds, f"touch {target} 2>&1 || echo refused")
        assert "refused" in said
        assert not Path(target).exists()
    finally:
        Path(target).unlink(missing_ok=True)


def test_a_bind_may_be_read_only_and_a_file(place: Path) -> None:
    (place / "run").mkdir()
    (place / "kept").mkdir()
    (place / "kept" / "a.txt").write_text("a", encoding="utf-8")
    (place / "one.txt").write_text("one", encoding="utf-8")
    binds = [
        (place / "run", "/nb2prod", "rw"),
        (place / "kept", "/kaggle/kept", "ro"),
        (place / "one.txt", "/kaggle/one.txt", "ro"),
    ]
    script = "cat /kaggle/kept/a.txt /kaggle/one.txt; echo; (echo b >/kaggle/kept/a.txt) 2>&1"
    assert run(place, binds, f"{script} || echo refused").endswith("refused\n")
    assert (place / "kept" / "a.txt").read_text("utf-8") == "a"


def test_a_machine_without_unshare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    (tmp_path / "other").mkdir()
    assert not namespaces_work(tmp_path / "other")


def test_a_machine_that_forbids_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namespaces, "_UNSHARE", ("false",))
    assert not namespaces_work(tmp_path)
    assert list(tmp_path.iterdir()) == []
