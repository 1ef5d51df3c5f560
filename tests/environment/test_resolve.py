"""Imports and installs become pins, each with who gave the answer."""

from __future__ import annotations

import pytest

from nb2prod.analysis.facts import Import, Install
from nb2prod.data.runtimes import Runtime
from nb2prod.environment.resolve import Resolution, resolve
from nb2prod.location import Location

RUNTIME = Runtime(
    name="colab-test",
    date="2026-01-01",
    python="3.12.1",
    ubuntu="22.04",
    variant="main",
    commit="0",
    packages={"pandas": "2.2.2", "numpy": "2.0.2", "scikit-learn": "1.6.1", "torch": "2.9.0"},
    unservable={},
)
HERE = Location(3, 2)


def answer(
    *imports: str, install: str = "", upgrade: bool = False, optional: bool = False
) -> Resolution:
    found = [Import(module, HERE, optional=optional) for module in imports]
    installs = [Install("pip", tuple(install.split()), HERE, upgrade=upgrade)] if install else []
    return resolve(found, installs, RUNTIME)


@pytest.mark.parametrize(
    ("module", "install", "pin", "answered_by"),
    [
        ("pandas", "", "pandas==2.2.2", "runtime"),
        ("pandas", "pandas==2.1.0", "pandas==2.1.0", "install"),
        ("pandas", "Pandas==2.1.0", "pandas==2.1.0", "install"),
        ("pandas", "pandas", "pandas==2.2.2", "install"),
        ("pandas", "pandas>=2.0,<3", "pandas==2.2.2", "install"),
        ("numpy", "numpy<=1.23.5", "numpy==1.23.5", "install"),
        ("numpy", "numpy~=1.26.0", "numpy==1.26.4", "install"),
        ("sklearn", "", "scikit-learn==1.6.1", "runtime"),
        ("sklearn.metrics", "scikit-learn==1.4.2", "scikit-learn==1.4.2", "install"),
        ("torch", "torch==2.0.1+cu118", "torch==2.0.1", "install"),
        ("cv2", "opencv-python==4.9.0.80", "opencv-python==4.9.0.80", "install"),
        ("faiss", "faiss-gpu==1.7.2", "faiss-gpu==1.7.2", "install"),
        ("datasets", "datasets[audio]==2.14.0", "datasets[audio]==2.14.0", "install"),
    ],
)
def test_a_module_is_pinned_by_the_strongest_evidence(
    module: str, install: str, pin: str, answered_by: str
) -> None:
    resolution = answer(module, install=install)
    assert [found.requirement for found in resolution.pins] == [pin]
    assert resolution.dependencies[0].answered_by == answered_by
    assert resolution.dependencies[0].version == resolution.pins[0].version
    assert resolution.pins[0].evidence
    assert resolution.attention == ()


def test_a_pin_that_the_runtime_contradicts_keeps_the_contradiction() -> None:
    (pin,) = answer("pandas", install="pandas==2.1.0").pins
    assert [(found.kind, found.conflict) for found in pin.evidence] == [
        ("pinned", False),
        ("runtime", True),
    ]
    assert pin.evidence[0].location == HERE


def test_what_the_runtime_lacks_comes_from_the_table_of_newest_versions() -> None:
    (pin,) = answer("polars_nothing", "requests_html", "boto3").pins[-1:]
    assert pin.name in ("boto3", "requests-html")
    assert pin.evidence[0].kind == "table"


def test_upgrade_prefers_the_newest_over_the_preinstalled() -> None:
    (plain,) = answer("pandas", install="pandas").pins
    (upgraded,) = answer("pandas", install="pandas", upgrade=True).pins
    assert plain.version == "2.2.2"
    assert upgraded.version != "2.2.2"
    assert upgraded.evidence[0].kind == "table"


def test_an_unknown_module_is_offered_but_never_pinned() -> None:
    resolution = answer("surely_nobody_has_this")
    (dependency,) = resolution.dependencies
    assert dependency.answered_by == "same-name-unverified"
    assert dependency.distribution == "surely-nobody-has-this"
    assert resolution.pins == ()
    assert resolution.attention[0].location == HERE


def test_a_local_module_is_never_looked_up() -> None:
    resolution = resolve([Import("pandas", HERE, local=True)], [], RUNTIME)
    (dependency,) = resolution.dependencies
    assert (dependency.answered_by, dependency.distribution) == ("local", None)
    assert resolution.pins == ()


def test_an_optional_module_is_pinned_only_where_the_notebook_had_it() -> None:
    assert answer("boto3", optional=True).pins == ()
    assert [pin.name for pin in answer("pandas", optional=True).pins] == ["pandas"]
    assert answer("surely_nobody_has_this", optional=True).attention == ()


def test_what_is_installed_but_not_imported_is_a_dependency_too() -> None:
    names = [pin.name for pin in answer("pandas", install="pip wheel accelerate==1.0.0").pins]
    assert names == ["accelerate", "pandas"]


def test_the_last_install_line_wins() -> None:
    installs = [
        Install("pip", ("pandas==1.0.0",), HERE),
        Install("conda", ("pandas==1.5.0",), Location(4)),
    ]
    (pin,) = resolve([], installs, RUNTIME).pins
    assert pin.version == "1.5.0"


def test_another_version_asked_for_earlier_stays_as_a_conflict() -> None:
    installs = [
        Install("pip", ("pandas==1.0.0",), HERE),
        Install("pip", ("pandas==2.2.2",), Location(9)),
    ]
    (pin,) = resolve([], installs, RUNTIME).pins
    assert [(found.detail, found.conflict) for found in pin.evidence] == [
        ("pandas==2.2.2", False),
        ("pandas==1.0.0", True),
        ("Colab's runtime of 2026-01-01 has 2.2.2", False),
    ]


def test_where_repositories_are_cloned_a_name_alone_is_no_answer() -> None:
    imports = [Import(name, HERE) for name in ("yfinance", "utils", "pandas", "bs4")]
    resolution = resolve(imports, [], RUNTIME, cloned=True)
    answers = {found.module: found.answered_by for found in resolution.dependencies}
    assert answers["pandas"] == "runtime"
    assert answers["bs4"] == "table"
    assert answers["yfinance"] == "same-name-unverified"
    assert answers["utils"] == "nobody"
    assert not {"utils", "yfinance"} & {pin.name for pin in resolution.pins}
    assert resolution.attention[0].location == HERE


def test_repositories_count_only_at_a_commit() -> None:
    commit = "git+https://git.example.invalid/a/b.git@" + "0123456789" * 4
    resolution = answer(install=f"{commit} git+https://git.example.invalid/a/c.git")
    assert resolution.vcs == (commit,)


def test_namespace_packages_are_told_apart() -> None:
    resolution = answer("google.cloud.storage", "google.protobuf")
    assert {found.distribution for found in resolution.dependencies} == {
        "google-cloud-storage",
        "protobuf",
    }


@pytest.mark.parametrize(
    ("line", "pins"),
    [
        (
            "torch==2.1.0 torchvision torchaudio",
            ["torch==2.1.0", "torchaudio==2.1.0", "torchvision==0.16.0"],
        ),
        ("torch==2.1.0 torchvision==0.15.2", ["torch==2.1.0", "torchvision==0.15.2"]),
    ],
)
def test_what_is_made_for_the_torch_that_is_pinned(line: str, pins: list[str]) -> None:
    found = [pin.requirement for pin in answer(install=line).pins]
    assert [one for one in found if one.startswith("torch")] == pins
