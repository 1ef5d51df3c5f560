"""What the install lines come to, and which of them a person has to look at."""

from __future__ import annotations

import pytest

from nb2prod.analysis.facts import Install
from nb2prod.environment.installed import Installed, doubts_of_names, in_place_of, read_installs
from nb2prod.location import Location


def installed(*lines: str) -> Installed:
    return read_installs(
        Install("pip", tuple(line.split()), Location(number))
        for number, line in enumerate(lines, start=1)
    )


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["a b", "c"], ["a", "b", "c"]),
        (["a b", "a"], ["b", "a"]),
        (["opencv-python", "opencv-python-headless"], ["opencv-python-headless"]),
        (["tensorflow-gpu tensorflow"], ["tensorflow"]),
        (["tensorflow", "numpy", "tf-nightly", "tensorflow"], ["numpy", "tensorflow"]),
        (["pinecone-client", "pinecone-plugin-inference"],
         ["pinecone-client", "pinecone-plugin-inference"]),
        (["sklearn"], ["scikit-learn"]),
        (["sklearn==0.0", "scikit-learn==1.0"], ["scikit-learn"]),
    ],
)  # fmt: skip
def test_the_last_line_wins(lines: list[str], names: list[str]) -> None:
    assert list(installed(*lines).asked) == names


def test_what_takes_the_place_of_another_is_said() -> None:
    found = installed("opencv-python==4.8.0.76", "opencv-contrib-python")
    (note,) = doubts_of_names(found)
    assert "opencv-python and opencv-contrib-python hold the same module cv2" in note.reason
    assert note.location == Location(1)
    (evidence,) = in_place_of(found, "opencv-contrib-python")
    assert (evidence.detail, evidence.conflict) == ("opencv-python==4.8.0.76", True)


def test_a_stand_in_is_replaced_and_its_version_with_it() -> None:
    wanted = installed("sklearn==0.0").asked["scikit-learn"]
    assert wanted.requirement.specifier == ""
    assert "refusal" in wanted.text


@pytest.mark.parametrize(
    ("name", "popular"),
    [
        ("reqeusts", "requests"),
        ("request5", "requests"),
        ("transformrs", "transformers"),
        ("tensorfloww", "tensorflow"),
        ("scikitlearn", "scikit-learn"),
        ("surely-nobody-has-this", None),
    ],
)
def test_a_name_that_nobody_knows_is_flagged_and_kept(name: str, popular: str | None) -> None:
    found = installed(f"{name}==1.0")
    (note,) = doubts_of_names(found)
    assert name in note.reason
    assert note.location == Location(1)
    assert (f"is it {popular} that is meant" in note.reason) is (popular is not None)
    assert list(found.asked) == [name]


@pytest.mark.parametrize("name", ["requests", "pip", "atari-py", "pmaw", "google-cloud-storage"])
def test_a_known_name_is_not_flagged(name: str) -> None:
    assert doubts_of_names(installed(name)) == []


@pytest.mark.parametrize(
    ("text", "name", "commit"),
    [
        ("git+https://git.example.invalid/a/Foo_Bar.git", "foo-bar", False),
        ("git+https://git.example.invalid/a/b.git@v1#egg=Foo", "foo", False),
        ("git+https://git.example.invalid/a/b@" + "a" * 40, "b", True),
        ("git+https://git.example.invalid/a/b.git#subdirectory=x&egg=y", "y", False),
        ("git+ssh://git@git.example.invalid/a/b.git", "b", False),
    ],
)
def test_repositories_by_name(text: str, name: str, commit: bool) -> None:
    found = installed(text)
    (repository,) = found.repositories
    assert (repository.name, repository.commit) == (name, commit)
    assert found.vcs == ((text,) if commit else ())
