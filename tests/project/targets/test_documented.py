"""The pages of docs/targets/ show what is written today: each example is made again and compared.

A page says `<!-- example: nb2prod convert … -->` once, and `<!-- file: PATH -->` above each block
that shows a file. NB2PROD_UPDATE_GOLDEN=1 writes the blocks anew.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from nb2prod.cli import main
from nb2prod.options import DEFAULT_TARGETS
from nb2prod.project.targets import TARGETS

ROOT = Path(__file__).parents[3]
PAGES = sorted((ROOT / "docs/targets").glob("*.md"))
EXAMPLE = re.compile(r"<!-- example: nb2prod (convert [^\n]+) -->")
BLOCK = re.compile(r"(<!-- file: (\S+) -->\n```\w*\n)(.*?)(\n```\n)", re.DOTALL)


def test_every_target_has_a_page() -> None:
    assert {page.stem for page in PAGES} == {one.name for one in TARGETS} | {"README"}
    index = (ROOT / "docs/targets/README.md").read_text(encoding="utf-8")
    for one in TARGETS:
        assert f"({one.name}.md)" in index
    assert {one.name for one in TARGETS} >= set(DEFAULT_TARGETS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_example_is_what_is_written(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = page.read_text(encoding="utf-8")
    if page.stem == "README":
        assert not EXAMPLE.search(text)
        return
    [command] = EXAMPLE.findall(text)
    blocks = BLOCK.findall(text)
    assert blocks
    monkeypatch.chdir(ROOT)
    words = [*shlex.split(command), "--lock", "never", "--quiet", "-o", str(tmp_path / "out")]
    assert main(words) in (0, 1)
    made = {name: (tmp_path / "out" / name).read_text(encoding="utf-8") for _, name, *_ in blocks}
    written = BLOCK.sub(lambda m: f"{m[1]}{made[m[2]].rstrip(chr(10))}{m[4]}", text)
    if os.environ.get("NB2PROD_UPDATE_GOLDEN"):
        page.write_text(written, encoding="utf-8")
    assert written == text or os.environ.get("NB2PROD_UPDATE_GOLDEN")
