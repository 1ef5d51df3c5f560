from __future__ import annotations

import keyword
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.project.names import package_name, project_name


@pytest.mark.parametrize(
    ("notebook", "expected"),
    [
        ("customer_churn", "customer-churn"),
        ("Customer Churn (v2)", "customer-churn-v2"),
        ("Ünïcode ﬁles", "unicode-files"),
        ("2024-results", "2024-results"),
        ("日本語", "notebook"),
        ("", "notebook"),
        ("../../etc/passwd", "etc-passwd"),
        ("\N{MATHEMATICAL DOUBLE-STRUCK DIGIT ONE}", "1"),
    ],
)
def test_a_project_s_name(notebook: str, expected: str) -> None:
    assert project_name(notebook) == expected


def test_long_names_stay_apart() -> None:
    names = [project_name(f"{'a long series ' * 5}part {part}") for part in range(3)]
    assert len(set(names)) == 3
    assert all(re.fullmatch(r"(a-long-series-){3}a-long-seri-[0-9a-f]{6}", name) for name in names)
    assert project_name("x" * 60) == "x" * 60


@pytest.mark.parametrize(
    ("project", "taken", "expected"),
    [
        ("customer-churn", [], "customer_churn"),
        ("pandas", ["pandas"], "pandas_job"),
        ("pil", ["PIL"], "pil_job"),
        ("pandas", ["pandas", "pandas_job"], "pandas_job_2"),
        ("pandas", ["pandas", "pandas_job", "pandas_job_2"], "pandas_job_3"),
        ("json", [], "json_job"),
        ("distutils", [], "distutils_job"),
        ("annotationlib", [], "annotationlib_job"),
        ("class", [], "class_job"),
        ("none", [], "none_job"),
        ("match", [], "match_job"),
        ("type", [], "type_job"),
        ("src", [], "src_job"),
        ("tests", [], "tests_job"),
        ("2024-results", [], "nb_2024_results"),
        ("2024", ["nb_2024"], "nb_2024_job"),
    ],
)
def test_a_package_s_name(project: str, taken: list[str], expected: str) -> None:
    assert package_name(project, taken) == expected


@given(st.text())
def test_a_project_s_name_is_a_slug(notebook: str) -> None:
    name = project_name(notebook)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert len(name) <= 60


@given(
    st.text(),
    st.lists(st.sampled_from(["notebook", "a", "a_job", "b", "x_1", "pandas"])),
)
def test_a_package_s_name_can_be_imported(notebook: str, taken: list[str]) -> None:
    name = package_name(project_name(notebook), taken)
    assert name.isidentifier()
    assert name.isascii()
    assert not keyword.iskeyword(name)
    assert not keyword.issoftkeyword(name)
    assert name not in taken
    assert name not in sys.stdlib_module_names
