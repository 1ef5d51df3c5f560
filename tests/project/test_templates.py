from __future__ import annotations

from pathlib import Path

import pytest

import nb2prod
from nb2prod.errors import InternalError
from nb2prod.project.templates import templates_directory

CHECKOUT = Path(__file__).resolve().parents[2]


def test_the_checkout_s_own_templates_are_found() -> None:
    assert Path(nb2prod.__file__).resolve().is_relative_to(CHECKOUT / "src"), (
        "these tests run on an editable install or with src/ on the path"
    )
    directory = templates_directory()
    assert directory == CHECKOUT / "templates"
    assert any(path.suffix == ".j2" for path in directory.rglob("*"))


@pytest.mark.parametrize(
    ("package", "made", "expected"),
    [
        pytest.param(
            "site-packages/nb2prod",
            ["site-packages/nb2prod/templates"],
            "site-packages/nb2prod/templates",
            id="wheel",
        ),
        pytest.param("src/nb2prod", ["templates"], "templates", id="checkout"),
        pytest.param(
            "src/nb2prod",
            ["templates", "src/nb2prod/templates"],
            "src/nb2prod/templates",
            id="the package's own come first",
        ),
    ],
)
def test_templates_are_found(tmp_path: Path, package: str, made: list[str], expected: str) -> None:
    for directory in [package, *made]:
        (tmp_path / directory).mkdir(parents=True, exist_ok=True)
    assert templates_directory(tmp_path / package) == tmp_path / expected


@pytest.mark.parametrize(
    ("package", "made"),
    [
        pytest.param("src/nb2prod", [], id="nowhere"),
        pytest.param(
            "lib/site-packages/nb2prod", ["lib/templates"], id="a stranger's templates directory"
        ),
    ],
)
def test_missing_templates_are_an_internal_error(
    tmp_path: Path, package: str, made: list[str]
) -> None:
    for directory in [package, *made]:
        (tmp_path / directory).mkdir(parents=True, exist_ok=True)
    with pytest.raises(InternalError, match="Install it again"):
        templates_directory(tmp_path / package)
