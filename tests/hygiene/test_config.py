"""`[tool.nb2prod.check]`: the nearest file that has it, and what it may hold."""

from __future__ import annotations

from pathlib import Path

import pytest

import nb2prod
from nb2prod.errors import OptionError
from nb2prod.hygiene.catalogue import RULES
from nb2prod.hygiene.config import CheckConfig, Configs, Overrides, read_config

TABLE = "[tool.nb2prod.check]\n"


def family(beginning: str) -> set[str]:
    """The codes that begin so."""
    return {rule.code for rule in RULES if rule.code.startswith(beginning)}


def config_of(path: Path, body: str) -> CheckConfig | None:
    path.write_text(body, encoding="utf-8")
    return read_config(path)


def test_all_keys(tmp_path: Path) -> None:
    config = config_of(
        tmp_path / "pyproject.toml",
        f'{TABLE}select = ["NB3"]\nignore = ["NB303"]\nextend-select = ["NB203"]\n'
        'exclude = ["drafts"]\nforce-exclude = true\n'
        '[tool.nb2prod.check.per-file-ignores]\n"a/*" = ["ALL"]\n',
    )
    assert config is not None
    stays = {"NB101", "NB104", "NB107"}
    selected = {*stays, "NB203", *family("NB3")} - {"NB303"}
    assert config.profile(tmp_path / "nb.ipynb").enabled == selected
    assert config.profile(tmp_path / "a" / "nb.ipynb").enabled == frozenset()
    assert config.excludes(tmp_path / "drafts" / "x.ipynb")
    assert config.force_exclude


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (f'{TABLE}select = ["NB999"]', "there is no rule 'NB999'"),
        (f'{TABLE}select = "NB3"', "takes a list of texts"),
        (f"{TABLE}selct = []", "has no key 'selct'; the nearest is select"),
        (f"{TABLE}force-exclude = 1", "takes true or false"),
        (f"{TABLE}per-file-ignores = 1", "takes a table"),
        (f'{TABLE}per-file-ignores = {{"a" = ["NB9"]}}', "per-file-ignores of a"),
        (f"{TABLE}rules = {{NB303 = 1}}", "takes a table for each rule"),
        (f"{TABLE}rules = {{NB3 = {{}}}}", "whole code"),
        (f"{TABLE}rules = {{NB303 = {{more = 1}}}}", "NB303 has no option 'more'; it has none"),
        (f"{TABLE}x = [", "cannot be read"),
        ("[tool.nb2prod]\ncheck = 1", "takes a table"),
    ],
)
def test_what_cannot_be_used(tmp_path: Path, body: str, said: str) -> None:
    with pytest.raises(OptionError, match=f"pyproject.toml.*{said}"):
        config_of(tmp_path / "pyproject.toml", body)


@pytest.mark.parametrize(
    "body", ["", "[tool.other]\n", "[tool.nb2prod]\ncpu = true\n", "not toml ["]
)
def test_a_file_without_the_table_says_nothing(tmp_path: Path, body: str) -> None:
    assert config_of(tmp_path / "pyproject.toml", body) is None


def test_the_nearest_file_wins(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(f'{TABLE}select = ["NB5"]\n', encoding="utf-8")
    (tmp_path / "a" / "pyproject.toml").write_text(f'{TABLE}select = ["NB2"]\n', encoding="utf-8")
    (tmp_path / "a" / "b" / "pyproject.toml").write_text("[tool.x]\n", encoding="utf-8")
    configs = Configs()
    assert configs.of(tmp_path / "x.ipynb").select == ("NB5",)
    assert configs.of(tmp_path / "a" / "x.ipynb").select == ("NB2",)
    assert configs.of(tmp_path / "a" / "b" / "x.ipynb").select == ("NB2",)
    assert Configs(isolated=True).of(tmp_path / "x.ipynb").select == ()


def test_the_command_line_goes_before(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        f'{TABLE}select = ["NB5"]\nignore = ["NB501"]\nextend-select = ["NB203"]\n',
        encoding="utf-8",
    )
    path = tmp_path / "x.ipynb"
    stays = {"NB101", "NB104", "NB107"}
    more = Configs(Overrides(extend_select=("NB303",))).of(path)
    assert more.profile(path).enabled == {*stays, "NB203", "NB303", *family("NB5")} - {"NB501"}
    anew = Configs(Overrides(select=("NB5",))).of(path)
    assert anew.profile(path).enabled == {*stays, *family("NB5")}


def test_the_library_takes_one_configuration_for_all(tmp_path: Path) -> None:
    from tests.hygiene.build import written

    (tmp_path / "a.ipynb").write_bytes(written("!pip install x", "import google.colab"))
    (tmp_path / "pyproject.toml").write_text(f'{TABLE}select = ["NB5"]\n', encoding="utf-8")
    near = nb2prod.check([tmp_path])
    assert [finding.code for finding in near] == ["NB501"]
    given = nb2prod.check(tmp_path / "a.ipynb", nb2prod.CheckConfig(select=("NB3",)))
    assert [finding.code for finding in given] == ["NB301", "NB303"]
    with pytest.raises(nb2prod.UnreadableNotebook, match=r"none\.ipynb cannot be read"):
        nb2prod.check(tmp_path / "none.ipynb")
    with pytest.raises(nb2prod.OptionError, match="there is no rule 'NB9'"):
        nb2prod.CheckConfig(select=("NB9",))


def test_a_named_file_has_the_table(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text('[tool.nb2prod.chek]\nignore = ["NB3"]\n', encoding="utf-8")
    with pytest.raises(OptionError, match=r"c\.toml has no table \[tool\.nb2prod\.check\]"):
        Configs(file=file)
    assert Configs().of(tmp_path / "a.ipynb").ignore == ()


def test_limits_are_positive() -> None:
    with pytest.raises(OptionError, match="NB110 max-lines takes a number from 1, not -5"):
        CheckConfig(rules={"NB110": {"max-lines": -5}})


def test_where_is_said_once(tmp_path: Path) -> None:
    with pytest.raises(OptionError) as raised:
        config_of(tmp_path / "pyproject.toml", f'{TABLE}per-file-ignores = {{"a" = "NB3"}}\n')
    assert str(raised.value).count("[tool.nb2prod.check]") == 1
