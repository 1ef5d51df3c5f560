"""`nb2prod check` and `nb2prod rule` as processes: options, output, exit codes."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nb2prod.hygiene.catalogue import RULES
from nb2prod.hygiene.pages import page
from nb2prod.hygiene.reporters import FOR_PEOPLE, FORMATS
from tests.conftest import SOURCES
from tests.hygiene.build import KERNEL, code, sources, text, written

RunCli = Callable[..., subprocess.CompletedProcess[str]]

CHECKOUT = Path(__file__).parents[2]
DOCUMENT = (CHECKOUT / "docs" / "check.md").read_text(encoding="utf-8")
CLEAN = written("import os\nprint(os.name)\n", "%pip install x==1\n", text("# Title"))
BAD = written("!pip install x==1\n", "x = 1\n1 +\n", "def f():\n\timport google.colab\n")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "clean.ipynb").write_bytes(CLEAN)
    (tmp_path / "bad.ipynb").write_bytes(BAD)
    return tmp_path


@pytest.mark.usefixtures("files")
def test_a_clean_notebook(run_cli: RunCli) -> None:
    done = run_cli("check", "clean.ipynb")
    assert (done.returncode, done.stdout, done.stderr) == (0, "No findings in 1 notebook.\n", "")


@pytest.mark.usefixtures("files")
def test_findings(run_cli: RunCli) -> None:
    done = run_cli("check")
    assert done.returncode == 1
    pip = "pip runs through the shell; `%pip` installs for the kernel's own Python"
    assert done.stdout.splitlines() == [
        f"bad.ipynb:cell 1:1:1: NB303 [*] {pip}",
        "  1 | !pip install x==1",
        "    | ^",
        "  = help: write `%pip` (--fix)",
        "",
        (
            "bad.ipynb:cell 2:2:1: NB107 the cell does not parse: it is not complete:"
            " it ends in the middle of a statement"
        ),
        "  1 | x = 1",
        "  2 | 1 +",
        "    | ^",
        "",
        "bad.ipynb:cell 3:2:2: NB501 `google.colab` exists on Colab alone",
        "  1 | def f():",
        "  2 | \timport google.colab",
        "    | \t^",
        "",
        "3 findings in 2 notebooks.",
        "[*] 1 can be fixed with --fix.",
    ]


@pytest.mark.usefixtures("files")
def test_concise(run_cli: RunCli) -> None:
    lines = run_cli("check", "--output-format", "concise").stdout.splitlines()
    assert [re.sub(r"(NB\d+).*", r"\1", line) for line in lines[:3]] == [
        "bad.ipynb:cell 1:1:1: NB303",
        "bad.ipynb:cell 2:2:1: NB107",
        "bad.ipynb:cell 3:2:2: NB501",
    ]


def test_json(run_cli: RunCli, files: Path) -> None:
    done = run_cli("check", "--output-format", "json", "-o", "found.json", "--exit-zero")
    assert (done.returncode, done.stdout) == (0, "")
    first, *_ = json.loads((files / "found.json").read_text(encoding="utf-8"))
    assert first == {
        "path": "bad.ipynb",
        "cell": 1,
        "line": 1,
        "column": 1,
        "code": "NB303",
        "name": "shell-install",
        "severity": "warning",
        "part": "source",
        "message": "pip runs through the shell; `%pip` installs for the kernel's own Python",
        "fix": {"description": "write `%pip`", "applicability": "safe"},
    }
    assert json.loads(run_cli("check", "clean.ipynb", "--output-format", "json").stdout) == []


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        (["--select", "NB3"], ["NB303", "NB107"]),
        (["--select", "shell-install,NB5"], ["NB303", "NB107", "NB501"]),
        (["--ignore", "NB3", "--ignore", "NB107"], ["NB501"]),
        (["--select", "NB2", "--extend-select", "NB501"], ["NB107", "NB501"]),
        (["--per-file-ignores", "bad*:NB3,*.ipynb:NB107"], ["NB501"]),
        (["--exclude", "bad.ipynb"], []),
        (["--exclude", "bad.ipynb", "bad.ipynb"], ["NB303", "NB107", "NB501"]),
        (["--exclude", "bad.ipynb", "--force-exclude", "bad.ipynb"], []),
        (["--jobs", "2"], ["NB303", "NB107", "NB501"]),
    ],
)
@pytest.mark.usefixtures("files")
def test_selection(run_cli: RunCli, arguments: list[str], codes: list[str]) -> None:
    done = run_cli("check", "--output-format", "json", *arguments)
    assert [entry["code"] for entry in json.loads(done.stdout)] == codes
    assert done.returncode == (1 if codes else 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.ipynb", "bad.ipynb"], "none.ipynb cannot be read: no such file"),
        (["gone.ipynb"], "gone.ipynb cannot be read: no such file"),
        (["--select", "NB310"], "there is no rule 'NB310'; the nearest is NB30"),
        (["--select", "unpinned", "bad.ipynb"], "there is no rule 'unpinned'"),
        (["--jobs", "0"], "--jobs takes a number"),
        (["--config", "none.toml"], "none.toml cannot be read"),
        (["--per-file-ignores", "NB3"], "takes PATTERN:CODE"),
        (["-", "bad.ipynb"], "read alone"),
        (["-o", "no/such/file"], "cannot be written"),
        (["--no-such-option"], "--no-such-option"),
    ],
)
@pytest.mark.usefixtures("files")
def test_what_cannot_be_done(run_cli: RunCli, arguments: list[str], said: str) -> None:
    done = run_cli("check", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    # What can be checked is.
    assert ("NB303" in done.stdout) == ("none.ipynb" in arguments)
    assert "No findings" not in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names of files are texts")
def test_a_name_that_is_no_text(run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"a\xff.ipynb")).write_bytes(BAD)
    done = run_cli("check", "--output-format", "json", "-o", "found.json")
    assert (done.returncode, done.stderr) == (1, "")
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert {one["path"] for one in found} == {os.fsdecode(b"a\xff.ipynb")}


def test_nothing_to_check(run_cli: RunCli) -> None:
    done = run_cli("check")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "nb2prod: no notebooks under these paths\n"


@pytest.mark.parametrize("content", [b"", b"\xff", b"{", b"[]", b'{"cells": 1}'])
def test_what_opens_and_is_no_notebook_is_a_finding(
    run_cli: RunCli, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "a.ipynb").write_bytes(content)
    done = run_cli("check", "--select", "NB3", "--output-format", "concise")
    assert done.returncode == 1
    assert done.stdout.startswith("a.ipynb: NB101 ")


def test_fix(run_cli: RunCli, files: Path) -> None:
    path = files / "bad.ipynb"
    path.chmod(0o640)
    clean_before = (files / "clean.ipynb").stat()
    done = run_cli("check", "--fix")
    assert done.returncode == 1
    assert done.stdout.endswith("2 findings in 2 notebooks (1 fixed).\n")
    assert path.read_bytes() == BAD.replace(b"!pip", b"%pip")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    clean = (files / "clean.ipynb").stat()
    assert (clean.st_mtime_ns, clean.st_ino) == (clean_before.st_mtime_ns, clean_before.st_ino)
    assert sorted(found.name for found in files.iterdir()) == ["bad.ipynb", "clean.ipynb"]


def test_a_link_stays_one(run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.ipynb").write_bytes(written("!pip install x==1"))
    (tmp_path / "b.ipynb").symlink_to("sub/a.ipynb")
    assert run_cli("check", "--fix", "b.ipynb").returncode == 0
    assert (tmp_path / "b.ipynb").is_symlink()
    assert b"%pip" in (tmp_path / "sub" / "a.ipynb").read_bytes()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_directory_that_cannot_be_written(run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.ipynb").write_bytes(written("!pip install x==1"))
    (tmp_path / "sub").chmod(0o500)
    done = run_cli("check", "--fix")
    (tmp_path / "sub").chmod(0o700)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr


def test_exit_codes_of_fixes(run_cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    for arguments, code_given in (
        (["--fix"], 0),
        (["--fix", "--exit-non-zero-on-fix"], 1),
        (["--diff"], 1),
        (["--exit-zero"], 0),
        ([], 1),
    ):
        path.write_bytes(written("!pip install x==1"))
        assert run_cli("check", *arguments).returncode == code_given, arguments
    assert run_cli("check", "--fix").returncode == 0
    assert run_cli("check", "--fix", "--exit-non-zero-on-fix").returncode == 0
    assert run_cli("check", "--diff").returncode == 0


def test_diff_shows_cells(run_cli: RunCli, files: Path) -> None:
    done = run_cli("check", "--diff")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "--- bad.ipynb:cell 1",
        "+++ bad.ipynb:cell 1",
        "@@ -1,2 +1,2 @@",
        "-!pip install x==1",
        "+%pip install x==1",
        " ",
    ]
    assert (files / "bad.ipynb").read_bytes() == BAD


def test_unsafe_fixes_are_made_when_asked(run_cli: RunCli, tmp_path: Path) -> None:
    held = {"application/vnd.jupyter.widget-state+json": {"version_major": 2}}
    path = tmp_path / "a.ipynb"
    path.write_bytes(written("x = 1", metadata={"kernelspec": KERNEL, "widgets": held}))
    done = run_cli("check", "--fix")
    assert "1 more can be fixed with --fix --unsafe-fixes" in done.stdout
    shown = run_cli("check", "--diff", "--unsafe-fixes")
    assert "--- a.ipynb:metadata" in shown.stdout
    assert run_cli("check", "--fix", "--unsafe-fixes").returncode == 0
    assert json.loads(path.read_bytes())["metadata"] == {"kernelspec": KERNEL}


def test_statistics(run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_bytes(written("!pip install x==1", "!pip install y==1", "x = ("))
    assert run_cli("check", "--statistics").stdout.splitlines() == [
        "2  NB303  shell-install",
        "1  NB107  syntax-error",
    ]


def stdin(content: bytes, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    sources_path = str(CHECKOUT / "src")
    return subprocess.run(
        [sys.executable, "-m", "nb2prod", "check", *arguments, "-"],
        input=content,
        capture_output=True,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": sources_path},
        check=False,
    )


def test_standard_input(tmp_path: Path) -> None:
    done = stdin(BAD, "--stdin-filename", "sub/x.ipynb", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith(b"sub/x.ipynb:cell 1:1:1: NB303")
    fixed = stdin(BAD, "--fix", cwd=tmp_path)
    assert fixed.stdout == BAD.replace(b"!pip", b"%pip")
    assert fixed.stderr.startswith(b"-:cell 2:2:1: NB107")
    excluded = stdin(
        BAD, "--stdin-filename", "x.ipynb", "--exclude", "x*", "--force-exclude", cwd=tmp_path
    )
    assert excluded.returncode == 0


@pytest.mark.parametrize("name", FORMATS)
def test_every_format(run_cli: RunCli, files: Path, name: str) -> None:
    done = run_cli("check", "--output-format", name)
    assert (done.returncode, done.stderr) == (1, "")
    assert "NB303" in done.stdout
    assert ("3 findings" in done.stdout) == (name in FOR_PEOPLE)
    # Standard input is read once; what is told of it is not looked for on the disk.
    arguments = ("--output-format", name, "--stdin-filename", "bad.ipynb")
    (files / "bad.ipynb").write_bytes(CLEAN)
    (files / "clean.ipynb").unlink()
    read = stdin(BAD, *arguments, cwd=files).stdout.decode()
    (files / "bad.ipynb").write_bytes(BAD)
    assert read == run_cli("check", "--output-format", name).stdout
    # With --fix the places are those in the notebook as it is after.
    fixed = stdin(BAD, *arguments, "--fix", cwd=files)
    (files / "bad.ipynb").write_bytes(fixed.stdout)
    after = run_cli("check", "--output-format", name)
    assert fixed.stderr.decode().replace(" (1 fixed)", "") == after.stdout
    counted = run_cli("check", "--output-format", name, "--statistics").stdout
    assert ("1  NB501  colab-api" in counted) == (name in FOR_PEOPLE)


def test_configuration(run_cli: RunCli, files: Path) -> None:
    table = '[tool.nb2prod.check]\nselect = ["NB5"]\nignore = ["NB107"]\n'
    (files / "pyproject.toml").write_text(table, encoding="utf-8")
    assert run_cli("check", "--statistics").stdout == "1  NB501  colab-api\n"
    assert "NB303" in run_cli("check", "--statistics", "--isolated").stdout
    (files / "other.toml").write_text(table.replace("NB5", "NB3"), encoding="utf-8")
    other = run_cli("check", "--statistics", "--config", "other.toml")
    assert other.stdout == "1  NB303  shell-install\n"
    shown = run_cli("check", "--show-settings")
    assert shown.returncode == 0
    assert 'select = ["NB5"]' in shown.stdout
    on = ["NB101", "NB104", *(rule.code for rule in RULES if rule.code.startswith("NB5"))]
    assert f"# rules that are on: {json.dumps(on)}\n" in shown.stdout
    (files / "pyproject.toml").write_text("[tool.nb2prod.check]\nselct = []\n", encoding="utf-8")
    wrong = run_cli("check")
    assert wrong.returncode == 2
    assert "has no key 'selct'; the nearest is select" in wrong.stderr


def test_a_secret_is_never_shown(run_cli: RunCli, tmp_path: Path) -> None:
    from tests.analysis.fake_tokens import token_of

    token = token_of("HF_TOKEN")
    line = f"!pip install x==1 --token {token}\n"
    (tmp_path / "a.ipynb").write_bytes(written(line, f"import google.colab; k = '{token}'\n"))
    for arguments in ([], ["--diff"], ["--output-format", "json"]):
        done = run_cli("check", *arguments)
        assert "NB303" in done.stdout or "%pip" in done.stdout
        assert token not in done.stdout + done.stderr


def test_control_characters_do_not_reach_the_terminal(run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_bytes(written("!pip install x \x1b[31m\n"))
    for arguments in ([], ["--diff"]):
        assert "\x1b" not in run_cli("check", *arguments).stdout


def test_a_long_line_is_cut_around_its_place(run_cli: RunCli, tmp_path: Path) -> None:
    line = f"x = [{', '.join('1' * 300)}]; import google.colab; y = [{', '.join('2' * 300)}]"
    (tmp_path / "a.ipynb").write_bytes(written(line))
    _, shown, mark, *_ = run_cli("check").stdout.splitlines()
    assert len(shown) < 200
    assert shown[mark.index("^") :].startswith("import google.colab")


def test_rule(run_cli: RunCli) -> None:
    for word in ("NB303", "shell-install"):
        assert run_cli("rule", word).stdout == page(next(r for r in RULES if r.code == "NB303"))
    lines = run_cli("rule", "--all").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [rule.code for rule in RULES]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["NB999"], "the nearest is"),
        (["NB3"], "several rules"),
        ([], "--all"),
        (["NB303", "--all"], "--all"),
    ],
)
def test_no_such_rule(run_cli: RunCli, arguments: list[str], said: str) -> None:
    done = run_cli("rule", *arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_many_files_give_the_same_with_any_number_of_jobs(run_cli: RunCli, tmp_path: Path) -> None:
    for number in range(20):
        cells = [code(f"!pip install x{number}"), code("x = ("), code("import google.colab")]
        (tmp_path / f"{number:02}.ipynb").write_bytes(written(*cells))
    outputs = {run_cli("check", "--no-cache", "--jobs", str(jobs)).stdout for jobs in (1, 2, 5)}
    assert len(outputs) == 1
    assert outputs.pop().count("NB303") == 20
    assert run_cli("check", "--fix", "--jobs", "3").returncode == 1
    assert sources(json.loads((tmp_path / "07.ipynb").read_bytes()))[0] == "%pip install x7"


MODULES = """
import sys
before = set(sys.modules)
from nb2prod.cli import main
assert main(["check", "clean.ipynb"]) == 0
loaded = {name for name in set(sys.modules) - before}
tops = {name.partition(".")[0] for name in loaded}
print(*sorted(tops - sys.stdlib_module_names - {"nb2prod"}))
print(*sorted({".".join(name.split(".")[:2]) for name in loaded if name.startswith("nb2prod.")}))
"""


def test_a_clean_notebook_loads_the_standard_library_and_the_floors_below(files: Path) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
    process = subprocess.run(
        [sys.executable, "-c", MODULES],
        cwd=files,
        env=kept | {"PYTHONPATH": str(CHECKOUT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    _, others, rooms = process.stdout.splitlines()
    assert others == ""
    assert set(rooms.split()) <= {
        *("nb2prod.analysis", "nb2prod.cli", "nb2prod.data", "nb2prod.errors", "nb2prod.hygiene"),
        *("nb2prod.location", "nb2prod.notebook", "nb2prod.user_cache", "nb2prod.version"),
    }


def test_every_option_is_described(run_cli: RunCli) -> None:
    for command in ("check", "rule"):
        for option in re.findall(r"--[a-z-]+", run_cli(command, "--help").stdout):
            assert option == "--help" or f"`{option}" in DOCUMENT, option


@pytest.mark.parametrize(
    "key",
    ["select", "ignore", "extend-select", "per-file-ignores", "exclude", "force-exclude", "rules"],
)
def test_every_key_is_described(key: str) -> None:
    assert f"\n{key} = " in DOCUMENT or f"[tool.nb2prod.check.{key}" in DOCUMENT


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_full_disk_is_no_bug(tmp_path: Path) -> None:
    notebook = tmp_path / "a.ipynb"
    notebook.write_bytes(written("!pip install a"))
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "nb2prod", "check", "--isolated", str(notebook)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(SOURCES)},
        )
    assert done.returncode == 2
    assert done.stderr.startswith("nb2prod: standard output cannot be written: ")
