"""The table of targets: who is in it, what a name that is not known says, and other packages'."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nb2prod.core import convert
from nb2prod.errors import OptionError
from nb2prod.migration import Migration
from nb2prod.options import DEFAULT_TARGETS, Options
from nb2prod.program.model import Layout
from nb2prod.project import targets
from nb2prod.project.targets import TARGETS
from nb2prod.project.targets.target import Settings, Target

RunCli = Callable[..., subprocess.CompletedProcess[str]]
WriteNotebook = Callable[..., Path]

TARGET = '''"""A target of another package."""

name = "NAME"
title = "A cluster of our own"
summary = "a batch script for our cluster"


def files(migration, settings):
    timeout = settings.timeout or 60
    return {FILES}


def validate(files, settings):
    from nb2prod.errors import InvalidSpec

    for path, text in files.items():
        if "bad" in text:
            raise InvalidSpec(f"{path} is bad.")


def next_steps(migration, settings):
    return ("`sbatch deploy/slurm/job.sh`",)


def notes(migration, settings):
    return "It runs for as long as `--timeout` says."
'''
GOOD = '{"deploy/slurm/job.sh": f"#SBATCH --time={timeout}\\n{migration.package}\\n"}'


@pytest.fixture
def bring(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Installs a package with a target beside the interpreter's; gives the environment for it."""

    def brought(
        files: str = GOOD, *, name: str = "slurm", module: str | None = None
    ) -> dict[str, str]:
        site = tmp_path / "site"
        information = site / "our_cluster-1.0.dist-info"
        information.mkdir(parents=True)
        text = TARGET if module is None else module
        text = text.replace("NAME", name).replace("{FILES}", files)
        (site / "our_cluster.py").write_text(text, encoding="utf-8")
        (information / "METADATA").write_text("Name: our-cluster\nVersion: 1.0\n", encoding="utf-8")
        (information / "entry_points.txt").write_text(
            "[nb2prod.targets]\nslurm = our_cluster\n", encoding="utf-8"
        )
        return {"PYTHONPATH": str(site)}

    return brought


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.ipynb"
    cell: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": "print(1)",
    }
    document = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_the_table_is_what_the_protocol_says() -> None:
    names = [one.name for one in TARGETS]
    assert names == ["gradient", "kubernetes", "skypilot", "compose", "ci"]
    assert set(DEFAULT_TARGETS) <= set(names)
    for one in TARGETS:
        assert one.title
        assert one.summary
        assert not one.summary.endswith(".")


FIELDS = {"schedule", "timeout", "pull_secret", "on_push", "jobs_per_section"}


@pytest.mark.parametrize("one", TARGETS, ids=lambda one: str(one.name))
def test_every_setting_is_used_or_said_not_to_be(
    one: Target, make_migration: Callable[..., Migration]
) -> None:
    """What is given and not in `ignores` changes what is written, or what is said."""
    ignores = set(getattr(one, "ignores", ()))
    assert ignores < FIELDS
    made = make_migration(layout=Layout("sections"))
    plain = (one.files(made, Settings()), one.notes(made, Settings()))
    values: dict[str, object] = {
        "schedule": "0 3 * * *",
        "timeout": 3600,
        "pull_secret": "registry",
        "on_push": "release",
    }
    for name, value in values.items():
        settings = Settings(**{name: value})  # type: ignore[arg-type]
        changed = (one.files(made, settings), one.notes(made, settings)) != plain
        assert changed is (name not in ignores), name
        options = Options(targets=(one.name,), **{name: value})  # type: ignore[arg-type]
        [section] = targets.sections(make_migration(options=options))
        flag = f"`--{name.replace('_', '-')}` means nothing here."
        assert (flag in section.notes) is (name in ignores)


def test_a_name_that_is_not_known_has_a_nearest_one() -> None:
    with pytest.raises(OptionError, match="'kubernets' is no target; 'kubernetes' is near it"):
        targets.chosen(Options(targets=("kubernets",)))


@pytest.mark.parametrize("names", [(), ("ci", "ci"), ("../x",), ("CI",), ("",)])
def test_targets_are_named_once_each(names: tuple[str, ...]) -> None:
    with pytest.raises(OptionError, match="--target"):
        Options(targets=names)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"timeout": 0}, "--timeout"),
        ({"timeout": 367 * 24 * 3600}, "--timeout"),
        ({"pull_secret": "My Registry"}, "--pull-secret"),
        ({"pull_secret": "-x"}, "--pull-secret"),
        ({"on_push": "a b"}, "--on-push"),
        ({"on_push": "a..b"}, "--on-push"),
        ({"on_push": "x.lock"}, "--on-push"),
        ({"on_push": "/x"}, "--on-push"),
        ({"on_push": "$(id)"}, "--on-push"),
        ({"jobs_per_section": True, "layout": "main"}, "--layout main has none"),
    ],
)
def test_settings_that_cannot_be_used(options: dict[str, object], said: str) -> None:
    with pytest.raises(OptionError, match=re.escape(said)):
        Options(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize("branch", ["main", "release/1.2", "a_b-c"])
def test_branches_that_can_be(branch: str) -> None:
    assert Options(on_push=branch).on_push == branch


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("90m", 5400), ("12h", 43200), ("1h30m", 5400), ("3600", 3600), ("45s", 45), ("2d", 172800)],
)
def test_durations(run_cli: RunCli, notebook: Path, given: str, seconds: int) -> None:
    out = notebook.with_name("out")
    options = ["--lock", "never", "--quiet", "-o", str(out), "--target", "ci"]
    done = run_cli("convert", str(notebook), *options, "--timeout", given)
    assert (done.returncode, done.stderr) == (0, "")
    assert _manifest(out)["options"]["timeout"] == seconds


@pytest.mark.parametrize("given", ["-1", "soon", "1.5h", "h", "1m1h"])
def test_what_is_no_duration(run_cli: RunCli, notebook: Path, given: str) -> None:
    done = run_cli("convert", str(notebook), "--timeout", given)
    assert done.returncode == 2
    assert "--timeout" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_list(run_cli: RunCli, bring: Callable[..., dict[str, str]]) -> None:
    shown = run_cli("targets", env=bring())
    assert (shown.returncode, shown.stderr) == (0, "")
    lines = shown.stdout.splitlines()
    assert [line.split()[0] for line in lines] == [*(one.name for one in TARGETS), "slurm"]
    assert [line for line in lines if line.endswith("(default)")] == lines[:2]
    assert lines[-1].endswith("a batch script for our cluster (of another package)")
    listed = json.loads(run_cli("targets", "--json").stdout)["targets"]
    assert [one["name"] for one in listed] == [one.name for one in TARGETS]
    assert [one["name"] for one in listed if one["default"]] == list(DEFAULT_TARGETS)


def test_another_package_s_target_is_written_told_and_recorded(
    run_cli: RunCli, notebook: Path, bring: Callable[..., dict[str, str]]
) -> None:
    out = notebook.with_name("out")
    options = ["--lock", "never", "--target", "slurm,ci", "--timeout", "5m", "-o", str(out)]
    done = run_cli("convert", str(notebook), *options, env=bring())
    assert done.returncode == 0, done.stderr
    assert (out / "deploy/slurm/job.sh").read_text() == "#SBATCH --time=300\ntiny\n"
    assert not (out / "deploy/gradient").exists()
    assert "next, for slurm:\n  1. `sbatch deploy/slurm/job.sh`\n" in done.stdout
    readme = (out / "README.md").read_text(encoding="utf-8")
    assert "\n## A cluster of our own\n\n1. `sbatch deploy/slurm/job.sh`\n\nIt runs for" in readme
    manifest = _manifest(out)
    assert manifest["targets"] == manifest["options"]["targets"] == ["slurm", "ci"]
    assert "deploy/slurm/job.sh" in manifest["files"]


@pytest.fixture
def refused(
    bring: Callable[..., dict[str, str]], notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """What is said of a target of another package that is chosen beside one of ours; nothing is
    written then.
    """

    def said(files: str = GOOD, *, module: str | None = None) -> str:
        monkeypatch.syspath_prepend(bring(files, module=module)["PYTHONPATH"])
        monkeypatch.delitem(sys.modules, "our_cluster", raising=False)
        out = notebook.with_name("out")
        with pytest.raises(OptionError) as caught:
            convert(notebook, out, Options(lock="never", targets=("ci", "slurm")))
        assert not out.exists()
        message = str(caught.value)
        assert message.startswith("--target slurm")
        assert message.endswith(".")
        assert not message.endswith("..")
        message.encode()
        return message

    return said


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ('{"Dockerfile": "FROM x"}', "Dockerfile would be written over what every project has."),
        ('{"nb2prod.json": "{}"}', "nb2prod.json would be written over what every project has."),
        ('{"readme.MD": ""}', "readme.MD would be written over README.md, which every project has"),
        ('{"README.md/x": ""}', "README.md/x would lie in the file README.md, which every project"),
        ('{"src": ""}', "src would be written over the directory of src/"),
        ('{"NB2PROD.json": ""}', "NB2PROD.json would be written over nb2prod.json, which every"),
        ('{"a": "", "A/b": ""}', "A/b would lie in the file a, which it writes, too."),
        ('{"a": "", "A": ""}', "A would be written over a, which it writes, too."),
        (
            '{".github/workflows/nb2prod.yaml": "a: 1"}',
            ".github/workflows/nb2prod.yaml would be written over what another target writes.",
        ),
        (
            '{".GitHub/workflows": ""}',
            ".GitHub/workflows would be written over the directory of .github/workflows/nb2prod.",
        ),
        ('{"../x": ""}', "'../x' is no path below the project."),
        ('{"/etc/x": ""}', "'/etc/x' is no path below the project."),
        ('{"x/./y": ""}', "'x/./y' is no path below the project."),
        ('{"Data/x": ""}', "Data/x would lie among what the project's users have there."),
        ('{".env": ""}', ".env would lie among what the project's users have there."),
        ('{1: "x"}', "1 is of the type int, not the text of a path."),
        ('{"x": b"x"}', "x is of the type bytes, not text."),
        ('{"x": "a\\ud800"}', "x holds '\\ud800', which is no character."),
        ("None", "files() gives None, not texts by path."),
        ("{}[settings]", "it failed with KeyError: Settings("),
        ('__import__("sys").exit(0)', "it failed with SystemExit: 0."),
        ("(_ for _ in ()).throw(ValueError(chr(0xd800)))", "it failed with ValueError: \\ud800."),
        ('{"x.yaml": "bad"}', "x.yaml is bad."),
    ],
)
def test_another_package_s_target_keeps_to_its_own(
    refused: Callable[..., str], files: str, said: str
) -> None:
    assert refused(files).startswith(f"--target slurm, which another package brought: {said}")


INTERNAL = "from nb2prod.errors import InternalError\n    raise InternalError('x')\n    "


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('return "It runs', 'return None and "It runs', "notes() is None, not text."),
        ('return "It runs', 'raise RuntimeError("no")\n    "', "it failed with RuntimeError: no."),
        ('return "It runs', 'return "\\ud800', "notes() holds '\\ud800', which is no character."),
        ('return "It runs', f'{INTERNAL}"', "it failed with InternalError: x."),
        ("return (", "return None and (", "next_steps() gives None, not a sequence of texts."),
        ("return (", "return str(", "next_steps() gives text, not a sequence of texts."),
        ("return (", "return (None, ", "next_steps() is None, not text."),
        ("return (", "return 1 / 0, (", "it failed with ZeroDivisionError: division by zero."),
    ],
)
def test_another_package_s_target_says_text(
    refused: Callable[..., str], old: str, new: str, said: str
) -> None:
    assert TARGET.count(old) == 1
    message = refused(module=TARGET.replace(old, new))
    assert message == f"--target slurm, which another package brought: {said}"


def test_the_fault_of_another_package_s_target_is_no_bug_of_ours(
    run_cli: RunCli, notebook: Path, bring: Callable[..., dict[str, str]]
) -> None:
    environment = bring(module=TARGET.replace("return (", "return 1 / 0, ("))
    options = ["--lock", "never", "--target", "slurm"]
    done = run_cli("convert", str(notebook), *options, env=environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"nb2prod: {notebook}: --target slurm, which another package brought: it failed with"
        " ZeroDivisionError: division by zero.\n"
    )


@pytest.mark.parametrize(("says", "taken"), [("True", True), ("False", False), ("'yes'", False)])
def test_another_package_s_target_may_have_jobs_for_sections(
    bring: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch, says: str, taken: bool
) -> None:
    site = bring(module=f"{TARGET}\n\njobs_per_section = {says}\n")["PYTHONPATH"]
    monkeypatch.syspath_prepend(site)
    monkeypatch.delitem(sys.modules, "our_cluster", raising=False)
    options = Options(targets=("slurm",), jobs_per_section=True)
    if taken:
        assert [one.name for one in targets.chosen(options)] == ["slurm"]
        return
    with pytest.raises(OptionError, match="jobs for sections: gradient, or another package's"):
        targets.chosen(options)


def test_a_target_that_is_not_known_is_told_before_the_notebook_is_read(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="'kubernets' is no target"):
        convert(tmp_path / "none.ipynb", options=Options(targets=("kubernets",)))
    with pytest.raises(OptionError, match="needs a target that has jobs for sections: gradient"):
        convert(
            tmp_path / "none.ipynb",
            options=Options(targets=("ci",), jobs_per_section=True),
        )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"module": TARGET.replace("NAME", "other")}, "is called 'other'."),
        ({"module": "name = 'slurm'"}, "has no title, summary, files, validate, next_steps, notes"),
        ({"module": "raise RuntimeError('not today')"}, "cannot be loaded: not today."),
        ({"module": "raise RuntimeError('Not today.')"}, "cannot be loaded: Not today."),
        ({"module": "raise SystemExit"}, "cannot be loaded: SystemExit."),
        (
            {"module": TARGET.replace('"A cluster of our own"', "None")},
            "is no target: its title is None, not text.",
        ),
        (
            {"module": TARGET.replace('"A cluster of our own"', '"A\\nB"')},
            "is no target: its title is not one line of text.",
        ),
        (
            {"module": TARGET.replace('"a batch script for our cluster"', "b'x'")},
            "is no target: its summary is of the type bytes, not text.",
        ),
        ({"module": f"{TARGET}\n\nfiles = {{}}\n"}, "its files is no function."),
    ],
)
def test_another_package_s_target_that_is_none(
    refused: Callable[..., str], change: dict[str, str], said: str
) -> None:
    assert said in refused(**change)


def test_where_it_is_not_asked_for_it_is_in_nobody_s_way(
    bring: Callable[..., dict[str, str]], notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(bring(module="raise RuntimeError")["PYTHONPATH"])
    convert(notebook, notebook.with_name("out"), Options(lock="never", targets=("ci",)))


def _manifest(project: Path) -> dict[str, Any]:
    text = (project / "nb2prod.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
