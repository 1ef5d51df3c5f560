"""The table of distributions that exist only as source: known rows, and the rules for all rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import nb2prod.data
from nb2prod.data._files import read_rows
from nb2prod.data.runtimes import newest_runtime, runtime_at
from nb2prod.data.source_only import SourceOnly, always_source_only, source_only
from tools.source_versions import chosen, releases

TABLE = Path(nb2prod.data.__file__).with_name("tables") / "source_only.tsv"
NAMES = sorted({row[0] for row in read_rows("source_only.tsv")})


def version_of(name: str, version: str) -> SourceOnly:
    return next(one for one in source_only(name) if one.version == version)


@pytest.mark.parametrize(
    ("name", "version", "day", "compiles", "requires"),
    [
        ("promise", "2.3", "2019-12-18", "", {"six"}),
        ("docopt", "0.6.2", "2014-06-16", "", set()),
        ("wget", "3.2", "2015-10-22", "", set()),
        ("openai-whisper", "20231117", "2023-11-17", "", {"numba", "torch", "tiktoken"}),
        ("openai-whisper", "20240930", "2024-09-30", "", {"numba", "torch", "tiktoken"}),
        ("deepspeed", "0.14.4", "2024-06-21", "cuda", {"hjson", "pydantic", "torch"}),
        ("flash-attn", "2.8.3", "2025-08-15", "cuda", {"einops", "torch"}),
        ("gym", "0.26.2", "2022-10-04", "", {"cloudpickle", "gym-notices", "numpy"}),
        ("gym", "0.21.0", "2021-10-06", "", {"cloudpickle", "numpy"}),
        ("gym", "0.25.2", "2022-08-19", "", {"cloudpickle", "gym-notices", "numpy"}),
        ("PyAudio", "0.2.14", "2023-11-07", "c", set()),
        ("antlr4_python3_runtime", "4.9.3", "2021-11-06", "", {"typing"}),
        ("seqeval", "1.2.2", "2020-10-24", "", {"numpy", "scikit-learn"}),
        ("moviepy", "1.0.3", "2020-05-07", "", {"decorator", "imageio", "proglog"}),
        ("kaggle", "1.5.12", "2021-03-13", "", {"certifi", "requests", "tqdm"}),
        ("sentence-transformers", "2.2.2", "2022-06-26", "", {"sentencepiece", "torch"}),
        ("pyyaml", "5.1", "2019-03-13", "c", set()),
        ("PyYAML", "5.3.1", "2020-03-18", "c", set()),
        ("google-search-results", "2.4.2", "2023-03-10", "", {"requests"}),
        ("future", "0.18.3", "2023-01-13", "", set()),
        ("pyspark", "3.5.1", "2024-02-26", "", {"py4j"}),
        ("pyspark", "4.0.4", "2026-07-15", "", {"py4j"}),
        ("crcmod", "1.7", "2010-06-27", "c", set()),
        ("dlib", "19.24.2", "2023-06-03", "cuda", set()),
        ("jieba", "0.42.1", "2020-01-20", "", set()),
        ("python-louvain", "0.16", "2022-01-29", "", {"networkx", "numpy"}),
        ("termcolor", "1.1.0", "2011-01-13", "", set()),
        ("sacremoses", "0.0.53", "2022-05-03", "", {"click", "joblib", "regex", "tqdm"}),
        ("pycocotools", "2.0.4", "2022-01-08", "c", {"matplotlib", "numpy"}),
        ("peewee", "3.17.6", "2024-07-06", "c", set()),
        ("protobuf3-to-dict", "0.1.5", "2017-02-23", "", {"protobuf", "six"}),
        ("sagemaker", "2.117.0", "2022-11-15", "", {"boto3", "numpy", "protobuf3-to-dict"}),
        ("sagemaker", "2.150.0", "2023-04-26", "", {"boto3", "numpy", "protobuf3-to-dict"}),
        ("jax", "0.3.25", "2022-11-15", "", {"numpy", "opt-einsum", "scipy", "typing-extensions"}),
        ("jax", "0.4.8", "2023-03-29", "", {"ml-dtypes", "numpy", "opt-einsum", "scipy"}),
        ("jax", "0.4.14", "2023-07-27", "", {"ml-dtypes", "numpy", "opt-einsum", "scipy"}),
        ("wrapt", "1.12.1", "2020-03-09", "c", set()),
        ("kfp-server-api", "1.8.5", "2022-09-01", "", {"certifi", "six", "urllib3"}),
        ("kfp_server_api", "2.17.0", "2026-07-09", "", {"certifi", "six", "urllib3"}),
        ("gql", "3.0.0a6", "2021-06-09", "", {"graphql-core", "yarl"}),
        ("pygraphviz", "1.12", "2024-01-08", "c", set()),
        ("pyspark", "3.2.1", "2022-01-26", "", {"py4j"}),
        ("pyspark", "3.3.0", "2022-06-15", "", {"py4j"}),
    ],
)
def test_known_rows(name: str, version: str, day: str, compiles: str, requires: set[str]) -> None:
    found = version_of(name, version)
    plain = {Requirement(one).name for one in found.requires if "extra ==" not in one}
    assert (found.day, found.compiles) == (day, compiles)
    assert requires <= plain
    assert bool(requires) == bool(plain)


def test_a_marker_of_the_archive_is_kept() -> None:
    assert (
        'typing; python_version < "3.5"' in version_of("antlr4-python3-runtime", "4.9.3").requires
    )
    triton = [one for one in version_of("openai-whisper", "20250625").requires if "triton" in one]
    assert len(triton) == 1
    assert "platform_machine" in str(Requirement(triton[0]).marker)


def test_extras_have_their_requirements_under_markers() -> None:
    found = version_of("gym", "0.26.2")
    assert "classic-control" in found.extras
    assert any('extra == "classic-control"' in one for one in found.requires)


def test_versions_that_notebooks_pin_are_kept_though_they_are_old() -> None:
    days = {"5.0": "2019-01-02", "5.1": "2019-03-13", "5.4": "2020-11-01"}
    sources = {
        name: [
            {
                "filename": f"{name}-{version}.tar.gz",
                "url": f"https://files.example.invalid/{name}-{version}.tar.gz",
                "hashes": {"sha256": "0" * 64},
                "upload-time": f"{day}T00:00:00Z",
            }
            for version, day in days.items()
        ]
        for name in ("pyyaml", "thing")
    }
    kept = {}
    for name, files in sources.items():
        wheel = {**files[-1], "filename": f"{name}-5.4-py3-none-any.whl"}
        listed = releases(name, [*files, wheel], "2026-11-21")
        kept[name] = [str(one.version) for one in chosen(listed, frozenset())]
    assert kept == {"pyyaml": ["5.1"], "thing": []}
    assert source_only("pyyaml")[0].version == "5.1"


def test_a_pre_release_that_a_release_requires_exactly_is_kept_and_overtakes_nothing() -> None:
    days = {"2.0.0": "2020-05-17", "2.9.0a1": "2020-09-01", "3.0.0a6": "2020-10-01"}
    days["3.0.0"] = "2022-01-22"
    sources = {
        name: [
            {
                "filename": f"{name}-{version}.tar.gz",
                "url": f"https://files.example.invalid/{name}-{version}.tar.gz",
                "hashes": {"sha256": "0" * 64},
                "upload-time": f"{day}T00:00:00Z",
            }
            for version, day in days.items()
        ]
        for name in ("gql", "thing")
    }
    kept = {}
    for name, files in sources.items():
        # With wheels later, 2.0.0 counts only because it was the newest when 2021 began.
        wheel = {**files[-1], "filename": f"{name}-3.1.0-py3-none-any.whl"}
        listed = releases(name, [*files, wheel], "2026-11-21")
        kept[name] = [str(one.version) for one in chosen(listed, frozenset())]
    assert kept == {"gql": ["2.0.0", "3.0.0a6"], "thing": ["2.0.0"]}


@pytest.mark.parametrize("name", ["requests", "torch", "no-such-distribution"])
def test_what_has_wheels_or_is_not_known_is_not_there(name: str) -> None:
    assert source_only(name) == ()
    assert name not in always_source_only()


def test_only_what_never_had_a_wheel_is_always_source_only() -> None:
    always = always_source_only()
    assert {"docopt", "promise", "openai-whisper", "deepspeed", "gym"} <= set(always)
    assert {"pyspark", "google-search-results"} <= set(always)
    assert {"crcmod", "dlib", "jieba", "python-louvain"} <= set(always)
    assert "kfp-server-api" in always
    assert not {"gql", "jax", "pygraphviz", "pyyaml", "future", "wrapt"} & set(always)
    assert not {"peewee", "pycocotools", "sagemaker", "termcolor"} & set(always)
    assert not {"moviepy", "kaggle", "fire", "sentence-transformers"} & set(always)
    assert source_only("fire")[-1].version == "0.7.0"
    assert list(always) == sorted(always)
    assert all(source_only(name) for name in always)


@pytest.mark.parametrize("name", NAMES)
def test_each_row_can_be_handed_to_a_resolver(name: str) -> None:
    found = source_only(name)
    assert name == canonicalize_name(name)
    versions = [Version(one.version) for one in found]
    assert versions == sorted(set(versions))
    for one in found:
        assert str(Version(one.version)) == one.version
        # Named in tools/source_versions.py: a release requires it exactly.
        assert (name, one.version) == ("gql", "3.0.0a6") or not Version(one.version).is_prerelease
        assert date.fromisoformat(one.day).isoformat() == one.day
        assert one.compiles in {"", "c", "cuda"}
        assert str(SpecifierSet(one.requires_python)) == one.requires_python
        assert list(one.extras) == sorted({canonicalize_name(extra) for extra in one.extras})
        parsed = [Requirement(text) for text in one.requires]
        assert [str(requirement) for requirement in parsed] == list(one.requires)
        assert not any(requirement.url for requirement in parsed)


def test_what_runtimes_had_of_these_names_is_there() -> None:
    first = runtime_at("2022-09-13", gpu=True)
    assert first is not None
    for packages in (first.packages, newest_runtime(gpu=True).packages):
        there = {name: packages[name] for name in always_source_only() if name in packages}
        assert {"gym", "promise"} <= set(there)
        for name, version in there.items():
            assert version_of(name, version).version == version


def test_the_table_is_sorted_compact_and_names_no_host() -> None:
    text = TABLE.read_text(encoding="utf-8")
    names = [row[0] for row in read_rows("source_only.tsv")]
    assert names == sorted(names)
    assert "://" not in text
    assert len(text.encode()) < 600_000
