"""Requirement files, as pip reads them."""

from __future__ import annotations

import pytest

from nb2prod.analysis.installs import install_of
from nb2prod.analysis.shell import split_commands
from nb2prod.location import Location

PLACE = Location(2, 1)


def install(line: str, **files: str) -> tuple[tuple[str, ...], tuple[str, ...], str | None]:
    [command] = split_commands(line)
    named = {name.replace("_", "."): text for name, text in files.items()}
    found = install_of(command, PLACE, named)
    assert found is not None
    assert found.location == PLACE
    return found.requirements, found.constraints, found.problem


@pytest.mark.parametrize(
    ("text", "requirements"),
    [
        ("numpy", ["numpy"]),
        ("numpy==1.26.4\n\n  pandas >= 2 , < 3\n", ["numpy==1.26.4", "pandas >= 2 , < 3"]),
        ("# all of it\nnumpy # fast\n#pandas", ["numpy"]),
        (
            "numpy==1.26.4 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\npandas",
            ["numpy==1.26.4", "pandas"],
        ),
        ("numpy==\\\r\n1.26.4\r\npandas\r\n", ["numpy==1.26.4", "pandas"]),
        ("\ufeffnumpy", ["numpy"]),
        ("torch[extra]>=2 ; python_version > '3.8'", ["torch[extra]>=2 ; python_version > '3.8'"]),
        ("--no-binary :all:\n--pre\n--prefer-binary\nnumpy", ["numpy"]),
        ("numpy --config-settings=a=b", ["numpy"]),
        (
            f"tool @ git+https://host.invalid/tool@{'0' * 40} ; python_version > '3'",
            [f"git+https://host.invalid/tool@{'0' * 40}#egg=tool"],
        ),
        ("", []),
    ],
)
def test_what_a_file_asks_for(text: str, requirements: list[str]) -> None:
    assert install("pip install -r r.txt", r_txt=text) == (tuple(requirements), (), None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("-e .", "installs the local project . (r.txt line 1)"),
        ("numpy\n\n.", "installs the local file . (r.txt line 3)"),
        ("numpy\\\n\n./wheels/a.whl", "installs the local file ./wheels/a.whl (r.txt line 3)"),
        (
            "--index-url https://user:word@host.invalid/simple",
            (
                "takes packages from another index (https://host.invalid/simple):"
                " Dockerfile.private takes its address as a build secret (r.txt line 1)"
            ),
        ),
        (
            "-f https://host.invalid",
            "takes packages from another index (https://host.invalid) (r.txt line 1)",
        ),
        ("-r none.txt", "reads requirements from none.txt, which is not part of the notebook"),
        ("a b c", "a b c is not a requirement that pip understands (r.txt line 1)"),
        ("pkg==${VERSION}", "pkg==${VERSION} is only known when the notebook runs (r.txt line 1)"),
        (
            "https://host.invalid/a.whl",
            (
                "https://host.invalid/a.whl is a direct download, which is not pinned by a hash"
                " (r.txt line 1)"
            ),
        ),
    ],
)
def test_what_a_person_has_to_decide(text: str, problem: str) -> None:
    requirements, _, found = install("pip install -r r.txt", r_txt=text)
    assert found == problem
    assert [name for name in requirements if name != "numpy"] == []


@pytest.mark.parametrize(
    ("line", "files", "requirements", "constraints"),
    [
        ("pip install a -c c.txt", {"c_txt": "b<2\nc==1"}, ["a"], ["b<2", "c==1"]),
        ("pip install -r r.txt", {"r_txt": "a\n-c c.txt", "c_txt": "b"}, ["a"], ["b"]),
        ("pip install -r r.txt", {"r_txt": "a\n-r s.txt\nc", "s_txt": "b"}, ["a", "b", "c"], []),
        ("pip install -c r.txt", {"r_txt": "a\n-r s.txt", "s_txt": "b"}, [], ["a", "b"]),
        # A loop is read once, whatever it is asked for.
        ("pip install -r r.txt", {"r_txt": "a\n-r s.txt", "s_txt": "-r r.txt\nb"}, ["a", "b"], []),
        ("pip install -r r.txt", {"r_txt": "a\n-c r.txt"}, ["a"], ["a"]),
        ("pip install -r ./r.txt -r s.txt", {"r_txt": "a", "s_txt": "b"}, ["a", "b"], []),
        ("uv pip sync r.txt", {"r_txt": "a==1"}, ["a==1"], []),
        ("python -m pip install --requirement=r.txt", {"r_txt": "a"}, ["a"], []),
    ],
)
def test_files_that_name_files(
    line: str, files: dict[str, str], requirements: list[str], constraints: list[str]
) -> None:
    assert install(line, **files) == (tuple(requirements), tuple(constraints), None)


def test_a_file_that_is_not_there_stays_a_fact() -> None:
    requirements, _, problem = install("pip install a -r r.txt")
    assert requirements == ("a",)
    assert problem == "reads requirements from r.txt, which is not part of the notebook"


def test_a_nested_file_lies_beside_the_one_that_names_it() -> None:
    [command] = split_commands("pip install -r sub/r.txt")
    files = {"sub/r.txt": "-r s.txt\n-r ../t.txt", "sub/s.txt": "a", "s.txt": "b", "t.txt": "c"}
    found = install_of(command, PLACE, files)
    assert found is not None
    assert found.requirements == ("a", "c")
