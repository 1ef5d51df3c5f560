"""The table of targets: who is in it, what a name that is not known says, and other packages'."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nb2prod.errors import OptionError
from nb2prod.options import DEFAULT_TARGETS, Options
from nb2prod.project import targets
from nb2prod.project.targets import TARGETS

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


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ('{"Dockerfile": "FROM x"}', "Dockerfile would be written over what every project has"),
        ('{"nb2prod.json": "{}"}', "nb2prod.json would be written over"),
        ('{"../x": ""}', "'../x' is no path below the project"),
        ('{"/etc/x": ""}', "'/etc/x' is no path below the project"),
        ("{}[settings]", "brought: it failed with KeyError"),
        ('{"x.yaml": "bad"}', "--target slurm, which another package brought: x.yaml is bad."),
        ('{".github/workflows/nb2prod.yaml": "a: 1"}', "is written by another target, too"),
    ],
)
def test_another_package_s_target_keeps_to_its_own(
    run_cli: RunCli, notebook: Path, bring: Callable[..., dict[str, str]], files: str, said: str
) -> None:
    out = notebook.with_name("out")
    options = ["--lock", "never", "--target", "ci,slurm", "-o", str(out)]
    done = run_cli("convert", str(notebook), *options, env=bring(files))
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "other"}, "is called 'other'"),
        ({"module": "name = 'slurm'"}, "has no title, summary, files, validate, next_steps, notes"),
        ({"module": "raise RuntimeError('not today')"}, "cannot be loaded: not today"),
    ],
)
def test_another_package_s_target_that_is_none(
    run_cli: RunCli,
    notebook: Path,
    bring: Callable[..., dict[str, str]],
    change: dict[str, str],
    said: str,
) -> None:
    environment = bring(**change)
    done = run_cli("convert", str(notebook), "--target", "slurm", env=environment)
    assert done.returncode == 2
    assert said in done.stderr
    # Where it is not asked for, it is in nobody's way.
    out = notebook.with_name("out")
    options = ["--lock", "never", "--target", "ci", "--quiet", "-o", str(out)]
    assert run_cli("convert", str(notebook), *options, env=environment).returncode == 0


def _manifest(project: Path) -> dict[str, Any]:
    text = (project / "nb2prod.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
