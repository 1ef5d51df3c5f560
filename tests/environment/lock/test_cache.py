"""Answers that are kept: one question is asked once, and nothing that is not true is taken."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from nb2prod.environment.lock import cache
from nb2prod.environment.lock.cache import ask_cached
from nb2prod.environment.lock.uv import Answer, Resolved, Unreachable, Unsolvable
from nb2prod.user_cache import cache_directory
from tests.environment.lock.asking import question
from tests.environment.lock.index import Index, running_index

ASKED = question("six")


@pytest.fixture
def rounds(index: Index, environment: dict[str, str], tmp_path: Path) -> Callable[[], int]:
    """Asks and says how many requests that took; what uv itself keeps is thrown away before."""
    index.wheel("six", "1.16.0")

    def ask() -> int:
        for kept in (tmp_path / "uv-cache").glob("simple-*"):
            shutil.rmtree(kept)
        before = len(index.requests)
        answer = ask_cached(ASKED, environment)
        assert isinstance(answer, Resolved), answer
        assert answer.versions == {"six": "1.16.0"}
        assert answer.text.startswith("six==1.16.0 ")
        return len(index.requests) - before

    return ask


def kept(tmp_path: Path) -> Path:
    (found,) = (tmp_path / "nb2prod-cache" / "locks").iterdir()
    assert found.suffix == ".json"
    return found


def test_the_same_question_is_asked_once(rounds: Callable[[], int]) -> None:
    assert rounds() > 0
    assert rounds() == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: b"",
        lambda text: text[:-20],
        lambda text: b"\xff\xfe garbage",
        lambda text: b"null",
        lambda text: b"[]",
        lambda text: b'{"text": 1, "versions": [], "sha256": ""}',
        lambda text: b'{"text": "x", "versions": null, "sha256": null}',
        lambda text: text.replace(b"six==1.16.0", b"six==6.6.6"),
        lambda text: text.replace(b'"six": "1.16.0"', b'"six": "6.6.6"'),
        lambda text: text.replace(b"--hash=sha256:", b"--hash=sha256:0"),
        lambda text: b"[" * 100_000,
    ],
)
def test_a_file_that_is_not_what_it_says_is_asked_anew_and_replaced(
    rounds: Callable[[], int], tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    rounds()
    path = kept(tmp_path)
    whole = path.read_bytes()
    spoiled = spoil(whole)
    assert spoiled != whole
    path.write_bytes(spoiled)
    assert rounds() > 0
    assert path.read_bytes() == whole
    assert rounds() == 0


def test_a_directory_in_a_file_s_place_is_no_answer(
    rounds: Callable[[], int], tmp_path: Path
) -> None:
    rounds()
    path = kept(tmp_path)
    path.unlink()
    path.mkdir()
    assert rounds() > 0
    assert list(path.parent.iterdir()) == [path]


def test_it_may_be_deleted_at_any_time(rounds: Callable[[], int], tmp_path: Path) -> None:
    rounds()
    shutil.rmtree(tmp_path / "nb2prod-cache")
    assert rounds() > 0
    assert rounds() == 0


def test_where_nothing_can_be_kept_the_answer_is_the_same(
    rounds: Callable[[], int], tmp_path: Path
) -> None:
    (tmp_path / "nb2prod-cache").write_text("a file where the directory should be")
    assert rounds() > 0
    assert rounds() > 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_is_read_only_is_no_failure(
    rounds: Callable[[], int], tmp_path: Path
) -> None:
    locks = tmp_path / "nb2prod-cache" / "locks"
    locks.mkdir(parents=True)
    locks.chmod(0o500)
    assert rounds() > 0
    assert rounds() > 0


def test_a_directory_that_refuses_is_no_failure(
    rounds: Callable[[], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object, **named: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("nb2prod.environment.lock.cache.tempfile.mkstemp", refuse)
    assert rounds() > 0


def test_a_full_disk_leaves_nothing_behind(
    rounds: Callable[[], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nb2prod.environment.lock.cache.json.dump", full)
    assert rounds() > 0
    assert list((tmp_path / "nb2prod-cache" / "locks").iterdir()) == []


def test_many_at_once_get_one_whole_answer(rounds: Callable[[], int], tmp_path: Path) -> None:
    rounds()
    whole = kept(tmp_path).read_bytes()
    answer = cache._read(kept(tmp_path))
    assert answer is not None
    path, bad = kept(tmp_path), []

    def write() -> None:
        for _ in range(100):
            cache._write(path, answer)

    def read() -> None:
        for _ in range(300):
            if cache._read(path) != answer:
                bad.append(path.read_bytes())

    threads = [threading.Thread(target=one) for one in (write, write, read, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bad == []
    assert kept(tmp_path).read_bytes() == whole


@pytest.mark.parametrize("variable", ["UV_DEFAULT_INDEX", "UV_INDEX", "UV_EXTRA_INDEX_URL"])
def test_another_index_is_another_question(
    rounds: Callable[[], int], environment: dict[str, str], variable: str
) -> None:
    rounds()
    with running_index() as other:
        other.wheel("six", "1.14.0")
        answer = ask_cached(ASKED, {**environment, variable: other.url})
        assert isinstance(answer, Resolved)
        assert answer.versions == {"six": "1.14.0"}
    assert rounds() == 0


def test_another_uv_is_another_question(
    rounds: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds()
    monkeypatch.setattr(cache, "uv_version", lambda: "99.0")
    assert rounds() > 0


def test_that_no_index_answers_is_not_kept(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(cache, "ask", lambda asked, environment: Unreachable("nobody"))
    assert ask_cached(ASKED, environment) == Unreachable("nobody")
    assert not (tmp_path / "nb2prod-cache").exists()


def test_that_there_is_no_resolution_stands_only_without_an_index(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    none = Unsolvable("no versions", ("docopt",), {"six": "2024-01-01T00:00:00Z"})
    answers: list[Answer] = [none, Unreachable("nobody"), Resolved("six==1.16.0\n", {})]
    monkeypatch.setattr(cache, "ask", lambda asked, environment: answers.pop(0))
    assert ask_cached(ASKED, environment) == none
    assert ask_cached(ASKED, environment) == none
    assert ask_cached(ASKED, environment) == Resolved("six==1.16.0\n", {})
    assert ask_cached(ASKED, environment) == Resolved("six==1.16.0\n", {})


def test_what_may_be_built_is_asked_anew(
    index: Index, environment: dict[str, str], tmp_path: Path
) -> None:
    index.wheel("six", "1.16.0")
    answer = ask_cached(question("six", buildable=("docopt",)), environment)
    assert isinstance(answer, Resolved)
    assert not (tmp_path / "nb2prod-cache").exists()


def test_no_credential_is_in_a_name_or_a_file(
    index: Index, environment: dict[str, str], tmp_path: Path
) -> None:
    index.wheel("six", "1.16.0")
    address = index.url.replace("//", "//somebody:unwritten@")
    ask_cached(ASKED, {**environment, "UV_DEFAULT_INDEX": address})
    text = kept(tmp_path).read_text(encoding="utf-8")
    assert set(json.loads(text)) == {"sha256", "answer"}
    assert "unwritten" not in text + kept(tmp_path).name
    assert "127.0.0.1" not in text


def test_it_lies_where_the_variable_says_else_where_caches_do(tmp_path: Path) -> None:
    assert cache_directory({"NB2PROD_CACHE_DIR": str(tmp_path)}) == str(tmp_path)
    assert Path(cache_directory({})).name == "nb2prod"
    assert cache_directory({"NB2PROD_CACHE_DIR": ""}) == cache_directory({})
