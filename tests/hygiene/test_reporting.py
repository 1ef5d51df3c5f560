"""The formats of findings, each held against its schema or its grammar."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nb2prod
from nb2prod.cli.parser import build_parser
from nb2prod.hygiene.catalogue import RULES
from nb2prod.hygiene.engine import DEFAULT, check_content
from nb2prod.hygiene.model import Finding, Fix, Part, Profile, Severity
from nb2prod.hygiene.reporters import FOR_PEOPLE, FORMATS
from nb2prod.hygiene.reporters.text import visible
from nb2prod.hygiene.reporting import render
from nb2prod.location import Location
from tests.analysis.fake_tokens import token_of
from tests.hygiene.build import only, text, written
from tests.hygiene.xsd import Schema

SCHEMAS = Path(__file__).parent / "schemas"
SARIF = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
JUNIT = Schema(SCHEMAS / "junit-10.xsd")
# The fields of a Code Quality report by GitLab's documentation; its own parser asks for less.
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "additionalProperties": False,
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "additionalProperties": False,
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
# What RFC 3986 allows in a path, and a file's whole address.
REFERENCE = re.compile(r"(?:file:///)?(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+")

BAD = written(
    "import os\n!pip install x==1\nprint(os.name)\n",
    text("# T"),
    "def f():\n\timport google.colab\n",
    metadata={"widgets": {"application/vnd.jupyter.widget-state+json": {}}},
)
PIP = "pip runs through the shell; `%pip` installs for the kernel's own Python"
COLAB = "`google.colab` exists on Colab alone"
WIDGETS = (
    "the metadata of widgets have no `state`; GitHub and nbconvert refuse to show the notebook"
)
RULES_OF_BAD = ("NB102", "NB303", "NB501")


def finding(
    *place: int,
    path: str = "nb.ipynb",
    code: str = "NB303",
    message: str = "told",
    severity: Severity = "warning",
    part: Part = "source",
    fix: Fix | None = None,
) -> Finding:
    location = Location(*place) if place else None
    return Finding(path, code, location, message, severity, part, fix)


def told(
    name: str,
    *findings: Finding,
    contents: Mapping[str, bytes] | None = None,
    clean: tuple[str, ...] = (),
    unsafe: bool = False,
) -> list[str]:
    """The lines of findings in notebooks whose contents are given; of one line each by default."""
    paths = {one.path for one in findings}
    contents = contents or dict.fromkeys(paths, written("x = 1"))
    files = dict.fromkeys(sorted(paths.union(clean)), only())
    return list(render(name, findings, files, contents, unsafe=unsafe))


def of_bad(name: str, path: str = "bad.ipynb", content: bytes = BAD) -> list[str]:
    findings = check_content(content, path, only(*RULES_OF_BAD))
    assert [one.code for one in findings] == list(RULES_OF_BAD)
    return told(name, *findings, contents={path: content}, clean=("clean.ipynb",))


SUMMARY = [
    "3 findings in 2 notebooks.",
    "[*] 1 can be fixed with --fix.",
    "1 more can be fixed with --fix --unsafe-fixes; look at what that changes.",
]
AT = "file=bad.ipynb,"
COMMANDED = f"{PIP.replace('%', '%25')} (cell 1 line 2)"
FIRST = f"bad.ipynb: NB102 {WIDGETS}"
SECOND = f"bad.ipynb:cell 1:2:1: NB303 [*] {PIP}"
THIRD = f"bad.ipynb:cell 3:2:2: NB501 {COLAB}"


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("concise", [FIRST, SECOND, THIRD, *SUMMARY]),
        (
            "full",
            [
                FIRST,
                "  = help: remove the widgets' metadata (--fix --unsafe-fixes)",
                "",
                SECOND,
                "  1 | import os",
                "  2 | !pip install x==1",
                "    | ^",
                "  3 | print(os.name)",
                "  = help: write `%pip` (--fix)",
                "",
                THIRD,
                "  1 | def f():",
                "  2 | \timport google.colab",
                "    | \t^",
                "",
                *SUMMARY,
            ],
        ),
        (
            "github",
            [
                f"::error title=nb2prod NB102 widget-state-missing,{AT}line=1::{WIDGETS}",
                f"::warning title=nb2prod NB303 shell-install,{AT}line=10,col=6::{COMMANDED}",
                f"::error title=nb2prod NB501 colab-api,{AT}line=28,col=8::{COLAB} (cell 3 line 2)",
            ],
        ),
    ],
)
def test_lines(name: str, lines: list[str]) -> None:
    assert of_bad(name) == lines


def test_json() -> None:
    lines = of_bad("json-lines")
    found = [json.loads(line) for line in lines]
    assert found == json.loads("\n".join(of_bad("json")))
    assert found[1] == {
        "path": "bad.ipynb",
        "cell": 1,
        "line": 2,
        "column": 1,
        "code": "NB303",
        "name": "shell-install",
        "severity": "warning",
        "part": "source",
        "message": PIP,
        "fix": {"description": "write `%pip`", "applicability": "safe"},
    }
    assert [found[0][key] for key in ("cell", "line", "column")] == [None, None, None]


def test_gitlab() -> None:
    found = checked_gitlab(of_bad("gitlab"))
    assert [(one["check_name"], one["severity"]) for one in found] == [
        ("NB102", "major"),
        ("NB303", "minor"),
        ("NB501", "major"),
    ]
    assert [one["location"]["lines"]["begin"] for one in found] == [1, 10, 28]
    assert found[1]["description"] == f"{PIP} (cell 1 line 2)"


def test_sarif() -> None:
    run = checked_sarif(of_bad("sarif"))
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("nb2prod", nb2prod.__version__)
    assert [one["id"] for one in driver["rules"]] == list(RULES_OF_BAD)
    known = {one.code: one for one in RULES}
    for one in driver["rules"]:
        assert one["name"] == known[one["id"]].name
        assert one["shortDescription"] == {"text": known[one["id"]].summary}
        assert one["help"]["markdown"].startswith(f"# {one['id']}")
    first, second, third = run["results"]
    assert [one["level"] for one in run["results"]] == ["error", "warning", "error"]
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "bad.ipynb", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 1},
            }
        }
    ]
    [place] = second["locations"]
    assert place["physicalLocation"]["region"] == {"startLine": 10, "startColumn": 6}
    [place] = third["locations"]
    assert place["physicalLocation"]["region"] == {"startLine": 28, "startColumn": 8}
    assert place["logicalLocations"] == [
        {"name": "cell 3", "kind": "object", "fullyQualifiedName": "/cells/2"}
    ]


def test_junit() -> None:
    root = checked_junit(of_bad("junit"))
    assert (root.attrib["tests"], root.attrib["failures"]) == ("4", "3")
    bad, clean = root
    assert [one.attrib["name"] for one in bad] == [
        "NB102 widget-state-missing",
        "NB303 shell-install cell 1 line 2 column 1",
        "NB501 colab-api cell 3 line 2 column 2",
    ]
    failure = bad[1][0]
    assert failure.attrib == {"type": "warning", "message": PIP}
    assert str(failure.text).strip("\n ").splitlines() == of_bad("full")[3:9]
    assert [(one.attrib["name"], len(one)) for one in clean] == [("no findings", 0)]


def test_no_two_tests_of_a_suite_have_one_name() -> None:
    found = [finding(1, message=one, part="metadata") for one in "abc"]
    [suite] = checked_junit(told("junit", *found, finding(), finding(1, 1, 2)))
    assert [one.attrib["name"] for one in suite] == [
        "NB303 shell-install cell 1",
        "NB303 shell-install cell 1 (2)",
        "NB303 shell-install cell 1 (3)",
        "NB303 shell-install",
        "NB303 shell-install cell 1 line 1 column 2",
    ]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        *((name, ["No findings in 1 notebook."]) for name in FOR_PEOPLE),
        *((name, ["[]"]) for name in ("json", "gitlab")),
        *((name, []) for name in ("json-lines", "github")),
    ],
)
def test_nothing_was_found(name: str, lines: list[str]) -> None:
    # A file without findings is not read: there is none of this name.
    assert list(render(name, [], {"clean.ipynb": DEFAULT})) == lines


def test_nothing_was_found_in_longer_formats() -> None:
    run = checked_sarif(told("sarif", clean=("clean.ipynb",)))
    assert (run["tool"]["driver"]["rules"], run["results"]) == ([], [])
    root = checked_junit(told("junit", clean=("b.ipynb", "a.ipynb")))
    assert root.attrib == {"name": "nb2prod check", "tests": "2", "failures": "0", "errors": "0"}
    assert [suite.attrib["name"] for suite in root] == ["a.ipynb", "b.ipynb"]
    checked_junit(told("junit"))


SAFE = Fix("do it", (), "safe")
UNSAFE = Fix("do\nit \x1b", (), "unsafe")
BLOCKS = [
    ("the first line", "a\nb\nc\nd", (1, 1, 1), ["  1 | a", "    | ^", "  2 | b", "  3 | c"]),
    ("the last line", "a\nb\nc\nd", (1, 4, 1), ["  2 | b", "  3 | c", "  4 | d", "    | ^"]),
    ("the end of a line", "ab", (1, 1, 3), ["  1 | ab", "    |   ^"]),
    (
        "empty lines at the edges",
        "\n\na\n \nb",
        (1, 3, 1),
        ["  3 | a", "    | ^", "  4 |  ", "  5 | b"],
    ),
    ("an empty line between", "a\n\nb", (1, 1, 1), ["  1 | a", "    | ^", "  2 | ", "  3 | b"]),
    ("a final line end", "a\n", (1, 1, 1), ["  1 | a", "    | ^"]),
    (
        "numbers of two digits",
        "\n" * 7 + "a\nb\nc",
        (1, 8, 1),
        ["   8 | a", "     | ^", "   9 | b", "  10 | c"],
    ),
    ("tabs", "\tif a:\n\t\tb", (1, 2, 3), ["  1 | \tif a:", "  2 | \t\tb", "    | \t\t^"]),
    (
        "wide characters",
        "x = '漢字', y",
        (1, 1, 11),
        ["  1 | x = '漢字', y", "    | " + " " * 12 + "^"],
    ),
    ("combining characters", "e\u0301e = 1", (1, 1, 3), ["  1 | e\u0301e = 1", "    |  ^"]),
    ("control characters", "a\x1b[31mb\x7f", (1, 1, 7), ["  1 | a␛[31mb␡", "    |       ^"]),
    (
        "those that turn text around",
        "a\u202eb\ufeff",
        (1, 1, 1),
        ["  1 | a\ufffdb\ufffd", "    | ^"],
    ),
    ("line ends of another system", "a\r\nb", (1, 2, 1), ["  1 | a", "  2 | b", "    | ^"]),
    ("a form feed is no line end", "a\x0cb\nc", (1, 2, 1), ["  1 | a␌b", "  2 | c", "    | ^"]),
    ("an empty line", "a\n\nb", (1, 2, 1), []),
    ("beyond the cell", "a", (1, 2, 1), []),
    ("beyond the notebook", "a", (2, 1, 1), []),
    ("the notebook", "a", (), []),
]


@pytest.mark.parametrize(
    ("source", "place", "lines"), [case[1:] for case in BLOCKS], ids=[case[0] for case in BLOCKS]
)
def test_the_lines_around(source: str, place: tuple[int, ...], lines: list[str]) -> None:
    contents = {"nb.ipynb": written(source)}
    assert told("full", finding(*place), contents=contents)[1:-2] == lines


@pytest.mark.parametrize("part", ["output", "metadata"])
def test_what_is_in_no_source_shows_none(part: Part) -> None:
    assert told("full", finding(1, part=part)) == [
        "nb.ipynb:cell 1:1:1: NB303 told",
        "",
        "1 finding in 1 notebook.",
    ]


@pytest.mark.parametrize(
    ("fix", "unsafe", "mark", "lines"),
    [
        (None, True, "", []),
        (SAFE, False, " [*]", ["  = help: do it (--fix)"]),
        (UNSAFE, False, "", ["  = help: do␊it ␛ (--fix --unsafe-fixes)"]),
        (UNSAFE, True, " [*]", ["  = help: do␊it ␛ (--fix --unsafe-fixes)"]),
    ],
)
def test_what_would_fix_it(fix: Fix | None, unsafe: bool, mark: str, lines: list[str]) -> None:
    first, *others = told("full", finding(fix=fix), unsafe=unsafe)
    assert first == f"nb.ipynb: NB303{mark} told"
    assert others[: others.index("")] == lines


@pytest.mark.parametrize("before", [0, 50, 99, 100, 101, 400])
@pytest.mark.parametrize("after", [0, 30, 400])
def test_long_lines_are_cut_around_the_place(before: int, after: int) -> None:
    line = "-" * before + "HERE" + "+" * after
    contents = {"nb.ipynb": written(f"{'a' * 500}\n{line}\n{'b' * 500}")}
    _, above, shown, mark, below, *_ = told("full", finding(1, 2, before + 1), contents=contents)
    assert max(map(len, (above, shown, mark, below))) <= 170
    assert above == f"  1 | {'a' * 160}…"
    assert shown[mark.index("^") :].startswith("HERE")
    assert shown.startswith("  2 | …") == (not line.startswith(shown[6:].rstrip("…")))
    assert shown.endswith("…") == (not line.endswith(shown[6:].lstrip("…")))


def test_secrets_are_blank_in_all_lines() -> None:
    token = token_of("HF_TOKEN")
    content = written(f"a = '{token}'\n!pip install x==1\nb = '{token}'\n")
    [one] = check_content(content, "nb.ipynb", only("NB303"))
    for name in FORMATS:
        assert token not in "\n".join(told(name, one, contents={"nb.ipynb": content})), name
    lines = told("full", one, contents={"nb.ipynb": content})
    assert lines[1].replace("*", "") == "  1 | a = ''"
    # Nor can it be worked out from what the finding is recognised by.
    with_secret = finding(1, 1)
    prints = {
        json.loads("\n".join(told("gitlab", with_secret, contents={"nb.ipynb": written(source)})))[
            0
        ]["fingerprint"]
        for source in (f"a = '{token}'", f"a = '{token[:-3]}xyz'")
    }
    assert len(prints) == 1


def test_a_second_scanner_s_secrets_are_blank_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from nb2prod.hygiene import second_opinion

    leak = second_opinion.Leak(cell=1, output=None, start=4, end=9, value="abcde", rule="x")
    monkeypatch.setattr(second_opinion, "find_leaks", lambda context: (leak,))
    profile = Profile(frozenset(), secrets_scanner="betterleaks")
    contents = {"nb.ipynb": written("a = abcde\nb")}
    lines = list(render("full", [finding(1, 2)], {"nb.ipynb": profile}, contents))
    assert lines[1] == "  1 | a = *****"


# Paths and messages that some format could stumble over.
ODD_PATHS = [
    "a b.ipynb",
    "sub/ä漢.ipynb",
    "100%.ipynb",
    "a,b:c=d::e.ipynb",
    'it\'s "<&>".ipynb',
    "new\nline\r\t.ipynb",
    " blanks .ipynb ",
    "#?[x].ipynb",
    "\x1b[31m\x00.ipynb",
    "-",
]
ODD_MESSAGES = [
    "a\nb\r\nc",
    "%0A %25 ::error::x",
    "<b> & \"c\" 'd'",
    "]]>",
    "\x00\x1b\ufffe ä \U0001f600",
]


@pytest.mark.parametrize("path", [*ODD_PATHS, os.fsdecode(b"a\xff.ipynb")])
@pytest.mark.parametrize("message", ODD_MESSAGES)
def test_odd_paths_and_messages(path: str, message: str) -> None:
    one = finding(1, path=path, message=message)
    shown = {name: told(name, one) for name in FORMATS}
    for name, lines in shown.items():
        assert all(char.isprintable() or char in "\n\t" for char in "\n".join(lines)), name
    assert len(shown["concise"]) == 2
    [command] = shown["github"]
    assert len(command.splitlines()) == 1
    kind, properties, data = parsed_command(command)
    assert (kind, properties["line"]) == ("warning", "9")
    assert properties["file"] == visible(path)
    assert data == f"{visible(message)} (cell 1 line 1)"
    for name in ("json", "json-lines"):
        found = json.loads("".join(shown[name]))
        found = found[0] if name == "json" else found
        assert (found["path"], found["message"]) == (path, message)
    [entry] = checked_gitlab(shown["gitlab"])
    assert entry["location"]["path"] == path
    [result] = checked_sarif(shown["sarif"])["results"]
    address = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote_to_bytes(address) == os.fsencode(path)
    assert result["message"]["text"] == f"{message} (cell 1 line 1)"
    root = checked_junit(shown["junit"])
    if path.isprintable():
        assert root[0].attrib["name"] == path


def test_paths_are_told_from_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = tmp_path / "work dir"
    work.mkdir()
    monkeypatch.chdir(work)
    for path, relative, address in (
        (str(work / "sub" / "a.ipynb"), "sub/a.ipynb", "sub/a.ipynb"),
        ("./x/../a.ipynb", "a.ipynb", "a.ipynb"),
        ("../a.ipynb", "../a.ipynb", (tmp_path / "a.ipynb").as_uri()),
        ("..a.ipynb", "..a.ipynb", "..a.ipynb"),
    ):
        one = finding(path=path)
        assert parsed_command(told("github", one)[0])[1]["file"] == relative
        [entry] = checked_gitlab(told("gitlab", one))
        assert entry["location"]["path"] == relative
        [result] = checked_sarif(told("sarif", one))["results"]
        artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert artifact["uri"] == address
        assert ("uriBaseId" in artifact) == (address == relative)


@given(st.text(min_size=1, max_size=20), st.text(max_size=40))
def test_any_path_and_message_come_out_of_a_command_as_they_went_in(
    name: str, message: str
) -> None:
    path = name.replace("/", "_").replace("\x00", "_").encode("utf-8", "replace").decode()
    [command] = told("github", finding(path=f"{path}.ipynb", message=message))
    _, properties, data = parsed_command(command)
    for old, new in [(f"{path}.ipynb", properties["file"]), (message, data)]:
        for char, shown in zip(old, new, strict=True):
            assert char == shown or not (char.isprintable() or char in "\t\n")


def test_fingerprints_are_one_for_each_finding_and_stay_when_lines_move() -> None:
    before = written("!pip install x==1\n!pip install x==1\n", "!pip install y==1")
    after = written(
        "import os\n", "\n\n!pip install x==1\n# c\n!pip install x==1\n", "!pip install y==1"
    )
    other = written("!pip install x==1\n!pip install x==2\n", "!pip install y==1")
    prints = []
    for content in (before, after, other):
        findings = check_content(content, "nb.ipynb", only("NB303"))
        assert len(findings) == 3
        lines = told("gitlab", *findings, contents={"nb.ipynb": content})
        prints.append([one["fingerprint"] for one in checked_gitlab(lines)])
        run = checked_sarif(told("sarif", *findings, contents={"nb.ipynb": content}))
        assert [one["partialFingerprints"]["nb2prod/v1"] for one in run["results"]] == prints[-1]
    assert prints[0] == prints[1]
    assert len(set(prints[0])) == 3
    assert len({*prints[0], *prints[2]}) == 4
    elsewhere = told("gitlab", finding(path="a.ipynb"), finding(path="b.ipynb"))
    assert len({one["fingerprint"] for one in checked_gitlab(elsewhere)}) == 2


def test_a_fingerprint_does_not_hang_on_the_numbers_of_cells_in_messages() -> None:
    [one] = checked_gitlab(told("gitlab", finding(message="see cell 4")))
    [other] = checked_gitlab(told("gitlab", finding(message="see cell 12")))
    assert one["fingerprint"] == other["fingerprint"]


@pytest.mark.parametrize("name", FORMATS)
def test_files_that_are_gone_or_changed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shorter.ipynb").write_bytes(written("x"))
    (tmp_path / "broken.ipynb").write_bytes(b"{")
    findings = [finding(3, 7, 2, path=f"{one}.ipynb") for one in ("broken", "gone", "shorter")]
    files = dict.fromkeys((one.path for one in findings), only())
    lines = "\n".join(render(name, findings, files))
    assert all(path in lines for path in files)


def test_a_file_is_read_from_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.ipynb").write_bytes(BAD)
    findings = check_content(BAD, "bad.ipynb", only(*RULES_OF_BAD))
    files = dict.fromkeys(("bad.ipynb", "clean.ipynb"), only())
    for name in FORMATS:
        assert list(render(name, findings, files)) == of_bad(name), name


def test_several_files_are_told_each_by_its_own_lines() -> None:
    findings = [finding(1, path=f"{one}.ipynb") for one in "abc"]
    contents = {f"{one}.ipynb": written(f"{one} = 1") for one in "abc"}
    lines = told("full", *findings, contents=contents)
    assert [line for line in lines if " = 1" in line] == [
        "  1 | a = 1",
        "  1 | b = 1",
        "  1 | c = 1",
    ]


def test_the_command_line_has_all_formats() -> None:
    for name, module in FORMATS.items():
        assert build_parser().parse_args(["check", "--output-format", name]).output_format == name
        assert callable(importlib.import_module(f"nb2prod.hygiene.reporters.{module}").lines)


LOADED = """
import sys
from nb2prod.hygiene.reporting import render
list(render("full", [], {"a.ipynb": None}))
print(*(name for name in sys.modules if name.startswith("nb2prod.hygiene.reporters")))
"""


def test_a_format_is_loaded_when_there_is_something_to_say() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        env=os.environ | {"PYTHONPATH": str(Path(nb2prod.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["nb2prod.hygiene.reporters"]


def checked_gitlab(lines: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads("\n".join(lines))
    jsonschema.validate(found, GITLAB)
    assert len({one["fingerprint"] for one in found}) == len(found)
    return found


def checked_sarif(lines: list[str]) -> dict[str, Any]:
    found = json.loads("\n".join(lines))
    jsonschema.Draft4Validator(SARIF).validate(found)
    [run] = found["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        for location in result["locations"]:
            address = location["physicalLocation"]["artifactLocation"]["uri"]
            assert REFERENCE.fullmatch(address), address
    checked: dict[str, Any] = run
    return checked


def checked_junit(lines: list[str]) -> ElementTree.Element:
    document = "\n".join(lines)
    assert JUNIT.problems(document) == []
    assert document.isascii()
    root = ElementTree.fromstring(document)
    for suite in root:
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
    for name in ("tests", "failures"):
        assert int(root.attrib[name]) == sum(int(suite.attrib[name]) for suite in root)
    return root


def parsed_command(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as GitHub's runner reads it."""
    line = line.lstrip()
    assert line.startswith("::")
    end = line.index("::", 2)
    command, _, written_properties = line[2:end].partition(" ")
    assert command in ("error", "warning", "notice")
    properties = dict(
        pair.split("=", 1) for pair in written_properties.strip().split(",") if "=" in pair
    )
    return (
        command,
        {name: unescaped(value, in_property=True) for name, value in properties.items()},
        unescaped(line[end + 2 :], in_property=False),
    )


def unescaped(value: str, *, in_property: bool) -> str:
    escapes = [("%0D", "\r"), ("%0A", "\n")]
    escapes += [("%3A", ":"), ("%2C", ",")] if in_property else []
    for escape, char in [*escapes, ("%25", "%")]:
        value = value.replace(escape, char)
    return value


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (' failures="3"', "", "has no failures"),
        ("<testcase ", "<testcase line='1' ", "has line"),
        ("<failure", "<system-out/>text<failure", "has text"),
        ("<testsuites ", "<testsuites time='long' ", "time of"),
        ("testsuites", "suites", "not declared"),
        ("<failure ", "<b/><failure ", "other elements"),
        ('name="no findings"/>', 'name=""><testcase name=""/></testcase>', "other elements"),
    ],
)
def test_the_schema_of_junit_refuses_what_is_wrong(old: str, new: str, problem: str) -> None:
    document = "\n".join(of_bad("junit")).replace(old, new)
    assert any(problem in one for one in JUNIT.problems(document))


PAGE = (Path(__file__).parents[2] / "docs" / "check.md").read_text(encoding="utf-8")
EXAMPLE = written("import torch\n!pip install einops==0.8.0\nfrom einops import rearrange\n")


def shown_in_page(name: str) -> str:
    [found] = re.findall(
        rf"^<!-- format: {name} -->\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL
    )
    return str(found)


def of_example(name: str) -> str:
    findings = check_content(EXAMPLE, "train.ipynb", only("NB303"))
    return "".join(f"{line}\n" for line in told(name, *findings, contents={"train.ipynb": EXAMPLE}))


@pytest.mark.parametrize("name", FORMATS)
def test_the_page_shows_each_format_as_it_is(name: str) -> None:
    shown, made = shown_in_page(name), of_example(name)
    if name in ("json", "gitlab"):
        assert json.loads(shown) == json.loads(made)
    elif name == "sarif":
        assert json.loads(shown) == json.loads(made)["runs"][0]["results"]
    else:
        assert shown == made


def test_the_page_shows_the_notebook_of_its_examples() -> None:
    assert "".join(json.loads(EXAMPLE)["cells"][0]["source"]) in PAGE
    assert set(re.findall(r"<!-- format: (\S+) -->", PAGE)) == set(FORMATS)
    assert f"`--output-format {'|'.join(FORMATS)}`" in PAGE.replace("\\", "")
