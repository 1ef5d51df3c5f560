"""uv itself, against an index of the test's own: what it answers, and what may change that."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from nb2prod.environment.lock import uv
from nb2prod.environment.lock.uv import Resolved, Unreachable, Unsolvable, ask
from tests.environment.lock.asking import question, source
from tests.environment.lock.index import Index, running_index

LOGIN = "somebody:unwritten"


def resolved(answer: object) -> dict[str, str]:
    assert isinstance(answer, Resolved), answer
    return dict(answer.versions)


def test_all_that_is_required_comes_with_its_hashes(
    index: Index, environment: dict[str, str]
) -> None:
    index.wheel("pandas", "2.0.0", "numpy>=1.20", 'openpyxl; extra == "excel"')
    index.wheel("pandas", "2.0.0", "numpy>=1.20", 'openpyxl; extra == "excel"', tag="py2-none-any")
    index.wheel("numpy", "1.26.0")
    index.wheel("openpyxl", "3.1.0")
    answer = ask(question("pandas==2.0.0"), environment)
    assert resolved(answer) == {"numpy": "1.26.0", "pandas": "2.0.0"}
    assert isinstance(answer, Resolved)
    hashes = [line.strip() for line in answer.text.splitlines() if "--hash=sha256:" in line]
    assert len(hashes) == 3
    assert not answer.text.startswith("#")
    assert index.host not in answer.text
    assert "127.0.0.1" not in answer.text
    extra = ask(question("pandas[excel]==2.0.0"), environment)
    assert resolved(extra)["openpyxl"] == "3.1.0"


def test_nothing_of_a_later_day_is_taken(index: Index, environment: dict[str, str]) -> None:
    for version, moment in {
        "1.0": "2024-06-11T23:59:59.000000Z",
        "1.1": "2024-06-12T00:00:00.000001Z",
    }.items():
        index.wheel("six", version, day=moment)
    assert resolved(ask(question("six"), environment)) == {"six": "1.0"}
    later = question("six", moment="2024-06-13T00:00:00Z")
    assert resolved(ask(later, environment)) == {"six": "1.1"}


@pytest.mark.parametrize(
    ("tag", "fits"),
    [
        ("cp312-cp312-manylinux_2_35_x86_64", True),
        ("cp312-cp312-manylinux_2_36_x86_64", False),
        ("cp312-cp312-manylinux2014_aarch64", False),
        ("cp312-cp312-win_amd64", False),
        ("cp311-cp311-manylinux2014_x86_64", False),
        ("cp39-abi3-manylinux2014_x86_64", True),
    ],
)
def test_wheels_have_to_fit_the_image_and_not_this_machine(
    index: Index, environment: dict[str, str], tag: str, fits: bool
) -> None:
    index.wheel("numpy", "1.26.0", tag=tag)
    answer = ask(question("numpy==1.26.0"), environment)
    assert isinstance(answer, Resolved if fits else Unsolvable)


def test_preferences_are_kept_where_nothing_speaks_against_them(
    index: Index, environment: dict[str, str]
) -> None:
    for version in ("1.24.0", "1.26.0"):
        index.wheel("numpy", version)
    index.wheel("six", "1.16.0", "numpy")
    index.wheel("scipy", "1.11.0", "numpy>=1.25")
    preferred = {"numpy": "1.24.0", "tqdm": "4.0"}
    kept = ask(question("six==1.16.0", preferred=preferred), environment)
    assert resolved(kept) == {"numpy": "1.24.0", "six": "1.16.0"}
    against = ask(question("scipy==1.11.0", preferred=preferred), environment)
    assert resolved(against)["numpy"] == "1.26.0"


def test_what_is_unlisted_brings_what_it_requires_and_is_not_listed(
    index: Index, environment: dict[str, str]
) -> None:
    index.wheel("pandas", "2.0.0", "numpy")
    index.wheel("numpy", "1.26.0")
    answer = ask(question("pandas", unlisted=("pandas",)), environment)
    assert resolved(answer) == {"numpy": "1.26.0"}


def test_a_conflict_is_told(index: Index, environment: dict[str, str]) -> None:
    index.wheel("pandas", "2.0.0", "numpy>=1.20")
    index.wheel("numpy", "1.19.0")
    index.wheel("numpy", "1.26.0")
    answer = ask(question("pandas==2.0.0", "numpy==1.19.0"), environment)
    assert isinstance(answer, Unsolvable)
    assert "numpy>=1.20" in answer.why
    assert "notebook depends on numpy==1.19.0" in answer.why
    assert "\n" not in answer.why
    assert (answer.wheels_required, dict(answer.too_new)) == ((), {})


def test_what_has_only_source_is_named_and_not_fetched(
    index: Index, environment: dict[str, str]
) -> None:
    index.source("docopt", "0.6.2", {"setup.py": "raise SystemExit(1)"})
    index.wheel("promise", "2.3", "docopt")
    for asked in ("docopt==0.6.2", "docopt", "promise==2.3"):
        answer = ask(question(asked), environment)
        assert isinstance(answer, Unsolvable)
        assert answer.wheels_required == ("docopt",)
    assert not [path for path in index.requests if path.endswith(".tar.gz")]


def test_what_is_too_young_is_named_with_its_moment(
    index: Index, environment: dict[str, str]
) -> None:
    index.wheel("numpy", "2.0.0", day="2024-06-16T12:30:00.000000Z")
    index.wheel("numpy", "1.26.0")
    answer = ask(question("numpy==2.0.0"), environment)
    assert isinstance(answer, Unsolvable)
    assert dict(answer.too_new) == {"numpy": "2024-06-16T12:30:00Z"}


def test_a_source_with_known_metadata_is_locked_and_not_even_fetched(
    index: Index, environment: dict[str, str]
) -> None:
    index.source("docopt", "0.6.2", {"setup.py": "raise SystemExit(1)"})
    index.source("docopt", "0.7.0", {"setup.py": "raise SystemExit(1)"})
    index.wheel("six", "1.16.0")
    answer = ask(question("docopt", sources={"docopt": source("0.6.2", "six")}), environment)
    assert resolved(answer) == {"docopt": "0.6.2", "six": "1.16.0"}
    assert not [path for path in index.requests if path.endswith(".tar.gz")]


def test_an_unknown_name_is_no_unreachable_index(index: Index, environment: dict[str, str]) -> None:
    answer = ask(question("six==1.16.0"), environment)
    assert isinstance(answer, Unsolvable)
    assert "six was not found" in answer.why


def refused_secrets(answer: object) -> str:
    assert isinstance(answer, Unreachable), answer
    for word in ("http", "127.0.0.1", "example.invalid", *LOGIN.split(":")):
        assert word not in answer.why
    assert answer.why
    return answer.why


def test_a_dead_port_is_unreachable(environment: dict[str, str]) -> None:
    with running_index() as gone:
        address = gone.url
    address = address.replace("//", f"//{LOGIN}@")
    named = {**environment, "UV_DEFAULT_INDEX": address, "UV_HTTP_RETRIES": "0"}
    answer = ask(question("six"), named)
    assert "refused" in refused_secrets(answer)


def test_no_such_host_is_unreachable(environment: dict[str, str]) -> None:
    address = f"http://{LOGIN}@pypi.example.invalid/simple"
    named = {**environment, "UV_DEFAULT_INDEX": address, "UV_HTTP_RETRIES": "0"}
    refused_secrets(ask(question("six"), named))


@pytest.mark.parametrize("login", ["", f"{LOGIN}@"])
def test_an_index_that_lets_nobody_in_is_unreachable(
    index: Index, environment: dict[str, str], login: str
) -> None:
    index.wheel("six", "1.16.0")
    index.login = base64.b64encode(b"another:word").decode()
    named = {**environment, "UV_DEFAULT_INDEX": index.url.replace("//", f"//{login}")}
    assert "401" in refused_secrets(ask(question("six"), named))
    index.login = base64.b64encode(LOGIN.encode()).decode()
    if login:
        answer = ask(question("six"), {**named, "UV_CACHE_DIR": f"{named['UV_CACHE_DIR']}-2"})
        assert resolved(answer) == {"six": "1.16.0"}
        assert isinstance(answer, Resolved)
        assert not [word for word in LOGIN.split(":") if word in answer.text]


def test_without_a_network_by_the_user_s_wish_it_is_unreachable(
    index: Index, environment: dict[str, str]
) -> None:
    index.wheel("six", "1.16.0")
    refused_secrets(ask(question("six"), {**environment, "UV_OFFLINE": "1"}))
    assert index.requests == []


@pytest.fixture
def versions(index: Index) -> Index:
    """An index where every setting that counts would change the answer."""
    index.wheel("six", "1.15.0", day="2020-05-01")
    index.wheel("six", "1.16.0", day="2021-05-01")
    index.wheel("six", "1.17.0rc1", day="2022-05-01")
    return index


_CONFIG = 'exclude-newer = "2020-06-01T00:00:00Z"\n[{table}]\nresolution = "lowest"\n'


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("UV_EXCLUDE_NEWER", "2020-06-01T00:00:00Z"),
        ("UV_CONSTRAINT", "{here}/constraints.txt"),
        ("UV_OVERRIDE", "{here}/constraints.txt"),
        ("UV_CONFIG_FILE", "{here}/uv.toml"),
        ("UV_RESOLUTION", "lowest"),
        ("UV_PRERELEASE", "allow"),
        ("UV_PROJECT", "{here}"),
        ("UV_WORKING_DIR", "{here}"),
        ("XDG_CONFIG_HOME", "{here}"),
    ],
)
def test_nobody_s_own_settings_change_the_answer(
    versions: Index, environment: dict[str, str], tmp_path: Path, variable: str, value: str
) -> None:
    plain = ask(question("six"), environment)
    assert resolved(plain) == {"six": "1.16.0"}
    here = tmp_path / "own"
    for directory in (here, here / "uv", here / ".config" / "uv"):
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "uv.toml").write_text(_CONFIG.format(table="pip"), encoding="utf-8")
    (here / "constraints.txt").write_text("six==1.15.0\n", encoding="utf-8")
    (here / "pyproject.toml").write_text(
        f"[tool.uv]\n{_CONFIG.format(table='tool.uv.pip')}", encoding="utf-8"
    )
    answer = ask(question("six"), {**environment, variable: value.format(here=here)})
    assert answer == plain


@pytest.mark.parametrize("variable", ["UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_the_user_s_index_is_asked(
    versions: Index, environment: dict[str, str], variable: str
) -> None:
    with running_index() as other:
        other.wheel("six", "1.14.0")
        environment.pop("UV_DEFAULT_INDEX")
        answer = ask(question("six"), {**environment, variable: other.url})
        assert resolved(answer) == {"six": "1.14.0"}
        assert other.asked == {"six"}
    assert versions.requests == []


@pytest.mark.parametrize("variable", ["UV_INDEX", "UV_EXTRA_INDEX_URL"])
def test_an_index_beside_it_is_asked_first(
    versions: Index, environment: dict[str, str], variable: str
) -> None:
    with running_index() as other:
        other.wheel("six", "1.14.0")
        answer = ask(question("six"), {**environment, variable: other.url})
        assert resolved(answer) == {"six": "1.14.0"}


def test_a_named_index_takes_its_login_from_the_environment(
    index: Index, environment: dict[str, str]
) -> None:
    index.wheel("six", "1.16.0")
    index.login = base64.b64encode(LOGIN.encode()).decode()
    user, word = LOGIN.split(":")
    named = {
        **environment,
        "UV_DEFAULT_INDEX": f"house={index.url}",
        "UV_INDEX_HOUSE_USERNAME": user,
        "UV_INDEX_HOUSE_PASSWORD": word,
    }
    assert resolved(ask(question("six"), named)) == {"six": "1.16.0"}


def test_a_search_that_does_not_end_is_an_answer_of_its_own(
    index: Index, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    index.wheel("six", "1.16.0")
    monkeypatch.setattr(uv, "_TIMEOUT_S", 0.001)
    answer = ask(question("six"), environment)
    assert isinstance(answer, Unsolvable)
    assert answer.why == "uv found no answer within 0.001 s"
