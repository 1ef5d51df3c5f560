from __future__ import annotations

import pytest

from nb2prod.analysis.facts import Install, PackageSource
from nb2prod.analysis.installs import install_of_words
from nb2prod.data.cuda import torch_index
from nb2prod.location import Location

SHA = "0123abcd" * 5
WORD = "-".join(("not", "for", "anybody"))
INDEX = PackageSource("index", "https://host.example.invalid/simple")
REPOSITORY = f"git+https://host.example.invalid/a/b.git@{SHA}"
BUILT = ": Dockerfile.private takes it as a build secret"


def install(*words: str, **files: str) -> Install:
    texts = {f"{name}.txt": text for name, text in files.items()}
    found = install_of_words(["pip", "install", *words], Location(1), texts)
    assert found is not None
    assert WORD not in str(found)
    return found


@pytest.mark.parametrize(
    ("words", "sources"),
    [
        (["-i", INDEX.address, "a"], (INDEX,)),
        (["--extra-index-url", INDEX.address, "a"], (INDEX,)),
        ([f"--extra-index-url=https://me:{WORD}@host.example.invalid/simple", "a"], (INDEX,)),
        (["--index-url", "https://{user}:{word}@host.example.invalid/simple"], (INDEX,)),
        (["--index", f"inner={INDEX.address}", "a"], (INDEX,)),
        (["-i", INDEX.address, "--extra-index-url", INDEX.address, "a"], (INDEX,)),
        (["--index-url", "$INDEX", "a"], (PackageSource("index", "$INDEX"),)),
        (["--index-url", "https://[", "a"], (PackageSource("index", "https://["),)),
        # The default index by its own name, PyTorch's, and pages of links.
        (["--index-url", "https://pypi.example/simple", "a"], ()),
        (["--extra-index-url", torch_index("cu121"), "a"], ()),
        (["-f", "https://host.example.invalid/wheels", "a"], ()),
        (["--index-url"], ()),
        # A name that only begins so.
        (
            ["-i", "https://pypi.host.example.invalid"],
            (PackageSource("index", "https://pypi.host.example.invalid"),),
        ),
    ],
)
def test_indexes(words: list[str], sources: tuple[PackageSource, ...]) -> None:
    found = install(*words)
    assert found.sources == sources
    said = found.problem or ""
    assert ("Dockerfile.private takes its address as a build secret" in said) == bool(sources)


@pytest.mark.parametrize(
    ("word", "requirement", "private"),
    [
        (REPOSITORY, REPOSITORY, False),
        (REPOSITORY.replace("//", f"//me:{WORD}@"), REPOSITORY, True),
        (REPOSITORY.replace("//", "//{os.environ['TOKEN']}@"), REPOSITORY, True),
        (REPOSITORY.replace("//", "//$TOKEN@"), REPOSITORY, True),
        (f"b @ {REPOSITORY.replace('//', f'//{WORD}@')}", f"{REPOSITORY}#egg=b", True),
        (f"git+ssh://git@host.example.invalid/a/b.git@{SHA}", None, True),
        # What is not known, or is no repository, is not asked for.
        (f"git+https://$TOKEN@host.example.invalid/$REPO@{SHA}", "", False),
        (f"https://me:{WORD}@host.example.invalid/b.whl", "", False),
        (f"hg+https://me:{WORD}@host.example.invalid/b", "", False),
    ],
)
def test_repositories(word: str, requirement: str | None, private: bool) -> None:
    found = install(word)
    wanted = word if requirement is None else requirement
    assert found.requirements == ((wanted,) if wanted else ())
    assert found.sources == ((PackageSource("git", wanted),) if private else ())
    if private:
        assert found.problem is not None
        assert found.problem.endswith(
            "a login that it takes as a build secret"
            if "+ssh" in word
            else f"which must not be written down{BUILT}"
        )


def test_a_repository_with_a_password_and_no_commit_needs_one() -> None:
    found = install(f"git+https://{WORD}@host.example.invalid/a/b.git")
    assert found.problem is not None
    assert "password in its address" in found.problem
    assert "names no commit" in found.problem


def test_lists_name_them_too() -> None:
    text = f"--extra-index-url https://me:{WORD}@host.example.invalid/simple\n{REPOSITORY}\n"
    assert install("-r", "r.txt", r=text).sources == (INDEX,)
    secret = REPOSITORY.replace("//", f"//{WORD}@")
    assert install("-r", "r.txt", r=secret).sources == (PackageSource("git", REPOSITORY),)
    # What a constraint names is not installed by it.
    assert install("-c", "r.txt", "a", r=secret).sources == ()
